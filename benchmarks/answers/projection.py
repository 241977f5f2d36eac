"""What stands behind an answer: the profile that the stream's worker keeps, counted for a year's positioning and a certification.

Every record comes in a batch of its own, as when the stream keeps up: batches with more of one pupil's cost less.
"""

import base64
import itertools
import random
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Any
from unittest.mock import patch

from benchmarks.answers.designs import metered
from benchmarks.answers.play import answer_event, answers, begin
from benchmarks.answers.positioning import play_competence, send
from benchmarks.answers.units import item_bytes, read_units, write_units
from engine.knowledge import Element, Knowledge
from functions.answers.wiring import Parts
from functions.project_profiles.app import handler
from jalon.assessment.profile_entries import ParcoursEntry
from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.profiles import AttemptCard, StoredProfile
from jalon.assessment.state import Purpose, Status
from jalon.assessment.tables import AssessmentItem, ProfileItem
from jalon.kernel.ids import AssessmentId, CampaignCode, CampaignId, Uai, UserId

_NOW = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Age:
    """What lies in the profile of a pupil who has come so far; assumed are a framework of 900 skills and five or six campaigns a year."""

    skills: int
    campaigns: int
    tutorials: int


#: An answer tells of a skill and, on average, of two others of its tube.
SKILLS_OF_AN_ANSWER = 3
AGES = {"a school year": Age(600, 5, 10), "the end of collège": Age(900, 20, 20), "the end of lycée": Age(900, 40, 40)}


@dataclass(slots=True)
class Projected:
    """The records of the stream, what their projection asked of ``profiles`` and its CPU time."""

    answers: int = 0
    batches: int = 0
    reads: int = 0
    writes: int = 0
    read_units: int = 0
    write_units: int = 0
    cpu_s: float = 0.0
    profile_bytes: int = 0

    def figures(self) -> dict[str, Any]:
        """As they are reported."""
        return {
            "answers": self.answers,
            "reads": self.reads,
            "writes": self.writes,
            "read_units_per_answer": round(self.read_units / self.answers, 2),
            "write_units_per_answer": round(self.write_units / self.answers, 2),
            "cpu_ms_per_record": round(1000 * self.cpu_s / self.batches, 2),
            "profile_bytes": self.profile_bytes,
        }


def project_a_year(parts: Parts) -> tuple[Projected, Projected, dict[str, Any]]:
    """A pupil's positioning in every competence, then a certification of 48 questions, each image projected as it comes; and how large a
    profile is at some ages, with the units that each of its writes and reads takes.
    """
    user_id = f"usr_{uuid.uuid4().hex}"
    positioning = Projected()
    for competence in parts.releases.current().competences:
        for assessment_id in play_competence(user_id, competence.code):
            positioning.answers += 1
            _project(positioning, [_image(assessment_id)])
    _weigh(positioning, user_id)
    return positioning, _certification(parts, user_id), _sizes(parts, user_id)


def _certification(parts: Parts, user_id: str) -> Projected:
    projected = Projected()
    test = begin(parts, user_id)
    _project(projected, [_image(test.assessment_id)])
    for _ in answers(test, lambda path, body: send(answer_event(user_id, path, body))):
        projected.answers += 1
        image = _image(test.assessment_id)
        over = image["status"]["S"] == Status.COMPLETED.value
        # the last answer and the closing of the test are two changes of one moment
        _project(projected, [image | {"status": {"S": Status.STARTED.value}}, image] if over else [image])
    _weigh(projected, user_id)
    return projected


def _project(projected: Projected, images: list[dict[str, Any]]) -> None:
    records = [{"dynamodb": {"SequenceNumber": str(number), "NewImage": image}} for number, image in enumerate(images)]
    began = process_time()
    with metered() as meter:
        failed = handler({"Records": records}, None)["batchItemFailures"]
    if failed:
        raise RuntimeError(f"the projection failed: {failed}")
    projected.cpu_s += process_time() - began
    projected.batches += 1
    projected.reads += meter.operations.count("GetItem")
    projected.writes += meter.operations.count("PutItem")
    projected.read_units += meter.reads
    projected.write_units += meter.writes


def _weigh(projected: Projected, user_id: str) -> None:
    item = ProfileItem._get_connection().get_item(user_id, consistent_read=True)["Item"]
    projected.profile_bytes = item_bytes(item)


def _image(assessment_id: str) -> dict[str, Any]:
    """The test's item as the stream's event would carry it."""
    item = AssessmentItem._get_connection().get_item(assessment_id, consistent_read=True)["Item"]
    return {name: _as_event(value) for name, value in item.items()}


def _as_event(value: dict[str, Any]) -> dict[str, Any]:
    [(kind, content)] = value.items()
    if kind == "L":
        return {"L": [_as_event(element) for element in content]}
    return {"B": base64.b64encode(bytes(content)).decode()} if kind == "B" else value


def _sizes(parts: Parts, user_id: str) -> dict[str, Any]:
    profile = DynamoProfiles().get(UserId(user_id))
    if profile is None:
        raise RuntimeError("the pupil has no profile")
    told = {}
    for name, age in AGES.items():
        item = _item_of(_aged(profile, age, list(parts.releases.current().tutorials)))
        size = item_bytes(item)
        largest = sorted(((item_bytes({key: value}), key) for key, value in item.items()), reverse=True)[:4]
        told[name] = asdict(age) | {
            "bytes": size,
            "write_units": write_units(size),
            "read_units": read_units(size),
            "largest": {key: part for part, key in largest},
        }
    return told


def _aged(profile: StoredProfile, age: Age, tutorials: list[str]) -> StoredProfile:
    """The profile with so much in it, its names and instants as random as real ones are and the same in every run."""
    chance = random.Random(age.campaigns)
    names = (f"{chance.getrandbits(128):032x}" for _ in itertools.count())
    cards, parcours = dict(profile.cards), {}
    answered = [int(_NOW.timestamp()) - chance.randrange(10**8) for _ in range(0, age.skills, SKILLS_OF_AN_ANSWER)]
    known = Knowledge.of(
        Element(skill, chance.random() < 0.7, not skill % SKILLS_OF_AN_ANSWER, answered[skill // SKILLS_OF_AN_ANSWER])
        for skill in range(age.skills)
    )
    saved = {tutorial: _NOW - timedelta(seconds=chance.randrange(10**8)) for tutorial in chance.sample(tutorials, age.tutorials)}
    for number in range(age.campaigns):
        campaign, at = next(names), _NOW + timedelta(seconds=chance.randrange(10**8))
        subject, test = f"par_{campaign}_{profile.user_id.removeprefix('usr_')}", AssessmentId(f"asm_{next(names)}")
        card = AttemptCard(test, Purpose.CAMPAIGN, subject, 1, Status.COMPLETED, 12 + number % 9, at)
        entry = ParcoursEntry(
            participation_id=subject,
            campaign_id=CampaignId(f"cmp_{campaign}"),
            revision=6,
            kind="assessment",
            name=f"Parcours {number} des exemples",
            code=CampaignCode(f"BCDFGH{number:03d}"),
            uai=Uai("0990001N"),
            school="Collège des Exemples",
            status="SHARED",
            progress_percent=100,
            started_at=at,
            shared_at=at,
            assessment_id=test,
            mastery_percent=40 + number % 60,
        )
        cards[card.key], parcours[entry.key] = card, entry
    return replace(profile, knowledge=known.pack(), tutorials=saved, cards=cards, parcours=parcours)


def _item_of(profile: StoredProfile) -> dict[str, Any]:
    """The item that would be written."""
    written: list[dict[str, Any]] = []
    with patch.object(ProfileItem, "save", lambda item, condition: written.append(item.serialize())):  # noqa: ARG005 - save's own name
        DynamoProfiles().put(profile, expected_version=profile.version)
    return written[0]
