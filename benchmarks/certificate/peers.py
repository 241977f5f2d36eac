"""The same page by two other libraries, each if it is installed: same fonts, same texts, same QR code; tagged where they can."""

import importlib.util
import io
from collections.abc import Callable
from typing import Any

from functions.certificates.printing.faces import BOLD, DISPLAY, SANS, file_of
from functions.certificates.printing.words import FRENCH, in_words, spaced
from jalon.certificates.certificate import Certificate
from jalon.certificates.framework import DOMAINS
from jalon.certificates.token import verification_address

Print = Callable[[Certificate, str], bytes]
_MM = 72 / 25.4


def _modules(certificate: Certificate, site_url: str) -> list[bytes]:
    import segno

    return [bytes(row) for row in segno.make_qr(verification_address(site_url, certificate.token), error="m", boost_error=False).matrix]


def _lines(certificate: Certificate) -> list[tuple[str, str]]:
    result, facts = certificate.result, certificate.facts
    return [
        (FRENCH.centre, result.centre),
        (FRENCH.taken, in_words(result.taken_on, "fr")),
        (FRENCH.issued, in_words(facts.issued_on, "fr")),
        (FRENCH.valid, in_words(facts.valid_until, "fr")),
    ]


def with_reportlab(certificate: Certificate, site_url: str) -> bytes:
    """reportlab's canvas: no tags, no PDF/A."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    for face in (SANS, BOLD, DISPLAY):
        if face not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(face, str(file_of(face))))
    target = io.BytesIO()
    page = Canvas(target, pagesize=(595.28, 841.89), invariant=1)

    def put(x: float, y: float, text: str, face: str, size: float, draw: str = "drawString") -> None:
        page.setFont(face, size)
        getattr(page, draw)(x * _MM, (297 - y) * _MM, text)

    put(105, 38, FRENCH.title, DISPLAY, 23.5, "drawCentredString")
    put(105, 62.5, certificate.facts.name, DISPLAY, 27, "drawCentredString")
    put(105, 72, FRENCH.born.format(date=in_words(certificate.result.birth_date, "fr"), place=certificate.result.birth_place), SANS, 10.5)
    put(42, 96.8, str(certificate.facts.score), DISPLAY, 26, "drawCentredString")
    for number, (label, value) in enumerate(_lines(certificate)):
        put(70, 85 + 6.4 * number, label, SANS, 9)
        put(119, 85 + 6.4 * number, value, BOLD, 9.5)
    _reportlab_levels(page, put, certificate)
    _reportlab_code(page, _modules(certificate, site_url))
    put(68, 273, spaced(certificate.facts.code), BOLD, 14)
    page.showPage()
    page.save()
    return target.getvalue()


def _reportlab_levels(page: Any, put: Callable[..., None], certificate: Certificate) -> None:
    y, levels = 122.0, iter(certificate.facts.levels)
    for domain in DOMAINS:
        put(22, y, f"{domain.code}. {domain.fr}", BOLD, 8.8)
        for competence in domain.competences:
            y += 5.05
            level = next(levels)
            put(25, y, f"{competence.code} {competence.fr}", SANS, 8.8)
            for step in range(certificate.facts.max_level):
                page.rect((139 + 3.9 * step) * _MM, (297 - y) * _MM, 3 * _MM, 3 * _MM, fill=step < level)
            put(188, y, str(level) if level else FRENCH.uncertified, BOLD, 9.5, "drawRightString")
        y += 5.05


def _reportlab_code(page: Any, modules: list[bytes]) -> None:
    side = 38 * _MM / len(modules)
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            if dark:
                page.rect(22 * _MM + column * side, (297 - 238) * _MM - (row + 1) * side, side, side, stroke=0, fill=1)


def with_weasyprint(certificate: Certificate, site_url: str) -> bytes:
    """WeasyPrint from HTML, in its PDF/UA-1 variant."""
    from weasyprint import HTML

    faces = "".join(f"@font-face {{ font-family: {name}; src: url(file://{file_of(face)}) }}" for name, face in _CSS_FACES)
    rows, levels = [], iter(certificate.facts.levels)
    for domain in DOMAINS:
        rows.append(f"<tr><th colspan=2 scope=rowgroup>{domain.code}. {domain.fr}</th></tr>")
        for competence in domain.competences:
            level = next(levels)
            boxes = "".join(f"<i class={'on' if step < level else 'off'}></i>" for step in range(certificate.facts.max_level))
            rows.append(f"<tr><td>{competence.code} {competence.fr}</td><td>{boxes} {level or FRENCH.uncertified}</td></tr>")
    modules = _modules(certificate, site_url)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, line in enumerate(modules) for x, dark in enumerate(line) if dark)
    facts = "".join(f"<p>{label} <b>{value}</b></p>" for label, value in _lines(certificate))
    born = FRENCH.born.format(date=in_words(certificate.result.birth_date, "fr"), place=certificate.result.birth_place)
    side = len(modules)
    html = (
        f"<html lang=fr><title>{FRENCH.title}</title><style>{faces}{_STYLE}</style><h1>{FRENCH.title}</h1>"
        f"<h2>{certificate.facts.name}</h2><p>{born}</p><h2>{certificate.facts.score}</h2>{facts}<table>{''.join(rows)}</table>"
        f"<svg width=38mm height=38mm viewBox='0 0 {side} {side}'><path d='{path}'/></svg><p>{spaced(certificate.facts.code)}</p></html>"
    )
    return bytes(HTML(string=html).write_pdf(pdf_variant="pdf/ua-1") or b"")


_STYLE = """@page { size: A4; margin: 18mm } body { font: 9pt sans } b, th { font-family: bold } th { text-align: left }
h1, h2 { font-family: display; text-align: center } i { display: inline-block; width: 3mm; height: 3mm; border: .1mm solid }
.on { background: #233f9b }"""
_CSS_FACES = (("sans", SANS), ("bold", BOLD), ("display", DISPLAY))


def installed() -> dict[str, Print]:
    """The peers that can be imported here."""
    peers: dict[str, Print] = {"reportlab": with_reportlab, "weasyprint": with_weasyprint}
    return {name: printer for name, printer in peers.items() if importlib.util.find_spec(name) is not None}
