"""A write that was refused because it is done already: by the same request, sent once before.

The client sends a request again when its answer is lost (a read time-out, a broken connection, a 5xx), and the first may have been
carried out. A write that its own outcome refuses, such as "create what is not there" or "change what I read", then meets itself, and
would be told as a conflict with somebody else. Hence one rule for every conditional write, kept where all of them pass
(:meth:`jalon.edge.tables.ModelConnection.dispatch`): refused after it was sent more than once, it is done if the item stands as the write
leaves it.

An item that somebody wrote to since does not: the write is then refused, which is safe, and a store that must know better asks for a mark
of its own (an answer its digest, a device its key). Of two writes that leave the very same item nobody can tell which of them made it, nor
needs to: what is to be told apart carries an identifier or an instant. Transactions need none of this: DynamoDB knows the token that the
client sends with each (Amazon DynamoDB API Reference, TransactWriteItems, *ClientRequestToken*).
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

#: An item or an item's attributes, in DynamoDB's typed form.
Item = Mapping[str, Mapping[str, Any]]

_CLAUSE = re.compile(r"\b(SET|REMOVE|ADD|DELETE) (.*?)(?=$| (?:SET|REMOVE|ADD|DELETE) )")
_NEXT_ASSIGNMENT = re.compile(r", (?=[^,()]+ = )")
_IF_MISSING = re.compile(r"if_not_exists ?\((#\w+), ?:\w+\)")


def stands(operation: str, request: Mapping[str, Any], stored: Item | None) -> bool:
    """Whether ``stored``, the item as it stands or None, is as the conditional ``request`` leaves it.

    ``operation`` is DynamoDB's name. An update is told by the attributes that it sets to a value. One that sets none, or that makes a value
    of what was there (a sum, a longer list), is never taken for done; what ADD and DELETE do beside is not looked at.

    >>> stands("DeleteItem", {}, None)
    True
    >>> stands("PutItem", {"Item": {"key": {"S": "a"}}}, {"key": {"S": "b"}})
    False
    """
    if operation == "DeleteItem":
        return stored is None
    if stored is None:
        return False
    if operation == "PutItem":
        return _same({"M": request["Item"]}, {"M": stored})
    return operation == "UpdateItem" and _updated(request, stored)


def _updated(request: Mapping[str, Any], stored: Item) -> bool:
    names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
    clauses = dict(_CLAUSE.findall(request["UpdateExpression"]))
    removed = clauses["REMOVE"].split(", ") if "REMOVE" in clauses else []
    assigned = _NEXT_ASSIGNMENT.split(clauses["SET"]) if "SET" in clauses else []
    return (
        bool(assigned)
        and all(path in names and names[path] not in stored for path in removed)
        and all(_is_set(assignment, names, values, stored) for assignment in assigned)
    )


def _is_set(assignment: str, names: Mapping[str, str], values: Item, stored: Item) -> bool:
    path, _, value = assignment.partition(" = ")
    present = stored.get(names.get(path, ""))
    if present is None:
        return False
    if value in values:
        return _same(values[value], present)
    kept = _IF_MISSING.fullmatch(value)
    return kept is not None and kept[1] == path


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two typed values are equal as DynamoDB keeps them: numbers by value, sets in any order."""
    return bool(_plain(one) == _plain(other))


def _plain(typed: Mapping[str, Any]) -> Any:
    ((kind, value),) = typed.items()
    match kind:
        case "N":
            return kind, Decimal(value)
        case "NS":
            return kind, frozenset(map(Decimal, value))
        case "SS" | "BS":
            return kind, frozenset(value)
        case "L":
            return kind, [_plain(item) for item in value]
        case "M":
            return kind, {name: _plain(item) for name, item in value.items()}
    return kind, value
