"""Create a campaign and claim its code (docs/domain.md §6)."""

from dataclasses import dataclass

from engine.content import Release
from jalon.assessment.releases import Releases
from jalon.campaigns.campaign import (
    Campaign,
    CampaignInvalidError,
    CampaignStore,
    CampaignType,
    NoCodeLeftError,
    Parcours,
    new_code,
)
from jalon.campaigns.made_to_measure import MadeToMeasure, TargetProfileId, TargetProfileStore
from jalon.kernel.clock import Clock
from jalon.kernel.errors import Violation
from jalon.kernel.ids import CampaignId, IdSource, Uai, UserId
from jalon.kernel.titles import title_of, wrong_title

#: Of eight billion codes a few million are taken: even two collisions in a row are a one-in-a-million event.
_TRIES = 5
_WHERE = "GET /v1/target-profiles and GET /v1/organisations/{uai}/target-profiles"


@dataclass(frozen=True, slots=True)
class CreateCampaign:
    """``multiple_sendings`` is on by default for a collection, and has no meaning for an assessment."""

    uai: Uai
    created_by: UserId
    type: CampaignType
    name: str
    target_profile_id: str | None = None
    multiple_sendings: bool | None = None


def create_campaign(
    campaigns: CampaignStore, profiles: TargetProfileStore, releases: Releases, ids: IdSource, clock: Clock, command: CreateCampaign
) -> Campaign:
    """The campaign under a code that no other has. Its target profile is one of the current content's, or one the school made.

    Raises :class:`~jalon.campaigns.campaign.CampaignInvalidError` naming every field, and
    :class:`~jalon.campaigns.campaign.NoCodeLeftError` if code after code is taken.
    """
    parcours, violations = _parcours(profiles, releases, command)
    violations = (*_violations(command), *violations)
    if violations:
        raise CampaignInvalidError("This campaign cannot be created as asked.", violations)
    collection = command.type is CampaignType.PROFILE_COLLECTION
    for _ in range(_TRIES):
        campaign = Campaign(
            campaign_id=CampaignId(ids.new("cmp")),
            uai=command.uai,
            type=command.type,
            name=title_of(command.name),
            code=new_code(ids),
            created_by=command.created_by,
            created_at=clock.now(),
            target_profile_id=command.target_profile_id,
            multiple_sendings=collection and command.multiple_sendings is not False,
            parcours=parcours,
        )
        if campaigns.create(campaign):
            return campaign
    raise NoCodeLeftError("No free code was found; send the request again.")


def _violations(command: CreateCampaign) -> tuple[Violation, ...]:
    violations = wrong_title(command.name)
    if command.type is CampaignType.ASSESSMENT and command.multiple_sendings:
        violations += (Violation("/multiple_sendings", "The results of an assessment are sent once.", "superfluous"),)
    return violations


def _parcours(profiles: TargetProfileStore, releases: Releases, command: CreateCampaign) -> tuple[Parcours | None, tuple[Violation, ...]]:
    """What the campaign keeps of a profile made to measure, and what is wrong with the profile asked for."""
    wanted = command.target_profile_id
    if command.type is CampaignType.PROFILE_COLLECTION:
        return None, () if wanted is None else _wrong_profile("A profile collection has no target profile.", "superfluous")
    if wanted is None:
        return None, _wrong_profile(f"An assessment needs a target profile; see {_WHERE}.", "required")
    release = releases.current()
    if wanted in {profile.id for profile in release.target_profiles}:
        return None, ()
    return _made_to_measure(profiles.find(command.uai, TargetProfileId(wanted)), release)


def _made_to_measure(made: MadeToMeasure | None, release: Release) -> tuple[Parcours | None, tuple[Violation, ...]]:
    if made is None:
        return None, _wrong_profile(f"There is no such target profile; see {_WHERE}.", "unknown")
    if made.withdrawn_at is not None:
        return None, _wrong_profile("The school has withdrawn this target profile; choose or make another.", "withdrawn")
    if not release.skills_within(made.ceilings):
        return None, _wrong_profile("The current content holds none of this target profile's topics any more; make another.", "empty")
    return Parcours(made.name, made.ceilings), ()


def _wrong_profile(detail: str, code: str) -> tuple[Violation, ...]:
    return (Violation("/target_profile_id", detail, code),)
