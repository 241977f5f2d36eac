"""What counts as right: the solution of one variant of a challenge (docs/domain.md §2).

Solutions come from the second file of a release and never leave the server before the answer is given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.errors import InvalidContentError

TEXT: Final = "text"
NUMBER: Final = "number"
SELECT: Final = "select"
KINDS: Final = frozenset({TEXT, NUMBER, SELECT})


@dataclass(frozen=True, slots=True)
class Treatments:
    """Which tolerances are ON for a text field: ``t1`` case, accents and spaces; ``t2`` punctuation; ``t3`` small slips."""

    t1: bool = True
    t2: bool = True
    t3: bool = True

    @classmethod
    def of(cls, names: Sequence[str]) -> "Treatments":
        """From the list in a bundle, which names the treatments that are on.

        >>> Treatments.of(["t1", "t2"])
        Treatments(t1=True, t2=True, t3=False)
        """
        unknown = set(names) - {"t1", "t2", "t3"}
        if unknown:
            raise InvalidContentError(f"unknown treatments {sorted(unknown)}: use t1, t2, t3")
        return cls("t1" in names, "t2" in names, "t3" in names)


@dataclass(frozen=True, slots=True)
class FieldSolution:
    """One field: any of ``accepted`` is right, compared as ``kind`` says (text, number or select)."""

    accepted: tuple[str, ...]
    kind: str = TEXT
    treatments: Treatments = Treatments()


@dataclass(frozen=True, slots=True)
class ChoiceSolution:
    """QCU and QCM: exactly this set of choice ids."""

    choices: frozenset[str]


@dataclass(frozen=True, slots=True)
class TextSolution:
    """QROC: one free-text field."""

    field: FieldSolution


@dataclass(frozen=True, slots=True)
class FieldsSolution:
    """QROCM-ind: several fields by id, each judged alone, all must match."""

    fields: Mapping[str, FieldSolution]


@dataclass(frozen=True, slots=True)
class AnyOrderSolution:
    """QROCM-dep: each of ``fields`` must match a group of its own, in any order."""

    fields: tuple[str, ...]
    groups: tuple[FieldSolution, ...]


Solution = ChoiceSolution | TextSolution | FieldsSolution | AnyOrderSolution


def parse_solution(challenge_type: str, data: Mapping[str, Any]) -> Solution:
    """One solution from its bundle form; raises :class:`InvalidContentError` when the form does not fit the type.

    >>> parse_solution("QROC", {"accepted": ["Paris"], "treatments": ["t1"]}).field.treatments
    Treatments(t1=True, t2=False, t3=False)
    """
    try:
        if challenge_type in {"QCU", "QCM"}:
            return ChoiceSolution(frozenset(data["choices"]))
        if challenge_type == "QROC":
            return TextSolution(_field(data))
        if challenge_type == "QROCM-ind":
            return FieldsSolution({name: _field(field) for name, field in data["fields"].items()})
        if challenge_type == "QROCM-dep":
            return _any_order(data)
    except KeyError as missing:
        raise InvalidContentError(f"a {challenge_type} solution needs {missing}") from missing
    raise InvalidContentError(f"unknown challenge type {challenge_type!r}")


def _field(data: Mapping[str, Any], accepted: Sequence[str] | None = None) -> FieldSolution:
    kind = data.get("kind", TEXT)
    if kind not in KINDS:
        raise InvalidContentError(f"unknown field kind {kind!r}: use text, number or select")
    values = tuple(data["accepted"] if accepted is None else accepted)
    if not values:
        raise InvalidContentError("a field needs at least one accepted answer")
    return FieldSolution(values, kind, Treatments.of(data.get("treatments", ())))


def _any_order(data: Mapping[str, Any]) -> AnyOrderSolution:
    fields = tuple(data["fields"])
    groups = tuple(_field(data, group) for group in data["groups"])
    if len(groups) < len(fields):
        raise InvalidContentError(f"{len(fields)} fields but {len(groups)} groups: a QROCM-dep could never be right")
    return AnyOrderSolution(fields, groups)
