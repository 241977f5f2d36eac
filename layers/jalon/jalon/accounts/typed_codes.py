"""Codes that people read and type: an alphabet without symbols that are mistaken for each other."""

CODE_ALPHABET = "2346789BCDFGHJKMPQRTVWXY"


def typed_code(entropy: bytes, length: int) -> str:
    """``length`` symbols, drawn evenly from at least as many bytes.

    >>> typed_code(bytes(range(32)), 8)
    'B3PMJ29V'
    """
    number = int.from_bytes(entropy, "big")
    symbols = []
    for _ in range(length):
        number, index = divmod(number, len(CODE_ALPHABET))
        symbols.append(CODE_ALPHABET[index])
    return "".join(symbols)


def as_typed(text: str) -> str:
    """The code in what somebody typed: capitals, without spaces and hyphens.

    >>> as_typed(" fmpq-47kx")
    'FMPQ47KX'
    """
    return "".join(text.upper().replace("-", " ").split())
