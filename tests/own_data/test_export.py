"""A person takes everything along: whole, readable by its schema, theirs alone, and gone after a day."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from engine.packing import Question
from functions.accounts.own_data_wiring import own_data
from functions.answers import wiring as answers_wiring
from functions.export_data import wiring as export_wiring
from functions.export_data.document import FORMAT, Sources
from jalon.accounts.acts import ActKind
from jalon.accounts.exports import ABANDONED_AFTER, LIFE
from jalon.accounts.tables import PasswordItem
from jalon.assessment.create_certification_assessment import CreateCertificationAssessment, create_certification_assessment
from jalon.certification.acts_store import acts_of as certification_acts
from jalon.kernel.clock import SystemClock
from jalon.kernel.ids import CertificationId, ReleaseVersion, UserId
from tests.assessment.published import WAYS, asked_by, plausible_answer, published_bundles, published_release
from tests.cloud import template
from tests.functions.answers_cloud import first_ticket, put_release
from tests.functions.certification_cloud import HEAD
from tests.own_data.world import PASSWORD, Person, World, opened
from tests.sources import FixedClock

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "personal-data.schema.json").read_text())


#: The document is asked for once, and read by all.
pytestmark = pytest.mark.xdist_group("export")


@dataclass
class Story:
    """One person with a published certification and one that is not."""

    world: World
    person: Person
    stranger: Person
    export: Any = None
    document: Any = None
    raw: bytes = b""
    secrets: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def story(emulator: str) -> Iterator[Story]:
    with opened(emulator) as world:
        told = Story(world, world.make_person(0), world.make_person(1))
        tokens = world.leave_traces_in_accounts(told.person)
        world.take_tests(told.person)
        world.take_part(told.person)
        world.work_at_school(told.person)
        first = world.certification.session()
        world.sit(first, told.person)
        world.publish(first)
        world.sit(world.certification.session(), told.person)
        world.follow()
        told.secrets = {"refresh token": tokens["refresh_token"], "password": PASSWORD}
        told.secrets["verifier"] = PasswordItem.get(f"password#{told.person.user_id}").verifier
        told.secrets |= {f"login key {key}": key for key in world.login_keys(told.person)}
        told.export = _ask(told)
        told.raw = _fetch(told, told.export["id"])
        told.document = json.loads(told.raw)
        yield told


def _ask(story: Story) -> Any:
    status, export = story.world.own(story.person.user_id, "POST", "/v1/me/exports")
    assert status == 202
    assert export["status"] == "preparing"
    (order,) = story.world.drain("ExportQueue")
    assert story.world.work_on_export(json.loads(order["Body"])) == []
    return export


def _fetch(story: Story, export_id: str) -> bytes:
    status, export = story.world.own(story.person.user_id, "GET", f"/v1/me/exports/{export_id}")
    assert (status, export["status"]) == (200, "ready")
    answer = httpx.get(export["download"]["url"], timeout=60)
    assert answer.headers["content-disposition"] == 'attachment; filename="jalon-mes-donnees.json"'
    assert (export["size_bytes"], export["sha256"]) == (len(answer.content), hashlib.sha256(answer.content).hexdigest())
    return answer.content


def test_the_document_follows_its_schema_which_is_strict(story: Story) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert [error.message for error in validator.iter_errors(story.document)] == []
    assert story.document["format"] == FORMAT
    assert list(validator.iter_errors(story.document | {"more": 1}))


def test_it_holds_what_they_did_for_schools_and_names_nobody_else(story: Story) -> None:
    acts = story.document["acts"]
    everything = {
        "campaign_made": "Mes élèves",
        "target_profile_made": "À ma mesure",
        "import_requested": None,
        "colleague_invited": None,
        "session_planned": None,
    }
    assert {act["kind"]: act["name"] for act in acts} == everything
    assert {act["uai"] for act in acts} == {"0990001N"}
    assert [act["at"] for act in acts] == sorted(act["at"] for act in acts)
    assert "autre@exemple.example" not in story.raw.decode()
    shown = {act["reference"] for act in acts}
    number = story.person.user_id
    for table, key in (("CampaignsTable", "campaign_id"), ("TargetProfilesTable", "profile_id"), ("SessionsTable", "session_number")):
        theirs = {item[key]["S"] for item in story.world.everything()[table] if item["created_by"]["S"] == number}
        assert theirs
        assert theirs <= shown
    others = [item["campaign_id"]["S"] for item in story.world.everything()["CampaignsTable"] if item["created_by"]["S"] != number]
    assert others
    assert not shown & set(others)


def test_it_holds_the_sessions_that_they_finalised(story: Story) -> None:
    head = {act.kind for act in certification_acts(UserId(HEAD))}
    assert head == {ActKind.SESSION, ActKind.FINALISATION}


def test_it_holds_everything(story: Story) -> None:
    document, pupil = story.document, story.person.pupil
    assert (document["account"]["last_name"], document["account"]["username"]) == (_tidy(pupil.last_name), story.person.username)
    assert document["account"]["ways_in"] == {"identity_providers": [], "has_password": True, "password_is_initial": False}
    assert document["sign_ins"][0]["through"]
    assert document["schools"][0]["on_list"]["class"] == "4A"
    assert document["schools"][0]["national_number"] == pupil.ine
    assert document["memberships"][0]["role"] == "admin"
    assert sorted(test["purpose"] for test in document["assessments"]) == ["campaign", "certification", "certification", "competence"]
    assert all(test["answers"] for test in document["assessments"])
    assert document["profile"]["pix"] > 0
    assert len(document["profile"]["skills"]) > 5
    assert document["profile"]["saved_tutorials"][0]["title"]
    assert [entry["status"] for entry in document["profile"]["parcours"]] == ["SHARED"]
    assert sorted(entry["status"] for entry in document["profile"]["certifications"]) == ["awaiting_results", "validated"]
    assert document["participations"][0]["sent"]["validated_skills"]
    assert len(document["candidatures"]) == 2
    (certification,) = document["certifications"]
    assert certification["certificates"][0]["open_badge"].count(".") == 2
    assert certification["outcome"] == "validated"


def test_accents_are_written_as_they_are(story: Story) -> None:
    assert "Collège des Exemples".encode() in story.raw
    assert re.findall(rb"\\u(?!00[01])", story.raw) == []  # control characters alone have no other form in JSON


def test_no_secret_is_in_it(story: Story) -> None:
    text = story.raw.decode()
    assert [name for name, secret in story.secrets.items() if secret in text] == []
    assert story.stranger.pupil.last_name not in text


def test_results_that_are_not_published_are_not_told(story: Story) -> None:
    hidden, told = sorted(story.document["candidatures"], key=lambda row: row["results_published"])
    assert (hidden["result_versions"], len(told["result_versions"])) == ([], 1)
    tests = {test["subject"]: test for test in story.document["assessments"] if test["purpose"] == "certification"}
    assert {answer["result"] for answer in tests[hidden["certification"]]["answers"]} == {None}
    assert all(answer["given"] for answer in tests[hidden["certification"]]["answers"])
    assert {answer["result"] for answer in tests[told["certification"]]["answers"]} == {"ok"}


def _document_of(world: World, person: Person) -> Any:
    _, export = world.own(person.user_id, "POST", "/v1/me/exports")
    *_, order = world.drain("ExportQueue")
    assert world.work_on_export(json.loads(order["Body"])) == []
    return httpx.get(world.own(person.user_id, "GET", f"/v1/me/exports/{export['id']}")[1]["download"]["url"], timeout=60).json()


def test_the_profile_agrees_with_the_answers_beside_it_though_the_stream_is_late(story: Story) -> None:
    person = story.world.make_person(7)
    person.device.play(person.device.start().body)
    document = _document_of(story.world, person)
    [test] = document["assessments"]
    assert test["answers"]
    assert document["profile"]["pix"] == document["profile"]["competences"]["1.1"]["pix"] > 0


def test_answers_are_told_as_they_were_sent_to_each_kind_of_question_of_a_release_that_was_replaced(story: Story) -> None:
    """One question of each kind of the published content, sent to the API and read back out of the person's document."""
    person, shared, content = story.world.make_person(8), answers_wiring.parts(), published_release()
    bundles = published_bundles()
    put_release(story.world.cloud, bundles.version, bundles.public, bundles.solutions)
    challenges = [asked_by(way)[0] for way in WAYS]
    command = CreateCertificationAssessment(
        user_id=UserId(person.user_id),
        certification_id=CertificationId(person.user_id.replace("usr", "crt")),
        release=ReleaseVersion(content.version),
        locale="fr-FR",
        questions=tuple(Question(challenge.index, 0) for challenge in challenges),
        frozen_profile={},
        deadline_at=shared.clock.now() + timedelta(hours=1),
    )
    state, sent = create_certification_assessment(shared.store, shared.clock, shared.ids, command), []
    question = first_ticket(state)
    for challenge in challenges:
        sent.append((question["challenge_id"], plausible_answer(challenge, challenge.variants[0])))
        reply = person.device.answer(state.assessment_id, question, sent[-1][1])
        assert reply.status == 200, reply.text
        question = reply.body["assessment"]["question"]
    export_wiring.parts.cache_clear()
    document = _document_of(story.world, person)
    assert [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)] == []
    [test] = document["assessments"]
    assert test["release"] != document["profile"]["release"]
    assert [(answer["challenge"], answer["given"]) for answer in test["answers"]] == sent


def test_who_has_done_nothing_yet_has_a_document_too(story: Story) -> None:
    document = _document_of(story.world, story.world.make_person(5))
    assert [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)] == []
    assert (document["assessments"], document["profile"]["pix"], document["certifications"]) == ([], 0, [])


def test_no_name_and_no_secret_reaches_the_logs(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    world, person = story.world, story.world.make_person(6)
    caplog.clear()
    world.own(person.user_id, "POST", "/v1/me/exports")
    *_, order = world.drain("ExportQueue")
    world.work_on_export(json.loads(order["Body"]))
    world.own(person.user_id, "POST", "/v1/me/erasure", {"confirmation": "ERASE", "password": "not this one"})
    assert world.ask_for_erasure(person)[0] == 202
    assert world.work_on_erasure(person) == []
    lines = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert {"EXPORT_REQUESTED", "EXPORT_WRITTEN", "ERASURE_REQUESTED", "ERASURE_STEPPED"} <= {
        record.getMessage() for record in caplog.records
    }
    names = {what: needle for what, needle in person.needles.items() if what != "number"} | {
        "password": PASSWORD,
        "wrong password": "not this one",
    }
    assert [what for what, needle in names.items() if needle in lines] == []


def test_nobody_else_reads_or_removes_it(story: Story) -> None:
    path = f"/v1/me/exports/{story.export['id']}"
    assert story.world.own(story.stranger.user_id, "GET", path)[1]["code"] == "export_not_found"
    assert story.world.own(story.stranger.user_id, "DELETE", path)[0] == 204
    assert story.world.own("cli_school", "GET", path)[1]["code"] == "people_only"
    assert _fetch(story, story.export["id"]) == story.raw


def test_once_a_day_is_enough(story: Story) -> None:
    status, refused = story.world.own(story.person.user_id, "POST", "/v1/me/exports")
    assert (status, refused["code"], refused["export_id"]) == (429, "export_too_soon", story.export["id"])


def test_asking_needs_a_key_and_the_same_key_is_the_same_export(story: Story) -> None:
    world, stranger = story.world, story.stranger.user_id
    assert world.own(stranger, "POST", "/v1/me/exports", key="")[1]["code"] == "idempotency_key_required"
    first = world.own(stranger, "POST", "/v1/me/exports", key="one")
    assert first[0] == 202
    assert world.own(stranger, "POST", "/v1/me/exports", key="one") == first
    first_order, again = world.drain("ExportQueue")
    assert world.work_on_export(json.loads(first_order["Body"])) == []
    objects = world.objects()
    assert world.work_on_export(json.loads(again["Body"])) == []
    assert world.objects().keys() == objects.keys()


def test_a_failure_is_told_after_the_last_try_and_may_be_asked_for_again(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    world, person = story.world, story.world.make_person(2)
    _, export = world.own(person.user_id, "POST", "/v1/me/exports")
    (order,) = world.drain("ExportQueue")
    with monkeypatch.context() as broken:
        broken.setattr(Sources, "__getattribute__", _broken)
        assert world.work_on_export(json.loads(order["Body"]), tries=1) == ["m-1"]
        assert world.own(person.user_id, "GET", f"/v1/me/exports/{export['id']}")[1]["status"] == "preparing"
        assert world.work_on_export(json.loads(order["Body"]), tries=3) == ["m-1"]
    failed = world.own(person.user_id, "GET", f"/v1/me/exports/{export['id']}")[1]
    assert (failed["status"], failed["download"]) == ("failed", None)
    assert world.own(person.user_id, "POST", "/v1/me/exports")[0] == 202


def _broken(sources: Sources, name: str) -> Any:
    raise RuntimeError(name)


def test_it_is_forgotten_after_a_day_and_one_that_nobody_works_on_counts_as_failed(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    world, person = story.world, story.world.make_person(3)
    _, export = world.own(person.user_id, "POST", "/v1/me/exports")
    path = f"/v1/me/exports/{export['id']}"
    for passed, seen in ((ABANDONED_AFTER + timedelta(seconds=1), (200, "failed")), (LIFE, (404, "export_not_found"))):
        clock = FixedClock(SystemClock().now() + passed)
        with monkeypatch.context() as later:
            later.setattr(SystemClock, "now", lambda _, clock=clock: clock.now())
            status, answer = world.own(person.user_id, "GET", path)
            assert (status, answer.get("code") or answer["status"]) == seen
            assert world.own(person.user_id, "POST", "/v1/me/exports", key="again")[0] == 202


def test_its_owner_removes_it_at_once_and_a_late_worker_does_not_bring_it_back(story: Story) -> None:
    world, person = story.world, story.world.make_person(4)
    _, export = world.own(person.user_id, "POST", "/v1/me/exports")
    *_, order = world.drain("ExportQueue")
    assert world.work_on_export(json.loads(order["Body"])) == []
    path = f"/v1/me/exports/{export['id']}"
    mine = {key for key in world.objects() if export["id"] in key[1]}
    assert len(mine) == 1
    assert world.own(person.user_id, "DELETE", path)[0] == 204
    assert world.own(person.user_id, "DELETE", path)[0] == 204
    assert world.own(person.user_id, "GET", path)[1]["code"] == "export_not_found"
    assert world.work_on_export(json.loads(order["Body"])) == []
    assert not mine & world.objects().keys()
    assert world.own(person.user_id, "POST", "/v1/me/exports")[1]["code"] == "export_too_soon"


def test_the_bucket_forgets_within_a_day_and_keeps_no_versions() -> None:
    bucket = template()["Resources"]["ExportBucket"]["Properties"]
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 1
    assert "VersioningConfiguration" not in bucket
    assert bucket["BucketEncryption"]


def test_the_parts_are_wired_to_what_they_read(story: Story) -> None:
    assert export_wiring.parts().tries == template()["Resources"]["ExportQueue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"]
    assert own_data().exporting.clock


def _tidy(name: str) -> str:
    from jalon.accounts.identity import plain_name

    return plain_name(name)
