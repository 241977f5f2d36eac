"""Create a certification session (docs/domain.md §7)."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from jalon.certification.errors import InvalidSessionError
from jalon.certification.sessions import Session, SessionStore, new_access_code, new_invigilator_code, new_session_number
from jalon.certification.time_zones import FRENCH_ZONES, zone_of_school
from jalon.kernel.clock import Clock
from jalon.kernel.errors import UnavailableError, Violation
from jalon.kernel.ids import IdSource, Uai, UserId
from jalon.organisations.names import tidy

_ATTEMPTS = 8
_LONGEST_LABEL = 200
_LONGEST_OBSERVATION = 2000
_MAX_INVIGILATORS = 10


class NoFreeNumberError(UnavailableError):
    """Eight random numbers in a row were taken: a fault of the generator or of the store, never chance."""

    code = "no_free_session_number"


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """What the centre decides of a session. ``time_zone`` empty means the school's own."""

    site: str
    room: str
    date: dt.date
    start_time: dt.time
    invigilators: tuple[str, ...]
    name: str = ""
    observation: str = ""
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class CreateSession:
    uai: Uai
    centre: str
    created_by: UserId
    plan: SessionPlan


def create_session(sessions: SessionStore, clock: Clock, ids: IdSource, command: CreateSession) -> Session:
    """A new session under a number nobody has, with its two codes. Raises :class:`InvalidSessionError`."""
    now = clock.now()
    plan = checked_plan(command.plan, command.uai, now)
    for _ in range(_ATTEMPTS):
        session = Session(
            number=new_session_number(ids),
            uai=command.uai,
            centre=command.centre,
            site=plan.site,
            room=plan.room,
            name=plan.name,
            date=plan.date,
            start_time=plan.start_time,
            time_zone=plan.time_zone,
            invigilators=plan.invigilators,
            observation=plan.observation,
            access_code=new_access_code(ids),
            invigilator_code=new_invigilator_code(ids),
            created_by=command.created_by,
            created_at=now,
        )
        if sessions.create(session):
            return session
    raise NoFreeNumberError("No free session number was found; send the same request again.")


def checked_plan(plan: SessionPlan, uai: Uai, now: dt.datetime) -> SessionPlan:
    """The plan with its texts tidied and its zone named; raises :class:`InvalidSessionError` naming every wrong field."""
    tidied = SessionPlan(
        site=tidy(plan.site),
        room=tidy(plan.room),
        date=plan.date,
        start_time=plan.start_time.replace(second=0, microsecond=0, tzinfo=None),
        invigilators=tuple(name for name in map(tidy, plan.invigilators) if name),
        name=tidy(plan.name),
        observation=plan.observation.strip(),
        time_zone=plan.time_zone or zone_of_school(uai),
    )
    violations = [*_check_texts(tidied), *_check_time(tidied, now)]
    if violations:
        raise InvalidSessionError("This session cannot be kept as it is.", tuple(violations))
    return tidied


def _check_texts(plan: SessionPlan) -> list[Violation]:
    labels = (("site", plan.site, 1), ("room", plan.room, 1), ("name", plan.name, 0))
    violations = [
        Violation(f"/{field}", f"Between {least} and {_LONGEST_LABEL} characters are expected.", "length")
        for field, text, least in labels
        if not least <= len(text) <= _LONGEST_LABEL
    ]
    if not 1 <= len(plan.invigilators) <= _MAX_INVIGILATORS or any(len(name) > _LONGEST_LABEL for name in plan.invigilators):
        violations.append(Violation("/invigilators", f"Between 1 and {_MAX_INVIGILATORS} names are expected.", "invigilators"))
    if len(plan.observation) > _LONGEST_OBSERVATION:
        violations.append(Violation("/observation", f"At most {_LONGEST_OBSERVATION} characters.", "length"))
    return violations


def _check_time(plan: SessionPlan, now: dt.datetime) -> list[Violation]:
    if plan.time_zone not in FRENCH_ZONES:
        return [Violation("/time_zone", "One of the time zones of France is expected, such as Europe/Paris.", "time_zone")]
    today = now.astimezone(ZoneInfo(plan.time_zone)).date()
    if plan.date < today:
        return [Violation("/date", "The session's date is past.", "date_past")]
    return []
