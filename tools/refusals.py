"""What each route may refuse, read off the code: the errors that are raised on the way from a route's function, with what they say.

No list is kept by hand. From the function, every call is followed that names or types lead to (:mod:`tools.meanings`), and every error of
the domain that is made there is noted. What a ``try`` around a call takes is taken off. A test holds the other side: no refusal that a test
of the functions provokes may be missing from the API's document (tests/functions/conftest.py).
"""

import ast
import inspect
import re
import textwrap
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from jalon.edge.tables import ConditionFailedError
from jalon.kernel.errors import JalonError
from tools.meanings import (
    OURS,
    Bound,
    Known,
    Meaning,
    Wired,
    class_of,
    each_of,
    hints,
    is_callable,
    item_of,
    meaning_of,
    methods,
    modules,
    parts_of,
)
from tools.openapi_samples import FACTS, FORMATS, NUMBERS, TEXTS

#: What an error is made with beside its facts.
_NO_FACTS = frozenset({"violations", "retry_after_s"})
_BUILT_IN = frozenset({"abc", "builtins", "enum", "typing"})
#: Stands where no plausible value is known.
UNKNOWN = "\N{WHITE SQUARE}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error with what it says where it is made: a detail, and its facts as plausible values."""

    error: type[JalonError]
    detail: str
    facts: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(slots=True)
class Reached:
    """What a piece of code may do that a caller sees: refuse, and send or read headers (names in lower case)."""

    refusals: dict[type[JalonError], Refusal] = field(default_factory=dict)
    headers: set[str] = field(default_factory=set)

    def add(self, other: "Reached") -> None:
        """Note what other code does, too; what was noted first stays."""
        self.refusals = other.refusals | self.refusals
        self.headers |= other.headers

    def without(self, taken: Iterable[type]) -> "Reached":
        """The same but for errors of these kinds."""
        kinds = tuple(taken)
        return Reached({error: refusal for error, refusal in self.refusals.items() if not issubclass(error, kinds)}, self.headers)


def reached(function: Callable[..., Any]) -> Reached:
    """What calling ``function`` may refuse, and the headers it knows."""
    return _reached(function, None)


_known: dict[Any, Reached] = {}


def _reached(function: Any, owner: type | None) -> Reached:
    if hasattr(function, "cache_info") and _is_wiring(function.__module__):
        return Reached()
    function = inspect.unwrap(getattr(function, "__func__", function))
    if not _is_written(function):
        return Reached()
    key = (function, owner)
    if key not in _known:
        _known[key] = Reached()  # for a function that calls itself
        _known[key] = _Walk(function, owner).walk()
    return _known[key]


def _is_written(function: Any) -> bool:
    """Whether there is a text of ours to read: neither a library's nor one that ``dataclass`` made. A lambda is read where it stands."""
    if not isinstance(function, types.FunctionType) or not function.__module__.startswith(OURS):
        return False
    return function.__code__.co_filename.endswith(".py") and function.__name__ != "<lambda>"


def _is_wiring(module: str) -> bool:
    """Where what a function works with is made, once, before anything is refused; what is handed over is in :func:`_wired`."""
    return module.endswith("wiring")


class _Walk(ast.NodeVisitor):
    """One function's body, read once from top to bottom."""

    def __init__(self, function: types.FunctionType, owner: type | None) -> None:
        self.found = Reached()
        self.sends = function.__module__.startswith("functions.")
        self.tree = _tree(function)
        closure = inspect.getclosurevars(function).nonlocals if function.__closure__ else {}
        self.names: dict[str, Meaning] = {name: Known(value) for name, value in {**function.__globals__, **closure}.items()}
        self.names |= {name: hint for name, hint in hints(function).items() if name != "return"}
        if owner is not None and self.tree.args.args:
            self.names[self.tree.args.args[0].arg] = owner

    def walk(self) -> Reached:
        """What the whole body does."""
        self._all(self.tree.body)
        return self.found

    def note_fields(self, noted: dict[tuple[type, str], Reached]) -> None:
        """Note what the functions do that this one gives to the fields of what it makes."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                for made in each_of(self._meaning(node.func)):
                    if isinstance(made, Known) and isinstance(made.value, type):
                        self._note_fields(made.value, node, noted)

    def _note_fields(self, owner: type, node: ast.Call, noted: dict[tuple[type, str], Reached]) -> None:
        fields = hints(owner)
        for name, given in (*zip(fields, node.args, strict=False), *((each.arg, each.value) for each in node.keywords)):
            if name in fields and is_callable(fields[name]):
                self.found = noted.setdefault((owner, name), Reached())
                self._passed(given)
                self.visit(given)

    def _all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _meaning(self, node: ast.expr) -> Meaning:
        return meaning_of(node, self.names)

    # --- what names mean from here on

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = __import__(node.module or "", fromlist=["*"])
        self.names |= {each.asname or each.name: Known(getattr(module, each.name, None)) for each in node.names}

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        for target in node.targets:
            self._assign(target, self._meaning(node.value))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.generic_visit(node)
        if node.value is not None:
            self._assign(node.target, self._meaning(node.value))

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.generic_visit(node)
        self._assign(node.target, self._meaning(node.value))

    def visit_For(self, node: ast.For) -> None:
        self._assign(node.target, item_of(self._meaning(node.iter)))
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._assign(node.target, item_of(self._meaning(node.iter)))
        self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        self._all(getattr(node, "generators", ()))  # a comprehension says what its names are after it uses them
        super().generic_visit(node)

    def _assign(self, target: ast.expr, meaning: Meaning) -> None:
        if isinstance(target, ast.Name):
            self.names[target.id] = meaning
        elif isinstance(target, ast.Tuple):
            for each, part in zip(target.elts, parts_of(meaning, len(target.elts)), strict=True):
                self._assign(each, part)

    # --- what is taken

    def visit_Try(self, node: ast.Try) -> None:
        outside, self.found = self.found, Reached()
        self._all(node.body)
        taken = [kind for handler in node.handlers if not _raises_again(handler) for kind in self._kinds(handler.type)]
        outside.add(self.found.without(taken))
        self.found = outside
        for handler in node.handlers:
            if handler.name:
                self.names[handler.name] = next(iter(self._kinds(handler.type)), None)
            self._all(handler.body)
        self._all([*node.orelse, *node.finalbody])

    def visit_With(self, node: ast.With) -> None:
        outside, self.found = self.found, Reached()
        self.generic_visit(node)
        taken: list[type] = []
        if not any(isinstance(each, ast.keyword) and each.arg == "condition" for each in ast.walk(node)):
            taken.append(ConditionFailedError)  # ``translated`` has a word for it, but what asks for no condition is refused by none
        for item in node.items:
            if isinstance(item.context_expr, ast.Call) and getattr(item.context_expr.func, "id", "") == "suppress":
                taken += [kind for each in item.context_expr.args for kind in self._kinds(each)]
        outside.add(self.found.without(taken))
        self.found = outside

    def _kinds(self, node: ast.expr | None) -> list[type]:
        if node is None:
            return [Exception]
        wanted = [self._meaning(part) for part in (node.elts if isinstance(node, ast.Tuple) else [node])]
        return [kind.value for kind in wanted if isinstance(kind, Known) and isinstance(kind.value, type)]

    # --- what is called

    def visit_Call(self, node: ast.Call) -> None:
        for called in each_of(self._meaning(node.func)):
            self._called(called, node)
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            self._passed(argument)
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        for owner in map(class_of, each_of(self._meaning(node.value))):
            found = inspect.getattr_static(owner, node.attr, None) if owner else None
            if isinstance(found, property) and found.fget:
                self.found.add(_reached(found.fget, owner))
        self.generic_visit(node)

    def _passed(self, argument: ast.expr) -> None:
        """A function that is handed over is called, there or later; a class that extends a library's, by the library."""
        for passed in each_of(self._meaning(argument)) if isinstance(argument, ast.Name | ast.Attribute) else ():
            if isinstance(passed, Known) and isinstance(passed.value, type):
                self.found.add(_called_back(passed.value))
            elif isinstance(passed, Bound | Wired) or (isinstance(passed, Known) and inspect.isfunction(passed.value)):
                self._called(passed, None)

    def _called(self, called: Meaning, node: ast.Call | None) -> None:
        if isinstance(called, Wired):
            self.found.add(_wired().get((called.owner, called.name), Reached()))
        elif isinstance(called, Bound):
            for owner, method in methods(called.owner, called.name):
                self.found.add(_reached(method, owner) if _is_written(inspect.unwrap(method)) else _called_back(owner))
        elif isinstance(called, Known) and isinstance(called.value, type):
            self._made(called.value, node)
        elif isinstance(called, Known):
            bound_to = getattr(called.value, "__self__", None)
            self.found.add(_reached(called.value, bound_to if isinstance(bound_to, type) else None))

    def _made(self, kind: type, node: ast.Call | None) -> None:
        if issubclass(kind, JalonError):
            self._raise(kind, node)
            return
        for name in ("__init__", "__post_init__"):
            if name in vars(kind):
                self.found.add(_reached(vars(kind)[name], kind))

    # --- what a caller sees

    def visit_Raise(self, node: ast.Raise) -> None:
        known = self._meaning(node.exc) if isinstance(node.exc, ast.Name) else None
        if isinstance(known, Known) and isinstance(known.value, type) and issubclass(known.value, JalonError):
            self._raise(known.value, None)
        self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        if self.sends and any(isinstance(key, ast.Constant) and key.value == "Location" for key in node.keys):
            self.found.headers.add("location")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if node.value == "if-none-match":
            self.found.headers.add("if-none-match")

    def _raise(self, error: type[JalonError], node: ast.Call | None) -> None:
        said = self._text(node.args[0]) if node and node.args else None
        detail = said or " ".join((inspect.getdoc(error) or error.code).split("\n\n", maxsplit=1)[0].split())
        given = {each.arg: each.value for each in node.keywords if each.arg and each.arg not in _NO_FACTS} if node else {}
        facts = {name: self._sample(value, name) for name, value in given.items()}
        self.found.refusals.setdefault(error, Refusal(error, detail, facts))

    def _text(self, node: ast.expr) -> str | None:
        """What a text says, its gaps filled with plausible values; None when it is made elsewhere."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.JoinedStr):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else self._gap(part) for part in node.values)
        if isinstance(node, ast.IfExp):
            return self._text(node.body)
        known = self._meaning(node)
        return known.value if isinstance(known, Known) and isinstance(known.value, str) else None

    def _gap(self, node: ast.expr) -> str:
        value = node.value if isinstance(node, ast.FormattedValue) else node
        names = re.findall(r"[a-z_][a-z_0-9]*", ast.unparse(value))
        return str(self._sample(value, names[-1] if names else ""))

    def _sample(self, node: ast.expr, name: str) -> Any:
        known = Known(node.value) if isinstance(node, ast.Constant) else self._meaning(node)
        if isinstance(known, Known) and isinstance(known.value, str | int):
            return known.value
        usual = FACTS.get(name, TEXTS.get(name, NUMBERS.get(name)))
        if usual is None and name.endswith("_at"):
            usual = FORMATS["date-time"]
        return usual if usual is not None else self._text(node) or UNKNOWN


def _called_back(owner: type) -> Reached:
    """What a library may call of a class of ours that extends one of its own: any method that it defines."""
    found = Reached()
    extends = any(not base.__module__.startswith(OURS) and base.__module__ not in _BUILT_IN for base in owner.__mro__)
    for method in list(vars(owner).values()) if owner.__module__.startswith(OURS) and extends else ():
        found.add(_reached(method, owner))
    return found


@cache
def _wired() -> dict[tuple[type, str], Reached]:
    """What the functions do that the wirings of ``functions/`` give to objects' fields."""
    found: dict[tuple[type, str], Reached] = {}
    for module in modules():
        if module.__name__.startswith("functions.") and _is_wiring(module.__name__):
            for function in (inspect.unwrap(item) for item in list(vars(module).values())):
                if isinstance(function, types.FunctionType) and function.__module__ == module.__name__:
                    _Walk(function, None).note_fields(found)
    return found


@cache
def _tree(function: types.FunctionType) -> Any:
    return ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]


def _raises_again(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))
