"""Pupils through the API function: reconciliation, accounts made by the school."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from functions.campaigns.wiring import accounts
from jalon.accounts.create_pupil_accounts import NewPupil, PupilAccount
from jalon.accounts.find_account import account_of_login
from jalon.accounts.identity import Identity, Role, plain_name
from jalon.accounts.national_number import accounts_of_number, list_number
from jalon.accounts.set_up_password import set_up_password
from jalon.accounts.setup_token import new_ticket, write_setup_token
from jalon.accounts.sign_in import WrongCredentialsError, sign_in
from jalon.accounts.stores import Credentials, TicketPurpose
from jalon.kernel.ids import Ine, UserId
from jalon.organisations.export_schools import schools_document
from jalon.organisations.personal_data_store import reconciliations_of
from jalon.organisations.pupil_store import DynamoPupils
from jalon.organisations.reconciliation_store import DynamoReconciliations
from local.siecle_sample import SamplePupil, siecle_sample
from tests.accounts.fakes import Mailbox
from tests.accounts.pupils import create_pupil_account
from tests.cloud import Cloud
from tests.functions.school import OTHER_UAI, UAI, School

ZOE, LEO = "usr_" + "a" * 32, "usr_" + "b" * 32


@pytest.fixture
def school(cloud: Cloud) -> School:
    return School(cloud).with_pupils()


@pytest.fixture
def somebody(school: School) -> SamplePupil:
    return next(pupil for pupil in school.sample.pupils if " " in pupil.last_name or "-" in pupil.last_name)


def test_a_pupil_is_found_whatever_way_the_name_is_typed(school: School, somebody: SamplePupil) -> None:
    typed = {"last_name": somebody.last_name.lower().replace("-", " "), "first_name": f" {somebody.first_name.upper()} "}
    assert school.reconcile(somebody, ZOE, **typed) == (200, {"uai": UAI, **typed, "class": None})
    as_listed = {"uai": UAI, "last_name": somebody.last_name, "first_name": somebody.first_name, "class": somebody.class_name}
    assert school.reconcile(somebody, ZOE, ine=somebody.ine) == (200, as_listed)
    assert school.reconcile(somebody, ZOE, **typed) == (200, as_listed)


def test_a_pupil_is_found_under_the_name_they_use(school: School) -> None:
    pupil = next(pupil for pupil in school.sample.pupils if pupil.used_name)
    assert school.reconcile(pupil, ZOE, last_name=pupil.used_name)[0] == 200


def test_each_refusal_of_a_reconciliation_has_its_code(school: School) -> None:
    first, second = school.sample.pupils[:2]
    assert school.reconcile(first, ZOE)[0] == 200
    assert school.reconcile(first, LEO)[1]["code"] == "pupil_already_reconciled"
    assert school.reconcile(second, ZOE)[1]["code"] == "account_already_reconciled"
    status, refused = school.reconcile(first, LEO, birth_date="2001-01-01")
    assert (status, refused["code"]) == (404, "pupil_not_listed")
    assert school.reconcile(first, LEO, first_name="Personne")[1]["code"] == "pupil_not_listed"
    assert school.reconcile(first, LEO, uai=OTHER_UAI)[1]["code"] == "pupil_not_listed"
    assert school.reconcile(school.sample.leavers[0], LEO)[1]["code"] == "pupil_not_listed"
    body = {"uai": UAI, "first_name": "A", "last_name": "B", "birth_date": "2012-01-01"}
    assert school.call("POST", "/v1/reconciliations", body, subject=LEO, roles="teacher")[1]["code"] == "role_required"


def test_two_namesakes_born_on_one_day_are_told_apart_by_the_national_number(school: School) -> None:
    first = school.sample.pupils[0]
    second = next(pupil for pupil in school.sample.pupils[1:] if pupil.sex_code == first.sex_code)
    sample = school.sample.xml
    for old, new in ((second.last_name, first.last_name), (second.first_name, first.first_name)):
        head, tail = sample.split(second.ine.encode("ascii"), 1)
        sample = head + second.ine.encode("ascii") + tail.replace(f">{old}<".encode("iso-8859-15"), f">{new}<".encode("iso-8859-15"), 1)
    head, tail = sample.split(second.ine.encode("ascii"), 1)
    born = (second.birth_date.strftime("%d/%m/%Y").encode(), first.birth_date.strftime("%d/%m/%Y").encode())
    assert school.import_list(head + second.ine.encode("ascii") + tail.replace(*born, 1))["status"] == "IMPORTED"
    status, refused = school.reconcile(first, ZOE)
    assert (status, refused["code"]) == (409, "pupil_ambiguous")
    assert school.reconcile(first, ZOE, ine=second.ine.lower())[0] == 200
    assert school.reconcile(first, LEO, ine=first.ine)[0] == 200


def test_a_page_is_fifty_unless_asked_otherwise_and_two_hundred_at_most(school: School) -> None:
    first = school.as_admin("GET", "/pupils")[1]
    assert (len(first["items"]), len(school.sample.pupils) > 50, first["next_cursor"] is None) == (50, True, False)
    assert school.as_admin("GET", "/pupils", query={"limit": "200"})[0] == 200
    status, refused = school.as_admin("GET", "/pupils", query={"limit": "201"})
    assert (status, [each["pointer"] for each in refused["errors"]]) == (422, ["/query/limit"])


def test_the_link_outlives_the_list(school: School) -> None:
    pupil = school.sample.pupils[0]
    school.reconcile(pupil, ZOE)
    school.import_list(siecle_sample(UAI, seed=2).xml)
    school.import_list(school.sample.xml)
    assert school.reconcile(pupil, LEO)[1]["code"] == "pupil_already_reconciled"
    listed = school.as_admin("GET", "/pupils", query={"limit": "200"})[1]["items"]
    assert [item["ine"] for item in listed if item["reconciled"]] == [pupil.ine]


def slips(school: School, class_name: str = "4A") -> list[dict[str, Any]]:
    status, issued = school.as_admin("POST", "/pupil-credentials", {"class": class_name})
    assert status == 200, issued
    items: list[dict[str, Any]] = issued["items"]
    return items


def test_a_class_gets_its_accounts_and_the_same_ones_again(school: School) -> None:
    own = next(pupil for pupil in school.sample.pupils if pupil.class_name == "4A")
    school.reconcile(own, ZOE)
    issued = slips(school)
    assert len(issued) == 30
    assert {slip["ine"] for slip in issued if slip["username"] is None} == {own.ine}
    made = [slip for slip in issued if slip["username"]]
    assert len({slip["username"] for slip in made}) == 29
    assert all(slip["initial_password"] for slip in made)
    assert slips(school) == issued
    stored = str(school.cloud.items("credentials")) + str(school.cloud.items("identities")) + str(school.cloud.items("idempotency"))
    assert not any(slip["initial_password"] in stored for slip in made)
    listed = school.as_admin("GET", "/pupils", query={"class": "4A", "limit": "200"})[1]["items"]
    assert all(item["reconciled"] for item in listed)


def test_accounts_cut_off_half_way_are_completed_by_asking_again(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    from jalon.accounts.account_store import AccountTable
    from jalon.edge.tables import StoreUnavailableError

    create, written = AccountTable.create, []

    def cut_off(store: AccountTable, *account: Any) -> None:
        if len(written) == 5:
            raise StoreUnavailableError("The service is busy; send the same request again.")
        written.append(account)
        create(store, *account)

    with monkeypatch.context() as broken:
        broken.setattr(AccountTable, "create", cut_off)
        assert school.as_admin("POST", "/pupil-credentials", {"class": "4B"})[0] == 503
    issued = slips(school, "4B")
    assert len(issued) == 30
    assert all(slip["username"] and slip["initial_password"] for slip in issued)
    assert len(school.cloud.items("identities")) == 30 + 1


@pytest.mark.parametrize(
    ("ways_in", "told", "how"),
    [
        ({"username": "lea.martin1203", "providers": {"ent": "key"}}, "username", "the username that the school gave"),
        ({"providers": {"ent": "key"}, "email": "lea@example.org"}, "provider", "the school's portal"),
        ({"email": "lea@example.org"}, "email", "the e-mail address"),
    ],
)
def test_whoever_began_a_second_account_is_told_how_to_sign_in_to_the_first(
    school: School, ways_in: dict[str, Any], told: str, how: str
) -> None:
    pupil = school.sample.pupils[0]
    school.reconcile(pupil, ZOE)
    assert "sign_in_with" not in school.reconcile(pupil, LEO)[1]  # no account of hers yet
    account = Identity(UserId(ZOE), "Léa", "Martin", frozenset({Role.PUPIL}), datetime(2026, 9, 1, tzinfo=UTC), **ways_in)
    accounts().store.create(account, Credentials())
    status, refused = school.reconcile(pupil, LEO)
    assert (status, refused["code"], refused["sign_in_with"]) == (409, "pupil_already_reconciled", told)
    assert how in refused["detail"]
    assert not {"lea.martin1203", "lea@example.org"} & set(str(refused).replace("'", " ").split())


def test_the_class_that_was_given_accounts_is_told_of_them(school: School) -> None:
    ine = next(slip["ine"] for slip in slips(school) if slip["username"])
    pupil = next(pupil for pupil in school.sample.pupils if pupil.ine == ine)
    assert school.reconcile(pupil, LEO)[1]["sign_in_with"] == "username"


def test_a_class_that_does_not_exist_is_said_so(school: School) -> None:
    assert school.as_admin("POST", "/pupil-credentials", {"class": "5Z"})[1]["code"] == "class_not_found"
    assert school.as_admin("GET", "/certifiable", query={"class": "5Z"})[1]["code"] == "class_not_found"


def test_names_that_only_lists_write_still_get_an_account(school: School) -> None:
    pupil = next(pupil for pupil in school.sample.pupils if pupil.class_name == "4A")
    head, tail = school.sample.xml.split(pupil.ine.encode("ascii"), 1)
    renamed = tail.replace(f">{pupil.last_name}<".encode("iso-8859-15"), b">EXEMPLE (dit A/B 2)<", 1)
    assert school.import_list(head + pupil.ine.encode("ascii") + renamed)["status"] == "IMPORTED"
    assert any(slip["username"].startswith(tuple("abcdefghijklmnopqrstuvwxyz")) for slip in slips(school) if slip["ine"] == pupil.ine)


def recover(school: School, pupil: SamplePupil, key: str = "", **changes: Any) -> tuple[int, Any]:
    body = {
        "first_name": pupil.first_name.lower(),
        "last_name": pupil.last_name.lower(),
        "birth_date": pupil.birth_date.isoformat(),
        "ine": f" {pupil.ine[:4].lower()} {pupil.ine[4:].lower()}",
    }
    return school.as_admin("POST", "/access-recoveries", body | changes, key=key or None)


def test_a_pupil_who_lost_the_way_in_gets_a_new_password_from_the_school(school: School) -> None:
    slip = slips(school)[0]
    pupil = next(pupil for pupil in school.sample.pupils if pupil.ine == slip["ine"])
    person = sign_in(accounts(), slip["username"], slip["initial_password"])
    ticket = new_ticket(accounts(), person.user_id, TicketPurpose.INVITATION)
    accounts().store.put_ticket(ticket)
    set_up_password(accounts(), Mailbox(), write_setup_token(accounts().keyring, ticket, person), "un lapin dans la lune")
    status, recovered = recover(school, pupil)
    assert (status, recovered["username"], recovered["ine"]) == (200, slip["username"], pupil.ine)
    assert recovered["initial_password"] not in {None, slip["initial_password"]}
    for former in (slip["initial_password"], "un lapin dans la lune"):
        with pytest.raises(WrongCredentialsError):
            sign_in(accounts(), slip["username"], former)
    signed_in = sign_in(accounts(), slip["username"], recovered["initial_password"])
    assert signed_in.sign_in_epoch > person.sign_in_epoch  # whoever was signed in is no longer
    assert slips(school)[0] == {**slip, "initial_password": recovered["initial_password"]}


def test_a_new_password_ends_the_one_before(school: School) -> None:
    slip = slips(school)[0]
    pupil = next(pupil for pupil in school.sample.pupils if pupil.ine == slip["ine"])
    first, second = recover(school, pupil)[1], recover(school, pupil)[1]
    with pytest.raises(WrongCredentialsError):
        sign_in(accounts(), slip["username"], first["initial_password"])
    assert sign_in(accounts(), slip["username"], second["initial_password"])


def test_the_same_request_gives_the_same_password(school: School) -> None:
    slip = slips(school)[0]
    pupil = next(pupil for pupil in school.sample.pupils if pupil.ine == slip["ine"])
    first = recover(school, pupil, "one-and-the-same")
    signed_in = sign_in(accounts(), slip["username"], first[1]["initial_password"])
    assert recover(school, pupil, "one-and-the-same") == first
    again = sign_in(accounts(), slip["username"], first[1]["initial_password"])
    assert again.sign_in_epoch == signed_in.sign_in_epoch  # and ends nobody's sign-in
    body = {"first_name": "A", "last_name": "B", "birth_date": "2012-01-01", "ine": "1"}
    status, refused = school.as_admin("POST", "/access-recoveries", body, key="")
    assert (status, refused["errors"][0]["pointer"]) == (422, "/header/idempotency-key")


def test_one_wrong_detail_recovers_nothing(school: School) -> None:
    slip = slips(school)[0]
    pupil = next(pupil for pupil in school.sample.pupils if pupil.ine == slip["ine"])
    other = next(each for each in school.sample.pupils if each.birth_date != pupil.birth_date)
    wrong = ({"ine": other.ine}, {"ine": "1"}, {"birth_date": other.birth_date.isoformat()}, {"first_name": "X"}, {"last_name": "X"})
    for change in wrong:
        status, refused = recover(school, pupil, **change)
        assert (status, refused["code"]) == (404, "pupil_not_listed"), change
    assert sign_in(accounts(), slip["username"], slip["initial_password"])


def test_only_an_account_that_a_school_made_is_recovered_by_the_school(school: School) -> None:
    pupil = school.sample.pupils[0]
    status, refused = recover(school, pupil)
    assert (status, refused["code"]) == (404, "pupil_without_account")
    school.reconcile(pupil, school.admin)  # an account with an e-mail address
    status, refused = recover(school, pupil)
    assert (status, refused["code"]) == (409, "pupil_own_account")


def test_whoever_left_the_list_is_out_of_the_schools_reach(school: School) -> None:
    slip = slips(school)[0]
    pupil = next(pupil for pupil in school.sample.pupils if pupil.ine == slip["ine"])
    school.import_list(siecle_sample(UAI, seed=2).xml)
    status, refused = recover(school, pupil)
    assert (status, refused["code"]) == (404, "pupil_not_listed")
    assert sign_in(accounts(), slip["username"], slip["initial_password"])


def former_account(pupil: SamplePupil, **changes: Any) -> PupilAccount:
    """The account that a former school made for a pupil who is now on this one's list."""
    values = {"first_name": plain_name(pupil.first_name), "last_name": plain_name(pupil.last_name), "birth_date": pupil.birth_date}
    return create_pupil_account(accounts(), NewPupil(UserId("usr_" + "f0" * 16), **(values | changes), national_number=pupil.ine))


def test_a_pupil_who_changes_school_keeps_the_account(school: School) -> None:
    pupil = next(pupil for pupil in school.sample.pupils if pupil.class_name == "4A")
    former = former_account(pupil)
    slip = next(slip for slip in slips(school) if slip["ine"] == pupil.ine)
    assert (slip["username"], slip["initial_password"]) == (None, None)
    assert school.reconcile(pupil, former.user_id)[0] == 200
    assert next(slip for slip in slips(school) if slip["ine"] == pupil.ine)["initial_password"] is None


def test_the_new_school_gives_the_access_to_it_back(school: School) -> None:
    pupil = next(pupil for pupil in school.sample.pupils if pupil.class_name == "4A")
    former = former_account(pupil)
    status, recovered = recover(school, pupil)
    assert (status, recovered["username"]) == (200, former.username)
    assert sign_in(accounts(), former.username, recovered["initial_password"]).user_id == former.user_id
    listed = school.as_admin("GET", "/pupils", query={"limit": "200"})[1]["items"]
    assert [item["ine"] for item in listed if item["reconciled"]] == [pupil.ine]


def recover_elsewhere(school: School, pupil: SamplePupil) -> tuple[int, Any]:
    """Another school, which lists the same pupils, asks for one's access."""
    status, member = school.activate(OTHER_UAI, email="autre@exemple.example")
    assert status == 201
    path = f"/v1/organisations/{OTHER_UAI}"
    _, requested = school.call("POST", f"{path}/imports", subject=member["user_id"], roles="teacher")
    school.upload(requested, school.sample.xml.replace(UAI.encode(), OTHER_UAI.encode()))
    assert school.deliver(requested["id"], uai=OTHER_UAI) == []
    body = {"first_name": pupil.first_name, "last_name": pupil.last_name, "birth_date": pupil.birth_date.isoformat(), "ine": pupil.ine}
    return school.call("POST", f"{path}/access-recoveries", body, subject=member["user_id"], roles="teacher")


def test_a_school_takes_no_account_over_while_another_has_the_pupil_on_its_list(school: School) -> None:
    pupil, slip = first_of(school), slip_of(school, first_of(school))
    status, refused = recover_elsewhere(school, pupil)
    assert (status, refused["code"]) == (409, "pupil_at_another_school")
    assert sign_in(accounts(), slip["username"], slip["initial_password"])


def test_once_the_former_school_has_dropped_the_pupil_the_next_one_gives_the_access_back(school: School) -> None:
    pupil, slip = first_of(school), slip_of(school, first_of(school))
    school.import_list(siecle_sample(UAI, seed=2).xml)
    status, recovered = recover_elsewhere(school, pupil)
    assert (status, recovered["username"]) == (200, slip["username"])


def test_an_account_with_an_address_of_its_own_is_recovered_by_it_and_by_the_school_that_made_it(school: School) -> None:
    school.cloud.client("sesv2").create_email_identity(EmailIdentity=school.cloud.environment["MAIL_SENDER"])
    pupil, slip = first_of(school), slip_of(school, first_of(school))
    before = accounts().store.identity(sign_in(accounts(), slip["username"], slip["initial_password"]).user_id)
    assert before
    accounts().store.replace_logins(before, replace(before, email="lea@example.org", email_verified=True))
    assert recover(school, pupil)[0] == 200
    school.import_list(siecle_sample(UAI, seed=2).xml)
    status, refused = recover_elsewhere(school, pupil)
    assert (status, refused["code"]) == (409, "pupil_own_account")


def test_a_number_that_a_list_gives_to_somebody_else_gives_no_access(school: School) -> None:
    pupil = next(pupil for pupil in school.sample.pupils if pupil.class_name == "4A")
    former = former_account(pupil, birth_date=date(2001, 2, 3))
    status, refused = recover(school, pupil)
    assert (status, refused["code"]) == (404, "pupil_without_account")
    assert sign_in(accounts(), former.username, former.initial_password or "").user_id == former.user_id
    slip = next(slip for slip in slips(school) if slip["ine"] == pupil.ine)
    assert slip["initial_password"]
    assert sign_in(accounts(), slip["username"], slip["initial_password"]).user_id != former.user_id


def own_account(pupil: SamplePupil, **changes: Any) -> UserId:
    """An account that a pupil made with an e-mail address."""
    values: dict[str, Any] = {"birth_date": pupil.birth_date, "email": "zoe@example.org", "email_verified": True}
    made = Identity(UserId(ZOE), "Zoé", "Blanc", frozenset({Role.PUPIL}), datetime(2026, 9, 1, tzinfo=UTC), **(values | changes))
    accounts().store.create(made, Credentials())
    return made.user_id


def first_of(school: School) -> SamplePupil:
    return next(pupil for pupil in school.sample.pupils if pupil.class_name == "4A")


def slip_of(school: School, pupil: SamplePupil) -> dict[str, Any]:
    return next(slip for slip in slips(school) if slip["ine"] == pupil.ine)


def test_a_reconciled_account_is_found_by_the_number_from_then_on(school: School) -> None:
    pupil = first_of(school)
    own = own_account(pupil)
    for _ in range(2):
        assert school.reconcile(pupil, own)[0] == 200
    assert [account.user_id for account in accounts_of_number(accounts(), Ine(pupil.ine))] == [own]
    assert (
        account_of_login(accounts().store, accounts().keyring.number_key(pupil.ine)) is None
    )  # nothing that a certifying portal would open


def test_an_account_of_somebody_born_on_another_day_is_not_reconciled(school: School) -> None:
    pupil = first_of(school)
    own = own_account(pupil, birth_date=date(2001, 2, 3))
    status, refused = school.reconcile(pupil, own)
    assert (status, refused["code"]) == (409, "born_on_another_day")
    assert accounts_of_number(accounts(), Ine(pupil.ine)) == ()
    assert DynamoReconciliations().of_user(UAI, own) is None


def test_an_account_without_a_birth_date_is_found_by_the_next_school_too(school: School) -> None:
    pupil = first_of(school)
    own = own_account(pupil, birth_date=None)  # some portals give none
    assert school.reconcile(pupil, own)[0] == 200
    assert [account.user_id for account in accounts_of_number(accounts(), Ine(pupil.ine))] == [own]


def test_a_name_and_a_birth_date_show_nothing_more_of_the_list_until_the_number_is_given(school: School) -> None:
    pupil = first_of(school)
    own = own_account(pupil)

    def told() -> dict[str, Any]:
        (document,) = schools_document(reconciliations_of(own), lambda _: None, DynamoPupils().find)
        return document

    assert school.reconcile(pupil, own)[0] == 200
    assert (told()["proven"], told()["national_number"], told()["on_list"]) == (False, None, None)
    assert school.reconcile(pupil, own, ine=pupil.ine)[0] == 200
    assert (told()["proven"], told()["national_number"]) == (True, pupil.ine)
    assert told()["on_list"]["class"] == "4A"


def test_what_a_school_hands_over_is_proven(school: School) -> None:
    pupil, slip = first_of(school), slip_of(school, first_of(school))
    made = sign_in(accounts(), slip["username"], slip["initial_password"]).user_id
    assert [link.proven for link in reconciliations_of(made)] == [True]
    assert DynamoReconciliations().of_pupils(UAI, [Ine(pupil.ine)])[Ine(pupil.ine)].proven


def test_the_next_school_makes_no_second_account_for_whoever_has_one_of_their_own(school: School) -> None:
    pupil = first_of(school)
    own = own_account(pupil)
    list_number(accounts(), own, Ine(pupil.ine))  # as the former school's reconciliation left it
    assert slip_of(school, pupil)["username"] is None
    status, refused = school.reconcile(pupil, LEO)
    assert (status, refused["code"], refused["sign_in_with"]) == (409, "pupil_already_reconciled", "email")
    assert recover(school, pupil)[1]["code"] == "pupil_own_account"
    assert school.reconcile(pupil, own)[0] == 200


def release(school: School, ine: str, **event: Any) -> tuple[int, Any]:
    return school.as_admin("DELETE", f"/pupils/{ine}/account", **event)


def test_a_pupil_whom_somebody_else_claimed_is_released_and_reconciled(school: School) -> None:
    pupil = first_of(school)
    classmate = own_account(pupil, birth_date=None)
    assert school.reconcile(pupil, classmate)[0] == 200
    for _ in range(2):
        assert release(school, pupil.ine.lower()) == (204, None)
    assert accounts_of_number(accounts(), Ine(pupil.ine)) == ()
    assert school.reconcile(pupil, LEO)[0] == 200
    assert school.reconcile(school.sample.pupils[-1], classmate)[0] == 200  # and the other account is free as well


def test_a_pupil_who_wants_their_own_account_gives_the_schools_one_up(school: School) -> None:
    pupil = first_of(school)
    given = slip_of(school, pupil)
    own = own_account(pupil)
    assert school.reconcile(pupil, own)[1]["sign_in_with"] == "username"
    assert release(school, pupil.ine)[0] == 204
    assert school.reconcile(pupil, own)[0] == 200
    assert sign_in(accounts(), given["username"], given["initial_password"]).user_id != own  # it keeps its ways in
    assert slip_of(school, pupil)["username"] is None


def test_an_account_from_elsewhere_is_released_too(school: School) -> None:
    pupil = first_of(school)
    former = former_account(pupil)
    assert release(school, pupil.ine)[0] == 204
    slip = slip_of(school, pupil)
    assert slip["initial_password"]
    assert sign_in(accounts(), slip["username"], slip["initial_password"]).user_id != former.user_id


def test_only_an_administrator_releases_and_only_whom_the_list_names(school: School) -> None:
    pupil = first_of(school)
    own = own_account(pupil)
    school.reconcile(pupil, own)
    status, refused = release(school, "0000000000A")
    assert (status, refused["code"]) == (404, "pupil_not_listed")
    status, refused = release(school, pupil.ine, uai=OTHER_UAI)
    assert (status, refused["code"]) == (403, "not_a_member")
    path = f"/v1/organisations/{UAI}/pupils/{pupil.ine}/account"
    assert school.call("DELETE", path, subject=own, roles="pupil")[0] == 403
    school.import_list(siecle_sample(UAI, seed=2).xml)
    assert release(school, pupil.ine)[1]["code"] == "pupil_not_listed"
    assert [account.user_id for account in accounts_of_number(accounts(), Ine(pupil.ine))] == [own]


def test_a_release_cut_off_half_way_is_completed_by_asking_again(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    from jalon.edge.tables import StoreUnavailableError
    from jalon.organisations.reconciliation_store import DynamoReconciliations

    def cut_off(*_: Any) -> None:
        raise StoreUnavailableError("The service is busy; send the same request again.")

    pupil = first_of(school)
    school.reconcile(pupil, own_account(pupil))
    with monkeypatch.context() as broken:
        broken.setattr(DynamoReconciliations, "unlink", cut_off)
        assert release(school, pupil.ine)[0] == 503
    assert school.reconcile(pupil, LEO)[1]["code"] == "pupil_already_reconciled"
    assert release(school, pupil.ine)[0] == 204
    assert school.reconcile(pupil, LEO)[0] == 200
