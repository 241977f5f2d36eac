"""Executions of the state machine through Step Functions."""

import json
from collections.abc import Callable
from typing import Any

from jalon.certification.finalisations import ExecutionStatus, OpenFinalisation
from jalon.kernel.errors import UnavailableError

_NOTHING_WAITS = frozenset({"TaskDoesNotExist", "TaskTimedOut", "InvalidToken"})


class WorkflowUnavailableError(UnavailableError):
    """Step Functions throttles or does not answer; our record of the finalisation stands and the sweep goes on from it."""

    code = "workflow_unavailable"


class StepFunctionsExecutions:
    """See :class:`jalon.certification.finalisations.Executions`. ``client`` gives a botocore client when one is needed."""

    def __init__(self, client: Callable[[], Any], state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn

    def start(self, entry: OpenFinalisation) -> None:
        payload = json.dumps({"session_number": entry.session_number, "finalisation": entry.finalisation})
        self._call(
            "start_execution", {"ExecutionAlreadyExists"}, stateMachineArn=self._state_machine_arn, name=entry.execution_name, input=payload
        )

    def status(self, entry: OpenFinalisation) -> ExecutionStatus | None:
        arn = f"{self._state_machine_arn.replace(':stateMachine:', ':execution:')}:{entry.execution_name}"
        answer = self._call("describe_execution", {"ExecutionDoesNotExist"}, executionArn=arn)
        return None if answer is None else ExecutionStatus(answer["status"])

    def succeed(self, token: str, output: dict[str, str]) -> bool:
        return self._call("send_task_success", _NOTHING_WAITS, taskToken=token, output=json.dumps(output)) is not None

    def heartbeat(self, token: str) -> bool:
        return self._call("send_task_heartbeat", _NOTHING_WAITS, taskToken=token) is not None

    def _call(self, operation: str, harmless: set[str] | frozenset[str], **arguments: str) -> dict[str, Any] | None:
        """The answer; None for an error named in ``harmless``."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = getattr(self._client(), operation)(**arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] in harmless:
                return None
            raise WorkflowUnavailableError("What you asked for is kept, and goes on by itself as soon as it can.") from error
        except BotoCoreError as error:
            raise WorkflowUnavailableError("What you asked for is kept, and goes on by itself as soon as it can.") from error
        return answer
