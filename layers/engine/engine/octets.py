"""Numbers and sets as few bytes: what :mod:`engine.packing` and :mod:`engine.knowledge` write with.

A whole number is written as unsigned LEB128: seven bits a byte, lowest first, the last byte below 128. A string is
preceded by its length. A set of positions is a bitmap, bit *i* being bit ``i % 8`` of byte ``i // 8``.
"""

from collections.abc import Iterable

from engine.errors import CorruptRecordError


def number(value: int) -> bytes:
    r"""A whole number ≥ 0.

    >>> number(5), number(300)
    (b'\x05', b'\xac\x02')
    """
    if value < 0:
        raise ValueError("only whole numbers from 0 up can be packed")
    octets = bytearray()
    while value > 127:
        octets.append(value & 127 | 128)
        value >>= 7
    octets.append(value)
    return bytes(octets)


def counted(octets: bytes) -> bytes:
    r"""Bytes preceded by their length.

    >>> counted(b"ab")
    b'\x02ab'
    """
    return number(len(octets)) + octets


def text(value: str) -> bytes:
    r"""A string preceded by its length, in UTF-8; lone surrogates pass through.

    >>> text("é")
    b'\x02\xc3\xa9'
    """
    return counted(value.encode("utf-8", "surrogatepass"))


def bitmap(positions: Iterable[int], size: int | None = None) -> bytes:
    r"""A set of positions; as short as it can be, or of ``size`` bytes.

    >>> bitmap([0, 9])
    b'\x01\x02'
    """
    bits = 0
    for position in positions:
        bits |= 1 << position
    return bits.to_bytes((bits.bit_length() + 7) // 8 if size is None else size, "little")


def positions(octets: bytes) -> tuple[int, ...]:
    r"""The positions of a bitmap, rising.

    >>> positions(b"\x01\x02")
    (0, 9)
    """
    return tuple(8 * place + bit for place, octet in enumerate(octets) for bit in range(8) if octet >> bit & 1)


class Reader:
    r"""Takes back, in order, what was written; raises :class:`~engine.errors.CorruptRecordError` when it is not there.

    >>> reader = Reader(b"\xac\x02\x02\xc3\xa9\x01a!")
    >>> reader.number(), reader.text(), reader.counted(), reader.ended, reader.take(1), reader.ended
    (300, 'é', b'a', False, b'!', True)
    """

    __slots__ = ("_octets", "_place")

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._place = 0

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return self._place >= len(self._octets)

    def take(self, length: int) -> bytes:
        """The next ``length`` bytes.

        >>> Reader(b"ab").take(3)
        Traceback (most recent call last):
            ...
        engine.errors.CorruptRecordError: the record was cut short
        """
        end = self._place + length
        if end > len(self._octets):
            raise CorruptRecordError("the record was cut short")
        taken = self._octets[self._place : end]
        self._place = end
        return taken

    def number(self) -> int:
        r"""The next whole number.

        >>> Reader(b"\xac\x02").number()
        300
        """
        value = shift = 0
        while True:
            octet = self.take(1)[0]
            value |= (octet & 127) << shift
            if octet < 128:
                return value
            shift += 7
            if shift > 63:
                raise CorruptRecordError("a number in the record is too large")

    def counted(self) -> bytes:
        r"""The next bytes that were preceded by their length.

        >>> Reader(b"\x02abc").counted()
        b'ab'
        """
        return self.take(self.number())

    def text(self) -> str:
        r"""The next string.

        >>> Reader(b"\x02\xc3\xa9").text()
        'é'
        """
        try:
            return self.counted().decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise CorruptRecordError("a text in the record is not UTF-8") from error
