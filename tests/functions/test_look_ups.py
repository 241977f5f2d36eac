"""POST /v1/reconciliations is no oracle: neither of a national number, nor of the school that a child goes to."""

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pytest

from functions.campaigns.wiring import accounts
from jalon.accounts.create_pupil_accounts import NewPupil
from jalon.accounts.identity import Identity, Role
from jalon.accounts.look_ups import FREE_GUESSES, FREE_LOOK_UPS
from jalon.accounts.stores import Credentials
from jalon.kernel.ids import UserId
from local.siecle_sample import SamplePupil
from tests.accounts.pupils import create_pupil_account
from tests.cloud import Cloud, template
from tests.functions.school import OTHER_UAI, UAI, School

STRANGER = "usr_" + "a" * 32


@pytest.fixture
def school(cloud: Cloud) -> School:
    return School(cloud).with_pupils()


@pytest.fixture
def child(school: School) -> SamplePupil:
    return school.sample.pupils[0]


def _account(rank: int) -> str:
    return f"usr_{rank:032x}"


def _code(answer: tuple[int, Any]) -> tuple[int, str]:
    status, body = answer
    return status, body.get("code", "")


def _wrong(child: SamplePupil, rank: int) -> str:
    """A number near the child's own."""
    return f"{int(child.ine[:9]) + 1 + rank:09d}{child.ine[9:]}"


def _own_account(child: SamplePupil, **changes: Any) -> str:
    shared = accounts()
    email = "lea@exemple.example"
    keys = frozenset({shared.keyring.login_key(email)})
    who = Identity(UserId(_account(999)), "Camille", "Exemple", frozenset({Role.PUPIL}), shared.clock.now(), email=email, login_keys=keys)
    shared.store.create(replace(who, **changes), Credentials(verifier="v"))
    return who.user_id


def test_a_national_number_is_not_found_out_by_trying(school: School, child: SamplePupil) -> None:
    for rank in range(FREE_GUESSES):
        assert _code(school.reconcile(child, STRANGER, ine=_wrong(child, rank))) == (404, "pupil_not_listed")
    for user_id in (STRANGER, _account(2)):  # the right one is not looked at either
        assert _code(school.reconcile(child, user_id, ine=child.ine)) == (429, "too_many_look_ups")


def test_the_pupil_is_found_while_strangers_try_numbers(school: School, child: SamplePupil) -> None:
    for rank in range(FREE_GUESSES):
        school.reconcile(child, _account(rank), ine=_wrong(child, rank))
    assert school.reconcile(child, STRANGER, ine=child.ine)[0] == 429
    assert school.reconcile(child, _account(50))[0] == 200


def test_a_childs_school_is_not_found_out_by_walking_through_the_schools(school: School, child: SamplePupil) -> None:
    """However many accounts walk: they all look for one child."""
    for rank in range(FREE_GUESSES):
        assert _code(school.reconcile(child, _account(rank), uai=OTHER_UAI)) == (404, "pupil_not_listed")
    assert _code(school.reconcile(child, _account(200))) == (429, "too_many_look_ups")


def test_one_account_does_not_walk_through_a_class(school: School) -> None:
    for rank in range(FREE_LOOK_UPS):
        assert _code(school.reconcile(school.sample.pupils[rank], STRANGER, uai=OTHER_UAI)) == (404, "pupil_not_listed")
    assert _code(school.reconcile(school.sample.pupils[20], STRANGER)) == (429, "too_many_look_ups")
    assert school.reconcile(school.sample.pupils[20], _account(1))[0] == 200


def test_a_pupil_whose_name_strangers_used_up_is_found_by_the_number_or_with_an_address_of_their_own(
    school: School, child: SamplePupil
) -> None:
    for rank in range(FREE_GUESSES):
        school.reconcile(child, _account(rank), uai=OTHER_UAI)
    assert school.reconcile(child, STRANGER)[0] == 429
    assert school.reconcile(child, _own_account(child, email_verified=True))[0] == 200
    assert school.reconcile(child, _account(999), ine=child.ine)[0] == 200


def test_a_pupil_with_a_schools_account_is_not_kept_from_the_next_school(school: School, child: SamplePupil) -> None:
    new = NewPupil(UserId(_account(7)), child.first_name, child.last_name, child.birth_date)
    own = create_pupil_account(accounts(), new)
    for rank in range(FREE_GUESSES):
        school.reconcile(child, _account(100 + rank), uai=OTHER_UAI)
    assert school.reconcile(child, own.user_id)[0] == 200


def test_whose_account_says_another_birth_date_learns_nothing_of_any_list(school: School, child: SamplePupil) -> None:
    other_day = next(pupil.birth_date for pupil in school.sample.pupils if pupil.birth_date != child.birth_date)
    stranger = _own_account(child, birth_date=other_day)
    asked = [{"uai": UAI}, {"uai": OTHER_UAI}, {"first_name": "Personne"}, {"ine": child.ine}]
    answers = [school.reconcile(child, stranger, **change) for change in asked * 4]
    assert {_code(answer) for answer in answers} == {(409, "born_on_another_day")}
    assert len({answer[1]["detail"] for answer in answers}) == 1


def test_a_match_by_name_and_birth_date_repeats_what_was_typed(school: School) -> None:
    pupil = next(pupil for pupil in school.sample.pupils if pupil.used_name)
    typed = {"last_name": (pupil.used_name or "").lower(), "first_name": pupil.first_name.upper()}
    status, found = school.reconcile(pupil, STRANGER, **typed)
    assert (status, found) == (200, {"uai": UAI, **typed, "class": None})
    for name in (pupil.last_name, pupil.class_name):
        assert name not in str(found)


def test_a_number_that_is_right_tells_the_lists_name_and_class(school: School, child: SamplePupil) -> None:
    for answer in (school.reconcile(child, STRANGER, ine=child.ine), school.reconcile(child, STRANGER)):
        assert (answer[0], answer[1]["class"], answer[1]["last_name"]) == (200, child.class_name, child.last_name)


def test_the_functions_role_lets_it_take_back_what_it_counted(school: School, child: SamplePupil) -> None:
    school.reconcile(child, STRANGER, uai=OTHER_UAI)
    counters = [key for item in school.cloud.items("credentials") if (key := item["key"]["S"]).startswith("look")]
    assert len(counters) == 2
    statements = template()["Resources"]["CampaignsFunction"]["Properties"]["Policies"][0]["Statement"]
    (forget,) = [each for each in statements if each["Action"] == "dynamodb:DeleteItem"]
    patterns = forget["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    assert all(any(fnmatchcase(key, pattern) for pattern in patterns) for key in counters)
    (links,) = [each for each in statements if each["Sid"] == "Reconcile"]
    assert "dynamodb:UpdateItem" in links["Action"]  # a link that is proven later
