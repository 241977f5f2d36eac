"""Start or resume a positioning or discovery test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.content import Release
from engine.knowledge import Knowledge
from engine.positioning import deliberate
from jalon.assessment.errors import NothingToAskError, NothingToImproveError, TooEarlyToImproveError
from jalon.assessment.fresh_profile import fresh_profile
from jalon.assessment.improving import days_before_asking, days_before_improving
from jalon.assessment.offer import draw_discovery_questions, offered_locale, target_of_campaign, target_of_competence, target_of_discovery
from jalon.assessment.open_attempt import NewAssessment, open_attempt, open_latest_attempt
from jalon.assessment.profiles import ProfileStore
from jalon.assessment.releases import Releases
from jalon.assessment.state import AssessmentState, EndReason, Purpose, Slot
from jalon.assessment.store import AssessmentStore, Attempt
from jalon.kernel.clock import Clock
from jalon.kernel.ids import IdSource, ReleaseVersion, UserId


@dataclass(frozen=True, slots=True)
class StartAssessment:
    """Who takes which test.

    ``subject`` is a competence code, a participation id or, for a discovery test, the id of its target profile; a campaign
    names its ``target_profile_id`` beside, or, made to measure, its ``ceilings``: the highest level of each tube. ``improve`` begins a
    new attempt at a finished competence. ``locale`` is that of a new test, by default that of the attempt before, else
    :data:`~jalon.assessment.offer.DEFAULT_LOCALE`.
    """

    user_id: UserId
    purpose: Purpose
    subject: str
    locale: str | None = None
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
    request, even at the same moment from two devices, gives the same assessment. Whatever is refused leaves nothing behind.

    Raises CompetenceNotFoundError, TargetProfileNotFoundError, NotADiscoveryTestError, LocaleNotOfferedError, NothingToAskError,
    TooEarlyToImproveError (4 days, docs/domain.md §3), NothingToImproveError.
    """
    slot = Slot(command.user_id, command.purpose, command.subject)
    attempts = store.attempts_of(command.user_id)  # one query: where this slot stands, and which tests may have told something

    def make(former: AssessmentState | None, asked: StartAssessment = command) -> NewAssessment:
        return _begin(store, profiles, releases, clock, asked, former, attempts)

    def make_claimed(claimed: Attempt | None) -> NewAssessment:
        former = _attempt_before(store, attempts, claimed)
        improves = command.improve or (former is not None and not _begins_afresh(profiles, former))
        return make(former, replace(command, improve=improves))

    latest = max((attempt for attempt in attempts if attempt.slot == slot), key=lambda attempt: attempt.number, default=None)
    state = open_latest_attempt(store, clock, ids, slot, latest, make_claimed)
    if state.is_live or not (command.improve or _begins_afresh(profiles, state)):
        return state
    return open_attempt(store, clock, ids, slot, state.attempt + 1, lambda: make(state))


def require_offered(releases: Releases, command: StartAssessment) -> None:
    """Nothing, or what refuses to begin this test whatever its user knows: for who has something to write before the test.

    Raises CompetenceNotFoundError, TargetProfileNotFoundError, NotADiscoveryTestError, LocaleNotOfferedError, NothingToAskError.
    """
    release = releases.current()
    offered_locale(release, _target(release, command), command.locale)


def _attempt_before(store: AssessmentStore, attempts: Sequence[Attempt], claimed: Attempt | None) -> AssessmentState | None:
    """The attempt before a claimed one, which it follows afresh or improves."""
    if claimed is None:
        return None
    before = (attempt for attempt in attempts if attempt.slot == claimed.slot and attempt.number == claimed.number - 1)
    return next((store.get(attempt.assessment_id) for attempt in before), None)


def _begins_afresh(profiles: ProfileStore, state: AssessmentState) -> bool:
    """Whether a plain start follows this finished attempt by another one.

    One without an answer, finished because nothing could be asked in its locale (earlier versions made such tests), holds neither
    its place nor the delay. A campaign's is made finished where all that it asks is known, and then stands for what is to be sent.
    """
    return state.purpose is not Purpose.CAMPAIGN if state.asked_nothing else _was_reset(profiles, state)


def _was_reset(profiles: ProfileStore, state: AssessmentState) -> bool:
    """Whether the competence of this finished attempt was reset since, so that it begins afresh."""
    if state.purpose is not Purpose.COMPETENCE:
        return False
    profile = profiles.get(state.user_id)
    reset_at = profile.resets.get(state.subject) if profile else None
    return state.end_reason == EndReason.RESET or (reset_at is not None and reset_at > state.started_at)


def _begin(
    store: AssessmentStore,
    profiles: ProfileStore,
    releases: Releases,
    clock: Clock,
    command: StartAssessment,
    former: AssessmentState | None,
    attempts: Sequence[Attempt],
) -> NewAssessment:
    """What the test begins with; all that its user has answered so far counts, projected or not."""
    discovery = command.purpose is Purpose.DISCOVERY
    profile = None if discovery else fresh_profile(store, profiles, releases, command.user_id, attempts=attempts)
    release = releases.current() if profile is None else releases.pinned(profile.release)
    target = _target(release, command)
    locale = offered_locale(release, target, command.locale, former.locale if former else None)
    version = ReleaseVersion(release.version)
    knowledge = Knowledge.of() if profile is None else profile.knowledge.within(_touched(release, target))
    if command.improve:
        _refuse_in_vain(knowledge, target, _finished_at(profiles, former), clock)
    if profile is None:
        questions = draw_discovery_questions(release, target, locale, command.user_id)
        return NewAssessment(release=version, locale=locale, target=target, questions=questions)
    if command.improve:
        knowledge = knowledge.for_improving(int(clock.now().timestamp()))
    if command.improve or command.purpose is not Purpose.CAMPAIGN:  # a campaign has results to send even of who knows it all
        _refuse_empty(release, knowledge, target, locale, clock)
    return NewAssessment(
        release=version,
        locale=locale,
        target=target,
        knowledge_at_start=knowledge.pack(),
        profile_at_start=profile.scores.competences,
    )


def _refuse_empty(release: Release, knowledge: Knowledge, target: tuple[int, ...], locale: str, clock: Clock) -> None:
    """Refuse a test without a first question; ``days_remaining`` says in how many days improving asks one, null for never."""
    if not deliberate(release, target, knowledge, (), locale).best:
        days = days_before_asking(knowledge, target, clock.now())
        raise NothingToAskError("All that this test could ask is known already.", days_remaining=days)


def _finished_at(profiles: ProfileStore, former: AssessmentState | None) -> datetime | None:
    """When the attempt that is improved was finished; None where none holds the delay: the first, and what begins afresh."""
    return None if former is None or former.asked_nothing or _was_reset(profiles, former) else former.updated_at


def _refuse_in_vain(knowledge: Knowledge, target: tuple[int, ...], finished_at: datetime | None, clock: Clock) -> None:
    """Refuse another attempt that would have no question to ask, or that comes too early, before anything of it is made."""
    days = days_before_improving(knowledge, target, finished_at, clock.now())
    if days is None:
        raise NothingToImproveError("Every skill of this test is validated; there is nothing to improve.")
    if days > 0:
        raise TooEarlyToImproveError("What was finished, or failed, less than 4 days ago is not asked again yet.", days_remaining=days)


def _target(release: Release, command: StartAssessment) -> tuple[int, ...]:
    """The skills this test may ask about."""
    if command.purpose is Purpose.COMPETENCE:
        return target_of_competence(release, command.subject)
    if command.purpose is Purpose.DISCOVERY:
        return target_of_discovery(release, command.subject)
    return target_of_campaign(release, command.target_profile_id or command.subject, command.ceilings)


def _touched(release: Release, target: tuple[int, ...]) -> frozenset[int]:
    """Every skill of the competences a target touches: what is needed to score those competences from the item alone."""
    codes = {release.skills[index].competence for index in target}
    return frozenset(index for code in codes for index in release.competence_skills(code))
