"""Every code that a field may be refused with (``errors[].code``), read off the code: what schemas give and what our own rules do.

A rule makes a ``Violation(pointer, detail, code)``. Its code is a text there, or the parameter of a function that its module calls with
one, or that of the error of the engine that it was caught from; whatever else stops the reading, so that no code is missing.
"""

import ast
import inspect
import types
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jalon.edge import field_errors, problems
from jalon.kernel.errors import Violation
from tools.meanings import modules

#: Stands where a sentence has what only the request tells.
_GAP = "\N{HORIZONTAL ELLIPSIS}"
_PARAMETERS = ("pointer", "detail", "code")


@cache
def field_codes() -> dict[str, str]:
    """For each code, by name, what it means: a schema's in its own words, a rule's as it is said first.

    Raises ValueError where a violation's code cannot be read.
    """
    found: dict[str, str] = {}
    for module in (each for each in modules() if each is not problems):  # which passes on what a schema gives
        for code, detail in _Reader(module).read():
            found.setdefault(code, detail)
    return dict(sorted({**found, **field_errors.MEANINGS}.items()))


class _Reader:
    """One module, read for what it makes violations with."""

    def __init__(self, module: types.ModuleType) -> None:
        self.module = module
        self.tree = ast.parse(Path(module.__file__ or "").read_text())

    def read(self) -> Iterator[tuple[str, str]]:
        """The codes and sentences of the violations made in it."""
        for function in ast.walk(self.tree):
            if isinstance(function, ast.FunctionDef):
                yield from self._of(function, function)
        yield from self._of(ast.Module([each for each in self.tree.body if not isinstance(each, ast.FunctionDef | ast.ClassDef)], []), None)

    def _of(self, body: ast.AST, function: ast.FunctionDef | None) -> Iterator[tuple[str, str]]:
        for call in ast.walk(body):
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] == Violation.__name__:
                given = dict(zip(_PARAMETERS, call.args, strict=False)) | {each.arg or "": each.value for each in call.keywords}
                code = given.get("code")
                if isinstance(code, ast.Constant):
                    yield str(code.value), self._text(given["detail"], function)
                elif isinstance(code, ast.Attribute) and isinstance(code.value, ast.Name) and function:
                    yield from self._caught(code.value.id, function)
                elif isinstance(code, ast.Name) and function and code.id in _parameters(function):
                    yield from self._passed(function, code, given["detail"])
                else:
                    raise ValueError(f"{self.module.__name__}:{call.lineno}: nothing says what this violation's code is")

    def _passed(self, function: ast.FunctionDef, code: ast.Name, detail: ast.expr) -> Iterator[tuple[str, str]]:
        """The codes that the module's calls of ``function`` hand over, each with its sentence."""
        names = _parameters(function)
        for caller in ast.walk(self.tree):
            for call in ast.walk(caller) if isinstance(caller, ast.FunctionDef) else ():
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == function.name:
                    given = dict(zip(names, call.args, strict=False)) | {each.arg or "": each.value for each in call.keywords}
                    handed = given[code.id]
                    if not isinstance(handed, ast.Constant):
                        raise ValueError(f"{self.module.__name__}:{call.lineno}: nothing says what code is handed over")
                    said = given[detail.id] if isinstance(detail, ast.Name) and detail.id in names else detail
                    yield str(handed.value), self._text(said, caller)

    def _caught(self, name: str, function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
        """The code and the meaning of the error that ``function`` catches under this name."""
        for handler in ast.walk(function):
            if isinstance(handler, ast.ExceptHandler) and handler.name == name and isinstance(handler.type, ast.Name):
                error = vars(self.module)[handler.type.id]
                yield error.code, " ".join((inspect.getdoc(error) or "").split("\n\n", maxsplit=1)[0].split())

    def _text(self, node: ast.expr, function: ast.AST | None) -> str:
        """A sentence, with the module's constants and a gap for each of what only a request tells."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.JoinedStr):
            return "".join(self._text(part.value if isinstance(part, ast.FormattedValue) else part, function) for part in node.values)
        if isinstance(node, ast.Name):
            known = vars(self.module).get(node.id)
            assigned = [
                each.value for each in ast.walk(function or self.tree) if isinstance(each, ast.Assign) and _is(each.targets, node.id)
            ]
            if isinstance(known, str | int):
                return str(known)
            return self._text(assigned[0], function) if len(assigned) == 1 else _GAP
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute | ast.Name):
            return self._attribute(node)
        return _GAP

    def _attribute(self, node: ast.Attribute) -> str:
        """A part of a constant of the module's (``EARLIEST.year``)."""
        known = vars(self.module).get(node.value.id) if isinstance(node.value, ast.Name) else None
        value = getattr(known, node.attr, None)
        return str(value) if isinstance(value, str | int) else _GAP


def _is(targets: list[ast.expr], name: str) -> bool:
    return len(targets) == 1 and isinstance(targets[0], ast.Name) and targets[0].id == name


def _parameters(function: ast.FunctionDef) -> list[str]:
    return [each.arg for each in function.args.args]
