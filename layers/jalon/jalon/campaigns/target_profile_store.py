"""A school's own target profiles in DynamoDB."""

from collections.abc import Mapping
from datetime import datetime

from pynamodb.exceptions import DoesNotExist

from jalon.campaigns.made_to_measure import MadeToMeasure, MadeToMeasurePage, TargetProfileId
from jalon.campaigns.tables import TargetProfileItem
from jalon.edge.tables import conditional_update, translated
from jalon.kernel.clock import epoch_ms, from_epoch_ms
from jalon.kernel.cursors import number_of, text_of
from jalon.kernel.ids import Uai, UserId


class DynamoTargetProfiles:
    """A :class:`~jalon.campaigns.made_to_measure.TargetProfileStore`."""

    def create(self, profile: MadeToMeasure) -> None:
        item = TargetProfileItem(
            profile.uai,
            profile.profile_id,
            name=profile.name,
            ceilings=dict(profile.ceilings),
            created_by=profile.created_by,
            created_at=epoch_ms(profile.created_at),
        )
        with translated():
            item.save(condition=TargetProfileItem.profile_id.does_not_exist())

    def find(self, uai: Uai, profile_id: TargetProfileId) -> MadeToMeasure | None:
        try:
            with translated():
                return _profile(TargetProfileItem.get(uai, profile_id, consistent_read=True))
        except DoesNotExist:
            return None

    def of_school(self, uai: Uai, limit: int, cursor: Mapping[str, str]) -> MadeToMeasurePage:
        with translated():
            found = TargetProfileItem.by_date.query(
                uai, scan_index_forward=False, limit=limit, last_evaluated_key=_start(uai, cursor), consistent_read=True
            )
            profiles = tuple(_profile(item) for item in found)
        last = found.last_evaluated_key
        return MadeToMeasurePage(profiles, {"id": last["profile_id"]["S"], "at": last["created_at"]["N"]} if last else {})

    def withdraw(self, uai: Uai, profile_id: TargetProfileId, at: datetime) -> MadeToMeasure | None:
        conditional_update(
            TargetProfileItem,
            uai,
            profile_id,
            [TargetProfileItem.withdrawn_at.set(epoch_ms(at))],
            TargetProfileItem.profile_id.exists() & TargetProfileItem.withdrawn_at.does_not_exist(),
        )
        return self.find(uai, profile_id)


def _start(uai: Uai, cursor: Mapping[str, str]) -> dict[str, dict[str, str]] | None:
    if not cursor:
        return None
    return {"uai": {"S": uai}, "profile_id": {"S": text_of(cursor, "id")}, "created_at": {"N": number_of(cursor, "at")}}


def _profile(item: TargetProfileItem) -> MadeToMeasure:
    return MadeToMeasure(
        profile_id=TargetProfileId(item.profile_id),
        uai=Uai(item.uai),
        name=item.name,
        ceilings={tube: int(level) for tube, level in item.ceilings.items()},
        created_by=UserId(item.created_by),
        created_at=from_epoch_ms(item.created_at),
        withdrawn_at=None if item.withdrawn_at is None else from_epoch_ms(item.withdrawn_at),
    )
