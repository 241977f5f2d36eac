"""Builds what one function or one layer of ``template.yaml`` ships: its code, its locked libraries, its bytecode.

``sam build`` calls this through the Makefile (``build-<LogicalId>``) for AWS; ``local.build`` calls it for this machine.
SAM's own pip builder only unzips wheels, so the bytecode would be compiled at every cold start: it is made here, marked
``unchecked-hash`` because nothing can change under ``/opt`` and ``/var/task``.

    python -m tools.artifact AnswersFunction OUT_DIR            # for Lambda: Linux arm64, Python 3.13
    python -m tools.artifact AnswersFunction OUT_DIR --host     # for this machine's Python
"""

import argparse
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parent.parent
LAMBDA_VERSION = "3.13"
LAMBDA_PLATFORM = "aarch64-manylinux_2_28"
#: The Lambda runtime brings these.
PROVIDED = ("boto3", "botocore", "s3transfer")
#: What libraries bring and nothing here reads: programs, lists of files, and Powertools' page of an API (1.7 MB), not served.
SURPLUS = (
    "bin",
    ".lock",
    "*.dist-info/RECORD",
    "*.dist-info/sboms",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.js",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.css",
)


class BuildError(RuntimeError):
    """An artifact cannot be built; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """What an artifact is built for: ``platform`` None means this machine."""

    python_version: str
    platform: str | None
    compiler: str | None

    @classmethod
    def host(cls) -> "Target":
        return cls(f"{sys.version_info.major}.{sys.version_info.minor}", None, sys.executable)

    @classmethod
    def aws(cls) -> "Target":
        return cls(LAMBDA_VERSION, LAMBDA_PLATFORM, _compiler())


@dataclass(frozen=True, slots=True)
class Artifact:
    """What goes into one artifact. ``packages`` are folders copied with their path below ``base``."""

    logical_id: str
    group: str
    base: Path
    packages: tuple[Path, ...]
    prefix: str


@cache
def template() -> dict[str, Any]:
    """``template.yaml``, parsed once."""
    parsed: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
    return parsed


def artifacts() -> tuple[Artifact, ...]:
    """Every function and layer of the template, in its order."""
    return tuple(
        _describe(logical_id, resource)
        for logical_id, resource in template()["Resources"].items()
        if resource["Type"] in {"AWS::Serverless::Function", "AWS::Serverless::LayerVersion"}
    )


def _describe(logical_id: str, resource: dict[str, Any]) -> Artifact:
    if resource["Type"] == "AWS::Serverless::LayerVersion":
        name = logical_id.removesuffix("Layer").lower()
        base = ROOT / "layers" / name
        return Artifact(logical_id, f"layer-{name}", base, (base / name,), "python")
    package = resource["Properties"]["Handler"].split(".")[1]
    return Artifact(logical_id, f"function-{package.replace('_', '-')}", ROOT, (ROOT / "functions" / package,), "")


def build(artifact: Artifact, out: Path, target: Target) -> None:
    """Fill ``out`` (emptied first) with the artifact. Raises :class:`BuildError`."""
    if out.exists():
        shutil.rmtree(out)
    root = out / artifact.prefix if artifact.prefix else out
    root.mkdir(parents=True)
    for package in artifact.packages:
        _copy(package, root / package.relative_to(artifact.base))
    if not artifact.prefix:
        (root / "functions" / "__init__.py").touch()
    _install(artifact.group, root, target)
    _compile(root, "/opt/python" if artifact.prefix else "/var/task", target)


def _copy(source: Path, destination: Path) -> None:
    shutil.copytree(source, destination, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", "README.md", "*.swp"))


@cache
def _groups() -> frozenset[str]:
    return frozenset(tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"])


@cache
def requirements(group: str) -> str:
    """The locked requirements of a dependency group, with hashes, less what the runtime brings; empty if there is no such group."""
    if group not in _groups():
        return ""
    command = [_uv(), "export", "--quiet", "--frozen", "--no-header", "--no-annotate", "--no-emit-project", "--only-group", group]
    for provided in PROVIDED:
        command += ["--prune", provided]
    return _run(command)


def _install(group: str, root: Path, target: Target) -> None:
    locked = requirements(group)
    if not locked:
        return
    file = root / "requirements.txt"
    file.write_text(locked)
    command = [_uv(), "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--target", str(root)]
    command += ["--python-version", target.python_version]
    if target.platform:
        command += ["--python-platform", target.platform]
    _run([*command, "--requirements", str(file)])
    file.unlink()
    for surplus in [found for pattern in SURPLUS for found in root.glob(pattern)]:
        shutil.rmtree(surplus) if surplus.is_dir() else surplus.unlink()


def _compile(root: Path, installed_at: str, target: Target) -> None:
    if target.compiler is None:
        return
    command = [target.compiler, "-m", "compileall", "-q", "-j", "1", "--invalidation-mode", "unchecked-hash"]
    _run([*command, "-s", str(root), "-p", installed_at, str(root)])


def _compiler() -> str | None:
    """An interpreter that writes the bytecode Lambda's Python reads, or None when the caller does without.

    Raises :class:`BuildError` when there is none and nobody said to do without.
    """
    if os.environ.get("JALON_BYTECODE") == "none":
        return None
    if f"{sys.version_info.major}.{sys.version_info.minor}" == LAMBDA_VERSION:
        return sys.executable
    try:
        return _run([_uv(), "python", "find", "--no-project", "--no-python-downloads", LAMBDA_VERSION]).strip()
    except BuildError as error:
        # uv does not look into pyenv's store when its shims stand in front of another version.
        store = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
        kept = sorted(store.glob(f"{LAMBDA_VERSION}.*/bin/python{LAMBDA_VERSION}"))
        if kept:
            return str(kept[-1])
        raise BuildError(
            f"Lambda runs Python {LAMBDA_VERSION}, and its bytecode can only be made by a Python {LAMBDA_VERSION}: install one, "
            "or set JALON_BYTECODE=none to ship without (cold starts take more than twice as long)."
        ) from error


def _uv() -> str:
    return os.environ.get("UV") or str(ROOT / ".jalon" / "uv" / "bin" / "uv")


def _run(command: list[str]) -> str:
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    except FileNotFoundError as error:
        raise BuildError(f"{command[0]} is missing: run `make setup`.") from error
    except subprocess.CalledProcessError as error:
        raise BuildError(f"{' '.join(command[:4])} … failed:\n{error.stderr.strip()}") from error


def main() -> int:
    """Build one artifact, as the Makefile's ``build-%`` asks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("logical_id")
    parser.add_argument("out", type=Path)
    parser.add_argument("--host", action="store_true", help="build for this machine instead of Lambda")
    arguments = parser.parse_args()
    wanted = next((item for item in artifacts() if item.logical_id == arguments.logical_id), None)
    if wanted is None:
        print(f"template.yaml has no function or layer {arguments.logical_id}", file=sys.stderr)
        return 2
    try:
        build(wanted, arguments.out, Target.host() if arguments.host else Target.aws())
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
