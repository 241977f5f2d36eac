"""A whole table, page by page: in segments that several may walk beside each other, and on from where another walk stopped.

For an operator's commands and nothing else: no request may cost more the more people there are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.models import Model

from jalon.edge.tables import translated

#: An item's key, in DynamoDB's typed form: a walk goes on after it.
Place = Mapping[str, Mapping[str, Any]]
Typed = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Segment:
    """The ``number``-th, from 1, of ``total`` parts of a table, which together are all of it."""

    number: int
    total: int


WHOLE = Segment(1, 1)


@dataclass(frozen=True, slots=True)
class Page:
    """Items in DynamoDB's typed form, and where to go on after them; ``place`` is None after the last."""

    items: Sequence[Typed]
    place: Place | None


def walk(
    model: type[Model],
    attributes: Sequence[str],
    *,
    segment: Segment,
    after: Place | None = None,
    only: Condition | None = None,
    index: str | None = None,
    page_size: int | None = None,
) -> Iterator[Page]:
    """The items of a segment of a table or of one of its indexes, with these attributes, in pages; those with one partition key together.

    ``page_size`` counts items before ``only`` drops some of them; None reads a megabyte for each page. The reads are eventually consistent:
    what was written a second ago may be missing. Raises :class:`~jalon.edge.tables.StoreUnavailableError` as
    :func:`~jalon.edge.tables.translated` does.
    """
    table: Any = model._get_connection()
    while True:
        with translated():
            answer = table.scan(
                filter_condition=only,
                attributes_to_get=list(attributes),
                limit=page_size,
                segment=segment.number - 1,
                total_segments=segment.total,
                exclusive_start_key=after,
                index_name=index,
            )
        after = answer.get("LastEvaluatedKey")
        yield Page(answer["Items"], after)
        if after is None:
            return
