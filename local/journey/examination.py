"""Steps 6 to 8: a certification session is held, finalised, judged and published."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from local.journey.api import Api, JourneyError
from local.journey.classroom import together
from local.journey.pupil import Pupil
from local.journey.school import wait_until
from local.journey.story import Story

TIME_ZONE = "Europe/Paris"


def create_session(story: Story) -> str:
    """The school creates a session and enrols the class; the invigilator joins with the code."""
    soon = (datetime.now(UTC) + timedelta(minutes=5)).astimezone(ZoneInfo(TIME_ZONE))
    wanted = {
        "site": story.school,
        "room": "Salle informatique",
        "date": soon.date().isoformat(),
        "start_time": soon.strftime("%H:%M"),
        "time_zone": TIME_ZONE,
        "invigilators": ["Surveillance Exemple"],
    }
    made = story.school_api.post("/v1/organisations/{uai}/sessions", wanted, expect=201, uai=story.uai)
    story.session = {"number": made["number"], "access_code": made["access_code"], "invigilator_code": made["invigilator_code"]}
    enrolled = story.school_api.post(
        "/v1/sessions/{number}/candidates", {"class": story.class_name}, expect=(200, 201), number=made["number"]
    )
    story.candidates = {row["certification_id"]: row["id"] for row in enrolled["items"]}
    code = {"invigilator_code": made["invigilator_code"]}
    story.school_api.post("/v1/sessions/{number}/invigilators", code, number=made["number"])
    return f"session {made['number']}, access code {made['access_code']}, {len(story.candidates)} candidates"


def sit_down(story: Story) -> str:
    """Pupils come in; nobody starts before the invigilator lets them; a pupil who is not on the list is turned away."""
    first = story.seated[0]
    stranger = first.identity | {"first_name": "Inconnue", "session_number": story.session["number"]}
    unknown = first.api.post("/v1/certifications", stranger | {"access_code": story.session["access_code"]}, expect=404)
    together(lambda pupil: _join(story, pupil), story.seated)
    early = first.api.post("/v1/certifications/{certification_id}/start", expect=(403, 409), certification_id=first.certification_id)
    for pupil in story.seated:
        _authorise(story, pupil)
    return f"{len(story.seated)} present; refused: {early['code']}, {unknown['code']}"


def _join(story: Story, pupil: Pupil) -> None:
    typed = pupil.identity | {"session_number": story.session["number"], "access_code": story.session["access_code"].lower()}
    joined = pupil.api.post("/v1/certifications", typed, expect=(200, 201))
    pupil.certification_id = str(joined["id"])


def _authorise(story: Story, pupil: Pupil) -> None:
    candidate = story.candidates[pupil.certification_id]
    story.school_api.post(
        "/v1/sessions/{number}/candidates/{candidate_id}/authorisation", number=story.session["number"], candidate_id=candidate
    )


def take_test(story: Story) -> str:
    """Everyone starts, answers and ends; one computer dies; one is ended by the invigilator; an incident is reported."""
    counts = together(lambda pupil: _take_test(story, pupil), story.seated)
    _report_incident(story, story.seated[1])
    _end_unfinished(story, story.seated[-1])
    return f"{sum(counts)} answers; one computer died and resumed, one test was ended, one incident reported"


def _take_test(story: Story, pupil: Pupil) -> int:
    started = pupil.api.post("/v1/certifications/{certification_id}/start", certification_id=pupil.certification_id)
    test: Mapping[str, Any] = started["test"]
    if pupil is story.seated[-1]:
        return int(pupil.finish(test, story.key, at_most=3)["answered"])
    if pupil is story.seated[0]:
        test = _lose_the_computer(story, pupil, pupil.finish(test, story.key, at_most=5))
        _leave_the_page(pupil, test)
    done = pupil.finish(test, story.key)
    if done["status"] != "completed":
        raise JourneyError(f"a finished certification is {done['status']}")
    return int(done["answered"])


def _lose_the_computer(story: Story, pupil: Pupil, test: Mapping[str, Any]) -> Mapping[str, Any]:
    """The computer dies: no question comes to another one until the invigilator lets the pupil resume there."""
    blind = pupil.api.get("/v1/assessments/{assessment_id}", assessment_id=test["id"])
    if blind["question"] is not None:
        raise JourneyError("another computer was shown the question of a running certification")
    pupil.api.post("/v1/certifications/{certification_id}/resume", expect=(403, 409), certification_id=pupil.certification_id)
    _authorise(story, pupil)
    resumed = pupil.api.post("/v1/certifications/{certification_id}/resume", certification_id=pupil.certification_id)["test"]
    if resumed["answered"] != test["answered"] or resumed["question"]["instruction"] != test["question"]["instruction"]:
        raise JourneyError("the resumed test has lost answers or shows another question")
    late = {"ticket": test["question"]["ticket"], "idempotency_key": "dead-computer", "answer": {"skipped": True}}
    pupil.api.post("/v1/assessments/{assessment_id}/answers", late, assessment_id=test["id"], expect=409)
    view: Mapping[str, Any] = resumed
    return view


def _leave_the_page(pupil: Pupil, test: Mapping[str, Any]) -> None:
    """The page is left for a moment and says so at once; it counts where the question does not allow it, however often it is told."""
    event = {"ticket": test["question"]["ticket"]}
    for _ in range(2):
        told = pupil.api.post("/v1/assessments/{assessment_id}/focus-losses", event, assessment_id=test["id"])
        if told.body != {"sequence": test["sequence"], "counted": test["question"]["focus_counts"]}:
            raise JourneyError(f"of a page that was left at question {test['sequence']} the API said {told.body}")


def _report_incident(story: Story, pupil: Pupil) -> None:
    report = {
        "candidate_id": story.candidates[pupil.certification_id],
        "code": "E7",
        "question_number": 2,
        "description": "L’écran s’est éteint pendant la question.",
    }
    story.school_api.post("/v1/sessions/{number}/reports", report, expect=(200, 201), number=story.session["number"])


def _end_unfinished(story: Story, pupil: Pupil) -> None:
    number, candidate_id = story.session["number"], story.candidates[pupil.certification_id]
    story.school_api.post("/v1/sessions/{number}/candidates/{candidate_id}/end", number=number, candidate_id=candidate_id)
    ended = pupil.api.get("/v1/certifications/{certification_id}", certification_id=pupil.certification_id)
    room = story.school_api.get("/v1/sessions/{number}/invigilation", number=number)
    if len(room["candidates"]) != len(story.candidates) or ended["test"] is not None:
        raise JourneyError("the room does not show every candidate, or an ended test still shows a question")


def finalise(story: Story) -> str:
    """Finalising asks why each unfinished test was not finished; then the workflow scores and waits for the jury."""
    number = story.session["number"]
    refused = story.school_api.post("/v1/sessions/{number}/finalisation", {}, expect=(409, 422), number=number)
    unfinished = story.candidates[story.seated[-1].certification_id]
    asked = {"abort_reasons": {unfinished: "technical"}, "global_comment": "Un écran s’est éteint pendant l’épreuve."}
    story.school_api.post("/v1/sessions/{number}/finalisation", asked, expect=202, number=number)
    story.school_api.post("/v1/sessions/{number}/finalisation", asked, expect=409, number=number)
    wait_until(lambda: _finalisation(story)["in_jury_since"] is not None, "the session waits for the jury")
    return f"without a reason: {refused['code']}; now {_finalisation(story)['status']}"


def _finalisation(story: Story) -> Mapping[str, Any]:
    view: Mapping[str, Any] = story.school_api.get("/v1/sessions/{number}/finalisation", number=story.session["number"]).body
    return view


def jury_api(story: Story) -> Api:
    """The API as the member of the jury."""
    return story.anyone.signed_in(story.anyone.token_for(grant_type="password", **story.jury_login))


def judge_and_publish(story: Story) -> str:
    """The jury looks at what waits, decides each open point, comments, and lets the session be published."""
    jury, number = jury_api(story), story.session["number"]
    waiting = [row["number"] for row in _pages(jury, "/v1/jury/sessions")]
    if number not in waiting:
        raise JourneyError("the finalised session is not on the jury's worklist")
    review = jury.get("/v1/jury/sessions/{number}", number=number)
    decisions = 0
    for certification in review["certifications"]:
        version = certification["result"]["version"]
        for point in certification["result"]["open_points"]:
            version = _decide(jury, certification, {"kind": "settle_report", "report_id": point, "upheld": True, "version": version})
            decisions += 1
    candidate = _latest(jury, story, 1)
    version = candidate["result"]["version"]
    comment = {"kind": "comment", "for_organisation": "Incident sans effet sur les résultats.", "version": version}
    _decide(jury, candidate, comment)
    refused = jury.post(
        "/v1/jury/certifications/{certification_id}/decisions",
        comment,
        expect=409,
        certification_id=str(candidate["certification_id"]),
    )
    jury.post("/v1/jury/sessions/{number}/publication", expect=202, number=number)
    wait_until(lambda: _finalisation(story)["published_at"] is not None, "the session is published")
    return f"{decisions + 1} decisions; a decision on an old version: {refused['code']}; published"


def _pages(api: Api, path: str) -> list[Mapping[str, Any]]:
    items: list[Mapping[str, Any]] = []
    query: dict[str, str] = {"limit": "100"}
    while True:
        page = api.get(path, query=query)
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        query["cursor"] = page["next_cursor"]


def _latest(jury: Api, story: Story, seat: int) -> Mapping[str, Any]:
    wanted = story.seated[seat].certification_id
    review = jury.get("/v1/jury/sessions/{number}", number=story.session["number"])
    found: Mapping[str, Any] = next(row for row in review["certifications"] if row["certification_id"] == wanted)
    return found


def _decide(jury: Api, certification: Mapping[str, Any], decision: dict[str, Any]) -> int:
    """Take a decision; returns the version of the result that it made."""
    made = jury.post(
        "/v1/jury/certifications/{certification_id}/decisions",
        decision,
        expect=201,
        certification_id=str(certification["certification_id"]),
    )
    return int(made["version"])


def collect(story: Story) -> str:
    """Pupils find their result, one downloads the certificate; the school downloads its table."""
    mine = together(_result, story.seated)
    validated = [pupil for pupil, result in zip(story.seated, mine, strict=True) if result["status"] == "validated"]
    if len(validated) < 2:
        raise JourneyError(f"{len(validated)} certificates were published of {len(story.seated)} tests")
    story.certificate_owner, second = validated[0], validated[1]
    story.certificate = _certificate(story, story.certificate_owner)
    story.revoked = _certificate(story, second)
    if story.certificate != _certificate(story, story.certificate_owner):
        raise JourneyError("the same certificate was printed with other bytes")
    table = story.school_api.get("/v1/organisations/{uai}/sessions/{number}/results.csv", uai=story.uai, number=story.session["number"])
    rows = table.body.decode("utf-8-sig").splitlines()
    if len(rows) != len(story.seated) + 1 or not rows[0].replace('"', "").startswith("Numéro de certification;Prénom;Nom"):
        raise JourneyError(f"the school's table has {len(rows)} lines and begins {rows[:1]}")
    (story.folder / "results.csv").write_bytes(table.body)
    return f"{len(validated)} certificates; certificate.pdf and results.csv are in {story.folder.name}/"


def _result(pupil: Pupil) -> Mapping[str, Any]:
    found = [item for item in pupil.api.get("/v1/me/certifications")["items"] if item["id"] == pupil.certification_id]
    if len(found) != 1:
        raise JourneyError(f"{len(found)} results where one was published")
    result: Mapping[str, Any] = found[0]
    return result


def _certificate(story: Story, pupil: Pupil) -> dict[str, str]:
    """What the owner holds: the PDF with its link, the code, and the birth date that goes with it."""
    pdf = pupil.api.get("/v1/me/certifications/{certification_id}/certificate.pdf", certification_id=pupil.certification_id).body
    link = re.search(rb"/v#([A-Z2-7]{100,1000})\)", pdf)
    if not pdf.startswith(b"%PDF-") or link is None:
        raise JourneyError("the certificate is no PDF with a link to its verification")
    if pupil is story.certificate_owner:
        (story.folder / "certificate.pdf").write_bytes(pdf)
    return {
        "certification_id": pupil.certification_id,
        "token": link.group(1).decode(),
        "code": str(_result(pupil)["code"]),
        "birth_date": pupil.birth_date,
        "sha256": hashlib.sha256(pdf).hexdigest(),
    }


def revoke(story: Story) -> str:
    """The jury takes one certificate back."""
    jury = jury_api(story)
    jury.post(
        "/v1/jury/certifications/{certification_id}/revocation",
        {"reason": "Délivré par erreur."},
        certification_id=story.revoked["certification_id"],
    )
    return story.revoked["code"]
