"""Years of publications: many releases of the tests' content, and a pupil's tests spread over them."""

import io
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from engine.content import Release
from engine.grading import Answer, Result
from engine.knowledge import Knowledge
from engine.packing import Answered
from jalon.assessment.release_store import CURRENT_KEY, KEPT_OUTLINES
from jalon.assessment.state import AssessmentState, Purpose, Status
from jalon.kernel.ids import AssessmentId, ReleaseVersion, UserId
from tests.assessment.content import VERSION, bundles, release
from tools.content.release import outline_of

#: More releases than anything keeps.
MANY = [ReleaseVersion(f"2020.{number}-00000000000a") for number in range(KEPT_OUTLINES + 10)]
#: What every second release of the history lacks, so that positions are others there.
NOT_YET_WRITTEN = "tube11b"
_BEGAN = datetime(2020, 9, 1, 8, 0, tzinfo=UTC)


def without(version: str) -> str:
    """The tube that a release of the history does not have; none in the current one."""
    return NOT_YET_WRITTEN if version in MANY and MANY.index(ReleaseVersion(version)) % 2 else ""


def old_release(version: str) -> Release:
    return release(version, without(version))


@cache
def files(version: str) -> dict[str, bytes]:
    """The files of a release of the history, by name."""
    public, solutions = bundles(version, without=without(version))
    return {"public.json.gz": public, "solutions.json.gz": solutions, "outline.json.gz": outline_of(public)}


class History:
    """S3 with every release of :data:`MANY`, and a current one; ``reads`` are the keys of each read."""

    def __init__(self, *, outlined: bool = True) -> None:
        self.reads: list[str] = []
        self.current = VERSION
        self.outlined = outlined

    def get_object(self, *, Key: str, **_: Any) -> Any:  # noqa: N803 - the SDK's name
        self.reads.append(Key)
        return {"Body": io.BytesIO(self._body(Key))}

    def read_of(self, name: str) -> Counter[str]:
        """How often each release's file of this name was read, by version."""
        return Counter(key.split("/")[1] for key in self.reads if key.endswith(f"/{name}"))

    def _body(self, key: str) -> bytes:
        if key == CURRENT_KEY:
            return json.dumps({"version": self.current}).encode()
        _, version, name = key.split("/")
        if name == "outline.json.gz" and not self.outlined:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return files(version)[name]


def finished_test(user_id: UserId, version: ReleaseVersion, rank: int, right: dict[str, bool]) -> AssessmentState:
    """The ``rank``-th campaign's test of a user, taken in this release: these challenges, by id, answered right or wrong."""
    content, at = old_release(version), _BEGAN + timedelta(days=10 * rank)
    answers = tuple(
        Answered(
            content.challenge_index(name),
            0,
            Result.OK if ok else Result.KO,
            elapsed_ms=9000,
            at=int(at.timestamp()) + number,
            answer=Answer(text="réponse"),
        )
        for number, (name, ok) in enumerate(right.items(), start=1)
    )
    return AssessmentState(
        assessment_id=AssessmentId(f"asm_{user_id[-16:]}{rank:016x}"),
        user_id=user_id,
        purpose=Purpose.CAMPAIGN,
        subject=f"par_{rank:032x}",
        attempt=1,
        status=Status.COMPLETED,
        epoch=1,
        epoch_at=at,
        release=version,
        locale="fr-FR",
        target=tuple(skill.index for skill in content.skills),
        knowledge_at_start=Knowledge.of().pack(),
        profile_at_start={},
        questions=None,
        seed=b"seed",
        answers=answers,
        started_at=at,
        updated_at=at + timedelta(minutes=len(answers)),
    )
