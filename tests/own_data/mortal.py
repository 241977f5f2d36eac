"""Workers and requests that die: right after so many of the changes they make."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from jalon.accounts.erase_account import Erasing, erase_account
from jalon.accounts.erasure import Trace
from jalon.accounts.request_erasure import Asking
from jalon.kernel.ids import UserId


class CrashError(RuntimeError):
    """The process dies."""


@dataclass
class Life:
    """How many changes are left before the end."""

    left: int

    def after(self, change: Callable[..., Any]) -> Callable[..., Any]:
        """The change, and death if it was the last one."""

        def changed(*arguments: Any) -> Any:
            outcome = change(*arguments)
            self.left -= 1
            if self.left == 0:
                raise CrashError
            return outcome

        return changed


@dataclass
class Store:
    """A store some of whose methods are changes: those whose name begins so."""

    real: Any
    changes: str
    life: Life

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.real, name)
        return self.life.after(method) if name.startswith(self.changes) else method


@dataclass
class Holding:
    """A holding whose removals are changes."""

    real: Any
    life: Life

    def traces(self, user_id: UserId) -> Iterator[Trace]:
        return (replace(trace, remove=self.life.after(trace.remove)) for trace in self.real.traces(user_id))

    def kept(self, user_id: UserId) -> Any:
        return self.real.kept(user_id)


@dataclass
class Mortal:
    """The worker: its removals, its notes and its reminders are changes."""

    real: Erasing
    delays: list[timedelta] = field(default_factory=list)

    def run(self, user_id: str, changes: int) -> bool:
        """Whether the worker lived through its step."""
        life = Life(changes)
        erasing = replace(
            self.real,
            holdings=tuple(Holding(holding, life) for holding in self.real.holdings),
            erasures=Store(self.real.erasures, "note_", life),
            remind=life.after(lambda _user, delay: self.delays.append(delay)),
        )
        try:
            erase_account(erasing, UserId(user_id))
        except CrashError:
            return False
        return True


def live_through(mortal: Mortal, user_id: str) -> int:
    """Run the step again and again, dying after its first change and its second in turn, until it ends; how often it died."""
    died = 0
    while not mortal.run(user_id, 1 + died % 2):
        died += 1
        assert died < 200, "the step does not get on"
    return died


@dataclass
class Dying:
    """A request: its message, its mark and its sign-out are changes."""

    real: Asking
    changes: int
    messages: int = 0

    def asking(self) -> Asking:
        life = Life(self.changes)
        accounts = replace(self.real.accounts, store=Store(self.real.accounts.store, "raise_sign_in_epoch", life))
        return replace(self.real, accounts=accounts, erasures=Store(self.real.erasures, "request", life), remind=life.after(self._remind))

    def _remind(self, _user_id: UserId, _delay: timedelta) -> None:
        self.messages += 1
