"""``python -m tools.content lint | build | show | stats``: the tools of those who write the content (docs/content.md)."""

import argparse
import json
import sys
import webbrowser
from pathlib import Path

from engine.content import Release
from engine.price import EXAMINEES, write_prices
from tools.content import release, show, statistics
from tools.content.compiling import compile_source
from tools.content.lint import findings_of
from tools.content.reading import ContentFileError, Source, read_source

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when all is well, 1 when something is to be mended, 2 when a file cannot be read."""
    options = _parser().parse_args(arguments)
    try:
        source = read_source(options.content)
    except (ContentFileError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.command == "show":
        return _show(source, options)
    findings = findings_of(source)
    compiled = findings.compiled
    for finding in findings.listed:
        print(finding, file=sys.stderr)
    if compiled is None:
        return 1
    bundles = release.bundle(compiled)
    if options.command in {"build", "stats"}:
        print(statistics.coverage(compiled))
    if options.command == "build":
        if findings.listed:
            print(f"{len(findings.listed)} findings: nothing was built.", file=sys.stderr)
            return 1
        _build(bundles, options)
    print(json.dumps(statistics.figures(compiled, bundles, len(findings.listed))))
    return 1 if findings.listed else 0


def _build(bundles: release.Bundles, options: argparse.Namespace) -> None:
    folder = release.write(bundles, options.out)
    print(f"{folder}: {len(bundles.attachments)} attached files", file=sys.stderr)
    if options.prices is not None:
        priced = write_prices(Release.from_bundles(bundles.public), folder / "prices.json", examinees=options.prices)
        print(f"{folder}/prices.json: {priced['priced']} prices", file=sys.stderr)


def _show(source: Source, options: argparse.Namespace) -> int:
    compiled = compile_source(source)
    chosen = show.choose(compiled, options.ids, options.random)
    if not chosen:
        print("No challenge has such an identifier. Example: formules-3-a", file=sys.stderr)
        return 1
    folder = show.write(compiled, chosen, options.out, with_solutions=not options.hide_solutions)
    print(folder / "index.html")
    if options.open:
        webbrowser.open((folder / "index.html").as_uri())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.content", description=__doc__)
    parser.add_argument("--content", type=Path, default=ROOT / "content", help="the folder of the content files")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("lint", help="check everything; prints what is to be mended")
    commands.add_parser("stats", help="check, and print the coverage table; nothing is written")
    build = commands.add_parser("build", help="check, print the coverage table, and write the release")
    build.add_argument("--out", type=Path, default=ROOT / ".jalon/build/content")
    build.add_argument(
        "--prices",
        type=int,
        nargs="?",
        const=EXAMINEES,
        metavar="EXAMINEES",
        help="write prices.json too: the prices that share its challenges out between candidates (takes minutes)",
    )
    view = commands.add_parser("show", help="write pages that show challenges as pupils see them, with every variant")
    view.add_argument("ids", nargs="*", help="challenges, skills, tubes or competences (formules-3-a, formules-3, formules, 1.3)")
    view.add_argument("--random", type=int, default=0, metavar="N", help="N challenges at random")
    view.add_argument("--out", type=Path, default=ROOT / ".jalon/build/show")
    view.add_argument("--hide-solutions", action="store_true")
    view.add_argument("--open", action="store_true", help="open the page in the browser")
    return parser


if __name__ == "__main__":
    sys.exit(main())
