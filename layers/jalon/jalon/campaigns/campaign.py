"""Campaigns (docs/domain.md §6): a school asks its pupils to take a target profile's test, or to show their profile.

A campaign is entered with its code: six letters and three digits, unique in the country.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from jalon.kernel.errors import ConflictError, GoneError, InvalidInputError, NotFoundError
from jalon.kernel.ids import CampaignCode, CampaignId, IdSource, Uai, UserId

#: No vowel, so that no word appears; no look-alikes, since codes are written on boards.
_LETTERS = "BCDFGHJKMPQRTVWXY"
_DIGITS = "2346789"
#: What else is read for them: the place says whether a letter or a digit was meant.
_MEANT_AS_LETTER = str.maketrans("86", "BG")
_MEANT_AS_DIGIT = str.maketrans("BGZ", "862")


class CampaignType(StrEnum):
    ASSESSMENT = "assessment"
    PROFILE_COLLECTION = "profile_collection"


class CampaignInvalidError(InvalidInputError):
    """The name is empty or too long, or the campaign's kind does not take what is asked with it; ``errors`` names each field."""

    code = "campaign_invalid"


class CampaignNotFoundError(NotFoundError):
    """The identifier is of no campaign, or of another school's."""

    code = "campaign_not_found"


class CampaignCodeUnknownError(NotFoundError):
    """What was typed is not a campaign's code, or no campaign has it."""

    code = "campaign_code_unknown"


class CampaignArchivedError(GoneError):
    """The campaign was archived: nobody enters it any more, and no results are sent."""

    code = "campaign_archived"


class NoCodeLeftError(ConflictError):
    """Every code that was drawn for the campaign belongs to another one; no campaign was made."""

    code = "no_code_left"


@dataclass(frozen=True, slots=True)
class Parcours:
    """What a campaign keeps of the target profile made to measure that it rests on: its name, and the ceiling of each topic (tube)."""

    name: str
    ceilings: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as its item holds it; ``target_profile_id`` belongs to assessments, ``multiple_sendings`` to collections.

    ``parcours`` is None where the target profile is one of the learning content's own.
    """

    campaign_id: CampaignId
    uai: Uai
    type: CampaignType
    name: str
    code: CampaignCode
    created_by: UserId
    created_at: datetime
    target_profile_id: str | None = None
    multiple_sendings: bool = False
    archived_at: datetime | None = None
    parcours: Parcours | None = None


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """A page of a school's campaigns, latest first; ``cursor`` is empty on the last page."""

    campaigns: tuple[Campaign, ...]
    cursor: Mapping[str, str]


class CampaignStore(Protocol):
    """The tables ``campaigns`` and ``campaign_by_code``."""

    def create(self, campaign: Campaign) -> bool:
        """Write the campaign and claim its code, both or neither; False when the code is taken."""
        ...

    def find(self, campaign_id: CampaignId) -> Campaign | None: ...

    def find_many(self, campaign_ids: Iterable[CampaignId]) -> Mapping[CampaignId, Campaign]:
        """Those of the campaigns that exist, in few requests."""
        ...

    def by_code(self, code: CampaignCode) -> Campaign | None: ...

    def of_school(self, uai: Uai, limit: int, cursor: Mapping[str, str]) -> CampaignPage: ...

    def archive(self, campaign_id: CampaignId, at: datetime) -> Campaign | None:
        """Archive unless it is archived already; the campaign as it now stands."""
        ...


def new_code(ids: IdSource) -> CampaignCode:
    """A code that may be taken: the store's claim tells."""
    return CampaignCode(ids.pick(_LETTERS, 6) + ids.pick(_DIGITS, 3))


def parse_code(text: str) -> CampaignCode:
    """A code from what someone typed or pasted, whatever its case, width and separators; a text that is no code is an unknown one.

    A look-alike is read by its place: an 8 among the letters is a B, a G among the digits a 6.

    >>> parse_code("bcdfgh-234"), parse_code("8CDF6H « Z34 »")
    ('BCDFGH234', 'BCDFGH234')
    """
    typed = "".join(symbol for symbol in unicodedata.normalize("NFKC", text).upper() if symbol.isalnum())
    code = typed[:6].translate(_MEANT_AS_LETTER) + typed[6:].translate(_MEANT_AS_DIGIT)
    if not (len(code) == 9 and code.isascii() and code[:6].isalpha() and code[6:].isdigit()):
        raise CampaignCodeUnknownError("A campaign's code is six letters and three digits; check what you typed.")
    return CampaignCode(code)


def campaign_of_school(campaigns: CampaignStore, uai: Uai, campaign_id: CampaignId) -> Campaign:
    """A school's campaign; another school's does not exist for this one. Raises :class:`CampaignNotFoundError`."""
    campaign = campaigns.find(campaign_id)
    if campaign is None or campaign.uai != uai:
        raise CampaignNotFoundError("This school has no such campaign.", campaign_id=campaign_id)
    return campaign
