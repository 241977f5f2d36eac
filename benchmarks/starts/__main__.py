"""What starting costs: ``make bench NAME=starts``.

Operations and units of DynamoDB, objects of S3 and signatures of KMS for each request that a class sends in the same minute: signing in,
beginning and resuming a test, entering a campaign's code, starting a certification. The last by a pupil with years of tests behind
them, each in another release, in a new environment and in one that has served such a pupil; its CPU time beside that of a pupil with none.
The last line is the figures as JSON; the exit status is 1 when a start opens an old release whole, or asks more of DynamoDB for years of
tests than for one.
"""

import argparse
import contextlib
import json
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks.answers.in_process import silent
from benchmarks.starts.tally import Tally, tallied
from benchmarks.starts.years import candidate, content_version, published
from engine.content import Release
from engine.outline import Outline
from functions.sessions import wiring
from jalon.assessment.release_store import public_key
from local import emulator, stack
from local.paths import CONTENT_RELEASE
from tests.functions.accounts_client import send
from tests.functions.accounts_cloud import opened
from tests.functions.answers_client import Pupil
from tests.functions.campaign_scene import Scene
from tests.functions.certification_cloud import Candidate, CertificationCloud, certification_cloud
from tests.functions.school import School, own_account
from tools.publish import publish_content

#: The tests of a pupil at the end of collège: 16 competences, some improved, and three or four campaigns a year.
TESTS = 42
_PERSON = {"grant_type": "password", "username": "elodie.martin@example.org", "password": "Tr0ubadour!"}


def main() -> int:
    """Count and report; 1 when a bound is missed."""
    parser = argparse.ArgumentParser(prog="starts", description="Count what starting costs.")
    parser.add_argument(
        "--tests", type=int, default=TESTS, help=f"tests behind the candidate, each in a release of its own (default: {TESTS})"
    )
    tests = parser.parse_args().tests
    print("Building the learning content …", flush=True)
    stack.build_content()
    with _emulated() as endpoint:
        requests = {**_sign_ins(endpoint), **_participations(endpoint)}
        with silent(), certification_cloud(endpoint) as world:
            publish_content(world.cloud.client("s3"), world.cloud.environment["CONTENT_BUCKET"], CONTENT_RELEASE)
            requests |= _tests()
            started, bounded = _certifications(world, tests)
    for name, figures in (requests | started).items():
        print(f"{name:<44}{figures}")
    print(json.dumps({"tests": tests, "requests": requests | started, "content": _sizes(), "bounds_met": bounded}))
    return 0 if bounded else 1


def _sign_ins(endpoint: str) -> dict[str, Any]:
    with silent(), opened(endpoint):
        _done(send("create_account"), 201)
        _done(send("token_password", form=_PERSON), 200)  # a new environment reads its secrets too
        with tallied() as first:
            reply = _done(send("token_password", form=_PERSON), 200)
        with tallied() as renewed:
            form = {"grant_type": "refresh_token", "refresh_token": reply.body["refresh_token"]}
            _done(send("token_refresh", form=form), 200)
    return {"sign in": first.figures(), "renew a token": renewed.figures()}


def _participations(endpoint: str) -> dict[str, Any]:
    with silent(), own_account(endpoint) as cloud:
        scene = Scene(School(cloud).with_content())
        campaign, _ = scene.school.create_campaign(), scene.participate(scene.school.create_campaign(), scene.leo)
        pupil = scene.zoe
        with tallied() as tally:
            scene.participate(campaign, pupil)
    return {"enter a code and begin its test": tally.figures()}


def _tests() -> dict[str, Any]:
    _begin(Pupil("usr_" + "e" * 32), "1.1")
    pupil, counted = Pupil("usr_" + "f" * 32), {}
    for name, code in (("begin a first test", "1.1"), ("resume it", "1.1"), ("begin another beside it", "1.2")):
        with tallied() as tally:
            _begin(pupil, code)
        counted[name] = tally.figures()
    return counted


def _begin(pupil: Pupil, code: str) -> None:
    _done(pupil.start(purpose="competence", competence=code), 200)


def _certifications(world: CertificationCloud, tests: int) -> tuple[dict[str, Any], bool]:
    """The figures of each start, and whether years of tests cost no more operations than one and no old release whole."""
    wiring.parts.cache_clear()
    release = wiring.parts().starting.releases.current()
    earlier = published(world, tests)
    one = _start(candidate(world, release, earlier[:1]), anew=True)
    new = _start(candidate(world, release, earlier), anew=True)
    warm = _start(candidate(world, release, earlier), anew=False)
    cpu = {count: _cpu_ms(candidate(world, release, earlier[:count])) for count in (0, tests)}
    whole = [key for tally in (one, new, warm) for key in tally.objects if key.endswith("/public.json.gz")]
    bounded = len(one.operations) == len(new.operations) and set(whole) == {public_key(content_version())}
    figures = {
        "start a certification, one test": one.figures(),
        "start a certification, new environment": new.figures() | {"cpu_ms": cpu[tests], "cpu_ms_without_tests": cpu[0]},
        "start a certification, warm environment": warm.figures(),
    }
    return figures, bounded


def _sizes() -> dict[str, Any]:
    """What a release and its outline are to read, in bytes, and to keep, in MiB."""
    folder = CONTENT_RELEASE / "releases" / content_version()
    public, solutions, outline = ((folder / f"{name}.json.gz").read_bytes() for name in ("public", "solutions", "outline"))
    return {
        "release_bytes": len(public) + len(solutions),
        "outline_bytes": len(outline),
        "release_mib": _kept_mib(lambda: Release.from_bundles(public, solutions)),
        "outline_mib": _kept_mib(lambda: Outline.from_bundle(outline)),
    }


def _kept_mib(make: Callable[[], object]) -> float:
    tracemalloc.start()
    try:
        made = make()
        kept, _ = tracemalloc.get_traced_memory()
        del made
    finally:
        tracemalloc.stop()
    return round(kept / 2**20, 1)


def _start(seated: Candidate, *, anew: bool) -> Tally:
    if anew:
        wiring.parts.cache_clear()
        wiring.parts()
    with tallied() as tally:
        _done(seated.start(), 200)
    return tally


def _cpu_ms(seated: Candidate) -> int:
    """CPU time of one start in a new environment, in milliseconds, nothing counted beside it."""
    wiring.parts.cache_clear()
    wiring.parts()
    began = process_time()
    _done(seated.start(), 200)
    return round((process_time() - began) * 1000)


def _done(reply: Any, status: int) -> Any:
    if reply.status != status:
        raise RuntimeError(f"{status} was expected: {reply}")
    return reply


@contextlib.contextmanager
def _emulated() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="jalon-bench-") as folder:
        running = emulator.start(emulator.free_port(), Path(folder), keep_state=False, enforce_roles=False)
        try:
            yield running.endpoint
        finally:
            running.stop(patience_s=2)


if __name__ == "__main__":
    sys.exit(main())
