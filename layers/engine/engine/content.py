"""The learning content: a release, and how to look things up in it (docs/domain.md §2).

A release is immutable and versioned. It is published as two gzipped JSON files: the public one, and the solutions,
which only the server that grades may open. Inside a release everything is known by its position: ``skill_index`` and
``challenge_index`` are positions in ``Release.skills`` and ``Release.challenges``, and hold for that version only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from engine.challenge import ARCHIVED, STATUSES, TYPES, Challenge
from engine.errors import InvalidContentError, SolutionUnavailableError, UnknownReferenceError
from engine.locales import known_locales, locale_chain
from engine.solutions import Solution

T = TypeVar("T")

#: The kinds of target profile: what campaigns are made of, and the tests that a pupil takes to discover the thing.
PARCOURS = "parcours"
DISCOVERY = "discovery"
KINDS = frozenset({PARCOURS, DISCOVERY})


@dataclass(frozen=True, slots=True)
class Domain:
    """One of the five domains of the framework."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Competence:
    """One of the sixteen competences; ``code`` is ``"1.1"`` … ``"5.2"``, ``domain`` the domain's code."""

    code: str
    domain: str
    name: str


@dataclass(frozen=True, slots=True)
class Tube:
    """A topic (*sujet*): a chain of skills of rising difficulty inside a competence."""

    id: str
    competence: str
    name: str
    tutorials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill (*acquis*): a tube at a level from 1 to 8. The level is also its difficulty."""

    index: int
    id: str
    tube: str
    competence: str
    level: int
    name: str
    tutorials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tutorial:
    """A tutorial (*tuto*): ``url`` to follow or ``text`` to read; ``duration_s`` in seconds."""

    id: str
    title: str
    source: str
    format: str
    duration_s: int
    url: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class TargetProfile:
    """A target profile (*parcours*): the skills a campaign or a discovery test looks at, in the release's order.

    ``kind`` is ``discovery`` for a discovery test, which asks one question on each skill (docs/domain.md §3), else ``parcours``.
    """

    id: str
    name: str
    skills: tuple[int, ...]
    kind: str = PARCOURS


@dataclass(frozen=True, slots=True)
class _Lookups:
    """Derived from the content once, when the release is opened."""

    competence_skills: Mapping[str, tuple[int, ...]]
    tube_skills: Mapping[str, tuple[int, ...]]
    skill_challenges: tuple[tuple[int, ...], ...]
    skill_by_id: Mapping[str, int]
    challenge_by_id: Mapping[str, int]
    target_profiles: Mapping[str, TargetProfile]
    locales: tuple[str, ...]
    playable: dict[tuple[int, str], tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """One version of the whole content. Open one with :meth:`from_bundles`.

    ``max_level`` is the highest level a pupil can reach. ``solutions`` maps a challenge's id to one solution per
    variant, and is ``None`` where only the public file was opened.
    """

    version: str
    max_level: int
    domains: tuple[Domain, ...]
    competences: tuple[Competence, ...]
    tubes: tuple[Tube, ...]
    skills: tuple[Skill, ...]
    challenges: tuple[Challenge, ...]
    tutorials: Mapping[str, Tutorial] = field(default_factory=dict)
    target_profiles: tuple[TargetProfile, ...] = ()
    solutions: Mapping[str, tuple[Solution, ...]] | None = None
    _lookups: _Lookups = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_lookups", _look_up(self))

    @classmethod
    def from_bundles(cls, public: bytes, solutions: bytes | None = None) -> "Release":
        """A release from its two gzipped JSON files; without the second it can be played but not graded.

        Raises :class:`~engine.errors.InvalidContentError` when a file is not readable, when the two do not go together,
        or when something they name does not exist.

        >>> Release.from_bundles(b"not a bundle")
        Traceback (most recent call last):
            ...
        engine.errors.InvalidContentError: the public bundle cannot be read: Error -3 while decompressing data: incorrect header check
        """
        from engine.bundles import open_release  # json and zlib are paid only by those who open bundles

        return open_release(public, solutions)

    def competence_skills(self, code: str) -> tuple[int, ...]:
        """The skills of a competence; raises :class:`~engine.errors.UnknownReferenceError`.

        >>> from engine.synthetic import synthetic_release
        >>> release = synthetic_release()
        >>> len(release.competence_skills("5.2"))
        28
        """
        return _found(self._lookups.competence_skills, code, "competence")

    def tube_skills(self, tube_id: str) -> tuple[int, ...]:
        """The skills of a tube, easiest first; raises :class:`~engine.errors.UnknownReferenceError`.

        >>> from engine.synthetic import synthetic_release
        >>> release = synthetic_release()
        >>> [release.skills[index].level for index in release.tube_skills("1.1-1")]
        [1, 2, 3, 4, 5, 6, 7]
        """
        return _found(self._lookups.tube_skills, tube_id, "tube")

    def skill_challenges(self, skill_index: int) -> tuple[int, ...]:
        """Every challenge of a skill, whatever its status and locale.

        >>> from engine.synthetic import synthetic_release
        >>> release = synthetic_release()
        >>> release.skill_challenges(1)
        (3, 4, 5)
        """
        return self._lookups.skill_challenges[skill_index]

    def playable_challenges(self, skill_index: int, locale: str) -> tuple[int, ...]:
        """The challenges of a skill that may be asked in ``locale`` or in its fallbacks (``fr-FR`` → ``fr``).

        Best first: validated before archived, then the locale itself before its fallbacks, then the release's order.

        >>> from engine.synthetic import synthetic_release
        >>> release = synthetic_release()
        >>> release.playable_challenges(1, "fr-FR"), release.playable_challenges(1, "en")
        ((3, 4, 5), ())
        """
        key = (skill_index, locale)
        if key not in self._lookups.playable:
            self._lookups.playable[key] = self._rank(skill_index, locale_chain(locale))
        return self._lookups.playable[key]

    def _rank(self, skill_index: int, chain: tuple[str, ...]) -> tuple[int, ...]:
        ranked = []
        for index in self.skill_challenges(skill_index):
            challenge = self.challenges[index]
            if challenge.playable and (spoken := challenge.locale.lower()) in chain:
                ranked.append((challenge.status == ARCHIVED, chain.index(spoken), index))
        return tuple(index for _, _, index in sorted(ranked))

    @property
    def locales(self) -> tuple[str, ...]:
        """The locales this release knows: those of its playable challenges, and those that fall back on one of them.

        >>> from engine.synthetic import synthetic_release
        >>> synthetic_release().locales
        ('fr', 'fr-FR', 'fr-simple')
        """
        return self._lookups.locales

    def offers(self, target: Iterable[int], locale: str) -> bool:
        """Whether a test of these skills is offered in a locale: one this release knows, in which the test asks all that it could.

        So every skill of ``target`` that has a playable challenge at all has one in the locale or in its fallbacks, and some skill
        has. Why so: docs/decisions/0006.

        >>> from engine.synthetic import synthetic_release
        >>> release = synthetic_release()
        >>> [release.offers((0, 1), locale) for locale in ("fr-FR", "fr-simple", "en")], release.offers((), "fr")
        ([True, True, False], False)
        """
        askable = [skill for skill in target if any(self.challenges[index].playable for index in self.skill_challenges(skill))]
        return bool(askable) and locale in self.locales and all(self.playable_challenges(skill, locale) for skill in askable)

    def offered_locales(self, target: Sequence[int]) -> tuple[str, ...]:
        """The locales in which a test of these skills is offered; none when there is nothing to ask.

        >>> from engine.synthetic import synthetic_release
        >>> synthetic_release().offered_locales((0, 1))
        ('fr', 'fr-FR', 'fr-simple')
        """
        return tuple(locale for locale in self.locales if self.offers(target, locale))

    def skill_index(self, skill_id: str) -> int:
        """The position of a skill; raises :class:`~engine.errors.UnknownReferenceError`.

        >>> from engine.synthetic import synthetic_release
        >>> release = synthetic_release()
        >>> release.skill_index("1.1-1-2")
        1
        """
        return _found(self._lookups.skill_by_id, skill_id, "skill")

    def has_skill(self, skill_id: str) -> bool:
        """Whether this release holds the skill.

        >>> from engine.synthetic import synthetic_release
        >>> release = synthetic_release()
        >>> release.has_skill("1.1-1-2"), release.has_skill("9.9-1-2")
        (True, False)
        """
        return skill_id in self._lookups.skill_by_id

    def challenge_index(self, challenge_id: str) -> int:
        """The position of a challenge; raises :class:`~engine.errors.UnknownReferenceError`.

        >>> from engine.synthetic import synthetic_release
        >>> release = synthetic_release()
        >>> release.challenge_index("ch3")
        3
        """
        return _found(self._lookups.challenge_by_id, challenge_id, "challenge")

    def target_profile(self, profile_id: str) -> TargetProfile:
        """A target profile; raises :class:`~engine.errors.UnknownReferenceError`.

        >>> from engine.synthetic import synthetic_release
        >>> release = synthetic_release()
        >>> release.target_profile("none")
        Traceback (most recent call last):
            ...
        engine.errors.UnknownReferenceError: this release has no target profile 'none'
        """
        return _found(self._lookups.target_profiles, profile_id, "target profile")

    def skills_within(self, ceilings: Mapping[str, int]) -> tuple[int, ...]:
        """The skills of these tubes up to a level each, in the release's order; a tube it does not hold adds none.

        ``ceilings`` maps a tube's id to the highest level. This is what a target profile made to measure looks at.
        Source: docs/domain.md §6 ("a set of topics with a level ceiling each").

        >>> from engine.synthetic import synthetic_release
        >>> release = synthetic_release()
        >>> release.skills_within({"1.1-1": 2, "1.1-2": 1})
        (0, 1, 7)
        """
        return skills_within(self.skills, ceilings)

    def challenge_skill(self, challenge_index: int) -> Skill:
        """The skill a challenge tests.

        >>> from engine.synthetic import synthetic_release
        >>> release = synthetic_release()
        >>> release.challenge_skill(3).id
        '1.1-1-2'
        """
        return self.skills[self.challenges[challenge_index].skill_index]

    def solution(self, challenge_index: int, variant_index: int) -> Solution:
        """What is right for one variant; raises :class:`~engine.errors.SolutionUnavailableError`.

        >>> from engine.synthetic import synthetic_release
        >>> release = synthetic_release()
        >>> release.solution(0, 0)
        Traceback (most recent call last):
            ...
        engine.errors.SolutionUnavailableError: this release was opened without its solutions
        """
        if self.solutions is None:
            raise SolutionUnavailableError("this release was opened without its solutions")
        challenge = self.challenges[challenge_index]
        per_variant = self.solutions.get(challenge.id, ())
        if not 0 <= variant_index < len(per_variant):
            raise SolutionUnavailableError(f"no solution for variant {variant_index} of challenge {challenge.id}")
        return per_variant[variant_index]


def skills_within(skills: Sequence[Skill], ceilings: Mapping[str, int]) -> tuple[int, ...]:
    """The positions of the skills whose tube has a ceiling not below their level.

    >>> skills = [Skill(n, f"s{n}", "search", "1.1", n + 1, "") for n in range(3)]
    >>> skills_within(skills, {"search": 2, "another": 7})
    (0, 1)
    """
    return tuple(skill.index for skill in skills if skill.level <= ceilings.get(skill.tube, 0))


def _found(table: Mapping[str, T], key: str, what: str) -> T:
    try:
        return table[key]
    except KeyError:
        raise UnknownReferenceError(f"this release has no {what} {key!r}") from None


def _look_up(release: Release) -> _Lookups:
    """Check that everything named exists, and index it."""
    tubes = {tube.id: tube for tube in release.tubes}
    competences: dict[str, list[int]] = {competence.code: [] for competence in release.competences}
    by_tube: dict[str, list[int]] = {tube.id: [] for tube in release.tubes}
    for position, skill in enumerate(release.skills):
        if skill.index != position or skill.tube not in tubes or skill.competence != tubes[skill.tube].competence:
            raise InvalidContentError(f"skill {skill.id} is out of place")
        if skill.competence not in competences:
            raise InvalidContentError(f"skill {skill.id} belongs to no competence of this release")
        competences[skill.competence].append(position)
        by_tube[skill.tube].append(position)
    return _Lookups(
        competence_skills={code: tuple(skills) for code, skills in competences.items()},
        tube_skills={tube: tuple(sorted(skills, key=lambda index: release.skills[index].level)) for tube, skills in by_tube.items()},
        skill_challenges=_challenges_by_skill(release.skills, release.challenges),
        skill_by_id={skill.id: skill.index for skill in release.skills},
        challenge_by_id={challenge.id: challenge.index for challenge in release.challenges},
        target_profiles=_target_profiles(release.target_profiles),
        locales=known_locales({challenge.locale for challenge in release.challenges if challenge.playable}),
    )


def _target_profiles(profiles: Sequence[TargetProfile]) -> dict[str, TargetProfile]:
    for profile in profiles:
        if profile.kind not in KINDS:
            raise InvalidContentError(f"target profile {profile.id} is of an unknown kind")
    return {profile.id: profile for profile in profiles}


def _challenges_by_skill(skills: Sequence[Skill], challenges: Sequence[Challenge]) -> tuple[tuple[int, ...], ...]:
    by_skill: list[list[int]] = [[] for _ in skills]
    for position, challenge in enumerate(challenges):
        if challenge.index != position or not 0 <= challenge.skill_index < len(skills):
            raise InvalidContentError(f"challenge {challenge.id} is out of place")
        if challenge.type not in TYPES or challenge.status not in STATUSES or not challenge.variants:
            raise InvalidContentError(f"challenge {challenge.id} needs a known type, a known status and a variant")
        by_skill[challenge.skill_index].append(position)
    return tuple(tuple(indices) for indices in by_skill)
