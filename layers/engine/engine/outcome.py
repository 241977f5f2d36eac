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
