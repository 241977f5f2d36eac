"""Bring a user's profile up to date with their assessments.

The merge keeps, of each skill, the greatest element by (instant, direct, validated), whether the current release has the skill or not,
and, of each slot, the greatest card by (attempt, answers, status, instant): it gives the same profile in whatever order assessments and
their images come, however often, and whichever releases are current meanwhile. So the projection is idempotent, asks of the stream no
order that it does not give, and can be rebuilt at any time. An image holds every answer before it, so that of the images of one
assessment that come together the last one is enough, and those that change nothing of the profile may be left out.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from engine.content import Release
from engine.knowledge import Element, Knowledge, elements_of
from engine.scoring import profile_of
from jalon.assessment.change_profile import FULL_JITTER, Pause, change_profile
from jalon.assessment.placing import Resets, Unplaced, left_out, merge, merge_unplaced, remembered
from jalon.assessment.profile_entries import Entries
from jalon.assessment.profiles import AttemptCard, ProfileStore, StoredProfile, UserProfile, kept_cards
from jalon.assessment.read_profile import opened, packed
from jalon.assessment.releases import Releases
from jalon.assessment.state import AssessmentState, Status
from jalon.kernel.ids import UserId

_STATUS_RANK = {Status.STARTED: 0, Status.COMPLETED: 1, Status.ENDED: 1}


def project_profile(
    profiles: ProfileStore, releases: Releases, state: AssessmentState, *others: AssessmentState, pause: Pause = FULL_JITTER
) -> StoredProfile:
    """Merge assessments of one user into their profile and store it, unless they bring nothing new; the profile as stored.

    One read and at most one write, however many they are. Raises :class:`~jalon.assessment.change_profile.ProfileBusyError`.
    """

    def with_them(before: StoredProfile | None) -> StoredProfile:
        return merged(before, releases, state.user_id, [state, *others])

    after, _ = change_profile(profiles, state.user_id, with_them, pause=pause)
    return after


def changes_profile(state: AssessmentState) -> bool:
    """False for the image of a test under way that brings no knowledge, once it has an answer: its profile need not be read.

    Its card came with its first image and stays the same until the test is over; whose first image was lost gets it then, or by
    rebuilding.
    """
    return state.purpose.enriches_profile or not state.is_live or not state.answers


def merged(
    before: StoredProfile | None,
    releases: Releases,
    user_id: UserId,
    states: Iterable[AssessmentState],
    *,
    afresh: Entries | None = None,
) -> StoredProfile:
    """The profile with these assessments in it, in the current release; equal to ``before`` when they bring nothing new.

    ``afresh`` (its entries) makes it from nothing but what is given here, the resets and the saved tutorials.
    """
    profile = opened(before, releases, user_id)
    if afresh is not None:
        profile = replace(
            profile, knowledge=Knowledge.of(), unplaced={}, cards={}, parcours=afresh.parcours, certifications=afresh.certifications
        )
    after = packed(with_assessments(profile, releases, states))
    return before if before is not None and replace(after, updated_at=before.updated_at) == before else after


def with_assessments(profile: UserProfile, releases: Releases, states: Iterable[AssessmentState]) -> UserProfile:
    """The profile with these of its user's assessments merged in, in its own release; its ``version`` stays.

    What the profile holds already changes nothing, and what a reset has made forgotten does not come back.
    """
    release = releases.pinned(profile.release)
    knowledge, unplaced, cards, updated_at = profile.knowledge, profile.unplaced, dict(profile.cards), profile.updated_at
    for state in states:
        placed, left = brought_by(releases, release, state, profile.resets)
        knowledge, unplaced = merge(knowledge, placed), merge_unplaced(unplaced, left)
        card = card_of(state)
        cards[card.key] = max(cards.get(card.key, card), card, key=_card_rank)
        updated_at = max(updated_at or card.at, card.at)
    scores = profile_of(release, knowledge)
    kept = kept_cards(cards.values())
    return replace(profile, knowledge=knowledge, unplaced=unplaced, scores=scores, cards=kept, updated_at=updated_at)


def brought_by(releases: Releases, release: Release, state: AssessmentState, resets: Resets) -> tuple[list[Element], list[Unplaced]]:
    """The elements that an assessment's answers brought and no reset has made forgotten: those in the positions of ``release``, and
    those of skills that it does not have.
    """
    if not state.purpose.enriches_profile or not state.answers:
        return [], []
    pinned = releases.outline(state.release)
    elements = elements_of(pinned, state.target, Knowledge.unpack(state.knowledge_at_start), state.answers)
    if pinned.version == release.version:
        return remembered(release, elements, resets, state), []
    placed = Knowledge.of(elements).moved(pinned, release)
    return remembered(release, placed, resets, state), left_out(remembered(pinned, elements, resets, state), pinned, release)


def card_of(state: AssessmentState) -> AttemptCard:
    """The assessment as a card; one under way that brings no knowledge has the same from its beginning to its end."""
    follows = state.purpose.enriches_profile or not state.is_live
    answered, at = (len(state.answers), state.updated_at) if follows else (0, state.started_at)
    return AttemptCard(state.assessment_id, state.purpose, state.subject, state.attempt, state.status, answered, at)


def _card_rank(card: AttemptCard) -> tuple[int, int, int, datetime]:
    """Another device, or a longer deadline, changes a test without an answer: the instant tells which image is later."""
    return card.attempt, card.answered, _STATUS_RANK[card.status], card.at
