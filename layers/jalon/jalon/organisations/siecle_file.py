"""Opening a SIECLE export: plain or zipped, within limits, in an encoding we read (docs/domain.md §6).

An upload is not trusted. What a zip unfolds to is counted while it is read, never believed from its header; only one
XML document is taken, stored or deflated; its size has a limit either way.
"""

import codecs
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from jalon.organisations.imports import MAX_UPLOAD_BYTES, ImportProblem, ImportRefusedError, ProblemCode

#: The largest school's export is some 30 MB once unzipped; beyond this it is not a list of pupils.
MAX_XML_BYTES = 120 * 1024 * 1024
CHUNK_BYTES = 64 * 1024

_ENCODINGS = {
    "utf-8": "utf-8",
    "ascii": "ascii",
    "iso8859-1": "iso-8859-1",
    "iso8859-15": "iso-8859-15",
    "cp1252": "windows-1252",
}
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_OTHER_UNICODE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_READABLE = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1


def refused(code: ProblemCode, detail: str) -> ImportRefusedError:
    """The refusal of a file as a whole, for one reason."""
    return ImportRefusedError(ImportProblem(code, detail))


class SiecleDocument:
    """The XML of an export: its Python codec name and its bytes, piece by piece."""

    def __init__(self, stream: IO[bytes], max_bytes: int) -> None:
        self._stream = stream
        self._left = max_bytes
        self._head = self._read()
        self.encoding = encoding_of(self._head)

    def pieces(self) -> Iterator[bytes]:
        """Every piece once, in order; raises :class:`ImportRefusedError` where the limit is passed."""
        piece = self._head
        while piece:
            yield piece
            piece = self._read()

    def _read(self) -> bytes:
        try:
            piece = self._stream.read(CHUNK_BYTES)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise refused(ProblemCode.INVALID_FILE, "The zip file is damaged; export the list again.") from error
        self._left -= len(piece)
        if self._left < 0:
            raise refused(ProblemCode.FILE_TOO_LARGE, "The list is larger than any school's; check the export.")
        return piece


def encoding_of(head: bytes) -> str:
    """The Python codec an XML document declares; UTF-8 when it declares none.

    >>> encoding_of(b"<?xml version='1.0' encoding='ISO-8859-15'?>")
    'iso8859-15'
    """
    if head.startswith(_OTHER_UNICODE):
        raise refused(ProblemCode.ENCODING_NOT_SUPPORTED, "Export the list in ISO-8859-15 or UTF-8, not in UTF-16.")
    declared = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8))
    if declared is None:
        return "utf-8"
    label = declared.group(1).decode("ascii")
    try:
        name = codecs.lookup(label).name
    except LookupError:
        name = ""
    if name not in _ENCODINGS:
        raise refused(
            ProblemCode.ENCODING_NOT_SUPPORTED, f"The encoding {label} is not read; use {', '.join(sorted(_ENCODINGS.values()))}."
        )
    return name


@contextmanager
def open_siecle(upload: bytes, max_xml_bytes: int = MAX_XML_BYTES) -> Iterator[SiecleDocument]:
    """The document inside an upload; raises :class:`ImportRefusedError` for a file that cannot hold one."""
    if len(upload) > MAX_UPLOAD_BYTES:
        raise refused(ProblemCode.FILE_TOO_LARGE, "The file is larger than 20 MB; send it zipped.")
    if not upload.strip():
        raise refused(ProblemCode.INVALID_FILE, "The file is empty.")
    if upload.startswith(b"PK"):
        with _unzipped(upload) as stream:
            yield SiecleDocument(stream, max_xml_bytes)
    else:
        yield SiecleDocument(io.BytesIO(upload), max_xml_bytes)


@contextmanager
def _unzipped(upload: bytes) -> Iterator[IO[bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(upload)) as archive:
            entry = _only_document(archive.infolist())
            with archive.open(entry) as stream:
                yield stream
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise refused(ProblemCode.INVALID_FILE, "The zip file cannot be opened; zip the XML file again, without a password.") from error


def _only_document(entries: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    documents = [entry for entry in entries if entry.filename.lower().endswith(".xml") and not entry.filename.startswith("__MACOSX/")]
    if len(documents) != 1:
        raise refused(ProblemCode.INVALID_FILE, "The zip file must hold exactly one XML file: the pupils' list of SIECLE.")
    entry = documents[0]
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _READABLE:
        raise refused(ProblemCode.INVALID_FILE, "Zip the XML file again, without a password, in the usual format.")
    return entry
