"""Registered software in DynamoDB; our own screens and the operator's client are in no table."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.update import Action

from jalon.accounts.oauth_client import OAuthClient, Scope
from jalon.accounts.stores import StaleWriteError
from jalon.accounts.tables import ClientItem
from jalon.edge.tables import ConditionFailedError, translated
from jalon.kernel.ids import ClientId


class ClientTable:
    """:class:`jalon.accounts.stores.ClientStore` on the table ``clients``."""

    def create(self, client: OAuthClient) -> OAuthClient:
        item = ClientItem(
            client.client_id,
            name=client.name,
            scopes={str(scope) for scope in client.scopes},
            nonce=client.nonce,
            request=client.request,
            created_by=client.created_by,
            created_at=client.created_at,
            schools=set(client.schools) or None,
        )
        try:
            with translated():
                item.save(condition=ClientItem.client_id.does_not_exist())
        except ConditionFailedError:
            return self.get(client.client_id) or client
        return client

    def get(self, client_id: ClientId) -> OAuthClient | None:
        try:
            with translated():
                item = ClientItem.get(client_id, consistent_read=True)
        except DoesNotExist:
            return None
        return OAuthClient(
            client_id=ClientId(item.client_id),
            name=item.name,
            scopes=frozenset(map(Scope, item.scopes)),
            nonce=item.nonce,
            request=item.request,
            created_by=item.created_by,
            created_at=item.created_at,
            schools=frozenset(item.schools or ()),
            former=tuple(item.former or ()),
            former_until=item.former_until,
            ended_at=item.ended_at,
        )

    def renew(self, client_id: ClientId, nonce: bytes, former: Sequence[bytes], former_until: datetime) -> None:
        renewal: list[Action] = [
            ClientItem.nonce.set(nonce),
            ClientItem.former.set(list(former)),
            ClientItem.former_until.set(former_until),
        ]
        try:
            with translated():
                ClientItem(client_id).update(renewal, condition=(ClientItem.nonce == former[-1]) & ClientItem.ended_at.does_not_exist())
        except ConditionFailedError as error:
            raise StaleWriteError("The client was changed by another request; send this one again.") from error

    def end(self, client_id: ClientId, at: datetime) -> None:
        unended = ClientItem.client_id.exists() & ClientItem.ended_at.does_not_exist()
        with suppress(ConditionFailedError), translated():
            ClientItem(client_id).update([ClientItem.ended_at.set(at)], condition=unended)
