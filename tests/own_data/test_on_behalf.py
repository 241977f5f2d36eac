"""An operator exports and erases for somebody who cannot sign in."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from functions.accounts.on_behalf import main
from functions.accounts.own_data_wiring import own_data
from jalon.accounts.ses_mailer import SesMailer
from jalon.kernel.ids import UserId
from tests.own_data.world import Person, World, opened

REASON = "DPO-2026-041"


@dataclass(frozen=True)
class Story:
    world: World
    person: Person


@pytest.fixture(scope="module")
def story(emulator: str) -> Iterator[Story]:
    with opened(emulator) as made:
        yield Story(made, made.make_person(0))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def command(*arguments: str) -> tuple[int, Any]:
        status = main([*arguments, "--reason", REASON])
        printed = capsys.readouterr()
        return status, json.loads(printed.out.splitlines()[-1]) if status == 0 else printed.err

    return command


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Whom a message reaches, and its subject."""
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(SesMailer, "send", lambda _, address, message: sent.append((address, message.subject)))
    return sent


def noted(story: Story) -> list[Any]:
    events = story.world.cloud.client("logs").filter_log_events(logGroupName=story.world.cloud.names["OperatorLogs"])["events"]
    return [json.loads(event["message"]) for event in events]


def ways(person: Person) -> list[tuple[str, str]]:
    return [("--id", person.user_id), ("--login", person.username), ("--login", person.email), ("--ine", person.pupil.ine)]


def test_the_document_is_asked_for_once_and_fetched_when_it_is_ready(story: Story, run: Any, told: list[tuple[str, str]]) -> None:
    born = story.person.pupil.birth_date.isoformat()
    answers = [run("export", *way, "--born", born) for way in ways(story.person)]
    assert {status for status, _ in answers} == {0}
    (export_id,) = {answer["export_id"] for _, answer in answers}
    assert [answer["address"] for _, answer in answers] == [None] * 4
    assert told == []
    orders = story.world.drain("ExportQueue")
    assert story.world.work_on_export(json.loads(orders[0]["Body"])) == []
    _, ready = run("export", "--id", story.person.user_id, "--born", born)
    assert (ready["export_id"], ready["status"], ready["address"][:4]) == (export_id, "ready", "http")
    assert told == [(story.person.email, "Une copie de vos données a été remise")]


@pytest.mark.parametrize("act", ["export", "erase"])
def test_nothing_is_done_for_another_birth_date_or_for_nobody(story: Story, run: Any, act: str) -> None:
    for whom in (("--id", story.person.user_id), ("--id", "usr_nobody"), ("--login", "nobody.here0101"), ("--ine", "9999999999Z")):
        status, refused = run(act, *whom, "--born", "1999-12-31")
        assert (status, refused.partition(":")[0]) == (1, "account_not_found")


def test_whoever_did_it_stands_in_the_operators_log_with_the_file_and_no_name(story: Story, run: Any) -> None:
    before = noted(story)
    assert run("export", "--login", story.person.username, "--born", story.person.pupil.birth_date.isoformat())[0] == 0
    (line,) = noted(story)[len(before) :]
    caller = story.world.cloud.client("sts").get_caller_identity()["Arn"]
    wanted = {"message": "EXPORTED_ON_BEHALF", "user_id": story.person.user_id, "by": caller, "reason": REASON}
    assert {name: line[name] for name in wanted} == wanted
    needles = [needle for what, needle in story.person.needles.items() if what != "number"]
    assert [needle for needle in needles if needle in json.dumps(noted(story), ensure_ascii=False)] == []


@pytest.mark.parametrize("act", ["export", "erase"])
def test_what_cannot_be_noted_is_not_done(story: Story, run: Any, monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    born = story.person.pupil.birth_date.isoformat()
    monkeypatch.setattr(own_data().operator_log, "_group", "no-such-group")
    status, refused = run(act, "--id", story.person.user_id, "--born", born)
    assert (status, refused.partition(":")[0]) == (1, "operator_log_unavailable")
    assert own_data().asking.erasures.get(UserId(story.person.user_id)) is None


@pytest.mark.parametrize("act", ["export", "erase"])
def test_an_account_without_a_birth_date_is_not_taken_for_anybodys(story: Story, run: Any, act: str) -> None:
    before, born = noted(story), story.person.pupil.birth_date.isoformat()
    assert run(act, "--id", story.world.school.admin, "--born", "1900-01-01")[1].startswith("no_birth_date")
    assert run(act, "--id", story.person.user_id, "--no-birth-date")[1].startswith("no_birth_date")
    with pytest.raises(SystemExit):
        run(act, "--id", story.person.user_id)
    with pytest.raises(SystemExit):
        run(act, "--id", story.person.user_id, "--born", born, "--no-birth-date")
    assert noted(story) == before


def test_an_account_without_a_birth_date_is_exported_when_the_operator_says_so(story: Story, run: Any) -> None:
    status, answer = run("export", "--id", story.world.school.admin, "--no-birth-date")
    assert (status, answer["status"]) == (0, "preparing")


@pytest.mark.parametrize("reason", ["", "un", "Zoé Lefèvre", "lefevre", "a" * 39 + "12", "4 mots ici"])
def test_the_reason_is_the_number_of_a_file(story: Story, reason: str) -> None:
    with pytest.raises(SystemExit):
        main(["export", "--id", story.person.user_id, "--born", story.person.pupil.birth_date.isoformat(), "--reason", reason])


def test_no_reason_no_act(story: Story) -> None:
    with pytest.raises(SystemExit):
        main(["export", "--id", story.person.user_id, "--born", story.person.pupil.birth_date.isoformat()])


def test_the_erasure_begins_and_asked_again_tells_how_far_it_is(story: Story, run: Any, told: list[tuple[str, str]]) -> None:
    born = story.person.pupil.birth_date.isoformat()
    status, asked = run("erase", "--ine", story.person.pupil.ine, "--born", born)
    assert (status, asked["status"], asked["user_id"]) == (0, "requested", story.person.user_id)
    assert told == [(story.person.email, "Votre compte est effacé")]
    assert noted(story)[-1]["message"] == "ERASED_ON_BEHALF"
    assert story.world.work_on_erasure(story.person) == []
    status, again = run("erase", "--id", story.person.user_id, "--born", born)
    assert (status, again["status"], again["requested_at"]) == (0, "erased", asked["requested_at"])
