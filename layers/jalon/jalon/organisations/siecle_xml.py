"""What a SIECLE export says, read as a stream (docs/domain.md §6).

The document is never held as a tree: its elements pass by, and only the fields of a pupil and their classes are kept.
defusedxml refuses a document type declaration and with it every entity and external reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import create_parser

from jalon.organisations.imports import ImportRefusedError, ProblemCode
from jalon.organisations.siecle_file import SiecleDocument, refused

ROOT = "BEE_ELEVES"
_UAJ = (ROOT, "PARAMETRES", "UAJ")
_PUPIL = (ROOT, "DONNEES", "ELEVES", "ELEVE")
_MEMBERSHIP = (ROOT, "DONNEES", "STRUCTURES", "STRUCTURES_ELEVE")
_STRUCTURE = (*_MEMBERSHIP, "STRUCTURE")
_CLASS_TYPE = "D"
_NO_CLASS = "Inactifs"

MAX_DEPTH = 32
MAX_TEXT = 200
MAX_PUPILS = 20_000


@dataclass(frozen=True, slots=True)
class SiecleRow:
    """One ``ELEVE``: its direct children's texts by element name. An element that is absent is absent here."""

    pupil_id: str
    fields: Mapping[str, str]

    def text(self, name: str) -> str:
        """The field's text without surrounding space; empty when absent."""
        return self.fields.get(name, "").strip()


@dataclass(slots=True)
class SiecleExport:
    """Everything read: the school, the rows in order, and each pupil's class (the structure of type D)."""

    encoding: str
    uaj: str = ""
    rows: list[SiecleRow] = field(default_factory=list)
    classes: dict[str, str] = field(default_factory=dict)


def read_siecle(document: SiecleDocument) -> SiecleExport:
    """Read an export; raises :class:`ImportRefusedError` (INVALID_FILE) for anything that is not one."""
    export = SiecleExport(document.encoding)
    parser: Any = create_parser(forbid_dtd=True)
    parser.setContentHandler(_Reader(export))
    try:
        for piece in document.pieces():
            parser.feed(piece)
        parser.close()
    except (SAXException, DefusedXmlException, UnicodeError, ValueError) as error:
        raise refused(ProblemCode.INVALID_FILE, "This is not the XML that SIECLE exports; export the list again.") from error
    return export


class _Reader(ContentHandler):
    """Keeps the path of open elements, and the text of the one being read when its path matters."""

    def __init__(self, export: SiecleExport) -> None:
        super().__init__()
        self._export = export
        self._path: tuple[str, ...] = ()
        self._text: list[str] | None = None
        self._length = 0
        self._pupil_id = ""
        self._fields: dict[str, str] = {}
        self._structure: dict[str, str] = {}

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - the name is SAX's
        if not self._path and name != ROOT:
            raise refused(ProblemCode.INVALID_FILE, f"The document is a {name[:40]}; the pupils' list of SIECLE is a {ROOT}.")
        if len(self._path) >= MAX_DEPTH:
            raise _malformed()
        self._path = (*self._path, name)
        if self._path in {_PUPIL, _MEMBERSHIP}:
            self._pupil_id = attrs.get("ELEVE_ID", "")
            self._fields = {}
        elif self._path == _STRUCTURE:
            self._structure = {}
        self._text = [] if self._path == _UAJ or self._path[:-1] in {_PUPIL, _STRUCTURE} else None
        self._length = 0

    def characters(self, content: str) -> None:
        if self._text is None:
            return
        self._length += len(content)
        if self._length > MAX_TEXT:
            raise _malformed()
        self._text.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - the name is SAX's
        text = "" if self._text is None else "".join(self._text)
        if self._path == _UAJ:
            self._export.uaj = text.strip()
        elif self._path[:-1] == _PUPIL:
            self._fields[name] = text
        elif self._path[:-1] == _STRUCTURE:
            self._structure[name] = text.strip()
        elif self._path == _STRUCTURE:
            self._end_structure()
        elif self._path == _PUPIL:
            self._end_pupil()
        self._path = self._path[:-1]
        self._text = None

    def _end_pupil(self) -> None:
        if len(self._export.rows) >= MAX_PUPILS:
            raise refused(ProblemCode.FILE_TOO_LARGE, f"A list holds at most {MAX_PUPILS} pupils.")
        self._export.rows.append(SiecleRow(self._pupil_id, self._fields))

    def _end_structure(self) -> None:
        code = self._structure.get("CODE_STRUCTURE", "")
        if self._structure.get("TYPE_STRUCTURE") == _CLASS_TYPE and code and code != _NO_CLASS:
            self._export.classes.setdefault(self._pupil_id, code)


def _malformed() -> ImportRefusedError:
    return refused(ProblemCode.INVALID_FILE, "This is not the XML that SIECLE exports: it nests too deep or holds too long a text.")
