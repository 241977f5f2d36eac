"""Start or resume a positioning or discovery test."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.chance import Chance
from engine.content import Release
from engine.errors import UnknownReferenceError
from engine.knowledge import Knowledge, days_to_improve
from engine.packing import Question
from jalon.assessment.errors import CompetenceNotFoundError, NothingToImproveError, TargetProfileNotFoundError, TooEarlyToImproveError
from jalon.assessment.fresh_profile import fresh_profile
from jalon.assessment.improving import competence_target, days_before_asking
from jalon.assessment.open_attempt import NewAssessment, open_attempt, open_first_attempt
from jalon.assessment.profiles import ProfileStore
from jalon.assessment.releases import Releases
from jalon.assessment.reset_competence import END_REASON
from jalon.assessment.state import AssessmentState, Purpose, Slot
from jalon.assessment.store import AssessmentStore
from jalon.kernel.clock import Clock
from jalon.kernel.ids import IdSource, ReleaseVersion, UserId

DEFAULT_LOCALE = "fr-FR"


@dataclass(frozen=True, slots=True)
class StartAssessment:
    """Who takes which test.

    ``subject`` is a competence code, a participation id or, for a discovery test, the id of its target profile; a campaign
    names its ``target_profile_id`` beside, or, made to measure, its ``ceilings``: the highest level of each tube. ``improve`` begins a
    new attempt at a finished competence.
    """

    user_id: UserId
    purpose: Purpose
    subject: str
    locale: str = DEFAULT_LOCALE
    target_profile_id: str | None = None
    ceilings: Mapping[str, int] | None = None
    improve: bool = False


def start_assessment(
    *,
    store: AssessmentStore,
    profiles: ProfileStore,
    releases: Releases,
    clock: Clock,
    ids: IdSource,
    command: StartAssessment,
) -> AssessmentState:
    """The live assessment of this user, purpose and subject: resumed where it stopped, else begun on the current release.

    A finished one is returned as it is (look at ``status``), unless ``improve`` asks for another attempt. Repeating the
    request, even at the same moment from two devices, gives the same assessment.

    Raises CompetenceNotFoundError, TargetProfileNotFoundError, TooEarlyToImproveError (4 days, docs/domain.md §3), NothingToImproveError.
    """
    slot = Slot(command.user_id, command.purpose, command.subject)

    def make() -> NewAssessment:
        return _begin(store, profiles, releases, clock, command)

    state = open_first_attempt(store, clock, ids, slot, make)
    if state.is_live or not (_was_reset(profiles, state) or (command.improve and _may_improve(state, clock))):
        return state
    return open_attempt(store, clock, ids, slot, state.attempt + 1, make)


def _was_reset(profiles: ProfileStore, state: AssessmentState) -> bool:
    """Whether the competence of this finished attempt was reset since, so that it begins afresh."""
    if state.purpose is not Purpose.COMPETENCE:
        return False
    profile = profiles.get(state.user_id)
    reset_at = profile.resets.get(state.subject) if profile else None
    return state.end_reason == END_REASON or (reset_at is not None and reset_at >= state.updated_at)


def _may_improve(state: AssessmentState, clock: Clock) -> bool:
    """True, or TooEarlyToImproveError within the delay. Source: docs/domain.md §3."""
    days = days_to_improve(int(state.updated_at.timestamp()), int(clock.now().timestamp()))
    if days > 0:
        raise TooEarlyToImproveError("A finished test can be taken again 4 days after its end.", days_remaining=days)
    return True


def _begin(store: AssessmentStore, profiles: ProfileStore, releases: Releases, clock: Clock, command: StartAssessment) -> NewAssessment:
    """What the test begins with; all that its user has answered so far counts, projected or not."""
    release = releases.current()
    target = _target(release, command)
    version = ReleaseVersion(release.version)
    if command.purpose is Purpose.DISCOVERY:
        questions = draw_discovery_questions(release, target, command.locale, command.user_id)
        return NewAssessment(release=version, locale=command.locale, target=target, questions=questions)
    profile = fresh_profile(store, profiles, releases, command.user_id)
    knowledge = profile.knowledge.within(_touched(release, target))
    if command.improve:
        _refuse_in_vain(knowledge, target, clock)
        knowledge = knowledge.for_improving(int(clock.now().timestamp()))
    return NewAssessment(
        release=version,
        locale=command.locale,
        target=target,
        knowledge_at_start=knowledge.pack(),
        profile_at_start=profile.scores.competences,
    )


def _refuse_in_vain(knowledge: Knowledge, target: tuple[int, ...], clock: Clock) -> None:
    """Refuse another attempt that would have no question to ask, before anything of it is made."""
    days = days_before_asking(knowledge, target, clock.now())
    if days is None:
        raise NothingToImproveError("Every skill of this test is validated; there is nothing to improve.")
    if days > 0:
        raise TooEarlyToImproveError("What is left to improve was answered less than 4 days ago.", days_remaining=days)


def _target(release: Release, command: StartAssessment) -> tuple[int, ...]:
    """The skills this test may ask about, within the levels that pupils can reach."""
    if command.purpose is Purpose.COMPETENCE:
        try:
            return competence_target(release, command.subject)
        except UnknownReferenceError:
            raise CompetenceNotFoundError("There is no such competence; see GET /v1/me/profile for the list.") from None
    if command.ceilings is not None:
        return _made_to_measure(release, command.ceilings)
    try:
        return release.target_profile(command.target_profile_id or command.subject).skills
    except UnknownReferenceError:
        raise TargetProfileNotFoundError("There is no such target profile in the current learning content.") from None


def _made_to_measure(release: Release, ceilings: Mapping[str, int]) -> tuple[int, ...]:
    skills = release.skills_within(ceilings)
    if not skills:
        raise TargetProfileNotFoundError("The current learning content holds none of this target profile's topics any more.")
    return skills


def _touched(release: Release, target: tuple[int, ...]) -> frozenset[int]:
    """Every skill of the competences a target touches: what is needed to score those competences from the item alone."""
    codes = {release.skills[index].competence for index in target}
    return frozenset(index for code in codes for index in release.competence_skills(code))


def draw_discovery_questions(release: Release, target: tuple[int, ...], locale: str, seed: str) -> tuple[Question, ...]:
    """One question for each skill of a discovery test, in its order; a skill with nothing in this locale is passed over."""
    questions = []
    for skill_index in target:
        playable = release.playable_challenges(skill_index, locale)
        if playable:
            variants = len(release.challenges[playable[0]].variants)
            variant = Chance(seed.encode(), "discovery", skill_index).below(variants)
            questions.append(Question(playable[0], variant))
    return tuple(questions)
