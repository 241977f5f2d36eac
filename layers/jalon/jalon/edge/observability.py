"""Logs and metrics: a stable code as the message, ids as keys, never names, answers, tokens, tickets or raw events."""

import traceback
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger

NAMESPACE = "Jalon"
_MOST_CAUSES = 4
_MOST_FRAMES = 12


@cache
def logger(service: str) -> Logger:
    """The structured logger of one function. ``logger("answers").info("ANSWER_STORED", assessment_id=…)``."""
    return Logger(service=service, log_uncaught_exceptions=False)


def failure(service: str, code: str, error: BaseException, **ids: str) -> None:
    """Log an error that nobody foresaw by its type and place, and what it was caused by likewise; ``ids`` say what was being worked on.

    Never by its message: that may hold what was being worked on, an answer, a solution or a name. Of an error of the cloud's clients, the
    code and the operation are AWS's own words.
    """
    causes = list(_with_causes(error))
    logger(service).error(
        code,
        error=type(error).__name__,
        places=[_place(cause) for cause in causes],
        aws_error=next((word for word in map(_aws_error, causes) if word), None),
        extra=ids,
    )


def refusal(service: str, status: int, code: str, error: BaseException) -> None:
    """Count one refusal. An error that nobody gave a status answers 500, and rings like any that nobody foresaw."""
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        logger(service).error("ERROR_WITHOUT_KIND", error=type(error).__name__)
        metric("UnexpectedError", service=service)
    else:
        metric("Refused", service=service, code=code)


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was raised from, or while handling."""
    cause: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or cause.__context__


def _place(error: BaseException) -> str:
    """The error's type and the calls that led there, the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    calls = [f"{'/'.join(frame.filename.rsplit('/', 3)[-3:])}:{frame.lineno} {frame.name}" for frame in frames]
    return " > ".join([type(error).__name__, *calls])


def _aws_error(error: BaseException) -> str:
    response = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    return f"{getattr(error, 'operation_name', '')} {code}".strip()


def metric(name: str, value: float = 1, unit: str = "Count", **dimensions: str) -> None:
    """One business fact or refusal, as an embedded metric line; at most three dimensions, never an id."""
    if len(dimensions) > 3:
        raise ValueError("a metric takes at most three dimensions")
    from aws_lambda_powertools.metrics import MetricUnit, single_metric

    with single_metric(name=name, unit=MetricUnit(unit), value=value, namespace=NAMESPACE) as line:
        for key, item in dimensions.items():
            line.add_dimension(name=key, value=item)


def correlation(event: Any) -> str:
    """The request id API Gateway gave, or an empty string."""
    context = event.get("requestContext", {}) if isinstance(event, dict) else {}
    return str(context.get("requestId", ""))
