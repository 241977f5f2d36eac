"""A pupil's participation in a campaign: STARTED → TO_SHARE → SHARED (docs/domain.md §6).

Nothing of it but its progress reaches the teacher before the pupil sends it. The pupil's name and class are kept as they were on
the day they entered, so that results stay readable when the pupil has moved on.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType, Protocol

from jalon.campaigns.shared_results import SharedResults
from jalon.kernel.errors import ConflictError, ForbiddenError, NotFoundError
from jalon.kernel.ids import AssessmentId, CampaignId, Uai, UserId

ParticipationId = NewType("ParticipationId", str)

#: A campaign's participations are spread over this many partitions, so that a whole country may enter one.
SHARDS = 8
_PREFIX = "par_"
_PAGE = 200


class ParticipationStatus(StrEnum):
    """A collection starts at TO_SHARE: there is nothing to do first."""

    STARTED = "STARTED"
    TO_SHARE = "TO_SHARE"
    SHARED = "SHARED"


class ParticipationNotFoundError(NotFoundError):
    """The identifier is of no participation, or of one that the caller may not know of."""

    code = "participation_not_found"


class ResultsAlreadySentError(ConflictError):
    """A pupil sends the results of a campaign once, unless it is a collection that allows several sendings."""

    code = "results_already_sent"


class TestNotFinishedError(ConflictError):
    """The test still has questions; nothing can be sent yet."""

    __test__ = False  # not a test of pytest's
    code = "test_not_finished"


class CampaignOfAnotherSchoolError(ForbiddenError):
    """The account is linked with a pupil of another school, and with none of the school that made the campaign."""

    code = "campaign_of_another_school"


class NoLongerListedError(ForbiddenError):
    """The account is reconciled with a pupil whom the school's latest import no longer has."""

    code = "no_longer_listed"


@dataclass(frozen=True, slots=True)
class Participant:
    """Who takes part, as the school's list had them on the day they entered."""

    last_name: str
    first_name: str
    class_name: str


@dataclass(frozen=True, slots=True)
class Participation:
    """``answered`` counts the answers its progress was last computed from; ``sendings`` how often results were sent.

    ``revision`` grows with each change, so that of two readings the later one can be told.
    """

    campaign_id: CampaignId
    user_id: UserId
    uai: Uai
    participant: Participant
    status: ParticipationStatus
    started_at: datetime
    progress_percent: int = 0
    answered: int = 0
    assessment_id: AssessmentId | None = None
    sendings: int = 0
    shared_at: datetime | None = None
    results: SharedResults | None = None
    revision: int = 0

    @property
    def participation_id(self) -> ParticipationId:
        return participation_id(self.campaign_id, self.user_id)


@dataclass(frozen=True, slots=True)
class ParticipantFilter:
    """Which participations a teacher looks at; None means all."""

    class_name: str | None = None
    status: ParticipationStatus | None = None


@dataclass(frozen=True, slots=True)
class ParticipationPage:
    """A page, by class and name; ``cursor`` is empty on the last page."""

    participations: tuple[Participation, ...]
    cursor: Mapping[str, str]


class ParticipationStore(Protocol):
    """The ``participations`` table. Reads are consistent but for ``of_user``."""

    def create(self, participation: Participation) -> bool:
        """False, and nothing changed, when the pupil takes part already."""
        ...

    def find(self, campaign_id: CampaignId, user_id: UserId) -> Participation | None: ...

    def of_user(self, user_id: UserId, limit: int, cursor: Mapping[str, str]) -> ParticipationPage:
        """A pupil's own, latest first, a moment behind the writes."""
        ...

    def attach_assessment(self, participation: Participation, assessment_id: AssessmentId) -> Participation: ...

    def begin_again(self, participation: Participation, assessment_id: AssessmentId) -> Participation:
        """Hand the participation to another test, its progress from zero, unless results are sent or another test has it already."""
        ...

    def advance(
        self, campaign_id: CampaignId, user_id: UserId, assessment_id: AssessmentId, *, answered: int, progress_percent: int, finished: bool
    ) -> None:
        """Note the progress of this test, unless the participation has another one, later progress is noted or the results are sent.

        ``finished`` makes it TO_SHARE. A participation whose test is not attached yet takes the news of any: there is only the first.
        """
        ...

    def share(self, participation: Participation, results: SharedResults, at: datetime) -> Participation | None:
        """Keep what is sent, if nothing was sent and no other test was begun since ``participation`` was read; else None."""
        ...

    def page(self, campaign_id: CampaignId, wanted: ParticipantFilter, limit: int, cursor: Mapping[str, str]) -> ParticipationPage: ...

    def of_shard(self, campaign_id: CampaignId, shard: int) -> Iterator[Participation]:
        """Every participation of one of the campaign's partitions, as it stands."""
        ...


def participation_id(campaign_id: CampaignId, user_id: UserId) -> ParticipationId:
    """The one participation of a pupil in a campaign: its key can be read off it.

    >>> participation_id(CampaignId("cmp_0a"), UserId("usr_ff"))
    'par_0a_ff'
    """
    return ParticipationId(f"{_PREFIX}{campaign_id.removeprefix('cmp_')}_{user_id.removeprefix('usr_')}")


def key_of(identifier: str) -> tuple[CampaignId, UserId]:
    """The campaign and the pupil of a participation's id; raises :class:`ParticipationNotFoundError` if it is none."""
    campaign, separator, user = identifier.removeprefix(_PREFIX).partition("_")
    if not (identifier.startswith(_PREFIX) and separator and campaign and user):
        raise ParticipationNotFoundError("There is no such participation.")
    return CampaignId(f"cmp_{campaign}"), UserId(f"usr_{user}")


def shard_of(user_id: UserId) -> int:
    """Which of a campaign's partitions a pupil's participation lies in."""
    return zlib.crc32(user_id.encode()) % SHARDS


def all_participations(participations: ParticipationStore, campaign_id: CampaignId) -> Iterator[Participation]:
    """Every participation of a campaign by class and name, fetched page by page."""
    cursor: Mapping[str, str] = {}
    while True:
        page = participations.page(campaign_id, ParticipantFilter(), _PAGE, cursor)
        yield from page.participations
        if not page.cursor:
            return
        cursor = page.cursor


def own_participation(participations: ParticipationStore, identifier: str, user_id: UserId) -> Participation:
    """A pupil's own participation; somebody else's does not exist for them. Raises :class:`ParticipationNotFoundError`."""
    campaign_id, owner = key_of(identifier)
    participation = participations.find(campaign_id, owner) if owner == user_id else None
    if participation is None:
        raise ParticipationNotFoundError("There is no such participation.")
    return participation
