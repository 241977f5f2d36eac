"""How a certification ends: the vocabulary both schemes share (docs/domain.md §5)."""

from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """How the test stopped: answered to the end, the candidate gave up, or something technical stopped it."""

    COMPLETED = "completed"
    GAVE_UP = "gave_up"
    TECHNICAL = "technical"


class Status(StrEnum):
    """The outcome of a certification."""

    VALIDATED = "validated"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why a certification is not validated."""

    CANCELLED_BY_JURY = "cancelled_by_jury"
    NOT_TRUSTED = "not_trusted"
    FRAUD = "fraud"
    TOO_FEW_ANSWERS = "too_few_answers"
    LOW_RATE = "low_rate"
    ZERO_PIX = "zero_pix"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What people decided about a test, beside its answers."""

    ending: Ending = Ending.COMPLETED
    fraud: bool = False
    cancelled: bool = False


def adaptive_outcome(circumstances: Circumstances, answered: int, minimum: int, pix: int) -> tuple[Status, Reason | None]:
    """How an adaptive certification ends: the first that holds, in the order of docs/domain.md §5.

    ``answered`` counts the answers that count, of which a score takes ``minimum``.

    >>> adaptive_outcome(Circumstances(), answered=32, minimum=20, pix=412)
    (<Status.VALIDATED: 'validated'>, None)
    >>> adaptive_outcome(Circumstances(ending=Ending.TECHNICAL), answered=19, minimum=20, pix=412)
    (<Status.CANCELLED: 'cancelled'>, <Reason.TOO_FEW_ANSWERS: 'too_few_answers'>)
    """
    if circumstances.cancelled:
        return Status.CANCELLED, Reason.CANCELLED_BY_JURY
    if circumstances.fraud:
        return Status.REJECTED, Reason.FRAUD
    if answered < minimum:
        technical = circumstances.ending is Ending.TECHNICAL
        return (Status.CANCELLED if technical else Status.REJECTED), Reason.TOO_FEW_ANSWERS
    if pix == 0:
        return Status.REJECTED, Reason.ZERO_PIX
    return Status.VALIDATED, None
