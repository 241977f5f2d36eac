"""The *bilan intermédiaire*: five answers, what was right, and what to learn from. Source: docs/domain.md §3."""

from dataclasses import dataclass

from engine.challenge import Challenge, Variant
from engine.content import Release, Skill, Tutorial
from engine.packing import Answered
from engine.positioning import CHECKPOINT_EVERY, checkpoint_span
from engine.solutions import Solution
from jalon.assessment.abridged_answer import as_given
from jalon.assessment.certification_under_way import refuse_during_certification
from jalon.assessment.errors import CheckpointForbiddenError, CheckpointNotReachedError
from jalon.assessment.state import AssessmentState
from jalon.assessment.store import AssessmentStore
from jalon.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """One answered question, with what was sent as it was sent, its solution and the tutorials of its skill and topic."""

    sequence: int
    answered: Answered
    challenge: Challenge
    variant: Variant
    skill: Skill
    solution: Solution
    tutorials: tuple[Tutorial, ...]


def read_checkpoint(
    store: AssessmentStore, clock: Clock, release: Release, state: AssessmentState, number: int
) -> tuple[CheckpointRow, ...]:
    """The rows of checkpoint ``number``, from 1; the last one of a finished test may hold fewer than five.

    The solutions of questions that are answered, and of no other, leave the server here: never in a certification, nor those of any
    other test while its pupil sits one, which may ask the same questions.
    Raises CheckpointForbiddenError, CheckpointNotReachedError, CertificationUnderWayError.
    """
    if state.purpose.is_certification:
        raise CheckpointForbiddenError("A certification test shows neither results nor solutions.")
    refuse_during_certification(store, clock, state.user_id)
    if not 1 <= number <= checkpoints_reached(state):
        raise CheckpointNotReachedError("This checkpoint's five questions are not all answered yet.", reached=checkpoints_reached(state))
    span = checkpoint_span(number)
    given = state.answers[span.start : span.stop]
    return tuple(_row(release, sequence, answered) for sequence, answered in enumerate(given, span.start + 1))


def checkpoints_reached(state: AssessmentState) -> int:
    """How many checkpoints can be read: one for five answers, and one for the rest when the test is over."""
    whole, rest = divmod(len(state.answers), CHECKPOINT_EVERY)
    return whole if state.is_live or not rest else whole + 1


def checkpoint_closed_by(state: AssessmentState, sequence: int) -> int | None:
    """The checkpoint that the answer to question ``sequence`` closed: every fifth one does, and the last of the test."""
    if state.purpose.is_certification:
        return None
    number, rest = divmod(sequence, CHECKPOINT_EVERY)
    if not rest:
        return number
    return number + 1 if not state.is_live and sequence == len(state.answers) else None


def _row(release: Release, sequence: int, answered: Answered) -> CheckpointRow:
    challenge = release.challenges[answered.challenge_index]
    skill = release.skills[challenge.skill_index]
    tube = next(tube for tube in release.tubes if tube.id == skill.tube)
    return CheckpointRow(
        sequence=sequence,
        answered=as_given(release, answered),
        challenge=challenge,
        variant=challenge.variants[answered.variant_index],
        skill=skill,
        solution=release.solution(answered.challenge_index, answered.variant_index),
        tutorials=tuple(release.tutorials[id_] for id_ in dict.fromkeys(skill.tutorials + tube.tutorials) if id_ in release.tutorials),
    )
