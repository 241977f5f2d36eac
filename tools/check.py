"""`make check`: everything that can be said of the code without running it. Every check runs, then the exit status tells."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SAM = ROOT / ".jalon" / "venvs" / "sam" / "bin" / "sam"

CHECKS: tuple[tuple[str, list[str]], ...] = (
    ("ruff format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    ("ruff check", [str(BIN / "ruff"), "check", "--quiet", "."]),
    ("mypy", [str(BIN / "mypy"), "--no-error-summary"]),
    ("import-linter", [str(BIN / "lint-imports"), "--no-cache"]),
    ("cfn-lint", [str(BIN / "cfn-lint"), "template.yaml", "edge-template.yaml"]),
    ("sam validate", [str(SAM), "validate", "--lint"]),
    ("state machines", [sys.executable, "-m", "tools.state_machines"]),
    ("OpenAPI drift", [sys.executable, "-m", "tools.openapi", "--check"]),
    ("content", [sys.executable, "-m", "tools.content", "lint"]),
)


def main() -> int:
    """Run every check, print its verdict and, for a failure, what it said."""
    failed = 0
    for name, command in CHECKS:
        began = time.monotonic()
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=_environment(), check=False)
        verdict = "ok" if result.returncode == 0 else "FAILED"
        print(f"  {name:<16} {verdict:<7} {time.monotonic() - began:5.1f} s", flush=True)
        if result.returncode:
            failed += 1
            print(result.stdout + result.stderr, flush=True)
    print(f"check: {len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _environment() -> dict[str, str]:
    import os

    paths = [str(ROOT), str(ROOT / "layers" / "engine"), str(ROOT / "layers" / "jalon")]
    return os.environ | {
        "PYTHONPATH": ":".join(paths),
        "SAM_CLI_TELEMETRY": "0",
        "AWS_DEFAULT_REGION": "eu-west-3",
        "AWS_REGION": "eu-west-3",
    }


if __name__ == "__main__":
    sys.exit(main())
