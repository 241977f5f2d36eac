"""The prices a release is to carry: ``python -m engine.price public.json.gz --out prices.json``.

Worked out when a release is built, from its ``public.json.gz``, and kept with it: prices depend on every challenge's parameters and
on the plan of the test (:func:`engine.jalon_2pl.prices_of`). Without the file the scheme controls exposure by counts
(:func:`engine.jalon_2pl.withheld`).
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from engine.content import Release
from engine.errors import EngineError
from engine.jalon_2pl import JALON, prices_of

LOCALE = "fr"
#: Tests played in the last pass, and a quarter as many in each step after it: a few minutes for a whole release.
EXAMINEES = 8_000


def write_prices(release: Release, out: Path, locale: str = LOCALE, examinees: int = EXAMINEES) -> dict[str, object]:
    """Work out a release's prices, telling on stderr how far that is, and write them to ``out`` as JSON; a summary.

    The same release gives the same file.

    >>> from tempfile import TemporaryDirectory
    >>> from engine.synthetic import synthetic_release
    >>> with TemporaryDirectory() as folder:
    ...     write_prices(synthetic_release(tubes=1, levels=2, per_skill=1), Path(folder) / "prices.json", examinees=200)["release"]
    'synthetic'
    """
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {text}", file=sys.stderr, flush=True)

    prices = {key: round(price, 6) for key, price in prices_of(release, locale, examinees=examinees, progress=say).items()}
    carried = {"release": release.version, "locale": locale, "ceiling": JALON.ceiling, "prices": prices}
    out.write_text(json.dumps(carried, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return {"release": release.version, "priced": len(prices), "highest": max(prices.values(), default=0.0)}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; its last line is a summary as JSON, and it returns 2 when the release cannot be read.

    >>> main(["nowhere.json.gz"])
    2
    """
    parser = argparse.ArgumentParser(prog="python -m engine.price", description="Work out the prices a release is to carry.")
    parser.add_argument("release", type=Path, help="the release's public.json.gz")
    parser.add_argument("--out", type=Path, default=Path("prices.json"))
    parser.add_argument("--locale", default=LOCALE)
    parser.add_argument(
        "--examinees", type=int, default=EXAMINEES, help="tests played in the last pass, and a quarter as many in each step after it"
    )
    options = parser.parse_args(arguments)
    try:
        release = Release.from_bundles(options.release.read_bytes())
    except (OSError, EngineError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(json.dumps(write_prices(release, options.out, options.locale, options.examinees)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
