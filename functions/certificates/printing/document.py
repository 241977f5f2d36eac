"""The certificate as one A4 page (``docs/domain.md`` §9), tagged and archivable. The same certificate gives the same bytes."""

from contextlib import closing

from functions.certificates.printing.canvas import Canvas
from functions.certificates.printing.faces import BOLD, DISPLAY, SANS
from functions.certificates.printing.ornaments import BLUE, GOLD, INK, LINE, PALE, SOFT, frame, marks, rectangle, rosette, signature
from functions.certificates.printing.qr_code import draw, qr_code
from functions.certificates.printing.words import WORDS, Words, in_words, spaced, thousands
from functions.certificates.sealing import FIELD, Seal
from jalon.certificates.certificate import Certificate
from jalon.certificates.framework import DOMAINS, FRAMEWORK_LEVELS, FRAMEWORK_PIX, Language
from jalon.certificates.open_badge import MEDIA_TYPE, compact
from jalon.certificates.token import verification_address
from jalon.kernel.legible import legible

MIDDLE = 105.0
LEFT, RIGHT = 22.0, 188.0
_TABLE_TOP = 117.0
_ROW = 5.05
_MARKS_LEFT = 139.0


def print_certificate(certificate: Certificate, site_url: str, language: Language = "fr", seal: Seal | None = None) -> bytes:
    """The page, in PDF/A-3A and PDF/UA-1, with the body's electronic seal if there is one.

    Raises :class:`~functions.certificates.printing.faces.NameNotPrintableError` rather than leave a hole in a name.
    """
    words = WORDS[language]
    with closing(Canvas(words.document_title.format(name=certificate.facts.name), language, certificate.issued_at)) as canvas:
        _draw(canvas, certificate, site_url, language)
        if seal is None:
            return canvas.finished()
        canvas.seal_field(FIELD, words.seal)
        return seal(canvas.finished())


def _draw(canvas: Canvas, certificate: Certificate, site_url: str, language: Language) -> None:
    words = WORDS[language]
    with canvas.decoration():
        frame(canvas)
        rosette(canvas, 42, 93.5, 18)
        canvas.paint(f"{MIDDLE - 22:g} 43.5 m {MIDDLE + 22:g} 43.5 l", "S", stroke=GOLD, width=0.3)
    _heading(canvas, certificate, words, language)
    _score(canvas, certificate, words, language)
    _levels(canvas, certificate, words, language)
    _verification(canvas, certificate, words, site_url)
    with canvas.marked("P"):
        canvas.put(RIGHT, 241, words.director, SANS, 8, SOFT, "R")
    with canvas.marked("Figure", alt=words.signature_alt, attributes=_box(151, 246, 37, 14)):
        signature(canvas, 152, 247)
    canvas.attach("open-badge.jwt", compact(certificate.credential).encode("ascii"), MEDIA_TYPE, words.attachment, certificate.issued_at)


def _box(left: float, top: float, width: float, height: float) -> str:
    """The layout attributes of a figure: where it is, in points from the bottom left."""
    k = 72 / 25.4
    return (
        f"/O /Layout /Placement /Block /BBox [{left * k:.1f} {(297 - top - height) * k:.1f} {(left + width) * k:.1f} {(297 - top) * k:.1f}]"
    )


def _fitting(canvas: Canvas, text: str, face: str, size_pt: float, width: float, least_pt: float) -> list[tuple[str, float]]:
    """Lines of ``text`` and their size: one line as large as fits, else two at the least size or smaller."""
    natural = canvas.width_of(text, face, size_pt)
    if natural <= width:
        return [(text, size_pt)]
    if size_pt * width / natural >= least_pt:
        return [(text, size_pt * width / natural)]
    words = text.split(" ")
    cuts = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))] or [
        (text[: len(text) // 2], text[len(text) // 2 :])
    ]
    first, second = min(cuts, key=lambda cut: max(canvas.width_of(line, face, least_pt) for line in cut))
    widest = max(canvas.width_of(line, face, least_pt) for line in (first, second))
    size = min(least_pt, least_pt * width / widest)
    return [(first, size), (second, size)]


def _heading(canvas: Canvas, certificate: Certificate, words: Words, language: Language) -> None:
    result = certificate.result
    with canvas.marked("P"):
        canvas.put(MIDDLE, 25, words.body, SANS, 10, SOFT, "C")
    with canvas.marked("H1"):
        canvas.put(MIDDLE, 38, words.title, DISPLAY, 23.5, BLUE, "C")
    with canvas.marked("P"):
        canvas.put(MIDDLE, 50.5, words.awarded, SANS, 10.5, SOFT, "C")
    lines = _fitting(canvas, certificate.facts.name, DISPLAY, 27, RIGHT - LEFT, 17)
    with canvas.marked("P"):
        for number, (line, size) in enumerate(lines):
            # A space at the line's end keeps the words apart for those who read the text without seeing it.
            text = line if number == len(lines) - 1 else line + " "
            canvas.put(MIDDLE, 62.5 if len(lines) == 1 else 58.2 + 7.4 * number, text, DISPLAY, size, INK, "C")
    with canvas.marked("P"):
        born = words.born.format(date=in_words(result.birth_date, language), place=legible(result.birth_place))
        ((line, size), *rest) = _fitting(canvas, born, SANS, 10.5, RIGHT - LEFT, 8)
        canvas.put(MIDDLE, 72, line + (" " if rest else ""), SANS, size, INK, "C")
        for more, smaller in rest:
            canvas.put(MIDDLE, 75.6, more, SANS, smaller, INK, "C")


def _score(canvas: Canvas, certificate: Certificate, words: Words, language: Language) -> None:
    result, facts = certificate.result, certificate.facts
    with canvas.marked("P"):
        canvas.put(42, 87, words.score + " ", SANS, 7.5, SOFT, "C")
        canvas.put(42, 96.8, str(facts.score) + " ", DISPLAY, 26, BLUE, "C")
        canvas.put(42, 101.5, words.score_of.format(maximum=thousands(facts.max_score, language)), SANS, 8, INK, "C")
    lines = (
        (words.centre, legible(result.centre)),
        (words.taken, in_words(result.taken_on, language)),
        (words.issued, in_words(facts.issued_on, language)),
        (words.valid, in_words(facts.valid_until, language)),
    )
    for number, (label, value) in enumerate(lines):
        y = 85 + 6.4 * number
        with canvas.marked("P"):
            canvas.put(70, y, label + " ", SANS, 9, SOFT)
            ((text, size), *rest) = _fitting(canvas, value, BOLD, 9.5, RIGHT - 119, 7)
            canvas.put(119, y - 1.5 * len(rest), text + (" " if rest else ""), BOLD, size, INK)
            for more, smaller in rest:
                canvas.put(119, y + 1.6, more, BOLD, smaller, INK)
    note = words.note.format(
        level=facts.max_level,
        maximum=thousands(facts.max_score, language),
        levels=FRAMEWORK_LEVELS,
        pix=thousands(FRAMEWORK_PIX, language),
    )
    with canvas.marked("P"):
        for number, sentence in enumerate(note.split(". ")):
            canvas.put(70, 110 + 3.6 * number - 0.6, sentence + (". " if not sentence.endswith(".") else ""), SANS, 7.2, SOFT)


def _levels(canvas: Canvas, certificate: Certificate, words: Words, language: Language) -> None:
    """The sixteen competences under their five domains, as one table."""
    facts = certificate.facts
    y = _TABLE_TOP
    with canvas.group("Table"):
        with canvas.group("TR"):
            with canvas.marked("TH", attributes="/O /Table /Scope /Column"):
                canvas.put(LEFT, y + 3.6, words.competence, SANS, 7.5, SOFT)
            with canvas.marked("TH", attributes="/O /Table /Scope /Column"):
                canvas.put(RIGHT, y + 3.6, words.level, SANS, 7.5, SOFT, "R")
        y += _ROW
        levels = iter(facts.levels)
        for domain in DOMAINS:
            _domain_row(canvas, y, f"{domain.code}. {domain.name(language)}")
            y += _ROW
            for competence in domain.competences:
                name = f"{competence.code} {competence.name(language)}"
                _competence_row(canvas, y, name, next(levels), facts.max_level, words)
                y += _ROW


def _domain_row(canvas: Canvas, y: float, name: str) -> None:
    with canvas.decoration():
        canvas.paint(rectangle(LEFT - 2, y + 0.1, RIGHT - LEFT + 4, _ROW - 0.2), "f", fill=PALE)
    with canvas.group("TR"), canvas.marked("TH", attributes="/O /Table /Scope /Row /ColSpan 2"):
        canvas.put(LEFT, y + 3.65, name, BOLD, 8.8, BLUE)


def _competence_row(canvas: Canvas, y: float, name: str, level: int, max_level: int, words: Words) -> None:
    with canvas.decoration():
        marks(canvas, _MARKS_LEFT, y + 1.05, level, max_level)
        canvas.paint(f"{LEFT:g} {y + _ROW:g} m {RIGHT:g} {y + _ROW:g} l", "S", stroke=LINE, width=0.08)
    with canvas.group("TR"):
        with canvas.marked("TH", attributes="/O /Table /Scope /Row"):
            canvas.put(LEFT + 3, y + 3.65, name, SANS, 8.8, INK)
        with canvas.marked("TD"):
            if level:
                canvas.put(RIGHT, y + 3.75, str(level), BOLD, 9.5, INK, "R")
            else:
                canvas.put(RIGHT, y + 3.6, words.uncertified, SANS, 7, SOFT, "R")


def _verification(canvas: Canvas, certificate: Certificate, words: Words, site_url: str) -> None:
    address = verification_address(site_url, certificate.token)
    page = f"{site_url.rstrip('/')}/v"
    code = qr_code(address)
    # A larger code grows upwards to the table and a little downwards to the frame.
    top = (276 if code.side_mm <= 38 else 280) - code.side_mm
    with canvas.group("Link") as link:
        with canvas.marked("Figure", alt=words.qr_alt, attributes=_box(LEFT, top, code.side_mm, code.side_mm)):
            draw(canvas, code, LEFT, top)
        canvas.link_over(link, (LEFT, top, code.side_mm, code.side_mm), address, words.qr_alt)
    x, y = LEFT + code.side_mm + 8, 241.0
    with canvas.marked("H2"):
        canvas.put(x, y, words.check, BOLD, 9.5, BLUE)
    with canvas.marked("P"):
        for number, part in enumerate(words.check_how):
            canvas.put(x, y + 5 + 3.8 * number, part + " ", SANS, 7.8, INK)
        ((shown, size), *rest) = _fitting(canvas, page, BOLD, 8.6, 80, 6)
        canvas.put(x, y + 13.2, shown, BOLD, size, INK)
        for more, smaller in rest:
            canvas.put(x, y + 16, more, BOLD, smaller, INK)
    with canvas.marked("P"):
        canvas.put(x, y + 19, words.check_where, SANS, 7.2, SOFT)
    with canvas.marked("P"):
        canvas.put(x, y + 26.5, words.code + " ", SANS, 7.2, SOFT)
        canvas.put(x, y + 32.5, spaced(certificate.facts.code), BOLD, 14, INK)
