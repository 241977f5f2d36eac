"""What a test would ask about and in which locale: decided, or refused, before anything of it is written (docs/decisions/0006)."""

from collections.abc import Mapping

from engine.chance import Chance
from engine.content import DISCOVERY, Release
from engine.errors import UnknownReferenceError
from engine.packing import Question
from jalon.assessment.errors import (
    CompetenceNotFoundError,
    LocaleNotOfferedError,
    NotADiscoveryTestError,
    NothingToAskError,
    TargetProfileNotFoundError,
)
from jalon.assessment.improving import within_reach
from jalon.kernel.errors import Violation

DEFAULT_LOCALE = "fr-FR"
#: How a locale is written in a request (BCP 47, case and all); which of them a test takes, its content says.
LOCALE_PATTERN = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"


def skills_of_competence(release: Release, code: str) -> tuple[int, ...]:
    """Every skill of a competence; raises CompetenceNotFoundError."""
    try:
        return release.competence_skills(code)
    except UnknownReferenceError:
        raise CompetenceNotFoundError("There is no such competence; the profile lists them all.") from None


def target_of_competence(release: Release, code: str) -> tuple[int, ...]:
    """The skills that a competence's test may ask about; raises CompetenceNotFoundError."""
    return within_reach(release, skills_of_competence(release, code))


def target_of_discovery(release: Release, profile_id: str) -> tuple[int, ...]:
    """The skills of a discovery test, and of nothing else: its solutions are shown to whoever asks for it, without a campaign.

    Raises TargetProfileNotFoundError, NotADiscoveryTestError. Source: docs/domain.md §3.
    """
    try:
        profile = release.target_profile(profile_id)
    except UnknownReferenceError:
        raise TargetProfileNotFoundError("There is no such discovery test in the current learning content.") from None
    if profile.kind != DISCOVERY:
        violation = Violation("/discovery_test", "Name a target profile whose kind is discovery.", "kind")
        raise NotADiscoveryTestError("This is a parcours for campaigns, not a discovery test.", (violation,))
    return profile.skills


def target_of_campaign(release: Release, profile_id: str, ceilings: Mapping[str, int] | None) -> tuple[int, ...]:
    """The skills of a target profile of the content or, where ``ceilings`` are given, of one made to measure.

    Raises TargetProfileNotFoundError.
    """
    if ceilings is None:
        try:
            return release.target_profile(profile_id).skills
        except UnknownReferenceError:
            raise TargetProfileNotFoundError("There is no such target profile in the current learning content.") from None
    skills = release.skills_within(ceilings)
    if not skills:
        raise TargetProfileNotFoundError("The current learning content holds none of this target profile's topics any more.")
    return skills


def offered_locale(release: Release, target: tuple[int, ...], wanted: str | None, former: str | None = None) -> str:
    """The locale of a test of these skills: ``wanted`` or, where none is, that of the attempt before while it is offered, else the default.

    Raises LocaleNotOfferedError, which names those in which the test is offered, and NothingToAskError when there are none.
    """
    if wanted is None:
        wanted = former if former is not None and release.offers(target, former) else DEFAULT_LOCALE
    if release.offers(target, wanted):
        return wanted
    offered = release.offered_locales(target)
    if not offered:
        raise NothingToAskError("The current learning content has no question for this test.")
    violation = Violation("/locale", f"Choose among {', '.join(offered)}.", "not_offered")
    raise LocaleNotOfferedError("This test is not offered in this locale: a part of it could not be asked.", (violation,), offered=offered)


def draw_discovery_questions(release: Release, target: tuple[int, ...], locale: str, seed: str) -> tuple[Question, ...]:
    """One question for each skill of a discovery test, in its order; a skill that nobody can be asked about is passed over."""
    questions = []
    for skill_index in target:
        playable = release.playable_challenges(skill_index, locale)
        if playable:
            variants = len(release.challenges[playable[0]].variants)
            variant = Chance(seed.encode(), "discovery", skill_index).below(variants)
            questions.append(Question(playable[0], variant))
    return tuple(questions)
