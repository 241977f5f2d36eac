"""The tickets' key is changed while tests run: nobody is refused for it, whichever environment they meet."""

from collections.abc import Iterator

import pytest

from functions.answers import wiring
from jalon.assessment.tickets import TicketOffice
from jalon.edge import secrets
from jalon.edge.settings import Settings
from jalon.kernel.ids import UserId
from tests.cloud import Cloud
from tests.functions.answers_client import Pupil


@pytest.fixture
def environments(answers: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[wiring.Parts]]:
    """Two environments of the function: one wired before the key is changed, one after."""
    monkeypatch.setattr(secrets, "_LOOK_AGAIN_EVERY_S", 0.0)
    before = wiring.parts()
    arn = Settings.from_environment().value("SECRET_TICKET_KEY")
    answers.client("secretsmanager").put_secret_value(SecretId=arn, SecretString="n" * 64)
    secrets.forget_secrets()
    wiring.parts.cache_clear()
    yield [before, wiring.parts()]
    wiring.parts.cache_clear()


def test_whichever_environment_a_question_was_shown_by_and_answered_by_it_is_taken(
    environments: list[wiring.Parts], pupil: Pupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = environments
    pairs = {"1.1": (before, after), "1.2": (after, before), "2.1": (before, before), "3.1": (after, after)}
    for competence, (shown_by, answered_by) in pairs.items():
        monkeypatch.setattr("functions.answers.routes.parts", lambda found=shown_by: found)
        assessment = pupil.start(purpose="competence", competence=competence).body
        monkeypatch.setattr("functions.answers.routes.parts", lambda found=answered_by: found)
        assert pupil.answer(assessment["id"], assessment["question"]).status == 200


def test_a_key_that_was_never_ours_opens_nothing(environments: list[wiring.Parts], pupil: Pupil, monkeypatch: pytest.MonkeyPatch) -> None:
    before, _ = environments
    monkeypatch.setattr("functions.answers.routes.parts", lambda: before)
    assessment = pupil.start().body
    genuine = before.tickets.open(assessment["question"]["ticket"], UserId(pupil.user_id))
    forged = TicketOffice(b"f" * 64).issue(genuine, UserId(pupil.user_id))
    refused = pupil.answer(assessment["id"], {**assessment["question"], "ticket": forged})
    assert (refused.status, refused.body["code"]) == (422, "ticket_invalid")
