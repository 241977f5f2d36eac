"""The verification page to look at: every state at 360 and 1280 pixels, light and dark.

PYTHONPATH=.:layers/engine:layers/jalon python -m tests.certificates.screenshots .jalon/screenshots
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from jalon.certificates.publish_certificate import Publishing
from tests.certificates.conftest import Published, midsummer
from tests.certificates.fakes import publishing
from tests.certificates.site import ARGUMENTS, CHROMIUM, StaticSite
from tests.certificates.test_verification_access import HELD_DERIVATION, LET_IT_DERIVE
from tests.certificates.test_verification_page import open_fresh, revoke, type_in, verdict
from tests.sources import FixedClock

WIDTHS, SCHEMES = (360, 1280), ("light", "dark")
UNKNOWN = ("P-BCDF GHJK MPQ3", "3", "5", "2011")


def addresses(published: Published) -> dict[str, str]:
    """An address for each verdict that a token leads to. The oldest is issued first: a key's window opens with its first signature."""
    expired = published.certificate(3, days_ago=1200)
    genuine = published.certificate(first_name="Éloïse-Marie", last_name="Œuvrard d’Exemple")
    revoked = published.certificate(2)
    revoke(published, revoked)
    published.sign()
    found = {"genuine": genuine, "revoked": revoked, "expired": expired}
    return {state: published.address(certificate) for state, certificate in found.items()} | {"altered": published.address(genuine)[:-2]}


def states(page: object, published: Published, tokens: dict[str, str]) -> Iterator[str]:
    """Bring ``page`` into each state in turn; the state's name when it is there."""
    site = published.site
    page.goto(f"{site.url}/v")
    page.wait_for_selector("#typed")
    yield "start"
    page.click("button[type=submit]")
    yield "typing-errors"
    for state, address in tokens.items():
        open_fresh(page, address)
        verdict(page, state)
        yield state
    page.click("#result button")
    page.evaluate(HELD_DERIVATION)
    type_in(page, *UNKNOWN)
    yield "busy"
    page.evaluate(LET_IT_DERIVE)
    verdict(page, "unknown")
    yield "unknown"
    for state, broken in (("unchecked", {path for path in site.files if path.startswith("status/")}), ("offline", set(site.files) - {"v"})):
        site.broken = {path for path in broken if not path.startswith("verify/")}
        open_fresh(page, tokens["genuine"])
        verdict(page, state)
        yield state
    site.broken = set()


def main(folder: Path) -> None:
    """Photograph every state."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    site = StaticSite()
    now = midsummer()
    parts: Publishing = publishing(clock=FixedClock(now))
    with site.running(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        published = Published(site, parts, now)
        tokens = addresses(published)
        for width in WIDTHS:
            for scheme in SCHEMES:
                context = browser.new_context(locale="fr-FR", viewport={"width": width, "height": 740}, color_scheme=scheme)
                context.clock.set_fixed_time(now)
                page = context.new_page()
                for state in states(page, published, tokens):
                    page.screenshot(path=folder / f"{state}-{width}-{scheme}.png", full_page=True)
                context.close()
        browser.close()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
