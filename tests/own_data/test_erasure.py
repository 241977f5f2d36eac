"""A person with traces in every table is erased, the worker dying at every step; what is found of them afterwards is what
docs/your-data.md says is kept, and no more.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from functions.accounts.own_data_wiring import own_data
from functions.count_campaign_stats.app import handler as count_campaign_stats
from functions.erase_account import app as erase_app
from functions.erase_account import prove, repeat
from functions.erase_account import wiring as erase_wiring
from functions.project_profiles import app as project_profiles
from jalon.accounts.counts import NONE_YET, Count
from jalon.accounts.erasure import FIRST_PASS_AFTER, LONGEST_DELAY, CertificationRunningError, ErasureStatus, counted
from jalon.accounts.lockout import attempts_of, attempts_signed_in
from jalon.accounts.mail_allowance import messages_for
from jalon.accounts.personal_data_store import everybody
from jalon.accounts.request_erasure import request_erasure
from jalon.accounts.setup_token import new_ticket
from jalon.accounts.stores import TicketPurpose
from jalon.accounts.tables import IdentityItem, LoginItem
from jalon.assessment.tables import AttemptItem
from jalon.certification.candidatures import RESULTS_WITHIN, require_none_running
from jalon.certification.personal_data_store import DynamoCandidatures
from jalon.certification.session_store import DynamoSessionStore
from jalon.edge.erasures import subject_of
from jalon.kernel.clock import SystemClock
from jalon.kernel.ids import UserId
from tests.cloud import template
from tests.events import CONTEXT
from tests.functions.accounts_client import send as accounts_send
from tests.functions.answers_cloud import stream
from tests.functions.certification_cloud import HEAD
from tests.own_data.mortal import CrashError, Dying, Mortal, live_through
from tests.own_data.traces import found, found_in, kept, of_others, snake
from tests.own_data.world import PASSWORD, Person, World, opened
from tests.sources import FixedClock

#: One story, told in order: each test goes on where the one before left the person.
pytestmark = pytest.mark.xdist_group("erasure")

#: Tables that hold nothing of any person, or only under keyed digests (docs/your-data.md): a new table is looked for in the
#: traces unless somebody puts it here.
IMPERSONAL = {
    "organisations",
    "campaign_by_code",
    "campaign_stats",
    "centre_sessions",
    "open_finalisations",
    "jury_worklist",
    "certificates_by_code",
    "certificates_by_student",
    "status_places",
    "revocations",
    "certificate_keys",
    "clients",
    "erasures",
}


@dataclass
class Story:
    """What was there before, and who is who."""

    world: World
    person: Person
    other: Person
    before: dict[str, set[str]] = field(default_factory=dict)
    beside: dict[str, list[str]] = field(default_factory=dict)
    images: dict[str, object] = field(default_factory=dict)
    login_keys: frozenset[str] = frozenset()
    participations: list[Any] = field(default_factory=list)
    refresh_token: str = ""
    answer: Any = None
    crashes: int = 0


@pytest.fixture(scope="module")
def story(emulator: str) -> Iterator[Story]:
    """The person has left traces everywhere, somebody else some; then the person asks, and the first pass is done."""
    with opened(emulator) as world:
        told = Story(world, world.make_person(0), world.make_person(1))
        _live(told)
        told.login_keys = world.login_keys(told.person)
        told.participations = [row for row in world.everything()["ParticipationsTable"] if row["user_id"]["S"] == told.person.user_id]
        told.before, told.beside, told.images = found(world, told.person), of_others(world, told.person), stream(world.cloud)
        status, told.answer = world.ask_for_erasure(told.person)
        assert status == 202, told.answer
        told.crashes = live_through(Mortal(erase_wiring.erasing()), told.person.user_id)
        yield told


def _live(told: Story) -> None:
    world, both = told.world, (told.person, told.other)
    for each in both:
        tokens = world.leave_traces_in_accounts(each)
        told.refresh_token = told.refresh_token or tokens["refresh_token"]
        world.take_tests(each)
        world.take_part(each)
    world.work_at_school(told.person)
    session = world.certification.session()
    world.sit(session, *both)
    world.publish(session)
    world.seat(world.certification.session(), *both)
    assert world.invigilate(told.person, world.certification.session()).status == 200
    status, _ = world.own(told.person.user_id, "POST", "/v1/me/exports")
    assert status == 202
    waiting = f"<NOM>{told.person.pupil.last_name}</NOM><INE>{told.person.pupil.ine}</INE>".encode()
    world.cloud.client("s3").put_object(Bucket=world.cloud.names["UploadBucket"], Key="imports/0990001N/imp_0", Body=waiting)
    (order,) = world.drain("ExportQueue")
    assert world.work_on_export(json.loads(order["Body"])) == []


def test_the_person_had_traces_in_every_table_that_can_hold_any(story: Story) -> None:
    tables = {snake(name) for name, resource in template()["Resources"].items() if resource["Type"] == "AWS::DynamoDB::Table"}
    assert tables - IMPERSONAL <= story.before.keys(), "a new table: leave a trace in it, or say that it is impersonal"
    assert {"ExportBucket", "UploadBucket"} <= story.before.keys()


def test_the_answer_says_what_goes_and_what_stays_and_why(story: Story) -> None:
    assert story.answer["status"] == "requested"
    assert {part["part"] for part in story.answer["kept"]} == {"certifications", "school_lists", "acts", "record", "backups"}
    assert all(part["why"] and part["legal_basis"] for part in story.answer["kept"])
    assert {"account", "tests", "participations", "sign_ins"} <= {part["part"] for part in story.answer["erased"]}


def test_after_the_first_pass_nothing_is_left_but_what_is_kept(story: Story) -> None:
    assert story.crashes > 20
    after, rules = found(story.world, story.person), kept()
    assert {place: what for place, what in after.items() if place not in rules} == {}
    for place, what in after.items():
        allowed = set() if "identity" in rules[place] else what - {"number"}
        assert allowed == set(), (place, what)
        assert "number" not in what or "number" in rules[place], (place, what)


def test_nobody_else_lost_anything(story: Story) -> None:
    now = of_others(story.world, story.person)
    for table, items in story.beside.items():
        theirs = {item for item in items if not any(key in item for key in story.login_keys)}  # messages counted by the person's address
        assert theirs <= set(now[table]), table


def test_a_campaign_counts_without_them(story: Story) -> None:
    """The stream tells that the participation is gone; what is counted then is what is there."""
    (row,) = story.participations
    record = {
        "eventName": "REMOVE",
        "dynamodb": {"SequenceNumber": "1", "Keys": {name: row[name] for name in ("campaign_shard", "user_id")}},
    }
    assert count_campaign_stats({"Records": [record]}, CONTEXT) == {"batchItemFailures": []}
    campaign_id, _, shard = row["campaign_shard"]["S"].rpartition("#")
    counts = [item for item in story.world.everything()["CampaignStatsTable"] if item["campaign_id"]["S"] == campaign_id]
    assert [json.loads(item["count"]["S"])["statuses"] for item in counts if item["shard"]["N"] == shard] == [{}]


def _refused(reply: Any) -> tuple[int, str]:
    status, body = reply if isinstance(reply, tuple) else (reply.status, reply.body)
    return status, body["code"]


def test_a_token_that_still_lives_writes_nothing_any_more(story: Story) -> None:
    world, person = story.world, story.person
    gone = (410, "account_erased")
    assert _refused(person.device.start(purpose="competence", competence="1.2")) == gone
    assert _refused(person.device.save_tutorial(world.tutorial())) == gone
    assert _refused(world.school.reconcile(person.pupil, person.user_id)) == gone
    assert _refused(world.own(person.user_id, "POST", "/v1/me/exports"))[0] in {404, 410}
    campaign = world.school.create_campaign()
    assert _refused(world.school.as_pupil(person.user_id, "POST", "/v1/participations", {"code": campaign["code"]}))[0] in {403, 410}
    _, invited = world.school.as_admin("POST", "/invitations", {"email": "encore@exemple.example", "role": "member"})
    body = {"invitation_code": invited["invitation_code"]}
    assert _refused(world.school.call("POST", "/v1/me/memberships", body, subject=person.user_id, roles="teacher")) == gone
    session = world.certification.session()
    (candidate,) = world.enrol(session, person)
    assert _refused(candidate.join()) == gone
    assert _refused(world.invigilate(person, session)) == gone
    assert accounts_send("read_me", subject=person.user_id).status == 404
    test_after_the_first_pass_nothing_is_left_but_what_is_kept(story)


def test_no_way_in_is_left(story: Story) -> None:
    for login in (story.person.username, story.person.email):
        form = {"grant_type": "password", "username": login, "password": PASSWORD}
        assert accounts_send("token_password", form=form).body["error"] == "invalid_grant"
    refreshed = accounts_send("token_refresh", form={"grant_type": "refresh_token", "refresh_token": story.refresh_token})
    assert refreshed.body["error"] == "invalid_grant"


def test_a_stream_that_is_late_brings_no_profile_back(story: Story) -> None:
    assert project_profiles.handler(story.images, None) == {"batchItemFailures": []}
    assert "profiles" not in found(story.world, story.person)
    assert "profiles" in found(story.world, story.other)


def test_asking_again_answers_the_same(story: Story) -> None:
    again = story.world.own(story.person.user_id, "POST", "/v1/me/erasure", {"confirmation": "ERASE", "password": "anything"})
    assert again == (202, story.answer | {"status": "erased"})
    assert story.world.own(story.person.user_id, "GET", "/v1/me/erasure") == (200, again[1])


def test_the_login_is_free_and_the_school_makes_a_new_account(story: Story) -> None:
    status, issued = story.world.school.as_admin("POST", "/pupil-credentials", {"class": story.person.pupil.class_name})
    assert status == 200
    slip = next(item for item in issued["items"] if item["ine"] == story.person.pupil.ine)
    assert (slip["username"], bool(slip["initial_password"])) == (story.person.username, True)
    tokens = accounts_send(
        "token_password", form={"grant_type": "password", "username": slip["username"], "password": slip["initial_password"]}
    )
    assert tokens.status == 200
    me = story.world.owner_of(tokens.body["access_token"])
    assert me != story.person.user_id
    assert story.world.own(me, "GET", "/v1/me/erasure")[0] == 404


def test_the_second_pass_waits_until_no_token_is_left_then_removes_what_a_race_wrote(story: Story) -> None:
    user_id, real = story.person.user_id, erase_wiring.erasing()
    record = real.erasures.get(UserId(user_id))
    assert record is not None
    assert record.status is ErasureStatus.ERASED
    early = Mortal(replace(real, clock=FixedClock(record.second_pass_at - timedelta(minutes=16))))
    assert early.run(user_id, 99)
    assert early.delays == [LONGEST_DELAY]
    AttemptItem(user_id, "competence#9.9#0001", assessment_id="asm_late").save()
    for counter in (attempts_of(user_id), attempts_signed_in(UserId(user_id)), messages_for(UserId(user_id)), f"attempts#mail#{user_id}"):
        own_data().accounts.store.count(counter, NONE_YET, Count(1, SystemClock().now()))
    ticket = new_ticket(own_data().accounts, UserId(user_id), TicketPurpose.RECOVERY)
    own_data().accounts.store.put_ticket(ticket)
    due = Mortal(replace(real, clock=FixedClock(record.second_pass_at)))
    assert live_through(due, user_id) >= 3
    proof = prove.proof(real, UserId(user_id))
    assert proof["status"] == "verified"
    assert proof["present"] == {}
    assert proof["found_again"].items() <= {"assessments_by_user": 1, "credentials": 1}.items()  # what the last run found, the others dying
    assert proof["kept"] == {"candidates": 1, "certificates": 1, "published_results": 1, "results": 1}
    expected = {"assessments": 3, "assessments_by_user": 3, "profiles": 1, "participations": 1, "identities": 1, "exports": 1}
    assert expected.items() <= proof["found"].items()
    assert proof["found"].keys() >= {"credentials", "refresh_tokens", "reconciliations", "idempotency", "candidates", "sittings"}


def test_the_proof_names_nobody(story: Story) -> None:
    (item,) = (item for item in story.world.everything()["ErasuresTable"] if item["subject"]["S"] == subject_of(story.person.user_id))
    assert found_in(item, story.person) == set()


def test_once_verified_a_reminder_changes_nothing(story: Story) -> None:
    before = story.world.everything()
    assert story.world.work_on_erasure(story.person) == []
    assert story.world.everything() == before
    assert story.world.own(story.person.user_id, "GET", "/v1/me/erasure")[1]["status"] == "verified"


def test_a_restored_backup_is_erased_anew(story: Story) -> None:
    """An identity and a way in come back with a backup: the walk finds the erased person among the others."""
    accounts = erase_wiring.erasing().holdings[-1]
    restored = IdentityItem.get(story.other.user_id)
    restored.user_id = story.person.user_id
    restored.login_keys = {"restored"}
    restored.save()
    LoginItem("login#restored", user_id=story.person.user_id).save()
    assert len(list(accounts.traces(UserId(story.person.user_id)))) == 2
    assert repeat.repeat(erase_wiring.erasing(), everybody()) == {"erased_again": 1, "left": 0}
    assert accounts_send("read_me", subject=story.other.user_id).status == 200


def test_the_certificate_can_still_be_shown_and_the_school_keeps_its_table(story: Story) -> None:
    rows = story.world.everything()
    (line,) = (item for item in rows["PublishedResultsTable"] if story.person.user_id in repr(item))
    assert json.loads(line["result"]["S"])["last_name"] == story.person.pupil.last_name
    assert len(rows["CertificatesTable"]) == 2
    unlinked = [item for item in rows["CandidatesTable"] if item["ine"]["S"] == story.person.pupil.ine]
    assert sorted("user_id" in item for item in unlinked) == [False, False, True]


def test_a_message_without_a_request_is_dropped(story: Story) -> None:
    assert story.world.work_on_erasure(story.other) == []
    assert counted(erase_wiring.erasing().holdings, UserId(story.other.user_id))["identities"] == 1


def test_without_a_proof_nothing_begins(story: Story) -> None:
    status, refused = story.world.own(story.other.user_id, "POST", "/v1/me/erasure", {"confirmation": "ERASE"})
    assert (status, refused["code"], refused["proven_by"]) == (403, "proof_required", ["password"])
    assert "send along what proven_by names" in refused["detail"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"confirmation": "ERASE", "password": "not this one"}, "/password"),
        ({"confirmation": "yes", "password": PASSWORD}, "/confirmation"),
        ({"password": PASSWORD}, "/confirmation"),
    ],
)
def test_with_a_wrong_proof_or_no_confirmation_nothing_begins(story: Story, body: Any, pointer: str) -> None:
    status, refused = story.world.own(story.other.user_id, "POST", "/v1/me/erasure", body)
    assert (status, [error["pointer"] for error in refused["errors"]]) == (422, [pointer])
    assert story.world.own(story.other.user_id, "GET", "/v1/me/erasure")[1]["code"] == "erasure_not_requested"


def test_software_has_no_account_to_erase(story: Story) -> None:
    assert story.world.own("cli_x", "POST", "/v1/me/erasure", {"confirmation": "ERASE", "password": "x"})[1]["code"] == "people_only"


def test_a_certification_under_way_stays_until_it_is_published(story: Story) -> None:
    world = story.world
    third = world.make_person(2)
    world.take_tests(third)
    session = world.certification.session()
    world.sit(session, third)
    status, refused = world.ask_for_erasure(third)
    assert (status, refused["code"], refused["session_number"]) == (409, "certification_running", session["number"])
    assert "fifteen days" in refused["detail"]
    real, user_id = erase_wiring.erasing(), UserId(third.user_id)
    assert real.erasures.get(user_id) is None

    # Started in the very moment of the request: the mark is there, the worker waits.
    real.erasures.request(user_id, SystemClock().now())
    waiting = Mortal(real)
    assert waiting.run(user_id, 99)
    assert waiting.delays == [LONGEST_DELAY]
    assert counted(real.holdings, user_id)["identities"] == 1
    world.publish(session)
    assert Mortal(real).run(user_id, 999)
    assert counted(real.holdings, user_id) == {}


def test_results_that_are_late_keep_nobody_from_asking(story: Story) -> None:
    """A session that is never finalised refuses nobody for ever: the wish is taken, and waits where an operator hears of it."""
    world, late = story.world, story.world.make_person(9)
    world.take_tests(late)
    world.sit(world.certification.session(), late)
    started = datetime.fromisoformat(world.ask_for_erasure(late)[1]["started_at"])
    asking, user_id = own_data().asking, UserId(late.user_id)
    due, overdue = FixedClock(started + RESULTS_WITHIN), FixedClock(started + RESULTS_WITHIN + timedelta(seconds=1))
    with pytest.raises(CertificationRunningError):
        require_none_running(DynamoCandidatures(), DynamoSessionStore(), due, user_id)
    check = partial(require_none_running, DynamoCandidatures(), DynamoSessionStore(), overdue)
    erasure = request_erasure(replace(asking, check=check), user_id)
    assert erasure.status is ErasureStatus.REQUESTED
    assert Mortal(erase_wiring.erasing()).run(user_id, 99)
    assert counted(erase_wiring.erasing().holdings, user_id)["identities"] == 1


def test_an_erasure_that_is_late_is_told_to_the_operator(
    story: Story, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real, user_id = erase_wiring.erasing(), UserId(story.other.user_id)
    record = real.erasures.request(user_id, SystemClock().now())
    for passed, told in ((timedelta(days=20), False), (timedelta(days=22), True)):
        late = replace(real, runs=lambda _: True, remind=lambda *_: None, clock=FixedClock(record.requested_at + passed))
        monkeypatch.setattr(erase_app, "erasing", lambda late=late: late)
        assert story.world.work_on_erasure(story.other) == []
        assert ("ErasureOverdue" in capsys.readouterr().out) is told
    real.erasures.withdraw(user_id)


@pytest.mark.parametrize("changes", [1, 2, 3])
def test_a_request_that_died_is_completed_by_its_repetition(story: Story, changes: int) -> None:
    """It dies after its message, after the mark, after the sign-out."""
    person = story.world.make_person(2 + changes)
    user_id, dying = UserId(person.user_id), Dying(own_data().asking, changes)
    with pytest.raises(CrashError):
        request_erasure(dying.asking(), user_id)
    assert dying.messages == 1
    assert (own_data().asking.erasures.get(user_id) is None) == (changes == 1)
    before = IdentityItem.get(user_id).sign_in_epoch
    assert story.world.ask_for_erasure(person)[0] == 202
    assert IdentityItem.get(user_id).sign_in_epoch > before
    assert story.world.work_on_erasure(person) == []
    assert counted(erase_wiring.erasing().holdings, user_id) == {}


def test_the_first_message_is_on_its_way_before_the_mark(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, timedelta, bool]] = []
    asking = own_data().asking
    person = story.other

    def remind(user_id: UserId, delay: timedelta) -> None:
        sent.append((user_id, delay, asking.erasures.get(user_id) is None))

    erasure = request_erasure(replace(asking, remind=remind), UserId(person.user_id))
    assert sent == [(person.user_id, FIRST_PASS_AFTER, True)]
    assert erasure.second_pass_at - erasure.requested_at >= timedelta(minutes=21)
    asking.erasures.withdraw(UserId(person.user_id))


def test_the_only_administrator_of_a_school_stays(story: Story) -> None:
    world = story.world
    others = [HEAD] if HEAD in repr(world.everything()["MembersTable"]) else []
    for user_id in others:
        world.school.as_admin("DELETE", f"/members/{user_id}")
    body = {"confirmation": "ERASE", "password": "un-mot-de-passe-assez-long-42"}
    status, refused = world.own(world.school.admin, "POST", "/v1/me/erasure", body)
    assert (status, refused["code"], refused["uai"]) == (409, "last_administrator", "0990001N")
    assert world.own(world.school.admin, "GET", "/v1/me/erasure")[0] == 404
