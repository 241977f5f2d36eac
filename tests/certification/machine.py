"""The real state machine on the emulator, its Lambda functions relayed to handlers in the test's own process.

Each function is a bootstrap of a few lines that hands its event to an HTTP server of the test and its answer, or the name of its error,
back to the Lambda runtime interface. So the emulator runs the document as it will be deployed, and a test sees, scripts and breaks every
task.
"""

import io
import json
import stat
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from tests.cloud import Cloud

DOCUMENT = Path(__file__).parents[2] / "statemachines" / "session_finalization.asl.yaml"
TASKS = ("LoadSession", "ScoreCandidate", "RequestJury", "MarkPublished", "PublishCertificate", "PublishSession")
_PATIENCE_S = 60

Task = Callable[[dict[str, Any]], Any]

_BOOTSTRAP = """#!/usr/bin/env python3
import json, os, urllib.error, urllib.request
api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
def post(url, body):
    with urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"})) as answer:
        return answer.read()
while True:
    with urllib.request.urlopen(api + "next") as request:
        identifier, event = request.headers["Lambda-Runtime-Aws-Request-Id"], request.read()
    try:
        post(api + identifier + "/response", post(os.environ["RELAY"], event))
    except urllib.error.HTTPError as error:
        post(api + identifier + "/error", error.read())
"""


def definition(*, jury_timeout_days: int = 30, jury_timeout_s: int | None = None) -> dict[str, Any]:
    """The document with its substitutions made, its retries without pauses and, where asked, an impatient wait for the jury."""
    text = DOCUMENT.read_text().replace("${JuryTimeoutDays}", str(jury_timeout_days))
    for task in TASKS:
        text = text.replace(f"${{{task}Function}}", task)
    document: dict[str, Any] = yaml.safe_load(text)
    for state in states(document).values():
        for retrier in state.get("Retry", []):
            retrier["IntervalSeconds"] = 0
    if jury_timeout_s is not None:
        document["States"]["RequestJury"]["TimeoutSeconds"] = jury_timeout_s
    return document


def states(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Every state of a document, those inside maps included, by name."""
    found: dict[str, dict[str, Any]] = {}
    for name, state in document["States"].items():
        found[name] = state
        if "ItemProcessor" in state:
            found |= states(state["ItemProcessor"])
    return found


class NamedError(Exception):
    """An error a task raises under a name of the test's choosing."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def until(holds: Callable[[], bool], otherwise: Callable[[], str] = lambda: "it never came about") -> None:
    """Waits for what a task brings about; fails with what ``otherwise`` says when it does not."""
    deadline = time.monotonic() + _PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.05)


@dataclass
class Machine:
    """One state machine, what its tasks do, and what they were asked."""

    cloud: Cloud
    arn: str = ""
    tasks: dict[str, Task] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def called(self, task: str) -> list[dict[str, Any]]:
        return [event for name, event in self.calls if name == task]

    def run(self, name: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """Starts an execution and waits for its end."""
        return self.wait(self.start(name, event))

    def start(self, name: str, event: Mapping[str, Any]) -> str:
        client = self.cloud.client("stepfunctions")
        return str(client.start_execution(stateMachineArn=self.arn, name=name, input=json.dumps(event))["executionArn"])

    def wait(self, execution: str) -> dict[str, Any]:
        client = self.cloud.client("stepfunctions")
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            described: dict[str, Any] = client.describe_execution(executionArn=execution)
            if described["status"] != "RUNNING":
                return described
            time.sleep(0.1)
        raise AssertionError(f"the execution did not end: {self.calls}")

    def wait_for(self, task: str, times: int = 1) -> None:
        until(lambda: len(self.called(task)) >= times, lambda: f"{task} was not called {times} times: {self.calls}")

    def entered(self, execution: str) -> list[str]:
        """The names of the top-level states an execution entered, in order."""
        events = self.cloud.client("stepfunctions").get_execution_history(executionArn=execution, maxResults=1000)["events"]
        return [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]

    def perform(self, task: str, event: dict[str, Any]) -> tuple[int, Any]:
        with self.lock:
            self.calls.append((task, event))
        try:
            return 200, self.tasks[task](event)
        except NamedError as error:
            return 500, {"errorType": error.name, "errorMessage": "scripted"}
        except Exception as error:  # noqa: BLE001 - as the Lambda runtime does: the error's class is its name
            return 500, {"errorType": type(error).__name__, "errorMessage": str(error)}


@contextmanager
def machine(cloud: Cloud, tasks: Mapping[str, Task], document: Mapping[str, Any] | None = None) -> Iterator[Machine]:
    """The state machine deployed in this account, as long as the block lasts."""
    built = Machine(cloud, tasks=dict(tasks))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(built))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        client = cloud.client("lambda")
        for task in TASKS:
            client.create_function(
                FunctionName=task,
                Runtime="provided.al2023",
                Handler="relay",
                Role="arn:aws:iam::000000000000:role/test",
                Code={"ZipFile": _relay()},
                Timeout=60,
                Environment={"Variables": {"RELAY": f"http://127.0.0.1:{server.server_port}/{task}"}},
            )
        answer = cloud.client("stepfunctions").create_state_machine(
            name="session-finalization", definition=json.dumps(document or definition()), roleArn="arn:aws:iam::000000000000:role/test"
        )
        built.arn = answer["stateMachineArn"]
        yield built
    finally:
        for task in TASKS:
            cloud.client("lambda").delete_function(FunctionName=task)
        server.shutdown()
        server.server_close()


def _handler(built: Machine) -> type[BaseHTTPRequestHandler]:
    class Relay(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = built.perform(self.path.strip("/"), event)
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: Any) -> None:
            """Says nothing."""

    return Relay


def _relay() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = (stat.S_IFREG | 0o755) << 16
        archive.writestr(entry, _BOOTSTRAP)
    return buffer.getvalue()
