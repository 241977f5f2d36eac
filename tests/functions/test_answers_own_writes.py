"""A pupil reads their own writes: the response that ends a test shows the new profile, before the stream has run, over the real tables."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from engine.grading import Result
from engine.packing import Answered
from functions.answers import wiring
from jalon.assessment.next_question import question_due
from jalon.assessment.start_assessment import StartAssessment, start_assessment
from jalon.assessment.state import Purpose
from jalon.kernel.ids import AssessmentId, UserId
from tests.assessment.content import CAMPAIGN_PROFILE, release
from tests.cloud import Cloud
from tests.functions.answers_client import Pupil, code
from tests.functions.answers_cloud import project

Call = tuple[str, str]


@pytest.fixture
def asked(answers: Cloud, monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """Every operation on the tables with the table's logical name, in order."""
    return _watched(answers, monkeypatch, lambda _: None)


def _watched(cloud: Cloud, patch: pytest.MonkeyPatch, before: Callable[[Call], None]) -> list[Call]:
    calls: list[Call] = []
    send = BaseClient._make_api_call
    names = {cloud.environment[f"TABLE_{name.upper()}"]: name for name in ("assessments", "assessments_by_user", "profiles")}

    def watched(self: Any, operation: str, arguments: Any) -> Any:
        [table] = arguments.get("RequestItems") or [arguments.get("TableName")]
        calls.append((operation, names.get(table, "")))
        before(calls[-1])
        return send(self, operation, arguments)

    patch.setattr(BaseClient, "_make_api_call", watched)
    return calls


@contextmanager
def throttled(cloud: Cloud, call: Call) -> Iterator[None]:
    """One operation on one table is refused for as long as the block lasts, however often it is tried."""

    def refuse(made: Call) -> None:
        if made == call:
            raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException", "Message": "busy"}}, call[0])

    with pytest.MonkeyPatch.context() as patch:
        _watched(cloud, patch, refuse)
        yield


def campaign(pupil: Pupil) -> dict[str, Any]:
    """A campaign's test on 1.1 and 1.2, begun as the campaigns' function begins it."""
    shared = wiring.parts()
    command = StartAssessment(UserId(pupil.user_id), Purpose.CAMPAIGN, "prt_1", target_profile_id=CAMPAIGN_PROFILE)
    state = start_assessment(
        store=shared.store, profiles=shared.profiles, releases=shared.releases, clock=shared.clock, ids=shared.ids, command=command
    )
    body = pupil.read(state.assessment_id).body
    assert isinstance(body, dict)
    return body


def last_question(pupil: Pupil, competence: str = "1.1") -> dict[str, Any]:
    """A competence's test of which a right answer is the last: those before it are answered wrong."""
    test = pupil.start(purpose="competence", competence=competence).body
    while not _is_last(test["id"]):
        test = pupil.play(test, right=False, at_most=1)
    assert isinstance(test, dict)
    return test


def _is_last(assessment_id: str) -> bool:
    state = wiring.parts().store.get(AssessmentId(assessment_id))
    assert state is not None
    due = question_due(release(), state)
    assert due is not None
    answered = Answered(due.challenge_index, due.variant_index, Result.OK, elapsed_ms=0, at=0)
    return question_due(release(), replace(state, answers=(*state.answers, answered))) is None


def test_interleaved_tests_and_a_campaign_each_end_with_the_profile_as_it_will_be(pupil: Pupil, answers: Cloud) -> None:
    tests = [pupil.start(purpose="competence", competence=name).body for name in ("1.1", "1.2")]
    tests.append(campaign(pupil))
    totals = []
    turn = 0
    while tests:
        test = pupil.play(tests.pop(0), right=turn % 3 != 0, at_most=1)
        turn += 1
        if test["question"] is not None:
            assert (test["scores"]["basis"], test["scores"]["pix"]) == ("test", None)
            tests.append(test)
            continue
        totals.append(test["scores"])
    project(answers)
    profile = pupil.profile().body
    cards = {card["code"]: {name: card[name] for name in ("code", "pix", "level")} for card in profile["competences"]}
    assert [scores["basis"] for scores in totals] == ["profile"] * 3
    assert totals[-1]["pix"] == profile["pix"] > 0
    assert totals[-1]["competences"] == [cards[score["code"]] for score in totals[-1]["competences"]]


def test_a_campaigns_test_says_with_each_answer_how_far_it_is_and_no_other_test_does(pupil: Pupil) -> None:
    test = campaign(pupil)
    shown = [test["progress_percent"]]
    while test["question"] is not None:
        test = pupil.play(test, right=False, at_most=1)
        shown.append(test["progress_percent"])
    assert (shown[0], shown[-1], test["status"]) == (0, 100, "completed")
    assert shown[:-1] == sorted(set(shown[:-1])), "each answer tells something of what is asked about"
    assert pupil.read(test["id"]).body["progress_percent"] == 100
    assert pupil.start(purpose="competence", competence="2.1").body["progress_percent"] is None


def test_the_total_counts_what_another_test_brought_since_this_one_began(pupil: Pupil, answers: Cloud) -> None:
    first = pupil.start(purpose="competence", competence="1.1").body
    second = pupil.play(pupil.start(purpose="competence", competence="1.2").body)
    assert second["scores"]["pix"] == second["scores"]["competences"][0]["pix"] > 0
    done = pupil.play(first)
    assert done["scores"]["pix"] == done["scores"]["competences"][0]["pix"] + second["scores"]["pix"]
    project(answers)
    assert pupil.profile().body["pix"] == done["scores"]["pix"]


def test_repeating_the_last_answer_and_reading_the_test_again_show_the_profile_too(pupil: Pupil, answers: Cloud) -> None:
    test = last_question(pupil)
    first = pupil.answer(test["id"], test["question"], key="last")
    assert (first.body["assessment"]["status"], first.body["assessment"]["scores"]["basis"]) == ("completed", "profile")
    elsewhere = pupil.play(pupil.start(purpose="competence", competence="1.2").body)
    again = pupil.answer(test["id"], test["question"], key="last")
    assert (again.status, again.body["repeated"]) == (200, True)
    for scores in (again.body["assessment"]["scores"], pupil.read(test["id"]).body["scores"], pupil.start().body["scores"]):
        assert (scores["basis"], scores["pix"]) == ("profile", elsewhere["scores"]["pix"])


def test_only_the_last_answer_reads_the_profile(pupil: Pupil, asked: list[Call]) -> None:
    """docs/protocol.md, What it costs."""
    test = last_question(pupil)
    write, close = ("UpdateItem", "assessments"), ("UpdateItem", "assessments")
    profile, attempts, others = ("GetItem", "profiles"), ("Query", "assessments_by_user"), ("BatchGetItem", "assessments")
    asked.clear()
    done = pupil.answer(test["id"], test["question"])
    assert done.body["assessment"]["status"] == "completed"
    assert asked == [write, close, profile, attempts]
    running = pupil.start(purpose="competence", competence="2.1").body
    asked.clear()
    assert pupil.answer(running["id"], running["question"]).status == 200
    assert asked == [write]
    test = last_question(pupil, "1.2")
    asked.clear()
    assert pupil.answer(test["id"], test["question"]).body["assessment"]["status"] == "completed"
    assert asked == [write, close, profile, attempts, others]


def test_a_start_reads_what_its_user_answered_once_and_resuming_reads_none_of_it(pupil: Pupil, asked: list[Call], answers: Cloud) -> None:
    """docs/scale.md, Starts."""
    pupil.play(pupil.start(purpose="competence", competence="1.1").body)
    project(answers)
    asked.clear()
    pupil.start(purpose="competence", competence="1.2")
    assert [call for call in asked if call[1]] == [
        ("Query", "assessments_by_user"),
        ("GetItem", "profiles"),
        ("PutItem", "assessments_by_user"),
        ("PutItem", "assessments"),
    ]
    asked.clear()
    pupil.start(purpose="competence", competence="1.2")
    assert asked == [("Query", "assessments_by_user"), ("GetItem", "assessments")]
    asked.clear()
    pupil.start(purpose="competence", competence="2.1")
    assert [call for call in asked if call[1]] == [
        ("Query", "assessments_by_user"),
        ("GetItem", "profiles"),
        ("BatchGetItem", "assessments"),
        ("PutItem", "assessments_by_user"),
        ("PutItem", "assessments"),
    ]


@pytest.mark.parametrize("call", [("GetItem", "profiles"), ("Query", "assessments_by_user"), ("BatchGetItem", "assessments")])
def test_a_profile_out_of_reach_takes_nothing_from_the_last_answer(pupil: Pupil, answers: Cloud, call: Call) -> None:
    """It is stored and acknowledged with what the test itself knows; reading the test again shows the profile."""
    pupil.play(pupil.start(purpose="competence", competence="1.2").body, at_most=1)
    test = last_question(pupil)
    with throttled(answers, call):
        reply = pupil.answer(test["id"], test["question"], key="last")
        again = pupil.answer(test["id"], test["question"], key="last")
    for seen, repeated in ((reply, False), (again, True)):
        assert (seen.status, seen.body["result"], seen.body["repeated"]) == (200, "ok", repeated)
        shown = seen.body["assessment"]
        assert (shown["status"], shown["scores"]["basis"], shown["scores"]["pix"]) == ("completed", "test", None)
        assert [score["code"] for score in shown["scores"]["competences"]] == ["1.1"]
    scores = pupil.read(test["id"]).body["scores"]
    assert (scores["basis"], scores["pix"] > 0) == ("profile", True)


def test_a_profile_whose_release_is_gone_or_which_is_corrupt_takes_nothing_either(
    pupil: Pupil, answers: Cloud, monkeypatch: pytest.MonkeyPatch, logged: Callable[[], str]
) -> None:
    test = last_question(pupil)
    project(answers)
    cloud = answers.client("dynamodb")
    for attribute, value in (("release", {"S": "2025.1-aaaaaaaaaaaa"}), ("knowledge", {"B": b"\xff\xff\xff"})):
        cloud.update_item(
            TableName=answers.environment["TABLE_PROFILES"],
            Key={"user_id": {"S": pupil.user_id}},
            UpdateExpression="SET #a = :v",
            ExpressionAttributeNames={"#a": attribute},
            ExpressionAttributeValues={":v": value},
        )
        reply = pupil.answer(test["id"], test["question"], key="last")
        assert (reply.status, reply.body["assessment"]["scores"]["basis"]) == (200, "test")
        assert reply.body["assessment"]["status"] == "completed"
    assert logged().count("PROFILE_NOT_SHOWN") >= 2


def test_a_lost_last_response_is_closed_and_shown_by_the_reading_after(pupil: Pupil, answers: Cloud) -> None:
    """The closing write fails: the answer is stored, the response says 503, and the same request again gets everything."""
    test = last_question(pupil)
    closing = []

    def refuse_the_second(call: Call) -> None:
        closing.append(call)
        if call == ("UpdateItem", "assessments") and closing.count(call) > 1:
            raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException", "Message": "busy"}}, call[0])

    with pytest.MonkeyPatch.context() as patch:
        _watched(answers, patch, refuse_the_second)
        assert code(pupil.answer(test["id"], test["question"], key="last")) == (503, "store_unavailable")
    again = pupil.answer(test["id"], test["question"], key="last")
    assert (again.status, again.body["repeated"], again.body["assessment"]["status"]) == (200, True, "completed")
    assert again.body["assessment"]["scores"]["basis"] == "profile"


def test_a_competence_is_not_reset_the_day_it_was_answered_though_the_stream_is_late(pupil: Pupil) -> None:
    pupil.play(pupil.start().body)
    assert code(pupil.reset("1.1")) == (409, "too_early_to_reset")


def test_the_pages_that_show_what_a_pupil_has_just_written_are_read_consistently(pupil: Pupil, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tutorial saved, a competence reset (docs/scale.md): an emulator has no copies that lag, so what is asked for is what is held."""
    asked: list[bool] = []
    send = BaseClient._make_api_call

    def watched(self: Any, operation: str, arguments: Any) -> Any:
        if operation == "GetItem":
            asked.append(arguments.get("ConsistentRead", False))
        return send(self, operation, arguments)

    pupil.save_tutorial("tuto_skill")
    monkeypatch.setattr(BaseClient, "_make_api_call", watched)
    assert [item["id"] for item in pupil.tutorials().body["items"]] == ["tuto_skill"]
    assert [item["id"] for item in pupil.profile().body["tutorials"]] == ["tuto_skill"]
    assert asked == [True, True]
