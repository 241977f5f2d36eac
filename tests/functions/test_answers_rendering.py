"""The pupil's page as the API shows it: in which order, and where each thing is gone on with."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from engine.knowledge import Element, Knowledge
from engine.scoring import profile_of
from functions.answers.rendering import profile_view, tutorials_view
from jalon.assessment.profile_entries import CertificationEntry, CertificationStanding, ParcoursEntry
from jalon.assessment.profiles import AttemptCard, UserProfile
from jalon.assessment.state import Purpose, Status
from jalon.kernel.ids import AssessmentId, ReleaseVersion, VerificationCode
from tests.assessment.content import COMPETENCES, VERSION, release
from tests.assessment.desk import PUPIL
from tests.assessment.entries import NOW, certification, parcours

#: The address of the verification site, as an operator may have written it.
SITE = "https://jalon.example/"


def known(*codes: str) -> UserProfile:
    """One who has validated every skill of these competences."""
    elements = (Element(index, True, True, int(NOW.timestamp())) for code in codes for index in release().competence_skills(code))
    knowledge = Knowledge.of(elements)
    return UserProfile(PUPIL, 1, ReleaseVersion(VERSION), knowledge, profile_of(release(), knowledge), updated_at=NOW)


def page(profile: UserProfile, now: datetime = NOW) -> dict[str, Any]:
    return profile_view(release(), profile, now, SITE).model_dump(mode="json")


def parcours_of(*entries: ParcoursEntry) -> dict[str, ParcoursEntry]:
    return {entry.key: entry for entry in entries}


def certifications_of(*entries: CertificationEntry) -> dict[str, CertificationEntry]:
    return {entry.key: entry for entry in entries}


def attempt(purpose: Purpose, subject: str, minutes: int) -> AttemptCard:
    """A test that was finished so many minutes ago."""
    return AttemptCard(AssessmentId("asm_" + purpose.value), purpose, subject, 1, Status.COMPLETED, 6, NOW - timedelta(minutes=minutes))


def test_levels_add_up_and_it_says_why_a_certification_is_not_open() -> None:
    shown = page(known(*COMPETENCES[:4]))
    assert shown["certifiable"] is False
    assert shown["certification"] == {"competences_reached": 4, "competences_needed": 5, "reason": "too_few_competences"}
    assert sum(card["pix"] for card in shown["competences"]) == shown["pix"] > 0
    assert [(card["code"], card["state"]) for card in shown["competences"]] == [
        (code, "done" if code in COMPETENCES[:4] else "to_start") for code in COMPETENCES
    ]
    open_now = page(known(*COMPETENCES[:5]))
    assert (open_now["certifiable"], open_now["certification"]["reason"]) == (True, None)


def test_what_was_never_begun_is_empty_and_has_its_addresses() -> None:
    shown = page(replace(known(), version=0, updated_at=None))
    assert (shown["pix"], shown["tests"], shown["parcours"], shown["certifications"], shown["tutorials"]) == (0, [], [], [], [])
    assert shown["updated_at"] is None
    assert shown["links"] == {
        "participations": "/v1/participations",
        "certifications": "/v1/me/certifications",
        "tutorials": "/v1/me/tutorials",
    }


def test_each_test_but_a_competences_is_gone_on_with_where_it_belongs() -> None:
    taken = [
        attempt(Purpose.DISCOVERY, "discovery", 1),
        attempt(Purpose.CERTIFICATION, "crt_1", 3),
        attempt(Purpose.CAMPAIGN, parcours().key, 2),
        attempt(Purpose.COMPETENCE, "1.1", 4),
    ]
    noted = parcours(status="TO_SHARE", may_retry=True, may_send=True)
    profile = replace(known(), cards={card.key: card for card in taken}, parcours=parcours_of(noted))
    shown = page(profile)
    assert [(test["purpose"], test["link"], test["days_before_retrying"]) for test in shown["tests"]] == [
        ("certification", "/v1/certifications/crt_1", None),
        ("campaign", f"/v1/participations/{parcours().key}", 4),
        ("discovery", "/v1/assessments/asm_discovery", 4),
    ]
    (line,) = shown["parcours"]
    assert (line["days_before_retrying"], line["can_send"]) == (4, True)
    (line,) = page(replace(profile, parcours=parcours_of(replace(noted, archived=True))))["parcours"]
    assert (line["days_before_retrying"], line["can_send"]) == (None, False)


def test_parcours_come_latest_first_with_what_they_came_to() -> None:
    sent = parcours(1, revision=4, status="SHARED", progress_percent=100, shared_at=NOW, mastery_percent=67)
    collection = parcours(2, kind="profile_collection", status="SHARED", shared_at=NOW, pix=27, may_send=True)
    shown = page(replace(known(), parcours=parcours_of(sent, collection, parcours(3))))["parcours"]
    assert [item["name"] for item in shown] == ["Parcours 3", "Parcours 2", "Parcours 1"]
    assert [(item["mastery_percent"], item["pix"], item["can_send"]) for item in shown] == [
        (None, None, False),
        (None, 27, True),
        (67, None, False),
    ]
    assert shown[2]["link"] == f"/v1/participations/{sent.key}"
    assert (shown[2]["school"], shown[2]["code"], shown[2]["shared_at"]) == ("Collège des Exemples", "BCDFGH234", "2026-11-23T09:00:00Z")


def test_certifications_say_nothing_of_a_result_before_it_is_published() -> None:
    shown = page(replace(known(), certifications=certifications_of(certification(1), certification(2))))["certifications"]
    assert [item["taken_on"] for item in shown] == ["2026-11-22", "2026-11-21"]
    assert {key: value for key, value in shown[1].items() if value is not None} == {
        "id": certification(1).key,
        "session_number": "12345678",
        "taken_on": "2026-11-21",
        "centre": "Collège des Exemples",
        "status": "awaiting_results",
    }


def test_a_published_certificate_leads_to_where_its_code_is_checked() -> None:
    validated = certification(
        version=1000,
        standing=CertificationStanding.VALIDATED,
        published_at=NOW,
        pix=312,
        max_pix=895,
        code=VerificationCode("P-2346789BCDFG"),
        taken_on=date(2026, 11, 20),
    )
    (shown,) = page(replace(known(), certifications=certifications_of(validated)))["certifications"]
    assert (shown["status"], shown["pix"], shown["code"]) == ("validated", 312, "P-2346789BCDFG")
    assert shown["verification"] == "https://jalon.example/v"
    assert shown["certificate"] == f"/v1/me/certifications/{certification().key}/certificate.pdf"
    revoked = replace(validated, standing=CertificationStanding.REVOKED)
    (shown,) = page(replace(known(), certifications=certifications_of(revoked)))["certifications"]
    assert (shown["status"], shown["certificate"]) == ("revoked", None)


def test_saved_tutorials_come_latest_first_without_those_that_the_content_has_lost() -> None:
    saved = {"tuto_tube": NOW, "gone": NOW, "tuto_skill": NOW + timedelta(hours=1)}
    profile = replace(known(), tutorials=saved)
    shown = tutorials_view(release(), profile).model_dump(mode="json")["items"]
    assert [(item["id"], item["saved_at"]) for item in shown] == [
        ("tuto_skill", "2026-11-23T10:00:00Z"),
        ("tuto_tube", "2026-11-23T09:00:00Z"),
    ]
    assert page(profile)["tutorials"] == shown


def test_a_finished_discovery_test_says_when_it_may_be_taken_again_and_a_certification_never() -> None:
    cards = {card.key: card for card in (attempt(Purpose.DISCOVERY, "discovery", 5), attempt(Purpose.CERTIFICATION, "crt_1", 4))}
    shown = page(replace(known(), cards=cards))["tests"]
    assert [(test["purpose"], test["days_before_retrying"]) for test in shown] == [("discovery", 4), ("certification", None)]
    later = page(replace(known(), cards=cards), NOW + timedelta(days=3, hours=23, minutes=55))["tests"]
    assert [test["days_before_retrying"] for test in later] == [0, None]
