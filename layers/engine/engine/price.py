"""The prices a release is to carry: ``python -m engine.price public.json.gz --out prices.json``.

Run it when a release is built, on its ``public.json.gz``, and keep the file with the release: prices depend on every challenge's
parameters and on the plan of the test (:func:`engine.jalon_2pl.prices_of`). Without the file the scheme controls exposure by
counts (:func:`engine.jalon_2pl.withheld`).
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


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; its last line is a summary as JSON, and it returns 2 when the release cannot be read.

    >>> main(["nowhere.json.gz"])
    2
    """
    parser = argparse.ArgumentParser(prog="python -m engine.price", description="Work out the prices a release is to carry.")
    parser.add_argument("release", type=Path, help="the release's public.json.gz")
    parser.add_argument("--out", type=Path, default=Path("prices.json"))
    parser.add_argument("--locale", default="fr")
    parser.add_argument(
        "--examinees", type=int, default=8_000, help="tests played in the last pass, and a quarter as many in each step after it"
    )
    options = parser.parse_args(arguments)
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {text}", file=sys.stderr, flush=True)

    try:
        release = Release.from_bundles(options.release.read_bytes())
    except (OSError, EngineError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    prices = {key: round(price, 6) for key, price in prices_of(release, options.locale, examinees=options.examinees, progress=say).items()}
    carried = {"release": release.version, "locale": options.locale, "ceiling": JALON.ceiling, "prices": prices}
    options.out.write_text(json.dumps(carried, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    summary = {"release": release.version, "priced": len(prices), "highest": max(prices.values(), default=0.0)}
    print(json.dumps(summary))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
