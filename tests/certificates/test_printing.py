"""The printed page, read back by programs that share nothing with ours: pypdf, Poppler, qpdf, ZBar."""

import io
import re
import shutil
import subprocess
import unicodedata
from datetime import date

import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageFilter
from pypdf import PdfReader

from functions.certificates.printing.document import print_certificate
from functions.certificates.printing.faces import (
    BOLD,
    DISPLAY,
    FONTS,
    RIGHT_TO_LEFT,
    SANS,
    SHAPED,
    NameNotPrintableError,
    coverage,
    file_of,
    runs,
)
from functions.certificates.printing.words import WORDS, in_words
from jalon.certificates.framework import COMPETENCES
from jalon.certificates.open_badge import compact
from jalon.certificates.token import fragment_of, verification_address
from jalon.kernel.legible import legible
from tests.certificates.fakes import LEVELS, SITE_URL
from tests.certificates.samples import NAMES, certificate_of
from tools.fonts import CUTS


def needs(program: str, package: str) -> str:
    """The path of a Debian program, or a skip that says what to install."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is missing: apt-get install {package}")
    return path


@pytest.fixture(scope="module")
def certificate():
    return certificate_of(first_name="Éloïse-Marie", last_name="Œuvrard d’Exemple")


@pytest.fixture(scope="module")
def pdf(certificate) -> bytes:
    return print_certificate(certificate, SITE_URL)


def text_of(pdf: bytes) -> str:
    return PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def poppler_text(pdf: bytes, *options: str) -> str:
    command = [needs("pdftotext", "poppler-utils"), *options, "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def test_the_same_certificate_gives_the_same_bytes(certificate, pdf):
    assert print_certificate(certificate, SITE_URL) == pdf


def test_the_page_is_light(pdf):
    assert len(pdf) <= 35 * 1024


@pytest.mark.parametrize("language", ["fr", "en"])
def test_everything_the_domain_asks_for_is_on_the_page(certificate, language):
    text = " ".join(text_of(print_certificate(certificate, SITE_URL, language)).split())
    words, facts = WORDS[language], certificate.facts
    expected = [
        words.title,
        "Éloïse-Marie Œuvrard d’Exemple",
        in_words(date(2011, 5, 3), language),
        "Exempleville",
        "Collège des Exemples",
        in_words(facts.issued_on, language),
        in_words(facts.valid_until, language),
        "312",
        "895",
        f"{facts.code[:6]} {facts.code[6:10]} {facts.code[10:]}",
        f"{SITE_URL}/v",
        *(f"{competence.code} {competence.name(language)}" for competence in COMPETENCES),
    ]
    assert [piece for piece in expected if piece not in text] == []
    assert text.count(words.uncertified) == 16 - len(LEVELS)


def structure_of(pdf: bytes) -> list[tuple[int, str, dict]]:
    """The structure tree, in reading order: depth, kind, element."""
    found = []

    def walk(element, depth):
        element = element.get_object()
        if "/S" in element:
            found.append((depth, element["/S"], element))
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, list) else [kids]:
            below = kid.get_object() if hasattr(kid, "get_object") else kid
            if isinstance(below, dict) and "/S" in below:
                walk(below, depth + 1)

    walk(PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"], 0)
    return found


def test_the_structure_is_a_document_with_headings_a_table_and_described_figures(pdf):
    tree = structure_of(pdf)
    kinds = [kind for _, kind, _ in tree]
    assert kinds[0] == "/Document"
    assert kinds.index("/H1") < kinds.index("/Table") < kinds.index("/Link") < kinds.index("/H2")
    assert kinds.count("/Table") == 1
    assert kinds.count("/TR") == 1 + 5 + 16
    assert kinds.count("/TD") == 16
    assert kinds.count("/TH") == 2 + 5 + 16
    assert all(re.fullmatch("/(Column|Row)", element["/A"]["/Scope"]) for _, kind, element in tree if kind == "/TH")
    figures = [element for _, kind, element in tree if kind == "/Figure"]
    assert [bool(figure["/Alt"]) and len(figure["/A"]["/BBox"]) == 4 for figure in figures] == [True, True]


def test_every_mark_is_content_or_decoration(pdf):
    """Outside a marked sequence only graphics state may be set; every MCID is in the parent tree, in order."""
    page = PdfReader(io.BytesIO(pdf)).pages[0]
    depth, seen = 0, []
    for operands, operator in page.get_contents().operations:
        if operator in (b"BDC", b"BMC"):
            assert depth == 0
            depth += 1
            if operator == b"BDC":
                seen.append(operands[1]["/MCID"])
        elif operator == b"EMC":
            depth -= 1
        elif operator in (b"f", b"S", b"B", b"Tj", b"TJ", b"Do"):
            assert depth == 1, operator
    assert seen == list(range(len(seen)))
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"]
    numbers = root["/ParentTree"]["/Nums"]
    assert len(numbers[1]) == len(seen)
    (annotation,) = page["/Annots"]
    assert numbers[numbers.index(annotation.get_object()["/StructParent"]) + 1].get_object()["/S"] == "/Link"
    assert page["/Tabs"] == "/S"


def test_the_file_says_what_it_is(pdf, certificate):
    reader = PdfReader(io.BytesIO(pdf))
    catalog = reader.trailer["/Root"]
    assert (catalog["/Lang"], catalog["/MarkInfo"]["/Marked"], catalog["/ViewerPreferences"]["/DisplayDocTitle"]) == ("fr-FR", True, True)
    xmp = catalog["/Metadata"].get_data().decode()
    for statement in ("<pdfaid:part>3<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<", "2026-11-21T12:00:00Z", certificate.facts.name):
        assert statement in xmp
    assert "/Info" not in reader.trailer
    assert catalog["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    fonts = reader.pages[0]["/Resources"]["/Font"]
    assert all("/FontFile2" in font["/DescendantFonts"][0]["/FontDescriptor"] and "/ToUnicode" in font for font in fonts.values())


def test_the_open_badge_is_attached_as_the_pages_data(pdf, certificate):
    reader = PdfReader(io.BytesIO(pdf))
    (associated,) = reader.trailer["/Root"]["/AF"]
    assert associated["/AFRelationship"] == "/Data"
    assert reader.attachments == {"open-badge.jwt": [compact(certificate.credential).encode()]}


def test_qpdf_finds_nothing_wrong(pdf, tmp_path):
    (tmp_path / "certificate.pdf").write_bytes(pdf)
    checked = subprocess.run([needs("qpdf", "qpdf"), "--check", tmp_path / "certificate.pdf"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_pdfinfo_sees_one_tagged_page_of_a4_without_scripts(pdf):
    command = [needs("pdfinfo", "poppler-utils"), "-"]
    said = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    facts = dict(re.split(r":\s+", line, maxsplit=1) for line in said.splitlines())
    wanted = {
        "Tagged": "yes",
        "Suspects": "no",
        "JavaScript": "no",
        "Encrypted": "no",
        "Pages": "1",
        "Metadata Stream": "yes",
        "PDF version": "1.7",
    }
    assert {name: facts[name] for name in wanted} == wanted
    assert facts["Page size"].endswith("(A4)")


def test_a_screen_reader_hears_the_page_in_its_order(pdf):
    """The structure as Poppler walks it, with the text of each element."""
    command = [needs("pdfinfo", "poppler-utils"), "-struct-text", "-"]
    heard = " ".join(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode().split())
    order = ["H1", "Certificat de compétences numériques", "décerné à", "Éloïse-Marie Œuvrard d’Exemple", "Né(e) le", "Table"]
    order += ["1.1 Mener une recherche et une veille d’information", "Link", "H2", "Code de vérification"]
    places = [heard.find(piece) for piece in order]
    assert -1 not in places
    assert places == sorted(places)


def test_the_token_stands_in_the_clear_for_the_page_that_reads_the_file(pdf, certificate):
    assert f"/v#{fragment_of(certificate.token)})".encode() in pdf


def page_image(pdf: bytes, dpi: int) -> Image.Image:
    command = [needs("pdftoppm", "poppler-utils"), "-r", str(dpi), "-png", "-singlefile", "-"]
    return Image.open(io.BytesIO(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout)).convert("RGB")


def worn(image: Image.Image, wear: str) -> Image.Image:
    """A page as a phone or a copier sees it."""
    if wear == "blurred":
        return image.filter(ImageFilter.GaussianBlur(1.0))
    if wear == "turned":
        return image.rotate(7, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)
    if wear == "pale":
        return image.point(lambda value: 90 + value * 150 // 255)
    compressed = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(0.8)).rotate(-4, expand=True, fillcolor="white").save(compressed, "JPEG", quality=35)
    return Image.open(compressed)


@pytest.mark.parametrize("wear", ["blurred", "turned", "pale", "blurred, turned and compressed"])
def test_the_qr_code_is_read_from_a_worn_copy_at_150_dpi(pdf, certificate, wear, tmp_path):
    worn(page_image(pdf, 150), wear).save(tmp_path / "page.png")
    command = [needs("zbarimg", "zbar-tools"), "--raw", "-q", "--nodbus", "-Sdisable", "-Sqrcode.enable", tmp_path / "page.png"]
    read = subprocess.run(command, capture_output=True, text=True, check=False)
    assert read.stdout.strip() == verification_address(SITE_URL, certificate.token), read.stderr


@pytest.mark.parametrize(
    ("first_name", "last_name"),
    [NAMES["long"], NAMES["without-spaces"], ("Élisabeth " * 10, "de-l’Exemple " * 7), ("தமிழ்ச்செல்வி " * 4, "முருகன் " * 4)],
)
def test_the_qr_code_of_a_very_long_name_is_read_from_a_worn_copy_too(first_name, last_name, tmp_path):
    certificate = certificate_of(first_name=first_name, last_name=last_name)
    image = page_image(print_certificate(certificate, SITE_URL), 150)
    for wear in ("blurred", "blurred, turned and compressed"):
        worn(image, wear).save(tmp_path / "page.png")
        command = [needs("zbarimg", "zbar-tools"), "--raw", "-q", "--nodbus", "-Sdisable", "-Sqrcode.enable", tmp_path / "page.png"]
        read = subprocess.run(command, capture_output=True, text=True, check=False)
        assert read.stdout.strip() == verification_address(SITE_URL, certificate.token), wear


LONG = NAMES["long"][0]


@pytest.mark.parametrize(("first_name", "last_name"), NAMES.values(), ids=NAMES)
def test_a_name_reads_back_as_it_was_written(first_name, last_name):
    certificate = certificate_of(first_name=first_name, last_name=last_name)
    name, pdf = certificate.facts.name, print_certificate(certificate, SITE_URL)
    pieces = list(runs(name, DISPLAY))
    assert "".join(piece for piece, _ in pieces) == name
    # Poppler writes a replacement text from right to left backwards, within marks of direction.
    shown = "".join(piece[::-1] if face in RIGHT_TO_LEFT else piece for piece, face in pieces)
    read = poppler_text(pdf, "-raw").translate(dict.fromkeys(DIRECTION_MARKS))
    assert shown in " ".join(read.split())
    if not {face for _, face in pieces} & SHAPED:
        assert name in " ".join(text_of(pdf).split())  # pypdf knows nothing of replacement texts
    spelt = "".join(replacement_texts(pdf))
    assert spelt == "".join(piece for piece, face in pieces if face in SHAPED)


DIRECTION_MARKS = (0x202A, 0x202B, 0x202C)


def replacement_texts(pdf: bytes) -> list[str]:
    """What a screen reader says instead of the glyphs, in the order of the page."""
    operations = PdfReader(io.BytesIO(pdf)).pages[0].get_contents().operations
    spans = [operands[1]["/ActualText"] for operands, operator in operations if operator == b"BDC" and operands[0] == "/Span"]
    return [span if isinstance(span, str) else bytes(span).decode("utf-16") for span in spans]


def glyphs_of(piece: str, face: str) -> list[int]:
    """The glyphs HarfBuzz chooses, as fpdf2 has it choose them."""
    import uharfbuzz

    font = uharfbuzz.Font(uharfbuzz.Face(file_of(face).read_bytes()))
    buffer = uharfbuzz.Buffer()
    buffer.add_str(piece)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    return [info.codepoint for info in buffer.glyph_infos]


@pytest.mark.parametrize(
    ("piece", "face"), [("محمد الأمين", "arabic"), ("श्रीवास्तव", "devanagari"), ("চট্টোপাধ্যায়", "bengali"), ("செல்வி", "tamil")]
)
def test_a_shaped_piece_has_a_glyph_for_everything(piece, face):
    assert face in SHAPED
    assert 0 not in glyphs_of(piece, face)


def test_the_fonts_are_those_the_tool_cuts():
    assert {cut.name for cut in CUTS} == {file.stem for file in FONTS.glob("*.ttf")}
    assert {cut.name for cut in CUTS if cut.shaped} == SHAPED


@pytest.mark.parametrize("file", sorted(FONTS.glob("*.ttf")), ids=lambda file: file.stem)
def test_no_letter_of_any_font_is_blank(file):
    """A glyph without an outline would pass every other check; only spaces and joiners have none."""
    with TTFont(file) as font:
        blank = {code for code, glyph in font.getBestCmap().items() if font["glyf"][glyph].numberOfContours == 0}
    letters = {code for code in blank if unicodedata.category(chr(code)) not in {"Zs", "Cf"}}
    assert {chr(code) for code in letters if legible(chr(code))} == set()


def test_a_character_without_a_glyph_is_refused_not_left_blank():
    with pytest.raises(NameNotPrintableError) as refused:
        print_certificate(certificate_of(last_name="Linéaire \U00010000"), SITE_URL)
    assert refused.value.facts["character"] == "U+10000"


def test_a_name_in_two_scripts_is_cut_where_the_script_changes():
    assert list(runs("Zoé Ελένη Иван", DISPLAY)) == [("Zoé ", DISPLAY), ("Ελένη ", "greek"), ("Иван", "cyrillic")]


def test_the_pages_own_texts_need_no_fallback():
    for words in WORDS.values():
        texts = [text for value in words.__slots__ for text in [getattr(words, value)] if isinstance(text, str)]
        for face in (SANS, BOLD):
            assert {ord(character) for text in texts for character in text} <= coverage(face)


def test_long_names_stay_inside_the_frame(tmp_path):
    certificate = certificate_of(
        first_name=LONG,
        last_name="de La Rochefoucauld-Montmorency d’Exemple-sur-Loire",
        birth_place="Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson (Marne), lieu-dit les Exemples-Réunis de la Montagne",
        centre="Lycée d’enseignement général et technologique agricole des Exemples-Réunis de la Vallée",
    )
    image = page_image(print_certificate(certificate, SITE_URL), 50)
    scale = 50 / 25.4
    for left, right in ((11.5, 19), (191, 198.5)):
        strip = image.crop((int(left * scale), int(30 * scale), int(right * scale), int(270 * scale)))
        assert strip.convert("L").getextrema()[0] > 200
