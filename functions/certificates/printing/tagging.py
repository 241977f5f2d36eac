"""The logical structure of the page (PDF/UA-1): what a screen reader reads, in which order, and what is decoration.

fpdf2 builds a flat structure for figures only; this subclass of its private builder lets elements nest and texts be marked.
Hence fpdf2 is pinned; the tests read the structure back with another library.
"""

from collections.abc import Iterator

from fpdf.annotations import PDFAnnotation
from fpdf.output import PDFPage
from fpdf.structure_tree import NumberTree, StructElem, StructureTreeBuilder
from fpdf.syntax import Name, PDFObject, PDFString

PAGE = 1


def _also(item: PDFObject, **entries: object) -> None:
    """Give a PDF dictionary entries fpdf2 does not know: it writes every attribute, ``struct_parent`` as ``/StructParent``."""
    for name, value in entries.items():
        setattr(item, name, value)


class ParentTree(NumberTree):
    """From marked content and annotations back to their elements: 0 is the page's list by MCID, the rest one element each."""

    def __init__(self) -> None:
        super().__init__()
        self.annotated: dict[int, StructElem] = {}

    def serialize(self, obj_dict: dict[str, object] | None = None, _security_handler: object = None) -> str:  # noqa: ARG002 - fpdf2's signature
        marked = " ".join(element.ref for element in self.nums[0])
        annotated = " ".join(f"{key} {element.ref}" for key, element in self.annotated.items())
        return str(super(NumberTree, self).serialize({"/Nums": f"[0 [{marked}] {annotated}]"}))


class ObjectReference:
    """A structure element's pointer to an annotation."""

    def __init__(self, annotation: PDFAnnotation) -> None:
        self.annotation = annotation

    def serialize(self, **_: object) -> str:
        return f"<</Type /OBJR /Obj {self.annotation.ref}>>"


class Structure(StructureTreeBuilder):
    """A tree of structure elements over one page."""

    def __init__(self, page: PDFPage) -> None:
        super().__init__()
        self.page = page
        self.open = [self.doc_struct_elem]
        self.parents = ParentTree()
        self.struct_tree_root.parent_tree = self.parents
        self.elements: list[StructElem] = []
        page.struct_parents = 0
        _also(page, tabs=Name("S"))

    def add(self, kind: str, *, alt: str | None = None, actual_text: str | None = None, attributes: str | None = None) -> StructElem:
        """A new element below the one that is open."""
        parent = self.open[-1]
        element = StructElem(f"/{kind}", parent, [], page_number=PAGE, alt=alt)
        # the type is optional, and there are eighty of them
        _also(element, type=None, pg=self.page)
        if actual_text is not None:
            _also(element, actual_text=PDFString(actual_text))
        if attributes is not None:
            _also(element, a=f"<<{attributes}>>")
        parent.k.append(element)
        self.elements.append(element)
        return element

    def mark(self, element: StructElem) -> int:
        """A fresh MCID for a piece of ``element``'s content."""
        marked = self.parents.nums[0]
        marked.append(element)
        element.k.append(len(marked) - 1)
        return len(marked) - 1

    def describe(self, field: PDFAnnotation, description: str) -> None:
        """Say what a form field is for (``/TU``, ISO 14289-1 §7.18.1)."""
        _also(field, t_u=PDFString(description))

    def annotate(self, element: StructElem, annotation: PDFAnnotation) -> None:
        """Make ``annotation`` part of ``element``'s content."""
        place = 1 + len(self.parents.annotated)
        _also(annotation, struct_parent=place)
        self.parents.annotated[place] = element
        element.k.append(ObjectReference(annotation))

    def __iter__(self) -> Iterator[PDFObject]:
        yield self.struct_tree_root
        yield self.doc_struct_elem
        yield self.parents
        yield from self.elements
