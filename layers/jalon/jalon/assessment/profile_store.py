"""The profiles in DynamoDB."""

import json
from collections.abc import Mapping
from datetime import datetime

from jalon.assessment.profile_entry_records import (
    pack_cards,
    pack_certifications,
    pack_parcours,
    pack_unplaced,
    unpack_cards,
    unpack_certifications,
    unpack_parcours,
    unpack_text_cards,
    unpack_unplaced,
)
from jalon.assessment.profiles import StoredProfile, kept_cards
from jalon.assessment.tables import ProfileItem, pack_scores, unpack_scores
from jalon.edge.batches import read_items
from jalon.edge.erasures import refuse_erased
from jalon.edge.tables import ConditionFailedError, translated
from jalon.kernel.clock import epoch_ms, from_epoch_ms
from jalon.kernel.ids import ReleaseVersion, UserId


class DynamoProfiles:
    """A :class:`~jalon.assessment.profiles.ProfileStore` on the bound table."""

    def get(self, user_id: UserId) -> StoredProfile | None:
        with translated():
            try:
                return _profile(ProfileItem.get(user_id, consistent_read=True))
            except ProfileItem.DoesNotExist:
                return None

    def get_many(self, user_ids: list[UserId]) -> dict[UserId, StoredProfile]:
        profiles = map(_profile, read_items(ProfileItem, user_ids, consistent=False))
        return {profile.user_id: profile for profile in profiles}

    def put(self, profile: StoredProfile, *, expected_version: int) -> bool:
        if not expected_version:
            refuse_erased(profile.user_id)
        item = ProfileItem(
            profile.user_id,
            version=profile.version,
            release=profile.release,
            knowledge=profile.knowledge,
            pix=profile.pix,
            competences=pack_scores(profile.competences),
            attempts=pack_cards(profile.cards.values()),
            resets=_pack_instants(profile.resets),
            tutorials=_pack_instants(profile.tutorials) if profile.tutorials else None,
            parcours=pack_parcours(profile.parcours.values()),
            certifications=pack_certifications(profile.certifications.values()),
            unplaced=pack_unplaced(profile.unplaced),
            updated_at=epoch_ms(profile.updated_at) if profile.updated_at else None,
        )
        unchanged = ProfileItem.version == expected_version if expected_version else ProfileItem.user_id.does_not_exist()
        try:
            with translated():
                item.save(condition=unchanged)
        except ConditionFailedError:
            return False
        return True


def _profile(item: ProfileItem) -> StoredProfile:
    return StoredProfile(
        user_id=UserId(item.user_id),
        version=int(item.version),
        release=ReleaseVersion(item.release),
        knowledge=item.knowledge,
        pix=int(item.pix),
        competences=unpack_scores(item.competences),
        cards=kept_cards(unpack_text_cards(item.cards).values()) if item.cards else unpack_cards(item.attempts),
        resets=_unpack_instants(item.resets),
        tutorials=_unpack_instants(item.tutorials or "{}"),
        parcours=unpack_parcours(item.parcours),
        certifications=unpack_certifications(item.certifications),
        unplaced=unpack_unplaced(item.unplaced),
        updated_at=from_epoch_ms(item.updated_at) if item.updated_at else None,
    )


def _pack_instants(instants: Mapping[str, datetime]) -> str:
    return json.dumps({name: epoch_ms(at) for name, at in instants.items()}, separators=(",", ":"))


def _unpack_instants(text: str) -> dict[str, datetime]:
    return {name: from_epoch_ms(at) for name, at in json.loads(text).items()}
