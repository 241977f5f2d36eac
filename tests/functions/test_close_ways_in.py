"""The school gives a pupil's access back, and closes what somebody who had the pupil's slip attached: through the API."""

from dataclasses import replace
from typing import Any

import pytest

from functions.campaigns.wiring import accounts
from jalon.accounts.account_store import AccountTable
from jalon.accounts.change_password import change_password
from jalon.accounts.find_account import find_account
from jalon.accounts.find_login import find_login
from jalon.accounts.identity import Identity
from jalon.accounts.ses_mailer import MailUnavailableError, SesMailer
from jalon.accounts.setup_token import SetupTokenError, new_ticket, read_setup_token, write_setup_token
from jalon.accounts.sign_in import WrongCredentialsError, sign_in
from jalon.accounts.stores import ClosedWays, StaleWriteError, TicketPurpose
from local.siecle_sample import SamplePupil
from tests.accounts.fakes import Mailbox
from tests.cloud import Cloud
from tests.functions.school import OTHER_UAI, UAI, School
from tests.functions.test_pupils_of_two_schools import account_of, with_another

ADDRESS = "voleur@example.org"
CHOSEN = "un lapin dans la lune"
ATTACHED = {"email": True, "identity_providers": ["ent-exemple"]}
NOTHING = {"email": False, "identity_providers": []}


@pytest.fixture
def school(cloud: Cloud) -> School:
    return School(cloud).with_pupils()


@pytest.fixture
def pupil(school: School) -> SamplePupil:
    return next(pupil for pupil in school.sample.pupils if pupil.class_name == "4A")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(SesMailer, "send", lambda _, address, message: sent.append((address, message.subject)))
    return sent


def slip_of(school: School, pupil: SamplePupil) -> dict[str, Any]:
    status, issued = school.as_admin("POST", "/pupil-credentials", {"class": "4A"})
    assert status == 200, issued
    return next(slip for slip in issued["items"] if slip["ine"] == pupil.ine)


@pytest.fixture
def account(school: School, pupil: SamplePupil) -> Identity:
    """The account that the school made, to which a classmate with the slip attached an address and a portal that certifies a number."""
    slip = slip_of(school, pupil)
    before = sign_in(accounts(), slip["username"], slip["initial_password"])
    change_password(accounts(), Mailbox(), before.user_id, slip["initial_password"], CHOSEN)
    keys = before.login_keys | {find_login(accounts(), ADDRESS).key, "portal", "portals-number"}
    attached = replace(
        find_account(accounts().store, before.user_id),
        email=ADDRESS,
        email_verified=True,
        providers={"ent-exemple": "portal"},
        certified_numbers={"ent-exemple": "portals-number"},
        login_keys=keys,
    )
    accounts().store.replace_logins(before, attached)
    return attached


def recover(school: School, pupil: SamplePupil, *, close: bool = True, key: str = "", **caller: Any) -> tuple[int, Any]:
    body = {"first_name": pupil.first_name, "last_name": pupil.last_name, "birth_date": pupil.birth_date.isoformat(), "ine": pupil.ine}
    caller = {"uai": UAI, "subject": school.admin, **caller}
    path = f"/v1/organisations/{caller['uai']}/access-recoveries"
    return school.call("POST", path, body | {"close_ways_in": close}, subject=caller["subject"], roles="teacher", key=key or None)


def now(account: Identity) -> Identity:
    return find_account(accounts().store, account.user_id)


def test_what_opens_the_account_beside_its_username_is_named_and_stays(
    school: School, pupil: SamplePupil, account: Identity, told: list[tuple[str, str]]
) -> None:
    status, recovered = recover(school, pupil, close=False)
    assert told == [(ADDRESS, "Votre établissement donne un nouveau mot de passe à votre compte")]
    assert (status, recovered["ways_in"]) == (200, ATTACHED)
    assert ADDRESS not in str(recovered)
    assert now(account) == replace(account, sign_in_epoch=account.sign_in_epoch + 1)


def test_an_administrator_has_them_closed(school: School, pupil: SamplePupil, account: Identity, told: list[tuple[str, str]]) -> None:
    ticket = accounts().store.offer_ticket(new_ticket(accounts(), account.user_id, TicketPurpose.RECOVERY), accounts().clock.now())
    message = write_setup_token(accounts().keyring, ticket, account)
    status, recovered = recover(school, pupil)
    assert (status, recovered["ways_in"], recovered["username"]) == (200, NOTHING, account.username)
    left = now(account)
    assert (left.email, left.email_verified, left.providers, left.certified_numbers) == (None, False, {}, {})
    assert [find_login(accounts(), ADDRESS).user_id, *map(accounts().store.user_of_login, ("portal", "portals-number"))] == [None] * 3
    with pytest.raises(WrongCredentialsError):
        sign_in(accounts(), ADDRESS, recovered["initial_password"])
    with pytest.raises(SetupTokenError):
        read_setup_token(accounts(), message)
    assert sign_in(accounts(), account.username or "", recovered["initial_password"]).user_id == account.user_id
    assert told == [(ADDRESS, "L’établissement retire cette adresse d’un compte d’élève")]


def test_the_number_that_the_school_gave_stays(school: School, pupil: SamplePupil, account: Identity, told: list[tuple[str, str]]) -> None:
    """The pupil's own portal finds the account again."""
    assert recover(school, pupil)[0] == 200
    assert accounts().store.user_of_login(accounts().keyring.number_key(pupil.ine)) == account.user_id


def test_the_same_request_closes_nothing_that_was_attached_since(
    school: School, pupil: SamplePupil, account: Identity, told: list[tuple[str, str]]
) -> None:
    first = recover(school, pupil, key="one-and-the-same")
    before = now(account)
    own = replace(before, providers={"educonnect": "own"}, login_keys=before.login_keys | {"own"})
    accounts().store.replace_logins(before, own)
    status, again = recover(school, pupil, key="one-and-the-same")
    assert (status, again["initial_password"]) == (200, first[1]["initial_password"])
    assert again["ways_in"] == {"email": False, "identity_providers": ["educonnect"]}
    assert (now(account), len(told)) == (own, 1)


def test_asking_to_close_is_another_request_under_the_same_key(
    school: School, pupil: SamplePupil, account: Identity, told: list[tuple[str, str]]
) -> None:
    recover(school, pupil, close=False, key="one-and-the-same")
    assert recover(school, pupil, key="one-and-the-same")[1]["ways_in"] == NOTHING


def test_a_member_who_does_not_administer_gives_the_access_back_and_closes_nothing(
    school: School, pupil: SamplePupil, account: Identity, told: list[tuple[str, str]]
) -> None:
    _, elsewhere = school.activate(OTHER_UAI, email="prof@exemple.example")
    teacher = str(elsewhere["user_id"])
    _, invited = school.as_admin("POST", "/invitations", {"email": "prof@exemple.example", "role": "member"})
    code = {"invitation_code": invited["invitation_code"]}
    assert school.call("POST", "/v1/me/memberships", code, subject=teacher)[0] == 201
    status, refused = recover(school, pupil, subject=teacher)
    assert (status, refused["code"], now(account)) == (403, "not_an_administrator", account)
    assert recover(school, pupil, close=False, subject=teacher)[0] == 200
    assert [address for address, _ in told] == [ADDRESS]


def test_while_another_school_has_the_pupil_neither_closes_them(school: School, pupil: SamplePupil, account: Identity) -> None:
    administrator = with_another(school)
    body = {"uai": OTHER_UAI, "first_name": pupil.first_name, "last_name": pupil.last_name, "birth_date": pupil.birth_date.isoformat()}
    assert school.call("POST", "/v1/reconciliations", body, subject=account.user_id, roles="pupil")[0] == 200
    for caller, code in (
        ({"uai": UAI, "subject": school.admin}, "pupil_at_another_school"),
        ({"uai": OTHER_UAI, "subject": administrator}, "pupil_own_account"),
    ):
        status, refused = recover(school, pupil, **caller)
        assert (status, refused["code"]) == (409, code)
    assert now(account) == account


@pytest.mark.parametrize("changes", [{"providers": {"ent": "portal"}, "login_keys": frozenset({"portal"})}, {}])
def test_ways_in_to_an_account_that_the_school_did_not_make_are_its_owners(
    school: School, pupil: SamplePupil, changes: dict[str, Any]
) -> None:
    began = account_of(pupil, **changes)
    status, refused = recover(school, pupil)
    assert (status, refused["code"], now(began).providers) == (409, "pupil_own_account", began.providers)
    assert recover(school, pupil, close=False)[0] == 200  # links it
    status, refused = recover(school, pupil)
    assert (status, refused["code"], now(began).providers) == (409, "pupil_own_account", began.providers)


def test_nothing_is_closed_while_the_address_cannot_be_told(
    school: School, pupil: SamplePupil, account: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise MailUnavailableError("The mail service is busy; send the same request again.")

    monkeypatch.setattr(SesMailer, "send", busy)
    status, refused = recover(school, pupil)
    assert (status, refused["code"], now(account)) == (503, "mail_unavailable", account)
    assert sign_in(accounts(), ADDRESS, CHOSEN)


def test_a_way_in_that_is_opened_in_that_very_moment_is_not_left_behind(
    school: School, pupil: SamplePupil, account: Identity, told: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = AccountTable.set_password

    def after_another(self: AccountTable, *arguments: Any, closing: ClosedWays | None = None, **others: Any) -> None:
        with monkeypatch.context() as once:
            once.setattr(AccountTable, "set_password", write)
            before = now(account)
            if "late" not in before.login_keys:
                self.replace_logins(before, replace(before, providers={"late": "late"}, login_keys=before.login_keys | {"late"}))
        write(self, *arguments, closing=closing, **others)

    monkeypatch.setattr(AccountTable, "set_password", after_another)
    status, refused = recover(school, pupil, key="one-and-the-same")
    assert (status, refused["code"]) == (409, StaleWriteError.code)
    assert sign_in(accounts(), ADDRESS, CHOSEN)  # nothing happened
    status, recovered = recover(school, pupil, key="one-and-the-same")
    assert (status, recovered["ways_in"]) == (200, NOTHING)
    assert accounts().store.user_of_login("late") is None
