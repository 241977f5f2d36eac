"""The profile that a start freezes counts every answer the candidate gave, though no stream has run."""

import pytest

from engine.knowledge import Knowledge
from jalon.assessment.project_profile import project_profile
from jalon.assessment.tickets import TicketOffice
from jalon.certification.candidates import Candidate, CandidateStatus
from jalon.certification.errors import NotCertifiableError
from jalon.certification.supervise_session import authorise_candidate
from jalon.kernel.errors import UnavailableError
from tests.assessment.desk import PUPIL, Desk
from tests.certification.centre import NAMES, Centre, everything_known, profile


@pytest.fixture
def desk(centre: Centre) -> Desk:
    """The pupil's tests, on the centre's stores."""
    return Desk(centre.assessments, centre.profiles, centre.releases, TicketOffice(b"k" * 32), centre.clock, centre.ids)


def seated(centre: Centre, knowledge: Knowledge) -> Candidate:
    """A candidate who may start, whose stored profile knows this."""
    session = centre.session()
    (candidate,) = centre.enrol(session.number, NAMES[0])
    centre.profiles.items[PUPIL] = profile(PUPIL, knowledge)
    centre.join(session, candidate, PUPIL)
    return authorise_candidate(centre.room, session.number, candidate.candidate_id)


def test_a_start_freezes_what_was_answered_just_before(centre: Centre, desk: Desk) -> None:
    candidate = seated(centre, everything_known(competences=5))
    played = desk.play(desk.start("5.1"))
    test = centre.start(candidate).test
    expected = project_profile(centre.profiles, centre.releases, played)
    assert {code: score for code, score in test.profile_at_start.items() if score.pix} == expected.competences
    assert "5.1" in expected.competences
    asked = {centre.releases.current().challenge_skill(question.challenge_index).competence for question in test.questions or ()}
    assert asked == set(expected.competences)


def test_who_has_just_become_certifiable_starts(centre: Centre, desk: Desk) -> None:
    candidate = seated(centre, everything_known(competences=4))
    with pytest.raises(NotCertifiableError):
        centre.start(candidate)
    desk.play(desk.start("4.1"))
    assert centre.start(candidate).candidate.status is CandidateStatus.STARTED


def test_a_start_that_cannot_read_the_answers_freezes_nothing(centre: Centre, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never a profile that lacks answers: the start is refused, and the same one freezes the whole."""
    candidate = seated(centre, everything_known(competences=5))
    desk.play(desk.start("5.1"))

    def out_of_reach(*_: object) -> None:
        raise UnavailableError("The service is busy; send the same request again.")

    with monkeypatch.context() as broken:
        broken.setattr(centre.assessments, "of_user", out_of_reach)
        with pytest.raises(UnavailableError):
            centre.start(candidate)
    assert "5.1" in centre.start(candidate).test.profile_at_start
