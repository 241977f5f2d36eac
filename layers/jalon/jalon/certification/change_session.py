"""Change a session that has not started (docs/domain.md §7)."""

import datetime as dt
from dataclasses import dataclass, replace

from jalon.certification.create_session import SessionPlan, checked_plan
from jalon.certification.sessions import Session, SessionStore
from jalon.kernel.clock import Clock
from jalon.kernel.ids import SessionNumber


@dataclass(frozen=True, slots=True)
class ChangeSession:
    """None leaves a field as it is."""

    number: SessionNumber
    site: str | None = None
    room: str | None = None
    date: dt.date | None = None
    start_time: dt.time | None = None
    invigilators: tuple[str, ...] | None = None
    name: str | None = None
    observation: str | None = None
    time_zone: str | None = None


def change_session(sessions: SessionStore, clock: Clock, command: ChangeSession) -> Session:
    """The changed session; its codes stay.

    Raises :class:`InvalidSessionError`, :class:`SessionAlreadyStartedError`, :class:`SessionFinalisedError` or, when someone else
    changed it at the same moment, :class:`SessionChangedError`.
    """
    session = sessions.get(command.number)
    plan = checked_plan(_planned(session, command), session.uai, clock.now())
    changed = replace(
        session,
        site=plan.site,
        room=plan.room,
        name=plan.name,
        date=plan.date,
        start_time=plan.start_time,
        time_zone=plan.time_zone,
        invigilators=plan.invigilators,
        observation=plan.observation,
    )
    return sessions.change(changed, session)


def _planned(session: Session, command: ChangeSession) -> SessionPlan:
    return SessionPlan(
        site=session.site if command.site is None else command.site,
        room=session.room if command.room is None else command.room,
        date=command.date or session.date,
        start_time=session.start_time if command.start_time is None else command.start_time,
        invigilators=session.invigilators if command.invigilators is None else command.invigilators,
        name=session.name if command.name is None else command.name,
        observation=session.observation if command.observation is None else command.observation,
        time_zone=command.time_zone or session.time_zone,
    )
