"""The pupil's API over the real tables: one request per answer, nothing lost, nothing shown too early."""

import io
import itertools
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.client import BaseClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.packing import Question
from functions.answers import reconcile, wiring
from jalon.assessment.create_certification_assessment import CreateCertificationAssessment, create_certification_assessment
from jalon.assessment.end_assessment import end_assessment
from jalon.assessment.move_deadline import move_deadline
from jalon.assessment.raise_epoch import raise_epoch
from jalon.assessment.start_assessment import StartAssessment, start_assessment
from jalon.assessment.state import AssessmentState, Purpose
from jalon.kernel.clock import FixedClock
from jalon.kernel.ids import CertificationId, ReleaseVersion, UserId
from tests.assessment.content import PLANTED, VERSION, wrong_answer
from tests.cloud import Cloud
from tests.functions.answers_client import EVENTS, Pupil, Reply, right_to
from tests.functions.answers_cloud import answers_cloud, project, reopen, stored

_people = itertools.count(1)


@pytest.fixture(scope="module")
def answers(emulator: str) -> Iterator[Cloud]:
    with answers_cloud(emulator) as ready:
        yield ready


@pytest.fixture
def pupil(answers: Cloud) -> Pupil:
    return Pupil(f"usr_{next(_people):032x}")


@pytest.fixture
def asked(answers: Cloud, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that the cloud's clients are asked for, in order."""
    operations: list[str] = []
    call = BaseClient._make_api_call

    def counted(self: Any, operation: str, arguments: Any) -> Any:
        operations.append(operation)
        return call(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", counted)
    return operations


def logged(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> str:
    """Everything that was logged or printed, every attribute of every line included."""
    out, err = capfd.readouterr()
    return "\n".join([out, err, *(str(vars(record)) for record in caplog.records)])


def code(reply: Reply) -> tuple[int, str]:
    assert reply.headers["content-type"] == "application/problem+json"
    return reply.status, reply.body["code"]


def certification(pupil: Pupil, questions: int = 6, minutes: float = 105) -> AssessmentState:
    shared = wiring.parts()
    command = CreateCertificationAssessment(
        user_id=UserId(pupil.user_id),
        certification_id=CertificationId(pupil.user_id.replace("usr", "crt")),
        release=ReleaseVersion(VERSION),
        locale="fr-FR",
        questions=tuple(Question(index, 0) for index in range(questions)),
        frozen_profile={},
        deadline_at=datetime.now(UTC) + timedelta(minutes=minutes),
    )
    return create_certification_assessment(shared.store, shared.clock, shared.ids, command)


def first_ticket(state: AssessmentState) -> dict[str, object]:
    """The first question as the certification's own function hands it out."""
    from jalon.assessment.next_question import next_question
    from jalon.assessment.presentation import present_question

    shared = wiring.parts()
    release = shared.releases.pinned(state.release)
    asked = next_question(release, state, shared.tickets, shared.clock.now())
    assert asked is not None
    return present_question(release, asked, shared.link)


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
        pupil.play(pupil.start().body)
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


def test_the_response_to_an_answer_carries_its_result_the_next_question_and_the_fresh_score(pupil: Pupil) -> None:
    started = pupil.start().body
    reply = pupil.answer(started["id"], started["question"])
    assert reply.status == 200
    assert (reply.body["sequence"], reply.body["result"], reply.body["repeated"], reply.body["moved"]) == (1, "ok", False, False)
    assert reply.body["assessment"]["question"]["number"] == 2
    assert reply.body["assessment"]["scores"]["pix"] > 0
    assert reply.body["assessment"]["scores"]["competences"][0]["code"] == "1.1"


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
    end_assessment(wiring.parts().store, wiring.parts().clock, started["id"], "operator")
    refused = pupil.answer(started["id"], started["question"])
    assert (*code(refused), refused.body["reason"]) == (410, "assessment_ended", "operator")
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
    raise_epoch(wiring.parts().store, wiring.parts().clock, state.assessment_id)
    assert pupil.read(state.assessment_id, question["ticket"]).body["question"] is None
    assert code(pupil.read(state.assessment_id, "made-up")) == (422, "ticket_invalid")


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


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"purpose": "competence"}, "/competence"),
        ({"purpose": "competence", "competence": "1.1", "discovery_test": "x"}, "/competence"),
        ({"purpose": "discovery", "competence": "1.1"}, "/discovery_test"),
        ({"purpose": "certification", "competence": "1.1"}, "/purpose"),
        ({"purpose": "competence", "competence": "1.1", "user_id": "usr_2"}, "/user_id"),
        ({"purpose": "competence", "competence": "eleven"}, "/competence"),
    ],
)
def test_a_start_that_says_too_little_or_too_much_names_the_field(pupil: Pupil, body: dict[str, object], pointer: str) -> None:
    refused = pupil.start(**body)
    assert refused.status == 422
    assert pointer in [error["pointer"] for error in refused.body["errors"]]


def test_an_unknown_competence_is_not_found(pupil: Pupil) -> None:
    assert code(pupil.start(purpose="competence", competence="9.9")) == (404, "competence_not_found")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"answer": {"text": "x" * 1_001}}, 422),
        ({"answer": {"choices": ["a"], "text": "x"}}, 422),
        ({"answer": {}}, 422),
        ({"answer": {"skipped": False}}, 422),
        ({"ticket": "x" * 401}, 422),
        ({"ticket": ""}, 422),
        ({"idempotency_key": ""}, 422),
        ({"elapsed_ms": 3}, 422),
    ],
)
def test_an_answer_of_a_wrong_form_is_refused_before_anything_is_written(
    pupil: Pupil, answers: Cloud, change: dict[str, object], status: int
) -> None:
    started = pupil.start().body
    question = started["question"]
    body = {"ticket": question["ticket"], "idempotency_key": "k", "answer": right_to(question)} | change
    refused = pupil.send("give_answer", f"/v1/assessments/{started['id']}/answers", body)
    assert (refused.status, refused.headers["content-type"]) == (status, "application/problem+json")
    assert stored(answers, started["id"])["answers"] == {"L": []}


def test_an_answer_that_fills_more_than_a_record_is_too_large(pupil: Pupil) -> None:
    state = certification(pupil)
    question = first_ticket(state)
    kind = question["type"]
    answer = {"text": "é" * 900} if kind == "QROC" else {"fields": {"f1": "é" * 900, "f2": "é"}}
    assert kind != "QCU"
    refused = pupil.answer(state.assessment_id, question, answer)
    assert (*code(refused), refused.body["limit_bytes"]) == (413, "answer_too_large", 1_000)


@pytest.mark.parametrize("body", ["", "{", "[]", '"text"', "null"])
def test_a_body_that_is_not_an_object_is_refused(pupil: Pupil, body: str) -> None:
    refused = pupil.send("start_assessment", body=body)
    assert 400 <= refused.status < 500


texts = st.text(st.characters(codec=None), max_size=20)  # lone surrogates and control characters too
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def some_of(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(st.sampled_from(names) | texts, values, max_size=5)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_of(("purpose", "competence", "discovery_test", "improve", "locale")))
def test_whatever_is_sent_to_start_a_test_is_refused_with_a_problem(pupil: Pupil, body: dict[str, object]) -> None:
    refused = pupil.send("start_assessment", body=body)
    assert (refused.status, refused.headers["content-type"]) == (422, "application/problem+json")


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_of(("choices", "text", "fields", "skipped")) | values, texts, values)
def test_whatever_is_sent_as_an_answer_never_breaks_the_server(pupil: Pupil, answer: object, key: str, focus_lost: object) -> None:
    started = pupil.start().body
    body = {"ticket": started["question"]["ticket"], "idempotency_key": key, "answer": answer, "focus_lost": focus_lost}
    for change in ({}, {"focus_lost": False}, {"focus_lost": False, "idempotency_key": "k"}):
        assert pupil.send("give_answer", f"/v1/assessments/{started['id']}/answers", body | change).status < 500


@pytest.mark.parametrize("text", ["\ud800", "\x00", "é\u0301" * 9, "\u202e", "😀" * 100, "\ufffe"])
def test_any_character_may_be_typed(pupil: Pupil, text: str) -> None:
    state = certification(pupil)
    question = first_ticket(state)
    answer = {"text": text} if question["type"] == "QROC" else {"fields": {"f1": text, "f2": text}}
    given_once = pupil.answer(state.assessment_id, question, answer, key="k")
    assert given_once.status == (422 if text == "\ud800" else 200)
    assert pupil.answer(state.assessment_id, question, answer, key="k").status == given_once.status


def test_a_discovery_test_is_played_to_its_end(pupil: Pupil) -> None:
    done = pupil.play(pupil.start(purpose="discovery", discovery_test="tp_discovery").body)
    assert (done["status"], done["answered"], done["total"], done["scores"]) == ("completed", 3, 3, None)


def test_improving_and_resetting_too_early_say_how_many_days_are_left(pupil: Pupil, answers: Cloud) -> None:
    assert code(pupil.reset("1.1")) == (409, "nothing_to_reset")
    pupil.play(pupil.start().body)
    project(answers)
    refused = pupil.start(purpose="competence", competence="1.1", improve=True)
    assert (*code(refused), refused.body["days_remaining"]) == (409, "too_early_to_improve", 4)
    refused = pupil.reset("1.1")
    assert (*code(refused), refused.body["days_remaining"]) == (409, "too_early_to_reset", 7)


def test_no_solution_leaves_before_its_answer_and_none_is_ever_logged(
    pupil: Pupil, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    done = pupil.play(pupil.start().body, right=False)
    pupil.profile()
    pupil.read(done["id"])
    state = certification(pupil)
    pupil.answer(state.assessment_id, first_ticket(state), {"skipped": True})
    assert not [text for text in pupil.seen if PLANTED in text]
    assert PLANTED in json.dumps(pupil.checkpoint(done["id"], 1).body)
    assert PLANTED not in logged(caplog, capfd)


EARLY = ("start_assessment", "read_assessment", "take_over_device", "give_answer", "read_profile", "list_tutorials", "save_tutorial")


def test_no_route_gives_a_solution_before_its_answer_whatever_goes_wrong(
    pupil: Pupil, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every route, asked rightly, wrongly, and of a store and a grader that fail with the solution in their message."""
    samples = {sample.stem for sample in EVENTS.glob("*.json")}
    assert samples == {*EARLY, "read_checkpoint", "give_up_tutorial", "reset_competence"}
    started = pupil.start().body
    question, path = started["question"], f"/v1/assessments/{started['id']}"
    paths = {"read_assessment": path, "take_over_device": f"{path}/device", "give_answer": f"{path}/answers"}
    paths |= {"read_checkpoint": f"{path}/checkpoints/1", "reset_competence": "/v1/me/profile/competences/1.1/reset"}
    right = {"ticket": question["ticket"], "idempotency_key": "k", "answer": right_to(question)}
    bodies = [
        {**right, "answer": answer} for answer in ({"text": "x"}, {"choices": ["nothing"]}, {"fields": {"f9": "x"}}, {"skipped": True})
    ]

    def send_everything() -> None:
        for name in sorted(samples):
            pupil.send(name, paths.get(name))
        for body in bodies:
            pupil.send("give_answer", paths["give_answer"], body)

    send_everything()
    for place in ("functions.answers.routes.load_own_assessment", "jalon.assessment.give_answer.grade"):
        with monkeypatch.context() as broken:
            broken.setattr(place, _fails_with_the_solution)
            send_everything()
            assert pupil.send("give_answer", paths["give_answer"], right).status in {409, 500}
    assert any('"status":500' in text for text in pupil.seen)
    assert not [text for text in pupil.seen if PLANTED in text]
    everything = logged(caplog, capfd)
    assert "UNEXPECTED_ERROR" in everything
    assert PLANTED not in everything


def _fails_with_the_solution(*_: object, **__: object) -> None:
    raise ValueError(f"could not convert string to float: {PLANTED!r}")


def test_logs_hold_no_answer_no_ticket_and_no_key(
    pupil: Pupil, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    started = pupil.start().body
    question = started["question"]
    pupil.answer(started["id"], question, wrong_answer(question["type"]), key="key-not-to-be-logged")
    pupil.answer(started["id"], question, {"text": "x" * 2_000})
    pupil.answer(started["id"], question, {"text": "typed-by-the-pupil"})
    everything = logged(caplog, capfd)
    for private in (question["ticket"], "key-not-to-be-logged", "faux", "typed-by-the-pupil"):
        assert private not in everything
    assert "ANSWER_STORED" in everything


def test_the_logs_reconcile_with_the_table(
    pupil: Pupil, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pupil.play(pupil.start().body)
    told = [record for record in caplog.records if record.getMessage() == "ANSWER_STORED"]
    keys = ("assessment_id", "sequence", "digest")
    lines = [json.dumps({"message": "ANSWER_STORED"} | {key: vars(record)[key] for key in keys}) for record in told]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    assert reconcile.main() == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"acknowledged": len(told), "assessments": 1, "lost": 0, "changed": 0}
    lost = lines[-1].replace(f'"sequence": {len(told)}', '"sequence": 40')
    monkeypatch.setattr("sys.stdin", io.StringIO(lost))
    assert reconcile.main() == 1
    assert capsys.readouterr().out.startswith("lost: asm_")
