"""The verification page for everyone: axe finds nothing, the keyboard reaches everything, a file or a printed sheet will do."""

import base64
import re
import shutil

import pytest

from functions.certificates.printing.document import print_certificate
from jalon.certificates.token import fragment_of
from tests.certificates.seals import software_seal
from tests.certificates.test_verification_page import open_fresh, revoke, type_in, verdict

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: A phone as slow as the test wants: the key is derived once the test lets it.
HELD_DERIVATION = """() => {
    const derive = crypto.subtle.deriveBits.bind(crypto.subtle);
    const held = new Promise((resolve) => { window.derive = resolve; });
    crypto.subtle.deriveBits = async (how, ...rest) => {
        if (how.name === "PBKDF2") await held;
        return derive(how, ...rest);
    };
}"""
LET_IT_DERIVE = "derive()"


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core's script, as the package axe-playwright-python brings it."""
    package = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is missing: install the test dependencies")
    from pathlib import Path

    return (Path(package.__file__).parent / "axe.min.js").read_text()


def violations(page, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("standards => axe.run({runOnly: standards})", STANDARDS)["violations"]
    return [f"{item['id']}: {node['html'][:120]}" for item in found for node in item["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_in_any_state(page, published, axe, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    expired, genuine, revoked = published.certificate(3, days_ago=1200), published.certificate(), published.certificate(2)
    revoke(published, revoked)
    published.sign()
    page.goto(f"{published.site.url}/v")
    assert violations(page, axe) == []
    page.click("button[type=submit]")
    assert violations(page, axe) == []
    altered = published.address(genuine)[:-2]
    for address, state in (
        (published.address(genuine), "genuine"),
        (published.address(revoked), "revoked"),
        (published.address(expired), "expired"),
        (altered, "altered"),
    ):
        open_fresh(page, address)
        verdict(page, state)
        assert violations(page, axe) == [], state
    page.click("#result button")
    page.evaluate(HELD_DERIVATION)
    type_in(page, "P-BCDFGHJKMPQ3", "3", "5", "2011")
    page.wait_for_selector("#result.busy progress")
    assert violations(page, axe) == [], "busy"
    page.evaluate(LET_IT_DERIVE)
    verdict(page, "unknown")
    assert violations(page, axe) == [], "unknown"
    published.site.broken |= {path for path in published.site.files if path.startswith("status/")}
    open_fresh(page, published.address(genuine))
    verdict(page, "unchecked")
    assert violations(page, axe) == [], "unchecked"
    published.site.broken.add(".well-known/jalon-certificate-keys.json")
    open_fresh(page, published.address(genuine))
    verdict(page, "offline")
    assert violations(page, axe) == [], "offline"


def test_nothing_scrolls_sideways_on_a_narrow_phone(page, published):
    page.set_viewport_size({"width": 320, "height": 600})
    page.goto(published.address(published.certificate(first_name="Anne-Charlotte-Marie-Joséphine-Élisabeth-Victoire")))
    verdict(page, "genuine")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


SHIFTS = """() => new Promise((resolve) => {
    const sum = (list) => list.getEntries().reduce((total, {value}) => total + value, 0);
    new PerformanceObserver((list) => resolve(sum(list))).observe({type: "layout-shift", buffered: true});
    setTimeout(() => resolve(0), 300);
})"""


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_does_not_jump_while_it_loads(page, published, width):
    """Web Vitals calls a cumulative layout shift of 0.1 good; here next to nothing moves."""
    page.set_viewport_size({"width": width, "height": 740})
    certificate = published.certificate()
    page.goto(f"{published.site.url}/v")
    page.wait_for_selector("#typed")
    assert page.evaluate(SHIFTS) < 0.02
    open_fresh(page, published.address(certificate))
    verdict(page, "genuine")
    assert page.evaluate(SHIFTS) < 0.02


def test_without_scripts_the_page_says_what_it_needs(chromium, published):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{published.site.url}/v")
    assert "JavaScript" in page.inner_text("main")
    assert page.is_hidden("#typed")
    context.close()


def test_everything_is_reached_and_used_with_the_keyboard(page, published):
    certificate = published.certificate()
    page.goto(f"{published.site.url}/v")
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.dataset.language || document.activeElement.type"))
    assert reached[:8] == ["fr", "en", "code", "day", "month", "year", "submit", "file"]
    page.focus("#code")
    page.keyboard.type(certificate.facts.code)
    for text in ("3", "5", "2011"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    verdict(page, "genuine")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#typed")
    assert page.evaluate("document.activeElement.id") == "code"


def test_the_slow_derivation_shows_progress_and_leaves_the_page_alive(page, published):
    page.goto(f"{published.site.url}/v")
    page.evaluate(HELD_DERIVATION)
    type_in(page, "P-BCDFGHJKMPQ3", "3", "5", "2011")
    page.wait_for_selector("#result.busy progress")
    assert page.get_attribute("#result", "aria-busy") == "true"
    page.click("[data-language=en]")
    assert "Checking" in page.inner_text("#result")
    assert page.get_attribute("#result", "aria-busy") == "true"
    page.evaluate(LET_IT_DERIVE)
    verdict(page, "unknown")
    assert page.get_attribute("#result", "aria-busy") == "false"


def test_the_pdf_itself_is_checked_without_leaving_the_device(page, published):
    certificate = published.certificate()
    pdf = print_certificate(certificate, "https://jalon.example")
    page.goto(f"{published.site.url}/v")
    page.set_input_files("#file", {"name": "certificat.pdf", "mimeType": "application/pdf", "buffer": pdf})
    assert "Élève-Test Numéro 1" in verdict(page, "genuine")
    page.click("#result button")
    page.set_input_files("#file", {"name": "autre.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 nothing in it"})
    verdict(page, "altered")
    assert not [path for path in published.site.asked if "certificat.pdf" in path]


@pytest.mark.parametrize("name", [{}, {"first_name": "த" * 100, "last_name": "ம" * 100}], ids=["usual", "longest"])
def test_a_sealed_pdf_is_checked_like_any_other(page, published, name):
    pdf = print_certificate(published.certificate(**name), "https://jalon.example", seal=software_seal())
    page.goto(f"{published.site.url}/v")
    page.set_input_files("#file", {"name": "certificat.pdf", "mimeType": "application/pdf", "buffer": pdf})
    verdict(page, "genuine")


def test_the_pdf_may_be_dropped_on_the_page(page, published):
    pdf = print_certificate(published.certificate(), "https://jalon.example")
    page.goto(f"{published.site.url}/v")
    page.evaluate(
        """(encoded) => {
            const bytes = Uint8Array.from(atob(encoded), (symbol) => symbol.charCodeAt(0));
            const carried = new DataTransfer();
            carried.items.add(new File([bytes], "certificat.pdf", {type: "application/pdf"}));
            dispatchEvent(new DragEvent("drop", {dataTransfer: carried, cancelable: true}));
        }""",
        base64.b64encode(pdf).decode(),
    )
    verdict(page, "genuine")


def test_a_changed_pdf_shows_as_forged(page, published):
    certificate = published.certificate()
    pdf = print_certificate(certificate, "https://jalon.example")
    fragment = fragment_of(certificate.token).encode()
    changed = fragment[:60] + (b"A" if fragment[60:61] != b"A" else b"B") + fragment[61:]
    page.goto(f"{published.site.url}/v")
    page.set_input_files("#file", {"name": "f.pdf", "mimeType": "application/pdf", "buffer": pdf.replace(fragment, changed)})
    verdict(page, "altered")


@pytest.fixture
def with_camera(page):
    """A detector and a camera in place of those a headless browser lacks: the page's own part is what is tested."""

    def install(detect: str) -> None:
        page.add_init_script(
            f"""
            window.tracks = [];
            window.BarcodeDetector = class {{ async detect() {{ {detect} }} }};
            const canvas = document.createElement("canvas");
            setInterval(() => canvas.getContext("2d").fillRect(0, 0, Math.random() * 99, 99), 50);
            const getUserMedia = async () => {{
                const stream = canvas.captureStream(10);
                window.tracks.push(...stream.getTracks());
                return stream;
            }};
            Object.defineProperty(navigator, "mediaDevices", {{value: {{getUserMedia}}}});
            """
        )

    return install


def camera_is_off(page) -> bool:
    return page.is_hidden("#camera") and page.evaluate("tracks.length > 0 && tracks.every((track) => track.readyState === 'ended')")


def test_the_camera_reads_the_code_where_the_browser_can_and_goes_off(page, published, with_camera):
    with_camera(f'return [{{rawValue: "{published.address(published.certificate())}"}}];')
    page.goto(f"{published.site.url}/v")
    page.click("#scan")
    verdict(page, "genuine")
    assert camera_is_off(page)


def test_a_code_that_leads_elsewhere_is_looked_past(page, published, with_camera):
    with_camera('return [{rawValue: "https://elsewhere.example/menu"}];')
    page.goto(f"{published.site.url}/v")
    page.click("#scan")
    page.wait_for_selector("#camera", state="visible")
    page.wait_for_timeout(500)
    assert page.is_visible("#camera")
    page.click("[data-language=en]")
    assert page.inner_text("#scan") == "Stop the camera"
    page.click("#scan")
    assert camera_is_off(page)
    assert page.inner_text("#scan") == "Scan the QR code with the camera"


def test_the_camera_goes_off_when_another_way_is_taken(page, published, with_camera):
    with_camera("return [];")
    certificate = published.certificate()
    page.goto(f"{published.site.url}/v")
    page.click("#scan")
    page.wait_for_selector("#camera", state="visible")
    type_in(page, certificate.facts.code, "3", "5", "2011")
    verdict(page, "genuine")
    assert camera_is_off(page)


def test_a_detector_that_fails_turns_the_camera_off_and_says_so(page, published, with_camera):
    with_camera('throw new Error("no service");')
    page.goto(f"{published.site.url}/v")
    page.click("#scan")
    page.wait_for_selector("#scan:text-is('La caméra n’est pas disponible.')")
    assert camera_is_off(page)


def test_without_a_detector_the_camera_is_not_offered(page, published):
    page.goto(f"{published.site.url}/v")
    assert page.evaluate("'BarcodeDetector' in window") is False
    assert page.is_hidden("#scan")


def test_the_printed_verdict_leaves_the_buttons_out(page, published):
    page.goto(published.address(published.certificate()))
    verdict(page, "genuine")
    page.emulate_media(media="print")
    assert page.is_visible(".name")
    assert page.is_hidden("#result button")
    assert page.is_hidden(".languages")


def test_forced_colours_keep_the_state_readable(page, published):
    page.emulate_media(forced_colors="active")
    page.goto(published.address(published.certificate()))
    assert re.search("✓\\s+Certificat authentique", verdict(page, "genuine"))


def test_a_whole_way_from_print_to_verdict(page, published, tmp_path):
    """Print, rasterise, read the QR code with ZBar, open what it says."""
    import subprocess

    for program, package in (("pdftoppm", "poppler-utils"), ("zbarimg", "zbar-tools")):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is missing: apt-get install {package}")
    pdf = tmp_path / "certificate.pdf"
    pdf.write_bytes(print_certificate(published.certificate(), published.site.url))
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", pdf, tmp_path / "page"], check=True)
    command = ["zbarimg", "--raw", "-q", "--nodbus", "-Sdisable", "-Sqrcode.enable", tmp_path / "page.png"]
    read = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    page.goto(read)
    assert "Élève-Test Numéro 1" in verdict(page, "genuine")
