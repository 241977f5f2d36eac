"""The tools of those who write the content. The engine they check it with lives where Lambda wants its layers."""

import sys
from pathlib import Path

_ENGINE = str(Path(__file__).resolve().parents[2] / "layers/engine")
if _ENGINE not in sys.path:
    sys.path.append(_ENGINE)
