"""Registered software in DynamoDB; our own screens and the operator's client are in no table."""

from pynamodb.exceptions import DoesNotExist

from jalon.accounts.oauth_client import OAuthClient, Scope
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
        )
