"""The campaigns and target profiles that a person made, in DynamoDB."""

from collections.abc import Iterator

from jalon.accounts.acts import Act, ActKind
from jalon.campaigns.tables import CampaignItem, TargetProfileItem
from jalon.edge.tables import translated
from jalon.kernel.clock import from_epoch_ms
from jalon.kernel.ids import Uai, UserId

MODELS = (CampaignItem, TargetProfileItem)


def acts_of(user_id: UserId) -> Iterator[Act]:
    """Archived and withdrawn ones too."""
    with translated():
        for made in CampaignItem.by_author.query(user_id):
            yield Act(ActKind.CAMPAIGN, Uai(made.uai), from_epoch_ms(made.created_at), made.campaign_id, made.name)
        for profile in TargetProfileItem.by_author.query(user_id):
            yield Act(ActKind.TARGET_PROFILE, Uai(profile.uai), from_epoch_ms(profile.created_at), profile.profile_id, profile.name)
