"""Campaigns through the API function and its stream workers: docs/domain.md §6."""

import json
import re
from typing import Any

import pytest

from engine.knowledge import Element, Knowledge
from engine.scoring import CompetenceScore
from functions.campaigns.app import handler as campaigns
from functions.count_campaign_stats.app import handler as count_campaign_stats
from functions.track_participations.app import handler as track_participations
from jalon.assessment.assessment_store import DynamoAssessments
from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.profiles import StoredProfile
from jalon.campaigns.stats_store import DynamoCampaignStats
from jalon.edge.paging import encode_cursor
from jalon.kernel.clock import SystemClock
from jalon.kernel.ids import AssessmentId, CampaignId, ReleaseVersion, UserId
from tests.assessment import content
from tests.events import CONTEXT, http_event
from tests.functions.campaign_scene import Scene, aged
from tests.functions.school import EVENTS, UAI


def test_target_profiles_come_from_the_current_content(scene: Scene) -> None:
    status, profiles = scene.school.as_pupil(scene.zoe, "GET", "/v1/target-profiles")
    assert status == 200
    assert profiles["items"] == [
        {
            "id": content.CAMPAIGN_PROFILE,
            "name": "Parcours",
            "kind": "parcours",
            "locales": ["fr", "fr-FR", "fr-simple"],
            "skills": 5,
            "competences": ["1.1", "1.2"],
        },
        {
            "id": content.DISCOVERY_PROFILE,
            "name": "Découverte",
            "kind": "discovery",
            "locales": ["fr", "fr-FR", "fr-simple"],
            "skills": 3,
            "competences": ["1.1", "1.2", "2.1"],
        },
    ]


def test_a_campaign_gives_a_code_of_six_letters_and_three_digits(scene: Scene) -> None:
    campaign = scene.school.create_campaign()
    assert re.fullmatch(r"[A-Z]{6}[0-9]{3}", campaign["code"])
    collection = scene.school.create_campaign("profile_collection")
    assert collection["multiple_sendings"] is True
    listed = scene.school.as_admin("GET", "/campaigns", query={"limit": "1"})[1]
    assert [item["id"] for item in listed["items"]] == [collection["id"]]
    following = scene.school.as_admin("GET", "/campaigns", query={"limit": "1", "cursor": listed["next_cursor"]})[1]
    assert [item["id"] for item in following["items"]] == [campaign["id"]]
    assert scene.school.as_admin("GET", f"/campaigns/{campaign['id']}") == (200, campaign)


NONSENSE: list[tuple[dict[str, Any], str]] = [
    ({"type": "assessment", "name": "A"}, "/target_profile_id"),
    ({"type": "assessment", "name": "A", "target_profile_id": "tp_none"}, "/target_profile_id"),
    ({"type": "assessment", "name": "A", "target_profile_id": content.CAMPAIGN_PROFILE, "multiple_sendings": True}, "/multiple_sendings"),
    ({"type": "profile_collection", "name": "A", "target_profile_id": content.CAMPAIGN_PROFILE}, "/target_profile_id"),
    ({"type": "profile_collection", "name": "   "}, "/name"),
    ({"type": "profile_collection", "name": "A", "color": "red"}, "/color"),
    ({"type": "exam", "name": "A"}, "/type"),
]


@pytest.mark.parametrize(("body", "pointer"), NONSENSE)
def test_a_campaign_that_makes_no_sense_is_refused_by_field(scene: Scene, body: dict[str, Any], pointer: str) -> None:
    status, refused = scene.school.as_admin("POST", "/campaigns", body)
    assert (status, [error["pointer"] for error in refused["errors"]]) == (422, [pointer])


def test_another_schools_campaign_does_not_exist_here(scene: Scene) -> None:
    status, refused = scene.school.as_admin("GET", "/campaigns/cmp_" + "0" * 32)
    assert (status, refused["code"]) == (404, "campaign_not_found")


def test_each_outcome_of_a_code_has_its_answer(scene: Scene) -> None:
    campaign = scene.school.create_campaign()

    def enter(code: str, user_id: str = scene.zoe) -> tuple[int, Any]:
        status, found = scene.school.as_pupil(user_id, "GET", f"/v1/campaign-codes/{code}")
        return status, found.get("code") if status != 200 else found

    status, found = enter(f"{campaign['code'][:6].lower()}-{campaign['code'][6:]}")
    assert (status, found["name"], found["school"], found["reconciliation_required"], found["participation"]) == (
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
    refused = scene.school.as_pupil(stranger, "POST", "/v1/participations", {"code": campaign["code"]})[1]
    assert (refused["code"], refused["uai"], refused["school"]) == ("not_reconciled", "0990001N", "Collège des Exemples")
    participation = scene.participate(campaign)
    assert enter(campaign["code"])[1]["participation"]["id"] == participation["id"]
    scene.answer(participation)
    scene.share(participation)
    assert enter(campaign["code"]) == (409, "results_already_sent")
    assert scene.school.as_pupil(scene.zoe, "POST", "/v1/participations", {"code": campaign["code"]})[1]["code"] == "results_already_sent"
    assert scene.school.as_admin("POST", f"/campaigns/{campaign['id']}/archiving")[1]["archived_at"] is not None
    assert enter(campaign["code"], scene.leo) == (410, "campaign_archived")


#: What Word, a message, a PDF and a telephone's keyboard put into a code or around it.
AS_PASTED = [
    *(
        "{}\u00a0{}",
        "{}\u202f{}",
        "{}\u2009{}",
        "{} – {}",
        "{}—{}",
        "{}\u2011{}",
        "{}’{}",
        '"{}{}"',
        "« {}{} »",
        "#{}{}",
        "{}{}?",
        "{}\t{}",
    ),
    *("\u200b{}{}", "{}{}\u200b", "\ufeff{}{}", "\xa0{}{}", "{}{}\t", "{}\n{}", "{}…{}", "{}•{}", "{}\u00ad{}", "{}\\{}", "{}`{}", "{}_{}"),
]


def test_a_code_is_found_as_it_was_pasted(scene: Scene) -> None:
    campaign = scene.school.create_campaign()
    for pasted in AS_PASTED:
        code = pasted.format(campaign["code"][:6], campaign["code"][6:])
        status, found = scene.school.as_pupil(scene.zoe, "GET", f"/v1/campaign-codes/{code}")
        assert (status, found["code"]) == (200, campaign["code"]), ascii(pasted)
        assert scene.school.as_pupil(scene.zoe, "POST", "/v1/participations", {"code": code})[0] == 200, ascii(pasted)


def test_whatever_else_is_typed_is_a_wrong_code(scene: Scene) -> None:
    for wrong in ("T - V - J - C - K - V - 6 - 9", "…", "\u00a0", "Rentrée en 6ᵉ : le code du professeur"):
        looked_up = scene.school.as_pupil(scene.zoe, "GET", f"/v1/campaign-codes/{wrong}")
        taken_part = scene.school.as_pupil(scene.zoe, "POST", "/v1/participations", {"code": wrong})
        for status, refused in (looked_up, taken_part):
            assert (status, refused["code"]) == (404, "campaign_code_unknown"), ascii(wrong)


def test_a_code_of_another_school_is_said_so_and_which_school_to_be_found_at(scene: Scene) -> None:
    from datetime import UTC, datetime

    from jalon.kernel.ids import Ine, Uai
    from jalon.organisations.reconciliation_store import DynamoReconciliations
    from jalon.organisations.reconciliations import Reconciliation

    campaign = scene.school.create_campaign()
    elsewhere = "usr_" + "d" * 32
    DynamoReconciliations().link(Reconciliation(Uai("0990002P"), Ine("1"), UserId(elsewhere), datetime.now(UTC)))
    looked_up = scene.school.as_pupil(elsewhere, "GET", f"/v1/campaign-codes/{campaign['code']}")
    taken_part = scene.school.as_pupil(elsewhere, "POST", "/v1/participations", {"code": campaign["code"]})
    for status, refused in (looked_up, taken_part):
        assert (status, refused["code"]) == (403, "campaign_of_another_school")
        assert (refused["uai"], refused["school"]) == ("0990001N", "Collège des Exemples")
    listed = scene.school.sample.pupils[len(scene.school.met)]
    scene.school.met.append(elsewhere)
    assert scene.school.reconcile(listed, elsewhere, uai=looked_up[1]["uai"])[0] == 200
    assert scene.school.as_pupil(elsewhere, "POST", "/v1/participations", {"code": campaign["code"]})[0] == 200


def test_a_participation_is_one_however_often_it_is_begun(scene: Scene) -> None:
    campaign = scene.school.create_campaign()
    first = scene.participate(campaign)
    assert (first["status"], first["progress_percent"], first["results"]) == ("STARTED", 0, None)
    assert scene.participate(campaign) == first
    assert len([item for item in scene.school.cloud.items("assessments") if item["user_id"]["S"] == scene.zoe]) == 1
    path = f"/v1/participations/{first['id']}"
    assert scene.school.as_pupil(scene.zoe, "GET", path) == (200, first)
    etag = campaigns(http_event("GET", path, subject=scene.zoe, roles="pupil"), CONTEXT)["headers"]["ETag"]
    known = {"if-none-match": f'"another", W/{etag}'}
    assert scene.school.as_pupil(scene.zoe, "GET", path, headers=known) == (304, None)
    assert scene.school.as_pupil(scene.leo, "GET", f"/v1/participations/{first['id']}")[1]["code"] == "participation_not_found"


def test_a_start_cut_off_before_its_test_is_completed_by_asking_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    from jalon.edge.tables import StoreUnavailableError

    campaign = scene.school.create_campaign()

    def cut_off(*_: object) -> None:
        raise StoreUnavailableError("The service is busy; send the same request again.")

    for place in ("claim_attempt", "create"):
        with monkeypatch.context() as broken:
            broken.setattr(DynamoAssessments, place, cut_off)
            assert scene.school.as_pupil(scene.zoe, "POST", "/v1/participations", {"code": campaign["code"]})[0] == 503
    participation = scene.participate(campaign)
    assert DynamoAssessments().get(AssessmentId(participation["assessment_id"])) is not None
    for table in ("participations", "assessments"):
        assert len([item for item in scene.school.cloud.items(table) if item["user_id"]["S"] == scene.zoe]) == 1


def test_progress_follows_the_test_and_results_reach_the_teacher_only_when_sent(scene: Scene) -> None:
    campaign = scene.school.create_campaign()
    participation = scene.participate(campaign)
    assert scene.share(participation)[1]["code"] == "test_not_finished"
    answered = scene.answer(participation)
    assert answered > 0
    (listed,) = scene.participants(campaign)
    assert (listed["status"], listed["progress_percent"]) == ("STARTED", 0)
    assert scene.school.track() == {"batchItemFailures": []}
    (listed,) = scene.participants(campaign)
    assert (listed["status"], listed["progress_percent"], listed["results"]) == ("TO_SHARE", 100, None)
    status, shared = scene.share(participation)
    assert (status, shared["status"]) == (200, "SHARED")
    assert shared["results"]["overall"] == {"total": 5, "assessed": 5, "validated": 5, "mastery_percent": 100}
    assert set(shared["results"]["competences"]) == {"1.1", "1.2"}
    (listed,) = scene.participants(campaign)
    assert (listed["status"], listed["results"]) == ("SHARED", shared["results"])
    assert scene.school.track() == {"batchItemFailures": []}
    assert scene.participants(campaign) == [listed]


def test_an_assessment_is_sent_once_and_a_repeated_request_answers_the_same(scene: Scene) -> None:
    participation = scene.participate(scene.school.create_campaign())
    scene.answer(participation)
    first = scene.share(participation, key="once")
    assert first[0] == 200
    assert scene.share(participation, key="once") == first
    status, refused = scene.share(participation)
    assert (status, refused["code"], refused["participation_id"]) == (409, "results_already_sent", participation["id"])


def test_nothing_is_sent_to_an_archived_campaign(scene: Scene) -> None:
    campaign = scene.school.create_campaign("profile_collection")
    participation = scene.participate(campaign)
    scene.school.as_admin("POST", f"/campaigns/{campaign['id']}/archiving")
    assert scene.share(participation)[1]["code"] == "campaign_archived"


def _profile(user_id: str, levels: dict[str, int]) -> None:
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


def test_a_profile_is_sent_as_often_as_one_likes(scene: Scene) -> None:
    campaign = scene.school.create_campaign("profile_collection")
    participation = scene.participate(campaign)
    assert (participation["status"], participation["assessment_id"]) == ("TO_SHARE", None)
    status, first = scene.share(participation)
    assert (status, first["sendings"], first["results"]["pix"], first["results"]["certifiable"]) == (200, 1, 0, False)
    _profile(scene.zoe, {"1.1": 1})
    status, second = scene.share(scene.participate(campaign))
    assert (status, second["sendings"]) == (200, 2)
    assert second["results"]["pix"] > 0


def test_a_profile_is_sent_once_where_the_campaign_says_so(scene: Scene) -> None:
    campaign = scene.school.create_campaign("profile_collection", multiple_sendings=False)
    participation = scene.participate(campaign)
    assert scene.share(participation)[0] == 200
    assert scene.share(participation)[1]["code"] == "results_already_sent"


def test_participants_are_listed_by_class_and_name_with_filters_and_pages(scene: Scene) -> None:
    campaign = scene.school.create_campaign("profile_collection")
    users = [scene.zoe, scene.leo, *(scene.school.newcomer() for _ in range(10))]
    for user_id in users:
        scene.participate(campaign, user_id)
    scene.share(scene.participate(campaign))
    everyone = scene.participants(campaign)
    assert len(everyone) == 12
    assert [item["class"] for item in everyone] == sorted(item["class"] for item in everyone)
    paged: list[Any] = []
    query = {"limit": "5"}
    while True:
        status, page = scene.school.as_admin("GET", f"/campaigns/{campaign['id']}/participants", query=query)
        assert status == 200
        paged += page["items"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert paged == everyone
    in_class = scene.participants(campaign, **{"class": "4B"})
    assert in_class == [item for item in everyone if item["class"] == "4B"]
    assert [item["participation_id"] for item in scene.participants(campaign, status="SHARED", limit="1")] == [
        scene.participate(campaign)["id"]
    ]
    assert scene.participants(campaign, status="SHARED", **{"class": "5Z"}) == []


def test_cursors_that_no_page_gave_are_refused(scene: Scene) -> None:
    campaign = scene.school.create_campaign("profile_collection")
    scene.participate(campaign)
    forged: list[dict[str, Any]] = [{"after": ""}, {"after": 1}, {"id": "x"}, {"in": "x", "at": "²"}, {"id": "x", "at": "9" * 50}]
    for cursor in (encode_cursor(each) for each in forged):
        assert cursor is not None
        query = {"cursor": cursor}
        for path in ("/campaigns", f"/campaigns/{campaign['id']}/participants"):
            assert scene.school.as_admin("GET", path, query=query)[0] == 422
        assert scene.school.as_pupil(scene.zoe, "GET", "/v1/participations", query=query)[0] == 422
    elsewhere = encode_cursor({"after": "5Z"}) or ""
    path = f"/campaigns/{campaign['id']}/participants"
    assert scene.school.as_admin("GET", path, query={"cursor": elsewhere, "class": "4A"})[1]["errors"][0]["pointer"] == "/query/cursor"


def test_a_pupil_lists_their_own_participations(scene: Scene) -> None:
    first, second = scene.school.create_campaign(), scene.school.create_campaign("profile_collection")
    mine = [scene.participate(first), scene.participate(second)]
    scene.participate(second, scene.leo)
    status, page = scene.school.as_pupil(scene.zoe, "GET", "/v1/participations", query={"limit": "1"})
    assert (status, page["items"]) == (200, [mine[1]])
    page = scene.school.as_pupil(scene.zoe, "GET", "/v1/participations", query={"limit": "1", "cursor": page["next_cursor"]})[1]
    assert page["items"] == [mine[0]]


def test_collective_results_are_the_means_over_what_was_sent(scene: Scene) -> None:
    campaign = scene.school.create_campaign()
    zoe, leo = scene.participate(campaign), scene.participate(campaign, scene.leo)
    scene.answer(zoe)
    scene.answer(leo, scene.leo, wrong=True)
    scene.share(zoe)
    assert scene.school.count() == {"batchItemFailures": []}
    assert scene.results(campaign)["participants"] == {"started": 1, "to_share": 0, "shared": 1, "total": 2}
    scene.share(leo, scene.leo)
    scene.school.count()
    counted = scene.results(campaign)
    assert counted["participants"] == {"started": 0, "to_share": 0, "shared": 2, "total": 2}
    assert counted["overall"] == {"results": 2, "mastery_percent": 50.0, "pix": None, "level": None}
    assert counted["competences"]["1.1"] == {"results": 2, "mastery_percent": 50.0, "pix": None, "level": None}


def test_a_collections_results_are_means_of_pix_and_levels(scene: Scene) -> None:
    campaign = scene.school.create_campaign("profile_collection")
    _profile(scene.zoe, dict.fromkeys(content.COMPETENCES[:5], 1))
    for user_id in (scene.zoe, scene.leo):
        scene.share(scene.participate(campaign, user_id), user_id)
    scene.school.count()
    sent = [item["results"] for item in scene.participants(campaign)]
    counted = scene.results(campaign)
    assert counted["overall"]["pix"] == round(sum(item["pix"] for item in sent) / 2, 1)
    assert counted["certifiable"] == sum(item["certifiable"] for item in sent)
    assert set(counted["competences"]) == set(content.COMPETENCES)


def test_the_export_has_a_row_for_each_participant(scene: Scene) -> None:
    campaign = scene.school.create_campaign()
    scene.participate(campaign)
    scene.participate(campaign, scene.leo)
    path = f"/v1/organisations/{UAI}/campaigns/{campaign['id']}/results.csv"
    exported = campaigns(http_event("GET", path, subject=scene.school.admin), CONTEXT)
    assert (exported["statusCode"], exported["headers"]["Content-Type"]) == (200, "text/csv; charset=utf-8; header=present")
    heading, *rows = exported["body"].splitlines()
    assert heading.startswith("\ufeffNom de l’organisation;ID Campagne;Code;")
    assert len(rows) == 2
    assert all(row.startswith(f"Collège des Exemples;{campaign['id']};{campaign['code']};Rentrée;Parcours;") for row in rows)


def test_counting_again_or_rebuilding_gives_the_same_counts(scene: Scene) -> None:
    campaign = scene.school.create_campaign("profile_collection")
    for user_id in (scene.zoe, scene.leo):
        scene.share(scene.participate(campaign, user_id), user_id)
    scene.school.count()
    counted = scene.results(campaign)
    scene.school.count()
    assert scene.results(campaign) == counted
    for item in scene.school.cloud.items("campaign_stats"):
        key = {name: item[name] for name in ("campaign_id", "shard")}
        scene.school.cloud.client("dynamodb").delete_item(TableName=scene.school.cloud.environment["TABLE_CAMPAIGN_STATS"], Key=key)
    assert scene.results(campaign)["participants"]["total"] == 0
    order = json.loads((EVENTS / "count_campaign_stats" / "rebuild.json").read_text()) | {"campaign_id": campaign["id"]}
    assert count_campaign_stats(order, CONTEXT) == {"rebuilt": campaign["id"]}
    assert scene.results(campaign) == counted


def test_a_count_overtaken_by_another_is_done_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = scene.school.create_campaign("profile_collection")
    scene.participate(campaign)
    scene.school.count()
    revision = DynamoCampaignStats.revision

    def stale(store: DynamoCampaignStats, campaign_id: CampaignId, shard: int) -> int:
        return revision(store, campaign_id, shard) - 1

    with monkeypatch.context() as overtaken:
        overtaken.setattr(DynamoCampaignStats, "revision", stale)
        assert scene.school.count()["batchItemFailures"] == [{"itemIdentifier": "1"}]
    assert scene.school.count() == {"batchItemFailures": []}


def test_the_sample_events_are_taken(scene: Scene) -> None:
    for worker, name in (
        (count_campaign_stats, "count_campaign_stats/participation_changed"),
        (track_participations, "track_participations/answer_given"),
    ):
        event = json.loads((EVENTS / f"{name}.json").read_text())
        assert worker(event, CONTEXT) == {"batchItemFailures": []}


def test_the_school_sees_who_is_certifiable(scene: Scene) -> None:
    _profile(scene.zoe, dict.fromkeys(content.COMPETENCES[:5], 1))
    _profile(scene.leo, dict.fromkeys(content.COMPETENCES[:4], 3) | {"5.1": 0})
    seen: dict[str, Any] = {}
    for class_name in ("4A", "4B"):
        status, certifiable = scene.school.as_admin("GET", "/certifiable", query={"class": class_name})
        assert status == 200
        seen |= {item["ine"]: (item["reconciled"], item["certifiable"], item["certifiable_competences"]) for item in certifiable["items"]}
    zoe, leo = (scene.school.pupil_of(user_id).ine for user_id in (scene.zoe, scene.leo))
    nobody = scene.school.sample.pupils[-1].ine
    assert (seen[zoe], seen[leo], seen[nobody]) == ((True, True, 5), (True, False, 4), (False, False, 0))
    assert len(seen) == 60


def test_a_finished_test_is_taken_again_after_4_days_and_before_it_is_sent(scene: Scene) -> None:
    own = scene.participate(scene.school.create_campaign())
    assert scene.retry(own) == (200, own)  # still under way: there is nothing to take again
    scene.answer(own, wrong=True)
    status, early = scene.retry(own)
    assert (status, early["code"], early["days_remaining"]) == (409, "too_early_to_improve", 4)
    aged(own["assessment_id"], days=5)
    status, again = scene.retry(own)
    assert (status, again["id"], again["status"], again["progress_percent"]) == (200, own["id"], "STARTED", 0)
    assert again["assessment_id"] != own["assessment_id"]
    assert scene.retry(own) == (200, again)
    scene.answer(again)
    status, shared = scene.share(again)
    assert (status, shared["status"]) == (200, "SHARED")
    status, refused = scene.retry(own)
    assert (status, refused["code"]) == (409, "results_already_sent")
    assert (shared["name"], shared["can_send"], shared["days_before_retrying"]) == ("Rentrée", False, None)
    assert scene.retry(own, scene.leo)[0] == 404


def test_a_collection_has_no_test_to_take_again(scene: Scene) -> None:
    own = scene.participate(scene.school.create_campaign("profile_collection"))
    status, refused = scene.retry(own)
    assert (status, refused["code"]) == (409, "test_not_finished")
