"""The Open Badge: signed once, read by another library, checked end to end as docs/certificates.md tells a stranger to."""

import gzip
import json
from datetime import timedelta

import pytest
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey

from jalon.certificates.open_badge import compact
from jalon.certificates.publish_certificate import publish_certificate
from jalon.certificates.revoke_certificate import Revocation, revoke_certificate
from jalon.certificates.sign_status_lists import sign_status_lists
from jalon.certificates.signing import unbase64url
from tests.certificates.fakes import LEVELS, NOON, SITE_URL, a_result, list_signing, publishing


def fetch(parts, address: str) -> bytes:
    """What the static site answers."""
    assert address.startswith(f"{SITE_URL}/")
    return parts.site.files[address.removeprefix(f"{SITE_URL}/")][0]


def verify(parts, token: str) -> dict:
    """The recipe of docs/certificates.md, with joserfc: follow the ``kid`` on the issuer's site, check the signature."""
    header = json.loads(unbase64url(token.split(".", maxsplit=1)[0]))
    key = ECKey.import_key(json.loads(fetch(parts, header["kid"])))
    return json.loads(jws.deserialize_compact(token, key, algorithms=["ES256"]).payload)


def is_revoked(parts, credential: dict) -> bool:
    """The recipe's second half: the issuer's signed list, at the credential's place."""
    status = credential["credentialStatus"]
    token = fetch(parts, status["statusListCredential"]).decode()
    header = json.loads(unbase64url(token.split(".")[0]))
    keys = json.loads(fetch(parts, f"{SITE_URL}/.well-known/jalon-certificate-keys.json"))["keys"]
    key = ECKey.import_key(next(key for key in keys if key["kid"] == header["kid"]))
    listed = json.loads(jws.deserialize_compact(token, key, algorithms=["ES256"]).payload)
    assert listed["validFrom"] <= "2026-11-21T12:00:00Z" < listed["validUntil"]
    bits = gzip.decompress(unbase64url(listed["credentialSubject"]["encodedList"][1:]))
    place = int(status["statusListIndex"])
    return bool(bits[place // 8] >> (7 - place % 8) & 1)


@pytest.fixture
def published():
    parts = publishing()
    line = publish_certificate(parts, a_result())
    sign_status_lists(list_signing(parts))
    return parts, parts.certificates.by_code(line.code)


def test_another_library_follows_the_key_and_verifies(published):
    parts, certificate = published
    credential = verify(parts, compact(certificate.credential))
    assert credential["iss"] == credential["issuer"]["id"] == SITE_URL
    assert credential["jti"] == credential["id"]
    assert credential["sub"] == credential["credentialSubject"]["id"] != credential["id"]
    assert credential["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert (credential["validFrom"], credential["validUntil"]) == ("2026-11-21T00:00:00Z", "2029-11-21T00:00:00Z")
    assert credential["nbf"] <= NOON.timestamp() < credential["exp"]


def test_it_says_name_score_and_levels_and_nothing_of_birth(published):
    parts, certificate = published
    token = compact(certificate.credential)
    subject = verify(parts, token)["credentialSubject"]
    assert subject["identifier"][0]["identityHash"] == "Élève-Test Numéro 1"
    described = {item["id"]: item for item in subject["achievement"]["resultDescription"]}
    results = {described[item["resultDescription"]]["name"].split()[0]: item["value"] for item in subject["result"]}
    assert results == {"Score": "312"} | {code: str(level) for code, level in LEVELS.items()}
    text = json.dumps(verify(parts, token), ensure_ascii=False)
    assert "2011" not in text
    assert "Exempleville" not in text


def test_its_status_is_the_certificates_place_in_the_signed_list(published):
    parts, certificate = published
    credential = verify(parts, compact(certificate.credential))
    assert not is_revoked(parts, credential)
    command = Revocation(certificate.result.certification_id, "fraud")
    revoke_certificate(parts.certificates, parts.results, parts.statuses, parts.clock, command)
    sign_status_lists(list_signing(parts))
    assert is_revoked(parts, credential)


def test_a_change_anywhere_is_noticed(published):
    parts, certificate = published
    token = compact(certificate.credential)
    head, payload, signature = token.split(".")
    for changed in (
        f"{head}.{payload[:50]}{'A' if payload[50] != 'A' else 'B'}{payload[51:]}.{signature}",
        f"{head}.{payload}.{signature[::-1]}",
    ):
        with pytest.raises((BadSignatureError, ValueError)):
            verify(parts, changed)


def test_it_is_kept_small_and_comes_out_the_same(published):
    parts, certificate = published
    assert len(certificate.credential) < 2000
    parts.clock.instant += timedelta(days=1)
    publish_certificate(parts, a_result())
    assert parts.certificates.get(certificate.result.certification_id, 1000).credential == certificate.credential
