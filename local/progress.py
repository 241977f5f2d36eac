"""What a person sees while something long goes on: one line per step with its time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

console = Console(highlight=False, soft_wrap=True)


@contextmanager
def step(title: str) -> Iterator[Callable[[str], None]]:
    """Show ``title`` while the block runs, then with its time; the block may tell what it is at."""
    began = time.monotonic()
    with console.status(title) as status:

        def tell(detail: str) -> None:
            status.update(f"{title}: {escape(detail)}")

        yield tell
    console.print(f"  {title:<44} {time.monotonic() - began:6.1f} s")
