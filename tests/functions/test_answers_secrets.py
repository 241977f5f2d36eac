"""What never leaves the answers function too early, what its logs never hold, and what they prove."""

import io
import json
from collections.abc import Callable

import pytest

from functions.answers import reconcile
from functions.answers.wiring import parts
from jalon.assessment.end_assessment import end_assessment
from jalon.assessment.state import EndReason
from jalon.assessment.tables import AssessmentItem
from jalon.edge.erasures import ErasureMark, subject_of
from tests.assessment.content import PLANTED, wrong_answer
from tests.cloud import Cloud
from tests.functions.answers_client import EVENTS, Pupil, code, right_to
from tests.functions.answers_cloud import certification, first_ticket


def test_no_solution_leaves_before_its_answer_and_none_is_ever_logged(pupil: Pupil, logged: Callable[[], str]) -> None:
    done = pupil.play(pupil.start().body, right=False)
    pupil.profile()
    pupil.read(done["id"])
    state = certification(pupil)
    pupil.answer(state.assessment_id, first_ticket(state), {"skipped": True})
    assert code(pupil.checkpoint(done["id"], 1)) == (409, "certification_under_way")
    assert not [text for text in pupil.seen if PLANTED in text]
    end_assessment(parts().store, parts().clock, state.assessment_id, EndReason.INVIGILATOR)
    assert PLANTED in json.dumps(pupil.checkpoint(done["id"], 1).body)
    assert PLANTED not in logged()


EARLY = (
    "start_assessment",
    "start_discovery_test",
    "read_assessment",
    "take_over_device",
    "give_answer",
    "lose_focus",
    "read_profile",
    "list_tutorials",
    "save_tutorial",
)


def test_no_route_gives_a_solution_before_its_answer_whatever_goes_wrong(
    pupil: Pupil, monkeypatch: pytest.MonkeyPatch, logged: Callable[[], str]
) -> None:
    """Every route, asked rightly, wrongly, and of a store and a grader that fail with the solution in their message."""
    samples = {sample.stem for sample in EVENTS.glob("*.json")}
    assert samples == {*EARLY, "read_checkpoint", "give_up_tutorial", "reset_competence"}
    started = pupil.start().body
    question, path = started["question"], f"/v1/assessments/{started['id']}"
    paths = {"read_assessment": path, "take_over_device": f"{path}/device", "give_answer": f"{path}/answers"}
    paths["lose_focus"] = f"{path}/focus-losses"
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
        pupil.lose_focus(started["id"], question)

    send_everything()
    for place in ("functions.answers.routes.load_own_assessment", "jalon.assessment.give_answer.grade"):
        with monkeypatch.context() as broken:
            broken.setattr(place, _fails_with_the_solution)
            send_everything()
            assert pupil.send("give_answer", paths["give_answer"], right).status in {409, 500}
    assert any('"status":500' in text for text in pupil.seen)
    assert not [text for text in pupil.seen if PLANTED in text]
    everything = logged()
    assert "UNEXPECTED_ERROR" in everything
    assert PLANTED not in everything


def _fails_with_the_solution(*_: object, **__: object) -> None:
    raise ValueError(f"could not convert string to float: {PLANTED!r}")


def test_logs_hold_no_answer_no_ticket_and_no_key(pupil: Pupil, logged: Callable[[], str]) -> None:
    started = pupil.start().body
    question = started["question"]
    pupil.answer(started["id"], question, wrong_answer(question["type"]), key="key-not-to-be-logged")
    pupil.answer(started["id"], question, {"text": "x" * 2_000})
    pupil.answer(started["id"], question, {"text": "typed-by-the-pupil"})
    everything = logged()
    for private in (question["ticket"], "key-not-to-be-logged", "faux", "typed-by-the-pupil"):
        assert private not in everything
    assert "ANSWER_STORED" in everything


def test_the_logs_reconcile_with_the_table(
    pupil: Pupil, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pupil.play(pupil.start().body)
    told = [record for record in caplog.records if record.getMessage() == "ANSWER_STORED"]
    keys = ("assessment_id", "user_id", "sequence", "digest")
    lines = [json.dumps({"message": "ANSWER_STORED"} | {key: vars(record)[key] for key in keys}) for record in told]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    assert reconcile.main() == 0
    figures = {"acknowledged": len(told), "assessments": 1, "lost": 0, "changed": 0, "gone": 0}
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == figures
    lost = lines[-1].replace(f'"sequence": {len(told)}', '"sequence": 40')
    monkeypatch.setattr("sys.stdin", io.StringIO(lost))
    assert reconcile.main() == 1
    assert capsys.readouterr().out.startswith("lost: asm_")
    AssessmentItem(vars(told[0])["assessment_id"]).delete()  # as an erasure does
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    assert reconcile.main() == 1
    capsys.readouterr()
    ErasureMark(subject_of(pupil.user_id)).save()
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    assert reconcile.main() == 0
    assert json.loads(capsys.readouterr().out) == figures | {"gone": len(told)}
    ErasureMark(subject_of(pupil.user_id)).delete()


def test_a_log_that_tells_of_no_answer_compares_nothing_and_says_so(
    answers: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for log in ("", '05:19:02 AnswersLogs: {"message": "TEST_STARTED"}\nSTART RequestId: 1\n'):
        monkeypatch.setattr("sys.stdin", io.StringIO(log))
        assert reconcile.main() == 2
        told = capsys.readouterr()
        assert json.loads(told.out)["acknowledged"] == 0
        assert "Nothing was compared" in told.err
