"""The pupil's page in one read: *mes parcours* and *mes certifications* follow the tables they come from, whatever the streams do."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from functions.answers import wiring as answers_wiring
from functions.project_certifications.app import handler as project_certifications
from functions.project_participations.app import handler as project_participations
from functions.project_profiles import rebuild
from functions.publish_certificate.app import handler as publish_certificate
from functions.request_jury.app import handler as request_jury
from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.profiles import StoredProfile
from jalon.assessment.tables import ProfileItem
from jalon.certification.session_store import DynamoSessionStore
from jalon.kernel.clock import SystemClock
from jalon.kernel.ids import SessionNumber, UserId
from tests.certification.centre import JUROR
from tests.events import CONTEXT
from tests.functions import profile_workers as workers
from tests.functions.answers_cloud import project
from tests.own_data.world import Person, World, opened

EVENTS = Path(__file__).parents[2] / "events"
NOTHING_FAILED = {"batchItemFailures": []}


@pytest.fixture(scope="module")
def world(emulator: str) -> Iterator[World]:
    with opened(emulator) as built:
        yield built


@pytest.fixture(scope="module")
def pupils(world: World) -> Iterator[Person]:
    return (world.make_person(number) for number in range(20))


@pytest.fixture
def pupil(pupils: Iterator[Person]) -> Person:
    """Somebody who has not done anything yet."""
    return next(pupils)


def page(person: Person) -> Any:
    reply = person.device.send("read_profile")
    assert reply.status == 200, reply.text
    return reply.body


def stored(person: Person) -> StoredProfile:
    profile = DynamoProfiles().get(UserId(person.user_id))
    assert profile is not None
    return profile


def take_part(world: World, person: Person, campaign: Any) -> Any:
    status, participation = world.school.as_pupil(person.user_id, "POST", "/v1/participations", {"code": campaign["code"]})
    assert status == 200, participation
    return participation


def send(world: World, person: Person, participation: Any) -> None:
    status, sent = world.school.as_pupil(person.user_id, "POST", f"/v1/participations/{participation['id']}/sharing")
    assert status == 200, sent


#: What a participation says of itself on the pupil's page and on its own routes alike.
SHOWN_ALIKE = (
    *("id", "campaign_id", "type", "name", "code", "uai", "school", "archived", "status", "progress_percent", "started_at", "shared_at"),
    *("assessment_id", "can_send", "days_before_retrying"),
)


def same_everywhere(world: World, person: Person) -> list[Any]:
    """The page's parcours, which the list and each participation's own route tell alike."""
    shown: list[Any] = page(person)["parcours"]
    alike = [{name: each[name] for name in SHOWN_ALIKE} for each in shown]
    listed = world.school.as_pupil(person.user_id, "GET", "/v1/participations")[1]["items"]
    alone = [world.school.as_pupil(person.user_id, "GET", each["link"])[1] for each in shown]
    assert [{name: each[name] for name in SHOWN_ALIKE} for each in listed] == alike
    assert [{name: each[name] for name in SHOWN_ALIKE} for each in alone] == alike
    return shown


def of(records: list[dict[str, Any]], **keys: str) -> list[dict[str, Any]]:
    """Those of the records whose keys are these."""
    return [record for record in records if all(record["dynamodb"]["Keys"][name]["S"] == value for name, value in keys.items())]


def test_both_kinds_of_campaigns_stand_on_the_page_as_they_go_on(world: World, pupil: Person) -> None:
    assessment = world.school.create_campaign(name="Rentrée des exemples")
    collection = world.school.create_campaign("profile_collection", name="Profils", multiple_sendings=True)
    test, profile = take_part(world, pupil, assessment), take_part(world, pupil, collection)
    workers.note_everything(world.cloud)
    shown = {item["name"]: item for item in same_everywhere(world, pupil)}
    begun, waiting = shown["Rentrée des exemples"], shown["Profils"]
    assert (begun["id"], begun["campaign_id"], begun["code"], begun["type"]) == (
        test["id"],
        assessment["id"],
        assessment["code"],
        "assessment",
    )
    assert (begun["status"], begun["progress_percent"], begun["school"], begun["can_send"]) == ("STARTED", 0, "Collège des Exemples", False)
    assert (waiting["id"], waiting["type"], waiting["status"], waiting["can_send"]) == (
        profile["id"],
        "profile_collection",
        "TO_SHARE",
        True,
    )

    pupil.device.play(pupil.device.read(test["assessment_id"]).body, right=False)
    world.school.track()
    workers.note_everything(world.cloud)
    project(world.cloud)
    (finished, _) = sorted(same_everywhere(world, pupil), key=lambda item: item["type"])
    assert (finished["status"], finished["progress_percent"], finished["mastery_percent"]) == ("TO_SHARE", 100, 0)
    assert (finished["days_before_retrying"], finished["can_send"]) == (4, True)

    send(world, pupil, test)
    send(world, pupil, profile)
    workers.note_everything(world.cloud)
    (sent, shared) = sorted(same_everywhere(world, pupil), key=lambda item: item["type"])
    assert (sent["status"], sent["days_before_retrying"], sent["can_send"], sent["mastery_percent"]) == ("SHARED", None, False, 0)
    assert sent["shared_at"]
    assert (shared["status"], shared["can_send"], shared["pix"]) == ("SHARED", True, 0)
    tests = {item["purpose"]: item for item in page(pupil)["tests"]}
    assert tests["campaign"]["days_before_retrying"] is None


def test_an_archived_campaign_is_archived_on_every_page(world: World, pupils: Iterator[Person]) -> None:
    campaign = world.school.create_campaign()
    people = [next(pupils), next(pupils)]
    for person in people:
        participation = take_part(world, person, campaign)
        person.device.play(person.device.read(participation["assessment_id"]).body, right=False)
    world.school.track()
    project(world.cloud)
    workers.note_everything(world.cloud)
    assert [page(person)["parcours"][0]["days_before_retrying"] for person in people] == [4, 4]
    assert world.school.as_admin("POST", f"/campaigns/{campaign['id']}/archiving")[0] == 200
    assert workers.note_participations(of(workers.campaigns(world.cloud), campaign_id=campaign["id"])) == NOTHING_FAILED
    for person in people:
        (shown,) = same_everywhere(world, person)
        assert (shown["archived"], shown["can_send"], shown["days_before_retrying"]) == (True, False, None)


def test_duplicates_and_reordering_change_nothing(world: World, pupil: Person) -> None:
    campaigns = [world.school.create_campaign(), world.school.create_campaign("profile_collection")]
    for campaign in campaigns:
        take_part(world, pupil, campaign)
    records = of(workers.participations(world.cloud), user_id=pupil.user_id)
    assert workers.note_participations(records) == NOTHING_FAILED
    once = stored(pupil)
    assert workers.note_participations([*reversed(records), *records, *records]) == NOTHING_FAILED
    assert stored(pupil) == once
    assert len(once.parcours) == 2


def test_from_the_first_record_that_fails_the_batch_comes_again(world: World, pupil: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    take_part(world, pupil, world.school.create_campaign())
    take_part(world, pupil, world.school.create_campaign("profile_collection"))
    records = of(workers.participations(world.cloud), user_id=pupil.user_id)
    real, tries = DynamoProfiles.put, iter([True, *[False] * 10])

    def loses_races(self: DynamoProfiles, profile: StoredProfile, *, expected_version: int) -> bool:
        return next(tries) and real(self, profile, expected_version=expected_version)

    with monkeypatch.context() as busy:
        busy.setattr(DynamoProfiles, "put", loses_races)
        failed = workers.note_participations(records)
    assert failed == {"batchItemFailures": [{"itemIdentifier": records[1]["dynamodb"]["SequenceNumber"]}]}
    assert len(stored(pupil).parcours) == 1
    assert workers.note_participations(records) == NOTHING_FAILED
    assert len(stored(pupil).parcours) == 2


def test_a_certification_is_awaited_then_published_corrected_and_revoked(world: World, pupil: Person) -> None:
    world.take_tests(pupil)
    session = world.certification.session()
    (candidate,) = world.sit(session, pupil)
    workers.note_everything(world.cloud)
    (awaited,) = page(pupil)["certifications"]
    assert (awaited["id"], awaited["status"], awaited["centre"]) == (candidate.certification_id, "awaiting_results", "Collège des Exemples")
    assert [awaited[name] for name in ("published_at", "pix", "max_pix", "code", "verification", "certificate")] == [None] * 6
    assert awaited["taken_on"]

    world.publish(session)
    late = of(workers.candidates(world.cloud), session_number=session["number"])
    results = of(workers.published_results(world.cloud), session_number=session["number"])
    assert workers.note_certifications([*results, *late, *results]) == NOTHING_FAILED
    (published,) = page(pupil)["certifications"]
    (line,) = [item for item in world.cloud.items("published_results") if item["session_number"]["S"] == session["number"]]
    assert (published["status"], published["code"], published["taken_on"]) == ("validated", line["code"]["S"], awaited["taken_on"])
    assert published["pix"] == json.loads(line["result"]["S"])["score"] > 0
    assert published["verification"] == f"{answers_wiring.parts().site_url}/v"

    reject_on_second_thoughts(world, session, candidate)
    assert workers.note_certifications([*late, *results]) == NOTHING_FAILED
    (corrected,) = page(pupil)["certifications"]
    assert (corrected["status"], corrected["pix"], corrected["code"], corrected["certificate"]) == ("rejected", None, None, None)
    assert stored(pupil).certifications[candidate.certification_id].version == 2000
    assert corrected["published_at"]


def reject_on_second_thoughts(world: World, session: Any, candidate: Any) -> None:
    """A correction, through every task of the machine that publishes it."""
    jury, number = world.certification.jury, session["number"]
    assert jury("correct", number=number).status == 202
    whole = {"session_number": number, "finalisation": 2}
    request_jury(whole | {"token": "t", "reminders": 0}, None)
    assert jury("decide", certification_id=candidate.certification_id, body={"kind": "reject", "version": 1000}).status == 201
    DynamoSessionStore().approve(SessionNumber(number), 2, UserId(JUROR), SystemClock().now())
    publish_certificate(whole | {"candidate_id": candidate.candidate_id, "certification_id": candidate.certification_id}, None)


def test_a_certificate_that_is_revoked_counts_no_more(world: World, pupil: Person) -> None:
    world.take_tests(pupil)
    session = world.certification.session()
    (candidate,) = world.sit(session, pupil)
    world.publish(session)
    workers.note_everything(world.cloud)
    assert world.certification.jury("revoke", certification_id=candidate.certification_id, body={"reason": "Erreur."}).status == 200
    workers.note_everything(world.cloud)
    (shown,) = page(pupil)["certifications"]
    assert (shown["status"], shown["pix"], shown["code"], shown["verification"]) == ("revoked", None, None, None)


def test_the_page_is_one_read_however_much_is_on_it(world: World, pupil: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    world.take_tests(pupil)
    world.take_part(pupil)
    session = world.certification.session()
    world.sit(session, pupil)
    world.publish(session)
    page(pupil)
    operations: list[str] = []
    send_to_cloud = BaseClient._make_api_call

    def counted(self: Any, operation: str, arguments: Any) -> Any:
        operations.append(operation)
        return send_to_cloud(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", counted)
    shown = page(pupil)
    assert operations == ["GetItem"]
    assert [len(shown[name]) for name in ("parcours", "certifications", "tutorials")] == [1, 1, 1]


def test_a_candidate_who_has_not_begun_is_not_awaiting_anything(world: World, pupil: Person) -> None:
    world.take_tests(pupil)
    world.know_everything(pupil)
    world.seat(world.certification.session(), pupil)
    workers.note_everything(world.cloud)
    assert page(pupil)["certifications"] == []


def test_rebuilding_brings_it_all_back(world: World, pupil: Person, capsys: pytest.CaptureFixture[str]) -> None:
    world.take_tests(pupil)
    world.take_part(pupil)
    take_part(world, pupil, world.school.create_campaign("profile_collection"))
    for session in (world.certification.session(), world.certification.session()):
        world.sit(session, pupil)
    world.publish(session)
    workers.note_everything(world.cloud)
    project(world.cloud)
    before = stored(pupil)
    assert (len(before.parcours), len(before.certifications)) == (2, 2)
    ProfileItem(pupil.user_id).delete()
    capsys.readouterr()
    assert rebuild.main(["--user", pupil.user_id]) == 0
    assert said(capsys) == workers.whole(1)
    after = stored(pupil)
    assert (after.parcours, after.certifications) == (before.parcours, before.certifications)
    assert set(after.cards) == set(before.cards)
    ProfileItem.get(pupil.user_id).update([ProfileItem.parcours.remove(), ProfileItem.certifications.remove(), ProfileItem.version.add(1)])
    assert rebuild.main(["--all"]) == 0
    assert stored(pupil).parcours == before.parcours


def test_rebuilding_reaches_who_only_sent_a_profile(world: World, pupil: Person, capsys: pytest.CaptureFixture[str]) -> None:
    take_part(world, pupil, world.school.create_campaign("profile_collection"))
    assert DynamoProfiles().get(UserId(pupil.user_id)) is None
    assert rebuild.main(["--all"]) == 0
    assert len(stored(pupil).parcours) == 1
    capsys.readouterr()


def test_rebuilding_says_whom_it_does_not_know(world: World, pupil: Person, capsys: pytest.CaptureFixture[str]) -> None:
    take_part(world, pupil, world.school.create_campaign("profile_collection"))
    capsys.readouterr()
    assert rebuild.main(["--user", "usr_typo", "--user", pupil.user_id]) == 1
    assert said(capsys) == workers.whole(1, unknown=["usr_typo"])
    assert ProfileItem.count("usr_typo") == 0


def test_nothing_is_noted_for_a_person_who_is_erased(world: World, pupil: Person, capsys: pytest.CaptureFixture[str]) -> None:
    world.take_tests(pupil)
    take_part(world, pupil, world.school.create_campaign("profile_collection"))
    session = world.certification.session()
    world.sit(session, pupil)
    world.publish(session)
    streams = [*workers.candidates(world.cloud), *workers.published_results(world.cloud)], workers.participations(world.cloud)
    assert world.ask_for_erasure(pupil)[0] == 202
    assert world.work_on_erasure(pupil) == []
    assert DynamoProfiles().get(UserId(pupil.user_id)) is None
    assert workers.note_certifications(streams[0]) == NOTHING_FAILED
    assert workers.note_participations(streams[1]) == NOTHING_FAILED
    capsys.readouterr()
    assert rebuild.main(["--user", pupil.user_id]) == 1
    assert said(capsys) == workers.whole(0, unknown=[pupil.user_id])
    assert DynamoProfiles().get(UserId(pupil.user_id)) is None


def test_the_streams_own_events_are_taken(world: World) -> None:
    """What stands in the samples is not in the tables (any more), or is removed: nothing to note, nothing to fail."""
    for worker, samples in (
        (project_participations, sorted((EVENTS / "project_participations").glob("*.json"))),
        (project_certifications, sorted((EVENTS / "project_certifications").glob("*.json"))),
    ):
        assert len(samples) == 2
        for sample in samples:
            event = json.loads(sample.read_text())
            assert worker(event, CONTEXT) == NOTHING_FAILED
            event["Records"][0]["eventName"] = "REMOVE"
            assert worker(event, CONTEXT) == NOTHING_FAILED
    assert world.cloud.items("participations") is not None


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out.splitlines()[-1])
