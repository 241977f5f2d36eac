"""Numbers as French readers write them, sizes, durations, number bases and encodings."""

import unicodedata

NARROW_SPACE = "\u202f"


def fr(value: float, digits: int | None = None) -> str:
    """A number in French: ``fr(1234.5)`` → ``1 234,5`` (narrow no-break space, comma)."""
    text = f"{value:,.{digits}f}" if digits is not None else f"{value:,}"
    whole, _, decimals = text.partition(".")
    decimals = decimals if digits is not None else decimals.rstrip("0")
    return whole.replace(",", NARROW_SPACE) + (f",{decimals}" if decimals else "")


def euros(value: float) -> str:
    """An amount: ``euros(12.5)`` → ``12,50 €``."""
    return f"{fr(value, 2)} €"


def binary(value: int, width: int = 0) -> str:
    """``binary(5, 8)`` → ``00000101``."""
    return format(value, f"0{width}b") if width else format(value, "b")


def hexadecimal(value: int, width: int = 0) -> str:
    """``hexadecimal(255)`` → ``FF``."""
    return format(value, f"0{width}X") if width else format(value, "X")


def utf8_hex(text: str) -> str:
    """The bytes of a text in UTF-8: ``utf8_hex("é")`` → ``C3 A9``."""
    return text.encode().hex(" ").upper()


def utf8_size(text: str) -> int:
    """How many bytes a text takes in UTF-8."""
    return len(text.encode())


def misread(text: str) -> str:
    """A UTF-8 text opened as Windows-1252: ``misread("été")`` → ``Ã©tÃ©``."""
    return text.encode().decode("cp1252", errors="replace")


def unaccented(text: str) -> str:
    """The text without its accents, as an address needs it: ``unaccented("zoé")`` → ``zoe``."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def caesar(text: str, shift: int) -> str:
    """Capital letters shifted in the alphabet, the rest unchanged."""
    return "".join(chr((ord(c) - 65 + shift) % 26 + 65) if "A" <= c <= "Z" else c for c in text)


def image_bytes(width: int, height: int, bits: int = 24) -> int:
    """The size of an uncompressed image, header left out."""
    return width * height * bits // 8


def transfer_seconds(megabytes: float, megabits_per_second: float) -> float:
    """Time to send ``megabytes`` (10⁶ bytes) over a line of ``megabits_per_second``."""
    return megabytes * 8 / megabits_per_second


def hours_minutes(minutes: int) -> str:
    """``hours_minutes(95)`` → ``1 h 35``."""
    return f"{minutes // 60} h {minutes % 60:02d}" if minutes >= 60 else f"{minutes} min"
