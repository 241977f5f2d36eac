"""The pupil's API over the real tables: one request per answer, nothing lost, nothing shown too early."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from functions.answers import wiring
from jalon.assessment import tickets
from jalon.assessment.end_assessment import end_assessment
from jalon.assessment.move_deadline import move_deadline
from jalon.assessment.raise_epoch import raise_epoch
from jalon.assessment.start_assessment import StartAssessment, start_assessment
from jalon.assessment.state import AssessmentState, EndReason, Purpose
from jalon.kernel.ids import UserId
from tests.assessment.content import wrong_answer
from tests.cloud import Cloud
from tests.functions.answers_client import Pupil, code
from tests.functions.answers_cloud import certification, first_ticket, project, reopen, stored
from tests.sources import FixedClock


def test_a_test_starts_with_its_first_question_and_resumes_on_the_same_one(pupil: Pupil) -> None:
    started = pupil.start()
    assert started.status == 200
    assert (started.body["status"], started.body["sequence"], started.body["subject"]) == ("started", 1, "1.1")
    again = pupil.start()
    assert again.body["id"] == started.body["id"]
    read = pupil.read(started.body["id"])
    same = ("number", "challenge_id", "instruction")
    assert [read.body["question"][key] for key in same] == [started.body["question"][key] for key in same]


@pytest.mark.parametrize("improve", [False, True])
def test_many_starts_at_the_same_instant_give_one_live_test(pupil: Pupil, answers: Cloud, improve: bool) -> None:
    """On the real tables: the first attempt, and the one that improves a finished competence."""
    shared, at_once = wiring.parts(), 8
    clock = FixedClock(datetime.now(UTC))
    if improve:
        pupil.play(pupil.start().body, right=False)
        clock = FixedClock(clock.instant + timedelta(days=5))
    command = StartAssessment(UserId(pupil.user_id), Purpose.COMPETENCE, "1.1", improve=improve)
    together = threading.Barrier(at_once)

    def start(_: int) -> AssessmentState:
        together.wait()
        return start_assessment(
            store=shared.store, profiles=shared.profiles, releases=shared.releases, clock=clock, ids=shared.ids, command=command
        )

    with ThreadPoolExecutor(at_once) as pool:
        states = list(pool.map(start, range(at_once)))
    assert len({state.assessment_id for state in states}) == 1
    assert {state.attempt for state in states} == {1 + improve}
    mine = [item for item in answers.items("assessments") if item["user_id"]["S"] == pupil.user_id]
    assert sorted(item["status"]["S"] for item in mine) == ["completed", "started"][not improve :]


def test_the_whole_profile_is_one_read_and_an_answer_one_write(pupil: Pupil, answers: Cloud, asked: list[str]) -> None:
    for item in ("1.1", "1.2"):
        pupil.play(pupil.start(purpose="competence", competence=item).body)
    pupil.save_tutorial("tuto_skill")
    certification(pupil)
    project(answers)
    started = pupil.start(purpose="competence", competence="2.1").body
    asked.clear()
    profile = pupil.profile()
    assert asked == ["GetItem"]
    assert profile.body["pix"] > 0
    assert (len(profile.body["tests"]), len(profile.body["tutorials"])) == (1, 1)
    asked.clear()
    assert pupil.answer(started["id"], started["question"]).status == 200
    assert asked == ["UpdateItem"]


def test_the_response_to_an_answer_carries_its_result_the_next_question_and_what_the_test_is_worth_so_far(pupil: Pupil) -> None:
    started = pupil.start().body
    reply = pupil.answer(started["id"], started["question"])
    assert reply.status == 200
    assert (reply.body["sequence"], reply.body["result"], reply.body["repeated"], reply.body["moved"]) == (1, "ok", False, False)
    assert reply.body["assessment"]["question"]["number"] == 2
    scores = reply.body["assessment"]["scores"]
    assert (scores["basis"], scores["pix"], [score["code"] for score in scores["competences"]]) == ("test", None, ["1.1"])
    assert scores["competences"][0]["pix"] > 0


def test_a_double_click_stores_one_answer_and_gets_the_same_outcome(pupil: Pupil, answers: Cloud) -> None:
    started = pupil.start().body
    first = pupil.answer(started["id"], started["question"], key="click")
    second = pupil.answer(started["id"], started["question"], key="click")
    assert (second.status, second.body["repeated"], second.body["result"]) == (200, True, first.body["result"])
    assert len(stored(answers, started["id"])["answers"]["L"]) == 1


def test_the_same_question_answered_otherwise_is_a_conflict_that_names_the_servers_sequence(pupil: Pupil) -> None:
    started = pupil.start().body
    pupil.answer(started["id"], started["question"])
    refused = pupil.answer(started["id"], started["question"], {"skipped": True})
    assert code(refused) == (409, "answer_conflict")
    assert refused.body["sequence"] == 2


def test_a_pupil_goes_on_on_another_device_and_the_first_one_is_told(pupil: Pupil) -> None:
    started = pupil.start().body
    other_device = Pupil(pupil.user_id)
    taken = other_device.take_over(started["id"])
    assert (taken.status, taken.body["epoch"]) == (200, 2)
    assert code(pupil.answer(started["id"], started["question"])) == (409, "moved_to_another_device")
    assert other_device.answer(started["id"], taken.body["question"]).status == 200


def test_a_whole_test_gives_a_checkpoint_every_five_answers_and_ends_completed(pupil: Pupil, answers: Cloud) -> None:
    assessment = pupil.start().body
    closed = []
    while assessment["question"] is not None:
        reply = pupil.answer(assessment["id"], assessment["question"], wrong_answer(assessment["question"]["type"]))
        closed.append(reply.body["checkpoint"])
        assessment = reply.body["assessment"]
    assert assessment["status"] == "completed"
    assert [number for number in closed if number] == list(range(1, assessment["checkpoints"] + 1))
    for number in range(1, assessment["checkpoints"] + 1):
        checkpoint = pupil.checkpoint(assessment["id"], number)
        assert checkpoint.status == 200
        for row in checkpoint.body["items"]:
            assert (row["result"], row["answer"] is not None, len(row["tutorials"])) == ("ko", True, 2)
            assert any(row["solution"].values())
    assert code(pupil.checkpoint(assessment["id"], assessment["checkpoints"] + 1)) == (404, "checkpoint_not_reached")


def test_saved_tutorials_are_listed_and_come_with_the_profile(pupil: Pupil) -> None:
    assert pupil.tutorials().body == {"items": [], "next_cursor": None}
    saved = pupil.save_tutorial("tuto_skill")
    assert (saved.status, saved.body["items"][0]["title"]) == (200, "tuto_skill")
    assert pupil.save_tutorial("tuto_tube").status == 200
    assert [item["id"] for item in pupil.tutorials().body["items"]] == ["tuto_tube", "tuto_skill"]
    assert pupil.profile().body["tutorials"] == pupil.tutorials().body["items"]
    assert pupil.give_up_tutorial("tuto_tube").status == 204
    assert [item["id"] for item in pupil.profile().body["tutorials"]] == ["tuto_skill"]
    assert code(pupil.save_tutorial("nothing")) == (404, "tutorial_not_found")


def test_the_profile_links_to_the_pupils_pages_and_to_each_test(pupil: Pupil, answers: Cloud) -> None:
    started = certification(pupil)
    project(answers)
    profile = pupil.profile().body
    assert profile["links"]["participations"] == "/v1/participations"
    [test] = profile["tests"]
    assert (test["link"], test["days_before_retrying"]) == (f"/v1/certifications/{started.subject}", None)


def test_the_profile_is_read_whole_and_answers_not_modified(pupil: Pupil, answers: Cloud) -> None:
    empty = pupil.profile()
    assert (empty.status, empty.body["pix"], empty.body["certifiable"]) == (200, 0, False)
    assert empty.body["certification"] == {"competences_reached": 0, "competences_needed": 5, "reason": "too_few_competences"}
    shown = [pupil.play(pupil.start(purpose="competence", competence=item).body) for item in ("1.1", "1.2")][-1]["scores"]["competences"]
    assert project(answers) == {"batchItemFailures": []}
    profile = pupil.profile()
    cards = {card["code"]: card for card in profile.body["competences"]}
    assert (cards["1.2"]["pix"], cards["1.2"]["level"], cards["1.2"]["state"]) == (shown[0]["pix"], shown[0]["level"], "done")
    unchanged = pupil.profile(profile.headers["etag"])
    assert (unchanged.status, unchanged.text) == (304, "")
    assert pupil.profile(empty.headers["etag"]).status == 200


def test_positioned_on_five_competences_a_pupil_is_certifiable(pupil: Pupil, answers: Cloud) -> None:
    for item in ("1.1", "1.2", "2.1", "3.1", "4.1"):
        pupil.play(pupil.start(purpose="competence", competence=item).body)
    project(answers)
    profile = pupil.profile().body
    assert (profile["certifiable"], profile["certification"]["reason"]) == (True, None)


def test_the_worker_closes_a_test_whose_last_response_was_lost(pupil: Pupil, answers: Cloud) -> None:
    assessment = pupil.play(pupil.start().body)
    reopen(answers, assessment["id"])
    project(answers)
    assert stored(answers, assessment["id"])["status"] == {"S": "completed"}


def test_a_reading_closes_a_test_whose_last_response_was_lost(pupil: Pupil, answers: Cloud) -> None:
    assessment = pupil.play(pupil.start().body)
    reopen(answers, assessment["id"])
    assert pupil.read(assessment["id"]).body["status"] == "completed"


def test_an_ended_test_is_gone_with_its_reason(pupil: Pupil) -> None:
    started = pupil.start().body
    end_assessment(wiring.parts().store, wiring.parts().clock, started["id"], EndReason.INVIGILATOR)
    refused = pupil.answer(started["id"], started["question"])
    assert (*code(refused), refused.body["reason"]) == (410, "assessment_ended", "invigilator")
    assert pupil.read(started["id"]).body["question"] is None


def test_a_certification_shows_no_result_no_score_no_checkpoint_and_no_solution(pupil: Pupil) -> None:
    state = certification(pupil)
    question = first_ticket(state)
    reply = pupil.answer(state.assessment_id, question)
    assert (reply.status, reply.body["result"], reply.body["checkpoint"], reply.body["assessment"]["scores"]) == (200, None, None, None)
    done = pupil.play(reply.body["assessment"])
    assert (done["status"], done["checkpoints"]) == ("completed", 0)
    assert code(pupil.checkpoint(state.assessment_id, 1)) == (403, "checkpoint_forbidden")


def test_in_a_certification_the_question_comes_only_to_the_device_that_holds_the_test(pupil: Pupil) -> None:
    state = certification(pupil)
    question = first_ticket(state)
    assert pupil.read(state.assessment_id).body["question"] is None
    assert pupil.read(state.assessment_id, question["ticket"]).body["question"]["number"] == 1
    assert code(pupil.take_over(state.assessment_id)) == (403, "device_change_forbidden")
    raise_epoch(wiring.parts().store, wiring.parts().clock, state)
    assert pupil.read(state.assessment_id, question["ticket"]).body["question"] is None
    assert code(pupil.read(state.assessment_id, "made-up")) == (422, "ticket_invalid")


def test_a_ticket_of_yesterday_shows_a_certification_and_no_question_of_it(pupil: Pupil, monkeypatch: pytest.MonkeyPatch) -> None:
    state = certification(pupil)
    ticket = first_ticket(state)["ticket"]
    monkeypatch.setattr(tickets, "LIFE", timedelta(seconds=-1))
    reply = pupil.read(state.assessment_id, ticket)
    assert (reply.status, reply.body["status"], reply.body["question"]) == (200, "started", None)


def test_a_ticket_of_another_test_shows_no_question_of_a_certification(pupil: Pupil) -> None:
    """Whatever other test a device is in, of the same pupil and the same epoch, it proves nothing of this one."""
    other = pupil.start().body
    state = certification(pupil)
    assert (other["epoch"], state.epoch) == (1, 1)
    assert pupil.read(other["id"], other["question"]["ticket"]).body["question"]
    assert pupil.read(state.assessment_id, other["question"]["ticket"]).body["question"] is None


def test_after_the_deadline_the_server_takes_no_answer_until_time_is_added(pupil: Pupil) -> None:
    state = certification(pupil, minutes=5)
    question = first_ticket(state)
    shared = wiring.parts()
    move_deadline(shared.store, shared.clock, state.assessment_id, datetime.now(UTC) - timedelta(seconds=10))
    assert code(pupil.answer(state.assessment_id, question)) == (410, "deadline_passed")
    assert pupil.read(state.assessment_id, question["ticket"]).body["question"] is None
    move_deadline(shared.store, shared.clock, state.assessment_id, datetime.now(UTC) + timedelta(minutes=5))
    assert pupil.answer(state.assessment_id, question).status == 200


def test_nobody_sees_or_answers_somebody_elses_test(pupil: Pupil) -> None:
    started = pupil.start().body
    other = Pupil("usr_" + "f" * 32)
    assert code(other.read(started["id"])) == (404, "assessment_not_found")
    assert code(other.take_over(started["id"])) == (404, "assessment_not_found")
    assert code(other.checkpoint(started["id"], 1)) == (404, "assessment_not_found")
    assert code(other.answer(started["id"], started["question"])) == (422, "ticket_invalid")


def test_only_pupils_take_tests(answers: Cloud) -> None:
    assert code(Pupil(roles="teacher").start()) == (403, "role_required")
    assert code(Pupil(roles="").profile()) == (403, "role_required")


def test_an_unknown_competence_is_not_found(pupil: Pupil) -> None:
    assert code(pupil.start(purpose="competence", competence="9.9")) == (404, "competence_not_found")


def test_a_discovery_test_is_played_to_its_end(pupil: Pupil) -> None:
    done = pupil.play(pupil.start(purpose="discovery", discovery_test="discovery").body)
    assert (done["status"], done["answered"], done["total"], done["scores"]) == ("completed", 3, 3, None)


def test_improving_and_resetting_too_early_say_how_many_days_are_left(pupil: Pupil, answers: Cloud) -> None:
    assert code(pupil.reset("1.1")) == (409, "nothing_to_reset")
    pupil.play(pupil.start().body, right=False)
    project(answers)
    refused = pupil.start(purpose="competence", competence="1.1", improve=True)
    assert (*code(refused), refused.body["days_remaining"]) == (409, "too_early_to_improve", 4)
    refused = pupil.reset("1.1")
    assert (*code(refused), refused.body["days_remaining"]) == (409, "too_early_to_reset", 7)
