"""What takes no more than a name and a birth date gives nobody another person's data: a classmate knows both."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from local.siecle_sample import SamplePupil
from tests.functions.accounts_client import send as accounts_send
from tests.functions.certification_cloud import Candidate
from tests.own_data.world import PASSWORD, World, opened

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "personal-data.schema.json").read_text())
#: What only the centre's list, the school's list or the pupil knows.
SECRET = ("national_number", "class", "external_id", "extra_time_percent", "enrolled_as")

pytestmark = pytest.mark.xdist_group("export")


@dataclass
class Joined:
    """An account that joined a session as somebody of the list, and that person's row as the school has it."""

    world: World
    user_id: str
    candidate: Candidate
    pupil: SamplePupil


@pytest.fixture(scope="module")
def world(emulator: str) -> Iterator[World]:
    with opened(emulator) as built:
        yield built


def _join(world: World, rank: int) -> Joined:
    """A self-made account of somebody else joins as the pupil of this rank, as whoever read the access code on the board can."""
    return _join_as(world, world._unmistakable()[rank])


def _join_as(world: World, pupil: SamplePupil) -> Joined:
    born = {"birth_date": pupil.birth_date.isoformat()}
    account = {
        "email": f"camarade.{pupil.ine}@exemple.example".lower(),
        "password": PASSWORD,
        "first_name": "Camille",
        "last_name": "Exemple",
    }
    user_id = accounts_send("create_account", body=account | born).body["id"]
    session = world.certification.session()
    enrolled = world.certification.centre("enrol_class", number=session["number"], body={"class": pupil.class_name})
    row = next(each for each in enrolled.body["items"] if (each["last_name"], each["first_name"]) == (pupil.last_name, pupil.first_name))
    candidate = Candidate(session["number"], session["access_code"], row, row["id"], row["certification_id"], user_id)
    assert candidate.join().status == 201
    return Joined(world, user_id, candidate, pupil)


def _document(joined: Joined) -> Any:
    world = joined.world
    status, export = world.own(joined.user_id, "POST", "/v1/me/exports")
    assert status == 202, export
    *_, order = world.drain("ExportQueue")
    assert world.work_on_export(json.loads(order["Body"])) == []
    ready = world.own(joined.user_id, "GET", f"/v1/me/exports/{export['id']}")[1]
    document = httpx.get(ready["download"]["url"], timeout=60).json()
    assert [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)] == []
    return document


def test_whoever_joined_in_another_ones_place_is_shown_nothing_of_the_row(world: World) -> None:
    joined = _join(world, 2)
    document = _document(joined)
    (row,) = document["candidatures"]
    assert {name: row[name] for name in SECRET} == dict.fromkeys(SECRET)
    assert (row["joined_at"] is not None, row["authorised_at"]) == (True, None)
    text = json.dumps(document, ensure_ascii=False)
    assert joined.pupil.ine not in text
    assert joined.pupil.last_name not in text


def test_whom_the_invigilator_let_start_is_shown_their_row(world: World) -> None:
    joined = _join(world, 3)
    assert world.certification.authorise(joined.candidate).status == 200
    (row,) = _document(joined)["candidatures"]
    assert (row["national_number"], row["class"], row["extra_time_percent"]) == (joined.pupil.ine, "4A", 0)
    assert row["enrolled_as"]["last_name"] == joined.pupil.last_name


def test_whose_number_is_proven_is_shown_their_row_before_the_session_too(world: World) -> None:
    person = world.make_person(4)
    session = world.certification.session()
    [candidate] = world.enrol(session, person)
    assert candidate.join().status == 201
    (row,) = _document(Joined(world, person.user_id, candidate, person.pupil))["candidatures"]
    assert (row["national_number"], row["authorised_at"]) == (person.pupil.ine, None)


def test_whoever_took_part_as_a_pupil_found_by_name_is_not_shown_the_lists_class(world: World) -> None:
    joined = _join_as(world, next(each for each in world.school.sample.pupils if each.class_name != "4A"))  # the school made no account yet
    pupil, campaign = joined.pupil, world.school.create_campaign()
    claim = {"uai": "0990001N", "first_name": pupil.first_name, "last_name": pupil.last_name}
    claim |= {"birth_date": pupil.birth_date.isoformat()}
    assert world.school.as_pupil(joined.user_id, "POST", "/v1/reconciliations", claim)[0] == 200
    assert world.school.as_pupil(joined.user_id, "POST", "/v1/participations", {"code": campaign["code"]})[0] == 200
    (entered,) = _document(joined)["participations"]
    assert (entered["last_name"], entered["first_name"], entered["class"]) == (None, None, None)
