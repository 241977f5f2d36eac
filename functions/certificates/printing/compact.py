"""fpdf2's file with its small objects packed into one compressed stream (ISO 32000-1 §7.5.7, §7.5.8): a quarter of the size.

The structure tree makes a hundred small dictionaries; PDF/A-3 allows object streams. Objects that hold an address stay outside, so
that the verification page finds the token by looking through the file's bytes.
"""

import re
import zlib
from typing import Any

from fpdf.annotations import PDFAnnotation
from fpdf.output import AcroForm, OutputProducer, PDFCatalog
from fpdf.syntax import PDFArray, PDFContentStream, PDFObject

_TRAILER = re.compile(rb"trailer\n<<\n/Size \d+\n(/Root .*?)\n>>\nstartxref", re.DOTALL)
_IN_THE_FILE, _IN_THE_STREAM = 1, 2


class CompactProducer(OutputProducer):
    """Writes the file, then packs it."""

    def _add_pdf_obj(self, pdf_obj: PDFObject, trace_label: str | None = None) -> int:
        if type(pdf_obj) is PDFContentStream and pdf_obj.filter is None:
            # fpdf2 leaves the maps from glyphs to characters uncompressed
            PDFContentStream.__init__(pdf_obj, pdf_obj.content_stream(), compress=True)
        return super()._add_pdf_obj(pdf_obj, trace_label)

    def _finalize_catalog(self, catalog_obj: PDFCatalog, *rest: Any, **more: Any) -> None:
        super()._finalize_catalog(catalog_obj, *rest, **more)
        catalog_obj.open_action = None  # how large the page opens is the reader's choice
        field = getattr(self.fpdf, "seal", None)
        if field is not None:
            catalog_obj.acro_form = AcroForm(PDFArray([field]), sig_flags=0)

    def bufferize(self) -> bytearray:
        plain = bytes(super().bufferize())
        packed = {item.id for item in self.pdf_objs if isinstance(item, PDFObject) and _may_be_packed(item)}
        return bytearray(_pack(plain, self.offsets, packed))


def _may_be_packed(item: PDFObject) -> bool:
    return not isinstance(item, PDFAnnotation) and item.content_stream() is None


def _pack(plain: bytes, offsets: dict[int, int], packed: set[int]) -> bytes:
    starts = sorted(offsets.items(), key=lambda item: item[1])
    ends = [start for _, start in starts[1:]] + [plain.rindex(b"xref\n0 ")]
    trailer = _TRAILER.search(plain, ends[-1])
    if trailer is None:
        raise ValueError("not a file that fpdf2 wrote")
    out = bytearray(plain[: starts[0][1]])
    entries: dict[int, tuple[int, int, int]] = {0: (0, 0, 65535)}
    inside: list[tuple[int, bytes]] = []
    stream_id = len(offsets) + 1
    for (number, start), end in zip(starts, ends, strict=True):
        body = plain[start:end].strip()
        if number in packed:
            entries[number] = (_IN_THE_STREAM, stream_id, len(inside))
            inside.append((number, body.removeprefix(b"%d 0 obj\n" % number).removesuffix(b"\nendobj")))
        else:
            entries[number] = (_IN_THE_FILE, len(out), 0)
            out += body + b"\n"
    entries[stream_id] = (_IN_THE_FILE, len(out), 0)
    out += _object_stream(stream_id, inside)
    entries[stream_id + 1] = (_IN_THE_FILE, len(out), 0)
    rows = [entries[number] for number in sorted(entries)]
    table = b"".join(kind.to_bytes(1, "big") + first.to_bytes(3, "big") + second.to_bytes(2, "big") for kind, first, second in rows)
    settings = b"/Type /XRef /Size %d /W [1 3 2] %s" % (stream_id + 2, b" ".join(trailer[1].split()))
    start = len(out)
    return bytes(out + _stream(stream_id + 1, settings, table) + b"startxref\n%d\n%%%%EOF\n" % start)


def _object_stream(number: int, inside: list[tuple[int, bytes]]) -> bytes:
    places, at = [], 0
    for inner, body in inside:
        places.append(b"%d %d" % (inner, at))
        at += len(body) + 1
    head = b" ".join(places) + b"\n"
    return _stream(number, b"/Type /ObjStm /N %d /First %d" % (len(inside), len(head)), head + b"\n".join(body for _, body in inside))


def _stream(number: int, settings: bytes, contents: bytes) -> bytes:
    data = zlib.compress(contents, 9)
    return b"%d 0 obj\n<<%s /Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream\nendobj\n" % (number, settings, len(data), data)
