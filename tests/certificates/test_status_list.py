"""The status list: laid out as the W3C says, signed, and right even when runs overlap."""

import gzip
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey

from jalon.certificates.key_set import ROLL_OUT, ensure_current, key_set_document
from jalon.certificates.sign_status_lists import ListKeepsChangingError, sign_status_lists
from jalon.certificates.status_list import PLACES, encoded_list, status_index
from jalon.kernel.base64url import from_base64url
from tests.certificates.fakes import NOON, MemoryKeys, SoftwareSigner, list_signing, publishing


def bits_of(encoded: str) -> bytes:
    assert encoded[0] == "u"
    return gzip.decompress(from_base64url(encoded[1:]))


def places_in(parts, year=2026):
    token = parts.site.files[f"status/{year}"][0].decode()
    credential = json.loads(jws.deserialize_compact(token, ECKey.import_key(parts.signer.public_key().jwk()), algorithms=["ES256"]).payload)
    bits = bits_of(credential["credentialSubject"]["encodedList"])
    return credential, {index * 8 + bit for index, byte in enumerate(bits) if byte for bit in range(8) if byte & 0x80 >> bit}


@given(st.sets(st.integers(0, PLACES - 1), max_size=5))
def test_the_first_place_is_the_highest_bit_of_the_first_byte(places):
    bits = bits_of(encoded_list(places))
    assert len(bits) * 8 == PLACES >= 131_072  # the least the recommendation allows, so that a place hides in a crowd
    assert {place for place in places if bits[place // 8] >> (7 - place % 8) & 1} == places
    assert sum(byte.bit_count() for byte in bits) == len(places)


def test_the_same_places_give_the_same_list():
    assert encoded_list([5, 3]) == encoded_list([3, 5])


def test_the_lists_of_every_year_still_valid_are_signed_with_times():
    parts = publishing()
    lists = list_signing(parts)
    parts.statuses.revoke_place(2026, 77, NOON)
    assert sign_status_lists(lists) == {2023: 0, 2024: 0, 2025: 0, 2026: 1}
    credential, places = places_in(parts)
    assert places == {77}
    assert credential["validFrom"] == "2026-11-21T12:00:00Z"
    assert credential["validUntil"] == "2026-11-21T12:15:00Z"
    assert credential["credentialSubject"]["ttl"] == 300_000
    assert credential["credentialSubject"]["statusPurpose"] == "revocation"
    assert parts.site.files["status/2026"][1] == "application/vc+jwt"


def test_a_revocation_that_arrives_while_signing_is_in_the_list_that_stays():
    parts = publishing()
    put = parts.site.put

    def put_while_someone_revokes(path, *rest):
        put(path, *rest)
        if path == "status/2026":
            parts.statuses.revoke_place(2026, 5, NOON)

    parts.site.put = put_while_someone_revokes
    sign_status_lists(list_signing(parts))
    assert places_in(parts)[1] == {5}


def test_a_slow_run_that_overwrites_a_newer_list_mends_it():
    parts = publishing()
    lists = list_signing(parts)
    put = parts.site.put

    def slow_put(path, *rest):
        if path == "status/2026":
            parts.site.put = put
            parts.statuses.revoke_place(2026, 9, NOON)
            sign_status_lists(lists)  # a faster run signs and publishes the newer list …
        put(path, *rest)  # … and then ours overwrites it

    parts.site.put = slow_put
    sign_status_lists(lists)
    assert places_in(parts)[1] == {9}


def test_a_list_that_never_settles_ends_in_an_error():
    parts = publishing()
    numbers = iter(range(1000))
    parts.statuses.revoked_places = lambda year: frozenset({next(numbers)})
    with pytest.raises(ListKeepsChangingError):
        sign_status_lists(list_signing(parts))


def test_a_new_key_closes_the_window_of_the_one_before():
    keys, old, new = MemoryKeys(), SoftwareSigner(11).public_key(), SoftwareSigner(12).public_key()
    ensure_current(keys, old, NOON)
    ensure_current(keys, old, NOON + timedelta(hours=1))
    later = NOON + timedelta(days=30)
    ensure_current(keys, new, later)
    ensure_current(keys, old, later + timedelta(minutes=1))  # a function that has not restarted yet
    document = json.loads(key_set_document(ensure_current(keys, new, later)))
    first, second = document["keys"]
    assert (first["kid"], first["nbf"], first["exp"]) == (old.key_id, int(NOON.timestamp()), int((later + ROLL_OUT).timestamp()))
    assert (second["kid"], second["nbf"], second.get("exp")) == (new.key_id, int(later.timestamp()), None)
    assert {"kty", "crv", "x", "y", "alg", "use"} <= set(first)


def test_places_outside_the_lists_are_refused():
    for year, place in ((2019, 0), (2026, PLACES), (2026, -1)):
        with pytest.raises(ValueError, match="no such place"):
            status_index(year, place)
