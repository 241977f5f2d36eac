"""What operators do to people's data by hand, in a log of its own: who did it, to which account and why (RGPD art. 5(2) and 32).

A command runs on the operator's machine, and nobody keeps what it prints there. So it is noted where the functions log, before the command
acts: what cannot be noted is not done.
"""

import json
from datetime import datetime

from jalon.edge.aws import client
from jalon.kernel.clock import epoch_ms, iso
from jalon.kernel.errors import UnavailableError

_ALREADY_THERE = "ResourceAlreadyExistsException"


class OperatorLogUnavailableError(UnavailableError):
    """Nothing can be noted in the operators' log: the caller may not, or it does not answer."""

    code = "operator_log_unavailable"


class OperatorLog:
    """A log group of CloudWatch, with a stream a day."""

    def __init__(self, group: str) -> None:
        self._group = group

    def note(self, code: str, now: datetime, **facts: str) -> str:
        """Write one line with the caller's ARN, as STS knows it from the credentials in use; returns the ARN.

        ``facts`` are numbers and references, never names. Raises :class:`OperatorLogUnavailableError`.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            caller = str(client("sts").get_caller_identity()["Arn"])
            line = json.dumps({"level": "INFO", "message": code, "timestamp": iso(now), "by": caller, **facts})
            stream = f"{now:%Y/%m/%d}"
            self._open(stream)
            events = [{"timestamp": epoch_ms(now), "message": line}]
            client("logs").put_log_events(logGroupName=self._group, logStreamName=stream, logEvents=events)
        except (BotoCoreError, ClientError) as error:
            raise OperatorLogUnavailableError("The operators' log cannot be written to, so nothing was done.") from error
        return caller

    def _open(self, stream: str) -> None:
        from botocore.exceptions import ClientError

        try:
            client("logs").create_log_stream(logGroupName=self._group, logStreamName=stream)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != _ALREADY_THERE:
                raise
