"""A person's tests lie in years of releases: what walks through them opens outlines, and a whole release once."""

import itertools
from datetime import UTC, datetime

from engine.challenge import Challenge
from jalon.assessment.export_assessments import assessments_document
from jalon.assessment.profile_entries import Entries
from jalon.assessment.project_profile import merged
from jalon.assessment.release_store import KEPT_RELEASES, S3Releases
from jalon.assessment.state import AssessmentState
from tests.assessment.content import VERSION
from tests.assessment.desk import PUPIL
from tests.assessment.fakes import FakeReleases
from tests.assessment.history import MANY, History, finished_test, old_release
from tests.sources import FixedClock

RELEASES = MANY[:60]
assert len(RELEASES) > KEPT_RELEASES


def spread_tests() -> list[AssessmentState]:
    """Two tests in each of the releases, begun in turns, so that those of one release never follow one another."""
    return [finished_test(PUPIL, version, rank, _answers(rank)) for rank, version in enumerate([*RELEASES, *RELEASES])]


def _answers(rank: int) -> dict[str, bool]:
    """Three answers to challenges that every release has, others for each test."""
    asked: list[Challenge] = [item for item in old_release(RELEASES[1]).challenges if item.locale == "fr"]
    return {item.id: bool((rank + number) % 3) for number, item in enumerate(itertools.islice(itertools.cycle(asked), rank, rank + 3))}


def from_s3(history: History) -> S3Releases:
    return S3Releases(lambda: history, "bucket", FixedClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC)))


def test_a_profile_is_rebuilt_from_outlines_and_the_current_release() -> None:
    history = History()
    rebuilt = merged(None, from_s3(history), PUPIL, spread_tests(), afresh=Entries({}, {}))
    assert history.read_of("public.json.gz") == {VERSION: 1}
    assert history.read_of("outline.json.gz") == dict.fromkeys(RELEASES, 1)
    whole = FakeReleases(*(old_release(version) for version in [*RELEASES, VERSION]))
    whole.outline = whole.pinned  # type: ignore[method-assign, assignment]
    assert rebuilt == merged(None, whole, PUPIL, spread_tests(), afresh=Entries({}, {}))
    assert rebuilt.pix > 0


def test_a_test_without_an_answer_opens_no_release_of_its_own() -> None:
    history = History()
    merged(None, from_s3(history), PUPIL, [finished_test(PUPIL, version, rank, {}) for rank, version in enumerate(RELEASES)])
    assert history.read_of("outline.json.gz") == {}


def test_an_export_opens_each_release_once_and_tells_tests_in_the_order_they_were_taken() -> None:
    history = History()
    tests = spread_tests()
    document = assessments_document(tests[::-1], from_s3(history), ())
    assert history.read_of("public.json.gz") == dict.fromkeys(RELEASES, 1)
    assert [test["id"] for test in document] == [test.assessment_id for test in tests]
    assert all(len(test["answers"]) == 3 for test in document)
