"""An invitation that nobody accepted holds an address: it goes with whoever proved that the address is theirs, and with nobody else."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions.accounts.wiring import desk
from functions.erase_account import wiring as erase_wiring
from functions.erase_account.prove import proof
from jalon.accounts.erasure import counted
from jalon.kernel.ids import UserId
from tests.functions.accounts_client import send
from tests.own_data.traces import found, kept
from tests.own_data.world import PASSWORD, World, opened


@pytest.fixture(scope="module")
def world(emulator: str) -> Iterator[World]:
    with opened(emulator) as world:
        yield world


def invite(world: World, address: str) -> None:
    status, invited = world.school.as_admin("POST", "/invitations", {"email": address, "role": "member"})
    assert status == 201, invited


def addresses(world: World) -> list[str]:
    return sorted(item["email"]["S"] for item in world.everything()["InvitationsTable"])


def test_those_to_an_address_of_their_own_go_and_are_counted(world: World) -> None:
    person, other = world.make_person(0), world.make_person(1)
    for address in (person.email.upper(), person.email, other.email):
        invite(world, address)
    assert counted(erase_wiring.erasing().holdings, UserId(person.user_id))["invitations"] == 2
    assert world.ask_for_erasure(person)[0] == 202
    assert world.work_on_erasure(person) == []
    assert addresses(world) == [other.email]
    left = {place: what for place, what in found(world, person).items() if place not in kept()}
    assert left == {}
    told: Any = proof(erase_wiring.erasing(), UserId(person.user_id))
    assert (told["found"]["invitations"], told["present"]) == (2, {})


def test_whoever_only_claims_an_address_takes_nobodys_invitation_along(world: World) -> None:
    address = "collegue@exemple.example"
    invite(world, address)
    person = {"email": address, "password": PASSWORD, "first_name": "Ada", "last_name": "Exemple", "birth_date": "2008-05-06"}
    signed_up = send("create_account", body=person)
    assert signed_up.status == 201
    stranger = UserId(signed_up.body["id"])
    identity = desk().accounts.store.identity(stranger)
    assert identity is not None
    assert identity.only_claims_email
    assert "invitations" not in counted(erase_wiring.erasing().holdings, stranger)
    assert world.own(stranger, "POST", "/v1/me/erasure", {"confirmation": "ERASE", "password": PASSWORD})[0] == 202
    assert address in addresses(world)
