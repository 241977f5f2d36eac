"""The Open Badge: signed once, read by another library, checked end to end as docs/certificates.md tells a stranger to."""

import gzip
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier

from jalon.certificates.open_badge import compact
from jalon.certificates.publish_certificate import publish_certificate
from jalon.certificates.revoke_certificate import Revocation, revoke_certificate
from jalon.certificates.sign_status_lists import sign_status_lists
from jalon.kernel.base64url import base64url, from_base64url
from tests.certificates.fakes import LEVELS, NOON, SITE_URL, a_result, list_signing, publishing
from tests.sources import FixedClock


def fetch(parts, address: str) -> bytes:
    """What the static site answers."""
    assert address.startswith(f"{SITE_URL}/")
    return parts.site.files[address.removeprefix(f"{SITE_URL}/")][0]


def verify(parts, token: str) -> dict:
    """The recipe of docs/certificates.md, with joserfc: follow the ``kid`` on the issuer's site, check the signature."""
    header = json.loads(from_base64url(token.split(".", maxsplit=1)[0]))
    key = ECKey.import_key(json.loads(fetch(parts, header["kid"])))
    return json.loads(jws.deserialize_compact(token, key, algorithms=["ES256"]).payload)


def is_revoked(parts, credential: dict) -> bool:
    """The recipe's second half: the issuer's signed list, at the credential's place."""
    status = credential["credentialStatus"]
    token = fetch(parts, status["statusListCredential"]).decode()
    header = json.loads(from_base64url(token.split(".")[0]))
    keys = json.loads(fetch(parts, f"{SITE_URL}/.well-known/jalon-certificate-keys.json"))["keys"]
    key = ECKey.import_key(next(key for key in keys if key["kid"] == header["kid"]))
    listed = json.loads(jws.deserialize_compact(token, key, algorithms=["ES256"]).payload)
    assert listed["validFrom"] <= "2026-11-21T12:00:00Z" < listed["validUntil"]
    bits = gzip.decompress(from_base64url(listed["credentialSubject"]["encodedList"][1:]))
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


# -- the standard's own schema


def validator() -> jsonschema.Draft201909Validator:
    schema = json.loads((Path(__file__).parent / "ob_v3p0_achievementcredential_schema.json").read_text())
    return jsonschema.Draft201909Validator(schema, format_checker=jsonschema.FormatChecker())


def test_it_satisfies_the_schema_of_open_badges_3(published):
    parts, certificate = published
    credential = verify(parts, compact(certificate.credential))
    assert [error.message for error in validator().iter_errors(credential)] == []


DEFECTS = {
    "no date": lambda credential: credential.pop("validFrom"),
    "another context first": lambda credential: credential["@context"].reverse(),
    "not a badge": lambda credential: credential["type"].remove("OpenBadgeCredential"),
    "no achievement": lambda credential: credential["credentialSubject"].pop("achievement"),
    "a kind of achievement nobody knows": lambda credential: credential["credentialSubject"]["achievement"].update(achievementType="Medal"),
    "an achievement without criteria": lambda credential: credential["credentialSubject"]["achievement"].pop("criteria"),
    "a name without its kind": lambda credential: credential["credentialSubject"]["identifier"][0].pop("identityType"),
    "more in a name": lambda credential: credential["credentialSubject"]["identifier"][0].update(birth="2011"),
    "a number for a result": lambda credential: credential["credentialSubject"]["result"][0].update(value=312),
    "a result nobody describes": lambda credential: credential["credentialSubject"]["achievement"]["resultDescription"][0].pop("name"),
    "a status without its kind": lambda credential: credential["credentialStatus"].pop("type"),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_schema_notices_a_defect(published, defect):
    parts, certificate = published
    credential = verify(parts, compact(certificate.credential))
    DEFECTS[defect](credential)
    assert list(validator().iter_errors(credential))


def test_every_result_is_one_that_the_achievement_describes_within_its_bounds(published):
    """What a schema cannot say (Open Badges 3.0, Result and ResultDescription)."""
    parts, certificate = published
    subject = verify(parts, compact(certificate.credential))["credentialSubject"]
    described = {item["id"]: item for item in subject["achievement"]["resultDescription"]}
    assert len(described) == 17
    for result in subject["result"]:
        bounds = described[result["resultDescription"]]
        assert int(bounds["valueMin"]) <= int(result["value"]) <= int(bounds["valueMax"])


# -- an independent Open Badges library

#: Longer than a list may be trusted.
LONG_AGO = timedelta(hours=2)


@pytest.fixture
def today():
    """Signed now, because the library looks at the clock; published a little earlier, in a year that had its list even then."""
    now = datetime.now(UTC)
    parts = publishing(clock=FixedClock(now - LONG_AGO))
    line = publish_certificate(parts, a_result())
    parts.clock.instant = now
    sign_status_lists(list_signing(parts))
    return parts, parts.certificates.by_code(line.code)


def library(parts) -> OB3Verifier:
    key = parts.keys.windows()[0].key
    public = ec.EllipticCurvePublicNumbers(int.from_bytes(key.x), int.from_bytes(key.y), ec.SECP256R1()).public_key()
    return OB3Verifier(public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))


def test_an_open_badges_library_verifies_the_badge_and_its_status(today):
    parts, certificate = today
    token = compact(certificate.credential)
    read = library(parts).verify(token, check_status=True, download=lambda address: fetch(parts, address))
    assert read.issuer.id == SITE_URL
    command = Revocation(certificate.result.certification_id, "fraud")
    revoke_certificate(parts.certificates, parts.results, parts.statuses, parts.clock, command)
    sign_status_lists(list_signing(parts))
    with pytest.raises(OB3VerificationError, match="is set"):
        library(parts).verify(token, check_status=True, download=lambda address: fetch(parts, address))


def test_the_library_takes_no_stale_list_for_a_good_one(today):
    parts, certificate = today
    parts.clock.instant -= LONG_AGO
    sign_status_lists(list_signing(parts))
    with pytest.raises(OB3VerificationError):
        library(parts).verify(compact(certificate.credential), check_status=True, download=lambda address: fetch(parts, address))


# -- the recipe of docs/certificates.md, as it is written there


def recipe() -> str:
    (code,) = re.findall(r"```python\n(.*?)```", (Path(__file__).parents[2] / "docs/certificates.md").read_text(), re.DOTALL)
    assert code.count("https://…") == 1
    return code.replace("https://…", SITE_URL)


def follow(monkeypatch, parts, token: str) -> dict:
    """Run the recipe over the static site; what it found."""
    monkeypatch.setattr("urllib.request.urlopen", lambda address: io.BytesIO(fetch(parts, address)))
    found = {"token": token}
    exec(compile(recipe(), "docs/certificates.md", "exec"), found)
    return found


def test_the_documented_recipe_verifies_and_sees_a_revocation(monkeypatch, today):
    parts, certificate = today
    token = compact(certificate.credential)
    found = follow(monkeypatch, parts, token)
    assert found["credential"]["credentialSubject"]["identifier"][0]["identityHash"] == "Élève-Test Numéro 1"
    assert found["revoked"] is False
    command = Revocation(certificate.result.certification_id, "fraud")
    revoke_certificate(parts.certificates, parts.results, parts.statuses, parts.clock, command)
    sign_status_lists(list_signing(parts))
    assert follow(monkeypatch, parts, token)["revoked"] is True


def test_the_documented_recipe_refuses_what_is_forged_foreign_or_stale(monkeypatch, today):
    parts, certificate = today
    token = compact(certificate.credential)
    head, payload, signature = token.split(".")
    with pytest.raises(BadSignatureError):
        follow(monkeypatch, parts, f"{head}.{payload[:-8]}{'A' * 8}.{signature}")
    elsewhere = json.dumps({"alg": "ES256", "kid": "https://elsewhere.example/key.json", "typ": "JWT"}).encode()
    with pytest.raises(AssertionError):
        follow(monkeypatch, parts, f"{base64url(elsewhere)}.{payload}.{signature}")
    parts.clock.instant -= LONG_AGO
    sign_status_lists(list_signing(parts))
    with pytest.raises(AssertionError):
        follow(monkeypatch, parts, token)
