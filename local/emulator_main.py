"""The embedded cloud's process: ministack with what it lacks for our use, nothing forked.

Run by ``local.emulator`` with the interpreter of the emulator's own virtual environment (ministack pins botocore).
Each mend is listed in docs/local.md:

* 40 ms of Nagle delay and 50 ms of log wait per invocation are removed;
* the state is saved every two seconds in a forked child, so that ``kill -9`` loses at most that;
* stream positions are reset at start, because the records they point into are not kept;
* the HTTP API's JWT authorizer verifies RS256 with a key set fetched from the issuer (it does), so nothing is changed there.
"""

import json
import os
import signal
import socketserver
import sys
import threading
import time
from pathlib import Path
from typing import Any

SAVE_EVERY_S = 2.0
#: Saving takes well under a second; a child that is stuck (a lock held while we forked) ends itself.
SAVE_LIMIT_S = 20
#: The first file descriptor after standard input, output and error.
_FIRST_OF_OURS = 3
#: What changes while requests run. Everything else changes only when the stack is deployed.
DATA_SERVICES = ("dynamodb", "sqs", "stepfunctions", "eventbridge", "scheduler", "ses", "ses_v2")

_seen_requests = 0
_seen_control_requests = 0


class CountingApp:
    """Passes every request on to the emulator, and notes whether data or the deployment may have changed."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        global _seen_requests, _seen_control_requests
        if scope.get("type") == "http":
            _seen_requests += 1
            signed_for = _service(dict(scope.get("headers", ())).get(b"authorization", b""))
            if signed_for and signed_for not in DATA_SERVICES and signed_for != "s3":
                _seen_control_requests += 1
        await self.app(scope, receive, send)


def _service(authorization: bytes) -> str:
    """The service a request was signed for: the fourth part of the credential scope (AWS Signature Version 4)."""
    _, _, rest = authorization.partition(b"Credential=")
    parts = rest.split(b",")[0].split(b"/")
    return parts[3].decode() if len(parts) > 3 else ""


def _save(save_dict: dict[str, Any], names: list[str]) -> bool:
    """Write the state of ``names`` from a forked child, whose memory is a snapshot that no request can change; whether it came to its end.

    The child holds none of its parent's sockets: when the parent is killed meanwhile, its port is free at once.
    """
    from ministack.core import persistence

    child = os.fork()
    if child == 0:
        done = False
        signal.alarm(SAVE_LIMIT_S)
        try:
            os.closerange(_FIRST_OF_OURS, os.sysconf("SC_OPEN_MAX"))
            for name in names:
                persistence.save_state(name, save_dict[name]())
            done = True
        finally:
            os._exit(0 if done else 1)
    return os.waitpid(child, 0)[1] == 0


def _autosave(app: Any) -> None:
    saved = saved_control = 0
    while True:
        time.sleep(SAVE_EVERY_S)
        requests, control = _seen_requests, _seen_control_requests
        if requests == saved and control == saved_control:
            continue
        save_dict = app._build_persistence_save_dict()
        names = [name for name in save_dict if name in DATA_SERVICES or control != saved_control]
        if _save(save_dict, names):
            saved, saved_control = requests, control
        else:
            print(f"The state was not saved within {SAVE_LIMIT_S} s; it will be tried again.", file=sys.stderr)


def _reset_stream_positions(state_dir: Path) -> None:
    state = state_dir / "lambda.json"
    if state.exists():
        document = json.loads(state.read_text())
        positions = document.get("payload", {}).get("dynamodb_stream_positions")
        if positions:
            positions["data"] = {}
            state.write_text(json.dumps(document))


def _remove_waits() -> None:
    from ministack.core import lambda_runtime

    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    lambda_runtime.Worker._drain_stderr_bounded.__defaults__ = (0.002, 0.001, 0.25)


def main() -> None:
    """Serve until SIGTERM or SIGINT, which save everything."""
    from ministack import app as ministack_app
    from ministack.core import persistence

    _remove_waits()
    if persistence.PERSIST_STATE:
        _reset_stream_positions(Path(persistence.STATE_DIR))
        threading.Thread(target=_autosave, args=(ministack_app,), daemon=True).start()
    ministack_app.app = CountingApp(ministack_app.app)
    sys.argv = sys.argv[:1]
    ministack_app.main()


if __name__ == "__main__":
    main()
