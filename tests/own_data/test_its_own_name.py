"""Own data is shipped with accounts and is another function: its logs, its metrics and its alarm say so."""

import json
import logging
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from functions.accounts.own_data_app import handler as own_data
from jalon.accounts.erasure import LeftoversError
from jalon.accounts.erasure_store import DynamoErasures
from tests.alarms import alarms, measured_in, watched_by
from tests.events import CONTEXT, body_of, http_event

pytestmark = pytest.mark.usefixtures("own_data_cloud")


def ask(person: str, method: str, path: str, body: Any = None) -> tuple[int, str]:
    answer = own_data(http_event(method, path, body, subject=person, roles="pupil"), CONTEXT)
    return answer["statusCode"], body_of(answer).get("code", "")


def measured(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith('{"_aws"')]


def test_what_it_counts_carries_its_name(person: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    assert ask(person, "POST", "/v1/me/exports")[0] == 202
    assert ask(person, "GET", "/v1/me/erasure") == (404, "erasure_not_requested")
    assert ask(person, "POST", "/v1/me/erasure", {"confirmation": "no"}) == (422, "invalid_input")
    assert ask(person, "POST", "/v1/me/erasure", {"confirmation": "x" * 20_000})[0] == 413
    told = measured(capsys)
    assert [line["service"] for line in told] == ["own_data"] * 4
    assert [line.get("code") for line in told] == [None, "erasure_not_requested", "invalid_input", "too_large"]
    assert {record.name for record in caplog.records if record.getMessage() == "EXPORT_REQUESTED"} == {"own_data"}


def test_its_alarm_can_fire(person: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(DynamoErasures, "get", _raise(RuntimeError("broken")))
    assert ask(person, "GET", "/v1/me/erasure") == (500, "internal_error")
    (told,) = measured(capsys)
    assert measured_in(told) in set(watched_by(alarms()["ApisFailingAlarm"]))


def test_an_error_of_no_kind_is_logged_by_its_type_told_as_nothing_and_rings(
    person: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(DynamoErasures, "get", _raise(LeftoversError("planted-Secret-1")))
    with caplog.at_level(logging.ERROR):
        assert ask(person, "GET", "/v1/me/erasure") == (500, "internal_error")
    (record,) = [record for record in caplog.records if record.getMessage() == "ERROR_WITHOUT_KIND"]
    assert (record.name, vars(record)["error"]) == ("own_data", "LeftoversError")
    assert "planted-Secret-1" not in str(vars(record))
    (told,) = measured(capsys)
    assert measured_in(told) in set(watched_by(alarms()["ApisFailingAlarm"]))


def _raise(error: Exception) -> Callable[..., NoReturn]:
    def raising(*_: object) -> NoReturn:
        raise error

    return raising
