"""Sign-ins that can be refreshed, in DynamoDB: one item each, one conditional write per refresh."""

from datetime import datetime

from pynamodb.exceptions import DoesNotExist

from jalon.accounts.refresh_token import Family
from jalon.accounts.tables import FamilyItem
from jalon.edge.erasures import refuse_erased
from jalon.edge.tables import Applied, conditional_update, translated
from jalon.kernel.ids import ClientId, UserId


class FamilyTable:
    """:class:`jalon.accounts.stores.FamilyStore` on the table ``refresh_tokens``."""

    def start(self, family: Family) -> None:
        item = FamilyItem(
            family.family_id,
            user_id=family.user_id,
            client_id=family.client_id,
            sign_in_epoch=family.sign_in_epoch,
            generation=family.generation,
            rotated_at=family.rotated_at,
            idle_until=family.idle_until,
            ends_at=family.ends_at,
            expires_at=int(family.idle_until.timestamp()),
            authenticated_at=family.authenticated_at,
        )
        refuse_erased(family.user_id)
        with translated():
            item.save(condition=FamilyItem.family_id.does_not_exist())

    def get(self, family_id: str) -> Family | None:
        try:
            with translated():
                item = FamilyItem.get(family_id, consistent_read=True)
        except DoesNotExist:
            return None
        return family_of(item)

    def rotate(self, family: Family, now: datetime, idle_until: datetime) -> bool:
        actions = [
            FamilyItem.generation.set(family.generation + 1),
            FamilyItem.rotated_at.set(now),
            FamilyItem.idle_until.set(idle_until),
            FamilyItem.expires_at.set(int(idle_until.timestamp())),
        ]
        outcome = conditional_update(FamilyItem, family.family_id, None, actions, FamilyItem.generation == family.generation)
        return isinstance(outcome, Applied)

    def revoke(self, family_id: str) -> None:
        with translated():
            FamilyItem(family_id).delete()


def family_of(item: FamilyItem) -> Family:
    """The sign-in that an item keeps."""
    return Family(
        family_id=item.family_id,
        user_id=UserId(item.user_id),
        client_id=ClientId(item.client_id),
        sign_in_epoch=int(item.sign_in_epoch),
        generation=int(item.generation),
        rotated_at=item.rotated_at,
        idle_until=item.idle_until,
        ends_at=item.ends_at,
        authenticated_at=item.authenticated_at,
    )
