"""PDF/A-3A and PDF/UA-1: every sample passes our own checks and an independent validator, and each check notices what it is for."""

import io
import re

import pikepdf
import pikepdf.pdfa
import pytest
from pikepdf import Array, Dictionary, Name, String

from functions.certificates.printing.document import print_certificate
from tests.certificates.conformance.document import File
from tests.certificates.conformance.rules import breaches
from tests.certificates.conformance.tagging import elements
from tests.certificates.fakes import SITE_URL
from tests.certificates.samples import NAMES, certificate_of
from tests.certificates.seals import software_seal


@pytest.fixture(scope="module")
def sealed() -> bytes:
    return print_certificate(certificate_of(), SITE_URL, seal=software_seal())


@pytest.mark.parametrize("what", NAMES)
def test_every_sample_breaks_no_rule_and_the_validator_finds_nothing(what):
    first_name, last_name = NAMES[what]
    pdf = print_certificate(certificate_of(first_name=first_name, last_name=last_name), SITE_URL, "en" if what == "long" else "fr")
    assert breaches(pdf) == []
    assert unexpected_findings(pdf) == []


def test_a_sealed_page_breaks_none_either(sealed):
    assert breaches(sealed) == []


#: What pikepdf's validator of PDF/A-3b, built on veraPDF's rules, has no opinion on: attachments, and what identifies level A and PDF/UA.
NOT_JUDGED = re.compile("embedded files are not supported|XMP (namespace|property) pdfa?(ua|Extension|Schema|Property)|'A', expected 'B'")


def unexpected_findings(pdf: bytes) -> list[str]:
    report = pikepdf.pdfa.validate_written(io.BytesIO(pdf), "3b")
    return [f"{finding.rule} {finding.message}" for finding in report.findings if not NOT_JUDGED.search(finding.message)]


# -- each check notices what it is for


def redrawn(pdf: pikepdf.Pdf, old: bytes, new: bytes) -> None:
    content = pdf.pages[0].Contents.read_bytes()
    assert old in content
    pdf.pages[0].Contents = pdf.make_stream(content.replace(old, new, 1))


def described(pdf: pikepdf.Pdf, old: bytes, new: bytes) -> None:
    packet = pdf.Root.Metadata.read_bytes()
    assert old in packet
    pdf.Root.Metadata = pdf.make_stream(packet.replace(old, new), Type=Name.Metadata, Subtype=Name.XML)


def element(pdf: pikepdf.Pdf, kind: str, place: int = 0) -> Dictionary:
    found = []

    def walk(node):
        for kid in node.get("/K", []):
            if isinstance(kid, Dictionary) and "/S" in kid:
                found.append(kid)
                walk(kid)

    walk(pdf.Root.StructTreeRoot)
    return [item for item in found if str(item.S) == f"/{kind}"][place]


def font(pdf: pikepdf.Pdf) -> Dictionary:
    return pdf.pages[0].Resources.Font["/F1"]


def remove(item, *keys: str) -> None:
    for key in keys:
        del item[key]


def link(pdf: pikepdf.Pdf) -> Dictionary:
    return next(item for item in pdf.pages[0].Annots if str(item.Subtype) == "/Link")


def field(pdf: pikepdf.Pdf) -> Dictionary:
    return next(item for item in pdf.pages[0].Annots if str(item.Subtype) == "/Widget")


def attachment(pdf: pikepdf.Pdf) -> Dictionary:
    return pdf.Root.AF[0]


def put_all(item, **entries) -> None:
    for key, value in entries.items():
        item[f"/{key}"] = value


BREACHES = {
    "version 2.0": ("6.1.2", lambda pdf: put_all(pdf.Root, Version=Name("/2.0"))),
    "an action at opening": ("/OpenAction", lambda pdf: put_all(pdf.Root, OpenAction=Array([pdf.pages[0].obj, Name.Fit]))),
    "LZW": ("6.1.7.2", lambda pdf: put_all(pdf.Root, X=pdf.make_indirect(_lzw(pdf)))),
    "a foreign permission": ("6.1.12", lambda pdf: put_all(pdf.Root, Perms=Dictionary(Other=Dictionary()))),
    "a long name": ("6.1.13", lambda pdf: pdf.Root.__setitem__("/" + "x" * 128, 1)),
    "a long string": ("6.1.13", lambda pdf: put_all(pdf.Root, X=String("x" * 40_000))),
    "optional content": ("/OCProperties", lambda pdf: put_all(pdf.Root, OCProperties=Dictionary())),
    "unpaired q": ("6.1.13", lambda pdf: redrawn(pdf, b"EMC", b"EMC q")),
    "CMYK": ("6.2.4.3", lambda pdf: redrawn(pdf, b" rg", b" 0 k")),
    "invisible text": ("invisible", lambda pdf: redrawn(pdf, b"BT", b"BT 3 Tr")),
    "transparency": ("6.2.10", lambda pdf: put_all(pdf.pages[0].Resources, ExtGState=Dictionary(G=Dictionary(ca=0.5)))),
    "an image": ("6.2.8", lambda pdf: put_all(pdf.pages[0].Resources, XObject=Dictionary(I=pdf.make_stream(b"")))),
    "no output intent": ("6.2.3", lambda pdf: put_all(pdf.Root, OutputIntents=Array())),
    "a broken profile": ("6.2.3", lambda pdf: put_all(pdf.Root.OutputIntents[0], DestOutputProfile=pdf.make_stream(b"x" * 200, N=3))),
    "a font not embedded": ("6.2.11.4.1", lambda pdf: remove(font(pdf).DescendantFonts[0].FontDescriptor, "/FontFile2")),
    "no ToUnicode": ("6.2.11.7.2", lambda pdf: remove(font(pdf), "/ToUnicode")),
    "a glyph without a character": ("6.2.11.7.2", lambda pdf: put_all(font(pdf), ToUnicode=pdf.make_stream(b"begincmap endcmap"))),
    "a private character": ("6.2.11.7.3", lambda pdf: put_all(font(pdf), ToUnicode=_all_private(pdf))),
    "wrong widths": ("6.2.11.5", lambda pdf: put_all(font(pdf).DescendantFonts[0], W=Array(), DW=1)),
    "notdef": ("6.2.11.8", lambda pdf: put_all(font(pdf).DescendantFonts[0], CIDToGIDMap=pdf.make_stream(bytes(131_072)))),
    "no metadata": ("6.6.2.1", lambda pdf: remove(pdf.Root, "/Metadata")),
    "level B": ("6.6.4", lambda pdf: described(pdf, b"conformance>A<", b"conformance>B<")),
    "no PDF/UA": ("06-002", lambda pdf: described(pdf, b"<pdfuaid:part>1</pdfuaid:part>", b"")),
    "no title": ("06-003", lambda pdf: described(pdf, b"dc:title", b"dc:other")),
    "an unknown property": ("6.6.2.3.1", lambda pdf: described(pdf, b"<xmp:CreatorTool>", b"<xmp:Colour>x</xmp:Colour><xmp:CreatorTool>")),
    "half a schema": ("6.6.2.3.3", lambda pdf: described(pdf, b"pdfaProperty:category>internal", b"pdfaProperty:category>other")),
    "a title nobody sees": ("07-001", lambda pdf: remove(pdf.Root.ViewerPreferences, "/DisplayDocTitle")),
    "unmarked": ("6.7.2.2", lambda pdf: remove(pdf.Root, "/MarkInfo")),
    "no language": ("6.7.4", lambda pdf: remove(pdf.Root, "/Lang")),
    "no structure": ("6.7.3.3", lambda pdf: remove(pdf.Root, "/StructTreeRoot")),
    "a role map": ("6.7.3.4", lambda pdf: put_all(pdf.Root.StructTreeRoot, RoleMap=Dictionary())),
    "untagged drawing": ("01-005", lambda pdf: redrawn(pdf, b"/Artifact BMC", b"0 0 1 1 re f /Artifact BMC")),
    "an artifact in content": ("01-003", lambda pdf: redrawn(pdf, b"BT", b"/Artifact BMC EMC BT")),
    "another order": ("09-001", lambda pdf: put_all(element(pdf, "Document"), K=Array(reversed(list(element(pdf, "Document").K))))),
    "a kind unknown": ("02-001", lambda pdf: put_all(element(pdf, "P"), S=Name.Paragraph)),
    "a cell outside a row": ("09-004", lambda pdf: put_all(element(pdf, "P"), S=Name.TD)),
    "a figure nobody describes": ("13-004", lambda pdf: remove(element(pdf, "Figure"), "/Alt")),
    "a figure without its place": ("13-004", lambda pdf: remove(element(pdf, "Figure"), "/A")),
    "a header without scope": ("15-003", lambda pdf: remove(element(pdf, "TH"), "/A")),
    "a row too short": ("7.5", lambda pdf: remove(element(pdf, "TH", 2), "/A")),
    "two main headings": ("one H1", lambda pdf: put_all(element(pdf, "H2"), S=Name.H1)),
    "a skipped rank": ("14-003", lambda pdf: put_all(element(pdf, "H2"), S=Name.H3)),
    "a parent that is not": ("14.7.4.4", lambda pdf: pdf.Root.StructTreeRoot.ParentTree.Nums[1].__setitem__(0, element(pdf, "Figure"))),
    "another tab order": ("28-008", lambda pdf: remove(pdf.pages[0], "/Tabs")),
    "a link outside the structure": ("28-011", lambda pdf: put_all(element(pdf, "Link"), K=Array([element(pdf, "Figure")]))),
    "a link nobody describes": ("28-012", lambda pdf: remove(link(pdf), "/Contents")),
    "a link that does not print": ("6.3.2", lambda pdf: put_all(link(pdf), F=0)),
    "a link that runs a script": ("6.5.1", lambda pdf: put_all(link(pdf), A=Dictionary(S=Name.JavaScript, JS=String("")))),
    "a hidden field": ("6.3.2", lambda pdf: put_all(field(pdf), F=2)),
    "a field nobody describes": ("28-005", lambda pdf: remove(field(pdf), "/TU")),
    "a field outside the structure": ("28-010", lambda pdf: put_all(element(pdf, "Form"), K=Array())),
    "a field to be seen without a look": ("6.3.3", lambda pdf: put_all(field(pdf), Rect=Array([0, 0, 9, 9]))),
    "XFA": ("6.4.2", lambda pdf: put_all(pdf.Root.AcroForm, XFA=String(""))),
    "an attachment that is not associated": ("6.8", lambda pdf: put_all(pdf.Root, AF=Array())),
    "an attachment without its relation": ("6.8", lambda pdf: remove(attachment(pdf), "/AFRelationship")),
    "an attachment without its media type": ("6.8", lambda pdf: remove(attachment(pdf).EF.F, "/Subtype")),
    "an attachment without UF": ("21-001", lambda pdf: remove(attachment(pdf), "/UF")),
}


def _lzw(pdf: pikepdf.Pdf) -> pikepdf.Stream:
    stream = pdf.make_stream(b"")
    stream.write(b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", filter=Name.LZWDecode)
    return stream


def _all_private(pdf: pikepdf.Pdf) -> pikepdf.Stream:
    return pdf.make_stream(b"beginbfchar " + b" ".join(b"<%04X> <E000>" % code for code in range(200)) + b" endbfchar")


def changed(pdf: bytes, change) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        change(opened)
        target = io.BytesIO()
        opened.save(target, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none, fix_metadata_version=False)
    return target.getvalue()


def test_writing_the_file_anew_breaks_the_seal_and_that_alone(sealed):
    assert breaches(changed(sealed, lambda _: None)) == ["6.4.3: the digest does not cover everything but the signature"]


@pytest.mark.parametrize("what", BREACHES)
def test_a_breach_is_noticed(sealed, what):
    clause, breach = BREACHES[what]
    assert [found for found in breaches(changed(sealed, breach)) if clause in found]


@pytest.mark.parametrize(
    ("clause", "spoil"),
    [
        ("6.1.2", lambda pdf: b"\n" + pdf),
        ("6.1.2", lambda pdf: re.sub(rb"\n%[^\n]*\n", b"\n%text\n", pdf, count=1)),
        ("6.1.3", lambda pdf: pdf + b"more"),
        ("6.1.9", lambda pdf: pdf.replace(b"endobj\n", b"endobj ", 1).replace(b"\nendobj", b" endobj", 1)),
        ("6.4.3", lambda pdf: pdf + b"\n"),
    ],
)
def test_a_breach_of_how_the_file_is_written_is_noticed(sealed, clause, spoil):
    assert [found for found in breaches(spoil(sealed)) if found.startswith(clause)]


def test_the_page_is_read_in_the_order_a_person_reads_it(sealed):
    kinds = [item.kind for item in elements(File(sealed))]
    assert kinds.index("/H1") < kinds.index("/Table") < kinds.index("/Link") < kinds.index("/H2") < kinds.index("/Form")
