"""Where the record of what a journey made stands: one for the system that runs here, one for each address elsewhere."""

import re
from pathlib import Path

from local.paths import HOME
from local.running import running

#: Of the system in this folder, at whichever port it runs; read back at its next start.
HERE = HOME / "journey.json"
_ELSEWHERE = HOME / "journeys"


def record_of(base_url: str) -> Path:
    """The record of the last journey at ``base_url``."""
    here = running()
    if here and here.serves(base_url):
        return HERE
    name = re.sub(r"[^a-z0-9.]+", "-", base_url.lower().partition("://")[2]).strip("-")
    return _ELSEWHERE / f"{name}.json"
