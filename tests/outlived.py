"""Nothing that a test run started outlives it, however the run ends."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

#: Ends a process as soon as whoever holds the other end of its input is gone.
GUARD = ["/bin/sh", "-c", 'read -r _ || kill -TERM "$0"']


@contextmanager
def ends_with_this_run(pid: int) -> Iterator[None]:
    """While the block lasts, the process ends when this one does: killed, too, which no ``finally`` hears of."""
    with subprocess.Popen([*GUARD, str(pid)], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True) as guard:
        try:
            yield
        finally:
            guard.kill()
