"""An operator exports and erases for somebody who cannot sign in."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from functions.accounts.on_behalf import main
from tests.own_data.world import Person, World, opened


@dataclass(frozen=True)
class Story:
    world: World
    person: Person


@pytest.fixture(scope="module")
def story(emulator: str) -> Iterator[Story]:
    with opened(emulator) as made:
        yield Story(made, made.make_person(0))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def command(*arguments: str) -> tuple[int, Any]:
        status = main(arguments)
        printed = capsys.readouterr()
        return status, json.loads(printed.out.splitlines()[-1]) if status == 0 else printed.err

    return command


def ways(person: Person) -> list[tuple[str, str]]:
    return [("--id", person.user_id), ("--login", person.username), ("--login", person.email), ("--ine", person.pupil.ine)]


def test_the_document_is_asked_for_once_and_fetched_when_it_is_ready(story: Story, run: Any) -> None:
    born = story.person.pupil.birth_date.isoformat()
    told = [run("export", *way, "--born", born) for way in ways(story.person)]
    assert {status for status, _ in told} == {0}
    (export_id,) = {answer["export_id"] for _, answer in told}
    assert [answer["address"] for _, answer in told] == [None] * 4
    orders = story.world.drain("ExportQueue")
    assert story.world.work_on_export(json.loads(orders[0]["Body"])) == []
    _, ready = run("export", "--id", story.person.user_id, "--born", born)
    assert (ready["export_id"], ready["status"], ready["address"][:4]) == (export_id, "ready", "http")


@pytest.mark.parametrize("act", ["export", "erase"])
def test_nothing_is_done_for_another_birth_date_or_for_nobody(story: Story, run: Any, act: str) -> None:
    for whom in (("--id", story.person.user_id), ("--id", "usr_nobody"), ("--login", "nobody.here0101"), ("--ine", "9999999999Z")):
        status, refused = run(act, *whom, "--born", "1999-12-31")
        assert (status, refused.partition(":")[0]) == (1, "account_not_found")


def test_the_erasure_begins_and_asked_again_tells_how_far_it_is(story: Story, run: Any) -> None:
    born = story.person.pupil.birth_date.isoformat()
    status, asked = run("erase", "--ine", story.person.pupil.ine, "--born", born)
    assert (status, asked["status"], asked["user_id"]) == (0, "requested", story.person.user_id)
    assert story.world.work_on_erasure(story.person) == []
    status, again = run("erase", "--id", story.person.user_id, "--born", born)
    assert (status, again["status"], again["requested_at"]) == (0, "erased", asked["requested_at"])
