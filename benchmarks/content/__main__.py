"""What opening a release costs a function: ``make bench NAME=content``.

CPU time of the first opening in a fresh interpreter, public and solution bundles together, as a Lambda environment does it once;
beside it, in the same interpreter, the least that any reader must do with the same bytes: gunzip and ``json.loads``, the garbage
collector off for both. The last line is the figures as JSON; the exit status is 1 when the opening takes more than 150 ms
(docs/content.md).
"""

import json
import statistics
import subprocess
import sys

from local import stack
from local.paths import CONTENT_RELEASE
from tools import publish
from tools.sources import python_environment

MOST_MS = 150
RUNS = 15
_ONCE = """
import gc, gzip, json, sys, time
gc.disable()
from engine.content import Release
public, solutions = (open(name, "rb").read() for name in sys.argv[1:3])
start = time.process_time()
release = Release.from_bundles(public, solutions)
opened = time.process_time()
[json.loads(gzip.decompress(each)) for each in (public, solutions)]
spent = {"opening_ms": (opened - start) * 1e3, "json_ms": (time.process_time() - opened) * 1e3}
print(json.dumps(spent | {"challenges": len(release.challenges)}))
"""


def main() -> int:
    """Measure and report; 1 when the budget is missed."""
    print("Building the learning content …", file=sys.stderr)
    stack.build_content()
    version = json.loads((CONTENT_RELEASE / publish.CURRENT).read_text())["version"]
    folder = CONTENT_RELEASE / "releases" / version
    files = [str(folder / name) for name in ("public.json.gz", "solutions.json.gz")]
    measured = [_open_once(run, files) for run in range(1, RUNS + 1)]
    print(file=sys.stderr)
    opening, reading = (statistics.median(each[name] for each in measured) for name in ("opening_ms", "json_ms"))
    print(
        f"Opening {measured[0]['challenges']} challenges: {opening:.0f} ms CPU, {opening / reading:.2f} times gunzip and json.loads alone."
    )
    figures = {
        "release": version,
        "opening_ms_cpu": round(opening, 1),
        "json_ms_cpu": round(reading, 1),
        "ratio": round(opening / reading, 2),
    }
    print(json.dumps(figures | {"budget_met": opening <= MOST_MS}))
    return 0 if opening <= MOST_MS else 1


def _open_once(run: int, files: list[str]) -> dict[str, float]:
    print(f"\rFresh interpreter {run} of {RUNS}", end="", file=sys.stderr, flush=True)
    command = [sys.executable, "-c", _ONCE, *files]
    answer = subprocess.run(command, env=python_environment(), capture_output=True, check=True)  # noqa: S603 - our own script
    measured: dict[str, float] = json.loads(answer.stdout)
    return measured


if __name__ == "__main__":
    sys.exit(main())
