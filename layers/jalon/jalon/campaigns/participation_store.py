"""Participations in DynamoDB: eight partitions per campaign, read in order by merging them."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from jalon.campaigns.participation import (
    SHARDS,
    ParticipantFilter,
    Participation,
    ParticipationPage,
    ParticipationStatus,
    shard_of,
)
from jalon.campaigns.participation_records import SEPARATOR, item_of, participation_of, partition, results_record
from jalon.campaigns.shared_results import SharedResults
from jalon.campaigns.tables import ParticipationItem
from jalon.edge.batches import read_items
from jalon.edge.erasures import refuse_erased
from jalon.edge.tables import Applied, ConditionFailedError, Refused, conditional_update, translated
from jalon.kernel.clock import epoch_ms
from jalon.kernel.cursors import not_ours, number_of, text_of
from jalon.kernel.ids import AssessmentId, CampaignId, UserId

_HIGHEST = "\U0010ffff"


class DynamoParticipations:
    """A :class:`~jalon.campaigns.participation.ParticipationStore`."""

    def create(self, participation: Participation) -> bool:
        refuse_erased(participation.user_id)
        try:
            with translated():
                item_of(participation).save(condition=ParticipationItem.campaign_shard.does_not_exist())
        except ConditionFailedError:
            return False
        return True

    def find(self, campaign_id: CampaignId, user_id: UserId) -> Participation | None:
        try:
            with translated():
                item = ParticipationItem.get(partition(campaign_id, shard_of(user_id)), user_id, consistent_read=True)
        except DoesNotExist:
            return None
        return participation_of(item)

    def of_user(self, user_id: UserId, limit: int, cursor: Mapping[str, str]) -> ParticipationPage:
        start: dict[str, dict[str, Any]] | None = None
        if cursor:
            where, when = text_of(cursor, "in"), number_of(cursor, "at")
            start = {"user_id": {"S": user_id}, "campaign_shard": {"S": where}, "started_at": {"N": when}}
        with translated():
            found = ParticipationItem.by_user.query(user_id, scan_index_forward=False, limit=limit, last_evaluated_key=start)
            keys = [(item.campaign_shard, item.user_id) for item in found]
        items = {item.campaign_shard: item for item in read_items(ParticipationItem, keys)}
        last = found.last_evaluated_key
        return ParticipationPage(
            tuple(participation_of(items[campaign_shard]) for campaign_shard, _ in keys if campaign_shard in items),
            {"in": last["campaign_shard"]["S"], "at": last["started_at"]["N"]} if last else {},
        )

    def attach_assessment(self, participation: Participation, assessment_id: AssessmentId) -> Participation:
        self._update(
            participation.campaign_id,
            participation.user_id,
            [ParticipationItem.assessment_id.set(assessment_id)],
            ParticipationItem.campaign_shard.exists() & _has_test(None),
        )
        return self.find(participation.campaign_id, participation.user_id) or replace(participation, assessment_id=assessment_id)

    def begin_again(self, participation: Participation, assessment_id: AssessmentId) -> Participation:
        actions: list[Action] = [
            ParticipationItem.assessment_id.set(assessment_id),
            ParticipationItem.status.set(ParticipationStatus.STARTED.value),
            ParticipationItem.answered.set(0),
            ParticipationItem.progress_percent.set(0),
        ]
        nothing_sent = ParticipationItem.sendings == participation.sendings
        self._update(participation.campaign_id, participation.user_id, actions, _has_test(participation.assessment_id) & nothing_sent)
        return self.find(participation.campaign_id, participation.user_id) or participation

    def advance(
        self, campaign_id: CampaignId, user_id: UserId, assessment_id: AssessmentId, *, answered: int, progress_percent: int, finished: bool
    ) -> None:
        status = ParticipationStatus.TO_SHARE if finished else ParticipationStatus.STARTED
        actions: list[Action] = [
            ParticipationItem.answered.set(answered),
            ParticipationItem.progress_percent.set(progress_percent),
            ParticipationItem.status.set(status.value),
        ]
        its_test = _has_test(assessment_id) | _has_test(None)
        not_later = (ParticipationItem.status == ParticipationStatus.STARTED.value) & (ParticipationItem.answered <= answered)
        self._update(campaign_id, user_id, actions, its_test & not_later)

    def share(self, participation: Participation, results: SharedResults, at: datetime) -> Participation | None:
        actions: list[Action] = [
            ParticipationItem.status.set(ParticipationStatus.SHARED.value),
            ParticipationItem.progress_percent.set(100),
            ParticipationItem.results.set(results_record(results)),
            ParticipationItem.shared_at.set(epoch_ms(at)),
            ParticipationItem.sendings.set(participation.sendings + 1),
        ]
        not_sent_since = ParticipationItem.sendings == participation.sendings
        unchanged = not_sent_since & _has_test(participation.assessment_id)
        outcome = self._update(participation.campaign_id, participation.user_id, actions, unchanged)
        return participation_of(ParticipationItem.from_raw_data(dict(outcome.attributes))) if isinstance(outcome, Applied) else None

    def page(self, campaign_id: CampaignId, wanted: ParticipantFilter, limit: int, cursor: Mapping[str, str]) -> ParticipationPage:
        after = text_of(cursor, "after") if cursor else ""
        with translated():
            shards = [_shard_by_name(campaign_id, shard, wanted, after, limit) for shard in range(SHARDS)]
            merged = heapq.merge(*shards, key=lambda item: item.class_and_name)
            items = list(islice(merged, limit + 1))
        more = len(items) > limit
        return ParticipationPage(
            tuple(participation_of(item) for item in items[:limit]), {"after": items[limit - 1].class_and_name} if more else {}
        )

    def of_shard(self, campaign_id: CampaignId, shard: int) -> Iterator[Participation]:
        with translated():
            for item in ParticipationItem.query(partition(campaign_id, shard), consistent_read=True):
                yield participation_of(item)

    def _update(self, campaign_id: CampaignId, user_id: UserId, actions: Sequence[Action], condition: Condition) -> Applied | Refused:
        """One change, counted: ``ADD`` takes a participation without a revision, as earlier versions wrote them, for one at 0."""
        counted = [*actions, ParticipationItem.revision.add(1)]
        return conditional_update(ParticipationItem, partition(campaign_id, shard_of(user_id)), user_id, counted, condition)


def _has_test(assessment_id: AssessmentId | None) -> Condition:
    """That the participation names this test, or none yet."""
    named = ParticipationItem.assessment_id
    return named.does_not_exist() if assessment_id is None else named == assessment_id


def _shard_by_name(campaign_id: CampaignId, shard: int, wanted: ParticipantFilter, after: str, limit: int) -> Iterator[ParticipationItem]:
    """One partition by class and name, from just after a place; its pages are fetched as the merge asks for them."""
    place = ParticipationItem.class_and_name
    if wanted.class_name is not None:
        first = wanted.class_name + SEPARATOR
        if after and not after.startswith(first):
            raise not_ours()
        condition: Condition | None = place.between(max(first, after), first + _HIGHEST)
    else:
        condition = place > after if after else None
    status = None if wanted.status is None else ParticipationItem.status == wanted.status.value
    found = ParticipationItem.by_class.query(
        partition(campaign_id, shard), condition, filter_condition=status, consistent_read=True, page_size=limit + 1
    )
    return (item for item in found if item.class_and_name != after)
