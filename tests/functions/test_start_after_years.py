"""Starting a certification, though the pupil's tests lie in sixty releases: what is read is bounded, and the draw's rule holds.

The profiles here hold none of these tests, as if the projection had been behind for years: the most that a start can have to merge.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.client import BaseClient

from engine.packing import pack_answer
from functions.sessions import wiring
from jalon.assessment.tables import AttemptItem, item_of
from jalon.kernel.ids import UserId
from tests.assessment.content import VERSION, release
from tests.assessment.history import MANY, files, finished_test, old_release
from tests.functions.certification_cloud import Candidate, CertificationCloud, certification_cloud

RELEASES = MANY[:60]
#: The first challenge in French of each skill.
FIRST = [item.id for item in release().challenges if item.id.endswith("_0")]
_seats = itertools.count()


@dataclass
class Asked:
    """What the cloud's clients were asked for: operations of DynamoDB, in order, and keys of S3."""

    operations: list[str] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def world(emulator: str) -> Iterator[CertificationCloud]:
    with certification_cloud(emulator) as ready:
        s3, bucket = ready.cloud.client("s3"), ready.cloud.environment["CONTENT_BUCKET"]
        for version in [*RELEASES, VERSION]:
            for name, body in files(version).items():
                s3.put_object(Bucket=bucket, Key=f"releases/{version}/{name}", Body=body)
        yield ready


@pytest.fixture
def asked(world: CertificationCloud, monkeypatch: pytest.MonkeyPatch) -> Asked:
    counted, call = Asked(), BaseClient._make_api_call

    def count(self: Any, operation: str, arguments: Any) -> Any:
        if operation == "GetObject":
            counted.objects.append(arguments["Key"])
        elif self.meta.service_model.service_name == "dynamodb":
            counted.operations.append(operation)
        return call(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", count)
    return counted


def seated(world: CertificationCloud, tests: int, right: dict[int, list[str]]) -> Candidate:
    """A candidate who may start, with so many tests behind them, one in each release; ``right`` names what each answered right."""
    (candidate,) = world.seat(world.session(), ("Exemple", f"Zoé {'abcdefgh'[next(_seats)]}"))
    for rank, version in enumerate(RELEASES[:tests]):
        state = finished_test(UserId(candidate.user_id), version, rank, dict.fromkeys(right.get(rank, ()), True))
        item: Any = item_of(state)
        item.answers = [pack_answer(answer) for answer in state.answers]
        item.sequence = state.sequence
        item.save()
        AttemptItem(candidate.user_id, f"campaign#{state.subject}#0001", assessment_id=state.assessment_id).save()
    return candidate


def in_a_new_environment() -> None:
    wiring.parts.cache_clear()
    wiring.parts()


def spread(names: list[str]) -> dict[int, list[str]]:
    """These challenges, each in the next release that has it."""
    right: dict[int, list[str]] = {}
    ranks = itertools.cycle(range(len(RELEASES)))
    for name in names:
        held = (rank for rank in ranks if any(item.id == name for item in old_release(RELEASES[rank]).challenges))
        right.setdefault(next(held), []).append(name)
    return right


def test_a_start_opens_one_whole_release_and_the_outlines_of_the_others(world: CertificationCloud, asked: Asked) -> None:
    candidate = seated(world, len(RELEASES), spread(FIRST * 4))
    in_a_new_environment()
    asked.operations.clear()
    asked.objects.clear()
    assert candidate.start().status == 200
    outlines = [f"releases/{version}/outline.json.gz" for version in RELEASES]
    assert sorted(asked.objects) == sorted([*outlines, f"releases/{VERSION}/public.json.gz", "releases/current.json"])
    first = list(asked.operations)

    another = seated(world, len(RELEASES), spread(FIRST * 4))
    asked.operations.clear()
    asked.objects.clear()
    assert another.start().status == 200
    assert asked.objects == []
    assert asked.operations == first


def test_a_start_asks_the_same_of_dynamodb_whatever_lies_behind_the_pupil(world: CertificationCloud, asked: Asked) -> None:
    counted = []
    for tests in (1, len(RELEASES)):
        candidate = seated(world, tests, {0: FIRST[:1]})
        asked.operations.clear()
        assert candidate.start().status == 200
        counted.append(list(asked.operations))
    assert counted[0] == counted[1]
    assert len(counted[0]) == 13


def test_what_was_answered_right_in_any_release_is_not_asked_again(world: CertificationCloud) -> None:
    """docs/domain.md §5a: each skill here has two challenges; the first of all was answered right, some place in sixty releases."""
    candidate = seated(world, len(RELEASES), spread(FIRST))
    in_a_new_environment()
    test = candidate.start().body["test"]
    drawn = wiring.parts().entry.assessments.get(test["id"])
    assert drawn is not None
    assert drawn.questions
    assert {release().challenges[question.challenge_index].id[-2:] for question in drawn.questions} == {"_1"}
