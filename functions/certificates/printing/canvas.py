"""A sheet of A4 on which every mark is either part of the structure or declared decoration."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from html import escape

from fpdf import FPDF, XPos, YPos
from fpdf.actions import URIAction
from fpdf.annotations import PDFAnnotation
from fpdf.enums import AnnotationFlag
from fpdf.fonts import TTFFont
from fpdf.prefs import ViewerPreferences
from fpdf.structure_tree import StructElem

from functions.certificates.printing.compact import CompactProducer
from functions.certificates.printing.faces import SHAPED, file_of, runs
from functions.certificates.printing.tagging import Structure
from jalon.certificates.framework import Language
from jalon.kernel.clock import iso

PT_PER_MM = 72 / 25.4
HEIGHT_MM = 297.0
Colour = tuple[int, int, int]

_XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>Jalon</xmp:CreatorTool><xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description></rdf:RDF></x:xmpmeta>"""


class Canvas(FPDF):
    """One A4 page in PDF/A-3A and PDF/UA-1. Lengths are millimetres from the top left; sizes of type are points."""

    def __init__(self, title: str, language: Language, created: datetime) -> None:
        super().__init__(unit="mm", format="A4", enforce_compliance="PDF/A-3U")
        self.set_auto_page_break(False)
        self.c_margin = 0
        self.set_title(title)
        self.set_lang("fr-FR" if language == "fr" else "en-GB")
        self.set_creation_date(created)
        self.set_xmp_metadata(_XMP.format(title=escape(title), language=self.lang, date=iso(created)))
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.add_page()
        self.struct_builder = self.structure = Structure(self.pages[1])
        self.seal: PDFAnnotation | None = None
        self._faces: set[str] = set()

    def finished(self) -> bytes:
        """The whole file."""
        for font in self._embedded():
            _name_every_glyph(font)
        return bytes(self.output(output_producer_class=CompactProducer))

    def close(self) -> None:
        """Close the font files, which fpdf2 leaves to the collector."""
        for font in self._embedded():
            font.ttfont.close()

    def _embedded(self) -> Iterator[TTFFont]:
        """The fonts that the file carries: those of every face used."""
        return (font for font in self.fonts.values() if isinstance(font, TTFFont))

    def attach(self, name: str, contents: bytes, media_type: str, description: str, at: datetime) -> None:
        """Carry ``contents`` along as the data this page was made from (PDF/A-3's associated file)."""
        self.embed_file(
            bytes=contents,
            basename=name,
            mime_type=media_type,
            desc=description,
            associated_file_relationship="Data",
            creation_date=at,
            modification_date=at,
            compress=True,
        )

    def seal_field(self, name: str, description: str) -> None:
        """An empty signature field of no size, for a seal put on afterwards: part of the structure, invisible, never printed over."""
        with self.group("Form") as form:
            field = PDFAnnotation("Widget", 0, 0, 0, 0, field_type="Sig", title=name, flags=(AnnotationFlag.PRINT, AnnotationFlag.LOCKED))
            self.structure.describe(field, description)
            self.structure.annotate(form, field)
            self.pages[1].add_annotation(field)
        self.seal = field

    # -- structure

    @contextmanager
    def group(self, kind: str) -> Iterator[StructElem]:
        """A structure element that holds others (Table, TR, Link)."""
        element = self.structure.add(kind)
        self.structure.open.append(element)
        yield element
        self.structure.open.pop()

    @contextmanager
    def marked(
        self, kind: str, *, alt: str | None = None, actual_text: str | None = None, attributes: str | None = None
    ) -> Iterator[StructElem]:
        """A structure element whose content is what is drawn inside."""
        element = self.structure.add(kind, alt=alt, actual_text=actual_text, attributes=attributes)
        self._out(f"/{kind} <</MCID {self.structure.mark(element)}>> BDC")
        yield element
        self._out("EMC")

    @contextmanager
    def decoration(self) -> Iterator[None]:
        """What is drawn inside means nothing to a screen reader."""
        self._out("/Artifact BMC")
        yield
        self._out("EMC")

    def link_over(self, element: StructElem, box: tuple[float, float, float, float], address: str, contents: str) -> None:
        """Make ``box`` (left, top, width, height) a link of the element ``element`` (a Link)."""
        left, top, width, height = (length * PT_PER_MM for length in box)
        annotation = PDFAnnotation("Link", left, HEIGHT_MM * PT_PER_MM - top, width, height, contents=contents, action=URIAction(address))
        self.structure.annotate(element, annotation)
        self.pages[1].add_annotation(annotation)

    # -- text

    def width_of(self, text: str, face: str, size_pt: float) -> float:
        """How wide ``text`` prints."""
        width = 0.0
        for piece, of in runs(text, face):
            self._use(of, size_pt)
            width += self.get_string_width(piece)
        return width

    def put(self, x: float, y: float, text: str, face: str, size_pt: float, colour: Colour, align: str = "L") -> None:
        """Print one line with its baseline at ``y``; ``x`` is its left end, its middle (C) or its right (R), spaces at its end apart."""
        if align != "L":
            x -= self.width_of(text.rstrip(" "), face, size_pt) / (2 if align == "C" else 1)
        self.set_text_color(*colour)
        for piece, of in runs(text, face):
            self._use(of, size_pt)
            x = self._put_shaped(x, y, piece) if of in SHAPED else self._put_plain(x, y, piece)

    def _put_plain(self, x: float, y: float, piece: str) -> float:
        self.text(x, y, piece)
        return x + self.get_string_width(piece)

    def _put_shaped(self, x: float, y: float, piece: str) -> float:
        """Print a piece whose glyphs depend on their neighbours, with the text it stands for: its glyphs no longer spell it."""
        width = self.get_string_width(piece)
        self.set_xy(x, y - 0.3 * self.font_size)  # a cell without height sets its baseline there
        spelt = (b"\xfe\xff" + piece.encode("utf-16-be")).hex()
        self._out(f"/Span <</ActualText <{spelt}>>> BDC")
        self.cell(width, 0, piece, new_x=XPos.RIGHT, new_y=YPos.TOP)
        self._out("EMC")
        return x + width

    def _use(self, face: str, size_pt: float) -> None:
        if face not in self._faces:
            self.add_font(face, fname=file_of(face))
            # Boxes are those of the cut font: computing them anew would unpack every glyph (a fifth of the page's time).
            for font in self._embedded():
                font.ttfont.recalcBBoxes = False
            self._faces.add(face)
        self.set_font(face, size=size_pt)
        self.set_text_shaping(use_shaping_engine=face in SHAPED)

    # -- paths

    def paint(self, path: str, operator: str, *, fill: Colour | None = None, stroke: Colour | None = None, width: float = 0.2) -> None:
        """Draw ``path`` (PDF operators in millimetres, y downwards) with ``operator`` (``f``, ``S``, ``B``)."""
        settings = [f"q {PT_PER_MM:.5f} 0 0 {-PT_PER_MM:.5f} 0 {HEIGHT_MM * PT_PER_MM:.3f} cm 1 J 1 j {width:g} w"]
        if fill is not None:
            settings.append(f"{_rgb(fill)} rg")
        if stroke is not None:
            settings.append(f"{_rgb(stroke)} RG")
        self._out(" ".join(settings) + f" {path} {operator} Q")


def _name_every_glyph(font: TTFFont) -> None:
    """Of the glyphs of one syllable, the first stands for its characters; the others, for a space of no width: every glyph must stand
    for some character (ISO 19005-3 §6.2.11.7.2), and what is read is the replacement text.
    """
    for glyph in dict(font.subset.items()):
        if glyph is not None and glyph.unicode == ():
            glyph.unicode = (0x200B,)


def _rgb(colour: Colour) -> str:
    return " ".join(f"{part / 255:.3f}" for part in colour)
