"""Note certifications in their candidates' profiles, where the pupil's page finds them (docs/protocol.md, "Profiles").

From the start of the test to the publication a pupil knows that they wait, and nothing more; then the published line as it stands, which a
correction replaces and a revocation marks. What is noted is always what the tables say at that moment, under the line's version.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from jalon.assessment.note_in_profile import note_in_profile
from jalon.assessment.profile_entries import CertificationEntry, CertificationStanding
from jalon.assessment.profiles import ProfileStore
from jalon.assessment.releases import Releases
from jalon.certificates.certificate import PublishedResult
from jalon.certificates.stores import ResultStore
from jalon.certification.candidates import Candidate, CandidateStore
from jalon.certification.candidatures import Candidatures
from jalon.certification.errors import CandidateNotFoundError
from jalon.certification.sessions import SessionStore
from jalon.kernel.ids import CandidateId, CertificationId, SessionNumber, UserId


@dataclass(frozen=True, slots=True)
class Following:
    """What tells of a certification all that the pupil's page shows."""

    sessions: SessionStore
    candidates: CandidateStore
    results: ResultStore


def note_candidature(
    following: Following, profiles: ProfileStore, releases: Releases, number: SessionNumber, candidate_id: CandidateId
) -> bool:
    """Note that the candidate's results are awaited, from the start of their test on; False when there was nothing to write.

    Raises :class:`~jalon.assessment.change_profile.ProfileBusyError`.
    """
    try:
        candidate = following.candidates.get(number, candidate_id)
    except CandidateNotFoundError:
        return False
    entry = _awaiting(following, candidate)
    return entry is not None and candidate.user_id is not None and note_in_profile(profiles, releases, candidate.user_id, entry)


def note_result(
    following: Following, profiles: ProfileStore, releases: Releases, number: SessionNumber, certification_id: CertificationId
) -> bool:
    """Bring the candidate's profile up to this published line; False when there was nothing to write, or no such line.

    Raises :class:`~jalon.assessment.change_profile.ProfileBusyError`.
    """
    line = following.results.find(number, certification_id)
    return line is not None and note_in_profile(profiles, releases, line.result.user_id, entry_of(line))


def every_certification(
    following: Following, candidatures: Candidatures, user_id: UserId, noted: Iterable[CertificationEntry]
) -> Iterator[CertificationEntry]:
    """All of a person's certifications as the tables have them.

    The list of a person's own lines lags by a moment, so each is read anew, and those ``noted`` in the profile are looked up as well.
    """
    for candidate in candidatures.of_user(user_id):
        entry = _awaiting(following, candidate)
        if entry is not None:
            yield entry
    listed = {(line.result.session_number, line.result.certification_id) for line in following.results.of_user(user_id)}
    for number, certification_id in listed | {(entry.session_number, entry.certification_id) for entry in noted}:
        line = following.results.find(number, certification_id)
        if line is not None and line.result.user_id == user_id:
            yield entry_of(line)


def entry_of(line: PublishedResult) -> CertificationEntry:
    """A published line as its candidate's page shows it."""
    result = line.result
    return CertificationEntry(
        certification_id=result.certification_id,
        version=result.version,
        session_number=result.session_number,
        centre=result.centre,
        taken_on=result.taken_on,
        standing=CertificationStanding.REVOKED if line.revoked_at else CertificationStanding(result.outcome.value),
        published_at=line.published_at,
        pix=result.score if line.counts else None,
        max_pix=result.max_score if line.counts else None,
        code=line.code if line.counts else None,
    )


def _awaiting(following: Following, candidate: Candidate) -> CertificationEntry | None:
    """None for one who has not begun the test."""
    if candidate.started_at is None or candidate.user_id is None:
        return None
    session = following.sessions.get(candidate.session_number)
    return CertificationEntry(
        certification_id=candidate.certification_id,
        version=0,
        session_number=session.number,
        centre=session.centre,
        taken_on=candidate.started_at.astimezone(ZoneInfo(session.time_zone)).date(),
    )
