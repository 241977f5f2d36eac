"""A file as the checks see it."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import pikepdf

SHOWS = {"Tj", "TJ", "'", '"'}


@dataclass(frozen=True)
class Shown:
    """A string that a page shows: with which font, and in which marked contents, outermost first."""

    text: bytes
    font: str
    marks: tuple[tuple[str, dict], ...]


@dataclass
class File:
    """The bytes, the objects, and what the page's content does."""

    raw: bytes
    pdf: pikepdf.Pdf = field(init=False)

    def __post_init__(self) -> None:
        self.pdf = pikepdf.open(io.BytesIO(self.raw))

    @property
    def root(self) -> pikepdf.Dictionary:
        return self.pdf.Root

    @property
    def page(self) -> pikepdf.Dictionary:
        (page,) = self.pdf.pages
        return page.obj

    @cached_property
    def instructions(self) -> list[tuple[list, str]]:
        return [(list(operands), str(operator)) for operands, operator in pikepdf.parse_content_stream(self.page)]

    @cached_property
    def shown(self) -> list[Shown]:
        """Every string shown, in order."""
        found, marks, font = [], [], ""
        for operands, operator in self.instructions:
            if operator in {"BDC", "BMC"}:
                properties = operands[1] if operator == "BDC" else {}
                marks.append((str(operands[0]), {str(key): properties[key] for key in properties.keys()}))  # noqa: SIM118 - a PDF dictionary
            elif operator == "EMC":
                marks.pop()
            elif operator == "Tf":
                font = str(operands[0])
            elif operator in SHOWS:
                strings = operands[0] if operator == "TJ" else operands[-1:]
                found += [Shown(bytes(item), font, tuple(marks)) for item in strings if isinstance(item, pikepdf.String)]
        return found

    def objects(self) -> Iterator[pikepdf.Object]:
        """Every indirect object and, depth first, every direct one inside it."""
        for number in self.pdf.objects:
            yield from within(number)


def within(item: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """``item`` and what it holds directly."""
    yield item
    if isinstance(item, pikepdf.Stream):
        item = item.stream_dict
    if isinstance(item, pikepdf.Dictionary):
        below = [item[key] for key in item.keys()]  # noqa: SIM118 - a PDF dictionary
    elif isinstance(item, pikepdf.Array):
        below = list(item)
    else:
        return
    for inner in below:
        if isinstance(inner, (pikepdf.Dictionary, pikepdf.Array, pikepdf.Stream)) and inner.is_indirect:
            continue
        yield from within(inner) if isinstance(inner, pikepdf.Object) else [inner]
