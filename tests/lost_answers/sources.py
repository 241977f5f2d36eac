"""Which functions of ours make a conditional write: read off the sources, so that none is forgotten."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.lost_answers.writes import JALON

#: Where every write passes, and so no write of its own.
_ROAD = JALON / "edge" / "tables.py"


def writing_functions() -> frozenset[str]:
    """Their names from ``jalon`` on, as ``accounts.family_store.FamilyTable.start``; a helper stands for itself in those that call it."""
    return frozenset(name for file in sorted(JALON.rglob("*.py")) if file != _ROAD for name in _of_module(file))


def _of_module(file: Path) -> Iterator[str]:
    functions = dict(_functions(ast.parse(file.read_text()), ""))
    writing = {name for name, node in functions.items() if any(map(_is_conditional, _own_calls(node)))}
    while True:
        helpers = {name.rpartition(".")[2] for name in writing if name.rpartition(".")[2].startswith("_")}
        callers = {name for name, node in functions.items() if helpers & {_called(call) for call in _own_calls(node)}}
        if callers <= writing:
            break
        writing |= callers
    called = {_called(call) for node in functions.values() for call in _own_calls(node)}
    module = ".".join(file.relative_to(JALON).with_suffix("").parts)
    for name in writing:
        short = name.rpartition(".")[2]
        if not short.startswith("_") or short not in called:
            yield f"{module}.{name}"


def _functions(node: ast.AST, within: str) -> Iterator[tuple[str, ast.AST]]:
    """Every function with its qualified name, as Python gives it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield f"{within}{child.name}", child
            yield from _functions(child, f"{within}{child.name}.<locals>.")
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{within}{child.name}.")
        else:
            yield from _functions(child, within)


def _own_calls(function: ast.AST) -> Iterator[ast.Call]:
    """The calls of a function, without those of the functions that it defines."""
    for child in ast.iter_child_nodes(function):
        if isinstance(child, ast.Call):
            yield child
        if not isinstance(child, ast.FunctionDef):
            yield from _own_calls(child)


def _is_conditional(call: ast.Call) -> bool:
    return _called(call) == "conditional_update" or any(keyword.arg == "condition" for keyword in call.keywords)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""
