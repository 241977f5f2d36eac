"""What of a certification is noted in its candidate's profile, and what the rebuilding finds of it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from jalon.assessment.profile_entries import CertificationEntry, CertificationStanding
from jalon.certificates.certificate import Outcome, PublishedResult
from jalon.certificates.project_certification import Following, entry_of, every_certification, note_candidature, note_result
from jalon.certification.candidates import Candidate
from jalon.kernel.ids import CandidateId, CertificationId, UserId, VerificationCode
from tests.assessment.content import release
from tests.assessment.fakes import FakeProfiles, FakeReleases
from tests.certificates.fakes import NOON, MemoryResults, a_result
from tests.certification.fakes import FakeCandidates, FakeSessions
from tests.certification.samples import NUMBER, a_candidate, a_session

CODE = VerificationCode("P-2346789BCDFG")
PUPIL = UserId("usr_mine")
#: Half past eleven in the evening in Paris, half past ten in the universal time of the tables, and already the next day in Mayotte.
EVENING = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)
RELEASES = FakeReleases(release())


class BehindResults(MemoryResults):
    """The list of a person's own lines does not show anything yet."""

    def of_user(self, user_id: UserId) -> list[PublishedResult]:
        return []


class OwnCandidatures:
    """The rows that one account joined."""

    def __init__(self, *rows: Candidate) -> None:
        self.rows = rows

    def of_user(self, user_id: UserId) -> Sequence[Candidate]:
        return [row for row in self.rows if row.user_id == user_id]


@pytest.fixture
def following() -> Following:
    made = Following(FakeSessions(), FakeCandidates(), MemoryResults())
    made.sessions.create(a_session())
    return made


def sat(**changes: object) -> Candidate:
    return a_candidate(user_id=PUPIL, started_at=EVENING, **changes)


def line(version: int = 1000, **changes: object) -> PublishedResult:
    return PublishedResult(a_result(version=version, session_number=NUMBER, user_id=PUPIL, **changes), CODE, NOON)


def noted(profiles: FakeProfiles) -> list[CertificationEntry]:
    return [entry for profile in profiles.items.values() for entry in profile.certifications.values()]


@pytest.mark.parametrize(("zone", "day"), [("Europe/Paris", date(2026, 11, 19)), ("Indian/Mayotte", date(2026, 11, 20))])
def test_from_the_start_of_the_test_its_results_are_awaited_on_the_rooms_own_day(zone: str, day: date) -> None:
    following = Following(FakeSessions(), FakeCandidates(), MemoryResults())
    following.sessions.create(a_session(time_zone=zone))
    following.candidates.add([sat()])
    profiles = FakeProfiles()
    assert note_candidature(following, profiles, RELEASES, NUMBER, sat().candidate_id)
    (entry,) = noted(profiles)
    assert (entry.standing, entry.version, entry.taken_on) == (CertificationStanding.AWAITING_RESULTS, 0, day)
    assert (entry.pix, entry.code, entry.published_at) == (None, None, None)


def test_who_has_not_begun_or_is_not_there_awaits_nothing(following: Following) -> None:
    following.candidates.add([a_candidate(1), a_candidate(2, user_id=PUPIL)])
    profiles = FakeProfiles()
    for rank in (1, 2, 3):
        assert not note_candidature(following, profiles, RELEASES, NUMBER, CandidateId(f"can_{rank:032x}"))
    assert not note_result(following, profiles, RELEASES, NUMBER, CertificationId("crt_none"))
    assert profiles.items == {}


def test_a_published_line_replaces_the_waiting_whichever_comes_first(following: Following) -> None:
    following.candidates.add([sat(certification_id=line().result.certification_id)])
    following.results.put(line())
    for order in ((note_candidature, note_result), (note_result, note_candidature)):
        profiles = FakeProfiles()
        for note in order:
            key = sat().candidate_id if note is note_candidature else line().result.certification_id
            note(following, profiles, RELEASES, NUMBER, key)
        assert noted(profiles) == [entry_of(line())]


def test_only_a_certificate_that_counts_gives_its_figures() -> None:
    assert (entry_of(line()).pix, entry_of(line()).max_pix, entry_of(line()).code) == (312, 895, CODE)
    rejected = PublishedResult(a_result(outcome=Outcome.REJECTED), None, NOON)
    revoked = PublishedResult(a_result(), CODE, NOON, revoked_at=NOON)
    for told, standing in ((rejected, CertificationStanding.REJECTED), (revoked, CertificationStanding.REVOKED)):
        entry = entry_of(told)
        assert (entry.standing, entry.pix, entry.max_pix, entry.code) == (standing, None, None, None)


def test_the_rebuilding_finds_what_waits_and_what_is_published(following: Following) -> None:
    waits = sat(certification_id=CertificationId("crt_waits"))
    following.results.put(line())
    found = list(every_certification(following, OwnCandidatures(waits), PUPIL, []))
    assert {entry.key: entry.version for entry in found} == {"crt_waits": 0, line().result.certification_id: 1000}


def test_a_line_that_the_persons_own_list_does_not_show_yet_is_looked_up_when_it_is_noted(following: Following) -> None:
    behind = Following(following.sessions, following.candidates, BehindResults())
    behind.results.put(line(2000))
    former = entry_of(line(1000))
    assert list(every_certification(behind, OwnCandidatures(), PUPIL, [former])) == [entry_of(line(2000))]
    assert list(every_certification(behind, OwnCandidatures(), PUPIL, [])) == []
    assert list(every_certification(behind, OwnCandidatures(), UserId("usr_other"), [former])) == []
