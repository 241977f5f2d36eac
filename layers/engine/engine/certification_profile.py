"""Certification, scheme ``profile``: three questions on each certifiable competence (docs/domain.md §5a)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from engine.chance import Chance
from engine.content import Release
from engine.errors import NotCertifiableError, UnknownReferenceError
from engine.grading import Result
from engine.knowledge import Knowledge
from engine.outcome import Circumstances, Ending, Reason, Status
from engine.packing import Question
from engine.picking import pick_question
from engine.scoring import CERTIFIED_MAXIMUM, PIX_PER_LEVEL, CompetenceScore, profile_of

__all__ = [
    "CertificationScore",
    "CertifiedCompetence",
    "Circumstances",
    "Decision",
    "Drawn",
    "Ending",
    "Mark",
    "Question",
    "Reason",
    "Status",
    "decide",
    "draw",
    "explain_draw",
    "score",
]

QUESTIONS_PER_COMPETENCE: Final = 3
MAX_QUESTIONS: Final = 48
MINIMUM_RATE: Final = 50
FAIR_RATE: Final = 70
SURE_RATE: Final = 80
TRUSTED_SHARE_PERCENT: Final = 66


class Decision(StrEnum):
    """What becomes of a competence's level: kept, one level (and 8 pix) less, or not certified."""

    KEPT = "kept"
    LOWERED = "lowered"
    UNCERTIFIED = "uncertified"


_KEPT, _LOWERED, _LOST = Decision.KEPT, Decision.LOWERED, Decision.UNCERTIFIED
_NEVER: Final = (_LOST, _LOST, _LOST)
# (asked, right, neutralised) → what becomes of the level at R ≥ 80, 70–79, 50–69; what is not listed is never certified
_TABLE: Final[Mapping[tuple[int, int, int], tuple[Decision, Decision, Decision]]] = {
    (3, 3, 0): (_KEPT, _KEPT, _KEPT),
    (3, 2, 1): (_KEPT, _KEPT, _KEPT),
    (3, 2, 0): (_KEPT, _LOWERED, _LOWERED),
    (3, 1, 1): (_KEPT, _LOWERED, _LOST),
    (3, 1, 2): (_KEPT, _KEPT, _LOWERED),
    (2, 2, 0): (_KEPT, _KEPT, _KEPT),
    (2, 1, 0): (_KEPT, _LOWERED, _LOST),
    (2, 1, 1): (_KEPT, _KEPT, _LOWERED),
    (1, 1, 0): (_KEPT, _KEPT, _LOWERED),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One question of the drawn list and what came of it; ``result`` is ``None`` when it was never answered."""

    challenge_index: int
    result: Result | None


@dataclass(frozen=True, slots=True)
class CertifiedCompetence:
    """One competence as certified (0 and 0 when it is not), with the row of the table that decided it."""

    pix: int
    level: int
    decision: Decision
    asked: int
    right: int
    neutralised: int


@dataclass(frozen=True, slots=True)
class CertificationScore:
    """The outcome. ``rate`` is the reproducibility rate R in per cent; ``reason`` is ``None`` when validated.

    ``pix`` and ``competences`` are what the test would certify, and are zero unless ``status`` is validated.
    """

    status: Status
    reason: Reason | None
    rate: int
    pix: int
    competences: Mapping[str, CertifiedCompetence]
    trusted: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """One question of the draw, and why: what the trace of a replayed test shows.

    ``new_tube`` when its tube had given no question yet; ``fresh`` when the pupil has never succeeded at the challenge; ``among`` how
    many skills were as good, chance choosing between them.
    """

    question: Question
    new_tube: bool
    fresh: bool
    among: int


def draw(release: Release, knowledge: Knowledge, succeeded: Collection[int], seed: bytes, locale: str) -> tuple[Question, ...]:
    """The questions of one candidate's test, by competence in the release's order.

    Three per certifiable competence from its validated skills: a tube not yet taken first, then the hardest skill, then one
    with a challenge the pupil never succeeded at, then at random; at most 48 (docs/domain.md §5a). ``succeeded`` are the challenges
    the pupil has answered right before. Raises :class:`~engine.errors.NotCertifiableError`.

    >>> from engine.knowledge import Element
    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> known = Knowledge.of(Element(skill.index, skill.level <= 3, direct=True, at=0) for skill in release.skills)
    >>> questions = draw(release, known, (), b"seed", "fr")
    >>> len(questions), {release.challenge_skill(question.challenge_index).level for question in questions}
    (48, {3})
    """
    return tuple(drawn.question for drawn in explain_draw(release, knowledge, succeeded, seed, locale))


def explain_draw(release: Release, knowledge: Knowledge, succeeded: Collection[int], seed: bytes, locale: str) -> tuple[Drawn, ...]:
    """The same draw, with the reasons for each question; arguments and errors of :func:`draw`.

    >>> from engine.knowledge import Element
    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> known = Knowledge.of(Element(skill.index, True, direct=True, at=0) for skill in release.skills)
    >>> first = explain_draw(release, known, (), b"seed", "fr")[0]
    >>> first.new_tube, first.fresh, first.among
    (True, True, 4)
    """
    profile = profile_of(release, knowledge)
    if not profile.certifiable:
        raise NotCertifiableError(f"level 1 is reached in {len(profile.certifiable_competences)} competences, 5 are needed")
    validated = knowledge.validated()
    drawn: list[Drawn] = []
    for code in profile.certifiable_competences:
        skills = {skill: release.playable_challenges(skill, locale) for skill in release.competence_skills(code) if skill in validated}
        playable = {skill: challenges for skill, challenges in skills.items() if challenges}
        drawn += _draw_competence(release, playable, frozenset(succeeded), Chance(seed, "certification", code))
    return tuple(drawn[:MAX_QUESTIONS])


def _draw_competence(release: Release, playable: Mapping[int, tuple[int, ...]], succeeded: frozenset[int], chance: Chance) -> list[Drawn]:
    left, tubes = dict(playable), set[str]()
    drawn: list[Drawn] = []
    while left and len(drawn) < QUESTIONS_PER_COMPETENCE:
        new_tubes = [skill for skill in left if release.skills[skill].tube not in tubes]
        pool = new_tubes or list(left)
        hardest = max(release.skills[skill].level for skill in pool)
        pool = [skill for skill in pool if release.skills[skill].level == hardest]
        pool = [skill for skill in pool if not succeeded.issuperset(left[skill])] or pool
        skill = chance.choose(pool)
        challenges = left.pop(skill)
        tubes.add(release.skills[skill].tube)
        fresh = [index for index in challenges if index not in succeeded]
        drawn.append(Drawn(pick_question(release, fresh or challenges, chance), bool(new_tubes), bool(fresh), len(pool)))
    return drawn


def score(
    release: Release,
    levels: Mapping[str, CompetenceScore],
    marks: Sequence[Mark],
    neutralised: Collection[int] = (),
    circumstances: Circumstances = Circumstances(),
) -> CertificationScore:
    """Score a test.

    ``levels`` are the candidate's scores at the start in the competences that were drawn; ``marks`` the drawn questions in
    order; ``neutralised`` the positions in ``marks`` (from 0) that do not count. A question never answered counts as wrong
    when the candidate gave up, and as neutralised when something technical stopped the test.

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> from engine.knowledge import Element
    >>> known = Knowledge.of(Element(skill.index, skill.level <= 3, True, at=0) for skill in release.skills)
    >>> marks = [Mark(question.challenge_index, Result.OK) for question in draw(release, known, (), b"seed", "fr")]
    >>> found = score(release, profile_of(release, known).competences, marks)
    >>> found.status.value, found.rate, found.pix, found.competences["1.1"].decision.value
    ('validated', 100, 384, 'kept')
    """
    aside = _set_aside(marks, neutralised, circumstances.ending)
    counts = _count(release, levels, marks, aside)
    counted = [mark for position, mark in enumerate(marks) if position not in aside]
    rate = _rate(sum(mark.result is Result.OK for mark in counted), len(counted))
    trusted = bool(marks) and 100 * len(counted) >= TRUSTED_SHARE_PERCENT * len(marks)
    competences = {code: _certify(levels[code], count, rate) for code, count in counts.items()}
    pix = min(CERTIFIED_MAXIMUM, sum(competence.pix for competence in competences.values()))
    status, reason = _outcome(circumstances, trusted=trusted, rate=rate, pix=pix)
    if status is not Status.VALIDATED:
        pix, competences = 0, {code: replace(competence, pix=0, level=0) for code, competence in competences.items()}
    return CertificationScore(status, reason, rate, pix, competences, trusted)


def _set_aside(marks: Sequence[Mark], neutralised: Collection[int], ending: Ending) -> frozenset[int]:
    """The positions that do not count: neutralised, and never answered because of something technical."""
    if ending is not Ending.TECHNICAL:
        return frozenset(neutralised)
    return frozenset(neutralised) | {position for position, mark in enumerate(marks) if mark.result is None}


def _rate(right: int, counted: int) -> int:
    """The reproducibility rate, rounded to the nearest per cent, halves up; 0 when nothing counts."""
    return (200 * right + counted) // (2 * counted) if counted else 0


@dataclass(slots=True)
class _Count:
    asked: int = 0
    right: int = 0
    neutralised: int = 0


def _count(release: Release, levels: Mapping[str, CompetenceScore], marks: Sequence[Mark], aside: Collection[int]) -> dict[str, _Count]:
    """Per competence, with a QROCM-dep weighing double where fewer than three challenges were asked, and at most three in all."""
    by_competence: dict[str, list[tuple[int, Mark]]] = {code: [] for code in levels}
    for position, mark in enumerate(marks):
        code = release.challenge_skill(mark.challenge_index).competence
        if code not in by_competence:
            raise UnknownReferenceError(f"a question of competence {code} was asked, but its level at the start is not given")
        by_competence[code].append((position, mark))
    return {code: _weigh(release, asked, aside) for code, asked in by_competence.items()}


def _weigh(release: Release, asked: Sequence[tuple[int, Mark]], aside: Collection[int]) -> _Count:
    count = _Count()
    for position, mark in asked:
        double = len(asked) < QUESTIONS_PER_COMPETENCE and release.challenges[mark.challenge_index].type == "QROCM-dep"
        weight = 2 if double else 1
        count.asked += weight
        if position in aside:
            count.neutralised += weight
        elif mark.result is Result.OK:
            count.right += weight
    count.asked = min(count.asked, QUESTIONS_PER_COMPETENCE)
    count.right = min(count.right, count.asked)
    count.neutralised = min(count.neutralised, count.asked - count.right)
    return count


def decide(asked: int, right: int, neutralised: int, rate: int) -> Decision:
    """The row of the table of docs/domain.md §5a for one competence.

    >>> decide(asked=3, right=2, neutralised=0, rate=75)
    <Decision.LOWERED: 'lowered'>
    """
    if rate < MINIMUM_RATE:
        return Decision.UNCERTIFIED
    row = _TABLE.get((asked, right, neutralised), _NEVER)
    return row[0 if rate >= SURE_RATE else 1 if rate >= FAIR_RATE else 2]


def _certify(level: CompetenceScore, count: _Count, rate: int) -> CertifiedCompetence:
    decision = decide(count.asked, count.right, count.neutralised, rate)
    lost = {Decision.KEPT: 0, Decision.LOWERED: 1, Decision.UNCERTIFIED: level.level}[decision]
    pix = 0 if decision is Decision.UNCERTIFIED else max(0, level.pix - lost * PIX_PER_LEVEL)
    return CertifiedCompetence(pix, max(0, level.level - lost), decision, count.asked, count.right, count.neutralised)


def _outcome(circumstances: Circumstances, *, trusted: bool, rate: int, pix: int) -> tuple[Status, Reason | None]:
    """The first that holds, in the order of docs/domain.md §5."""
    if circumstances.cancelled:
        return Status.CANCELLED, Reason.CANCELLED_BY_JURY
    if not trusted:
        return Status.CANCELLED, Reason.NOT_TRUSTED
    if circumstances.fraud:
        return Status.REJECTED, Reason.FRAUD
    if rate < MINIMUM_RATE:
        return Status.REJECTED, Reason.LOW_RATE
    if pix == 0:
        return Status.REJECTED, Reason.ZERO_PIX
    return Status.VALIDATED, None
