"""A class signs in while a program tries everybody's username: through the handlers, on the real tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.campaigns.wiring import accounts
from jalon.accounts.change_password import change_password
from jalon.accounts.lockout import AccountWaitsError
from jalon.accounts.sign_in import WrongCredentialsError, sign_in
from jalon.kernel.clock import SystemClock
from tests.accounts.fakes import Mailbox
from tests.cloud import Cloud
from tests.functions.school import OTHER_UAI, School

OWN = "un lapin dans la lune"


@pytest.fixture
def school(cloud: Cloud) -> School:
    return School(cloud).with_pupils()


@pytest.fixture
def usernames(school: School) -> dict[str, str]:
    """The pupils of 4A by their number, each with a password of their own."""
    status, issued = school.as_admin("POST", "/pupil-credentials", {"class": "4A"})
    assert status == 200, issued
    for slip in issued["items"]:
        person = sign_in(accounts(), slip["username"], slip["initial_password"])
        change_password(accounts(), Mailbox(), person.user_id, slip["initial_password"], OWN)
    return {slip["ine"]: slip["username"] for slip in issued["items"]}


def window(school: School, class_name: str = "4A", **event: Any) -> tuple[int, Any]:
    return school.as_admin("POST", "/sign-in-windows", {"class": class_name}, **event)


def attack(usernames: dict[str, str]) -> None:
    for username in usernames.values():
        for _ in range(2):
            with pytest.raises((WrongCredentialsError, AccountWaitsError)):
                sign_in(accounts(), username, "nonsense")


def test_thirty_pupils_sign_in_while_a_program_tries_their_usernames_throughout(
    school: School, usernames: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All within one instant: no wait is over because the class was slow."""
    now = datetime.now(UTC)
    monkeypatch.setattr(SystemClock, "now", lambda _: now)
    for _ in range(3):
        attack(usernames)
    for username in usernames.values():
        with pytest.raises(AccountWaitsError):
            sign_in(accounts(), username, OWN)
    status, opened = window(school)
    assert (status, opened["class"], len(opened["pupils"])) == (200, "4A", 30)
    left = datetime.fromisoformat(opened["opens_until"]) - now
    assert timedelta(minutes=54) < left <= timedelta(hours=1)
    for pupil in opened["pupils"]:
        attack({pupil["ine"]: usernames[pupil["ine"]]})
        assert sign_in(accounts(), usernames[pupil["ine"]], OWN, sign_in_code=pupil["sign_in_code"]).username == usernames[pupil["ine"]]
    for username in usernames.values():
        with pytest.raises(AccountWaitsError):  # whoever has no code waits as before
            sign_in(accounts(), username, OWN)


def test_a_window_writes_nothing_and_no_code_is_stored_when_it_is_used(school: School, usernames: dict[str, str]) -> None:
    tables = ("credentials", "identities", "idempotency", "reconciliations", "pupils")
    before = {table: school.cloud.items(table) for table in tables}
    _, opened = window(school)
    assert {table: school.cloud.items(table) for table in tables} == before
    pupil = opened["pupils"][0]
    with pytest.raises(WrongCredentialsError):
        sign_in(accounts(), usernames[pupil["ine"]], "slip", sign_in_code=pupil["sign_in_code"])
    stored = [item for item in school.cloud.items("credentials") if item not in before["credentials"]]
    assert [item["key"]["S"].split("#")[:2] for item in stored] == [["attempts", "code"]]
    code = pupil["sign_in_code"]
    assert not any(told in str(stored) for told in (code, code.replace("-", ""), pupil["ine"], usernames[pupil["ine"]], "usr_"))


def test_a_pupil_without_an_account_gets_no_code_and_one_with_an_account_of_their_own_does(school: School) -> None:
    pupil = next(pupil for pupil in school.sample.pupils if pupil.class_name == "4B")
    school.reconcile(pupil, "usr_" + "a" * 32)
    _, opened = window(school, "4B")
    codes = {each["ine"]: each["sign_in_code"] for each in opened["pupils"]}
    assert len(codes) == 30
    assert [ine for ine, code in codes.items() if code] == [pupil.ine]


def test_only_the_schools_members_open_a_window_and_only_for_a_class_of_theirs(school: School) -> None:
    status, refused = window(school, "5Z")
    assert (status, refused["code"]) == (404, "class_not_found")
    status, refused = window(school, uai=OTHER_UAI)
    assert (status, refused["code"]) == (403, "not_a_member")
    status, other = school.activate(OTHER_UAI, "autre@exemple.example")
    assert status == 201, other
    status, refused = school.call(
        "POST", "/v1/organisations/0990001N/sign-in-windows", {"class": "4A"}, subject=other["user_id"], roles="teacher"
    )
    assert (status, refused["code"]) == (403, "not_a_member")
    status, refused = school.as_admin("POST", "/sign-in-windows", {"class": ""})
    assert (status, refused["code"]) == (422, "invalid_input")
