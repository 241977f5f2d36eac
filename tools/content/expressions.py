"""Templates and the small expression language of the content files.

Between ``{{`` and ``}}`` stands a Python expression over the variant's values, the draws (``between``, ``pick``,
``sample``, ``shuffled``) and the generators' library. Only expressions: no statement, no import, no name or attribute
that starts with an underscore. A text that is nothing but one ``{{ expression }}`` takes the expression's value as it is.

>>> render("{{ a + b }} €", {"a": 1, "b": 2})
'3 €'
>>> render("{{ a + b }}", {"a": 1, "b": 2})
3
"""

import ast
import re
from collections.abc import Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

_PLACE = re.compile(r"\{\{(.+?)\}\}", re.DOTALL)

_ALLOWED = (
    ast.Expression, ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop, ast.comprehension, ast.keyword,
    ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call, ast.IfExp, ast.Attribute, ast.Subscript, ast.Slice, ast.Starred,
    ast.Name, ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp,
    ast.JoinedStr, ast.FormattedValue,
)  # fmt: skip

_BUILTINS: dict[str, Any] = {
    function.__name__: function
    for function in (
        abs, all, any, bin, bool, chr, dict, divmod, enumerate, float, hex, int, len, list, max, min, oct, ord, pow, range, repr, reversed,
        round, set, sorted, str, sum, tuple, zip,
    )
}  # fmt: skip


class ExpressionError(ValueError):
    """An expression of a content file that is not allowed or fails; the message quotes it."""


@lru_cache(maxsize=8192)
def _compiled(text: str) -> CodeType:
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise ExpressionError(f"« {text.strip()} »: {error.msg}") from error
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise ExpressionError(f"« {text.strip()} »: {type(node).__name__} is not allowed here")
        hidden = (isinstance(node, ast.Name) and node.id.startswith("_")) or (isinstance(node, ast.Attribute) and node.attr.startswith("_"))
        if hidden:
            raise ExpressionError(f"« {text.strip()} »: names that start with an underscore are not allowed")
    return compile(tree, "<content>", "eval")


def evaluate(text: str, scope: Mapping[str, Any]) -> Any:
    """The value of one expression. Raises :class:`ExpressionError`."""
    code = _compiled(text)
    try:
        return eval(code, {"__builtins__": {}, **_BUILTINS, **scope})  # noqa: S307 - the tree holds allowed nodes only
    except ExpressionError:
        raise
    except Exception as error:  # whatever the expression raises is the author's to mend
        raise ExpressionError(f"« {text.strip()} »: {type(error).__name__}: {error}") from error


def render(value: Any, scope: Mapping[str, Any]) -> Any:
    """``value`` with every template filled in; lists and mappings are rendered inside."""
    if isinstance(value, str):
        return _render_text(value, scope)
    if isinstance(value, list):
        return [render(item, scope) for item in value]
    if isinstance(value, dict):
        return {render(key, scope): render(item, scope) for key, item in value.items()}
    return value


def _render_text(text: str, scope: Mapping[str, Any]) -> Any:
    whole = _PLACE.fullmatch(text.strip())
    if whole and "}}" not in whole[1]:
        return evaluate(whole[1], scope)
    return _PLACE.sub(lambda place: str(evaluate(place[1], scope)), text)
