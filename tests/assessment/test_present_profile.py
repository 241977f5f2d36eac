"""What the pupil's page says of tests that are not a competence's, of what can be taken again, and of what is noted from elsewhere."""

from datetime import date
from typing import Any

import pytest

from jalon.assessment.errors import NothingToImproveError, TooEarlyToImproveError
from jalon.assessment.note_in_profile import note_in_profile
from jalon.assessment.present_profile import present_profile
from jalon.assessment.profile_entries import CertificationStanding, ProfileEntry
from jalon.assessment.project_profile import project_profile
from jalon.assessment.read_profile import read_profile
from jalon.assessment.reset_competence import reset_competence
from jalon.assessment.state import Purpose, Slot
from jalon.kernel.ids import VerificationCode
from tests.assessment.content import CAMPAIGN_PROFILE, DISCOVERY_PROFILE, release
from tests.assessment.desk import PUPIL, Desk
from tests.assessment.entries import NOW, certification, parcours


def page(desk: Desk) -> dict[str, Any]:
    profile = read_profile(desk.profiles, desk.releases, PUPIL)
    return present_profile(release(), profile, desk.clock.now(), "https://jalon.example")


def shown_tests(desk: Desk) -> dict[str, tuple[str, int | None]]:
    return {test["purpose"]: (test["link"], test["days_before_retrying"]) for test in page(desk)["tests"]}


def note(desk: Desk, *entries: ProfileEntry) -> None:
    note_in_profile(desk.profiles, desk.releases, PUPIL, *entries)


def card(desk: Desk, code: str = "1.1") -> tuple[str, int | None]:
    found = next(card for card in page(desk)["competences"] if card["code"] == code)
    return found["state"], found["days_before_improving"]


def finished_campaign(desk: Desk) -> ProfileEntry:
    """A campaign's test to its end, with something left to improve; the participation as the worker notes it then."""
    entry = parcours()
    state = desk.play(desk.start(entry.key, Purpose.CAMPAIGN, target_profile_id=CAMPAIGN_PROFILE), right=False)
    project_profile(desk.profiles, desk.releases, state)
    return entry


def test_a_campaigns_finished_test_counts_the_days_until_it_is_taken_again(desk: Desk) -> None:
    entry = parcours()
    started = desk.start(entry.key, Purpose.CAMPAIGN, target_profile_id=CAMPAIGN_PROFILE)
    project_profile(desk.profiles, desk.releases, started)
    link = f"/v1/participations/{entry.key}"
    assert shown_tests(desk) == {"campaign": (link, None)}
    project_profile(desk.profiles, desk.releases, desk.play(started, right=False))
    note(desk, parcours(revision=2, status="TO_SHARE", may_retry=True))
    assert shown_tests(desk) == {"campaign": (link, 4)}
    desk.wait(days=5)
    assert shown_tests(desk) == {"campaign": (link, 0)}
    assert [shown["days_before_retrying"] for shown in page(desk)["parcours"]] == [0]


@pytest.mark.parametrize(
    "changes",
    [{"status": "SHARED", "may_retry": False}, {"status": "TO_SHARE", "may_retry": True, "archived": True}],
    ids=["sent", "archived"],
)
def test_what_the_campaign_does_not_allow_is_not_promised(desk: Desk, changes: dict[str, Any]) -> None:
    finished_campaign(desk)
    note(desk, parcours(revision=3, may_send=True, **changes))
    desk.wait(days=5)
    assert shown_tests(desk)["campaign"][1] is None
    (shown,) = page(desk)["parcours"]
    assert (shown["days_before_retrying"], shown["can_send"]) == (None, not shown["archived"])


def test_a_retry_is_not_promised_before_the_participation_is_noted(desk: Desk) -> None:
    finished_campaign(desk)
    assert shown_tests(desk)["campaign"][1] is None


def test_a_discovery_test_is_gone_on_with_where_it_is_and_not_taken_again(desk: Desk) -> None:
    state = desk.play(desk.start(DISCOVERY_PROFILE, Purpose.DISCOVERY))
    project_profile(desk.profiles, desk.releases, state)
    assert shown_tests(desk) == {"discovery": (f"/v1/assessments/{state.assessment_id}", None)}


def test_a_competence_whose_every_skill_is_validated_is_done_and_is_not_improved(desk: Desk) -> None:
    project_profile(desk.profiles, desk.releases, desk.play(desk.start()))
    assert card(desk) == ("done", None)
    desk.wait(days=5)
    with pytest.raises(NothingToImproveError):
        desk.start(improve=True)
    latest = desk.store.latest_attempt(Slot(PUPIL, Purpose.COMPETENCE, "1.1"))
    assert (latest and latest.number, len(list(desk.store.of_user(PUPIL)))) == (1, 1)
    assert card(desk) == ("done", None)


def test_a_competence_with_something_left_is_improved_after_four_days(desk: Desk) -> None:
    project_profile(desk.profiles, desk.releases, desk.play(desk.start(), right=False))
    assert card(desk) == ("done", 4)
    desk.wait(days=5)
    assert card(desk) == ("to_improve", 0)
    again = desk.start(improve=True)
    project_profile(desk.profiles, desk.releases, again)
    assert (again.attempt, card(desk)) == (2, ("in_progress", None))


def test_what_another_test_failed_yesterday_is_not_asked_again_today(desk: Desk) -> None:
    """Nothing else is left of the competence: improving it now would ask nothing."""
    competence = desk.start()
    desk.play(competence, right=False)
    project_profile(desk.profiles, desk.releases, desk.state(competence.assessment_id))
    desk.wait(days=5)
    again = desk.play(desk.start(improve=True), right=False)
    project_profile(desk.profiles, desk.releases, again)
    desk.wait(days=3)
    assert card(desk) == ("done", 1)
    with pytest.raises(TooEarlyToImproveError):
        desk.start(improve=True)


def test_a_competence_that_campaigns_alone_have_validated_is_done(desk: Desk) -> None:
    state = desk.start("par_1_1", Purpose.CAMPAIGN, ceilings={"tube11a": 7, "tube11b": 7})
    project_profile(desk.profiles, desk.releases, desk.play(state))
    assert (card(desk), card(desk, "1.2")) == (("done", None), ("to_start", None))


def test_a_competence_that_was_reset_is_to_start_again(desk: Desk) -> None:
    project_profile(desk.profiles, desk.releases, desk.play(desk.start()))
    desk.wait(days=8)
    reset_competence(store=desk.store, profiles=desk.profiles, releases=desk.releases, clock=desk.clock, user_id=PUPIL, code="1.1")
    assert card(desk) == ("to_start", None)


def test_parcours_come_latest_first_with_what_they_came_to(desk: Desk) -> None:
    sent = parcours(1, revision=4, status="SHARED", progress_percent=100, shared_at=NOW, mastery_percent=67)
    collection = parcours(2, kind="profile_collection", status="SHARED", shared_at=NOW, pix=27, may_send=True)
    note(desk, sent, collection, parcours(3))
    shown = page(desk)["parcours"]
    assert [item["name"] for item in shown] == ["Parcours 3", "Parcours 2", "Parcours 1"]
    assert [(item["mastery_percent"], item["pix"], item["can_send"]) for item in shown] == [
        (None, None, False),
        (None, 27, True),
        (67, None, False),
    ]
    assert shown[2]["link"] == f"/v1/participations/{sent.key}"
    assert (shown[2]["school"], shown[2]["code"], shown[2]["shared_at"]) == ("Collège des Exemples", "BCDFGH234", "2026-11-23T09:00:00Z")


def test_certifications_say_nothing_of_a_result_before_it_is_published(desk: Desk) -> None:
    note(desk, certification(1), certification(2))
    shown = page(desk)["certifications"]
    assert [item["taken_on"] for item in shown] == ["2026-11-22", "2026-11-21"]
    assert {key: value for key, value in shown[1].items() if value is not None} == {
        "id": certification(1).key,
        "session_number": "12345678",
        "taken_on": "2026-11-21",
        "centre": "Collège des Exemples",
        "status": "awaiting_results",
    }


def test_a_published_certificate_leads_to_where_its_code_is_checked(desk: Desk) -> None:
    note(
        desk,
        certification(
            version=1000,
            standing=CertificationStanding.VALIDATED,
            published_at=NOW,
            pix=312,
            max_pix=895,
            code=VerificationCode("P-2346789BCDFG"),
            taken_on=date(2026, 11, 20),
        ),
    )
    (shown,) = page(desk)["certifications"]
    assert (shown["status"], shown["pix"], shown["code"]) == ("validated", 312, "P-2346789BCDFG")
    assert shown["verification"] == "https://jalon.example/v"
    assert shown["certificate"] == f"/v1/me/certifications/{certification().key}/certificate.pdf"
