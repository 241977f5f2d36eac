"""Step 9: anyone checks certificates on the static page: in a real browser, or with independent libraries where there is none."""

import base64
import gzip
import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Self

import cbor2
import httpx
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.jwk import ECKey

from local.journey.api import JourneyError
from local.journey.school import wait_until
from local.journey.story import Story

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

#: A way to check: (kind, value) → state, where kind is "token" or "typed" (code, birth date).
Check = Callable[[dict[str, str]], str]


def verify(story: Story) -> str:
    """The QR payload and the typed code are genuine, a changed one is refused, a revoked one is revoked."""
    browser = next((found for found in map(shutil.which, BROWSERS) if found), None)
    if browser:
        with _Browser(browser, story.verify_url) as page:
            _expect_all(story, page.check)
            page.screenshot(story)
        return "in Chromium: genuine by QR code and by typed code, altered, unknown, revoked"
    _expect_all(story, Library(story.verify_url.removesuffix("/v")).check)
    return "no browser is installed here: the same objects were checked with independent libraries (cbor2, cryptography, joserfc)"


def _expect_all(story: Story, check: Check) -> None:
    genuine, token = story.certificate, story.certificate["token"]
    changed = token[:60] + BASE32[(BASE32.index(token[60]) + 1) % 32] + token[61:]
    day_after = f"{genuine['birth_date'][:8]}{int(genuine['birth_date'][8:]) % 28 + 1:02d}"
    cases = (
        ("the QR code", {"token": token}, "genuine"),
        ("the typed code", {"code": genuine["code"], "birth_date": genuine["birth_date"]}, "genuine"),
        ("a changed QR code", {"token": changed}, "altered"),
        ("the code with another birth date", {"code": genuine["code"], "birth_date": day_after}, "unknown"),
    )
    for what, asked, expected in cases:
        _expect(what, check(asked), expected)
    wait_until(lambda: check({"token": story.revoked["token"]}) == "revoked", "the revoked certificate shows as revoked")
    _expect("the certificate that stays", check({"token": token}), "genuine")


def _expect(what: str, state: str, expected: str) -> None:
    if state != expected:
        raise JourneyError(f"{what} is shown as {state}, not {expected}")


class _Browser:
    """A headless Chromium on the verification page."""

    def __init__(self, executable: str, url: str) -> None:
        from playwright.sync_api import sync_playwright

        self._url = url
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=executable, args=FLAGS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()
        self._playwright.stop()

    def check(self, asked: dict[str, str]) -> str:
        """Open the page as someone would who holds this, and read the verdict it shows."""
        context = self._browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900}, service_workers="block")
        page = context.new_page()
        try:
            page.goto(f"{self._url}#{asked['token']}" if "token" in asked else self._url)
            if "code" in asked:
                year, month, day = asked["birth_date"].split("-")
                for field, value in (("code", asked["code"]), ("day", day), ("month", month), ("year", year)):
                    page.fill(f"#{field}", value)
                page.click("#typed button[type=submit]")
            page.wait_for_selector("#result:not([hidden]):not([aria-busy=true]) .verdict", timeout=20_000)
            if "#" in page.url:
                raise JourneyError("the token stays in the address bar")
            return str(page.get_attribute("#result", "class"))
        finally:
            context.close()

    def screenshot(self, story: Story) -> None:
        """Keep a picture of a genuine certificate's verdict beside the certificate."""
        page = self._browser.new_page(locale="fr-FR", viewport={"width": 1280, "height": 900})
        page.goto(f"{self._url}#{story.certificate['token']}")
        page.wait_for_selector("#result.genuine")
        page.screenshot(path=str(story.folder / "verification.png"), full_page=True)
        page.close()


class Library:
    """The same checks with libraries that know nothing of us, over the static files alone."""

    def __init__(self, site_url: str) -> None:
        self._site_url = site_url

    def _get(self, path: str) -> httpx.Response:
        return httpx.get(self._site_url + path, timeout=10)

    def check(self, asked: dict[str, str]) -> str:
        """The state the page would show."""
        if "token" in asked:
            return self._judge(base64.b32decode(asked["token"] + "=" * (-len(asked["token"]) % 8)))
        sealed = self._open(asked["code"].removeprefix("P-"), asked["birth_date"])
        return "unknown" if sealed is None else self._judge(sealed)

    def _judge(self, token: bytes) -> str:
        try:
            protected, _, payload, signature = cbor2.loads(token).value
            kid = cbor2.loads(protected)[4].hex()
            fields = cbor2.loads(payload)
            self._verify(kid, cbor2.dumps(["Signature1", protected, b"", payload]), signature)
        except (InvalidSignature, cbor2.CBORDecodeError, AttributeError, KeyError, StopIteration, ValueError, TypeError):
            return "altered"
        issue_day, validity_days, place = fields[3], fields[4], fields[9]
        if self._revoked(place):
            return "revoked"
        return "genuine" if datetime.now(UTC).timestamp() < (issue_day + validity_days) * 86_400 else "expired"

    def _verify(self, kid: str, signed: bytes, signature: bytes) -> None:
        keys = self._get("/.well-known/jalon-certificate-keys.json").raise_for_status().json()["keys"]
        jwk = next(key for key in keys if key["kid"] == kid)
        public = ECKey.import_key({name: jwk[name] for name in ("kty", "crv", "x", "y")}).public_key
        if not isinstance(public, EllipticCurvePublicKey):
            raise JourneyError("the published key is not an elliptic curve key")
        half = len(signature) // 2
        der = encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
        public.verify(der, signed, ECDSA(hashes.SHA256()))

    def _revoked(self, index: int) -> bool:
        year, place = 2020 + index // (1 << 22), index % (1 << 22)
        header, payload, signature = self._get(f"/status/{year}").raise_for_status().text.split(".")
        self._verify(str(_json(header)["kid"]), f"{header}.{payload}".encode(), _bytes(signature))
        document = _json(payload)
        if datetime.fromisoformat(document["validUntil"]) < datetime.now(UTC):
            raise JourneyError("the status list is stale: nothing can be said of revocation")
        bits = gzip.decompress(_bytes(document["credentialSubject"]["encodedList"][1:]))
        return bool(bits[place >> 3] & (0x80 >> (place & 7)))

    def _open(self, symbols: str, birth_date: str) -> bytes | None:
        master = hashlib.pbkdf2_hmac("sha256", f"{symbols}|{birth_date}".encode(), b"jalon/certificate/v1", 600_000)
        object_id = _hkdf(master, b"object", 16).hex()
        answer = self._get(f"/c/{object_id}")
        if answer.status_code in {403, 404}:
            return None
        sealed = answer.raise_for_status().content
        try:
            plain = AESGCM(_hkdf(master, b"encryption", 32)).decrypt(sealed[:12], sealed[12:], object_id.encode())
        except InvalidTag as error:
            raise JourneyError("the sealed object cannot be opened with its own code and birth date") from error
        return plain[2 : 2 + int.from_bytes(plain[:2], "big")]


def _hkdf(master: bytes, label: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt=None, info=label).derive(master)


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _json(part: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_bytes(part))
    return document
