"""The finalisation's state machine: the document itself, and every state of it on the emulator.

Source: docs/architecture.md, *What is never lost*.
"""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cfnlint.rules.resources.stepfunctions.StateMachineDefinition import StateMachineDefinition
from jsonschema import Draft7Validator

from jalon.assessment import release_store
from jalon.certificates import publish_certificate, publish_session, sign_status_lists
from jalon.certification import executions
from jalon.certification.errors import FinalisationSupersededError, ScoringError
from jalon.edge import tables
from jalon.kernel.errors import UnavailableError
from tests.alarms import alarms
from tests.certification.machine import TASKS, Machine, NamedError, Task, definition, machine, states
from tests.cloud import Cloud, build, template

INPUT = {"session_number": "12345678", "finalisation": 1}
DOCUMENT = definition()
STATES = states(DOCUMENT)
LAMBDA_TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}


def test_the_document_is_valid_in_the_states_language_with_jsonata() -> None:
    schema = StateMachineDefinition()._convert_schema_to_jsonata()
    assert list(Draft7Validator(schema).iter_errors(DOCUMENT)) == []


def test_every_state_says_what_it_is_for_and_ends_somewhere() -> None:
    assert DOCUMENT["QueryLanguage"] == "JSONata"
    assert DOCUMENT["Comment"]
    for name, state in STATES.items():
        assert state.get("Comment"), name
        assert state["Type"] in {"Succeed", "Fail", "Choice"} or "Next" in state or state.get("End"), name


def test_every_state_is_reached_and_every_next_exists() -> None:
    def targets(scope: dict[str, Any]) -> None:
        names = set(scope["States"])
        reached = {scope["StartAt"]}
        for state in scope["States"].values():
            edges = [*state.get("Choices", []), *state.get("Catch", []), state]
            reached |= {edge["Next"] for edge in edges if "Next" in edge} | {state[key] for key in ("Default",) if key in state}
            if "ItemProcessor" in state:
                targets(state["ItemProcessor"])
        assert reached == names

    targets(DOCUMENT)


def test_every_task_has_its_time_out_and_the_token_its_heartbeat() -> None:
    assert DOCUMENT["TimeoutSeconds"] > 0
    for name, state in LAMBDA_TASKS.items():
        assert state["TimeoutSeconds"] > 0, name
        assert state["Resource"] in {"arn:aws:states:::lambda:invoke", "arn:aws:states:::lambda:invoke.waitForTaskToken"}, name
    waiting = [state for state in LAMBDA_TASKS.values() if state["Resource"].endswith("waitForTaskToken")]
    assert [state["Comment"] for state in waiting] == [STATES["RequestJury"]["Comment"]]
    assert 2 * 300 < STATES["RequestJury"]["HeartbeatSeconds"] < STATES["RequestJury"]["TimeoutSeconds"]


def test_every_task_retries_with_jitter_and_an_end_and_never_everything() -> None:
    for name, state in LAMBDA_TASKS.items():
        (retrier,) = state["Retry"]
        assert (retrier["JitterStrategy"], retrier["BackoffRate"]) == ("FULL", 2), name
        assert 0 < retrier["MaxAttempts"] <= 6, name
        assert retrier["MaxDelaySeconds"] <= 60, name
        assert {"Lambda.TooManyRequestsException", "Lambda.ServiceException", "StoreUnavailableError"} <= set(retrier["ErrorEquals"]), name


def test_errors_are_caught_by_name_and_no_outage_becomes_an_outcome() -> None:
    outages = {"States.ALL", "States.TaskFailed", "States.Runtime", "Lambda.Unknown", "StoreUnavailableError", "ContentUnavailableError"}
    for name, state in STATES.items():
        caught = {error for catcher in state.get("Catch", []) for error in catcher["ErrorEquals"]}
        assert not caught & outages, name
        assert not any("States.ALL" in retrier["ErrorEquals"] for retrier in state.get("Retry", [])), name


def test_the_names_that_are_caught_and_retried_are_those_of_our_errors() -> None:
    ours = {
        error.__name__
        for module in (tables, release_store, executions, publish_certificate, publish_session, sign_status_lists)
        for error in vars(module).values()
        if isinstance(error, type) and issubclass(error, UnavailableError) and error.__module__ == module.__name__
    }
    named = {error for state in STATES.values() for retrier in state.get("Retry", []) for error in retrier["ErrorEquals"]}
    assert ours <= named
    assert hasattr(publish_session, "ResultsMissingError")
    assert "ResultsMissingError" in named
    caught = {error for state in STATES.values() for catcher in state.get("Catch", []) for error in catcher["ErrorEquals"]}
    assert caught == {FinalisationSupersededError.__name__, ScoringError.__name__, "States.Timeout", "States.HeartbeatTimeout"}


def test_a_wait_that_timed_out_is_not_retried_as_a_failure() -> None:
    assert "States.Timeout" not in STATES["RequestJury"]["Retry"][0]["ErrorEquals"]
    assert [catcher["ErrorEquals"] for catcher in STATES["RequestJury"]["Catch"]][:2] == [["States.HeartbeatTimeout"], ["States.Timeout"]]


def test_a_distributed_map_reads_only_its_items() -> None:
    bulk = STATES["PublishInBulk"]
    assert bulk["Items"] == "{% $states.input %}"
    inside = json.dumps(bulk["ItemProcessor"])
    assert "$states.input" in inside
    assert not {f"${name}" for name in STATES["LoadSession"]["Assign"]} & set(inside.replace('"', " ").split())
    assert {"Items", "Output", "Assign", "ItemSelector"} & set(bulk) == {"Items"}


def test_the_template_gives_the_machine_every_function_it_names_and_the_role_to_call_it() -> None:
    properties = template()["Resources"]["SessionFinalization"]["Properties"]
    assert set(properties["DefinitionSubstitutions"]) == {*(f"{task}Function" for task in TASKS), "JuryTimeoutDays"}
    statements = {statement["Sid"]: statement for statement in properties["Policies"][0]["Statement"]}
    assert [arn["Fn::GetAtt"] for arn in statements["RunTasks"]["Resource"]] == [[f"{task}Function", "Arn"] for task in TASKS]
    assert properties["Tracing"] == {"Enabled": False}
    assert properties["Logging"]["IncludeExecutionData"] is False


def test_a_failed_execution_raises_an_alarm_on_the_machine_it_is_about() -> None:
    about = {alarm["MetricName"]: alarm for alarm in alarms().values() if alarm.get("Namespace") == "AWS/States"}
    assert set(about) == {"ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"}
    for alarm in about.values():
        assert alarm["Dimensions"] == [{"Name": "StateMachineArn", "Value": {"Ref": "SessionFinalization"}}]
        assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")


# --- on the emulator ---


@pytest.fixture(scope="module")
def account(emulator: str) -> Cloud:
    return build(emulator)


def items(count: int) -> list[dict[str, Any]]:
    return [INPUT | {"candidate_id": f"can_{rank}", "certification_id": f"crt_{rank}"} for rank in range(count)]


def loaded(count: int = 2, **changes: Any) -> Task:
    return lambda event: {**event, "published": False, "global_comment": False, "candidates": items(count), **changes}


def scored(*, clean: bool = True) -> Task:
    return lambda event: {"certification_id": event["certification_id"], "clean": clean}


def echo(event: dict[str, Any]) -> dict[str, Any]:
    return event


def fails(*names: str, then: Task = echo) -> Task:
    """Raises these errors, one a call, and then does its work."""
    left = list(names)
    lock = threading.Lock()

    def task(event: dict[str, Any]) -> Any:
        with lock:
            name = left.pop(0) if left else None
        if name:
            raise NamedError(name)
        return then(event)

    return task


Run = Callable[..., Machine]


@pytest.fixture
def deployed(account: Cloud) -> Iterator[Run]:
    """Deploys the machine with scripted tasks; what is not scripted does what it should."""
    opened = []

    def deploy(document: dict[str, Any] | None = None, **tasks: Task) -> Machine:
        usual: dict[str, Task] = {
            "LoadSession": loaded(),
            "ScoreCandidate": scored(),
            "RequestJury": echo,
            "MarkPublished": echo,
            "PublishCertificate": echo,
            "PublishSession": echo,
        }
        context = machine(account, usual | tasks, document)
        opened.append(context)
        return context.__enter__()

    yield deploy
    for context in opened:
        context.__exit__(None, None, None)
    client = account.client("stepfunctions")
    for found in client.list_state_machines()["stateMachines"]:
        client.delete_state_machine(stateMachineArn=found["stateMachineArn"])


def succeed(running: Machine, token: str) -> None:
    running.cloud.client("stepfunctions").send_task_success(taskToken=token, output='{"decision": "publish"}')


def test_a_clean_session_goes_to_publication_by_itself(deployed: Run) -> None:
    running = deployed()
    ended = running.run("clean", INPUT)
    assert ended["status"] == "SUCCEEDED"
    assert running.entered(ended["executionArn"]) == [
        "LoadSession",
        "IsAnythingLeft",
        "ScoreCandidates",
        "IsAnythingToDecide",
        "ListCertifications",
        "AreThereMany",
        "PublishCertificates",
        "PublishSession",
        "MarkPublished",
        "Published",
    ]
    assert running.called("LoadSession") == [INPUT]
    assert sorted(running.called("ScoreCandidate"), key=str) == sorted(running.called("PublishCertificate"), key=str) == items(2)
    assert running.called("PublishSession") == running.called("MarkPublished") == [INPUT]
    assert running.called("RequestJury") == []


def test_a_session_of_one_candidate_is_a_list_too(deployed: Run) -> None:
    running = deployed(LoadSession=loaded(1))
    assert running.run("one", INPUT)["status"] == "SUCCEEDED"
    assert running.called("PublishCertificate") == items(1)


def test_a_published_session_is_left_alone(deployed: Run) -> None:
    running = deployed(LoadSession=loaded(published=True))
    ended = running.run("published", INPUT)
    assert running.entered(ended["executionArn"]) == ["LoadSession", "IsAnythingLeft", "Published"]
    assert ended["status"] == "SUCCEEDED"


def test_more_than_forty_candidates_are_published_in_executions_of_their_own(deployed: Run) -> None:
    running = deployed(LoadSession=loaded(41))
    ended = running.run("many", INPUT)
    assert ended["status"] == "SUCCEEDED"
    assert "PublishInBulk" in running.entered(ended["executionArn"])
    assert "PublishCertificates" not in running.entered(ended["executionArn"])
    assert sorted(event["candidate_id"] for event in running.called("PublishCertificate")) == sorted(i["candidate_id"] for i in items(41))


@pytest.mark.parametrize(
    "tasks", [{"LoadSession": loaded(global_comment=True)}, {"ScoreCandidate": scored(clean=False)}], ids=["comment", "open point"]
)
def test_a_session_with_something_to_decide_waits_for_the_jury(deployed: Run, tasks: dict[str, Task]) -> None:
    running = deployed(**tasks)
    execution = running.start("jury", INPUT)
    running.wait_for("RequestJury")
    (request,) = running.called("RequestJury")
    assert {key: value for key, value in request.items() if key != "token"} == {**INPUT, "reminders": 0}
    assert running.called("PublishCertificate") == []
    succeed(running, request["token"])
    assert running.wait(execution)["status"] == "SUCCEEDED"
    assert len(running.called("PublishCertificate")) == 2


def test_the_jury_may_agree_while_it_is_being_asked(deployed: Run) -> None:
    agreed: list[str] = []

    def ask_and_agree(event: dict[str, Any]) -> dict[str, Any]:
        succeed(running, event["token"])
        agreed.append(event["token"])
        return {"waiting": False}

    running = deployed(ScoreCandidate=scored(clean=False), RequestJury=ask_and_agree)
    assert running.run("at-once", INPUT)["status"] == "SUCCEEDED"
    assert len(agreed) == 1


def test_a_test_that_cannot_be_scored_is_set_aside_and_goes_to_the_jury(deployed: Run) -> None:
    def score(event: dict[str, Any]) -> dict[str, Any]:
        if event["candidate_id"] == "can_1" and not event.get("set_aside"):
            raise ScoringError("no content")
        return {"clean": not event.get("set_aside")}

    running = deployed(ScoreCandidate=score)
    execution = running.start("aside", INPUT)
    running.wait_for("RequestJury")
    assert [event for event in running.called("ScoreCandidate") if event.get("set_aside")] == [items(2)[1] | {"set_aside": True}]
    succeed(running, running.called("RequestJury")[0]["token"])
    assert running.wait(execution)["status"] == "SUCCEEDED"


def test_a_jury_that_is_silent_is_reminded_and_in_the_end_the_execution_fails(deployed: Run) -> None:
    running = deployed(definition(jury_timeout_days=6, jury_timeout_s=1), ScoreCandidate=scored(clean=False))
    ended = running.run("silent", INPUT)
    assert (ended["status"], ended["error"]) == ("FAILED", "JuryDidNotDecide")
    assert [event["reminders"] for event in running.called("RequestJury")] == [0, 1]
    assert Counter(running.entered(ended["executionArn"]))["MayTheJuryWaitLonger"] == 2


def test_a_reminded_jury_that_agrees_is_followed(deployed: Run) -> None:
    def agree_when_reminded(event: dict[str, Any]) -> dict[str, Any]:
        if event["reminders"] == 1:
            succeed(running, event["token"])
        return {"waiting": event["reminders"] != 1}

    impatient = definition(jury_timeout_days=90, jury_timeout_s=1)
    running = deployed(impatient, ScoreCandidate=scored(clean=False), RequestJury=agree_when_reminded)
    assert running.run("reminded", INPUT)["status"] == "SUCCEEDED"
    assert [event["reminders"] for event in running.called("RequestJury")][:2] == [0, 1]


def test_a_token_nobody_keeps_alive_is_asked_for_again(deployed: Run) -> None:
    """The emulator enforces no heartbeat: the test fails the task under the name the real one would."""
    running = deployed(ScoreCandidate=scored(clean=False))
    execution = running.start("heartbeat", INPUT)
    running.wait_for("RequestJury")
    client = running.cloud.client("stepfunctions")
    client.send_task_failure(taskToken=running.called("RequestJury")[0]["token"], error="States.HeartbeatTimeout")
    running.wait_for("RequestJury", 2)
    first, second = running.called("RequestJury")
    assert (second["reminders"], second["token"] != first["token"]) == (0, True)
    succeed(running, second["token"])
    assert running.wait(execution)["status"] == "SUCCEEDED"


@pytest.mark.parametrize("task", [task for task in TASKS if task != "RequestJury"])
def test_an_outage_is_retried_and_passes(deployed: Run, task: str) -> None:
    usual = {"LoadSession": loaded(1), "ScoreCandidate": scored()}
    running = deployed(**(usual | {task: fails("StoreUnavailableError", "Lambda.TooManyRequestsException", then=usual.get(task, echo))}))
    assert running.run("outage", INPUT)["status"] == "SUCCEEDED"
    assert len(running.called(task)) == 3


@pytest.mark.parametrize("task", [task for task in TASKS if task != "RequestJury"])
def test_an_unforeseen_error_fails_the_execution_and_becomes_no_outcome(deployed: Run, task: str) -> None:
    running = deployed(**{"LoadSession": loaded(1), task: fails("KeyError")})
    ended = running.run("unforeseen", INPUT)
    assert (ended["status"], ended["error"]) == ("FAILED", "KeyError")
    assert running.called("MarkPublished") == ([] if task != "MarkPublished" else [INPUT])
    assert len(running.called(task)) == 1


@pytest.mark.parametrize("task", ["LoadSession", "MarkPublished"])
def test_another_finalisation_ends_as_superseded(deployed: Run, task: str) -> None:
    running = deployed(**{task: fails("FinalisationSupersededError")})
    ended = running.run("superseded", INPUT)
    assert (ended["status"], ended["error"]) == ("FAILED", "FinalisationSuperseded")
    assert running.entered(ended["executionArn"])[-1] == "Superseded"


def test_a_second_execution_of_the_same_finalisation_is_harmless_to_start(deployed: Run) -> None:
    running = deployed()
    running.run("12345678-1", INPUT)
    with pytest.raises(running.cloud.client("stepfunctions").exceptions.ExecutionAlreadyExists):
        running.start("12345678-1", INPUT)
    assert running.run("12345678-1-2", INPUT)["status"] == "SUCCEEDED"
