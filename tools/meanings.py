"""What an expression in our code stands for, as far as names and annotations tell: how :mod:`tools.refusals` follows calls.

A meaning is one of: :class:`Known`, a function, class, module or constant that a name stands for; :class:`Bound`, a method of an object
whose type is known; :class:`Wired`, a function that a wiring gave to a field; a type (an annotation) of which there is some object; a list
of meanings, any of which it may be; None, where nothing is known.
"""

import ast
import importlib
import inspect
import pkgutil
import textwrap
import types
import typing
from collections import abc
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

OURS = ("jalon.", "functions.", "engine.")

Meaning = Any
_UNION: Any = typing.Union


@dataclass(frozen=True, slots=True)
class Known:
    """A function, class, module or constant that a name stands for."""

    value: Any


@dataclass(frozen=True, slots=True)
class Bound:
    """A method of an object whose type is known."""

    owner: type
    name: str


@dataclass(frozen=True, slots=True)
class Wired:
    """A function that a wiring gave an object as one of its fields."""

    owner: type
    name: str


def meaning_of(node: ast.expr, names: Mapping[str, Meaning]) -> Meaning:
    """What ``node`` stands for where ``names`` mean what they do."""
    handler = _HANDLERS.get(type(node))
    return handler(node, names) if handler else None


def _of_call(node: Any, names: Mapping[str, Meaning]) -> Meaning:
    return join(_result(each) for each in each_of(meaning_of(node.func, names)))


def _of_attribute(node: Any, names: Mapping[str, Meaning]) -> Meaning:
    return join(attribute(each, node.attr) for each in each_of(meaning_of(node.value, names)))


_HANDLERS: dict[type, Callable[[Any, Mapping[str, Meaning]], Meaning]] = {
    ast.Name: lambda node, names: names.get(node.id),
    ast.Attribute: _of_attribute,
    ast.Call: _of_call,
    ast.NamedExpr: lambda node, names: meaning_of(node.value, names),
    ast.BoolOp: lambda node, names: join(meaning_of(each, names) for each in node.values),
    ast.IfExp: lambda node, names: join(meaning_of(each, names) for each in (node.body, node.orelse)),
    ast.Tuple: lambda node, names: join(meaning_of(each, names) for each in node.elts),
    ast.Subscript: lambda node, names: item_of(meaning_of(node.value, names)),
}


def each_of(meaning: Meaning) -> Iterator[Meaning]:
    """The members of a union or list, without None."""
    if isinstance(meaning, types.UnionType) or typing.get_origin(meaning) is _UNION:
        yield from (each for each in typing.get_args(meaning) if each is not types.NoneType)
    elif isinstance(meaning, list):
        yield from meaning
    elif meaning is not None:
        yield meaning


def join(meanings: Iterable[Meaning]) -> Meaning:
    """Any of several meanings."""
    return [each for meaning in meanings for each in each_of(meaning)] or None


def class_of(meaning: Meaning) -> type | None:
    """The class of an object of this type."""
    origin = typing.get_origin(meaning) or getattr(meaning, "__supertype__", meaning)
    return origin if isinstance(origin, type) else None


def attribute(meaning: Meaning, name: str) -> Meaning:
    """What ``.name`` of it is."""
    if isinstance(meaning, Known):
        found = getattr(meaning.value, name, None)
        return None if found is None else Known(found)
    owner = class_of(meaning)
    if owner is None:
        return None
    found = inspect.getattr_static(owner, name, None)
    if isinstance(found, property):
        return hints(found.fget).get("return")
    if isinstance(found, types.FunctionType | staticmethod | classmethod):
        return Bound(owner, name)
    hint = hints(owner).get(name) or _assigned(owner, name)
    return Wired(owner, name) if hint is not None and is_callable(hint) else hint


@cache
def _assigned(owner: type, name: str) -> Meaning:
    """The type of ``self.<name>``, where ``__init__`` sets it from a parameter or to what it makes."""
    initialiser = vars(owner).get("__init__")
    if not isinstance(initialiser, types.FunctionType) or not initialiser.__code__.co_filename.endswith(".py"):
        return None
    names = {known: Known(value) for known, value in initialiser.__globals__.items()} | hints(initialiser)
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(initialiser)))):
        if isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Attribute) and target.attr == name:
            return meaning_of(node.value, names)
    return None


def is_callable(hint: Any) -> bool:
    """Whether an annotation is that of a function, or of one or None, given at run time: no class tells which."""
    return any(map(_is_function, each_of(hint)))


def _is_function(hint: Any) -> bool:
    if typing.get_origin(hint) is abc.Callable:
        return True
    return bool(getattr(hint, "_is_protocol", False)) and not _public(hint) and "__call__" in vars(hint)


def item_of(meaning: Meaning) -> Meaning:
    """What iterating over it, or indexing it, gives: the last parameter of a collection's type."""
    known = [each for each in each_of(meaning) if isinstance(each, Known | Bound | Wired)]  # what a tuple names
    found = [typing.get_args(each) for each in each_of(meaning) if not isinstance(each, Known | Bound | Wired)]
    return join([known, *(arguments[-2] if arguments[-1] is Ellipsis else arguments[-1] for arguments in found if arguments)])


def parts_of(meaning: Meaning, count: int) -> list[Meaning]:
    """What unpacking it into ``count`` names gives each."""
    for each in each_of(meaning):
        arguments = typing.get_args(each)
        if class_of(each) is tuple and len(arguments) == count and Ellipsis not in arguments:
            return list(arguments)
    return [item_of(meaning)] * count


@cache
def methods(owner: type, name: str) -> tuple[tuple[type, Any], ...]:
    """The functions that calling this method may run: for a protocol, those of the classes that have all of its methods."""
    owners = _adapters(owner) if getattr(owner, "_is_protocol", False) else [owner]
    found = [(each, inspect.getattr_static(each, name, None)) for each in owners]
    return tuple((each, getattr(method, "__func__", method)) for each, method in found if method is not None)


@cache
def hints(item: Any) -> dict[str, Any]:
    """The annotations of a function or class, read; none where one cannot be."""
    try:
        return typing.get_type_hints(item)
    except (NameError, TypeError, AttributeError):
        return {}


def _result(meaning: Meaning) -> Meaning:
    if isinstance(meaning, Known):
        return meaning.value if isinstance(meaning.value, type) else hints(inspect.unwrap(meaning.value)).get("return")
    if isinstance(meaning, Bound):
        return join(_own(hints(inspect.unwrap(method)).get("return"), owner) for owner, method in methods(meaning.owner, meaning.name))
    return None


def _own(hint: Any, owner: type) -> Any:
    return owner if hint is typing.Self else hint


def _adapters(protocol: type) -> list[type]:
    return [each for each in _classes() if not getattr(each, "_is_protocol", False) and _fits(protocol, each)] or [protocol]


def _fits(protocol: type, owner: type) -> bool:
    """Whether a class has a protocol's members, and its methods the same parameters by name: one method of a name is found anywhere."""
    wanted = _public(protocol)
    return wanted <= _public(owner) and all(_parameters(protocol, name) == _parameters(owner, name) for name in wanted)


def _parameters(owner: type, name: str) -> tuple[str, ...]:
    method = inspect.getattr_static(owner, name, None)
    return tuple(inspect.signature(method).parameters) if isinstance(method, types.FunctionType) else ()


def _public(owner: type) -> set[str]:
    hinted = {name for each in owner.__mro__ for name in getattr(each, "__annotations__", {})}
    return {name for name in {*dir(owner), *hinted} if not name.startswith("_")}


@cache
def modules() -> tuple[types.ModuleType, ...]:
    """Every module of ours but the handlers', imported: also those that a function imports only when it needs them."""
    packages = [importlib.import_module(prefix.rstrip(".")) for prefix in OURS]
    found = [each.name for package in packages for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    return tuple(importlib.import_module(name) for name in sorted(found) if not name.endswith("app"))


@cache
def _classes() -> tuple[type, ...]:
    found = {item: None for module in modules() for item in vars(module).values() if isinstance(item, type)}
    return tuple(each for each in found if each.__module__.startswith(OURS))
