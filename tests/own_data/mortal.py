"""A worker that dies: right after so many of the changes it makes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from jalon.accounts.erase_account import Erasing, erase_account
from jalon.accounts.erasure import Trace
from jalon.kernel.ids import UserId


class CrashError(RuntimeError):
    """The worker dies."""


@dataclass
class Mortal:
    """A worker that dies right after so many of the changes it makes."""

    real: Erasing
    delays: list[timedelta] = field(default_factory=list)
    left: int = 0

    def run(self, user_id: str, changes: int) -> bool:
        """Whether the worker lived through its step."""
        self.left = changes
        try:
            erase_account(self._mortal(), UserId(user_id))
        except CrashError:
            return False
        return True

    def _mortal(self) -> Erasing:
        holdings = tuple(_MortalHolding(holding, self._after) for holding in self.real.holdings)
        remind = self._after(lambda _user, delay: self.delays.append(delay))
        return replace(self.real, holdings=holdings, remind=remind, erasures=_MortalStore(self.real.erasures, self._after))

    def _after(self, change: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*arguments: Any) -> Any:
            outcome = change(*arguments)
            self.left -= 1
            if self.left == 0:
                raise CrashError
            return outcome

        return changed


@dataclass
class _MortalHolding:
    real: Any
    after: Callable[[Callable[..., Any]], Callable[..., Any]]

    def traces(self, user_id: UserId) -> Iterator[Trace]:
        return (replace(trace, remove=self.after(trace.remove)) for trace in self.real.traces(user_id))

    def kept(self, user_id: UserId) -> Any:
        return self.real.kept(user_id)


@dataclass
class _MortalStore:
    real: Any
    after: Callable[[Callable[..., Any]], Callable[..., Any]]

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.real, name)
        return self.after(method) if name.startswith("note_") else method


def live_through(mortal: Mortal, user_id: str) -> int:
    """Run the step again and again, dying after its first change and its second in turn, until it ends; how often it died."""
    died = 0
    while not mortal.run(user_id, 1 + died % 2):
        died += 1
        assert died < 200, "the step does not get on"
    return died
