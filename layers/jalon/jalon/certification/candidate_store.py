"""Candidates and sittings in DynamoDB."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition

from jalon.certification.candidates import AbortReason, Candidate, Sitting
from jalon.certification.errors import (
    AnotherCertificationLiveError,
    CandidateChangedError,
    CandidateNotFoundError,
    FinalisationSupersededError,
    InvigilatorOfSessionError,
    SessionFinalisedError,
)
from jalon.certification.records import identity_of, identity_record, optional_instant, optional_ms, report_of, report_record
from jalon.certification.tables import CandidateItem, InvigilatorItem, SittingItem
from jalon.edge.batches import write_items
from jalon.edge.erasures import refuse_erased
from jalon.edge.tables import ConditionFailedError, conditional_update, transaction, translated
from jalon.kernel.ids import AssessmentId, CandidateId, CertificationId, Ine, SessionNumber, UserId
from jalon.organisations.names import name_key

_NOT_FOUND = "There is no such candidate in this session."


class DynamoCandidateStore:
    """See :class:`jalon.certification.candidates.CandidateStore`."""

    def add(self, candidates: Iterable[Candidate]) -> None:
        write_items(CandidateItem, map(_item, candidates))

    def get(self, number: SessionNumber, candidate_id: CandidateId) -> Candidate:
        try:
            with translated():
                return candidate_of(CandidateItem.get(number, candidate_id, consistent_read=True))
        except DoesNotExist:
            raise CandidateNotFoundError(_NOT_FOUND) from None

    def of_session(self, number: SessionNumber) -> Sequence[Candidate]:
        with translated():
            rows = [candidate_of(item) for item in CandidateItem.query(number, consistent_read=True)]
        return sorted(rows, key=lambda row: (name_key(row.identity.last_name), name_key(row.identity.first_name), row.candidate_id))

    def replace(self, candidate: Candidate, previous: Candidate) -> Candidate:
        item = _next_revision(candidate, previous)
        try:
            with translated():
                item.save(condition=_unchanged(previous))
        except ConditionFailedError:
            raise self._why_not_replaced(previous) from None
        return candidate_of(item)

    def join(self, candidate: Candidate, previous: Candidate, live: Sitting | None) -> Candidate:
        item = _next_revision(candidate, previous)
        sitting = _sitting_item(candidate)
        free = SittingItem.certification_id == live.certification_id if live else SittingItem.user_id.does_not_exist()
        refuse_erased(sitting.user_id)
        try:
            with transaction(CandidateItem) as write:
                write.save(item, condition=_unchanged(previous))
                write.save(sitting, condition=free)
                write.condition_check(
                    InvigilatorItem, candidate.session_number, candidate.user_id, condition=InvigilatorItem.user_id.does_not_exist()
                )
        except ConditionFailedError:
            if candidate.user_id is not None and is_invigilator(candidate.session_number, candidate.user_id):
                raise InvigilatorOfSessionError("This account invigilates this session: sit it with your own.") from None
            if candidate.user_id is not None and self.sitting_of(candidate.user_id) != live:
                raise AnotherCertificationLiveError("This account has just joined another certification.") from None
            raise self._why_not_replaced(previous) from None
        return candidate_of(item)

    def free(self, candidate: Candidate, previous: Candidate, at: datetime) -> Candidate:
        item = _next_revision(candidate, previous)
        sitting = self.sitting_of(previous.user_id) if previous.user_id else None
        try:
            with transaction(CandidateItem) as write:
                write.save(item, condition=_unchanged(previous))
                if sitting is not None and sitting.certification_id == previous.certification_id:
                    freed, same = _sitting_item(previous), SittingItem.certification_id == previous.certification_id
                    freed.freed_at = optional_ms(at)
                    write.save(freed, condition=same)
        except ConditionFailedError:
            raise self._why_not_replaced(previous) from None
        return candidate_of(item)

    def freeze(self, number: SessionNumber, candidate_id: CandidateId, finalisation: int) -> Candidate:
        earlier = CandidateItem.frozen_by.does_not_exist() | (CandidateItem.frozen_by < finalisation)
        outcome = conditional_update(
            CandidateItem,
            number,
            candidate_id,
            [CandidateItem.frozen_by.set(finalisation), CandidateItem.revision.set(CandidateItem.revision + 1)],
            CandidateItem.candidate_id.exists() & earlier,
        )
        if outcome.attributes is None:
            raise CandidateNotFoundError(_NOT_FOUND)
        candidate = candidate_of(CandidateItem.from_raw_data(dict(outcome.attributes)))
        if candidate.finalisation != finalisation:
            raise FinalisationSupersededError("This candidate belongs to a later finalisation.")
        return candidate

    def remove(self, candidate: Candidate) -> None:
        try:
            with translated():
                _item(candidate).delete(condition=_unchanged(candidate) & CandidateItem.user_id.does_not_exist())
        except ConditionFailedError:
            raise self._why_not_replaced(candidate) from None

    def sitting_of(self, user: UserId) -> Sitting | None:
        try:
            with translated():
                item = SittingItem.get(user, consistent_read=True)
        except DoesNotExist:
            return None
        return Sitting(
            user_id=UserId(item.user_id),
            certification_id=CertificationId(item.certification_id),
            session_number=SessionNumber(item.session_number),
            candidate_id=CandidateId(item.candidate_id),
            freed_at=optional_instant(item.freed_at),
        )

    def _why_not_replaced(self, previous: Candidate) -> CandidateChangedError | SessionFinalisedError | CandidateNotFoundError:
        try:
            stored = self.get(previous.session_number, previous.candidate_id)
        except CandidateNotFoundError as error:
            return error
        if stored.finalisation is not None:
            return SessionFinalisedError("This session is finalised: its candidates cannot be changed any more.")
        return CandidateChangedError("Someone else wrote to this candidate at the same moment: read again, then repeat.")


def is_invigilator(number: SessionNumber, user: UserId) -> bool:
    """Whether the account joined the session's room as invigilator; one consistent read."""
    with translated():
        try:
            InvigilatorItem.get(number, user, consistent_read=True)
        except DoesNotExist:
            return False
    return True


def _sitting_item(candidate: Candidate) -> SittingItem:
    return SittingItem(
        candidate.user_id,
        certification_id=candidate.certification_id,
        session_number=candidate.session_number,
        candidate_id=candidate.candidate_id,
    )


def _unchanged(previous: Candidate) -> Condition:
    unchanged: Condition = (CandidateItem.revision == previous.revision) & CandidateItem.frozen_by.does_not_exist()
    return unchanged


def _next_revision(candidate: Candidate, previous: Candidate) -> CandidateItem:
    item = _item(candidate)
    item.revision = previous.revision + 1
    return item


def _item(candidate: Candidate) -> CandidateItem:
    return CandidateItem(
        candidate.session_number,
        candidate.candidate_id,
        certification_id=candidate.certification_id,
        identity=identity_record(candidate.identity),
        ine=candidate.ine,
        class_name=candidate.class_name or None,
        external_id=candidate.external_id or None,
        extra_time_percent=candidate.extra_time_percent,
        user_id=candidate.user_id,
        joined_at=optional_ms(candidate.joined_at),
        authorised_at=optional_ms(candidate.authorised_at),
        assessment_id=candidate.assessment_id,
        started_at=optional_ms(candidate.started_at),
        epoch=candidate.epoch,
        resume_authorised_at=optional_ms(candidate.resume_authorised_at),
        device_key=candidate.device_key or None,
        extension_min=candidate.extension_min,
        ended_at=optional_ms(candidate.ended_at),
        abort_reason=candidate.abort_reason.value if candidate.abort_reason else None,
        reports=[report_record(report) for report in candidate.reports] or None,
        frozen_by=candidate.finalisation,
        revision=candidate.revision,
    )


def candidate_of(item: CandidateItem) -> Candidate:
    """A candidate from its item."""
    return Candidate(
        session_number=SessionNumber(item.session_number),
        candidate_id=CandidateId(item.candidate_id),
        certification_id=CertificationId(item.certification_id),
        identity=identity_of(item.identity),
        ine=Ine(item.ine) if item.ine else None,
        class_name=item.class_name or "",
        external_id=item.external_id or "",
        extra_time_percent=int(item.extra_time_percent),
        user_id=UserId(item.user_id) if item.user_id else None,
        joined_at=optional_instant(item.joined_at),
        authorised_at=optional_instant(item.authorised_at),
        assessment_id=AssessmentId(item.assessment_id) if item.assessment_id else None,
        started_at=optional_instant(item.started_at),
        epoch=int(item.epoch),
        resume_authorised_at=optional_instant(item.resume_authorised_at),
        device_key=item.device_key or "",
        extension_min=int(item.extension_min),
        ended_at=optional_instant(item.ended_at),
        abort_reason=AbortReason(item.abort_reason) if item.abort_reason else None,
        reports=tuple(report_of(record) for record in item.reports or ()),
        finalisation=None if item.frozen_by is None else int(item.frozen_by),
        revision=int(item.revision),
    )
