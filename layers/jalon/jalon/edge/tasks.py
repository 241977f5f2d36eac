"""What is called for one thing and answers it: a task of a state machine, a schedule's sweep."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from jalon.edge.observability import failure
from jalon.kernel.errors import JalonError

Answer = TypeVar("Answer")
Handler = Callable[[dict[str, Any], Any], Answer]
#: By what a failed call is found again; what else an event holds (a task's token) is no log's.
_IDS = ("session_number", "finalisation", "candidate_id", "certification_id")


def task(service: str) -> Callable[[Handler[Answer]], Handler[Answer]]:
    """Let a handler fail by name alone: what nobody foresaw is logged by its type and place, and raised again without its message.

    Lambda writes the message of whatever leaves a handler to the log, and hands it to the caller: a state machine keeps it in the
    execution's history. It may hold a name or an answer. The type's name stays, since that is what a machine retries and catches by
    (``ErrorEquals`` in ``statemachines``). Errors raised on purpose (:class:`~jalon.kernel.errors.JalonError`) pass as they are.
    """

    def decorated(handler: Handler[Answer]) -> Handler[Answer]:
        @wraps(handler)
        def guarded(event: dict[str, Any], context: Any) -> Answer:
            try:
                return handler(event, context)
            except JalonError:
                raise
            except Exception as error:  # noqa: BLE001 - the edge of a task: its failure to the log, its name to the machine
                failure(service, "TASK_FAILED", error, **_ids(event))
                name = type(error).__name__
            raise type(name, (Exception,), {})

        return guarded

    return decorated


def _ids(event: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(event[name]) for name in _IDS if name in event}
