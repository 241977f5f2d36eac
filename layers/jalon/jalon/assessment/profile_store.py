"""The profiles in DynamoDB."""

import json
from collections.abc import Mapping
from datetime import datetime

from jalon.assessment.profile_entry_records import (
    pack_certifications,
    pack_parcours,
    pack_unplaced,
    unpack_certifications,
    unpack_parcours,
    unpack_unplaced,
)
from jalon.assessment.profiles import AttemptCard, StoredProfile
from jalon.assessment.state import Purpose, Status
from jalon.assessment.tables import ProfileItem, pack_scores, unpack_scores
from jalon.edge.batches import read_items
from jalon.edge.erasures import refuse_erased
from jalon.edge.tables import ConditionFailedError, translated
from jalon.kernel.clock import epoch_ms, from_epoch_ms
from jalon.kernel.ids import AssessmentId, ReleaseVersion, UserId


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
            cards=_pack_cards(profile.cards),
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
        cards=_unpack_cards(item.cards),
        resets=_unpack_instants(item.resets),
        tutorials=_unpack_instants(item.tutorials or "{}"),
        parcours=unpack_parcours(item.parcours),
        certifications=unpack_certifications(item.certifications),
        unplaced=unpack_unplaced(item.unplaced),
        updated_at=from_epoch_ms(item.updated_at) if item.updated_at else None,
    )


def _pack_cards(cards: Mapping[str, AttemptCard]) -> str:
    rows = [
        [card.assessment_id, card.purpose.value, card.subject, card.attempt, card.status.value, card.answered, epoch_ms(card.at)]
        for card in cards.values()
    ]
    return json.dumps(rows, separators=(",", ":"))


def _unpack_cards(text: str) -> dict[str, AttemptCard]:
    cards = {}
    for assessment_id, purpose, subject, attempt, status, answered, at in json.loads(text):
        card = AttemptCard(AssessmentId(assessment_id), Purpose(purpose), subject, attempt, Status(status), answered, from_epoch_ms(at))
        cards[card.key] = card
    return cards


def _pack_instants(instants: Mapping[str, datetime]) -> str:
    return json.dumps({name: epoch_ms(at) for name, at in instants.items()}, separators=(",", ":"))


def _unpack_instants(text: str) -> dict[str, datetime]:
    return {name: from_epoch_ms(at) for name, at in json.loads(text).items()}
