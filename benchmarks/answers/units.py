"""Read and write units, counted from item sizes, because emulators misreport what they consumed.

The rules are DynamoDB's own (Developer Guide, "DynamoDB Item sizes and formats" and "Read and write operations":
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html):

- an item is as large as the names and values of its attributes: text in UTF-8 bytes, binary in raw bytes, a number 1 byte and 1 byte
  for each two significant digits, a Boolean or null 1 byte, a set of numbers its elements, a list or map 3 bytes, its elements, and
  1 byte for each;
- a write takes 1 unit for each 1 024 bytes begun, of the larger of the item before and after, whatever part of it changes;
- a strongly consistent read takes 1 unit for each 4 096 bytes begun, and 1 when there is no item.
"""

from collections.abc import Mapping
from typing import Any

WRITE_UNIT_BYTES = 1024
READ_UNIT_BYTES = 4096

Typed = Mapping[str, Any]


def item_bytes(item: Mapping[str, Typed]) -> int:
    """The size of an item in DynamoDB's typed form.

    >>> item_bytes({"id": {"S": "é"}, "n": {"N": "12345"}, "l": {"L": [{"B": b"123"}]}, "set": {"NS": ["5", "123"]}})
    25
    """
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def write_units(*sizes: int) -> int:
    """The units of one write of an item that has these sizes in bytes before and after.

    >>> write_units(1024), write_units(1024, 1025)
    (1, 2)
    """
    return _begun(max(sizes), WRITE_UNIT_BYTES)


def read_units(size: int) -> int:
    """The units of one strongly consistent read of an item of this size in bytes (0: there is none)."""
    return max(1, _begun(size, READ_UNIT_BYTES))


def _begun(size: int, unit: int) -> int:
    return -(-size // unit)


def _value_bytes(value: Typed) -> int:
    [(kind, content)] = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "B":
        return len(content)
    if kind in {"N", "NS"}:
        return sum(_number_bytes(number) for number in ([content] if kind == "N" else content))
    if kind == "L":
        return 3 + sum(1 + _value_bytes(element) for element in content)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _value_bytes(element) for name, element in content.items())
    return 1


def _number_bytes(number: str) -> int:
    digits = number.lstrip("-").replace(".", "").strip("0")
    return 1 + _begun(len(digits), 2)
