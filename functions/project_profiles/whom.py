"""Whose profiles are rebuilt: everybody's, or those of whom something changed since an instant; in batches, with a cursor to go on after.

Everybody is whoever began a test or takes part in a campaign (whoever sat a certification began its test). What changed since an instant
is read from the tests themselves, from participations, from published results and from campaigns that were archived: from whatever a
profile is projected. Nobody is missed; who turns up in two tables or two segments may be rebuilt twice, which is harmless.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pynamodb.models import Model

from functions.project_participations import wiring as participations
from jalon.assessment.tables import AssessmentItem, AttemptItem
from jalon.campaigns.participation import SHARDS
from jalon.campaigns.tables import CampaignItem, ParticipationItem
from jalon.certificates.tables import PublishedResultRecord
from jalon.edge.paging import decode_cursor, encode_cursor
from jalon.edge.tables import translated
from jalon.edge.walks import WHOLE, Place, Segment, Typed, walk
from jalon.kernel.clock import epoch_ms, iso
from jalon.kernel.cursors import not_ours
from jalon.kernel.ids import CampaignId, UserId

#: A change is stamped before it is written, by a clock of its own: changes are looked for from so much before the instant asked for.
MARGIN = timedelta(minutes=5)
#: Items read at once where every item counts.
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Walk:
    """Everybody, or (``since``) those of whom something changed since; one segment of it, and how far it has come: in which of its tables,
    and after which place.
    """

    since: datetime | None = None
    segment: Segment = WHOLE
    table: int = 0
    place: Place | None = None

    @property
    def cursor(self) -> str:
        """The walk as text, for who goes on with it."""
        since = None if self.since is None else self.since.isoformat()
        position = {"since": since, "segment": [self.segment.number, self.segment.total], "table": self.table, "place": self.place}
        return encode_cursor(position) or ""

    @classmethod
    def from_cursor(cls, cursor: str) -> "Walk":
        """The inverse of :attr:`cursor`. Raises :class:`~jalon.kernel.errors.InvalidInputError` for a text that is none."""
        position = decode_cursor(cursor) or {}
        try:
            since, (number, total) = position["since"], position["segment"]
            return cls(datetime.fromisoformat(since) if since else None, Segment(number, total), position["table"], position["place"])
        except (KeyError, TypeError, ValueError):
            raise not_ours() from None


@dataclass(frozen=True, slots=True)
class Batch:
    """Users to rebuild, each once, but those of whom ``done`` says that they were in an earlier batch; and the walk that is left after."""

    users: tuple[UserId, ...]
    done: Callable[[UserId], bool]
    left: Walk | None


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of a walk: the ``attribute`` that tells whose each item is, and what else the reading of it asks for."""

    model: type[Model]
    attribute: str
    users: Callable[[Typed], Iterator[UserId]]
    more: Mapping[str, Any]
    done: Callable[[UserId], bool] = lambda _: False


def batches(asked: Walk) -> Iterator[Batch]:
    """All that is left of a walk; the tables are bound."""
    tables = _everybody() if asked.since is None else _changed(asked.since - MARGIN)
    seen: dict[UserId, None] = {}
    for number, table in enumerate(tables[asked.table :], start=asked.table):
        place = asked.place if number == asked.table else None
        for page in walk(table.model, [table.attribute], segment=asked.segment, after=place, **table.more):
            found = dict.fromkeys(user_id for item in page.items for user_id in table.users(item))
            users = tuple(user_id for user_id in found if user_id not in seen)
            # a walk through everybody gives the items of one user together, so that only the last one may come again
            seen = dict.fromkeys(list(found)[-1:]) if asked.since is None else seen | found
            over = page.place is None
            left = replace(asked, table=number + over, place=page.place)
            yield Batch(users, table.done, None if left.table == len(tables) else left)


def _everybody() -> tuple[_Table, ...]:
    """Whoever began a test was in the walk through these, before the walk through the participations."""
    by_user = {"page_size": _PAGE, "index": "by_user"}
    return (
        _Table(AttemptItem, "user_id", _owner, {"page_size": _PAGE}),
        _Table(ParticipationItem, "user_id", _owner, by_user, _began_a_test),
    )


def _changed(since: datetime) -> tuple[_Table, ...]:
    from_ms, from_text = epoch_ms(since), iso(since)
    sent = (ParticipationItem.started_at >= from_ms) | (ParticipationItem.shared_at >= from_ms)
    published = (PublishedResultRecord.published_at >= from_text) | (PublishedResultRecord.revoked_at >= from_text)
    return (
        _Table(AssessmentItem, "user_id", _owner, {"only": AssessmentItem.updated_at >= from_ms}),
        _Table(ParticipationItem, "user_id", _owner, {"only": sent}),
        _Table(PublishedResultRecord, "user_id", _owner, {"only": published}),
        _Table(CampaignItem, "campaign_id", _participants, {"only": CampaignItem.archived_at >= from_ms}),
    )


def _owner(item: Typed) -> Iterator[UserId]:
    yield UserId(item["user_id"]["S"])


def _began_a_test(user_id: UserId) -> bool:
    with translated():
        return any(True for _ in AttemptItem.query(user_id, limit=1, attributes_to_get=["user_id", "attempt_key"]))


def _participants(item: Typed) -> Iterator[UserId]:
    campaign_id = CampaignId(item["campaign_id"]["S"])
    for shard in range(SHARDS):
        for participation in participations.parts().following.participations.of_shard(campaign_id, shard):
            yield participation.user_id
