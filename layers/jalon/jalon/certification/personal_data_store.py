"""What certification holds about a person. A row whose test was sat is kept with its result; one that was only joined is unlinked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial

from jalon.accounts.erasure import Trace
from jalon.certification.candidate_store import candidate_of
from jalon.certification.candidates import Candidate
from jalon.certification.tables import CandidateItem, InvigilatorItem, ResultItem, SittingItem
from jalon.edge.batches import batch_read, read_items
from jalon.edge.tables import conditional_update, translated
from jalon.kernel.clock import from_epoch_ms
from jalon.kernel.ids import SessionNumber, UserId

MODELS = (CandidateItem, SittingItem, InvigilatorItem, ResultItem)


class DynamoCandidatures:
    """A :class:`~jalon.certification.candidatures.Candidatures`: keys from the index, rows read consistently."""

    def of_user(self, user_id: UserId) -> Sequence[Candidate]:
        with translated():
            keys = [(item.session_number, item.candidate_id) for item in CandidateItem.by_user.query(user_id)]
        found = (candidate_of(item) for item in read_items(CandidateItem, keys) if item.user_id == user_id)
        return sorted(found, key=lambda candidate: (candidate.session_number, candidate.candidate_id))


class CertificationHolding:
    """A :class:`~jalon.accounts.erasure.Holding`; no certification runs when it is asked to remove anything."""

    def traces(self, user_id: UserId) -> Iterable[Trace]:
        candidates = DynamoCandidatures().of_user(user_id)
        with translated():
            rooms = [item.session_number for item in InvigilatorItem.by_user.query(user_id)]
        for _ in batch_read(SittingItem, [user_id]):
            yield Trace("sittings", partial(_remove_sitting, user_id))
        yield from (Trace("invigilators", partial(_remove_invigilator, room, user_id)) for room in rooms)
        yield from (Trace("candidates", partial(_unlink, row)) for row in candidates if row.started_at is None)

    def kept(self, user_id: UserId) -> Mapping[str, int]:
        sat = [row for row in DynamoCandidatures().of_user(user_id) if row.started_at is not None]
        with translated():
            results = sum(ResultItem.count(row.certification_id) for row in sat)
        return {"candidates": len(sat), "results": results}


def invigilations_of(user_id: UserId) -> Sequence[tuple[SessionNumber, datetime]]:
    """The sessions whose room the person joined as invigilator, and when."""
    with translated():
        keys = [(item.session_number, item.user_id) for item in InvigilatorItem.by_user.query(user_id)]
    items = read_items(InvigilatorItem, keys)
    return sorted((SessionNumber(item.session_number), from_epoch_ms(item.joined_at)) for item in items)


def _remove_sitting(user_id: UserId) -> None:
    with translated():
        SittingItem(user_id).delete()


def _remove_invigilator(session_number: str, user_id: UserId) -> None:
    with translated():
        InvigilatorItem(session_number, user_id).delete()


def _unlink(row: Candidate) -> None:
    """Back to what the centre's list says: enrolled, joined by nobody."""
    actions = [
        CandidateItem.user_id.remove(),
        CandidateItem.joined_at.remove(),
        CandidateItem.authorised_at.remove(),
        CandidateItem.device_key.remove(),
        CandidateItem.revision.set(CandidateItem.revision + 1),
    ]
    own_and_not_sat = (CandidateItem.user_id == row.user_id) & CandidateItem.started_at.does_not_exist()
    conditional_update(CandidateItem, row.session_number, row.candidate_id, actions, own_and_not_sat)
