"""Makes the files of a static page small without a tool-chain: one script out of its modules, no comments, no indentation.

The sources in ``web/`` are plain modules that a browser also runs as they are. Bundling follows ``import {…} from "./x.js";``,
puts each module once, before those that import it, and drops the import and export words; names are unique across a page's
modules (a clash is a syntax error, which the browser tests would meet). Names are not shortened: compression does that.
"""

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([a-z_]+\.js)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|function|async function|class) )", re.MULTILINE)
_LINE_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
_BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
#: Spaces of a style sheet that say nothing: after what separates, before what opens or closes a block.
_CSS_SPACE = re.compile(r"(?<=[:;,{]) +| +(?=[{}])")


def served(file: Path) -> bytes:
    """The bytes to serve for a source file: a script with its modules, a style sheet or a page made small, the rest as it is."""
    if file.suffix == ".js":
        return _dense(_script(file, set()))
    if file.suffix == ".css":
        return _dense(_CSS_SPACE.sub("", _BLOCK_COMMENT.sub("", file.read_text(encoding="utf-8"))))
    if file.suffix == ".html":
        return _dense(file.read_text(encoding="utf-8"))
    return file.read_bytes()


def _script(file: Path, done: set[Path]) -> str:
    if file in done:
        return ""
    done.add(file)
    source = file.read_text(encoding="utf-8")
    before = "".join(_script(file.parent / name, done) for name in _IMPORT.findall(source))
    return before + _LINE_COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", source)))


def _dense(text: str) -> bytes:
    """Without indentation and empty lines."""
    return "".join(f"{line.strip()}\n" for line in text.splitlines() if line.strip()).encode()
