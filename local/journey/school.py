"""Steps 1 to 3: a school opens its space, imports its pupils and creates campaigns."""

import secrets
import time
from collections.abc import Callable

import httpx

from local.journey.api import JourneyError
from local.journey.story import Story
from local.siecle_sample import CLASSES, siecle_sample

_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
#: The overseas and test range of school numbers that no real school has.
_FIRST_UAI, _UAIS = 9_900_000, 100_000
#: About the size of a parcours that a class takes in an hour.
SKILLS_WANTED = 30


def activate_school(story: Story) -> str:
    """The operator opens a space; the head activates it once, then signs in as its administrator."""
    operator = story.anyone.signed_in(_operator_token(story))
    story.uai = story.uai or _any_uai()
    story.school = f"Collège des Exemples {story.uai}"
    email = f"direction-{story.uai.lower()}@ecole.example"
    made = operator.post("/v1/organisations", {"uai": story.uai, "name": story.school, "official_email": email}, expect=201)
    password = secrets.token_urlsafe(16)
    activation = {
        "activation_code": made["activation_code"],
        "first_name": "Direction",
        "last_name": "Exemple",
        "email": email,
        "password": password,
    }
    story.anyone.post("/v1/organisations/{uai}/activation", activation, expect=201, uai=story.uai)
    story.anyone.post("/v1/organisations/{uai}/activation", activation, expect=(404, 409, 410), uai=story.uai)
    story.admin_login = {"username": email, "password": password}
    story.admin = story.anyone.signed_in(story.anyone.token_for(grant_type="password", **story.admin_login))
    organisation = story.school_api.get("/v1/organisations/{uai}", uai=story.uai)
    return f"{organisation['name']}, role {organisation['role']}"


def _any_uai() -> str:
    number = _FIRST_UAI + secrets.randbelow(_UAIS)
    return f"{number:07d}{_LETTERS[number % 23]}"


def _operator_token(story: Story) -> str:
    client_id, client_secret = story.operator
    return story.anyone.token_for(grant_type="client_credentials", client_id=client_id, client_secret=client_secret)


def appoint_jury(story: Story) -> str:
    """The operator appoints a member of the jury, who chooses a password."""
    operator = story.anyone.signed_in(_operator_token(story))
    email = f"jury-{secrets.token_hex(4)}@jury.example"
    made = operator.post("/v1/staff", {"role": "jury", "email": email, "first_name": "Membre", "last_name": "Jury"}, expect=201)
    password = secrets.token_urlsafe(16)
    story.anyone.post("/v1/password-setups", {"token": made["setup_token"], "password": password}, expect=(200, 201, 204))
    story.jury_login = {"username": email, "password": password}
    return email


def import_pupils(story: Story) -> str:
    """A SIECLE file goes to the address the school was given, and is imported in the background."""
    sample = siecle_sample(story.uai, seed=7)
    api = story.school_api
    asked = api.post("/v1/organisations/{uai}/imports", expect=202, uai=story.uai)
    upload = asked["upload"]
    sent = httpx.request(upload["method"], upload["url"], headers=upload["headers"], content=sample.xml, timeout=30)
    if sent.status_code != 200:
        raise JourneyError(f"the upload of the file answered {sent.status_code}: {sent.text[:300]}")
    seen: list[str] = []

    def done() -> bool:
        state = api.get("/v1/organisations/{uai}/imports/{import_id}", uai=story.uai, import_id=asked["id"])
        if not seen or seen[-1] != state["status"]:
            seen.append(state["status"])
        if state["status"] in {"VALIDATION_ERROR", "IMPORT_ERROR"}:
            raise JourneyError(f"the import ended in {state['status']}: {state['errors'][:3]}")
        return bool(state["status"] == "IMPORTED")

    wait_until(done, "the import is finished")
    classes = {item["name"]: item["size"] for item in api.get("/v1/organisations/{uai}/classes", uai=story.uai)["items"]}
    expected = {name: sum(pupil.class_name == name for pupil in sample.pupils) for name in CLASSES}
    if classes != expected:
        raise JourneyError(f"the classes are {classes} where the file has {expected}")
    listed = _listed_names(story)
    names = {(pupil.last_name, pupil.first_name) for pupil in sample.pupils}
    if listed != names:
        raise JourneyError(f"names differ from the file's: {sorted(listed ^ names)[:4]}")
    if listed & {(pupil.last_name, pupil.first_name) for pupil in sample.leavers}:
        raise JourneyError("pupils who left are on the list")
    story.class_name = CLASSES[0]
    return f"{len(listed)} pupils in {len(classes)} classes ({' → '.join(seen)})"


def _listed_names(story: Story) -> set[tuple[str, str]]:
    names: set[tuple[str, str]] = set()
    cursor = None
    while True:
        query = {"limit": "25"} | ({"cursor": cursor} if cursor else {})
        page = story.school_api.get("/v1/organisations/{uai}/pupils", query=query, uai=story.uai)
        names |= {(pupil["last_name"], pupil["first_name"]) for pupil in page["items"]}
        cursor = page["next_cursor"]
        if cursor is None:
            return names


def create_campaigns(story: Story) -> str:
    """A campaign on a target profile made to measure, and one that collects profiles; each gives a code."""
    api = story.school_api
    story.target_profile = _make_target_profile(story)
    assessment = {"type": "assessment", "name": "Diagnostic de rentrée", "target_profile_id": story.target_profile}
    collection = {"type": "profile_collection", "name": "Profils avant la certification"}
    key = secrets.token_hex(8)
    made = api.post("/v1/organisations/{uai}/campaigns", assessment, expect=201, uai=story.uai, key=key)
    again = api.post("/v1/organisations/{uai}/campaigns", assessment, expect=201, uai=story.uai, key=key)
    if made["id"] != again["id"]:
        raise JourneyError("repeating a creation under its Idempotency-Key made a second campaign")
    story.campaign = dict(made.body)
    story.collection = dict(api.post("/v1/organisations/{uai}/campaigns", collection, expect=201, uai=story.uai).body)
    return f"codes {story.campaign['code']} and {story.collection['code']}"


def _make_target_profile(story: Story) -> str:
    """The topics of the content's *parcours* that comes nearest to the wanted length, under the school's own name."""
    listed = story.school_api.get("/v1/target-profiles")["items"]
    nearest = min(listed, key=lambda profile: abs(profile["skills"] - SKILLS_WANTED))
    shown = story.school_api.get("/v1/target-profiles/{profile_id}", profile_id=nearest["id"])
    topics = [{"id": topic["id"], "max_level": topic["max_level"]} for topic in shown["topics"]]
    wanted = {"name": f"{nearest['name']} (sur mesure)", "topics": topics}
    made = story.school_api.post("/v1/organisations/{uai}/target-profiles", wanted, expect=201, uai=story.uai)
    if made["topics"] != shown["topics"]:
        raise JourneyError("a target profile made to measure does not hold the topics it was made of")
    return str(made["id"])


def wait_until(done: Callable[[], bool], what: str, limit_s: float = 90) -> None:
    """Poll, ever more slowly, until ``done()``; raises :class:`JourneyError` after ``limit_s``."""
    deadline, pause_s = time.monotonic() + limit_s, 0.05
    while not done():
        if time.monotonic() > deadline:
            raise JourneyError(f"waited {limit_s:.0f} s and it is still not true that {what}")
        time.sleep(pause_s)
        pause_s = min(1.0, pause_s * 1.5)
