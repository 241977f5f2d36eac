"""Logs and metrics: a stable code as the message, ids as keys, never names, answers, tokens, tickets or raw events."""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

NAMESPACE = "Jalon"


@cache
def logger(service: str) -> Logger:
    """The structured logger of one function. ``logger("answers").info("ANSWER_STORED", assessment_id=…)``."""
    return Logger(service=service, log_uncaught_exceptions=False)


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
