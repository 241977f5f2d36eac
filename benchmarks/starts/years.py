"""A candidate with years behind them: tests of the real content, each in a release of its own."""

import gzip
import itertools
import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.content import Release
from engine.grading import Answer, Result
from engine.knowledge import Element, Knowledge
from engine.packing import Answered, pack_answer
from engine.scoring import profile_of
from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.profiles import StoredProfile
from jalon.assessment.release_store import outline_key, public_key
from jalon.assessment.state import AssessmentState, Purpose, Status
from jalon.assessment.tables import AttemptItem, item_of
from jalon.kernel.ids import AssessmentId, ReleaseVersion, UserId
from local.paths import CONTENT_RELEASE
from tests.functions.certification_cloud import Candidate, CertificationCloud
from tools.publish import CURRENT

ANSWERS = 15
_BEGAN = datetime(2020, 9, 1, 8, 0, tzinfo=UTC)
_names = itertools.count()


def content_version() -> str:
    return str(json.loads((CONTENT_RELEASE / CURRENT).read_text())["version"])


def published(world: CertificationCloud, count: int) -> list[ReleaseVersion]:
    """The real content published so many times more, under other versions."""
    version, s3 = content_version(), world.cloud.client("s3")
    bucket, folder = world.cloud.environment["CONTENT_BUCKET"], CONTENT_RELEASE / "releases" / version
    plain = {name: gzip.decompress((folder / name).read_bytes()) for name in ("public.json.gz", "outline.json.gz")}
    earlier = [ReleaseVersion(f"r{number:016x}") for number in range(count)]
    for renamed in earlier:
        for key, name in ((public_key(renamed), "public.json.gz"), (outline_key(renamed), "outline.json.gz")):
            body = gzip.compress(plain[name].replace(version.encode(), renamed.encode(), 1), 1)
            s3.put_object(Bucket=bucket, Key=key, Body=body)
    return earlier


def candidate(world: CertificationCloud, release: Release, earlier: list[ReleaseVersion]) -> Candidate:
    """One who may start, certifiable everywhere, with one finished test in each earlier release that the profile does not show."""
    session = world.session()
    (seated,) = world.enrol(session, ("Exemple", f"Zoé {'abcdefghijklmnop'[next(_names)]}"))
    known = Knowledge.of(Element(skill.index, True, True, int(_BEGAN.timestamp())) for skill in release.skills if skill.level <= 3)
    scores, user_id = profile_of(release, known), UserId(seated.user_id)
    profile = StoredProfile(user_id, 1, ReleaseVersion(release.version), known.pack(), scores.pix, scores.competences, {}, {}, _BEGAN)
    DynamoProfiles().put(profile, expected_version=0)
    for rank, version in enumerate(earlier):
        _store(_test(release, user_id, version, rank))
    for reply, status in ((seated.join(), 201), (world.authorise(seated), 200)):
        if reply.status != status:
            raise RuntimeError(f"the candidate is not seated: {reply.body}")
    return seated


def _test(release: Release, user_id: UserId, version: ReleaseVersion, rank: int) -> AssessmentState:
    """A campaign's test of 15 answers, most of them right."""
    at = _BEGAN + timedelta(days=10 * rank)
    asked = [(rank * 7 + number * 31) % len(release.challenges) for number in range(ANSWERS)]
    return AssessmentState(
        assessment_id=AssessmentId(f"asm_{uuid.uuid4().hex}"),
        user_id=user_id,
        purpose=Purpose.CAMPAIGN,
        subject=f"par_{uuid.uuid4().hex}",
        attempt=1,
        status=Status.COMPLETED,
        epoch=1,
        epoch_at=at,
        release=version,
        locale="fr-FR",
        target=tuple(sorted({release.challenges[index].skill_index for index in asked})),
        knowledge_at_start=Knowledge.of().pack(),
        profile_at_start={},
        questions=None,
        seed=b"seedseed",
        answers=tuple(
            Answered(index, 0, Result.OK if number % 4 else Result.KO, 20_000, int(at.timestamp()) + 30 * number, answer=_ANSWER)
            for number, index in enumerate(asked)
        ),
        started_at=at,
        updated_at=at + timedelta(minutes=8),
    )


_ANSWER = Answer(text="une réponse courte")


def _store(state: AssessmentState) -> None:
    item: Any = item_of(replace(state, answers=()))
    item.answers = [pack_answer(answered) for answered in state.answers]
    item.sequence = state.sequence
    item.save()
    AttemptItem(state.user_id, f"campaign#{state.subject}#0001", assessment_id=state.assessment_id).save()
