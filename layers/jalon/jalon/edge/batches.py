"""Many items at once: as many as one request takes, what the tables leave for later after a pause, and not without end.

PynamoDB's own batches ask again at once for what was left: reads for as long as something is, writes once, and then fail in its own words.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from pynamodb.models import Model

from jalon.edge.tables import StoreUnavailableError, pause, translated

#: The most keys that one BatchGetItem takes, and the most puts that one BatchWriteItem takes (Amazon DynamoDB API Reference).
_KEYS = 100
_PUTS = 25
#: How often a batch is sent in all, the rest of it after pauses.
_TRIES = 4

Item = TypeVar("Item", bound=Model)
T = TypeVar("T")
#: A table's hash key, or with its range key where it has one.
Key = str | tuple[str, str]


def read_items(model: type[Item], keys: Iterable[Key], *, consistent: bool = True) -> Iterator[Item]:
    """The items that exist under these keys, each once and in no order.

    Raises :class:`~jalon.edge.tables.StoreUnavailableError` as :func:`~jalon.edge.tables.translated` does, and when the tables keep
    leaving keys for later.
    """
    return (model.from_raw_data(dict(item)) for item in batch_read(model, keys, consistent=consistent))


def batch_read(model: type[Model], keys: Iterable[Key], *, consistent: bool = True) -> Iterator[Mapping[str, Mapping[str, Any]]]:
    """What :func:`read_items` gives and raises, in DynamoDB's typed form."""
    wanted = (_typed(model, key) for key in dict.fromkeys(keys))
    table = model._get_connection().table_name
    for batch in _batches(wanted, _KEYS):
        for answer in _answers(model, "BatchGetItem", {"Keys": batch, "ConsistentRead": consistent}, "UnprocessedKeys"):
            yield from answer["Responses"].get(table, ())


def write_items(model: type[Item], items: Iterable[Item]) -> None:
    """Put these items, each of a key of its own, over whatever stands there.

    Not all or nothing: raises as :func:`read_items` does, and whatever was written stays.
    """
    puts = ({"PutRequest": {"Item": item.serialize()}} for item in items)
    for batch in _batches(puts, _PUTS):
        for _ in _answers(model, "BatchWriteItem", batch, "UnprocessedItems"):
            pass


def _batches(given: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(given)
    while batch := list(islice(rest, size)):
        yield batch


def _typed(model: Any, key: Key) -> dict[str, dict[str, Any]]:
    hash_key, range_key = key if isinstance(key, tuple) else (key, None)
    attributes = (model._hash_key_attribute(), model._range_key_attribute())
    values = model._serialize_keys(hash_key, range_key)
    return {attribute.attr_name: {attribute.attr_type: value} for attribute, value in zip(attributes, values, strict=True) if attribute}


def _answers(model: type[Model], operation: str, request: object, left: str) -> Iterator[Mapping[str, Any]]:
    """What each try answers; the next one asks for what this one ``left``."""
    table = model._get_connection()
    wanted: Mapping[str, Any] = {table.table_name: request}
    for attempt in range(_TRIES):
        if attempt:
            pause(attempt)
        with translated():
            answer = table.connection.dispatch(operation, {"RequestItems": wanted})
        yield answer
        wanted = answer.get(left) or {}
        if not wanted:
            return
    raise StoreUnavailableError("The service is busy; send the same request again.")
