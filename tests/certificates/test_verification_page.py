"""The verification page in a real Chromium, on the static files alone: every state, and nothing told to anyone."""

import re
from datetime import timedelta

import pytest

from jalon.certificates.revoke_certificate import Revocation, revoke_certificate
from jalon.certificates.token import fragment_of
from tests.certificates.fakes import SoftwareSigner

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

#: How many files the service worker keeps, asked until it is all five. Playwright's ``wait_for_function`` evaluates a string
#: in the page itself each time but the first, which the page's Content Security Policy refuses, and rightly.
FILES_KEPT_WITHIN_10_S = """async () => {
    const files = async () => (await (await caches.open("verify-1")).keys()).length;
    for (let wait = 0; wait < 100 && await files() < 5; wait++) await new Promise((again) => setTimeout(again, 100));
    return files();
}"""


def verdict(page, state: str) -> str:
    """Wait for a verdict and return the text of the result."""
    page.wait_for_selector(f"#result.{state}")
    return page.inner_text("#result")


def open_fresh(page, address: str) -> None:
    page.goto("about:blank")
    page.goto(address)


def revoke(published, certificate) -> None:
    parts = published.parts
    revoke_certificate(
        parts.certificates, parts.results, parts.statuses, parts.clock, Revocation(certificate.result.certification_id, "fraud")
    )


def type_in(page, code: str, day: str, month: str, year: str) -> None:
    page.fill("#code", code)
    page.fill("#day", day)
    page.fill("#month", month)
    page.fill("#year", year)
    page.click("button[type=submit]")


def test_a_genuine_certificate_shows_name_score_and_levels(page, published):
    certificate = published.certificate()
    page.goto(published.address(certificate))
    text = verdict(page, "genuine")
    assert "Certificat authentique" in text
    assert "Élève-Test Numéro 1" in text
    assert "312 pix sur 895" in text
    code = certificate.facts.code
    assert f"{code[:6]} {code[6:10]} {code[10:]}" in text
    assert re.search(r"4\.2 Protéger les données personnelles et la vie privée\s+7", text)
    assert text.count("non certifié") == 8


def test_the_token_leaves_the_address_bar(page, published):
    page.goto(published.address(published.certificate()))
    verdict(page, "genuine")
    assert page.url == f"{published.site.url}/v"
    assert page.evaluate("history.length") <= 2


def test_nothing_is_told_to_the_site_or_to_anyone_else(page, published):
    certificate = published.certificate()
    requests = []

    def note(request) -> None:
        requests.append(request)

    page.on("request", note)
    page.goto(published.address(certificate))
    verdict(page, "genuine")
    assert {re.match(r"\w+://[^/]+", request.url)[0] for request in requests if not request.url.startswith("data:")} == {published.site.url}
    known = {"/v", "/v-worker.js", "/verify/page.css", "/verify/page.js", "/.well-known/jalon-certificate-keys.json"}
    known.add(f"/status/{published.now.year}")
    assert set(published.site.asked) <= known
    assert {request.method for request in requests} == {"GET"}
    assert published.site.referrers == {None}


def test_an_expired_certificate_is_told_from_a_genuine_one(page, published):
    certificate = published.certificate(days_ago=1097)
    page.goto(published.address(certificate))
    assert "Certificat expiré" in verdict(page, "expired")


def test_the_last_day_of_validity_still_counts(page, published):
    page.goto(published.address(published.certificate(days_ago=1095)))
    verdict(page, "genuine")


def test_a_revoked_certificate_shows_as_revoked_at_once(page, published):
    certificate = published.certificate()
    other = published.certificate(2)
    revoke(published, certificate)
    published.sign()
    page.goto(published.address(certificate))
    assert "Certificat révoqué" in verdict(page, "revoked")
    open_fresh(page, published.address(other))
    verdict(page, "genuine")


def test_a_stale_list_never_says_genuine_and_still_says_revoked(page, published):
    certificate, revoked = published.certificate(days_ago=1), published.certificate(2)
    revoke(published, revoked)
    published.sign(ago=timedelta(hours=2))
    page.goto(published.address(certificate))
    assert "Dernière liste de révocation connue" in verdict(page, "unchecked")
    open_fresh(page, published.address(revoked))
    verdict(page, "revoked")


def test_without_any_list_the_revocation_is_unchecked(page, published):
    certificate = published.certificate()
    published.site.broken |= {path for path in published.site.files if path.startswith("status/")}
    page.goto(published.address(certificate))
    assert "Aucune liste de révocation n’a pu être lue" in verdict(page, "unchecked")


@pytest.mark.parametrize("forgery", ["another key", "another year", "cut"])
def test_a_list_that_is_not_ours_is_as_good_as_none(page, published, forgery):
    certificate = published.certificate()
    year = published.now.year
    path = f"status/{year}"
    token = published.site.files[path][0]
    if forgery == "another key":
        token = token[:-80] + (b"A" if token[-80:-79] != b"A" else b"B") + token[-79:]
    elif forgery == "another year":
        token = published.site.files[f"status/{year - 1}"][0]
    else:
        token = token[:-20]
    published.site.files[path] = (token, "application/vc+jwt")
    page.goto(published.address(certificate))
    verdict(page, "unchecked")


def test_a_clock_that_is_behind_does_not_revive_an_expired_certificate(page, published):
    certificate = published.certificate(days_ago=1200)
    page.clock.set_fixed_time(published.now - timedelta(days=400))
    page.goto(published.address(certificate))
    verdict(page, "expired")


def test_a_certificate_of_another_signer_is_altered(page, published):
    from tests.certificates.test_token import FACTS, sign_token

    published.sign()
    page.goto(f"{published.site.url}/v#{fragment_of(sign_token(SoftwareSigner(99), FACTS))}")
    assert "Certificat falsifié" in verdict(page, "altered")


def test_a_signature_dated_outside_its_keys_window_is_altered(page, published):
    certificate = published.certificate()
    key = published.parts.keys.kept[published.parts.signer.public_key().key_id]
    import dataclasses

    published.parts.keys.kept[key.key.key_id] = dataclasses.replace(
        key, until=key.since - timedelta(days=3), since=key.since - timedelta(days=9)
    )
    published.sign()
    page.goto(published.address(certificate))
    verdict(page, "altered")


def judged_in_page(page, tokens: list[bytes]) -> list[str]:
    """The verdicts of the page's own modules on many tokens at once."""
    return page.evaluate(
        """async (fragments) => {
            const {check} = await import("./verify/check.js");
            const {fromBase32, parseToken} = await import("./verify/token.js");
            const judge = async (fragment) => {
                try { return (await check(parseToken(fromBase32(fragment)))).state; } catch (error) { return error.constructor.name; }
            };
            const states = [];
            for (const fragment of fragments) states.push(await judge(fragment));
            return states;
        }""",
        tokens,
    )


@pytest.fixture
def with_modules(published):
    """The page's modules served one by one as well, so that a test may call them."""
    from tests.certificates.site import WEB

    for file in (WEB / "verify").glob("*.js"):
        published.site.files.setdefault(f"verify/{file.name}", (file.read_bytes(), "text/javascript"))
    return published


def test_a_change_of_any_byte_is_noticed(page, with_modules):
    certificate = with_modules.certificate()
    page.goto(f"{with_modules.site.url}/v")
    token = certificate.token
    changed = [
        token[:place] + bytes([token[place] ^ flip]) + token[place + 1 :]
        for place in range(len(token))
        for flip in (0x01, 0x20, 0x80, 0xFF)
    ]
    assert judged_in_page(page, [fragment_of(token)]) == ["genuine"]
    assert set(judged_in_page(page, [fragment_of(other) for other in changed])) == {"AlteredError"}


def test_a_change_of_any_character_is_noticed_and_so_are_cuts_and_additions(page, with_modules):
    fragment = fragment_of(with_modules.certificate().token)
    page.goto(f"{with_modules.site.url}/v")
    changed = [fragment[:at] + symbol + fragment[at + 1 :] for at in range(len(fragment)) for symbol in "A7a=%" if fragment[at] != symbol]
    changed += [fragment[:length] for length in range(len(fragment))]
    changed += [fragment + symbol for symbol in "AZ27="] + [fragment + "A" * 8, fragment.lower()]
    assert set(judged_in_page(page, changed)) == {"AlteredError"}


def test_a_changed_qr_code_shows_as_forged(page, published):
    fragment = fragment_of(published.certificate().token)
    swapped = fragment[:100] + ("A" if fragment[100] != "A" else "B") + fragment[101:]
    page.goto(f"{published.site.url}/v#{swapped}")
    text = verdict(page, "altered")
    assert "Élève" not in text


def test_the_typed_code_opens_the_certificate(page, published):
    certificate = published.certificate()
    page.goto(f"{published.site.url}/v")
    type_in(page, certificate.facts.code.lower().replace("-", " "), "3", "05", "2011")
    assert "Élève-Test Numéro 1" in verdict(page, "genuine")


def test_a_wrong_date_and_an_unknown_code_are_the_same_answer(page, published):
    certificate = published.certificate()
    page.goto(f"{published.site.url}/v")
    type_in(page, certificate.facts.code, "4", "5", "2011")
    wrong_date = verdict(page, "unknown")
    page.click("#result button")
    type_in(page, "P-BCDF GHJK MPQ3", "3", "5", "2011")
    assert verdict(page, "unknown") == wrong_date
    objects = [path for path in published.site.asked if path.startswith("/c/")]
    assert len(set(objects)) == 2
    assert all(re.fullmatch(r"/c/[0-9a-f]{32}", path) for path in objects)


def test_a_sealed_object_that_was_changed_is_never_shown(page, published):
    certificate = published.certificate()
    for path, (body, media_type) in list(published.site.files.items()):
        if path.startswith("c/"):
            published.site.files[path] = (body[:40] + bytes([body[40] ^ 1]) + body[41:], media_type)
    page.goto(f"{published.site.url}/v")
    type_in(page, certificate.facts.code, "3", "5", "2011")
    verdict(page, "altered")


def test_typing_errors_are_told_before_anything_is_asked(page, published):
    page.goto(f"{published.site.url}/v")
    type_in(page, "P-BCDFGHJKMPQ4", "31", "2", "2011")
    assert "faute de frappe" in page.inner_text("#code-error")
    assert "n’existe pas" in page.inner_text("#birth-error")
    assert page.evaluate("document.activeElement.id") == "code"
    assert page.get_attribute("#day", "aria-invalid") == "true"
    assert not [path for path in published.site.asked if path.startswith("/c/")]


def test_the_site_that_does_not_answer_is_not_a_verdict(page, published):
    certificate = published.certificate()
    published.site.broken.add(".well-known/jalon-certificate-keys.json")
    page.goto(published.address(certificate))
    assert "Vérification impossible" in verdict(page, "offline")


def test_offline_the_signature_is_checked_and_the_revocation_while_the_list_is_fresh(page, published):
    certificate = published.certificate()
    page.goto(f"{published.site.url}/v")
    page.evaluate("navigator.serviceWorker.ready")
    assert page.evaluate(FILES_KEPT_WITHIN_10_S) == 5
    page.context.set_offline(True)
    open_fresh(page, published.address(certificate))
    verdict(page, "genuine")
    page.clock.set_fixed_time(published.now + timedelta(minutes=16))
    open_fresh(page, published.address(certificate))
    assert "révocation non vérifiée" in verdict(page, "unchecked")
    page.click("#result button")
    type_in(page, certificate.facts.code, "3", "5", "2011")
    verdict(page, "offline")
    page.context.set_offline(False)


def test_the_worker_keeps_nothing_about_a_person(page, published):
    certificate = published.certificate()
    page.goto(f"{published.site.url}/v")
    page.evaluate("navigator.serviceWorker.ready")
    type_in(page, certificate.facts.code, "3", "5", "2011")
    verdict(page, "genuine")
    page.reload()
    kept = page.evaluate(
        "caches.open('verify-1').then(async (cache) => (await cache.keys()).map((request) => new URL(request.url).pathname))"
    )
    assert not [path for path in kept if path.startswith("/c/")]
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_english_is_one_click_away(page, published):
    page.goto(published.address(published.certificate()))
    verdict(page, "genuine")
    page.click("[data-language=en]")
    text = page.inner_text("#result")
    assert "Genuine certificate" in text
    assert "312 pix out of 895" in text
    assert page.get_attribute("html", "lang") == "en"


def test_the_verdict_takes_the_focus_and_the_title(page, published):
    page.goto(published.address(published.certificate()))
    verdict(page, "genuine")
    assert page.evaluate("document.activeElement.id") == "result"
    assert page.title().startswith("Certificat authentique")


def test_the_whole_page_weighs_at_most_12_kb_compressed():
    import gzip

    from tests.certificates.site import page_files

    files = {key: body for key, (body, _) in page_files().items() if key not in {"404.html", "robots.txt"}}
    assert sum(len(gzip.compress(body, 9, mtime=0)) for body in files.values()) <= 12_000


def test_the_served_headers_are_those_of_the_template():
    """The tests' server sends the policy that CloudFront sends."""
    from tests.certificates.site import CONTENT_SECURITY_POLICY
    from tests.cloud import template

    headers = template()["Resources"]["SiteHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert headers["ContentSecurityPolicy"]["ContentSecurityPolicy"].split() == CONTENT_SECURITY_POLICY.split()
