"""Builds what the stack ships, for this machine, skipping what has not changed."""

import fcntl
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

from local.paths import BUILD
from tools import artifact
from tools.artifact import Artifact, Target

ARTIFACTS = BUILD / "artifacts"


def build_all(tell: Callable[[str], None]) -> dict[str, str]:
    """Build every function and layer; returns logical id → fingerprint of what was built. ``tell`` hears of each one."""
    fingerprints = {}
    wanted = artifact.artifacts()
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    with (ARTIFACTS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a run and a test of the same folder wait for each other
        for number, item in enumerate(wanted, 1):
            fingerprints[item.logical_id] = _build_one(item, f"{number}/{len(wanted)} {item.logical_id}", tell)
    return fingerprints


def _build_one(item: Artifact, title: str, tell: Callable[[str], None]) -> str:
    fingerprint = fingerprint_of(item)
    stamp = ARTIFACTS / f"{item.logical_id}.stamp"
    if not stamp.exists() or stamp.read_text() != fingerprint:
        tell(title)
        stamp.unlink(missing_ok=True)
        artifact.build(item, ARTIFACTS / item.logical_id, Target.host())
        stamp.write_text(fingerprint)
    return fingerprint


def fingerprint_of(item: Artifact) -> str:
    """A digest of everything that decides an artifact: its files, its locked libraries, the builder and the interpreter."""
    digest = hashlib.sha256(f"{sys.version}\n{artifact.requirements(item.group)}".encode())
    digest.update(Path(artifact.__file__).read_bytes())
    for package in item.packages:
        for file in sorted(path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
            digest.update(str(file.relative_to(item.base)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
