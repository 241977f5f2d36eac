"""The sessions that a person planned or finalised, in DynamoDB."""

from collections.abc import Iterator

from jalon.accounts.acts import Act, ActKind
from jalon.certification.tables import SessionItem
from jalon.edge.tables import translated
from jalon.kernel.clock import from_epoch_ms
from jalon.kernel.ids import Uai, UserId

MODELS = (SessionItem,)


def acts_of(user_id: UserId) -> Iterator[Act]:
    """A session that was finalised anew is its last finaliser's."""
    with translated():
        for planned in SessionItem.by_author.query(user_id):
            yield Act(ActKind.SESSION, Uai(planned.uai), from_epoch_ms(planned.created_at), planned.session_number)
        for ended in SessionItem.by_finaliser.query(user_id):
            yield Act(ActKind.FINALISATION, Uai(ended.uai), from_epoch_ms(ended.finalisation_requested_at or 0), ended.session_number)
