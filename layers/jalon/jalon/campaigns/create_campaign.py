"""Create a campaign and claim its code (docs/domain.md §6)."""

from dataclasses import dataclass

from engine.errors import UnknownReferenceError
from jalon.assessment.releases import Releases
from jalon.campaigns.campaign import (
    NAME_MAX_LENGTH,
    Campaign,
    CampaignInvalidError,
    CampaignStore,
    CampaignType,
    NoCodeLeftError,
    new_code,
)
from jalon.kernel.clock import Clock
from jalon.kernel.errors import Violation
from jalon.kernel.ids import CampaignId, IdSource, Uai, UserId

#: Of eight billion codes a few million are taken: even two collisions in a row are a one-in-a-million event.
_TRIES = 5


@dataclass(frozen=True, slots=True)
class CreateCampaign:
    """``multiple_sendings`` is on by default for a collection, and has no meaning for an assessment."""

    uai: Uai
    created_by: UserId
    type: CampaignType
    name: str
    target_profile_id: str | None = None
    multiple_sendings: bool | None = None


def create_campaign(campaigns: CampaignStore, releases: Releases, ids: IdSource, clock: Clock, command: CreateCampaign) -> Campaign:
    """The campaign under a code that no other has.

    Raises :class:`~jalon.campaigns.campaign.CampaignInvalidError` naming every field, and
    :class:`~jalon.campaigns.campaign.NoCodeLeftError` if code after code is taken.
    """
    violations = _violations(releases, command)
    if violations:
        raise CampaignInvalidError("This campaign cannot be created as asked.", violations)
    collection = command.type is CampaignType.PROFILE_COLLECTION
    for _ in range(_TRIES):
        campaign = Campaign(
            campaign_id=CampaignId(ids.new("cmp")),
            uai=command.uai,
            type=command.type,
            name=" ".join(command.name.split()),
            code=new_code(ids),
            created_by=command.created_by,
            created_at=clock.now(),
            target_profile_id=command.target_profile_id,
            multiple_sendings=collection and command.multiple_sendings is not False,
        )
        if campaigns.create(campaign):
            return campaign
    raise NoCodeLeftError("No free code was found; send the request again.")


def _violations(releases: Releases, command: CreateCampaign) -> tuple[Violation, ...]:
    violations = []
    if not 0 < len(" ".join(command.name.split())) <= NAME_MAX_LENGTH:
        violations.append(Violation("/name", f"A name has 1 to {NAME_MAX_LENGTH} characters.", "name"))
    if command.type is CampaignType.PROFILE_COLLECTION:
        if command.target_profile_id is not None:
            violations.append(Violation("/target_profile_id", "A profile collection has no target profile.", "superfluous"))
        return tuple(violations)
    if command.multiple_sendings:
        violations.append(Violation("/multiple_sendings", "The results of an assessment are sent once.", "superfluous"))
    if command.target_profile_id is None:
        violations.append(Violation("/target_profile_id", "An assessment needs a target profile; see GET /v1/target-profiles.", "required"))
    elif not _exists(releases, command.target_profile_id):
        violations.append(Violation("/target_profile_id", "There is no such target profile; see GET /v1/target-profiles.", "unknown"))
    return tuple(violations)


def _exists(releases: Releases, target_profile_id: str) -> bool:
    try:
        releases.current().target_profile(target_profile_id)
    except UnknownReferenceError:
        return False
    return True
