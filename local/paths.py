"""Where things are: everything made on this machine lies under ``.jalon/``."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".jalon"
EMULATOR_PYTHON = HOME / "venvs" / "emulator" / "bin" / "python"
RUNTIME_PYTHON = HOME / "venvs" / "runtime" / "bin" / "python"
BUILD = HOME / "build"
CONTENT_RELEASE = BUILD / "content"
