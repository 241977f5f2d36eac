"""Who is on a session's list, and how a pupil is found on it (docs/domain.md §7)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.certification.enrol_candidates import MAX_CANDIDATES, NewCandidate, enrol_candidates, enrol_class, remove_candidate
from jalon.certification.errors import (
    CandidateAlreadyEnrolledError,
    CandidateChangedError,
    CandidateNotFoundError,
    InvalidCandidatesError,
    SessionAlreadyStartedError,
    SessionFinalisedError,
)
from jalon.certification.identities import BirthPlace, IdentityClaim, check_birth_place, check_identity
from jalon.certification.sessions import Finalisation
from jalon.kernel.ids import CandidateId, Ine, Uai
from jalon.organisations.pupils import Birthplace, Pupil, Sex
from tests.certification.centre import HEAD, NAMES, NOW, SCHOOL, Centre, account, identity


def pupil(ine: str, last_name: str = "Lefèvre", first_name: str = "Zoé", place: Birthplace | None = None) -> Pupil:
    return Pupil(Ine(ine), last_name, None, first_name, (), Sex.FEMALE, date(2012, 5, 17), place or Birthplace("100", "029", "29019"), "3A")


class OneClass:
    """The school's list: one class."""

    def __init__(self, *pupils: Pupil) -> None:
        self.pupils = pupils

    def of_class(self, uai: Uai, class_name: str) -> tuple[Pupil, ...]:
        return self.pupils if (uai, class_name) == (SCHOOL, "3A") else ()


@pytest.mark.parametrize(
    ("place", "codes"),
    [
        (BirthPlace("FR", insee_code="29019"), []),
        (BirthPlace("FR", insee_code="2A004"), []),
        (BirthPlace("FR", insee_code="97411"), []),
        (BirthPlace("FR", postcode="29200", town="Brest"), []),
        (BirthPlace("FR"), ["birth_place_required"]),
        (BirthPlace("FR", postcode="29200"), ["birth_place_required"]),
        (BirthPlace("FR", town="Brest"), ["birth_place_required"]),
        (BirthPlace("FR", postcode="2920", town="Brest"), ["birth_postcode_format"]),
        (BirthPlace("FR", insee_code="2C004"), ["birth_insee_format"]),
        (BirthPlace("FR", insee_code="290199"), ["birth_insee_format"]),
        (BirthPlace("FR", insee_code="99100"), ["birth_insee_abroad"]),
        (BirthPlace("Italie", insee_code="99", town="Gênes"), []),
        (BirthPlace("99127", insee_code="99127", town="Gênes"), []),
        (BirthPlace("Italie", insee_code="99"), ["birth_town_required"]),
        (BirthPlace("Italie", town="Gênes"), ["birth_insee_not_abroad"]),
        (BirthPlace("Italie", insee_code="29019", town="Gênes"), ["birth_insee_not_abroad"]),
        (BirthPlace("Italie", insee_code="99", postcode="16121", town="Gênes"), ["birth_postcode_abroad"]),
        (BirthPlace("", insee_code="29019"), ["birth_country_required"]),
    ],
)
def test_birth_in_france_is_an_insee_code_or_postcode_and_town_and_abroad_99_and_town(place: BirthPlace, codes: list[str]) -> None:
    assert [violation.code for violation in check_birth_place(place, "/birth_place")] == codes


def test_a_birth_place_prints_its_town_first() -> None:
    assert BirthPlace("FR", "29019", "", "Brest").label == "Brest"
    assert BirthPlace("FR", "29019").label == "29019"
    assert BirthPlace("Italie", "99", "", "Gênes").label == "Gênes (Italie)"


def test_names_birth_date_and_sex_are_checked_together() -> None:
    wrong = identity("  ", "x" * 101, birth_date=date(2027, 3, 12), sex="X")
    pointers = [violation.pointer for violation in check_identity(wrong, date(2027, 3, 12), "/c")]
    assert pointers == ["/c/last_name", "/c/first_name", "/c/birth_date", "/c/sex"]


@pytest.mark.parametrize(
    ("last_name", "first_name"),
    [("LEFEVRE", "ZOE"), ("lefèvre ", " zoé"), ("Lefe\u0300vre", "Zoe\u0301"), ("Le Fèvre", "Z-o-é")],
)
def test_a_pupil_is_found_whatever_the_accents_case_and_spaces(last_name: str, first_name: str) -> None:
    assert IdentityClaim(last_name, first_name, date(2012, 5, 17)).matches(identity())


@pytest.mark.parametrize(
    "other", [("Lefebvre", "Zoé", date(2012, 5, 17)), ("Lefèvre", "Zoé", date(2012, 5, 18)), ("Zoé", "Lefèvre", date(2012, 5, 17))]
)
def test_a_pupil_is_not_found_under_another_name_or_date(other: tuple[str, str, date]) -> None:
    assert not IdentityClaim(*other).matches(identity())


@given(name=st.text(alphabet="abcdefghéèêëîïôöûüçœæ' -", min_size=1, max_size=20))
def test_capitals_never_hide_a_name(name: str) -> None:
    assert IdentityClaim(name.upper(), name, date(2012, 5, 17)).matches(identity(name, name.upper()))


def test_a_class_is_enrolled_once_however_often_it_is_asked_for(centre: Centre) -> None:
    session = centre.session()
    listed = OneClass(pupil("001"), pupil("002", "Martin"), pupil("003", "Rossi", place=Birthplace("127", city="Gênes")))
    enrolled = enrol_class(centre.sessions, centre.candidates, listed, centre.ids, session.number, "3A")
    assert [row.ine for row in enrolled] == ["001", "002", "003"]
    assert enrolled[0].identity.birth_place == BirthPlace("FR", insee_code="29019")
    assert enrolled[2].identity.birth_place == BirthPlace("99127", insee_code="99127", town="Gênes")
    assert enrolled[0].class_name == "3A"
    assert enrol_class(centre.sessions, centre.candidates, listed, centre.ids, session.number, " 3A ") == []
    assert len(centre.candidates.of_session(session.number)) == 3


def test_a_pupil_enrolled_by_hand_is_not_enrolled_again_with_the_class(centre: Centre) -> None:
    session = centre.session()
    centre.enrol(session.number, ("LEFEVRE", "Zoe"))
    assert enrol_class(centre.sessions, centre.candidates, OneClass(pupil("001")), centre.ids, session.number, "3A") == []


def test_an_unknown_class_is_refused(centre: Centre) -> None:
    with pytest.raises(InvalidCandidatesError):
        enrol_class(centre.sessions, centre.candidates, OneClass(), centre.ids, centre.session().number, "3Z")


def test_candidates_are_enrolled_all_or_none(centre: Centre) -> None:
    session = centre.session()
    wanted = [NewCandidate(identity()), NewCandidate(identity("Martin", birth_place=BirthPlace("FR")), extra_time_percent=-1)]
    with pytest.raises(InvalidCandidatesError) as refusal:
        enrol_candidates(centre.sessions, centre.candidates, centre.clock, centre.ids, session.number, wanted)
    assert [violation.pointer for violation in refusal.value.violations] == [
        "/candidates/1/birth_place",
        "/candidates/1/extra_time_percent",
    ]
    assert centre.candidates.of_session(session.number) == []


def test_nobody_is_on_a_list_twice(centre: Centre) -> None:
    session = centre.session()
    centre.enrol(session.number, ("Lefèvre", "Zoé"))
    with pytest.raises(CandidateAlreadyEnrolledError):
        centre.enrol(session.number, ("LEFEVRE", "ZOE"))
    with pytest.raises(CandidateAlreadyEnrolledError):
        centre.enrol(session.number, ("Martin", "Anne"), ("MARTIN", "Anne"))


def test_names_are_kept_tidy(centre: Centre) -> None:
    (kept,) = centre.enrol(centre.session().number, ("  Le   Goff ", "Zoe\u0301"))
    assert (kept.identity.last_name, kept.identity.first_name) == ("Le Goff", "Zoé")


def test_a_session_has_its_limit(centre: Centre) -> None:
    session = centre.session()
    centre.enrol(session.number, *[(f"Nom{chr(97 + n // 26)}{chr(97 + n % 26)}", "Zoé") for n in range(MAX_CANDIDATES)])
    with pytest.raises(InvalidCandidatesError):
        centre.enrol(session.number, NAMES[0])


def test_the_list_changes_until_somebody_starts(centre: Centre) -> None:
    session = centre.session()
    absent = centre.enrol(session.number, NAMES[1])[0]
    other = centre.enrol(session.number, NAMES[2])[0]
    remove_candidate(centre.sessions, centre.candidates, session.number, other.candidate_id)
    with pytest.raises(CandidateNotFoundError):
        remove_candidate(centre.sessions, centre.candidates, session.number, other.candidate_id)
    centre.begin(session, NAMES[0])
    with pytest.raises(SessionAlreadyStartedError):
        centre.enrol(session.number, NAMES[3])
    with pytest.raises(SessionAlreadyStartedError):
        remove_candidate(centre.sessions, centre.candidates, session.number, absent.candidate_id)


def test_a_pupil_who_has_joined_is_not_removed(centre: Centre) -> None:
    session = centre.session()
    (candidate,) = centre.enrol(session.number, NAMES[0])
    centre.join(session, candidate, account(1))
    with pytest.raises(CandidateChangedError):
        remove_candidate(centre.sessions, centre.candidates, session.number, candidate.candidate_id)


def test_the_list_of_a_finalised_session_is_closed(centre: Centre) -> None:
    session = centre.session()
    centre.sessions.finalise(session.number, Finalisation(1, NOW, HEAD, ""))
    with pytest.raises(SessionFinalisedError):
        centre.enrol(session.number, NAMES[0])
    with pytest.raises(SessionFinalisedError):
        remove_candidate(centre.sessions, centre.candidates, session.number, CandidateId("can_1"))


def test_identities_do_not_change_by_comparing_them() -> None:
    assert replace(identity(), sex="M") != identity()
