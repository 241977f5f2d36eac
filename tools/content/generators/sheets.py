"""A small spreadsheet that computes what the formulas of the challenges give (French function names, ``;``).

A grid is a mapping from addresses to values or formulas: ``{"A1": 3, "A2": "=A1*2"}``.

>>> evaluate("=SOMME(A1:A3)/2", {"A1": 1, "A2": 2, "A3": 3})
3.0
>>> copied("=B2*$E$1", "C2", "C5")
'=B5*$E$1'
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Grid = Mapping[str, Any]

_ADDRESS = re.compile(r"(\$?)([A-Z]{1,2})(\$?)([0-9]+)")
_RANGE = re.compile(r"\b([A-Z]{1,2}[0-9]+):([A-Z]{1,2}[0-9]+)\b")


def column_number(letters: str) -> int:
    """``A`` → 1, ``AA`` → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 → ``A``, 27 → ``AA``."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(column: int, row: int) -> str:
    """The address of a cell counted from 1: ``address(2, 5)`` → ``B5``."""
    return f"{column_letters(column)}{row}"


def copied(formula: str, source: str, target: str) -> str:
    """The formula as it reads after being copied from one cell to another; ``$`` holds a column or a row."""
    from_, to = _ADDRESS.fullmatch(source), _ADDRESS.fullmatch(target)
    if not from_ or not to:
        raise ValueError(f"not an address: {source} or {target}")
    right = column_number(to[2]) - column_number(from_[2])
    down = int(to[4]) - int(from_[4])

    def moved(found: re.Match[str]) -> str:
        column = found[2] if found[1] else column_letters(column_number(found[2]) + right)
        row = found[4] if found[3] else str(int(found[4]) + down)
        return f"{found[1]}{column}{found[3]}{row}"

    return _ADDRESS.sub(moved, formula)


def grid_of(rows: Sequence[Sequence[Any]], first: str = "A1") -> dict[str, Any]:
    """Rows of a table as a grid whose top left cell is ``first``; ``None`` leaves a cell empty."""
    found = _ADDRESS.fullmatch(first)
    if not found:
        raise ValueError(f"not an address: {first}")
    left, top = column_number(found[2]), int(found[4])
    return {
        address(left + x, top + y): value
        for y, row in enumerate(rows)
        for x, value in enumerate(row)
        if value is not None
    }  # fmt: skip


def evaluate(formula: str, grid: Grid) -> Any:
    """The value of a formula over a grid. Knows + - * / ^ & comparisons and the functions of ``FUNCTIONS``."""
    text = formula.removeprefix("=").replace("$", "")
    strings: list[str] = []

    def kept(found: re.Match[str]) -> str:
        strings.append(found[1])
        return f"_t({len(strings) - 1})"

    text = re.sub(r'"([^"]*)"', kept, text)
    text = re.sub(r"(\d),(\d)", r"\1.\2", text)
    text = _RANGE.sub(r"_plage('\1','\2')", text)
    text = text.replace("<>", "!=").replace("^", "**").replace(";", ",")
    text = re.sub(r"(?<![<>!=])=(?!=)", "==", text)
    text = re.sub(r"\bNB\.SI\b", "NB_SI", re.sub(r"\bSOMME\.SI\b", "SOMME_SI", text))
    return _node(ast.parse(text, mode="eval").body, grid, strings)


_OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: operator.pow,
    ast.BitAnd: lambda a, b: f"{_text(a)}{_text(b)}",
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip


def _text(value: Any) -> str:
    return str(value).removesuffix(".0").replace(".", ",") if isinstance(value, float) else str(value)


def _node(node: ast.expr, grid: Grid, strings: list[str]) -> Any:  # noqa: PLR0911 - one return a kind of node reads best
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return cell(name, grid)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_node(operand, grid, strings)
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_node(left, grid, strings), _node(right, grid, strings))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _OPERATORS[type(op)](_node(left, grid, strings), _node(right, grid, strings))
        case ast.Call(func=ast.Name(id="_t"), args=[ast.Constant(value=int(rank))]):
            return strings[rank]
        case ast.Call(func=ast.Name(id="_plage"), args=[ast.Constant(value=str(start)), ast.Constant(value=str(end))]):
            return _range(start, end, grid)
        case ast.Call(func=ast.Name(id="SI"), args=[test, yes, no]):
            return _node(yes if _node(test, grid, strings) else no, grid, strings)
        case ast.Call(func=ast.Name(id=name), args=args) if name in FUNCTIONS:
            return FUNCTIONS[name](*[_node(arg, grid, strings) for arg in args])
    raise ValueError(f"not in this spreadsheet: {ast.unparse(node)}")


def cell(name: str, grid: Grid) -> Any:
    """The value of one cell; an empty one counts 0."""
    value = grid.get(name, 0)
    return evaluate(value, grid) if isinstance(value, str) and value.startswith("=") else value


def _range(start: str, end: str, grid: Grid) -> list[list[Any]]:
    from_, to = _ADDRESS.fullmatch(start), _ADDRESS.fullmatch(end)
    if not from_ or not to:
        raise ValueError(f"not a range: {start}:{end}")
    columns = range(column_number(from_[2]), column_number(to[2]) + 1)
    rows = range(int(from_[4]), int(to[4]) + 1)
    return [[cell(address(c, r), grid) if address(c, r) in grid else None for c in columns] for r in rows]


def _flat(values: tuple[Any, ...]) -> list[Any]:
    flat: list[Any] = []
    for value in values:
        flat.extend(v for row in value for v in row) if isinstance(value, list) else flat.append(value)
    return [value for value in flat if value is not None]


def _numbers(values: tuple[Any, ...]) -> list[float]:
    return [value for value in _flat(values) if isinstance(value, int | float) and not isinstance(value, bool)]


def _meets(value: Any, criterion: Any) -> bool:
    found = re.fullmatch(r"(<=|>=|<>|<|>|=)?(.*)", str(criterion))
    sign, wanted = (found[1] or "=", found[2]) if found else ("=", str(criterion))
    compare = {"=": operator.eq, "<>": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}[sign]
    try:
        number = float(wanted.replace(",", "."))
    except ValueError:
        return bool(compare(str(value).lower(), wanted.lower()))
    return isinstance(value, int | float) and bool(compare(value, number))


def _lookup(wanted: Any, table: list[list[Any]], column: int, _approximate: Any = 0) -> Any:
    return next(row[column - 1] for row in table if row[0] == wanted)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "SOMME": lambda *v: sum(_numbers(v)),
    "MOYENNE": lambda *v: sum(_numbers(v)) / len(_numbers(v)),
    "MIN": lambda *v: min(_numbers(v)),
    "MAX": lambda *v: max(_numbers(v)),
    "NB": lambda *v: len(_numbers(v)),
    "NBVAL": lambda *v: len(_flat(v)),
    "ARRONDI": lambda value, digits: round(value + 1e-9, digits),
    "NB_SI": lambda area, criterion: sum(_meets(v, criterion) for v in _flat((area,))),
    "SOMME_SI": lambda area, criterion, values: sum(
        v for tested, v in zip(_flat((area,)), _flat((values,)), strict=True) if _meets(tested, criterion)
    ),
    "ET": lambda *v: all(v),
    "OU": lambda *v: any(v),
    "RECHERCHEV": _lookup,
    "MEDIANE": lambda *v: _median(sorted(_numbers(v))),
    "CONCATENER": lambda *v: "".join(_text(value) for value in v),
    "GAUCHE": lambda text, count=1: str(text)[:count],
    "DROITE": lambda text, count=1: str(text)[-count:],
    "NBCAR": lambda text: len(_text(text)),
    "MAJUSCULE": lambda text: str(text).upper(),
}


def _median(values: list[float]) -> float:
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def table(rows: Sequence[Sequence[Any]], *, addresses: bool = True) -> str:
    """A spreadsheet extract as a Markdown table, with column letters and row numbers."""
    width = max(len(row) for row in rows)
    cells = [[_shown(value) for value in row] + [""] * (width - len(row)) for row in rows]
    if addresses:
        lines = [["", *[column_letters(n) for n in range(1, width + 1)]], ["---"] * (width + 1)]
        lines += [[f"**{number}**", *row] for number, row in enumerate(cells, start=1)]
    else:
        lines = [cells[0], ["---"] * width, *cells[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _shown(value: Any) -> str:
    return "" if value is None else _text(value).replace("|", "\\|")
