"""ISO 19005-3 §6.3 to §6.5 and §6.8, ISO 14289-1 §7.11 and §7.18: links, the seal's field, and what is attached."""

from collections.abc import Iterator

import pikepdf

from tests.certificates.conformance.document import File
from tests.certificates.conformance.tagging import elements

_PRINT, _HIDES = 4, 1 | 2 | 32 | 256
_RELATIONSHIPS = {"/Source", "/Data", "/Alternative", "/Supplement", "/Unspecified"}
_IN = {"/Link": "/Link", "/Widget": "/Form"}


def check(file: File) -> Iterator[str]:
    annotations = list(file.page.get("/Annots", []))
    if annotations and str(file.page.get("/Tabs", "")) != "/S":
        yield "Matterhorn 28-008: the tab order is not the structure's"
    holders = {annotation.objgen: element.kind for element in elements(file) for annotation in element.objects}
    for annotation in annotations:
        yield from _annotation(annotation, holders.get(annotation.objgen, ""))
    for item in file.objects():
        if isinstance(item, pikepdf.Dictionary) and ("/AA" in item or str(item.get("/S", "")) in {"/JavaScript", "/Launch", "/Named"}):
            yield "6.5.1: an action that is not allowed"
    yield from _form(file, annotations)
    yield from _attachments(file)


def _annotation(annotation: pikepdf.Dictionary, holder: str) -> Iterator[str]:
    kind, flags = str(annotation.Subtype), int(annotation.get("/F", 0))
    if kind not in _IN:
        yield f"6.3.1: an annotation {kind}"
        return
    if not flags & _PRINT or flags & _HIDES:
        yield f"6.3.2: {kind} is hidden, or is not printed"
    if holder != _IN[kind]:
        yield f"Matterhorn 28-010, 28-011: {kind} in {holder or 'no element'}"
    if kind == "/Link" and not str(annotation.get("/Contents", "")):
        yield "Matterhorn 28-012: a link without its description"
    if kind == "/Link" and str(annotation.A.S) != "/URI":
        yield "6.5.1: a link to something else than an address"
    if kind == "/Widget":
        left, bottom, right, top = (float(side) for side in annotation.Rect)
        if (left, bottom) != (right, top) and "/AP" not in annotation:
            yield "6.3.3: a field without an appearance"
        if not str(annotation.get("/TU", "")):
            yield "Matterhorn 28-005: a field without its description"
        if "/A" in annotation:
            yield "6.4.1: a field with an action"


def _form(file: File, annotations: list[pikepdf.Dictionary]) -> Iterator[str]:
    form = file.root.get("/AcroForm")
    widgets = {annotation.objgen for annotation in annotations if str(annotation.Subtype) == "/Widget"}
    if form is None:
        if widgets:
            yield "a field outside any form"
        return
    if form.get("/NeedAppearances", False) or "/XFA" in form:
        yield "6.4.1, 6.4.2: NeedAppearances or XFA"
    if {field.objgen for field in form.Fields} != widgets or any(str(field.FT) != "/Sig" for field in form.Fields):
        yield "fields other than the seal's"
    for field in form.Fields:
        if "/V" in field:
            yield from _signature(file, field.V)


def _signature(file: File, signature: pikepdf.Dictionary) -> Iterator[str]:
    start, before, after, rest = (int(number) for number in signature.ByteRange)
    if (start, after + rest) != (0, len(file.raw)) or file.raw[before : before + 1] + file.raw[after - 1 : after] != b"<>":
        yield "6.4.3: the digest does not cover everything but the signature"
    for reference in signature.get("/Reference", []):
        if {"/DigestLocation", "/DigestMethod", "/DigestValue"} & set(reference.keys()):
            yield "6.1.12: a reference with a digest of its own"


def _attachments(file: File) -> Iterator[str]:
    associated = {item.objgen for item in file.root.get("/AF", [])}
    for item in file.pdf.objects:
        if not (isinstance(item, pikepdf.Dictionary) and "/EF" in item):
            continue
        if not {"/F", "/UF"} <= set(item.keys()):
            yield "6.8 / Matterhorn 21-001: an attachment without F or UF"
        if str(item.get("/AFRelationship", "")) not in _RELATIONSHIPS or item.objgen not in associated:
            yield "6.8: an attachment that is not associated, or not said how"
        said = item.EF.F.stream_dict
        if "/" not in str(said.get("/Subtype", ""))[1:] or "/ModDate" not in said.get("/Params", {}):
            yield "6.8: an attachment without its media type or its date"
        if not str(item.get("/Desc", "")):
            yield "6.8: an attachment without its description"
