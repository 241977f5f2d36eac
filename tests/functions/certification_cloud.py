"""A school, its pupils and a certification centre on the emulator, driven through the handlers by the sample events."""

import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from functions.jury import wiring as jury_wiring
from functions.jury.app import handler as jury_handler
from functions.load_session import wiring as load_wiring
from functions.mark_published import wiring as mark_wiring
from functions.project_certifications import wiring as project_certifications_wiring
from functions.publish_certificate import wiring as publish_certificate_wiring
from functions.publish_session import wiring as publish_session_wiring
from functions.request_jury import wiring as request_wiring
from functions.resume_finalisations import wiring as resume_wiring
from functions.score_candidate import wiring as score_wiring
from functions.sessions import wiring as sessions_wiring
from functions.sessions.app import handler as sessions_handler
from jalon.assessment.profile_store import DynamoProfiles
from jalon.kernel.ids import Ine, UserId
from jalon.organisations.memberships import MemberRole
from jalon.organisations.organisation import Organisation
from jalon.organisations.organisation_store import DynamoOrganisations
from jalon.organisations.pupil_store import DynamoPupils
from jalon.organisations.pupils import Birthplace, ListVersion, Pupil, Sex
from jalon.organisations.tables import MemberItem, OrganisationItem
from tests.certification.centre import HEAD, INVIGILATOR, JUROR, SCHOOL, everything_known, profile
from tests.cloud import Cloud
from tests.events import CONTEXT
from tests.functions.answers_client import Pupil as Device
from tests.functions.answers_cloud import answers_cloud

EVENTS = Path(__file__).parents[2] / "events"
TEACHER = UserId("usr_" + "d" * 32)
BIRTH_DATE = date(2012, 5, 17)
CLASS = "3A"
CLASS_NAMES = (("Lefèvre", "Zoé"), ("Martin", "Anne-Lise"), ("Rossi", "Éric"))
_ranks = itertools.count(1)
_keys = itertools.count(1)


@cache
def _sample(function: str, name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / function / f"{name}.json").read_text())
    return event


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: Any


def send(
    function: str,
    name: str,
    subject: str,
    roles: str = "teacher",
    *,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    **path: str,
) -> Reply:
    """The sample event ``name`` from another caller, with other path parameters, body, headers or query."""
    event = deepcopy(_sample(function, name))
    parameters = event.get("pathParameters", {}) | path
    route = event["routeKey"].partition(" ")[2]
    event["rawPath"] = event["requestContext"]["http"]["path"] = route.format(**parameters)
    event["pathParameters"] = parameters
    if body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
    if "idempotency-key" in event["headers"]:
        event["headers"]["idempotency-key"] = f"key-{next(_keys)}"
    event["headers"] |= headers or {}
    if query is not None:
        event["queryStringParameters"] = dict(query)
    event["requestContext"]["authorizer"]["jwt"]["claims"] |= {"sub": subject, "roles": roles}
    answer = {"sessions": sessions_handler, "jury": jury_handler}[function](event, CONTEXT)
    text = answer.get("body") or ""
    lowered = {key.lower(): str(value) for key, value in (answer.get("headers") or {}).items()}
    for key, values in (answer.get("multiValueHeaders") or {}).items():
        lowered.setdefault(key.lower(), str(values[0]))
    return Reply(answer["statusCode"], lowered, json.loads(text) if text else None)


@dataclass
class Candidate:
    """A pupil on a device, from the list to the end of the test."""

    number: str
    access_code: str
    identity: dict[str, Any]
    candidate_id: str
    certification_id: str
    user_id: str = ""
    device: Device = field(default_factory=Device)

    def __post_init__(self) -> None:
        self.user_id = self.user_id or f"usr_{next(_ranks):032x}"
        self.device = Device(self.user_id)

    def join(self, **changes: Any) -> Reply:
        names = {name: self.identity[name] for name in ("last_name", "first_name", "birth_date")}
        body = {"session_number": self.number, "access_code": self.access_code, **names} | changes
        return send("sessions", "join_certification", self.user_id, "pupil", body=body)

    def read(self, headers: Mapping[str, str] | None = None) -> Reply:
        return send("sessions", "read_certification", self.user_id, "pupil", headers=headers, certification_id=self.certification_id)

    def start(self, key: str = "device-1") -> Reply:
        return self._take("start_certification", key)

    def resume(self, key: str) -> Reply:
        return self._take("resume_certification", key)

    def answer(self, test: dict[str, Any], *, right: bool = True, times: int = 1) -> dict[str, Any]:
        """The test after some more answers, through the answers function."""
        return self.device.play(test, right=right, at_most=times)

    def _take(self, name: str, key: str) -> Reply:
        headers = {"idempotency-key": f"{self.certification_id}-{key}"}
        return send("sessions", name, self.user_id, "pupil", headers=headers, certification_id=self.certification_id)


@dataclass
class CertificationCloud:
    """The handlers with an account of the emulator behind them."""

    cloud: Cloud

    def centre(self, name: str, **more: Any) -> Reply:
        return send("sessions", name, HEAD, **more)

    def room(self, name: str, number: str, **more: Any) -> Reply:
        return send("sessions", name, INVIGILATOR, number=number, **more)

    def jury(self, name: str, **more: Any) -> Reply:
        return send("jury", name, JUROR, "jury", **more)

    def session(self, **changes: Any) -> Any:
        """A session tomorrow, with its invigilator in the room."""
        plan = json.loads(_sample("sessions", "create_session")["body"]) | {"date": tomorrow(), **changes}
        created = self.centre("create_session", body=plan)
        assert created.status == 201, created.body
        joined = self.room("join_as_invigilator", created.body["number"], body={"invigilator_code": created.body["invigilator_code"]})
        assert joined.status == 200, joined.body
        return created.body

    def enrol(self, session: Any, *names: tuple[str, str]) -> list[Candidate]:
        people = [_identity(*name) for name in names]
        enrolled = self.centre("enrol_candidates", number=session["number"], body={"candidates": people})
        assert enrolled.status == 201, enrolled.body
        return [_candidate(session, item) for item in enrolled.body["items"]]

    def seat(self, session: Any, *names: tuple[str, str]) -> list[Candidate]:
        """Candidates who know everything, joined and authorised."""
        seated = self.enrol(session, *names)
        for candidate in seated:
            user_id = UserId(candidate.user_id)
            assert DynamoProfiles().put(profile(user_id, everything_known()), expected_version=0)
            assert candidate.join().status == 201
            assert self.authorise(candidate).status == 200
        return seated

    def authorise(self, candidate: Candidate) -> Reply:
        return self.room("authorise_candidate", candidate.number, candidate_id=candidate.candidate_id)

    def finish(self, session: Any, *names: tuple[str, str], wrong: int = 0) -> list[Candidate]:
        """Candidates who have answered everything, the first ``wrong`` answers wrongly."""
        seated = self.seat(session, *names)
        for candidate in seated:
            test = candidate.start().body["test"]
            if wrong:
                test = candidate.answer(test, right=False, times=wrong)
            assert candidate.answer(test, times=100)["status"] == "completed"
        return seated

    def finalise(self, session: Any, **body: Any) -> Reply:
        return self.centre("finalise_session", number=session["number"], body=body)

    def live(self, session: Any) -> dict[str, Any]:
        reply = self.room("watch_session", session["number"])
        assert reply.status == 200, reply.body
        return {line["id"]: line for line in reply.body["candidates"]}


@contextmanager
def certification_cloud(endpoint: str) -> Iterator[CertificationCloud]:
    """An account with the stores, the content and a school with one class, as long as the block lasts."""
    with answers_cloud(endpoint) as cloud, pytest.MonkeyPatch.context() as patch:
        arn = f"arn:aws:states:eu-west-3:{cloud.account}:stateMachine:session-finalization"
        patch.setenv("FINALISATION_MACHINE_ARN", arn)
        forget()
        sessions_wiring.parts()
        _found_school()
        yield CertificationCloud(cloud)
    forget()


def forget() -> None:
    """Wire everything anew at its next use."""
    for cached in (
        sessions_wiring.parts,
        jury_wiring.parts,
        load_wiring.parts,
        score_wiring.marking,
        request_wiring.desk,
        mark_wiring.parts,
        resume_wiring.parts,
        publish_certificate_wiring.parts,
        publish_session_wiring.parts,
        project_certifications_wiring.parts,
    ):
        cached.cache_clear()


def _found_school() -> None:
    now = datetime.now(UTC)
    organisation = Organisation(SCHOOL, "Collège des Exemples", "ce.0990001n@ac-exemple.example", now, "digest", now + timedelta(days=1))
    DynamoOrganisations().create(organisation)
    for user_id, role in ((HEAD, MemberRole.ADMIN), (TEACHER, MemberRole.MEMBER)):
        MemberItem(SCHOOL, user_id, role=role.value, since=0).save()
    version = ListVersion("2026-09-01")
    pupils = [
        Pupil(Ine(f"12345678{rank}AB"), last, None, first, (), Sex.FEMALE, BIRTH_DATE, Birthplace("100", "029", "29019"), CLASS)
        for rank, (last, first) in enumerate(CLASS_NAMES)
    ]
    DynamoPupils().write(SCHOOL, version, pupils)
    _put_list_in_force(version)


def _put_list_in_force(version: ListVersion) -> None:
    OrganisationItem.get(SCHOOL).update(actions=[OrganisationItem.list_version.set(version)])


def tomorrow() -> str:
    """A day on which a session may be planned, in mainland France."""
    return (datetime.now(ZoneInfo("Europe/Paris")).date() + timedelta(days=1)).isoformat()


def _identity(last_name: str, first_name: str) -> dict[str, Any]:
    place = {"country": "FR", "insee_code": "29019", "town": "Brest"}
    return {
        "last_name": last_name,
        "first_name": first_name,
        "birth_date": BIRTH_DATE.isoformat(),
        "sex": "F",
        "birth_place": place,
    }


def _candidate(session: Any, item: Any) -> Candidate:
    return Candidate(session["number"], session["access_code"], item, item["id"], item["certification_id"])
