"""A pupil's page on one device: what it shows, what it sends and what it is told."""

from dataclasses import dataclass, field
from typing import Any

from jalon.assessment.give_answer import AnswerTaken, GiveAnswer
from jalon.assessment.next_question import AskedQuestion
from jalon.assessment.record_focus_loss import FocusLoss, RecordFocusLoss
from jalon.assessment.state import AssessmentState
from jalon.kernel.errors import JalonError


@dataclass(frozen=True, slots=True)
class TakeOver:
    """A device's request to go on there, under its own key."""

    key: str


Command = GiveAnswer | RecordFocusLoss | TakeOver
#: What a page is told: what came of its request, or why it was refused.
Told = AnswerTaken | FocusLoss | AssessmentState | JalonError


@dataclass
class Page:
    """What one device of the pupil shows.

    ``taking`` is the key of its request to go on there until that is answered, ``epoch`` the one it then holds; ``untold`` is a loss of
    focus to tell the server of, ``remembers`` whether the page goes on telling of it until it is answered, and again with the answer.
    """

    epoch: int = 0
    taking: str | None = None
    asked: AskedQuestion | None = None
    key: int = 0
    answer: dict[str, Any] = field(default_factory=dict)
    untold: bool = False
    remembers: bool = False
