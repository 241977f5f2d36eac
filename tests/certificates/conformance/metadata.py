"""ISO 19005-3 §6.6 and ISO 14289-1 §7.1: what the file says of itself."""

from collections.abc import Iterator

import pikepdf
from lxml import etree

from tests.certificates.conformance.document import File

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_PDFA, _PDFUA = "{http://www.aiim.org/pdfa/ns/id/}", "{http://www.aiim.org/pdfua/ns/id/}"
_DC, _XMP = "{http://purl.org/dc/elements/1.1/}", "{http://ns.adobe.com/xap/1.0/}"
_EXTENSION, _SCHEMA, _PROPERTY = (f"{{http://www.aiim.org/pdfa/ns/{name}}}" for name in ("extension/", "schema#", "property#"))
#: Properties that PDF/A knows (XMP 2004 and its own), of those a certificate uses.
_KNOWN = {f"{_PDFA}part", f"{_PDFA}conformance", f"{_DC}title", f"{_DC}language"} | {
    f"{_XMP}{name}" for name in ("CreatorTool", "CreateDate", "ModifyDate")
}


def check(file: File) -> Iterator[str]:
    if "/Metadata" not in file.root:
        yield "6.6.2.1 / Matterhorn 06-001: no metadata"
        return
    stream = file.root.Metadata
    if (str(stream.stream_dict.Type), str(stream.stream_dict.Subtype)) != ("/Metadata", "/XML") or "/Filter" in stream.stream_dict:
        yield "6.6.2.1: the metadata stream is not typed, or filtered"
    packet = stream.read_bytes()
    if not packet.startswith(b"<?xpacket begin=") or b"encoding=" in packet.split(b"?>")[0] or b"bytes=" in packet.split(b"?>")[0]:
        yield "6.6.2.1: the packet's header"
    try:
        tree = etree.fromstring(packet)
    except etree.XMLSyntaxError:
        yield "6.6.2.1: not well-formed"
        return
    description = tree.find(f".//{_RDF}Description")
    says = {item.tag: (item.text or "").strip() for item in description}
    if (says.get(f"{_PDFA}part"), says.get(f"{_PDFA}conformance")) != ("3", "A"):
        yield "6.6.4: not identified as PDF/A-3A"
    if says.get(f"{_PDFUA}part") != "1":
        yield "Matterhorn 06-002: not identified as PDF/UA-1"
    if not tree.findtext(f".//{_DC}title/{_RDF}Alt/{_RDF}li"):
        yield "Matterhorn 06-003: no title"
    yield from _extensions(tree, set(says))
    if "/Info" in file.pdf.trailer:
        yield "6.6.3: an Info dictionary, which must then agree with the metadata"
    preferences = file.root.get("/ViewerPreferences", pikepdf.Dictionary())
    if not preferences.get("/DisplayDocTitle", False):
        yield "Matterhorn 07-001: the title is not displayed"


def _extensions(tree: etree._Element, used: set[str]) -> Iterator[str]:
    described = set()
    for schema in tree.findall(f".//{_EXTENSION}schemas/{_RDF}Bag/{_RDF}li"):
        address, prefix = schema.findtext(f"{_SCHEMA}namespaceURI"), schema.findtext(f"{_SCHEMA}prefix")
        if not (address and prefix and schema.findtext(f"{_SCHEMA}schema")):
            yield "6.6.2.3.2: an extension schema is not described whole"
        for item in schema.findall(f"{_SCHEMA}property/{_RDF}Seq/{_RDF}li"):
            fields = [item.findtext(f"{_PROPERTY}{name}") for name in ("name", "valueType", "category", "description")]
            if not all(fields) or fields[2] not in {"internal", "external"}:
                yield "6.6.2.3.3: a property of an extension schema is not described whole"
            described.add(f"{{{address}}}{fields[0]}")
    if unknown := used - _KNOWN - described - {f"{_EXTENSION}schemas"}:
        yield f"6.6.2.3.1: properties that no schema describes: {sorted(unknown)}"
