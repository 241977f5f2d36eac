"""Flows to identity providers in DynamoDB, beside the other rights that end by themselves."""

from datetime import UTC, datetime

from pynamodb.exceptions import DoesNotExist

from jalon.accounts.provider_flow import Flow
from jalon.accounts.tables import FlowItem
from jalon.edge.tables import Applied, conditional_update, translated
from jalon.kernel.ids import UserId


class FlowTable:
    """:class:`jalon.accounts.provider_flow.FlowStore` on the table ``credentials``."""

    def start(self, flow: Flow) -> None:
        item = FlowItem(
            _key(flow.state),
            provider_id=flow.provider_id,
            redirect_uri=flow.redirect_uri,
            user_id=flow.user_id,
            expires_at=int(flow.expires_at.timestamp()),
        )
        with translated():
            item.save(condition=FlowItem.key.does_not_exist())

    def get(self, state: str) -> Flow | None:
        try:
            with translated():
                item = FlowItem.get(_key(state), consistent_read=True)
        except DoesNotExist:
            return None
        if item.used_by is not None:
            return None
        return Flow(
            state=state,
            provider_id=item.provider_id,
            redirect_uri=item.redirect_uri,
            expires_at=datetime.fromtimestamp(int(item.expires_at), UTC),
            user_id=UserId(item.user_id) if item.user_id else None,
        )

    def use(self, state: str, by: str) -> bool:
        unused = FlowItem.key.exists() & (FlowItem.used_by.does_not_exist() | (FlowItem.used_by == by))
        outcome = conditional_update(FlowItem, _key(state), None, [FlowItem.used_by.set(by)], unused)
        return isinstance(outcome, Applied)


def _key(state: str) -> str:
    return f"flow#{state}"
