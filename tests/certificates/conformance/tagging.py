"""ISO 19005-3 §6.7 and ISO 14289-1 §7.1 to §7.5: everything is content in its place, or decoration."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pikepdf

from tests.certificates.conformance.document import File

#: ISO 32000-1 §14.8.4, of the types a certificate uses.
_STANDARD = {"/Document", "/H1", "/H2", "/H3", "/P", "/Table", "/TR", "/TH", "/TD", "/Figure", "/Link", "/Form", "/Span"}
_MAY_HOLD = {"/Table": {"/TR"}, "/TR": {"/TH", "/TD"}}
_MUST_BE_IN = {"/TR": "/Table", "/TH": "/TR", "/TD": "/TR"}
_DRAWS = set("S s f F f* B B* b b* Tj TJ ' \" Do sh EI".split())  # noqa: SIM905 - PDF's operators
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


@dataclass(frozen=True)
class Element:
    """An element of the structure tree: kind, dictionary, kind of its parent, marked contents, annotations, elements below."""

    kind: str
    item: pikepdf.Dictionary
    parent: str
    contents: tuple[int, ...]
    objects: tuple[pikepdf.Dictionary, ...]
    below: tuple[str, ...]


def elements(file: File) -> list[Element]:
    """The structure tree in reading order."""
    found: list[Element] = []
    if "/StructTreeRoot" in file.root:
        _walk(file.root.StructTreeRoot, "", found)
    return found


def _walk(node: pikepdf.Dictionary, parent: str, found: list[Element]) -> None:
    kids = node.get("/K", pikepdf.Array())
    kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    below = [kid for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]
    kind = str(node.get("/S", ""))
    if kind:
        contents = tuple(int(kid) for kid in kids if isinstance(kid, int))
        objects = tuple(kid.Obj for kid in kids if isinstance(kid, pikepdf.Dictionary) and str(kid.get("/Type")) == "/OBJR")
        found.append(Element(kind, node, parent, contents, objects, tuple(str(kid.S) for kid in below)))
    for kid in below:
        _walk(kid, kind, found)


def check(file: File) -> Iterator[str]:
    root = file.root
    marks = root.get("/MarkInfo", pikepdf.Dictionary())
    if not marks.get("/Marked", False) or marks.get("/Suspects", False):
        yield "6.7.2.2 / Matterhorn 01-007: not marked, or suspect"
    if not _LANGUAGE.fullmatch(str(root.get("/Lang", ""))):
        yield "6.7.4 / Matterhorn 11-001: no language"
    if "/StructTreeRoot" not in root:
        yield "6.7.3.3: no structure tree"
        return
    if "/RoleMap" in root.StructTreeRoot:
        yield "6.7.3.4: a role map, which standard types have no use for"
    tree = elements(file)
    yield from _marked_content(file)
    yield from _parent_tree(file, tree)
    yield from _kinds(tree)
    yield from _headings(tree)
    yield from _table(tree)


def _marked_content(file: File) -> Iterator[str]:
    """Artifacts hold no content and content no artifact; nothing is drawn outside both (Matterhorn 01-003 to 01-005)."""
    open_marks: list[str] = []
    for operands, operator in file.instructions:
        if operator in {"BDC", "BMC"}:
            tag = str(operands[0])
            kind = "artifact" if tag == "/Artifact" else "content" if operator == "BDC" and "/MCID" in operands[1] else "span"
            if kind == "span" and not open_marks:
                yield f"Matterhorn 01-005: {tag} outside the structure"
            if kind != "span" and {"artifact", "content"} & set(open_marks):
                yield "Matterhorn 01-003, 01-004: content and artifacts inside one another"
            open_marks.append(kind)
        elif operator == "EMC":
            open_marks.pop()
        elif operator in _DRAWS and not {"artifact", "content"} & set(open_marks):
            yield f"6.7.3.3 / Matterhorn 01-005: {operator} outside the structure"


def _parent_tree(file: File, tree: list[Element]) -> Iterator[str]:
    numbers = list(file.root.StructTreeRoot.ParentTree.Nums)
    parents = {int(numbers[at]): numbers[at + 1] for at in range(0, len(numbers), 2)}
    drawn = [int(operands[1].MCID) for operands, operator in file.instructions if operator == "BDC" and "/MCID" in operands[1]]
    owners = {mcid: element.item for element in tree for mcid in element.contents}
    listed = list(parents[int(file.page.StructParents)])
    if sorted(drawn) != list(range(len(listed))) or sorted(owners) != sorted(drawn):
        yield "ISO 32000-1 §14.7.4.4: marked contents, structure and parent tree do not agree"
    elif any(listed[mcid].objgen != owners[mcid].objgen for mcid in drawn):
        yield "ISO 32000-1 §14.7.4.4: the parent tree names another element"
    for element in tree:
        for annotation in element.objects:
            if parents.get(int(annotation.get("/StructParent", -1)), element.item).objgen != element.item.objgen:
                yield "ISO 32000-1 §14.7.4.4: an annotation's parent is another element"
            if "/StructParent" not in annotation:
                yield "Matterhorn 28: an annotation without its place in the parent tree"
    order = [mcid for element in tree for mcid in element.contents]
    if order != sorted(order):
        yield "Matterhorn 09-001: the page is drawn in another order than it is read"


def _kinds(tree: list[Element]) -> Iterator[str]:
    for element in tree:
        if element.kind not in _STANDARD:
            yield f"6.7.3.4 / Matterhorn 02-001: {element.kind} is no standard type"
        if set(element.below) - _MAY_HOLD.get(element.kind, _STANDARD):
            yield f"Matterhorn 09-004: {element.kind} holds {element.below}"
        if element.parent != _MUST_BE_IN.get(element.kind, element.parent):
            yield f"Matterhorn 09-004: {element.kind} in {element.parent}"
        if element.kind == "/Figure":
            box = element.item.get("/A", pikepdf.Dictionary()).get("/BBox", [])
            if not str(element.item.get("/Alt", "")) or len(box) != 4:
                yield "6.7.5 / Matterhorn 13-004: a figure without its description or place"
    if [element.kind for element in tree if not element.parent] != ["/Document"]:
        yield "ISO 32000-1 §14.8.4.2: not one document"


def _headings(tree: list[Element]) -> Iterator[str]:
    ranks = [int(element.kind[2:]) for element in tree if re.fullmatch("/H[1-6]", element.kind)]
    if ranks[:1] != [1] or any(after > before + 1 for before, after in pairwise(ranks)):
        yield "Matterhorn 14-002, 14-003: the headings do not begin at H1, or skip a rank"
    if ranks.count(1) != 1:
        yield "a page has one H1"


def _table(tree: list[Element]) -> Iterator[str]:
    spans = [_span(element) for element in tree if element.kind in {"/TH", "/TD"}]
    if any(scope not in {"/Row", "/Column"} for kind, scope, _ in spans if kind == "/TH"):
        yield "Matterhorn 15-003: a header cell without its scope"
    rows = [len(element.below) for element in tree if element.kind == "/TR"]
    wide, cells = set(), iter(spans)
    for count in rows:
        wide.add(sum(next(cells)[2] for _ in range(count)))
    if len(wide) > 1:
        yield f"ISO 14289-1 §7.5: rows of {wide} columns"


def _span(element: Element) -> tuple[str, str, int]:
    attributes = element.item.get("/A", pikepdf.Dictionary())
    return element.kind, str(attributes.get("/Scope", "")), int(attributes.get("/ColSpan", 1))
