"""Where this project's own modules are imported from, for processes that run them."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Functions and tools, the engine, and what the functions share.
SOURCES = (ROOT, ROOT / "layers" / "engine", ROOT / "layers" / "jalon")


def python_environment() -> dict[str, str]:
    """The environment of this process, with which our modules run as ``python -m``."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(map(str, SOURCES))}
