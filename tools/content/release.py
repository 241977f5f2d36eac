"""Writes a release: two gzipped JSON files, its outline and the attachments, named by a digest of all they hold.

The same content gives the same bytes on every machine: no date, no file name and no operating system in the gzip
headers, keys in one order, and attachments made without a clock.
"""

import hashlib
import json
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.content import Release
from engine.outline import Outline
from tools.content.model import Attachment, Compiled

FORMAT = 1
MAX_BYTES = 3_000_000  # both bundles, gzipped


@dataclass(frozen=True, slots=True)
class Bundles:
    """A release ready to be written."""

    version: str
    public: bytes
    solutions: bytes
    attachments: tuple[Attachment, ...]


def bundle(compiled: Compiled) -> Bundles:
    """The two bundles and their files. The version is the digest of everything, so any change makes another release."""
    public = {
        "format": FORMAT,
        "max_level": compiled.max_level,
        "domains": list(compiled.domains),
        "competences": list(compiled.competences),
        "tubes": list(compiled.tubes),
        "skills": list(compiled.skills),
        "challenges": [challenge.public() for challenge in compiled.challenges],
        "tutorials": list(compiled.tutorials),
        "target_profiles": list(compiled.target_profiles),
    }
    solutions = {challenge.id: [variant.solution for variant in challenge.variants] for challenge in compiled.challenges}
    digest = hashlib.sha256(_json(public) + b"\n" + _json(solutions)).hexdigest()
    version = f"r{digest[:16]}"
    files = {f"{file.sha256}/{file.name}": file for c in compiled.challenges for variant in c.variants for file in variant.files}
    return Bundles(
        version=version,
        public=gzipped(_json({"version": version, **public})),
        solutions=gzipped(_json({"version": version, "solutions": solutions})),
        attachments=tuple(files[key] for key in sorted(files)),
    )


def write(bundles: Bundles, out: Path) -> Path:
    """Write the tree that is copied as it is to the content bucket; returns the release's folder."""
    folder = out / "releases" / bundles.version
    for file in bundles.attachments:
        path = folder / "attachments" / file.sha256 / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.body)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "public.json.gz").write_bytes(bundles.public)
    (folder / "solutions.json.gz").write_bytes(bundles.solutions)
    (folder / "outline.json.gz").write_bytes(outline_of(bundles.public))
    (out / "releases" / "current.json").write_bytes(_json({"version": bundles.version}))
    return folder


def outline_of(public: bytes) -> bytes:
    """The outline of the release with this public bundle, gzipped: it follows from the bundle and is no part of the version."""
    return gzipped(_json(Outline.of(Release.from_bundles(public)).as_json()))


def gzipped(data: bytes) -> bytes:
    """A gzip member with an empty header: no time, no name, "unknown" system (RFC 1952 §2.3)."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = compressor.compress(data) + compressor.flush()
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
