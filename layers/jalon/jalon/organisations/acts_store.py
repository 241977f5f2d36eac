"""The imports that a person asked for and the colleagues they invited, in DynamoDB. Whom they invited is the other's own."""

from collections.abc import Iterator

from jalon.accounts.acts import Act, ActKind
from jalon.edge.tables import translated
from jalon.kernel.clock import from_epoch_ms
from jalon.kernel.ids import Uai, UserId
from jalon.organisations.invitations import VALID_FOR
from jalon.organisations.tables import ImportItem, InvitationItem

MODELS = (ImportItem, InvitationItem)


def acts_of(user_id: UserId) -> Iterator[Act]:
    """As long as there is a record: an import's for a year, an invitation's for two weeks."""
    with translated():
        for asked in ImportItem.by_author.query(user_id):
            yield Act(ActKind.IMPORT, Uai(asked.uai), from_epoch_ms(asked.requested_at), asked.import_id)
        for invited in InvitationItem.by_author.query(user_id):
            yield Act(ActKind.INVITATION, Uai(invited.uai), from_epoch_ms(invited.expires_at * 1000) - VALID_FOR, None)
