"""Time and identifiers as a test wants them, in the place of the machine's (:mod:`jalon.kernel.clock`, :mod:`jalon.kernel.ids`)."""

from datetime import UTC, datetime


class FixedClock:
    """A clock that a test sets and moves by hand."""

    def __init__(self, instant: datetime) -> None:
        if instant.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self.instant = instant.astimezone(UTC)

    def now(self) -> datetime:
        return self.instant


class SequenceIdSource:
    """Predictable identifiers: a counter, and the alphabet in order."""

    def __init__(self) -> None:
        self._count = 0

    def new(self, prefix: str) -> str:
        return f"{prefix}_{self._next():032x}"

    def pick(self, alphabet: str, length: int) -> str:
        number = self._next()
        symbols = []
        for _ in range(length):
            number, index = divmod(number, len(alphabet))
            symbols.append(alphabet[index])
        return "".join(symbols)

    def below(self, bound: int) -> int:
        return self._next() % bound

    def _next(self) -> int:
        self._count += 1
        return self._count
