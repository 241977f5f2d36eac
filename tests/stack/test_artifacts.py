"""What each function ships is enough for all it imports, at the start and later, and holds nothing the runtime brings.

Built for this machine by the same builder as for Lambda, and looked at with the stand-in runtime's own Python, which has
nothing but AWS's runtime client and the SDK: a library that only the developer's environment has is missed here.
"""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.build import ARTIFACTS, build_all
from local.paths import RUNTIME_PYTHON
from tools import artifact
from tools.artifact import Artifact

#: Everything that builds artifacts or stands on the one stack runs in one worker.
pytestmark = pytest.mark.xdist_group("stack")

LAYERS = ("EngineLayer", "JalonLayer")
FUNCTIONS = tuple(item for item in artifact.artifacts() if item.logical_id not in LAYERS)
OURS = frozenset({"engine", "functions", "jalon"})
LAYER_LIMIT = 20_000_000

_FIND = """
import importlib.util, json, sys
names = json.loads(sys.stdin.read())
print(json.dumps([name for name in names if importlib.util.find_spec(name) is None]))
"""


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    build_all(lambda _: None)


def _path_of(item: Artifact) -> list[Path]:
    return [ARTIFACTS / item.logical_id, *(ARTIFACTS / layer / "python" for layer in LAYERS)]


def _source(module: str, path: list[Path]) -> Path | None:
    for root in path:
        file = root / Path(*module.split("."))
        for candidate in (file.with_suffix(".py"), file / "__init__.py"):
            if candidate.exists():
                return candidate
    return None


def _imports(source: Path) -> Iterator[str]:
    """Every module a file imports anywhere, inside functions too; names under ``if TYPE_CHECKING`` count, and may."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _reached(item: Artifact) -> set[str]:
    """The third-party packages that the handler's modules import, directly or through ours."""
    path = _path_of(item)
    handler = str(artifact.template()["Resources"][item.logical_id]["Properties"]["Handler"])
    waiting, seen, foreign = [handler.rpartition(".")[0]], set[str](), set[str]()
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        top = module.partition(".")[0]
        if top in OURS:
            source = _source(module, path)
            waiting += _imports(source) if source else ()
        elif top not in sys.stdlib_module_names:
            foreign.add(top)
    return foreign


@pytest.mark.parametrize("item", FUNCTIONS, ids=lambda item: item.logical_id)
def test_a_function_ships_every_library_it_can_ever_import(item: Artifact) -> None:
    environment = {"PYTHONPATH": ":".join(map(str, _path_of(item)))}
    result = subprocess.run(
        [str(RUNTIME_PYTHON), "-c", _FIND],
        input=json.dumps(sorted(_reached(item))),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(result.stdout) == []


@pytest.mark.parametrize("item", artifact.artifacts(), ids=lambda item: item.logical_id)
def test_an_artifact_has_bytecode_and_leaves_the_sdk_to_the_runtime(item: Artifact) -> None:
    folder = ARTIFACTS / item.logical_id
    assert not list(folder.rglob("botocore")) + list(folder.rglob("boto3"))
    sources = set(folder.rglob("*.py"))
    compiled = {file.parent.parent / f"{file.name.split('.')[0]}.py" for file in folder.rglob("__pycache__/*.pyc")}
    assert sources - compiled == set()


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_stays_within_its_budget(layer: str) -> None:
    size = sum(file.stat().st_size for file in (ARTIFACTS / layer).rglob("*") if file.is_file())
    assert size <= LAYER_LIMIT
