"""Programs of the challenges, really run to know what they print or where they lead.

Two languages: Python, and the French pseudo-code of block programming (``répéter 4 fois :``, ``avancer de 10``).
"""

import contextlib
import io
import math
import re
from collections.abc import Iterator
from typing import Any

_SAFE = {
    f.__name__: f
    for f in (abs, bool, enumerate, float, int, len, list, max, min, print, range, reversed, round, set, sorted, str, sum, zip)
}


def printed(program: str, **inputs: Any) -> str:
    """What a Python program prints. ``inputs`` are variables set before it runs; nothing can be imported."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(program, "<programme>", "exec"), {"__builtins__": dict(_SAFE), **inputs})  # noqa: S102 - our own content
    return output.getvalue().strip()


def variable(program: str, name: str, **inputs: Any) -> Any:
    """The value of a variable when a Python program ends."""
    scope: dict[str, Any] = {"__builtins__": dict(_SAFE), **inputs}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(program, "<programme>", "exec"), scope)  # noqa: S102 - our own content
    return scope[name]


class BlockError(ValueError):
    """A block program that cannot be read."""


class Blocks:
    """Runs block pseudo-code: a cat on squared paper (x to the right, y up, facing right) and variables.

    Statements, one a line, bodies indented by four spaces: ``répéter N fois :``, ``si … alors :`` / ``sinon :``,
    ``répéter jusqu’à … :``, ``avancer de N``, ``tourner à droite|gauche de N degrés``, ``mettre v à …``,
    ``ajouter … à v``, ``dire …``. Expressions are Python's, with ``=`` for equality.
    """

    def __init__(self, program: str) -> None:
        self.x = self.y = 0.0
        self.heading = 0
        self.variables: dict[str, Any] = {}
        self.said: list[str] = []
        self.steps = 0
        self.corners = 0
        lines = [line for line in program.splitlines() if line.strip()]
        self._run(lines)

    def _run(self, lines: list[str]) -> None:
        chosen = False
        for head, body in _statements(lines):
            chosen = self._statement(head, body, after_false_condition=chosen)

    def _statement(self, head: str, body: list[str], *, after_false_condition: bool) -> bool:
        self.steps += 1
        if self.steps > 10_000:
            raise BlockError("this program does not end")
        if found := re.fullmatch(r"répéter (.+) fois :", head):
            for _ in range(int(self._value(found[1]))):
                self._run(body)
        elif found := re.fullmatch(r"répéter jusqu’à (.+) :", head):
            while not self._value(found[1]):
                self._run(body)
        elif found := re.fullmatch(r"si (.+) alors :", head):
            if not self._value(found[1]):
                return True
            self._run(body)
        elif head == "sinon :":
            if after_false_condition:
                self._run(body)
        else:
            self._action(head)
        return False

    def _action(self, line: str) -> None:
        if found := re.fullmatch(r"avancer de (.+)", line):
            distance = self._value(found[1])
            self.x += distance * round(math.cos(math.radians(self.heading)), 12)
            self.y += distance * round(math.sin(math.radians(self.heading)), 12)
        elif found := re.fullmatch(r"tourner à (droite|gauche) de (.+) degrés", line):
            self.heading = int(self.heading + (1 if found[1] == "gauche" else -1) * self._value(found[2])) % 360
            self.corners += 1
        elif found := re.fullmatch(r"mettre (\w+) à (.+)", line):
            self.variables[found[1]] = self._value(found[2])
        elif found := re.fullmatch(r"ajouter (.+) à (\w+)", line):
            self.variables[found[2]] += self._value(found[1])
        elif found := re.fullmatch(r"dire (.+)", line):
            self.said.append(str(self._value(found[1])))
        else:
            raise BlockError(f"not a block: {line}")

    def _value(self, text: str) -> Any:
        python = re.sub(r"(?<![<>!=])=(?!=)", "==", text).replace(" et ", " and ").replace(" ou ", " or ").replace("×", "*")
        return eval(python, {"__builtins__": {}}, self.variables)  # noqa: S307 - our own content


def _statements(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each statement with its body, the body's indentation removed."""
    rank = 0
    while rank < len(lines):
        head = lines[rank]
        if head.startswith(" "):
            raise BlockError(f"unexpected indentation: {head}")
        end = rank + 1
        while end < len(lines) and lines[end].startswith("    "):
            end += 1
        yield head.strip(), [line[4:] for line in lines[rank + 1 : end]]
        rank = end


def blocks_said(program: str) -> list[str]:
    """All that a block program says."""
    return Blocks(program).said


def blocks_variable(program: str, name: str) -> Any:
    """A variable of a block program at its end."""
    return Blocks(program).variables[name]


def blocks_position(program: str) -> tuple[int, int]:
    """Where the cat stands at the end of a block program."""
    cat = Blocks(program)
    return round(cat.x), round(cat.y)


def code(program: str, language: str = "") -> str:
    """A program as a Markdown code block."""
    return f"```{language}\n{program.rstrip()}\n```"
