"""One person who has done everything that can be done here, through the handlers of the API, and somebody beside them."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.accounts import own_data_wiring
from functions.accounts import wiring as accounts_wiring
from functions.accounts.own_data_app import handler as own_data
from functions.erase_account import wiring as erase_wiring
from functions.erase_account.app import handler as erase_account
from functions.export_data import wiring as export_wiring
from functions.export_data.app import handler as export_data
from functions.load_session.app import handler as load_session
from functions.mark_published.app import handler as mark_published
from functions.publish_certificate.app import handler as publish_certificate
from functions.publish_session.app import handler as publish_session
from functions.score_candidate.app import handler as score_candidate
from jalon.accounts.attach_email import write_code
from jalon.accounts.provider_flow import Flow
from jalon.accounts.provider_flow_store import FlowTable
from jalon.accounts.tables import FlowItem
from jalon.assessment.tables import ProfileItem
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import SystemClock
from jalon.kernel.ids import UserId
from local.siecle_sample import SamplePupil
from tests.assessment import content
from tests.certification.centre import everything_known
from tests.cloud import Cloud, template
from tests.events import CONTEXT, body_of, http_event
from tests.functions.accounts_client import send as accounts_send
from tests.functions.accounts_cloud import _publish_keys, claims_of
from tests.functions.answers_client import Pupil as Device
from tests.functions.answers_cloud import project
from tests.functions.certification_cloud import EVENTS, Candidate, CertificationCloud, Reply, certification_cloud, send, tomorrow
from tests.functions.profile_workers import note_everything
from tests.functions.school import OTHER_UAI, School

PASSWORD = "un lapin dans la lune"
Typed = Mapping[str, Any]


@dataclass
class Person:
    """A pupil of the school's list with an account."""

    pupil: SamplePupil
    user_id: str
    username: str
    email: str
    device: Device = field(init=False)
    candidate: Candidate | None = None

    def __post_init__(self) -> None:
        self.device = Device(self.user_id)

    @property
    def names(self) -> tuple[str, str]:
        return self.pupil.last_name, self.pupil.first_name

    @property
    def needles(self) -> dict[str, str]:
        """What names this person, by what it is."""
        return {
            "number": self.user_id.removeprefix("usr_"),
            "last name": self.pupil.last_name,
            "national number": self.pupil.ine,
            "birth date": self.pupil.birth_date.isoformat(),
            "username": self.username,
            "address": self.email,
        }


@dataclass
class World:
    """The account of the emulator and those in it."""

    certification: CertificationCloud
    school: School

    @property
    def cloud(self) -> Cloud:
        return self.certification.cloud

    def own(self, user_id: str, method: str, path: str, body: Any = None, **event: Any) -> tuple[int, Any]:
        """Status and body of one request to the routes of own data."""
        answer = own_data(http_event(method, path, body, subject=user_id, roles="pupil", **event), CONTEXT)
        return answer["statusCode"], body_of(answer) if answer.get("body") else None

    def ask_for_erasure(self, person: Person, password: str = PASSWORD) -> tuple[int, Any]:
        return self.own(person.user_id, "POST", "/v1/me/erasure", {"confirmation": "ERASE", "password": password})

    def drain(self, queue: str) -> list[dict[str, Any]]:
        """The messages that wait in a queue, delayed ones included, each taken off it."""
        state = self.cloud.client("sqs")
        url = self.cloud.names[queue]
        found = []
        while messages := state.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                state.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found.append(message)
        return found

    def work_on_erasure(self, person: Person) -> list[str]:
        """Hand the worker a reminder, as the queue does; the ids of the messages that failed."""
        return _failures(erase_account(_sqs("erase_account/reminder", {"user_id": person.user_id}), CONTEXT))

    def work_on_export(self, message: Mapping[str, Any], tries: int = 1) -> list[str]:
        return _failures(export_data(_sqs("export_data/order", message, tries), CONTEXT))

    def make_person(self, number: int) -> Person:
        """The ``number``-th of class 4A's pupils whose name nobody shares: a school's account, a password and an address of their own."""
        pupil = self._unmistakable()[number]
        status, issued = self.school.as_admin("POST", "/pupil-credentials", {"class": pupil.class_name})
        assert status == 200, issued
        slip = next(item for item in issued["items"] if item["ine"] == pupil.ine)
        tokens = accounts_send("token_password", form=_grant(slip["username"], slip["initial_password"]))
        user_id = self.owner_of(tokens.body["access_token"])
        person = Person(pupil, user_id, slip["username"], f"adresse.{number}@exemple.example")
        change = {"current_password": slip["initial_password"], "new_password": PASSWORD}
        assert accounts_send("replace_password", subject=user_id, body=change).status == 204
        self.attach_email(person)
        self.school.met.append(user_id)
        return person

    def _unmistakable(self) -> list[SamplePupil]:
        everyone = self.school.sample.pupils + self.school.sample.leavers
        names, days = Counter(pupil.last_name for pupil in everyone), Counter(pupil.birth_date for pupil in everyone)
        unique = [pupil for pupil in self.school.sample.pupils if names[pupil.last_name] == days[pupil.birth_date] == 1]
        return [pupil for pupil in unique if pupil.class_name == "4A" and len(pupil.last_name) > 4]

    def attach_email(self, person: Person) -> None:
        assert accounts_send("attach_email", subject=person.user_id, body={"email": person.email}, proven=True).status == 202
        keyring = accounts_wiring.desk().accounts.keyring
        identity = accounts_wiring.desk().accounts.store.identity(UserId(person.user_id))
        code = write_code(keyring, identity, person.email, SystemClock().now())
        confirmed = accounts_send("confirm_attached_email", subject=person.user_id, body={"email": person.email, "code": code})
        assert confirmed.status == 200, confirmed.text

    def leave_traces_in_accounts(self, person: Person) -> dict[str, Any]:
        """Sign-ins, a slip, a look-up in vain, a recovery begun, a way to a provider begun, preferences, terms; the tokens of a sign-in."""
        signed_in = accounts_send("token_password", form=_grant(person.email, PASSWORD))
        assert signed_in.status == 200
        assert accounts_send("change_me", subject=person.user_id, body={"large_text": True}).status == 200
        assert accounts_send("accept", subject=person.user_id, body={"version": "2026-09-01"}).status == 200
        assert accounts_send("recover", body={"email": person.email}).status == 202
        assert accounts_send("token_password", form=_grant(person.username, "wrong")).status != 200
        known_device = _grant(person.username, "wrong") | {"device_token": signed_in.body["device_token"]}
        assert accounts_send("token_password", form=known_device).status != 200
        change = {"current_password": "wrong", "new_password": "un autre lapin"}
        assert accounts_send("replace_password", subject=person.user_id, body=change).status == 422
        bind(Settings.from_environment(), FlowItem)
        unknown = {"uai": OTHER_UAI, "first_name": "Personne", "last_name": "Exemple", "birth_date": person.pupil.birth_date.isoformat()}
        assert self.school.as_pupil(person.user_id, "POST", "/v1/reconciliations", unknown)[0] == 404
        now = SystemClock().now()
        FlowTable().start(Flow("psi_" + person.user_id, "portal", "https://ent.example/back", now, UserId(person.user_id)))
        tokens: dict[str, Any] = signed_in.body
        return tokens

    def login_keys(self, person: Person) -> frozenset[str]:
        """The keyed digests of the person's ways in."""
        (identity,) = (item for item in self.everything()["IdentitiesTable"] if item["user_id"]["S"] == person.user_id)
        return frozenset(identity["login_keys"]["SS"])

    def owner_of(self, access_token: str) -> str:
        return str(claims_of(self.cloud, access_token)["sub"])

    def tutorial(self) -> str:
        return min(content.release().tutorials)

    def take_tests(self, person: Person) -> None:
        """A competence to its end, a discovery test, a tutorial saved; the stream follows."""
        started = person.device.start()
        assert started.status in {200, 201}, started.text
        person.device.play(started.body)
        assert person.device.save_tutorial(self.tutorial()).status in {200, 201}
        project(self.cloud)

    def take_part(self, person: Person) -> None:
        """A campaign's test, its results sent."""
        campaign = self.school.create_campaign()
        status, participation = self.school.as_pupil(person.user_id, "POST", "/v1/participations", {"code": campaign["code"]})
        assert status == 200, participation
        test = person.device.read(participation["assessment_id"]).body
        person.device.play(test)
        self.school.track()
        status, shared = self.school.as_pupil(person.user_id, "POST", f"/v1/participations/{participation['id']}/sharing")
        assert status == 200, shared
        self.school.count()
        project(self.cloud)
        self.follow()

    def follow(self) -> None:
        """The workers that note in profiles take whatever their streams could carry."""
        note_everything(self.cloud)

    def work_at_school(self, person: Person) -> None:
        """Invited as a colleague, a member, an author of a campaign, an invigilator."""
        status, invited = self.school.as_admin("POST", "/invitations", {"email": person.email, "role": "admin"})
        assert status == 201, invited
        body = {"invitation_code": invited["invitation_code"]}
        status, joined = self.school.call("POST", "/v1/me/memberships", body, subject=person.user_id, roles="teacher")
        assert status == 201, joined
        own = {"subject": person.user_id, "roles": "teacher"}
        uai = joined["uai"]
        campaign = {"type": "profile_collection", "name": "Mes élèves"}
        parcours = {"name": "À ma mesure", "topics": [{"id": "tube11a", "max_level": 2}]}
        assert self.school.call("POST", f"/v1/organisations/{uai}/target-profiles", parcours, **own)[0] == 201
        assert self.school.call("POST", f"/v1/organisations/{uai}/campaigns", campaign, **own)[0] == 201
        assert self.school.call("POST", f"/v1/organisations/{uai}/imports", **own)[0] == 202
        guest = {"email": "autre@exemple.example", "role": "member"}
        assert self.school.call("POST", f"/v1/organisations/{uai}/invitations", guest, **own)[0] == 201
        plan = json.loads((EVENTS / "sessions" / "create_session.json").read_text())["body"]
        planned = send("sessions", "create_session", person.user_id, body=json.loads(plan) | {"date": tomorrow()})
        assert planned.status == 201, planned.body

    def enrol(self, session: Any, *people: Person) -> list[Candidate]:
        """The class on the list of a session as the school has it; these people's rows of it."""
        enrolled = self.certification.centre("enrol_class", number=session["number"], body={"class": people[0].pupil.class_name})
        assert enrolled.status == 201, enrolled.body
        rows = {(row["last_name"], row["first_name"]): row for row in enrolled.body["items"]}
        return [_candidate(session, rows[person.names], person.user_id) for person in people]

    def seat(self, session: Any, *people: Person) -> list[Candidate]:
        """Enrolled, joined and authorised."""
        candidates = self.enrol(session, *people)
        for candidate in candidates:
            assert candidate.join().status == 201
            assert self.certification.authorise(candidate).status == 200
        return candidates

    def know_everything(self, person: Person) -> None:
        """A certifiable profile, kept under the version that stands."""
        item = ProfileItem.get(person.user_id)
        item.update([ProfileItem.knowledge.set(everything_known().pack()), ProfileItem.version.set(int(item.version) + 1)])

    def sit(self, session: Any, *people: Person) -> list[Candidate]:
        """A certification to the end of its test."""
        for person in people:
            self.know_everything(person)
        candidates = self.seat(session, *people)
        for person, candidate in zip(people, candidates, strict=True):
            person.candidate = candidate
            assert candidate.answer(candidate.start().body["test"], times=100)["status"] == "completed"
        return candidates

    def publish(self, session: Any) -> None:
        """Finalised, and through every task of the state machine."""
        finalised = self.certification.finalise(session)
        assert finalised.status == 202, finalised.body
        whole = {"session_number": session["number"], "finalisation": 1}
        loaded = load_session(whole, None)
        for candidate in loaded["candidates"]:
            score_candidate(whole | candidate, None)
        for candidate in loaded["candidates"]:
            publish_certificate(whole | candidate, None)
        publish_session(whole, None)
        mark_published(whole, None)
        self.follow()

    def invigilate(self, person: Person, session: Any) -> Reply:
        body = {"invigilator_code": session["invigilator_code"]}
        return send("sessions", "join_as_invigilator", person.user_id, "teacher", number=session["number"], body=body)

    def everything(self) -> dict[str, list[Typed]]:
        """Every item of every table of the template."""
        tables = [name for name, resource in template()["Resources"].items() if resource["Type"] == "AWS::DynamoDB::Table"]
        client = self.cloud.client("dynamodb")
        return {
            name: [item for page in client.get_paginator("scan").paginate(TableName=self.cloud.names[name]) for item in page["Items"]]
            for name in tables
        }

    def objects(self) -> dict[tuple[str, str], bytes]:
        """Every object of every bucket of the template, by bucket and key."""
        s3 = self.cloud.client("s3")
        buckets = [name for name, resource in template()["Resources"].items() if resource["Type"] == "AWS::S3::Bucket"]
        return {
            (name, found["Key"]): s3.get_object(Bucket=self.cloud.names[name], Key=found["Key"])["Body"].read()
            for name in buckets
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=self.cloud.names[name])
            for found in page.get("Contents", ())
        }


@contextmanager
def opened(emulator: str) -> Iterator[World]:
    """A school with its list, its centre and content, all handlers wired to one account of the emulator."""
    with certification_cloud(emulator) as certification, pytest.MonkeyPatch.context() as patch:
        cloud = certification.cloud
        _publish_keys(cloud, patch)
        cloud.client("sesv2").create_email_identity(EmailIdentity=cloud.environment["MAIL_SENDER"])
        _forget()
        yield World(certification, School(cloud).with_pupils())
    _forget()


def _candidate(session: Any, row: Any, user_id: str) -> Candidate:
    return Candidate(session["number"], session["access_code"], row, row["id"], row["certification_id"], user_id)


def _forget() -> None:
    accounts_wiring.forget_desk()
    own_data_wiring.forget_own_data()
    erase_wiring.erasing.cache_clear()
    export_wiring.parts.cache_clear()


def _grant(username: str, password: str) -> dict[str, str]:
    return {"grant_type": "password", "username": username, "password": password}


def _sqs(sample: str, body: Mapping[str, Any], tries: int = 1) -> dict[str, Any]:
    """The sample event with another message, given for the ``tries``-th time."""
    event: dict[str, Any] = json.loads((EVENTS / f"{sample}.json").read_text())
    (record,) = event["Records"]
    record["body"] = json.dumps(body)
    record["attributes"]["ApproximateReceiveCount"] = str(tries)
    record["messageId"] = "m-1"
    return event


def _failures(answer: Mapping[str, Any]) -> list[str]:
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
