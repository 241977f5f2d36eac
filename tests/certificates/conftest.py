"""A site with certificates on it, and Chromium."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from jalon.certificates.certificate import Certificate
from jalon.certificates.publish_certificate import Publishing, publish_certificate
from jalon.certificates.sign_status_lists import sign_status_lists
from jalon.certificates.token import fragment_of
from tests.certificates.fakes import SITE_URL, a_result, list_signing, publishing
from tests.certificates.site import ARGUMENTS, CHROMIUM, StaticSite
from tests.sources import FixedClock


@pytest.fixture(scope="module")
def chromium() -> Iterator:
    """Debian’s Chromium, driven by Playwright; CI installs it (``tools/need-browser.sh``).

    Closed after each module: while it is open an event loop runs, beside which no ASGI handler can be called.
    """
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium to test the verification page in a real browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


def midsummer() -> datetime:
    """The time by the tests' clocks: far from both ends of a year, each of which has a list of its own.

    Of this very year, because the page's service worker keeps the list of the year that it is by its own clock, which no test sets.
    """
    return datetime(datetime.now(UTC).year, 7, 1, 12, tzinfo=UTC)


@dataclass
class Published:
    """A site whose certificates were published ``days_ago`` days before ``now`` and whose lists were signed at that instant."""

    site: StaticSite
    parts: Publishing
    now: datetime

    def certificate(self, number: int = 1, days_ago: int = 0, **changes) -> Certificate:
        self.parts.clock.instant = self.now - timedelta(days=days_ago)
        result = a_result(number, **changes)
        line = publish_certificate(self.parts, result)
        self.sign()
        return self.parts.certificates.by_code(line.code)

    def sign(self, ago: timedelta = timedelta(0)) -> None:
        self.parts.clock.instant = self.now - ago
        sign_status_lists(list_signing(self.parts))
        self.site.publish(self.parts.site.files)

    def address(self, certificate: Certificate) -> str:
        return f"{self.site.url}/v#{fragment_of(certificate.token)}"


@pytest.fixture
def published() -> Iterator[Published]:
    site, now = StaticSite(), midsummer()
    with site.running():
        yield Published(site, publishing(clock=FixedClock(now)), now)


@pytest.fixture
def page(chromium) -> Iterator:
    """A fresh, French-speaking phone on which it is midsummer; the test fails on any error in the page's console."""
    context = chromium.new_context(locale="fr-FR", viewport={"width": 360, "height": 740}, timezone_id="Europe/Paris")
    context.clock.set_fixed_time(midsummer())
    page = context.new_page()
    page.set_default_timeout(30_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None)
    yield page
    context.close()
    assert wrong == []


__all__ = ["SITE_URL", "Published", "chromium", "page", "published"]
