"""Sessions and invigilators in DynamoDB."""

from collections.abc import Sequence
from datetime import date, datetime, time

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from jalon.certification.candidate_store import is_invigilator
from jalon.certification.errors import (
    CandidateOfSessionError,
    FinalisationSupersededError,
    NotInJuryError,
    NotPublishedError,
    SessionAlreadyStartedError,
    SessionChangedError,
    SessionFinalisedError,
    SessionNotFoundError,
)
from jalon.certification.finalisations import shard_of
from jalon.certification.records import finalisation_of, finalisation_record, optional_instant, optional_ms
from jalon.certification.sessions import Finalisation, Session, SessionPage
from jalon.certification.tables import CentreSessionItem, InvigilatorItem, OpenFinalisationItem, SessionItem, SittingItem
from jalon.edge.batches import read_items
from jalon.edge.erasures import refuse_erased
from jalon.edge.tables import Applied, ConditionFailedError, Refused, conditional_update, transaction, translated
from jalon.kernel.clock import epoch_ms, from_epoch_ms
from jalon.kernel.ids import SessionNumber, Uai, UserId

_NOT_FOUND = "There is no session under this number."


class DynamoSessionStore:
    """See :class:`jalon.certification.sessions.SessionStore`."""

    def create(self, session: Session) -> bool:
        try:
            with transaction(SessionItem) as write:
                write.save(_item(session), condition=SessionItem.session_number.does_not_exist())
                write.save(_centre_item(session))
        except ConditionFailedError:
            return False
        return True

    def get(self, number: SessionNumber) -> Session:
        try:
            with translated():
                return _session(SessionItem.get(number, consistent_read=True))
        except DoesNotExist:
            raise SessionNotFoundError(_NOT_FOUND) from None

    def change(self, session: Session, previous: Session) -> Session:
        changed = _item(session)
        changed.revision = previous.revision + 1
        condition = (
            (SessionItem.revision == previous.revision)
            & SessionItem.opened_at.does_not_exist()
            & SessionItem.finalisation_number.does_not_exist()
        )
        try:
            with transaction(SessionItem) as write:
                write.save(changed, condition=condition)
                if _centre_key(session) != _centre_key(previous):
                    write.delete(_centre_item(previous))
                write.save(_centre_item(session))
        except ConditionFailedError:
            raise _why_not_changed(self.get(previous.number)) from None
        return _session(changed)

    def open(self, number: SessionNumber, at: datetime) -> None:
        """One conditional update: of a class that starts in the same minute, the first writes and the others find it written."""
        outcome = self._update(
            number,
            [SessionItem.opened_at.set(epoch_ms(at))],
            SessionItem.opened_at.does_not_exist() & SessionItem.finalisation_number.does_not_exist(),
        )
        if isinstance(outcome, Session) and outcome.finalisation is not None:
            raise SessionFinalisedError("This session is finalised: nobody starts any more.")

    def finalise(self, number: SessionNumber, finalisation: Finalisation) -> None:
        condition = SessionItem.session_number.exists() & SessionItem.finalisation_number.does_not_exist()
        try:
            self._write_finalisation(number, finalisation, _finalisation_actions(finalisation), condition)
        except ConditionFailedError:
            raise SessionFinalisedError("This session is finalised already.", session_number=number) from None

    def _write_finalisation(
        self, number: SessionNumber, finalisation: Finalisation, actions: Sequence[Action], condition: Condition
    ) -> None:
        entry = OpenFinalisationItem(
            shard_of(number),
            number,
            finalisation=finalisation.number,
            requested_at=epoch_ms(finalisation.requested_at),
            attempt=0,
        )
        with transaction(SessionItem) as write:
            write.update(SessionItem(number), actions=list(actions), condition=condition)
            write.save(entry, condition=OpenFinalisationItem.session_number.does_not_exist())

    def enter_jury(self, number: SessionNumber, finalisation: int, at: datetime) -> Session:
        outcome = self._update(
            number,
            [SessionItem.in_jury_since.set(SessionItem.in_jury_since | epoch_ms(at))],
            (SessionItem.finalisation_number == finalisation) & _unpublished(finalisation),
        )
        return _unless_superseded(outcome)

    def approve(self, number: SessionNumber, finalisation: int, by: UserId, at: datetime) -> Session:
        outcome = self._update(
            number,
            [SessionItem.approved_at.set(epoch_ms(at)), SessionItem.approved_by.set(by)],
            (SessionItem.finalisation_number == finalisation)
            & SessionItem.in_jury_since.exists()
            & SessionItem.approved_at.does_not_exist(),
        )
        if isinstance(outcome, Applied):
            return _from_attributes(outcome)
        if outcome.finalisation is not None and outcome.finalisation.approved_at and outcome.finalisation.number == finalisation:
            return outcome
        raise NotInJuryError("This session does not wait for the jury.", session_number=number)

    def mark_published(self, number: SessionNumber, finalisation: int, at: datetime) -> Session:
        outcome = self._update(
            number,
            [
                SessionItem.published_at.set(SessionItem.published_at | epoch_ms(at)),
                SessionItem.published_finalisation.set(finalisation),
            ],
            SessionItem.finalisation_number == finalisation,
        )
        return _unless_superseded(outcome)

    def reopen(self, session: Session, finalisation: Finalisation) -> None:
        earlier = [*session.earlier_finalisations, *([session.finalisation] if session.finalisation else [])]
        actions: list[Action] = [
            *_finalisation_actions(finalisation),
            SessionItem.earlier_finalisations.set([finalisation_record(item) for item in earlier]),
            SessionItem.in_jury_since.remove(),
            SessionItem.approved_at.remove(),
            SessionItem.approved_by.remove(),
        ]
        condition = (SessionItem.finalisation_number == finalisation.number - 1) & (
            SessionItem.published_finalisation == finalisation.number - 1
        )
        try:
            self._write_finalisation(session.number, finalisation, actions, condition)
        except ConditionFailedError:
            raise NotPublishedError("This session is not published.", session_number=session.number) from None

    def of_centre(self, uai: Uai, year: int, limit: int, after: str | None) -> SessionPage:
        centre_year = f"{uai}#{year}"
        with translated():
            rows = CentreSessionItem.query(
                centre_year,
                limit=limit,
                scan_index_forward=False,
                last_evaluated_key=_start_key(centre_year, after),
            )
            numbers = [row.date_session.partition("#")[2] for row in rows]
            last = rows.last_evaluated_key
        found = {item.session_number: _session(item) for item in read_items(SessionItem, numbers, consistent=False)}
        items = tuple(found[number] for number in numbers if number in found)
        return SessionPage(items, last["date_session"]["S"] if last else None)

    def _update(self, number: SessionNumber, actions: Sequence[Action], condition: Condition) -> Applied | Session:
        """What was written, or the session as it stands when the condition refused it."""
        outcome = conditional_update(SessionItem, number, None, actions, SessionItem.session_number.exists() & condition)
        if isinstance(outcome, Refused):
            if outcome.attributes is None:
                raise SessionNotFoundError(_NOT_FOUND)
            return _from_attributes(Applied(outcome.attributes))
        return outcome


class DynamoInvigilatorStore:
    """See :class:`jalon.certification.sessions.InvigilatorStore`."""

    def add(self, number: SessionNumber, user: UserId, at: datetime) -> None:
        refuse_erased(user)
        sits_elsewhere = SittingItem.user_id.does_not_exist() | (SittingItem.session_number != number) | SittingItem.freed_at.exists()
        try:
            with transaction(InvigilatorItem) as write:
                write.save(InvigilatorItem(number, user, joined_at=epoch_ms(at)), condition=InvigilatorItem.user_id.does_not_exist())
                write.condition_check(SittingItem, user, condition=sits_elsewhere)
        except ConditionFailedError:
            if not self.has(number, user):
                raise CandidateOfSessionError("A candidate does not invigilate their own session.", session_number=number) from None

    def has(self, number: SessionNumber, user: UserId) -> bool:
        return is_invigilator(number, user)


def _why_not_changed(stored: Session) -> SessionFinalisedError | SessionAlreadyStartedError | SessionChangedError:
    if stored.finalisation is not None:
        return SessionFinalisedError("This session is finalised.", session_number=stored.number)
    if stored.opened_at is not None:
        return SessionAlreadyStartedError("A candidate has started: the session cannot be changed any more.", session_number=stored.number)
    return SessionChangedError("Someone else changed this session: read it again.", revision=stored.revision)


def _finalisation_actions(finalisation: Finalisation) -> list[Action]:
    return [
        SessionItem.finalisation_number.set(finalisation.number),
        SessionItem.finalisation_requested_at.set(epoch_ms(finalisation.requested_at)),
        SessionItem.finalisation_requested_by.set(finalisation.requested_by),
        SessionItem.global_comment.set(finalisation.global_comment),
    ]


def _unpublished(finalisation: int) -> Condition:
    unpublished: Condition = SessionItem.published_finalisation.does_not_exist() | (SessionItem.published_finalisation < finalisation)
    return unpublished


def _unless_superseded(outcome: Applied | Session) -> Session:
    if isinstance(outcome, Applied):
        return _from_attributes(outcome)
    raise FinalisationSupersededError("The session does not know this finalisation.")


def _centre_key(session: Session) -> tuple[str, str]:
    return f"{session.uai}#{session.school_year}", f"{session.date.isoformat()}#{session.number}"


def _centre_item(session: Session) -> CentreSessionItem:
    return CentreSessionItem(*_centre_key(session))


def _start_key(centre_year: str, after: str | None) -> dict[str, dict[str, str]] | None:
    return {"centre_year": {"S": centre_year}, "date_session": {"S": after}} if after else None


def _item(session: Session) -> SessionItem:
    finalisation = session.finalisation
    return SessionItem(
        session.number,
        uai=session.uai,
        centre=session.centre,
        site=session.site,
        room=session.room,
        name=session.name,
        date=session.date.isoformat(),
        start_time=session.start_time.isoformat("minutes"),
        time_zone=session.time_zone,
        invigilators=list(session.invigilators),
        observation=session.observation,
        access_code=session.access_code,
        invigilator_code=session.invigilator_code,
        created_by=session.created_by,
        created_at=epoch_ms(session.created_at),
        revision=session.revision,
        opened_at=optional_ms(session.opened_at),
        published_at=optional_ms(session.published_at),
        published_finalisation=session.published_finalisation,
        finalisation_number=finalisation.number if finalisation else None,
    )


def _from_attributes(applied: Applied) -> Session:
    return _session(SessionItem.from_raw_data(dict(applied.attributes)))


def _session(item: SessionItem) -> Session:
    return Session(
        number=SessionNumber(item.session_number),
        uai=Uai(item.uai),
        centre=item.centre,
        site=item.site,
        room=item.room,
        name=item.name or "",
        date=date.fromisoformat(item.date),
        start_time=time.fromisoformat(item.start_time),
        time_zone=item.time_zone,
        invigilators=tuple(item.invigilators),
        observation=item.observation or "",
        access_code=item.access_code,
        invigilator_code=item.invigilator_code,
        created_by=UserId(item.created_by),
        created_at=from_epoch_ms(item.created_at),
        revision=int(item.revision),
        opened_at=optional_instant(item.opened_at),
        finalisation=_finalisation(item),
        published_at=optional_instant(item.published_at),
        published_finalisation=None if item.published_finalisation is None else int(item.published_finalisation),
        earlier_finalisations=tuple(finalisation_of(record) for record in item.earlier_finalisations or ()),
    )


def _finalisation(item: SessionItem) -> Finalisation | None:
    if item.finalisation_number is None or item.finalisation_requested_at is None:
        return None
    return Finalisation(
        number=int(item.finalisation_number),
        requested_at=from_epoch_ms(item.finalisation_requested_at),
        requested_by=UserId(item.finalisation_requested_by or ""),
        global_comment=item.global_comment or "",
        in_jury_since=optional_instant(item.in_jury_since),
        approved_at=optional_instant(item.approved_at),
        approved_by=UserId(item.approved_by) if item.approved_by else None,
    )
