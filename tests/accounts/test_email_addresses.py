"""One mailbox has one form, whichever way it is typed; what no message could be sent to is refused."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jalon.accounts.attach_email import ask_for_email, confirm_email
from jalon.accounts.create_member_account import NewMember, create_member_account
from jalon.accounts.email_addresses import address_forms, clean_email, email_violations
from jalon.accounts.identity import EmailTakenError, Identity, Role
from jalon.accounts.prove_email import ask_to_sign_up
from jalon.accounts.recover_password import recover_password
from jalon.accounts.set_up_password import set_up_password
from jalon.accounts.sign_in import WrongCredentialsError, sign_in
from jalon.accounts.sign_up import SignUp, sign_up
from jalon.accounts.stores import Credentials
from jalon.kernel.errors import InvalidInputError
from jalon.kernel.ids import UserId
from tests.accounts.fakes import NOON, World

ASCII, UNICODE = "jo@xn--exmple-cua.fr", "jo@exämple.fr"
PASSWORD = "un lapin dans la lune"
JO = SignUp(UserId("usr_jo"), UNICODE, PASSWORD, "Jo", "Roux", date(2008, 5, 6), request="digest")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Jo@Example.ORG ", "jo@example.org"),
        ("jo@ｅxample.org", "jo@example.org"),
        ("jo@example。org", "jo@example.org"),
        (UNICODE, ASCII),
        ("JO@EXÄMPLE.FR", ASCII),
        ("jo@exa\u0308mple.fr", ASCII),
        ("jo@XN--EXMPLE-CUA.fr", ASCII),
        ("jo@straße.example", "jo@xn--strae-oqa.example"),
        ("O'Brien+ecole@Example.org", "o'brien+ecole@example.org"),
        ("a.b_c-d@sub.r3---sn.example", "a.b_c-d@sub.r3---sn.example"),
        ("1@1.fr", "1@1.fr"),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert clean_email(typed) == kept
    assert email_violations("/email", kept) == ()
    assert kept in address_forms(typed)


@pytest.mark.parametrize(
    "text",
    [
        *("", "@", "jo", "jo@", "@example.org", "jo@example", "a@b@example.org", "jo @example.org", "jo@exam ple.org", "jo@example.org."),
        *("a..b@x.y", ".a@x.y", "a.@x.y", "a@-.-", "a@-x.y", "a@x-.y", "a@x..y", "a@.y", "<a@example.org>", "a,b@example.org", "a;b@x.y"),
        *('"a b"@x.y', "a(b)@x.y", "a@[192.0.2.1]", "a@192.0.2.1", "a@ex_ample.org", "Jo <jo@example.org>", "jo@example.org\n,x@y.z"),
        *(
            "zoé@example.org",
            "ｊo@example.org",
            "jo＠example.org",
            "jo@\u200d.fr",
            "jo@😀.fr",
            "jo@xn--a.fr",
            "jo@xn--example-.org",
            "jo@\ud800.fr",
        ),
        *(
            f"{'a' * 65}@example.org",
            f"jo@{'a' * 64}.org",
            f"jo@{'a.' * 125}org",
            f"jo@{'é' * 5000}.fr",
            "jo@\x00.fr",
            "j\x00o@example.org",
        ),
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    assert [violation.code for violation in email_violations("/email", clean_email(text))] == ["email"]


LOCAL = st.from_regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,9}(\.[A-Za-z0-9]{1,9})?", fullmatch=True)
#: Letters of several scripts, in either case, wide, and with marks apart: what domains are registered in and how they are typed.
LABEL = st.text("abzAZ09éèÄßøłŒжЖλΛ日本かｅＸe\u0301a\u0308", min_size=1, max_size=12).map(lambda text: f"d{text}".removesuffix("-"))
TOP = st.sampled_from(["fr", "FR", "example", "рф", "ｏrg", "xn--p1ai"])


@given(LOCAL, st.lists(LABEL, min_size=1, max_size=3), TOP, st.sampled_from([".", "。", "．"]), st.sampled_from(["", " "]))
def test_whatever_is_accepted_is_ascii_and_its_own_form(local: str, labels: list[str], top: str, dot: str, around: str) -> None:
    kept = clean_email(f"{around}{local}@{dot.join([*labels, top])}{around}")
    assume(not email_violations("/email", kept))
    assert kept.isascii()
    assert kept == kept.lower()
    assert clean_email(kept) == kept
    assert address_forms(kept)[0] == kept


@given(st.text(max_size=30) | st.builds("{}@{}.{}".format, st.text(max_size=8), st.text(max_size=12), st.text(max_size=4)))
def test_whatever_is_typed_is_looked_up_under_its_own_form_and_told_of_alike(text: str) -> None:
    kept = clean_email(text)
    assert kept in address_forms(text)
    assert email_violations("/email", kept) == email_violations("/email", clean_email(f" {text}\t"))


@pytest.mark.parametrize(("first", "second"), [(UNICODE, ASCII), (ASCII, UNICODE), ("jo@ｅxample.org", "jo@example.org")])
def test_one_mailbox_has_one_account_and_any_spelling_signs_in(world: World, first: str, second: str) -> None:
    made = sign_up(world.accounts, replace(JO, email=first))
    with pytest.raises(EmailTakenError):
        sign_up(world.accounts, replace(JO, user_id=UserId("usr_other"), email=second))
    for typed in (first, second):
        assert sign_in(world.accounts, typed, PASSWORD) == made


def test_a_message_goes_to_the_domain_in_ascii(world: World) -> None:
    ask_to_sign_up(world.accounts, world.mailbox, UNICODE)
    recover_password(world.accounts, world.mailbox, "jo@ｅxample.org")
    assert [address for address, _ in world.mailbox.sent] == [ASCII, "jo@example.org"]


def test_nothing_is_sent_to_what_is_no_address(world: World) -> None:
    for ask in (ask_to_sign_up, recover_password):
        with pytest.raises(InvalidInputError):
            ask(world.accounts, world.mailbox, "a,b@example.org")
    assert world.mailbox.sent == []


def before(world: World, email: str, **changes: object) -> Identity:
    """An account as it was stored when an address was kept as it was typed."""
    identity = Identity(UserId("usr_jo"), "Jo", "Roux", frozenset({Role.PUPIL}), NOON, date(2008, 5, 6), email, email_verified=True)
    identity = replace(identity, login_keys=frozenset({world.keyring.login_key(email)}), **changes)
    world.store.create(identity, Credentials(world.hasher.hash(PASSWORD)))
    return identity


@pytest.mark.parametrize("stored", [UNICODE, ASCII, "jo@ｅxample.org", "zoé@example.org", "a..b@x.y"])
def test_an_account_of_before_signs_in_with_its_address_as_stored(world: World, stored: str) -> None:
    identity = before(world, stored)
    assert sign_in(world.accounts, stored, PASSWORD) == identity
    assert sign_in(world.accounts, f" {stored.upper()}", PASSWORD) == identity


def test_it_is_found_under_the_ascii_form_too_and_is_no_second_accounts(world: World) -> None:
    identity = before(world, UNICODE)
    assert sign_in(world.accounts, ASCII, PASSWORD) == identity
    for spelling in (ASCII, UNICODE):
        with pytest.raises(EmailTakenError):
            sign_up(world.accounts, replace(JO, user_id=UserId("usr_other"), email=spelling))
        with pytest.raises(EmailTakenError):
            create_member_account(world.accounts, NewMember(UserId("usr_m"), "Claire", "Petit", spelling, PASSWORD))
    assert len(world.store.people) == 1


@pytest.mark.parametrize("typed", [ASCII, UNICODE])
def test_its_owner_recovers_it_by_a_message_to_the_ascii_form(world: World, typed: str) -> None:
    before(world, UNICODE)
    recover_password(world.accounts, world.mailbox, typed)
    address, message = world.mailbox.sent[-1]
    assert address == ASCII
    set_up_password(world.accounts, world.mailbox, message.text.split("\n\n")[1], "un autre lapin la nuit")
    assert sign_in(world.accounts, typed, "un autre lapin la nuit").user_id == "usr_jo"


def test_when_it_is_replaced_the_former_address_is_given_up_whatever_its_form(world: World) -> None:
    before(world, UNICODE)
    for address in (ASCII, "new@example.org"):
        ask_for_email(world.accounts, world.mailbox, UserId("usr_jo"), address)
        attached = confirm_email(world.accounts, world.mailbox, UserId("usr_jo"), address, world.mailbox.sent[-1][1].text.split("\n\n")[1])
        assert attached.email == address
        assert len(attached.login_keys) == 1
    assert list(world.store.logins.values()) == ["usr_jo"]
    for former in (ASCII, UNICODE):
        with pytest.raises(WrongCredentialsError):
            sign_in(world.accounts, former, PASSWORD)


def test_a_mere_claim_of_before_gives_way_to_whoever_proves_the_address(world: World) -> None:
    before(world, UNICODE, email_verified=False)
    ask_to_sign_up(world.accounts, world.mailbox, ASCII)
    code = world.mailbox.sent[-1][1].text.split("\n\n")[1]
    owner = sign_up(
        world.accounts, replace(JO, user_id=UserId("usr_owner"), email=ASCII, password="la lune dans un lapin", email_code=code)
    )
    for typed in (ASCII, UNICODE):
        assert sign_in(world.accounts, typed, "la lune dans un lapin") == owner
    assert world.store.people[UserId("usr_jo")].login_keys == frozenset()


def test_looking_an_address_up_costs_the_same_whether_somebody_has_it(world: World) -> None:
    """One read for an ordinary login, and a fixed number for an internationalised one."""
    reads: list[str] = []
    look_up = world.store.user_of_login
    world.store.user_of_login = lambda key: (reads.append(key), look_up(key))[1]  # type: ignore[method-assign, func-returns-value]
    before(world, UNICODE)

    def cost(login: str) -> int:
        reads.clear()
        with pytest.raises(WrongCredentialsError):
            sign_in(world.accounts, login, "wrong")
        return len(reads)

    assert cost("jo@example.org") == cost("lea.martin1203") == 1
    assert cost(UNICODE) == cost("nobody@exämple.fr") == 2
