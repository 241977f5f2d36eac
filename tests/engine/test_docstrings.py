"""Every public name of the engine says what it is, and every function shows an example, which is run with the tests."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

MODULES = sorted((Path(__file__).parents[2] / "layers" / "engine" / "engine").glob("*.py"))


def public(nodes: list[ast.stmt], inside: str = "") -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef]]:
    for node in nodes:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield inside + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{node.name}.")


def is_property(node: ast.FunctionDef) -> bool:
    return any(isinstance(decorator, ast.Name) and decorator.id == "property" for decorator in node.decorator_list)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_public_names_are_described_and_functions_have_an_example(module: Path) -> None:
    tree = ast.parse(module.read_text("utf-8"))
    assert module.stem == "__init__" or ast.get_docstring(tree)
    silent, without = [], []
    for name, node in public(tree.body):
        described = ast.get_docstring(node) or ""
        if not described:
            silent.append(name)
        if isinstance(node, ast.FunctionDef) and not is_property(node) and ">>> " not in described:
            without.append(name)
    assert silent == []
    assert without == []
