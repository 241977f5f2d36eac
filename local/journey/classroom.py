"""Steps 4 and 5: pupils sign in, are reconciled, answer, send their results, and position themselves."""

import random
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from local.journey.api import JourneyError
from local.journey.pupil import Pupil
from local.journey.school import wait_until
from local.journey.story import HANDS, Story

T = TypeVar("T")
#: Enough for the five that a certification needs, and one to spare.
COMPETENCES = 6


def together(act: Callable[[Pupil], T], pupils: list[Pupil]) -> list[T]:
    """Let every pupil act, a few at a time; the first failure is raised once all have ended."""
    with ThreadPoolExecutor(HANDS) as hands:
        return list(hands.map(act, pupils))


def seat_pupils(story: Story) -> str:
    """Two pupils come with an account of their own; the school makes one for each of the others. All are reconciled."""
    query = {"class": story.class_name, "limit": "100"}
    rows = story.school_api.get("/v1/organisations/{uai}/pupils", query=query, uai=story.uai)["items"]
    rng = random.Random(story.uai)
    by_ine = {}
    for index, row in enumerate(rows[: story.number_of_pupils]):
        by_ine[row["ine"]] = Pupil(
            first_name=row["first_name"],
            last_name=row["last_name"],
            birth_date=row["birth_date"],
            ability=round(rng.uniform(2.5, 6.5), 2),
            seed=f"{story.uai}/{index}",
            api=story.anyone,
            double_clicks=index == 2,
            stops_half_way=index in {0, 1},
        )
    story.pupils = list(by_ine.values())
    own = story.pupils[3:5]
    together(lambda pupil: _sign_up(story, pupil), own)
    issued = story.school_api.post("/v1/organisations/{uai}/pupil-credentials", {"class": story.class_name}, uai=story.uai)
    for slip in issued["items"]:
        pupil = by_ine.get(slip["ine"])
        if pupil in own and slip["username"] is not None:
            raise JourneyError("the school made an account for a pupil who has one")
        if pupil is not None and pupil not in own:
            pupil.login = {"username": slip["username"], "password": slip["initial_password"]}
    together(lambda pupil: _sign_in(story, pupil), [pupil for pupil in story.pupils if pupil not in own])
    return f"{len(story.pupils)} pupils signed in and reconciled, {len(own)} with accounts of their own"


def _sign_up(story: Story, pupil: Pupil) -> None:
    email = f"eleve-{secrets.token_hex(6)}@maison.example"
    pupil.login = {"username": email, "password": secrets.token_urlsafe(12)}
    story.anyone.post("/v1/accounts", pupil.identity | {"email": email, "password": pupil.login["password"]}, expect=201)
    _sign_in(story, pupil)


def _sign_in(story: Story, pupil: Pupil) -> None:
    pupil.api = story.anyone.signed_in(story.anyone.token_for(grant_type="password", **pupil.login))
    pupil.user_id = str(pupil.api.get("/v1/me")["id"])
    typed = pupil.identity | {"last_name": pupil.last_name.lower(), "uai": story.uai}
    found = pupil.api.post("/v1/reconciliations", typed)
    told = None if "@" in pupil.login["username"] else story.class_name  # who was found by name alone learns nothing of the list
    if found["class"] != told:
        raise JourneyError(f"a pupil of {story.class_name} was reconciled into {found['class']}")


def refuse_wrong_codes(story: Story) -> str:
    """A wrong code, and someone who is not on the list, each get their own clear answer."""
    pupil = story.pupils[0]
    wrong = pupil.api.get("/v1/campaign-codes/{code}", code="ZZZZZZ999", expect=404)
    email = f"visiteur-{secrets.token_hex(4)}@personne.example"
    password = secrets.token_urlsafe(12)
    account = {"email": email, "password": password, "first_name": "Visite", "last_name": "Exemple", "birth_date": "2001-02-03"}
    story.anyone.post("/v1/accounts", account, expect=201)
    visitor = story.anyone.signed_in(story.anyone.token_for(grant_type="password", username=email, password=password))
    stranger = visitor.post(
        "/v1/reconciliations",
        {"uai": story.uai, "first_name": "Visite", "last_name": "Exemple", "birth_date": "2001-02-03"},
        expect=404,
    )
    taken = visitor.post("/v1/reconciliations", pupil.identity | {"uai": story.uai}, expect=409)
    return f"{wrong['code']}, {stranger['code']}, {taken['code']}"


def take_campaign(story: Story) -> str:
    """Every pupil takes the campaign's test to its end and sends the results once."""
    numbers = together(lambda pupil: _take_campaign(story, pupil), story.pupils)
    _see_results(story)
    return f"{sum(numbers)} answers, {min(numbers)} to {max(numbers)} each"


def _take_campaign(story: Story, pupil: Pupil) -> int:
    code = story.campaign["code"]
    found = pupil.api.get("/v1/campaign-codes/{code}", code=code.lower())
    if found["reconciliation_required"]:
        raise JourneyError("a reconciled pupil is asked to be reconciled")
    participation = pupil.api.post("/v1/participations", {"code": code})
    pupil.participations["campaign"] = participation["id"]
    assessment: Mapping[str, Any] = pupil.api.get("/v1/assessments/{assessment_id}", assessment_id=participation["assessment_id"]).body
    if pupil.stops_half_way:
        assessment = pupil.finish(assessment, story.key, at_most=4)
        assessment = pupil.move_to_another_device(assessment)
    assessment = pupil.finish(assessment, story.key)
    wait_until(lambda: _status(pupil, participation["id"]) == "TO_SHARE", "the participation is ready to send")
    sent = pupil.api.post("/v1/participations/{participation_id}/sharing", participation_id=participation["id"])
    if sent["status"] != "SHARED":
        raise JourneyError(f"sending the results left the participation {sent['status']}")
    pupil.api.post("/v1/participations/{participation_id}/sharing", participation_id=participation["id"], expect=409)
    return int(assessment["answered"])


def _status(pupil: Pupil, participation_id: str) -> str:
    return str(pupil.api.get("/v1/participations/{participation_id}", participation_id=participation_id)["status"])


def _see_results(story: Story) -> None:
    """The teacher sees whoever sent, and the collective results follow."""
    path, uai, campaign_id = "/v1/organisations/{uai}/campaigns/{campaign_id}", story.uai, story.campaign["id"]
    query = {"limit": "100", "status": "SHARED"}
    listed = story.school_api.get(f"{path}/participants", query=query, uai=uai, campaign_id=campaign_id)["items"]
    if len(listed) != len(story.pupils):
        raise JourneyError(f"{len(listed)} participants have sent, of {len(story.pupils)}")

    def counted() -> bool:
        results = story.school_api.get(f"{path}/results", uai=uai, campaign_id=campaign_id)
        return bool(results["participants"]["shared"] == len(story.pupils))

    wait_until(counted, "the collective results count everyone")


def position(story: Story) -> str:
    """Every pupil positions in six competences; the profile grows, and is sent through the collection."""
    pix = together(lambda pupil: _position(story, pupil), story.pupils)
    query = {"class": story.class_name}
    found: list[int] = []

    def everyone_is_there() -> bool:
        found[:] = [story.school_api.get("/v1/organisations/{uai}/certifiable", query=query, uai=story.uai)["certifiable"]]
        return found[0] >= len(story.seated)

    story.seated = [pupil for pupil in story.pupils if pupil.api.get("/v1/me/profile")["certifiable"]]
    wait_until(everyone_is_there, "the school sees every certifiable pupil")
    if len(story.seated) < len(story.pupils) // 2:
        raise JourneyError(f"only {len(story.seated)} of {len(story.pupils)} pupils are certifiable")
    return f"{min(pix)} to {max(pix)} pix; the school sees {found[0]} certifiable"


def _position(story: Story, pupil: Pupil) -> int:
    competences = [card["code"] for card in pupil.api.get("/v1/me/profile")["competences"]]
    covered = [code for code in competences if code in story.key.competences][:COMPETENCES]
    for code in covered:
        started = pupil.api.post("/v1/assessments", {"purpose": "competence", "competence": code})
        pupil.finish(started.body, story.key)
    participation = pupil.api.post("/v1/participations", {"code": story.collection["code"]})
    sent = pupil.api.post("/v1/participations/{participation_id}/sharing", participation_id=participation["id"])
    _wait_for_projection(pupil, covered)  # what was sent did not wait for it, and must be the same
    profile = pupil.api.get("/v1/me/profile")
    if sent["results"]["pix"] != profile["pix"]:
        raise JourneyError(f"a profile of {profile['pix']} pix was sent as {sent['results']['pix']}")
    return int(profile["pix"])


def _wait_for_projection(pupil: Pupil, codes: list[str]) -> None:
    def shown() -> bool:
        cards = {card["code"]: card["state"] for card in pupil.api.get("/v1/me/profile")["competences"]}
        return all(cards[code] not in {"to_start", "in_progress"} for code in codes)

    wait_until(shown, f"the profile shows {', '.join(codes)} as done")
