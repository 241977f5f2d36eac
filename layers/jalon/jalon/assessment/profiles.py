"""A user's profile: what they know, their pix and their levels, kept up to date from their assessments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from engine.knowledge import Knowledge
from engine.scoring import CompetenceScore, Profile
from jalon.assessment.placing import UnplacedById
from jalon.assessment.profile_entries import CertificationEntry, ParcoursEntry
from jalon.assessment.state import Purpose, Status, slot_key
from jalon.kernel.ids import AssessmentId, ReleaseVersion, UserId

#: Of the tests that are not a competence's. A card takes about 50 bytes of the item, which is written whole at each change.
MOST_CARDS = 200


@dataclass(frozen=True, slots=True)
class AttemptCard:
    """The latest attempt of one slot, as the pupil's home page shows it (a slot that was never filled has none).

    ``answered`` is how many answers it has and ``at`` its latest change; of a test under way that brings no knowledge they stay 0 and its
    beginning, since its answers change nothing of a profile (:func:`jalon.assessment.project_profile.card_of`).
    """

    assessment_id: AssessmentId
    purpose: Purpose
    subject: str
    attempt: int
    status: Status
    answered: int
    at: datetime

    @property
    def key(self) -> str:
        """The key of its slot among the user's cards."""
        return slot_key(self.purpose, self.subject)

    @property
    def follows_answers(self) -> bool:
        """Whether ``answered`` and ``at`` say how far the test is."""
        return self.purpose.enriches_profile or self.status is not Status.STARTED

    @property
    def asked_nothing(self) -> bool:
        """As of :attr:`AssessmentState.asked_nothing <jalon.assessment.state.AssessmentState.asked_nothing>`."""
        return self.status is Status.COMPLETED and not self.answered


def kept_cards(cards: Iterable[AttemptCard]) -> dict[str, AttemptCard]:
    """The cards that a profile keeps, by key: every competence's and, of the other tests, the :data:`MOST_CARDS` that changed last.

    A slot's card only ever changes for a later one, so what fell out once stays out, in whatever order the images of the tests come.
    """
    by_key = {card.key: card for card in cards}
    others = (card for card in by_key.values() if card.purpose is not Purpose.COMPETENCE)
    latest = {card.key for card in sorted(others, key=lambda card: (card.at, card.key), reverse=True)[:MOST_CARDS]}
    return {key: card for key, card in by_key.items() if card.purpose is Purpose.COMPETENCE or key in latest}


@dataclass(frozen=True, slots=True)
class UserProfile:
    """The profile of one user.

    ``version`` grows with every change (0: the user has answered nothing yet); ``knowledge`` is in the skill indices of
    ``release``, ``unplaced`` what is known of skills that this one does not have; ``resets`` tells per competence up to which instant what
    was known is forgotten; ``tutorials`` are those the user saved, by id, with the instant; ``parcours`` and ``certifications`` the
    user's participations and certifications, by id.
    """

    user_id: UserId
    version: int
    release: ReleaseVersion
    knowledge: Knowledge
    scores: Profile
    cards: Mapping[str, AttemptCard] = field(default_factory=dict)
    resets: Mapping[str, datetime] = field(default_factory=dict)
    updated_at: datetime | None = None
    tutorials: Mapping[str, datetime] = field(default_factory=dict)
    parcours: Mapping[str, ParcoursEntry] = field(default_factory=dict)
    certifications: Mapping[str, CertificationEntry] = field(default_factory=dict)
    unplaced: UnplacedById = field(default_factory=dict)

    def card(self, purpose: Purpose, subject: str) -> AttemptCard | None:
        """The latest attempt of this slot, None where there is none."""
        return self.cards.get(slot_key(purpose, subject))


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """The profile's item: the knowledge still packed, since few readers need it open."""

    user_id: UserId
    version: int
    release: ReleaseVersion
    knowledge: bytes
    pix: int
    competences: Mapping[str, CompetenceScore]
    cards: Mapping[str, AttemptCard]
    resets: Mapping[str, datetime]
    updated_at: datetime | None
    tutorials: Mapping[str, datetime] = field(default_factory=dict)
    parcours: Mapping[str, ParcoursEntry] = field(default_factory=dict)
    certifications: Mapping[str, CertificationEntry] = field(default_factory=dict)
    unplaced: UnplacedById = field(default_factory=dict)


class ProfileStore(Protocol):
    """The profiles, written under optimistic locking by ``version``."""

    def get(self, user_id: UserId) -> StoredProfile | None:
        """The profile as last projected, or None."""
        ...

    def get_many(self, user_ids: list[UserId]) -> dict[UserId, StoredProfile]:
        """The profiles that exist among these users', by user (in batches of 100 reads)."""
        ...

    def put(self, profile: StoredProfile, *, expected_version: int) -> bool:
        """Write if the stored version is still ``expected_version`` (0: none stored); False otherwise."""
        ...
