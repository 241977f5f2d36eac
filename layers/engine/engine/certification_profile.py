"""Certification, scheme ``profile``: three questions on each certifiable competence (docs/domain.md §5a)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from engine.content import Release
from engine.grading import Result
from engine.knowledge import Knowledge
from engine.outcome import Circumstances, Ending, Reason, Status
from engine.packing import Question
from engine.scoring import CompetenceScore

__all__ = [
    "CertificationScore",
    "CertifiedCompetence",
    "Circumstances",
    "Decision",
    "Ending",
    "Mark",
    "Question",
    "Reason",
    "Status",
    "draw",
    "score",
]

QUESTIONS_PER_COMPETENCE: Final = 3
MAX_QUESTIONS: Final = 48


class Decision(StrEnum):
    """What becomes of a competence's level: kept, one level (and 8 pix) less, or not certified."""

    KEPT = "kept"
    LOWERED = "lowered"
    UNCERTIFIED = "uncertified"


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


def draw(release: Release, knowledge: Knowledge, succeeded: Collection[int], seed: bytes, locale: str) -> tuple[Question, ...]:
    """The questions of one candidate's test, by competence in the release's order.

    Three per certifiable competence from its validated skills: a tube not yet taken first, then the hardest skill, then one
    with a challenge the pupil never succeeded at, then at random; at most 48. ``succeeded`` are the challenges the pupil has
    answered right before. Raises :class:`~engine.errors.NotCertifiableError`.
    """
    raise NotImplementedError


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
    """
    raise NotImplementedError
