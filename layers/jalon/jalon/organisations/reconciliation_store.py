"""Reconciliations in DynamoDB."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from pynamodb.exceptions import DoesNotExist

from jalon.edge.batches import read_items
from jalon.edge.erasures import refuse_erased
from jalon.edge.tables import ConditionFailedError, transaction, translated
from jalon.kernel.clock import epoch_ms, from_epoch_ms
from jalon.kernel.errors import UnavailableError
from jalon.kernel.ids import Ine, Uai, UserId
from jalon.organisations.reconciliations import AccountAlreadyReconciledError, PupilAlreadyReconciledError, Reconciliation
from jalon.organisations.tables import ReconciliationItem


class LinkRaceError(UnavailableError):
    """Two requests for the same pupil met in the same instant."""

    code = "link_race"


class DynamoReconciliations:
    """A :class:`~jalon.organisations.reconciliations.ReconciliationStore`."""

    def link(self, reconciliation: Reconciliation) -> None:
        free = ReconciliationItem.subject.does_not_exist()
        refuse_erased(reconciliation.user_id)
        try:
            with transaction(ReconciliationItem) as write:
                for item in _items(reconciliation):
                    write.save(item, condition=free)
        except ConditionFailedError:
            self._explain(reconciliation)

    def _explain(self, wanted: Reconciliation) -> None:
        """Return when the same link exists already, proven if it is now; else say which side is taken."""
        existing = self.of_pupils(wanted.uai, [wanted.ine]).get(wanted.ine)
        if existing is not None and existing.user_id == wanted.user_id:
            if wanted.proven and not existing.proven:
                self._prove(existing)
            return
        if existing is not None:
            raise PupilAlreadyReconciledError("This pupil already has an account here; sign in with it, or ask the school.")
        if self.of_user(wanted.uai, wanted.user_id) is not None:
            raise AccountAlreadyReconciledError("This account already belongs to another pupil of this school.")
        raise LinkRaceError("Another request for this pupil is under way; send yours again.")

    def _prove(self, existing: Reconciliation) -> None:
        same = (ReconciliationItem.user_id == existing.user_id) & (ReconciliationItem.ine == existing.ine)
        with suppress(ConditionFailedError), transaction(ReconciliationItem) as write:  # suppressed: released meanwhile
            for item in _items(existing):
                write.update(item, actions=[ReconciliationItem.proven.set(True)], condition=same)

    def unlink(self, reconciliation: Reconciliation) -> None:
        same = ReconciliationItem.user_id == reconciliation.user_id
        same_pupil = ReconciliationItem.ine == reconciliation.ine
        with suppress(ConditionFailedError), transaction(ReconciliationItem) as write:
            for item in _items(reconciliation):
                write.delete(item, condition=same & same_pupil)

    def of_user(self, uai: Uai, user_id: UserId) -> Ine | None:
        try:
            with translated():
                return Ine(ReconciliationItem.get(_user(user_id), _school(uai), consistent_read=True).ine)
        except DoesNotExist:
            return None

    def schools_of(self, user_id: UserId) -> tuple[Uai, ...]:
        with translated():
            rows = ReconciliationItem.query(_user(user_id), consistent_read=True)
            return tuple(Uai(item.object.removeprefix("school#")) for item in rows)

    def of_pupils(self, uai: Uai, ines: Iterable[Ine]) -> Mapping[Ine, Reconciliation]:
        found = read_items(ReconciliationItem, [(_school(uai), f"ine#{ine}") for ine in ines])
        return {Ine(item.ine): reconciliation_of(item, uai) for item in found}


def reconciliation_of(item: ReconciliationItem, uai: Uai) -> Reconciliation:
    """The link that an item holds; whatever a school handed over is proven, whenever it was written."""
    school_made = bool(item.school_made)
    since = from_epoch_ms(item.since)
    return Reconciliation(uai, Ine(item.ine), UserId(item.user_id), since, school_made, proven=school_made or bool(item.proven))


def _items(reconciliation: Reconciliation) -> tuple[ReconciliationItem, ReconciliationItem]:
    school, user = _school(reconciliation.uai), _user(reconciliation.user_id)
    attributes: dict[str, Any] = {
        "ine": reconciliation.ine,
        "user_id": reconciliation.user_id,
        "since": epoch_ms(reconciliation.since),
        "school_made": reconciliation.school_made,
        "proven": reconciliation.proven,
    }
    return ReconciliationItem(school, f"ine#{reconciliation.ine}", **attributes), ReconciliationItem(user, school, **attributes)


def _school(uai: Uai) -> str:
    return f"school#{uai}"


def _user(user_id: UserId) -> str:
    return f"user#{user_id}"
