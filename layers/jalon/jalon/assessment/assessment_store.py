"""The assessments in DynamoDB."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import reduce
from operator import and_

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from engine.packing import Answered, pack_answer
from jalon.assessment.state import AssessmentState, Purpose, Slot, Status
from jalon.assessment.store import Attempt, NotWritten, WriteOutcome, Written
from jalon.assessment.tables import AssessmentItem, AttemptItem, item_of, state_of
from jalon.edge.batches import batch_read
from jalon.edge.erasures import refuse_erased
from jalon.edge.tables import Applied, ConditionFailedError, conditional_update, translated
from jalon.kernel.clock import epoch_ms
from jalon.kernel.ids import AssessmentId, UserId

_NUMBER_WIDTH = 4


class DynamoAssessments:
    """An :class:`~jalon.assessment.store.AssessmentStore` on the bound tables."""

    def get(self, assessment_id: AssessmentId) -> AssessmentState | None:
        table = AssessmentItem._get_connection()
        with translated():
            answer = table.get_item(assessment_id, consistent_read=True)
        item = answer.get("Item")
        return state_of(item) if item else None

    def get_many(self, assessment_ids: Iterable[AssessmentId]) -> dict[AssessmentId, AssessmentState]:
        states = [state_of(item) for item in batch_read(AssessmentItem, assessment_ids)]
        return {state.assessment_id: state for state in states}

    def latest_attempt(self, slot: Slot) -> Attempt | None:
        with translated():
            found = list(
                AttemptItem.query(
                    slot.user_id,
                    AttemptItem.attempt_key.startswith(f"{slot.key}#"),
                    scan_index_forward=False,
                    consistent_read=True,
                    limit=1,
                )
            )
        return _attempt(found[0]) if found else None

    def claim_attempt(self, attempt: Attempt) -> bool:
        key = f"{attempt.slot.key}#{attempt.number:0{_NUMBER_WIDTH}d}"
        item = AttemptItem(attempt.slot.user_id, key, assessment_id=attempt.assessment_id)
        refuse_erased(attempt.slot.user_id)
        try:
            with translated():
                item.save(condition=AttemptItem.user_id.does_not_exist())
        except ConditionFailedError:
            return False
        return True

    def create(self, state: AssessmentState) -> bool:
        try:
            with translated():
                item_of(state).save(condition=AssessmentItem.assessment_id.does_not_exist())
        except ConditionFailedError:
            return False
        return True

    def append_answer(
        self, assessment_id: AssessmentId, *, epoch: int, sequence: int, answer: Answered, at: datetime, deadline_from: datetime
    ) -> WriteOutcome:
        actions = [
            AssessmentItem.answers.set(AssessmentItem.answers.append([pack_answer(answer)])),
            AssessmentItem.sequence.set(sequence + 1),
            AssessmentItem.updated_at.set(epoch_ms(at)),
        ]
        conditions = answer_conditions(epoch, sequence, deadline_from)
        return _update(assessment_id, actions, reduce(and_, conditions.values()))

    def record_focus_loss(self, assessment_id: AssessmentId, *, epoch: int, sequence: int, deadline_from: datetime) -> WriteOutcome:
        conditions = focus_loss_conditions(epoch, sequence, deadline_from)
        return _update(assessment_id, [AssessmentItem.focus_losses.add({sequence})], reduce(and_, conditions.values()))

    def complete(self, assessment_id: AssessmentId, *, sequence: int, at: datetime) -> WriteOutcome:
        actions = [AssessmentItem.status.set(Status.COMPLETED.value), AssessmentItem.updated_at.set(epoch_ms(at))]
        return _update(assessment_id, actions, _STARTED & (AssessmentItem.sequence == sequence))

    def end(self, assessment_id: AssessmentId, *, reason: str, at: datetime) -> WriteOutcome:
        actions = [
            AssessmentItem.status.set(Status.ENDED.value),
            AssessmentItem.end_reason.set(reason),
            AssessmentItem.updated_at.set(epoch_ms(at)),
        ]
        return _update(assessment_id, actions, _STARTED)

    def raise_epoch(self, assessment_id: AssessmentId, *, epoch: int, at: datetime) -> WriteOutcome:
        actions = [AssessmentItem.epoch.set(epoch), AssessmentItem.epoch_at.set(epoch_ms(at)), AssessmentItem.updated_at.set(epoch_ms(at))]
        return _update(assessment_id, actions, reduce(and_, device_change_conditions(epoch).values()))

    def move_deadline(self, assessment_id: AssessmentId, *, deadline_at: datetime, at: datetime) -> WriteOutcome:
        actions = [AssessmentItem.deadline_at.set(epoch_ms(deadline_at)), AssessmentItem.updated_at.set(epoch_ms(at))]
        return _update(assessment_id, actions, _STARTED)

    def attempts_of(self, user_id: UserId) -> list[Attempt]:
        with translated():
            return [_attempt(item) for item in AttemptItem.query(user_id, consistent_read=True)]

    def of_user(self, user_id: UserId) -> Iterator[AssessmentState]:
        states = self.get_many(attempt.assessment_id for attempt in self.attempts_of(user_id)).values()
        yield from sorted(states, key=lambda state: state.release)


def answer_conditions(epoch: int, sequence: int, deadline_from: datetime) -> dict[str, Condition]:
    """What storing an answer asks of the item, by name. The tests drop each in turn and must notice."""
    return _question_open(epoch, sequence, deadline_from)


def focus_loss_conditions(epoch: int, sequence: int, deadline_from: datetime) -> dict[str, Condition]:
    """What recording a loss of focus asks of the item, by name: all that storing the answer asks. The tests drop each in turn."""
    return _question_open(epoch, sequence, deadline_from)


def device_change_conditions(epoch: int) -> dict[str, Condition]:
    """What handing the test to another device asks of the item, by name. The tests drop each in turn."""
    return {"status": _STARTED, "epoch": AssessmentItem.epoch < epoch}


def _question_open(epoch: int, sequence: int, deadline_from: datetime) -> dict[str, Condition]:
    return {
        "status": _STARTED,
        "epoch": AssessmentItem.epoch == epoch,
        "sequence": AssessmentItem.sequence == sequence,
        "deadline": AssessmentItem.deadline_at.does_not_exist() | (AssessmentItem.deadline_at >= epoch_ms(deadline_from)),
    }


def _attempt(item: AttemptItem) -> Attempt:
    slot, _, number = item.attempt_key.rpartition("#")
    purpose, _, subject = slot.partition("#")
    return Attempt(Slot(UserId(item.user_id), Purpose(purpose), subject), int(number), AssessmentId(item.assessment_id))


_STARTED: Condition = AssessmentItem.status == Status.STARTED.value


def _update(assessment_id: AssessmentId, actions: Sequence[Action], condition: Condition) -> WriteOutcome:
    outcome = conditional_update(AssessmentItem, assessment_id, None, actions, condition)
    if isinstance(outcome, Applied):
        return Written(state_of(outcome.attributes))
    return NotWritten(None if outcome.attributes is None else state_of(outcome.attributes))
