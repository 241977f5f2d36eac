"""What a certificate costs: ``make bench NAME=certificate``, which installs the peers and runs this; five minutes or so.

Every library prints the same certificates in the same process. Times are CPU times of this machine: read the ratios. The last line is
the figures as JSON; the exit status is 1 when a budget is missed (docs/architecture.md, *Budgets*).
"""

import argparse
import functools
import gzip
import io
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any
from unittest import mock

from benchmarks.certificate.peers import installed
from functions.certificates.archive import write_archive
from functions.certificates.printing.document import print_certificate
from jalon.certificates.certificate import Certificate
from jalon.certificates.publish_certificate import publish_certificate
from jalon.certificates.token import fragment_of, read_token
from tests.certificates.fakes import SITE_URL, SoftwareSigner, a_result, publishing
from tests.certificates.seals import software_seal
from tests.certificates.site import ARGUMENTS, CHROMIUM, StaticSite, page_files
from tests.certificates.test_signing import verifies

#: What Blockcerts' pages load, gzip -9, by ``npm pack``: the library (@blockcerts/cert-verifier-js@6.35.0, dist/verifier-iife.js), and the
#: page element with it inside (@blockcerts/blockcerts-verifier@1.56.0, dist/main.js).
BLOCKCERTS = {"blockcerts_library_6_35_0_bytes": 327_895, "blockcerts_verifier_1_56_0_bytes": 1_189_075}
WARM_MS, PDF_KIB, PAGE_BYTES = 60, 35, 12_000
NAMES = (("Zoé", "Ng"), ("Élève-Test", "Numéro deux"), ("Anne-Charlotte Marie", "d’Exemple-sur-Loire"), ("Loïc", "Œuvrard"))

COLD = """
import gc, sys, time
gc.disable()
started = time.process_time()
import pickle
certificate = pickle.load(open(sys.argv[1], "rb"))
{imports}
printed(certificate, "https://jalon.example")
print((time.process_time() - started) * 1000)
"""
COLD_IMPORTS = {
    "jalon": "from functions.certificates.printing.document import print_certificate as printed",
    "reportlab": "from benchmarks.certificate.peers import with_reportlab as printed",
    "weasyprint": "from benchmarks.certificate.peers import with_weasyprint as printed",
}


def certificates(count: int) -> list[Certificate]:
    """``count`` published certificates with names that differ."""
    import dataclasses

    from jalon.certificates import publish_certificate as publication
    from jalon.certificates.sealed_object import derive_keys

    parts = publishing()
    made = []
    with mock.patch.object(publication, "derive_keys", functools.partial(derive_keys, rounds=1)):
        for number in range(count):
            first, last = NAMES[number % len(NAMES)]
            line = publish_certificate(parts, a_result(number, first_name=first, last_name=f"{last} {number}"))
            found = line.code and parts.certificates.by_code(line.code)
            made.append(dataclasses.replace(found))
    return made


def warm(printer: Callable[[Certificate, str], bytes], sample: list[Certificate]) -> dict[str, float]:
    """Median CPU milliseconds and KiB of a page, after two that do not count."""
    times, sizes = [], []
    for certificate in [*sample[:2], *sample]:
        started = process_time()
        sizes.append(len(printer(certificate, SITE_URL)))
        times.append((process_time() - started) * 1000)
    return {"warm_ms": round(median(times[2:]), 1), "kib": round(median(sizes[2:]) / 1024, 1)}


def sealed(sample: list[Certificate]) -> dict[str, float]:
    """What a seal adds to a printed page: median CPU milliseconds, and KiB."""
    seal, times, sizes = software_seal(), [], []
    for certificate in [*sample[:2], *sample]:
        page = print_certificate(certificate, SITE_URL, seal=lambda unsealed: unsealed)
        started = process_time()
        sizes.append(len(seal(page)) - len(page))
        times.append((process_time() - started) * 1000)
    return {"warm_ms": round(median(times[2:]), 1), "kib": round(median(sizes[2:]) / 1024, 1)}


def cold(name: str, pickled: Path) -> float:
    """Median CPU milliseconds of a fresh interpreter's imports and first page."""
    command = [sys.executable, "-c", COLD.format(imports=COLD_IMPORTS[name]), str(pickled)]

    def once() -> float:
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)  # noqa: S603 - our own command

    return round(median(once() for _ in range(3)), 0)


def archive(count: int) -> dict[str, float]:
    """A ZIP of ``count`` certificates into a stream that keeps nothing."""

    class Sink(io.RawIOBase):
        written = 0

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.written += len(data)
            return len(data)

    contents = certificates(count)
    sink, before = Sink(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = process_time()
    with io.BufferedWriter(sink) as stream:
        write_archive(stream, contents, "fr", SITE_URL)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {
        "zip_count": count,
        "zip_s": round(process_time() - started, 1),
        "zip_mib": round(sink.written / 2**20, 1),
        "zip_grown_mib": round(grown, 1),
    }


def page_bytes() -> int:
    return sum(len(gzip.compress(body, 9, mtime=0)) for key, (body, _) in page_files().items() if key not in {"404.html", "robots.txt"})


def checks_us(certificate: Certificate) -> dict[str, float]:
    """Microseconds of a signature check: in Python with cryptography, and in Chromium with WebCrypto, token parsing included."""
    _, _, signed, signature = read_token(certificate.token)
    key = SoftwareSigner().public_key()
    started = perf_counter()
    for _ in range(500):
        verifies(key, signature, signed)
    figures = {"check_python_us": round((perf_counter() - started) / 500 * 1e6, 0)}
    if not CHROMIUM.exists():
        print(f"{CHROMIUM} is missing: the check in the browser is not measured (apt-get install chromium)")
        return figures
    from playwright.sync_api import sync_playwright

    site = StaticSite()
    site.files["verify/token.js"] = (Path("web/verify/token.js").read_bytes(), "text/javascript")
    script = """async ([fragment, jwk]) => {
        const {fromBase32, parseToken} = await import("./verify/token.js");
        const how = {name: "ECDSA", namedCurve: "P-256", hash: "SHA-256"};
        const key = await crypto.subtle.importKey("jwk", jwk, how, false, ["verify"]);
        const started = performance.now();
        for (let round = 0; round < 300; round += 1) {
            const {signature, signed} = parseToken(fromBase32(fragment));
            if (!await crypto.subtle.verify(how, key, signature, signed)) throw new Error("wrong");
        }
        return (performance.now() - started) / 300 * 1000;
    }"""
    jwk = {name: value for name, value in key.jwk().items() if name in {"kty", "crv", "x", "y"}}
    with site.running(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_page()
        page.goto(f"{site.url}/v")
        figures["check_browser_us"] = round(page.evaluate(script, [fragment_of(certificate.token), jwk]), 0)
        browser.close()
    return figures


def main() -> int:
    """Measure, print a table, check the budgets."""
    parser = argparse.ArgumentParser(description="Measure the certificate.")
    parser.add_argument("--zip", type=int, default=1000, help="how many certificates go into the archive")
    count = parser.parse_args().zip
    sample = certificates(16)
    pickled = Path(".jalon/bench-certificate.pickle")
    pickled.parent.mkdir(exist_ok=True)
    import pickle

    pickled.write_bytes(pickle.dumps(sample[0]))
    printers = {"jalon": print_certificate, **installed()}
    figures: dict[str, Any] = {}
    for name, printer in printers.items():
        print(f"printing with {name}, warm and in fresh interpreters …", flush=True)
        figures[name] = warm(printer, sample) | {"cold_ms": cold(name, pickled)}
        print(f"{name:<11} warm {figures[name]['warm_ms']:>6} ms   cold {figures[name]['cold_ms']:>6} ms   {figures[name]['kib']:>5} KiB")
    for name in {"reportlab", "weasyprint"} - set(printers):
        print(f"{name:<11} is not installed: uv sync --group bench-certificate")
    print("sealing one page (PAdES, key in memory: KMS adds its own call) …", flush=True)
    figures["seal"] = sealed(sample)
    print(f"{'seal':<11} warm {figures['seal']['warm_ms']:>6} ms   {figures['seal']['kib']:>5} KiB added")
    print(f"printing an archive of {count} …", flush=True)
    figures |= archive(count)
    print("checking signatures …", flush=True)
    figures |= checks_us(sample[0])
    figures |= {"page_bytes": page_bytes(), **BLOCKCERTS}
    print(f"archive of {count}: {figures['zip_s']} s, {figures['zip_mib']} MiB, grew by {figures['zip_grown_mib']} MiB")
    print(f"a signature check: {figures['check_python_us']} µs in Python, {figures.get('check_browser_us', '–')} µs in Chromium")
    library, verifier = BLOCKCERTS.values()
    print(f"page {figures['page_bytes']} bytes compressed; Blockcerts' library 6.35.0 {library}, its page element 1.56.0 {verifier}")
    kept = figures["jalon"]["warm_ms"] <= WARM_MS and figures["jalon"]["kib"] <= PDF_KIB and figures["page_bytes"] <= PAGE_BYTES
    print(json.dumps({"bench": "certificate", **figures, "within_budget": kept}))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
