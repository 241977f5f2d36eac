"""What campaigns hold about a person: participations, with the results that were sent. The stream then counts without them."""

from collections.abc import Iterable, Mapping
from functools import partial

from jalon.accounts.erasure import Trace
from jalon.campaigns.tables import ParticipationItem
from jalon.edge.tables import translated
from jalon.kernel.ids import UserId

MODELS = (ParticipationItem,)


class CampaignHolding:
    """A :class:`~jalon.accounts.erasure.Holding`."""

    def traces(self, user_id: UserId) -> Iterable[Trace]:
        with translated():
            shards = [item.campaign_shard for item in ParticipationItem.by_user.query(user_id)]
        yield from (Trace("participations", partial(_remove, shard, user_id)) for shard in shards)

    def kept(self, user_id: UserId) -> Mapping[str, int]:  # noqa: ARG002 - the counts of a campaign name nobody
        return {}


def _remove(campaign_shard: str, user_id: UserId) -> None:
    with translated():
        ParticipationItem(campaign_shard, user_id).delete()
