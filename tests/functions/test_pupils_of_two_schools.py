"""Pupils whose account another school, a portal or they themselves began: slips, and access given back, through the API."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.campaigns.wiring import accounts, parts
from jalon.accounts.account_store import AccountTable
from jalon.accounts.change_password import change_password
from jalon.accounts.identity import Identity, Role, plain_name
from jalon.accounts.logins import normalise_login, username_base
from jalon.accounts.national_number import list_number
from jalon.accounts.sign_in import WrongCredentialsError, sign_in
from jalon.accounts.stores import Credentials
from jalon.accounts.tables import LoginItem
from jalon.kernel.ids import Ine, UserId
from jalon.organisations.account_of_pupil import account_from_elsewhere
from jalon.organisations.reconciliation_store import DynamoReconciliations
from local.siecle_sample import SamplePupil
from tests.accounts.fakes import Mailbox
from tests.cloud import Cloud
from tests.functions.school import OTHER_UAI, UAI, School

ZOE = UserId("usr_" + "a" * 32)
OWN_PASSWORD = "un lapin dans la lune"


@pytest.fixture
def school(cloud: Cloud) -> School:
    return School(cloud).with_pupils()


@pytest.fixture
def pupil(school: School) -> SamplePupil:
    return next(pupil for pupil in school.sample.pupils if pupil.class_name == "4A")


def with_another(school: School) -> str:
    """Another school, which lists the same pupils: its administrator."""
    status, member = school.activate(OTHER_UAI, email="autre@exemple.example")
    assert status == 201
    administrator = str(member["user_id"])
    _, requested = school.call("POST", f"/v1/organisations/{OTHER_UAI}/imports", subject=administrator, roles="teacher")
    school.upload(requested, school.sample.xml.replace(UAI.encode(), OTHER_UAI.encode()))
    assert school.deliver(requested["id"], uai=OTHER_UAI) == []
    return administrator


def slips(school: School, uai: str = UAI, administrator: str = "") -> dict[str, dict[str, Any]]:
    path, subject = f"/v1/organisations/{uai}/pupil-credentials", administrator or school.admin
    status, issued = school.call("POST", path, {"class": "4A"}, subject=subject, roles="teacher")
    assert status == 200, issued
    return {slip["ine"]: slip for slip in issued["items"]}


def recover(school: School, pupil: SamplePupil, key: str = "") -> tuple[int, Any]:
    body = {"first_name": pupil.first_name, "last_name": pupil.last_name, "birth_date": pupil.birth_date.isoformat(), "ine": pupil.ine}
    return school.as_admin("POST", "/access-recoveries", body, key=key or None)


def account_of(pupil: SamplePupil, **changes: Any) -> Identity:
    """An account that the pupil began, which a former school found on its list."""
    names = plain_name(pupil.first_name), plain_name(pupil.last_name)
    made = Identity(ZOE, *names, frozenset({Role.PUPIL}), datetime(2026, 9, 1, tzinfo=UTC), pupil.birth_date)
    made = replace(made, **changes)
    accounts().store.create(made, Credentials())
    list_number(accounts(), ZOE, Ine(pupil.ine))
    return made


def test_a_pupil_whose_portal_ended_with_their_school_gets_a_username_from_the_next(school: School, pupil: SamplePupil) -> None:
    account_of(pupil, providers={"ent": "portal"}, login_keys=frozenset({"portal"}), birth_date=None)
    status, slip = recover(school, pupil, "first")
    assert (status, slip["username"]) == (200, username_base(pupil.first_name, pupil.last_name, pupil.birth_date))
    assert sign_in(accounts(), slip["username"], slip["initial_password"]).user_id == ZOE
    assert recover(school, pupil, "first") == (status, slip)
    again = recover(school, pupil, "second")[1]
    assert (again["username"], again["initial_password"] != slip["initial_password"]) == (slip["username"], True)
    stored = accounts().store.identity(ZOE)
    assert stored is not None
    assert stored.providers == {"ent": "portal"}  # still opens it, as long as there is one


def test_an_address_that_was_only_claimed_opens_nothing_once_the_school_has_given_access(school: School, pupil: SamplePupil) -> None:
    claimed = accounts().keyring.login_key("zoe@example.org")
    account_of(pupil, email="zoe@example.org", login_keys=frozenset({claimed}))
    status, slip = recover(school, pupil)
    assert status == 200
    with pytest.raises(WrongCredentialsError):
        sign_in(accounts(), "zoe@example.org", slip["initial_password"])
    assert accounts().store.user_of_login(claimed) is None
    assert sign_in(accounts(), slip["username"], slip["initial_password"]).email is None


@pytest.mark.parametrize(
    "own",
    [
        {"email": "zoe@example.org", "email_verified": True, "providers": {"ent": "portal"}},
        {"roles": frozenset({Role.TEACHER}), "providers": {"ent": "portal"}},
    ],
)
def test_whoever_proved_an_address_or_is_no_pupil_gets_no_username_from_a_school(
    school: School, pupil: SamplePupil, own: dict[str, Any]
) -> None:
    account_of(pupil, login_keys=frozenset({"portal"}), **own)
    status, refused = recover(school, pupil)
    assert (status, refused["code"]) == (409, "pupil_own_account")
    stored = accounts().store.identity(ZOE)
    assert stored is not None
    assert stored.username is None


def test_a_username_cut_off_before_its_password_is_completed_by_asking_again(
    school: School, pupil: SamplePupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jalon.edge.tables import StoreUnavailableError

    def cut_off(*_: Any, **__: Any) -> None:
        raise StoreUnavailableError("The service is busy; send the same request again.")

    account_of(pupil, providers={"ent": "portal"}, login_keys=frozenset({"portal"}))
    with monkeypatch.context() as broken:
        broken.setattr(AccountTable, "set_password", cut_off)
        assert recover(school, pupil, "first")[0] == 503
    status, slip = recover(school, pupil, "first")
    assert status == 200
    assert sign_in(accounts(), slip["username"], slip["initial_password"]).user_id == ZOE


def test_a_late_repetition_does_not_undo_the_password_that_the_pupil_chose(school: School, pupil: SamplePupil) -> None:
    made = slips(school)[pupil.ine]
    given = recover(school, pupil, "first")[1]
    person = sign_in(accounts(), made["username"], given["initial_password"])
    change_password(accounts(), Mailbox(), person.user_id, given["initial_password"], OWN_PASSWORD)
    assert recover(school, pupil, "first") == (200, given | {"initial_password": None})
    assert sign_in(accounts(), made["username"], OWN_PASSWORD).user_id == person.user_id


def test_two_schools_that_issue_at_once_make_one_account(school: School, pupil: SamplePupil, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other school's accounts are written between this one's looking for them and its writing."""
    administrator = with_another(school)
    hash_each = accounts().hasher.hash_each
    others: list[dict[str, dict[str, Any]]] = []

    def raced(passwords: list[str]) -> Any:
        if not others:
            others.append({})
            others.append(slips(school, OTHER_UAI, administrator))
        return hash_each(passwords)

    with monkeypatch.context() as busy:
        busy.setattr(type(accounts().hasher), "hash_each", lambda _, passwords: raced(list(passwords)))
        mine = slips(school)
    assert all(slip["username"] and slip["initial_password"] for slip in others[1].values())
    assert {(slip["username"], slip["not_made"]) for slip in mine.values()} == {(None, None)}
    assert len(school.cloud.items("identities")) == len(mine) + 2  # and the two administrators
    assert DynamoReconciliations().of_pupils(UAI, map(Ine, mine)) == {}
    assert slips(school) == mine
    signed_in = sign_in(accounts(), others[1][pupil.ine]["username"], others[1][pupil.ine]["initial_password"])
    assert school.reconcile(pupil, signed_in.user_id)[0] == 200


def test_a_pupil_without_a_username_left_stops_nobody_elses_slip(school: School, pupil: SamplePupil) -> None:
    base = username_base(pupil.first_name, pupil.last_name, pupil.birth_date)
    usernames = (base, *(f"{base}-{number}" for number in range(2, 10_000)))
    with LoginItem.batch_write() as batch:
        for username in usernames:
            batch.save(LoginItem("login#" + accounts().keyring.login_key(normalise_login(username)), user_id="usr_namesake"))
    issued = slips(school)
    assert [slip["not_made"] for slip in issued.values() if slip["username"] is None] == ["no_username_left"]
    assert issued[pupil.ine]["not_made"] == "no_username_left"
    assert sum(bool(slip["initial_password"]) for slip in issued.values()) == len(issued) - 1
    assert DynamoReconciliations().of_pupils(UAI, [Ine(pupil.ine)]) == {}
    assert slips(school) == issued


def test_no_school_gives_away_an_account_that_a_portal_put_under_a_pupils_number(school: School, pupil: SamplePupil) -> None:
    """A slip in the portal's directory, which gives no birth date: the account is of somebody of another name."""
    number = accounts().keyring.number_key(pupil.ine)
    somebody = account_of(
        pupil, first_name="Zénobie", birth_date=None, login_keys=frozenset({"portal", number}), providers={"ent": "portal"}
    )
    status, refused = recover(school, pupil)
    assert (status, refused["code"]) == (404, "pupil_without_account")
    slip = slips(school)[pupil.ine]
    given = sign_in(accounts(), slip["username"], slip["initial_password"])
    assert given.user_id != somebody.user_id
    assert number not in given.login_keys
    assert accounts().store.identity(ZOE) == somebody


def test_no_school_gives_away_a_twins_account_that_a_portal_put_under_a_pupils_number(school: School, pupil: SamplePupil) -> None:
    number = accounts().keyring.number_key(pupil.ine)
    keys, portal = frozenset({"portal", number}), {"ent": "portal"}
    twin = account_of(pupil, first_name="Zénobie", login_keys=keys, providers=portal, certified_numbers={"ent": number})
    slip = slips(school)[pupil.ine]
    assert sign_in(accounts(), slip["username"], slip["initial_password"]).user_id != twin.user_id
    assert accounts().store.identity(ZOE) == twin


@pytest.mark.parametrize("school_made", [False, True])
def test_a_corrected_first_name_is_still_the_pupils_own_account(school: School, pupil: SamplePupil, school_made: bool) -> None:
    keys = {"portal", accounts().keyring.number_key(pupil.ine)} if school_made else {"portal"}
    account_of(pupil, first_name="Zénobie", providers={"ent": "portal"}, login_keys=frozenset(keys))
    assert slips(school)[pupil.ine]["username"] is None
    given = recover(school, pupil)[1]
    assert sign_in(accounts(), given["username"], given["initial_password"]).user_id == ZOE


def test_what_a_list_has_in_place_of_a_number_finds_nobody(school: School, pupil: SamplePupil) -> None:
    filler = accounts().keyring.number_key("INCONNU")  # left by an earlier version
    account_of(pupil, login_keys=frozenset({"portal", filler}), providers={"ent": "portal"})
    listed = parts().pupils.find(UAI, Ine(pupil.ine))
    assert listed is not None
    assert account_from_elsewhere(accounts(), listed) is not None
    assert account_from_elsewhere(accounts(), replace(listed, ine=Ine("INCONNU"))) is None
    list_number(accounts(), ZOE, Ine("AUCUN"))
    stored = accounts().store.identity(ZOE)
    assert stored is not None
    assert accounts().keyring.listed_number_key("AUCUN") not in stored.login_keys
