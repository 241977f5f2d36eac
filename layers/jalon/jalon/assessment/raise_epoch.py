"""Hand a test over to another device."""

from jalon.assessment.refusals import not_live
from jalon.assessment.state import AssessmentState
from jalon.assessment.store import AssessmentStore, Written
from jalon.kernel.clock import Clock


def raise_epoch(store: AssessmentStore, clock: Clock, test: AssessmentState) -> AssessmentState:
    """The test, under an epoch that this call alone has written: every ticket issued before is answered "moved to another device".

    Two devices can never both write, since a write asks for the present epoch. An epoch that is there already may be another
    device's, or this call's own write whose response was lost: the next one is taken then. In a certification the invigilator's
    authorisation says which epoch it is (:func:`grant_epoch`). Source: docs/protocol.md.

    Raises AssessmentNotFoundError, AssessmentEndedError, AssessmentCompletedError.
    """
    while True:
        outcome = store.raise_epoch(test.assessment_id, epoch=test.epoch + 1, at=clock.now())
        if outcome.state is None or not outcome.state.is_live:
            raise not_live(outcome.state)
        test = outcome.state
        if isinstance(outcome, Written):
            return test


def grant_epoch(store: AssessmentStore, clock: Clock, test: AssessmentState, epoch: int) -> AssessmentState:
    """The test with the epoch that was granted to one device, however often that device asks; a higher one, granted since, stays.

    So look at the epoch of what is returned before showing a question: it may be another device's.
    Raises AssessmentNotFoundError, AssessmentEndedError, AssessmentCompletedError.
    """
    if test.epoch >= epoch:
        return test
    state = store.raise_epoch(test.assessment_id, epoch=epoch, at=clock.now()).state
    if state is None or not state.is_live:
        raise not_live(state)
    return state
