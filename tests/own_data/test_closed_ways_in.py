"""A way in that was closed is in nothing that a person takes along, and nothing of it is left when they are erased."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from functions.accounts.wiring import desk
from jalon.accounts.find_login import login_keys
from tests.functions.accounts_client import send
from tests.own_data.world import PASSWORD, Person, World, opened


@pytest.fixture(scope="module")
def world(emulator: str) -> Iterator[World]:
    with opened(emulator) as world:
        yield world


def by_their_owner(_: World, person: Person) -> None:
    assert send("detach_own_email", subject=person.user_id, body={"password": PASSWORD}).status == 204


def by_their_school(world: World, person: Person) -> None:
    pupil = person.pupil
    asked = {"first_name": pupil.first_name, "last_name": pupil.last_name, "birth_date": pupil.birth_date.isoformat(), "ine": pupil.ine}
    status, given = world.school.as_admin("POST", "/access-recoveries", asked | {"close_ways_in": True})
    assert status == 200, given
    change = {"current_password": given["initial_password"], "new_password": PASSWORD}
    assert send("replace_password", subject=person.user_id, body=change).status == 204


def taken_along(world: World, person: Person) -> tuple[str, dict[str, Any]]:
    status, export = world.own(person.user_id, "POST", "/v1/me/exports")
    assert status == 202, export
    (order,) = world.drain("ExportQueue")
    assert world.work_on_export(json.loads(order["Body"])) == []
    _, ready = world.own(person.user_id, "GET", f"/v1/me/exports/{export['id']}")
    text = httpx.get(ready["download"]["url"], timeout=60).text
    return text, json.loads(text)["account"]


@pytest.mark.parametrize(("number", "close"), [(0, by_their_owner), (1, by_their_school)])
def test_what_was_closed_is_neither_taken_along_nor_left_behind(world: World, number: int, close: Callable[[World, Person], None]) -> None:
    person = world.make_person(number)
    (key,) = login_keys(desk().accounts.keyring, person.email)
    assert desk().accounts.store.user_of_login(key) == person.user_id
    close(world, person)
    text, account = taken_along(world, person)
    assert person.email not in text
    assert (account["email"], account["email_verified"], account["username"]) == (None, False, person.username)
    assert account["ways_in"] == {"identity_providers": [], "has_password": True, "password_is_initial": False}
    assert world.ask_for_erasure(person)[0] == 202
    assert world.work_on_erasure(person) == []
    stored = world.everything()
    logins = [item for item in stored["CredentialsTable"] if item.get("user_id", {}).get("S") == person.user_id]
    assert (logins, desk().accounts.store.user_of_login(key)) == ([], None)
    assert person.user_id not in {item["user_id"]["S"] for item in stored["IdentitiesTable"]}
