"""How far a test is that ends once its target is known (docs/domain.md §6): from the test alone, without a read."""

from engine.knowledge import Knowledge, elements_of
from engine.outline import Structure
from jalon.assessment.state import AssessmentState


def known_of_target(release: Structure, state: AssessmentState) -> Knowledge:
    """What the test's answers and what was known before say about the skills of its target."""
    at_start = Knowledge.unpack(state.knowledge_at_start)
    return at_start.updated(elements_of(release, state.target, at_start, state.answers)).within(state.target)


def progress_percent(release: Structure, state: AssessmentState) -> int:
    """How much of the target is assessed, in whole per cent rounded down; 100 only when the test is over."""
    if not state.is_live:
        return 100
    assessed = len(known_of_target(release, state))
    return min(99, 100 * assessed // len(state.target)) if state.target else 0
