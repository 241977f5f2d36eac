"""Rules know nothing of stores, clients, schemas or HTTP: only adapters, known by their names, may import those.

import-linter holds which context may import which; it cannot match modules by a part of their name, so this does.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
JALON = ROOT / "layers" / "jalon" / "jalon"
CONTEXTS = ("accounts", "organisations", "assessment", "campaigns", "certification", "certificates")
OUTSIDE = re.compile(r"(boto3|botocore|pynamodb|pydantic|aws_lambda_powertools|starlette|mangum|jalon\.edge)(\.|$)")
ADAPTER = re.compile(r"tables|clients|executions|kms_signer|ses_mailer|\w+_store|\w+_wiring")
RULES = sorted(file for context in CONTEXTS for file in (JALON / context).rglob("*.py") if not ADAPTER.fullmatch(file.stem))


def _imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("file", RULES, ids=lambda file: str(file.relative_to(JALON)))
def test_a_rule_imports_no_store_no_client_and_no_http(file: Path) -> None:
    assert [name for name in _imports(file) if OUTSIDE.match(name)] == []


@pytest.mark.parametrize("file", sorted((ROOT / "layers").rglob("__init__.py")), ids=lambda file: str(file.relative_to(ROOT)))
def test_packages_are_imported_for_nothing(file: Path) -> None:
    """Each import is paid at cold start, so a package's own file holds none."""
    assert _imports(file) == set()


def test_no_line_names_a_machine_or_a_registry() -> None:
    import subprocess

    names = re.compile(r"(/work/|/root/|/home/\w+/|\.pyenv/versions/)")
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    here = Path(__file__).relative_to(ROOT).as_posix()
    texts = [
        name
        for name in tracked
        if name != here and Path(name).suffix in {".py", ".md", ".yaml", ".sh", ".js", ".html", ".toml", ".json", ""}
    ]
    found = [name for name in texts if (ROOT / name).exists() and names.search((ROOT / name).read_text(errors="replace"))]
    assert found == []
