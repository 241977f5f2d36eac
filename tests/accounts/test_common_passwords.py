"""What everybody thinks of first is no password."""

from datetime import date
from pathlib import Path

import pytest

from jalon.accounts import common_passwords, passwords
from jalon.accounts.change_password import change_password
from jalon.accounts.common_passwords import cores, is_guessable, is_one_of, is_run
from jalon.accounts.create_pupil_accounts import NewPupil
from jalon.accounts.identity import Identity, Role
from jalon.accounts.reset_pupil_password import reset_pupil_password
from jalon.accounts.sign_in import sign_in
from jalon.accounts.stores import Credentials
from jalon.kernel.errors import InvalidInputError
from jalon.kernel.ids import UserId
from tests.accounts.fakes import NOON, World
from tests.accounts.pupils import create_pupil_account

LIST = Path(common_passwords.__file__).with_name("common_passwords.txt")


@pytest.mark.parametrize(
    "password",
    [
        *(
            "Azerty123",
            "Password1",
            "Motdepasse1",
            "Bonjour1",
            "Soleil123",
            "Marseille13",
            "Nounours!",
            "Jalon2026",
            "Doudou59!",
            "PSG1970!",
        ),
        *("P@ssw0rd", "M0td3pa55e!", "$oleil2024", "!loul0u!", "Ch0c0lat1", "JeTaime<3", "2010-Papillon"),
        *("motdepassemotdepasse", "loulou62LOULOU", "Azerty-Azerty1", "Xk9!Xk9!", "abcdeabcdeabcde"),
        *("12345678901234", "azertyuiopqsdf", "Azertyuiop1", "Qwerty123!", "AbCdEfGh1!", "9876543210!Aa", "A1Z2E3R4t5!", "&é\"'(-è_çà"),
        *("azerty123456", "qsdfghjklm12", "mlkjhgfdsq!1", "1qaz2WSX!", "aaaaaaaaaaaaab", "Azerty7ab!"),
    ],
)
def test_what_every_list_begins_with_is_refused(password: str) -> None:
    assert is_guessable(password)


@pytest.mark.parametrize(
    "password",
    [
        *("Tr0ubadour", "un lapin dans la lune", "soleil lune chien", "correct horse battery", "kuki-napa-4656", "Été-2031!"),
        *("Rfg5!kzP", "X7#29481", "83920174659201", "marseille-7k2z", "Kw!5678z"),
    ],
)
def test_several_words_and_letters_that_make_none_are_taken(password: str) -> None:
    assert not is_guessable(password)


def test_what_chance_makes_is_taken() -> None:
    """A password manager's; the same ones at every run."""
    alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!?+-"
    made = (
        "".join(alphabet[(seed * 7919 + place * place * 104729 + place * seed) % len(alphabet)] for place in range(10))
        for seed in range(500)
    )
    assert [password for password in made if is_guessable(password)] == []


def test_the_list_is_small_named_and_has_nothing_that_the_rules_refuse() -> None:
    text = LIST.read_text(encoding="ascii")
    words = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(text) <= 100_000
    assert all(source in text for source in ("zxcvbn", "Richelieu", "MIT licence", "Permission is hereby granted"))
    assert len(words) > 9_000
    assert words == sorted(set(words))
    assert [word for word in words if is_run(word) or word not in cores(word)] == []
    assert is_one_of("Azur", {"azur"})


@pytest.fixture
def lea(world: World) -> Identity:
    pupil = NewPupil(UserId("usr_lea"), "Léa", "Martin", date(2010, 3, 12))
    account = create_pupil_account(world.accounts, pupil)
    return sign_in(world.accounts, account.username, account.initial_password or "")


def test_whoever_has_such_a_password_signs_in_and_chooses_a_better_one(world: World) -> None:
    """Passwords of before are not looked at."""
    user_id, key = UserId("usr_paul"), world.keyring.login_key("paul@example.org")
    paul = Identity(user_id, "Paul", "Durand", frozenset({Role.PUPIL}), NOON, email="paul@example.org", login_keys=frozenset({key}))
    world.store.create(paul, Credentials(world.hasher.hash("Azerty123")))
    assert sign_in(world.accounts, "paul@example.org", "Azerty123") == paul
    with pytest.raises(InvalidInputError) as refused:
        change_password(world.accounts, world.mailbox, user_id, "Azerty123", "Soleil123")
    assert [(each.pointer, each.code) for each in refused.value.violations] == [("/new_password", "password_common")]
    change_password(world.accounts, world.mailbox, user_id, "Azerty123", "un lapin dans la lune")


def test_nobodys_birth_date_is_a_password(world: World, lea: Identity) -> None:
    initial = reset_pupil_password(world.accounts, world.mailbox, lea.user_id, "request").initial_password or ""
    with pytest.raises(InvalidInputError) as refused:
        change_password(world.accounts, world.mailbox, lea.user_id, initial, "Zut!12032010")
    assert [each.code for each in refused.value.violations] == ["password_personal"]


def test_what_schools_hand_out_is_not_compared(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: str) -> bool:
        raise AssertionError("a slip is not chosen")

    monkeypatch.setattr(passwords, "is_guessable", never)
    account = create_pupil_account(world.accounts, NewPupil(UserId("usr_zoe"), "Zoé", "Petit", date(2010, 3, 12)))
    again = reset_pupil_password(world.accounts, world.mailbox, UserId("usr_zoe"), "request")
    assert sign_in(world.accounts, account.username, again.initial_password or "").user_id == "usr_zoe"
