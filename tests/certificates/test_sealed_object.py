"""The object behind the typed route: found and opened with both secrets, and nothing of it shows."""

from datetime import date

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from jalon.certificates.sealed_object import ROUNDS, SALT, derive_keys, seal, unseal
from jalon.kernel.ids import VerificationCode

CODE, BORN = VerificationCode("P-BCDFGHJKMPQ3"), date(2011, 5, 3)
KEYS = derive_keys(CODE, BORN, rounds=10)


def test_keys_are_pbkdf2_then_hkdf_as_another_library_computes_them():
    keys = derive_keys(CODE, BORN)
    assert ROUNDS == 600_000
    master = PBKDF2HMAC(hashes.SHA256(), 32, SALT, ROUNDS).derive(b"BCDFGHJKMPQ3|2011-05-03")
    for label, length, ours in (
        (b"object", 16, bytes.fromhex(keys.object_id)),
        (b"encryption", 32, keys.encryption_key),
        (b"nonce", 32, keys.nonce_key),
    ):
        assert HKDF(hashes.SHA256(), length, None, label).derive(master) == ours


def test_sealing_twice_gives_the_same_bytes_and_opens_again():
    assert seal(KEYS, b"token") == seal(KEYS, b"token")
    assert unseal(KEYS, seal(KEYS, b"token")) == b"token"


def test_another_token_gets_another_nonce():
    assert seal(KEYS, b"a")[:12] != seal(KEYS, b"b")[:12]


def test_the_size_says_nothing_of_the_token():
    assert len(seal(KEYS, b"x")) == len(seal(KEYS, b"x" * 254)) == 12 + 256 + 16
    assert len(seal(KEYS, b"x" * 255)) == 12 + 512 + 16


@pytest.mark.parametrize("other", [derive_keys(VerificationCode("P-BCDFGHJKMPR3"), BORN, 10), derive_keys(CODE, date(2011, 5, 4), 10)])
def test_another_code_or_date_finds_another_object_and_opens_nothing(other):
    assert other.object_id != KEYS.object_id
    with pytest.raises(InvalidTag):
        unseal(other, seal(KEYS, b"token"))


def test_an_object_moved_to_another_name_does_not_open():
    import dataclasses

    with pytest.raises(InvalidTag):
        unseal(dataclasses.replace(KEYS, object_id="0" * 32), seal(KEYS, b"token"))
