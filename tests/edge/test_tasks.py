"""A task fails by name alone: its machine retries and catches by it, and no message of what nobody foresaw is kept anywhere."""

import importlib
import re
import traceback
import uuid
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from jalon.edge import observability
from jalon.edge.tables import StoreUnavailableError
from jalon.edge.tasks import task

ROOT = Path(__file__).parents[2]
EVENT = {"session_number": "12", "candidate_id": "cnd_1", "token": "machine's token"}
PLANTED = "Véron-Lefèvre"
#: The tasks of the state machine, and what each asks for first.
OF_THE_MACHINE = {
    "load_session": "parts",
    "score_candidate": "marking",
    "request_jury": "desk",
    "publish_certificate": "parts",
    "publish_session": "parts",
    "mark_published": "parts",
}
OF_A_SCHEDULE = {"resume_finalisations": "parts", "sign_status_list": "lists"}


def _failing(error: Exception) -> Any:
    @task(f"test-{uuid.uuid4()}")
    def handler(_event: dict[str, Any], _context: Any) -> None:
        raise error from LookupError(PLANTED)

    return handler


@pytest.mark.parametrize(
    "error",
    [
        ValueError(PLANTED),
        KeyError(PLANTED),
        UnicodeDecodeError("utf-8", b"", 0, 1, PLANTED),
        ClientError({"Error": {"Code": "AccessDenied", "Message": PLANTED}}, "PutItem"),
    ],
)
def test_what_nobody_foresaw_is_told_by_its_name_and_logged_by_its_place_and_never_by_its_message(error: Exception, capfd: Any) -> None:
    with pytest.raises(Exception) as told:
        _failing(error)(EVENT, None)
    assert type(told.value).__name__ == type(error).__name__
    assert str(told.value) == ""
    assert PLANTED not in "".join(traceback.format_exception(told.value))
    logged = "".join(capfd.readouterr())
    for word in ("TASK_FAILED", type(error).__name__, "LookupError", "test_tasks.py", '"session_number":"12"', '"candidate_id":"cnd_1"'):
        assert word in logged
    assert PLANTED not in logged
    assert "machine's token" not in logged


def test_an_error_raised_on_purpose_passes_as_it_is(capfd: Any) -> None:
    error = StoreUnavailableError("The service is busy; send the same request again.")
    with pytest.raises(StoreUnavailableError) as told:
        _failing(error)(EVENT, None)
    assert told.value is error
    assert "TASK_FAILED" not in "".join(capfd.readouterr())


def test_what_succeeds_is_answered_as_it_is() -> None:
    @task("test")
    def handler(event: dict[str, Any], _context: Any) -> str:
        return str(event["session_number"])

    assert handler(EVENT, None) == "12"


@pytest.mark.parametrize(("function", "wired"), [*OF_THE_MACHINE.items(), *OF_A_SCHEDULE.items()])
def test_each_of_them_fails_by_name_alone(function: str, wired: str, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    app = importlib.import_module(f"functions.{function}.app")

    def broken() -> Any:
        raise ValueError(PLANTED)

    monkeypatch.setattr(app, wired, broken)
    own = cache(
        lambda service: Logger(service=f"{service}-{uuid.uuid4()}")
    )  # the function's own would keep this test's output as its stream
    monkeypatch.setattr(observability, "logger", own)
    with pytest.raises(Exception) as told:
        app.handler(EVENT | {"finalisation": 1, "reminders": 0, "certification_id": "crt_1"}, None)
    assert (type(told.value).__name__, str(told.value)) == ("ValueError", "")
    logged = "".join(capfd.readouterr())
    assert "TASK_FAILED" in logged
    assert PLANTED not in logged


def test_these_are_all_the_tasks_of_the_machines() -> None:
    machines = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "statemachines").iterdir())
    called = re.findall(r"FunctionName: \$\{(\w+)Function\}", machines)
    assert {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in called} == set(OF_THE_MACHINE)
