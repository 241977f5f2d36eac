"""Campaigns through the API function and its stream workers: docs/domain.md §6."""

import json
import re
from typing import Any

import pytest

from engine.knowledge import Element, Knowledge
from engine.scoring import CompetenceScore
from functions.count_campaign_stats.app import handler as count_campaign_stats
from functions.track_participations.app import handler as track_participations
from jalon.assessment.assessment_store import DynamoAssessments
from jalon.assessment.give_answer import GiveAnswer, give_answer
from jalon.assessment.next_question import next_question
from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.profiles import StoredProfile
from jalon.assessment.tickets import TicketOffice
from jalon.campaigns.stats_store import DynamoCampaignStats
from jalon.kernel.clock import SystemClock
from jalon.kernel.ids import AssessmentId, CampaignId, ReleaseVersion, UserId
from local.siecle_sample import siecle_sample
from tests.assessment import content
from tests.assessment.desk import right_to
from tests.assessment.fakes import FakeReleases
from tests.cloud import Cloud
from tests.events import CONTEXT
from tests.functions.school import EVENTS, UAI, School

ZOE, LEO = "usr_" + "a" * 32, "usr_" + "b" * 32


@pytest.fixture
def school(cloud: Cloud) -> School:
    """With content, a list, and two pupils of the list reconciled."""
    school = School(cloud).with_pupils()
    school.publish_content()
    for user_id, pupil in zip((ZOE, LEO), school.sample.pupils, strict=False):
        assert school.reconcile(pupil, user_id)[0] == 200
    return school


def participate(school: School, campaign: Any, user_id: str = ZOE) -> Any:
    status, participation = school.as_pupil(user_id, "POST", "/v1/participations", {"code": campaign["code"]})
    assert status == 200, participation
    return participation


def share(school: School, participation: Any, user_id: str = ZOE, **event: Any) -> tuple[int, Any]:
    return school.as_pupil(user_id, "POST", f"/v1/participations/{participation['id']}/sharing", **event)


def answer(participation: Any, user_id: str = ZOE, *, at_most: int = 100, wrong: bool = False) -> int:
    """Answer the participation's test through the assessment context, as the API behind the pupil's screen does."""
    store, releases = DynamoAssessments(), FakeReleases(content.release())
    tickets, clock = TicketOffice(b"k" * 32), SystemClock()
    assessment_id = AssessmentId(participation["assessment_id"])
    for number in range(at_most):
        state = store.get(assessment_id)
        assert state is not None
        asked = next_question(releases.current(), state, tickets, clock.now())
        if asked is None:
            return number
        given = {"skipped": True} if wrong else right_to(asked)
        command = GiveAnswer(UserId(user_id), assessment_id, asked.ticket, f"key-{number}", given)
        give_answer(store=store, releases=releases, tickets=tickets, clock=clock, command=command)
    return at_most


def participants(school: School, campaign: Any, **query: str) -> list[Any]:
    status, page = school.as_admin("GET", f"/campaigns/{campaign['id']}/participants", query=query)
    assert status == 200, page
    items: list[Any] = page["items"]
    return items


def results(school: School, campaign: Any) -> Any:
    status, found = school.as_admin("GET", f"/campaigns/{campaign['id']}/results")
    assert status == 200, found
    return found


def test_target_profiles_come_from_the_current_content(school: School) -> None:
    status, profiles = school.as_pupil(ZOE, "GET", "/v1/target-profiles")
    assert status == 200
    assert profiles["items"][0] == {"id": content.CAMPAIGN_PROFILE, "name": "Parcours", "skills": 5, "competences": ["1.1", "1.2"]}


def test_a_campaign_gives_a_code_of_six_letters_and_three_digits(school: School) -> None:
    campaign = school.create_campaign()
    assert re.fullmatch(r"[A-Z]{6}[0-9]{3}", campaign["code"])
    collection = school.create_campaign("profile_collection")
    assert collection["multiple_sendings"] is True
    listed = school.as_admin("GET", "/campaigns", query={"limit": "1"})[1]
    assert [item["id"] for item in listed["items"]] == [collection["id"]]
    following = school.as_admin("GET", "/campaigns", query={"limit": "1", "cursor": listed["next_cursor"]})[1]
    assert [item["id"] for item in following["items"]] == [campaign["id"]]
    assert school.as_admin("GET", f"/campaigns/{campaign['id']}") == (200, campaign)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"type": "assessment", "name": "A"}, "/target_profile_id"),
        ({"type": "assessment", "name": "A", "target_profile_id": "tp_none"}, "/target_profile_id"),
        (
            {"type": "assessment", "name": "A", "target_profile_id": content.CAMPAIGN_PROFILE, "multiple_sendings": True},
            "/multiple_sendings",
        ),
        ({"type": "profile_collection", "name": "A", "target_profile_id": content.CAMPAIGN_PROFILE}, "/target_profile_id"),
        ({"type": "profile_collection", "name": "   "}, "/name"),
        ({"type": "profile_collection", "name": "A", "color": "red"}, "/color"),
        ({"type": "exam", "name": "A"}, "/type"),
    ],
)
def test_a_campaign_that_makes_no_sense_is_refused_by_field(school: School, body: dict[str, Any], pointer: str) -> None:
    status, refused = school.as_admin("POST", "/campaigns", body)
    assert (status, [error["pointer"] for error in refused["errors"]]) == (422, [pointer])


def test_another_schools_campaign_does_not_exist_here(school: School) -> None:
    status, refused = school.as_admin("GET", "/campaigns/cmp_" + "0" * 32)
    assert (status, refused["code"]) == (404, "campaign_not_found")


def test_each_outcome_of_a_code_has_its_answer(school: School) -> None:
    campaign = school.create_campaign()

    def enter(code: str, user_id: str = ZOE) -> tuple[int, Any]:
        status, found = school.as_pupil(user_id, "GET", f"/v1/campaign-codes/{code}")
        return status, found.get("code") if status != 200 else found

    status, found = enter(f"{campaign['code'][:6].lower()}-{campaign['code'][6:]}")
    assert (status, found["name"], found["organisation"], found["reconciliation_required"], found["participation"]) == (
        200,
        "Rentrée",
        "Collège des Exemples",
        False,
        None,
    )
    assert enter("ZZZZZZ999") == (404, "campaign_code_unknown")
    assert enter("nonsense") == (404, "campaign_code_unknown")
    stranger = "usr_" + "c" * 32
    assert enter(campaign["code"], stranger)[1]["reconciliation_required"] is True
    assert school.as_pupil(stranger, "POST", "/v1/participations", {"code": campaign["code"]})[1]["code"] == "not_reconciled"
    participation = participate(school, campaign)
    assert enter(campaign["code"])[1]["participation"]["id"] == participation["id"]
    answer(participation)
    share(school, participation)
    assert enter(campaign["code"]) == (409, "results_already_sent")
    assert school.as_pupil(ZOE, "POST", "/v1/participations", {"code": campaign["code"]})[1]["code"] == "results_already_sent"
    assert school.as_admin("POST", f"/campaigns/{campaign['id']}/archiving")[1]["archived_at"] is not None
    assert enter(campaign["code"], LEO) == (410, "campaign_archived")


def test_a_code_of_another_school_is_said_so(school: School) -> None:
    from datetime import UTC, datetime

    from jalon.kernel.ids import Ine, Uai
    from jalon.organisations.reconciliation_store import DynamoReconciliations
    from jalon.organisations.reconciliations import Reconciliation

    campaign = school.create_campaign()
    elsewhere = "usr_" + "d" * 32
    DynamoReconciliations().link(Reconciliation(Uai("0990002P"), Ine("1"), UserId(elsewhere), datetime.now(UTC)))
    status, refused = school.as_pupil(elsewhere, "GET", f"/v1/campaign-codes/{campaign['code']}")
    assert (status, refused["code"]) == (403, "campaign_of_another_school")


def test_who_left_the_list_takes_no_further_part(school: School) -> None:
    campaign = school.create_campaign()
    assert (
        school.import_list(siecle_sample(UAI, seed=2).xml.replace(school.sample.pupils[0].ine.encode(), b"0000000000Z"))["status"]
        == "IMPORTED"
    )
    status, refused = school.as_pupil(ZOE, "POST", "/v1/participations", {"code": campaign["code"]})
    assert (status, refused["code"]) == (403, "no_longer_listed")


def test_a_participation_is_one_however_often_it_is_begun(school: School) -> None:
    campaign = school.create_campaign()
    first = participate(school, campaign)
    assert (first["status"], first["progress_percent"], first["results"]) == ("STARTED", 0, None)
    assert participate(school, campaign) == first
    assert len(school.cloud.items("assessments")) == 1
    assert school.as_pupil(ZOE, "GET", f"/v1/participations/{first['id']}") == (200, first)
    assert school.as_pupil(LEO, "GET", f"/v1/participations/{first['id']}")[1]["code"] == "participation_not_found"


def test_a_start_cut_off_before_its_test_is_completed_by_asking_again(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    from jalon.edge.tables import StoreUnavailableError

    campaign = school.create_campaign()

    def cut_off(*_: object) -> None:
        raise StoreUnavailableError("The service is busy; send the same request again.")

    for place in ("claim_attempt", "create"):
        with monkeypatch.context() as broken:
            broken.setattr(DynamoAssessments, place, cut_off)
            assert school.as_pupil(ZOE, "POST", "/v1/participations", {"code": campaign["code"]})[0] == 503
    participation = participate(school, campaign)
    assert DynamoAssessments().get(AssessmentId(participation["assessment_id"])) is not None
    assert len(school.cloud.items("participations")) == len(school.cloud.items("assessments")) == 1


def test_progress_follows_the_test_and_results_reach_the_teacher_only_when_sent(school: School) -> None:
    campaign = school.create_campaign()
    participation = participate(school, campaign)
    assert share(school, participation)[1]["code"] == "test_not_finished"
    answered = answer(participation)
    assert answered > 0
    (listed,) = participants(school, campaign)
    assert (listed["status"], listed["progress_percent"]) == ("STARTED", 0)
    assert school.track() == {"batchItemFailures": []}
    (listed,) = participants(school, campaign)
    assert (listed["status"], listed["progress_percent"], listed["results"]) == ("TO_SHARE", 100, None)
    status, shared = share(school, participation)
    assert (status, shared["status"]) == (200, "SHARED")
    assert shared["results"]["overall"] == {"total": 5, "assessed": 5, "validated": 5, "mastery_percent": 100}
    assert set(shared["results"]["competences"]) == {"1.1", "1.2"}
    (listed,) = participants(school, campaign)
    assert (listed["status"], listed["results"]) == ("SHARED", shared["results"])
    assert school.track() == {"batchItemFailures": []}
    assert participants(school, campaign) == [listed]


def test_an_assessment_is_sent_once_and_a_repeated_request_answers_the_same(school: School) -> None:
    participation = participate(school, school.create_campaign())
    answer(participation)
    first = share(school, participation, key="once")
    assert first[0] == 200
    assert share(school, participation, key="once") == first
    status, refused = share(school, participation)
    assert (status, refused["code"], refused["participation_id"]) == (409, "results_already_sent", participation["id"])


def test_nothing_is_sent_to_an_archived_campaign(school: School) -> None:
    campaign = school.create_campaign("profile_collection")
    participation = participate(school, campaign)
    school.as_admin("POST", f"/campaigns/{campaign['id']}/archiving")
    assert share(school, participation)[1]["code"] == "campaign_archived"


def profile(user_id: str, levels: dict[str, int]) -> None:
    knowledge = Knowledge.of([Element(index, validated=True, direct=True, at=1_795_000_000) for index in range(36) if index % 2 == 0])
    stored = StoredProfile(
        user_id=UserId(user_id),
        version=1,
        release=ReleaseVersion(content.VERSION),
        knowledge=knowledge.pack(),
        pix=10,
        competences={code: CompetenceScore(level * 8, level) for code, level in levels.items()},
        cards={},
        resets={},
        updated_at=SystemClock().now(),
    )
    assert DynamoProfiles().put(stored, expected_version=0)


def test_a_profile_is_sent_as_often_as_one_likes(school: School) -> None:
    campaign = school.create_campaign("profile_collection")
    participation = participate(school, campaign)
    assert (participation["status"], participation["assessment_id"]) == ("TO_SHARE", None)
    status, first = share(school, participation)
    assert (status, first["sendings"], first["results"]["pix"], first["results"]["certifiable"]) == (200, 1, 0, False)
    profile(ZOE, {"1.1": 1})
    status, second = share(school, participate(school, campaign))
    assert (status, second["sendings"]) == (200, 2)
    assert second["results"]["pix"] > 0


def test_a_profile_is_sent_once_where_the_campaign_says_so(school: School) -> None:
    campaign = school.create_campaign("profile_collection", multiple_sendings=False)
    participation = participate(school, campaign)
    assert share(school, participation)[0] == 200
    assert share(school, participation)[1]["code"] == "results_already_sent"


def test_participants_are_listed_by_class_and_name_with_filters_and_pages(school: School) -> None:
    campaign = school.create_campaign("profile_collection")
    users = [ZOE, LEO, *(f"usr_{number:032x}" for number in range(2, 12))]
    for user_id, pupil in list(zip(users, school.sample.pupils, strict=False))[2:]:
        school.reconcile(pupil, user_id)
    for user_id in users:
        participate(school, campaign, user_id)
    share(school, participate(school, campaign))
    everyone = participants(school, campaign)
    assert len(everyone) == 12
    assert [item["class"] for item in everyone] == sorted(item["class"] for item in everyone)
    paged: list[Any] = []
    query = {"limit": "5"}
    while True:
        status, page = school.as_admin("GET", f"/campaigns/{campaign['id']}/participants", query=query)
        assert status == 200
        paged += page["items"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert paged == everyone
    in_class = participants(school, campaign, **{"class": "4B"})
    assert in_class == [item for item in everyone if item["class"] == "4B"]
    assert [item["participation_id"] for item in participants(school, campaign, status="SHARED", limit="1")] == [
        participate(school, campaign)["id"]
    ]
    assert participants(school, campaign, status="SHARED", **{"class": "5Z"}) == []


def test_a_pupil_lists_their_own_participations(school: School) -> None:
    first, second = school.create_campaign(), school.create_campaign("profile_collection")
    mine = [participate(school, first), participate(school, second)]
    participate(school, second, LEO)
    status, page = school.as_pupil(ZOE, "GET", "/v1/participations", query={"limit": "1"})
    assert (status, page["items"]) == (200, [mine[1]])
    page = school.as_pupil(ZOE, "GET", "/v1/participations", query={"limit": "1", "cursor": page["next_cursor"]})[1]
    assert page["items"] == [mine[0]]


def test_collective_results_are_the_means_over_what_was_sent(school: School) -> None:
    campaign = school.create_campaign()
    zoe, leo = participate(school, campaign), participate(school, campaign, LEO)
    answer(zoe)
    answer(leo, LEO, wrong=True)
    share(school, zoe)
    assert school.count() == {"batchItemFailures": []}
    assert results(school, campaign)["participants"] == {"started": 1, "to_share": 0, "shared": 1, "total": 2}
    share(school, leo, LEO)
    school.count()
    counted = results(school, campaign)
    assert counted["participants"] == {"started": 0, "to_share": 0, "shared": 2, "total": 2}
    assert counted["overall"] == {"results": 2, "mastery_percent": 50.0, "pix": None, "level": None}
    assert counted["competences"]["1.1"] == {"results": 2, "mastery_percent": 50.0, "pix": None, "level": None}


def test_a_collections_results_are_means_of_pix_and_levels(school: School) -> None:
    campaign = school.create_campaign("profile_collection")
    profile(ZOE, dict.fromkeys(content.COMPETENCES[:5], 1))
    for user_id in (ZOE, LEO):
        share(school, participate(school, campaign, user_id), user_id)
    school.count()
    sent = [item["results"] for item in participants(school, campaign)]
    counted = results(school, campaign)
    assert counted["overall"]["pix"] == round(sum(item["pix"] for item in sent) / 2, 1)
    assert counted["certifiable"] == sum(item["certifiable"] for item in sent)
    assert set(counted["competences"]) == set(content.COMPETENCES)


def test_counting_again_or_rebuilding_gives_the_same_counts(school: School) -> None:
    campaign = school.create_campaign("profile_collection")
    for user_id in (ZOE, LEO):
        share(school, participate(school, campaign, user_id), user_id)
    school.count()
    counted = results(school, campaign)
    school.count()
    assert results(school, campaign) == counted
    for item in school.cloud.items("campaign_stats"):
        key = {name: item[name] for name in ("campaign_id", "shard")}
        school.cloud.client("dynamodb").delete_item(TableName=school.cloud.environment["TABLE_CAMPAIGN_STATS"], Key=key)
    assert results(school, campaign)["participants"]["total"] == 0
    order = json.loads((EVENTS / "count_campaign_stats" / "rebuild.json").read_text()) | {"campaign_id": campaign["id"]}
    assert count_campaign_stats(order, CONTEXT) == {"rebuilt": campaign["id"]}
    assert results(school, campaign) == counted


def test_a_count_overtaken_by_another_is_done_again(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = school.create_campaign("profile_collection")
    participate(school, campaign)
    school.count()
    revision = DynamoCampaignStats.revision

    def stale(store: DynamoCampaignStats, campaign_id: CampaignId, shard: int) -> int:
        return revision(store, campaign_id, shard) - 1

    with monkeypatch.context() as overtaken:
        overtaken.setattr(DynamoCampaignStats, "revision", stale)
        assert school.count()["batchItemFailures"] == [{"itemIdentifier": "1"}]
    assert school.count() == {"batchItemFailures": []}


def test_the_sample_events_are_taken(school: School) -> None:
    for worker, name in (
        (count_campaign_stats, "count_campaign_stats/participation_changed"),
        (track_participations, "track_participations/answer_given"),
    ):
        event = json.loads((EVENTS / f"{name}.json").read_text())
        assert worker(event, CONTEXT) == {"batchItemFailures": []}


def test_the_school_sees_who_is_certifiable(school: School) -> None:
    profile(ZOE, dict.fromkeys(content.COMPETENCES[:5], 1))
    profile(LEO, dict.fromkeys(content.COMPETENCES[:4], 3) | {"5.1": 0})
    seen: dict[str, Any] = {}
    for class_name in ("4A", "4B"):
        status, certifiable = school.as_admin("GET", "/certifiable", query={"class": class_name})
        assert status == 200
        seen |= {item["ine"]: (item["reconciled"], item["certifiable"], item["certifiable_competences"]) for item in certifiable["items"]}
    zoe, leo, nobody = (pupil.ine for pupil in school.sample.pupils[:3])
    assert (seen[zoe], seen[leo], seen[nobody]) == ((True, True, 5), (True, False, 4), (False, False, 0))
    assert len(seen) == 60


def test_logs_name_nobody(school: School, capsys: pytest.CaptureFixture[str]) -> None:
    campaign = school.create_campaign()
    participation = participate(school, campaign)
    answer(participation)
    share(school, participation)
    school.as_admin("POST", "/pupil-credentials", {"class": "4A"})
    printed = capsys.readouterr()
    pupil = school.sample.pupils[0]
    for secret in (pupil.last_name, pupil.first_name, pupil.ine, campaign["code"]):
        assert secret not in printed.out + printed.err
