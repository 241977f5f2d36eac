"""What the rules ask of the tables of candidates and their results holds on the fakes and on the real ones alike."""

from dataclasses import replace

import pytest

from jalon.certification.candidates import Candidate, Sitting
from jalon.certification.errors import (
    AnotherCertificationLiveError,
    CandidateChangedError,
    CandidateNotFoundError,
    CandidateOfSessionError,
    CertificationNotFoundError,
    FinalisationSupersededError,
    InvigilatorOfSessionError,
    NotInJuryError,
    ResultChangedError,
    SessionFinalisedError,
)
from jalon.certification.results import Decision
from jalon.kernel.ids import CandidateId, CertificationId, SessionNumber
from tests.certification.centre import JUROR, NOW, account, identity
from tests.certification.samples import NUMBER, a_candidate, a_result, a_session, finalisation, full_candidate
from tests.certification.stores import Stores


@pytest.mark.parametrize("candidate", [a_candidate(), full_candidate()], ids=["bare", "full"])
def test_a_candidate_is_kept_as_it_is(stores: Stores, candidate: Candidate) -> None:
    stores.candidates.add([candidate])
    assert stores.candidates.get(NUMBER, candidate.candidate_id) == candidate
    with pytest.raises(CandidateNotFoundError):
        stores.candidates.get(NUMBER, CandidateId("can_9"))


def test_candidates_come_by_name_without_accents(stores: Stores) -> None:
    stores.candidates.add([a_candidate(1, "Zola"), a_candidate(2, "Éluard"), a_candidate(3, "eco"), a_candidate(4, "Aragon")])
    assert [row.identity.last_name for row in stores.candidates.of_session(NUMBER)] == ["Aragon", "eco", "Éluard", "Zola"]
    assert list(stores.candidates.of_session(SessionNumber("1"))) == []


def test_a_candidate_is_replaced_only_over_what_was_read(stores: Stores) -> None:
    stores.candidates.add([a_candidate()])
    first = stores.candidates.replace(a_candidate(authorised_at=NOW), a_candidate())
    assert (first.revision, first.authorised_at) == (2, NOW)
    with pytest.raises(CandidateChangedError):
        stores.candidates.replace(a_candidate(class_name="3B"), a_candidate())
    with pytest.raises(CandidateNotFoundError):
        stores.candidates.replace(a_candidate(9), a_candidate(9))
    assert stores.candidates.get(NUMBER, first.candidate_id) == first


def test_a_frozen_candidate_is_closed_to_all_but_its_finalisation_and_later_ones(stores: Stores) -> None:
    stores.candidates.add([a_candidate()])
    for _ in range(2):
        frozen = stores.candidates.freeze(NUMBER, a_candidate().candidate_id, 1)
        assert (frozen.finalisation, frozen.revision) == (1, 2)
    frozen = stores.candidates.freeze(NUMBER, a_candidate().candidate_id, 2)
    with pytest.raises(FinalisationSupersededError):
        stores.candidates.freeze(NUMBER, a_candidate().candidate_id, 1)
    with pytest.raises(SessionFinalisedError):
        stores.candidates.replace(frozen, frozen)
    with pytest.raises(SessionFinalisedError):
        stores.candidates.remove(frozen)
    with pytest.raises(CandidateNotFoundError):
        stores.candidates.freeze(NUMBER, CandidateId("can_9"), 1)


def test_joining_writes_the_candidate_and_the_sitting_together(stores: Stores) -> None:
    user_id = account(1)
    stores.candidates.add([a_candidate(1), a_candidate(2, "Martin")])
    assert stores.candidates.sitting_of(user_id) is None
    joined = stores.candidates.join(a_candidate(1, user_id=user_id), a_candidate(1), None)
    sitting = Sitting(user_id, joined.certification_id, NUMBER, joined.candidate_id)
    assert stores.candidates.sitting_of(user_id) == sitting
    second = a_candidate(2, "Martin")
    with pytest.raises(AnotherCertificationLiveError):
        stores.candidates.join(replace(second, user_id=user_id), second, None)
    assert stores.candidates.get(NUMBER, second.candidate_id) == second
    with pytest.raises(CandidateChangedError):
        stores.candidates.join(replace(second, user_id=user_id), replace(second, revision=7), sitting)
    assert stores.candidates.sitting_of(user_id) == sitting
    moved = stores.candidates.join(replace(second, user_id=user_id), second, sitting)
    assert stores.candidates.sitting_of(user_id) == Sitting(user_id, moved.certification_id, NUMBER, moved.candidate_id)


def test_a_place_is_given_back_and_the_sitting_ends_together(stores: Stores) -> None:
    user_id, enrolled = account(1), a_candidate(1)
    stores.candidates.add([enrolled])
    joined = stores.candidates.join(replace(enrolled, user_id=user_id), enrolled, None)
    freed = stores.candidates.free(replace(enrolled, certification_id=CertificationId("crt_other")), joined, NOW)
    assert (freed.user_id, freed.certification_id, freed.revision) == (None, "crt_other", joined.revision + 1)
    over = stores.candidates.sitting_of(user_id)
    assert over == Sitting(user_id, joined.certification_id, NUMBER, joined.candidate_id, freed_at=NOW)
    with pytest.raises(CandidateChangedError):
        stores.candidates.free(replace(enrolled, certification_id=CertificationId("crt_more")), joined, NOW)
    again = stores.candidates.join(replace(freed, user_id=user_id), freed, over)
    assert stores.candidates.sitting_of(user_id) == Sitting(user_id, again.certification_id, NUMBER, again.candidate_id)


def test_giving_a_place_back_leaves_what_its_account_sits_elsewhere(stores: Stores) -> None:
    user_id, first, second = account(1), a_candidate(1), a_candidate(2, "Martin")
    stores.candidates.add([first, second])
    joined = stores.candidates.join(replace(first, user_id=user_id), first, None)
    stores.candidates.join(replace(second, user_id=user_id), second, stores.candidates.sitting_of(user_id))
    stores.candidates.free(first, joined, NOW)
    assert stores.candidates.sitting_of(user_id) == Sitting(user_id, second.certification_id, NUMBER, second.candidate_id)


def test_a_frozen_place_is_not_given_back(stores: Stores) -> None:
    user_id, enrolled = account(1), a_candidate(1)
    stores.candidates.add([enrolled])
    stores.candidates.join(replace(enrolled, user_id=user_id), enrolled, None)
    frozen = stores.candidates.freeze(NUMBER, enrolled.candidate_id, 1)
    with pytest.raises(SessionFinalisedError):
        stores.candidates.free(enrolled, frozen, NOW)
    sitting = stores.candidates.sitting_of(user_id)
    assert sitting is not None
    assert sitting.freed_at is None


def test_nobody_is_candidate_and_invigilator_of_one_session_whichever_comes_first(stores: Stores) -> None:
    sits, watches, enrolled, other = account(1), account(2), a_candidate(1), a_candidate(2, "Martin")
    stores.candidates.add([enrolled, other])
    joined = stores.candidates.join(replace(enrolled, user_id=sits), enrolled, None)
    with pytest.raises(CandidateOfSessionError):
        stores.invigilators.add(NUMBER, sits, NOW)
    assert not stores.invigilators.has(NUMBER, sits)
    stores.invigilators.add(SessionNumber("1"), sits, NOW)  # of another session they may be
    stores.invigilators.add(NUMBER, watches, NOW)
    with pytest.raises(InvigilatorOfSessionError):
        stores.candidates.join(replace(other, user_id=watches), other, None)
    assert (stores.candidates.get(NUMBER, other.candidate_id), stores.candidates.sitting_of(watches)) == (other, None)
    stores.candidates.free(enrolled, joined, NOW)
    stores.invigilators.add(NUMBER, sits, NOW)
    assert stores.invigilators.has(NUMBER, sits)


def test_only_who_has_not_joined_is_removed(stores: Stores) -> None:
    stores.candidates.add([a_candidate(1), a_candidate(2, user_id=account(1))])
    stores.candidates.remove(a_candidate(1))
    with pytest.raises(CandidateNotFoundError):
        stores.candidates.remove(a_candidate(1))
    with pytest.raises(CandidateChangedError):
        stores.candidates.remove(a_candidate(2, user_id=account(1)))


def test_a_version_is_written_once_and_read_as_it_was(stores: Stores) -> None:
    assert stores.results.append(a_result()) == a_result()
    assert stores.results.append(a_result(pix=0)) == a_result()
    assert stores.results.latest(CertificationId("crt_1")) == a_result()
    with pytest.raises(CertificationNotFoundError):
        stores.results.latest(CertificationId("crt_9"))
    assert list(stores.results.history(CertificationId("crt_9"))) == []


def test_a_decision_is_appended_only_while_the_session_is_before_the_jury(stores: Stores) -> None:
    stores.sessions.create(a_session())
    stores.sessions.finalise(NUMBER, finalisation())
    stores.results.append(a_result())
    decision = Decision("comment", JUROR, NOW, {"for_candidate": "Bravo", "for_organisation": None})
    following = a_result(1001, author=JUROR, decision=decision, comment_for_candidate="Bravo", corrected_identity=identity("Autre"))
    with pytest.raises(NotInJuryError):
        stores.results.append_decision(following)
    stores.sessions.enter_jury(NUMBER, 1, NOW)
    stores.results.append_decision(following)
    with pytest.raises(ResultChangedError):
        stores.results.append_decision(following)
    with pytest.raises(NotInJuryError):
        stores.results.append_decision(a_result(2001))
    stores.sessions.approve(NUMBER, 1, JUROR, NOW)
    with pytest.raises(NotInJuryError):
        stores.results.append_decision(a_result(1002))
    assert list(stores.results.history(CertificationId("crt_1"))) == [a_result(), following]
    assert stores.results.latest(CertificationId("crt_1")) == following
