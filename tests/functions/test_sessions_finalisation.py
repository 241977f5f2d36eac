"""From a finalised session to published certificates: the real state machine with the real tasks, broken wherever it can break."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from functions.load_session.app import handler as load_session
from functions.mark_published.app import handler as mark_published
from functions.publish_certificate.app import handler as publish_certificate
from functions.publish_session.app import handler as publish_session
from functions.request_jury.app import handler as request_jury
from functions.resume_finalisations.app import SERVICE as SWEEP
from functions.resume_finalisations.app import SweepIncompleteError
from functions.resume_finalisations.app import handler as sweep
from functions.score_candidate.app import handler as score_candidate
from jalon.certification import run_finalisation, start_certification
from tests.certification.machine import TASKS, Machine, NamedError, Task, machine, until
from tests.cloud import template
from tests.functions.certification_cloud import EVENTS, CertificationCloud, certification_cloud

HANDLERS: dict[str, Callable[[dict[str, Any], Any], Any]] = {
    "LoadSession": load_session,
    "ScoreCandidate": score_candidate,
    "RequestJury": request_jury,
    "MarkPublished": mark_published,
    "PublishCertificate": publish_certificate,
    "PublishSession": publish_session,
}
SCHEDULE = json.loads((EVENTS / "resume_finalisations" / "schedule.json").read_text())


@pytest.fixture(scope="module")
def world(emulator: str) -> Iterator[CertificationCloud]:
    with certification_cloud(emulator) as built:
        yield built


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lost executions are begun again at once."""
    from datetime import timedelta

    monkeypatch.setattr(run_finalisation, "CLAIM_LIFE", timedelta(0))
    monkeypatch.setattr(run_finalisation, "pause_before", lambda _attempt: timedelta(0))


@contextmanager
def deployed(world: CertificationCloud, **broken: Task) -> Iterator[Machine]:
    """The machine in the world's account; ``broken`` replaces some of its tasks."""
    real: dict[str, Task] = {name: lambda event, handler=handler: handler(event, None) for name, handler in HANDLERS.items()}
    with machine(world.cloud, real | broken) as running:
        yield running
    client = world.cloud.client("stepfunctions")
    for found in client.list_state_machines()["stateMachines"]:
        client.delete_state_machine(stateMachineArn=found["stateMachineArn"])


def execution_of(running: Machine, session: Any, attempt: int = 1) -> str:
    name = f"{session['number']}-1" + (f"-{attempt}" if attempt > 1 else "")
    return f"{running.arn.replace(':stateMachine:', ':execution:')}:{name}"


def published(world: CertificationCloud, session: Any) -> list[dict[str, Any]]:
    return [item for item in world.cloud.items("published_results") if item["session_number"]["S"] == session["number"]]


def certificates(world: CertificationCloud, certification_ids: set[str]) -> dict[str, Any]:
    found = [item for item in world.cloud.items("certificates") if item["certification_id"]["S"] in certification_ids]
    assert len(found) == len({item["certification_id"]["S"] for item in found})
    return {item["certification_id"]["S"]: item for item in found}


def versions(world: CertificationCloud, certification_id: str) -> list[int]:
    return sorted(int(item["version"]["N"]) for item in world.cloud.items("results") if item["certification_id"]["S"] == certification_id)


def is_published(world: CertificationCloud, session: Any) -> bool:
    return bool(world.centre("read_finalisation", number=session["number"]).body["status"] == "published")


def test_a_clean_session_is_published_without_a_human(world: CertificationCloud) -> None:
    session = world.session()
    candidates = world.finish(session, ("Lefèvre", "Zoé"), ("Martin", "Anne-Lise"))
    with deployed(world) as running:
        assert world.finalise(session).status == 202
        assert running.wait(execution_of(running, session))["status"] == "SUCCEEDED"
    assert is_published(world, session)
    certification_ids = {candidate.certification_id for candidate in candidates}
    assert set(certificates(world, certification_ids)) == certification_ids
    assert len(published(world, session)) == 2
    assert [versions(world, certification_id) for certification_id in certification_ids] == [[1000], [1000]]
    assert not [item for item in world.cloud.items("open_finalisations") if item["session_number"]["S"] == session["number"]]
    assert session["number"] not in {item["session_number"]["S"] for item in world.cloud.items("jury_worklist")}


def test_a_session_with_an_incident_waits_for_the_jury_and_its_decision_counts(world: CertificationCloud) -> None:
    session = world.session()
    cheat, honest = world.finish(session, ("Lefèvre", "Zoé"), ("Martin", "Anne-Lise"))
    body = {"candidate_id": cheat.candidate_id, "code": "C6", "description": "Une antisèche."}
    report = world.room("write_report", session["number"], body=body).body
    with deployed(world) as running:
        world.finalise(session)
        running.wait_for("RequestJury")
        until(lambda: session["number"] in {item["number"] for item in world.jury("list_waiting", query={"limit": "200"}).body["items"]})
        assert not is_published(world, session)
        assert sweep(SCHEDULE, None)["heard"] >= 1
        settled = {"kind": "settle_report", "version": 1000, "report_id": report["id"], "upheld": True}
        assert world.jury("decide", certification_id=cheat.certification_id, body=settled).status == 201
        assert world.jury("decide", certification_id=cheat.certification_id, body={"kind": "reject", "version": 1001}).status == 201
        assert world.jury("publish", number=session["number"]).status == 202
        assert running.wait(execution_of(running, session))["status"] == "SUCCEEDED"
    assert is_published(world, session)
    assert set(certificates(world, {cheat.certification_id, honest.certification_id})) == {honest.certification_id}
    assert len(published(world, session)) == 2
    revoked = world.jury("revoke", certification_id=honest.certification_id, body={"reason": "Erreur de personne."})
    again = world.jury("revoke", certification_id=honest.certification_id, body={"reason": "Encore."})
    assert (revoked.status, revoked.body) == (200, again.body)
    assert revoked.body["revoked_at"]


def test_a_correction_replaces_one_certificate_and_leaves_the_others(world: CertificationCloud) -> None:
    session = world.session()
    misspelt, right = world.finish(session, ("Lefèvre", "Zoé"), ("Martin", "Anne-Lise"))
    with deployed(world) as running:
        world.finalise(session)
        assert running.wait(execution_of(running, session))["status"] == "SUCCEEDED"
        before = certificates(world, {misspelt.certification_id, right.certification_id})
        opened = world.jury("correct", number=session["number"])
        again = world.jury("correct", number=session["number"])
        assert (opened.status, opened.body["finalisation"], again.body["code"]) == (202, 2, "session_not_published")
        until(lambda: world.jury("review_session", number=session["number"]).body["status"] == "in_jury")
        identity = {name: misspelt.identity[name] for name in ("first_name", "birth_date", "sex", "birth_place")} | {
            "last_name": "Lefebvre"
        }
        body = {"kind": "correct_identity", "version": 1000, "identity": identity}
        assert world.jury("decide", certification_id=misspelt.certification_id, body=body).body["version"] == 2000
        assert world.jury("publish", number=session["number"]).status == 202
        second = execution_of(running, session).removesuffix("-1") + "-2"
        assert running.wait(second)["status"] == "SUCCEEDED"
    assert is_published(world, session)
    kept = [item for item in world.cloud.items("certificates") if item["certification_id"]["S"] == right.certification_id]
    assert kept == [before[right.certification_id]]
    old, new = sorted(
        (item for item in world.cloud.items("certificates") if item["certification_id"]["S"] == misspelt.certification_id),
        key=lambda item: int(item["version"]["N"]),
    )
    assert ("revoked_at" in old, "revoked_at" in new, new["version"]["N"]) == (True, False, "2000")


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_wherever_an_execution_dies_the_next_one_gives_one_result_and_one_certificate(
    world: CertificationCloud, task: str, moment: str
) -> None:
    """The task dies before or after its work; the sweep begins another execution, whose outcome is the same."""
    session = world.session()
    (candidate,) = world.finish(session, ("Lefèvre", "Zoé"))
    died: list[bool] = []

    def dies_once(event: dict[str, Any]) -> Any:
        if died:
            return HANDLERS[task](event, None)
        died.append(True)
        if moment == "after":
            HANDLERS[task](event, None)
        if task == "RequestJury":
            world.cloud.client("stepfunctions").stop_execution(executionArn=execution_of(running, session))
            return {"waiting": True}
        raise NamedError("Killed")

    with deployed(world, **{task: dies_once}) as running:
        world.finalise(session, global_comment="Une coupure." if task == "RequestJury" else "")
        assert running.wait(execution_of(running, session))["status"] in {"FAILED", "ABORTED"}
        before = certificates(world, {candidate.certification_id})
        if task == "RequestJury" and moment == "after":
            assert world.jury("publish", number=session["number"]).status == 202
        swept = sweep(SCHEDULE, None)
        if is_published(world, session):
            assert (task, moment, swept["closed"]) == ("MarkPublished", "after", 0)
        else:
            assert swept["begun"] == 1
            if task == "RequestJury" and moment == "before":
                running.wait_for("RequestJury", 2)
                until(lambda: world.jury("publish", number=session["number"]).status == 202)
            assert running.wait(execution_of(running, session, attempt=2))["status"] == "SUCCEEDED"
    assert is_published(world, session)
    assert versions(world, candidate.certification_id) == [1000]
    after = certificates(world, {candidate.certification_id})
    assert len(after) == len(published(world, session)) == 1
    assert not before or before == after


def test_a_start_that_was_drawing_its_questions_gets_no_test_once_its_session_is_loaded(
    world: CertificationCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = world.session()
    (late,) = world.seat(session, ("Martin", "Anne-Lise"))
    (finished,) = world.finish(session, ("Lefèvre", "Zoé"))
    draw: Callable[..., Any] = start_certification._make_test

    def overtaken(*args: Any) -> Any:
        if not is_published(world, session):
            assert world.finalise(session).status == 202
            assert running.wait(execution_of(running, session))["status"] == "SUCCEEDED"
        return draw(*args)

    monkeypatch.setattr(start_certification, "_make_test", overtaken)
    with deployed(world) as running:
        for _ in range(2):
            refused = late.start()
            assert (refused.status, refused.body["code"]) == (409, "session_already_finalised")
    assert is_published(world, session)
    assert [item["certification_id"]["S"] for item in published(world, session)] == [finished.certification_id]


def test_a_finalisation_that_no_machine_took_is_begun_by_the_sweep(world: CertificationCloud) -> None:
    session = world.session()
    world.finish(session, ("Lefèvre", "Zoé"))
    assert world.finalise(session).status == 202  # there is no machine yet
    assert not is_published(world, session)
    with deployed(world) as running:
        assert sweep(SCHEDULE, None)["begun"] >= 1
        assert running.wait(execution_of(running, session))["status"] == "SUCCEEDED"
    assert is_published(world, session)


def test_the_alarms_watch_the_metrics_that_are_written(
    world: CertificationCloud, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POWERTOOLS_SERVICE_NAME")
    assert "POWERTOOLS_SERVICE_NAME" not in template()["Globals"]["Function"]["Environment"]["Variables"]
    session = world.session()
    world.finish(session, ("Lefèvre", "Zoé"))
    world.finalise(session, global_comment="Une coupure.")
    for item in load_session({"session_number": session["number"], "finalisation": 1}, None)["candidates"]:
        score_candidate(item, None)
    request_jury({"session_number": session["number"], "finalisation": 1, "token": "t", "reminders": 1}, None)
    with deployed(world):
        sweep(SCHEDULE, None)
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    watched = {
        alarm["Properties"]["MetricName"]
        for name, alarm in template()["Resources"].items()
        if alarm["Type"] == "AWS::CloudWatch::Alarm" and alarm["Properties"].get("Namespace") == "Jalon"
        if name in {"FinalisationsStuckAlarm", "JuryRemindedAlarm"}
    }
    assert watched == {"FinalisationsStuck", "JuryReminded"}
    for metric in watched:
        (line,) = [line for line in written if metric in line]
        assert line["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Jalon"
        assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [[]]


def test_a_sweep_that_could_not_look_everywhere_fails_at_its_end(world: CertificationCloud) -> None:
    session = world.session()
    world.finish(session, ("Lefèvre", "Zoé"))
    world.finalise(session)
    world.cloud.client("dynamodb").update_item(
        TableName=world.cloud.environment["TABLE_OPEN_FINALISATIONS"],
        Key={"shard": {"N": str(int(session["number"]) % 8)}, "session_number": {"S": session["number"]}},
        UpdateExpression="SET attempted_at = :at",
        ExpressionAttributeValues={":at": {"N": "1"}},
    )
    with pytest.raises(SweepIncompleteError):
        sweep(SCHEDULE, None)  # there is no machine to start
    assert SWEEP == "resume_finalisations"
