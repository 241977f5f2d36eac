"""The published content as a release, and what a pupil might send to any of its questions."""

from functools import cache
from typing import Any

from engine.challenge import Challenge, Field, Variant
from engine.content import Release
from tests.content.examples import CONTENT
from tools.content import release
from tools.content.compiling import compile_source
from tools.content.reading import read_source

#: Ways to ask: the five types, and the two kinds of field that are not typed freely.
WAYS = ("QCU", "QCM", "QROC", "QROCM-ind", "QROCM-dep", "select", "number")


@cache
def published_bundles() -> release.Bundles:
    return release.bundle(compile_source(read_source(CONTENT)))


@cache
def published_release() -> Release:
    return Release.from_bundles(published_bundles().public, published_bundles().solutions)


def asked_by(way: str) -> list[Challenge]:
    """The challenges that ask in this way."""
    return [challenge for challenge in published_release().challenges if way in {challenge.type, *_kinds(challenge)}]


def _kinds(challenge: Challenge) -> set[str]:
    """Of fields that have names: the one field of a QROC is answered by a text."""
    return set() if challenge.type == "QROC" else {field.kind for field in challenge.variants[0].fields}


def plausible_answer(challenge: Challenge, variant: Variant) -> dict[str, Any]:
    """An answer in the form that the question asks for, right or not: the last options, a number with a comma, a text with accents."""
    if challenge.type in {"QCU", "QCM"}:
        chosen = [choice.id for choice in variant.choices[-1 if challenge.type == "QCU" else -2 :]]
        return {"choices": sorted(chosen)}
    if challenge.type == "QROC":
        return {"text": _entry(variant.fields[0])}
    return {"fields": {field.id: _entry(field) for field in variant.fields}}


def _entry(field: Field) -> str:
    if field.kind == "select":
        return field.options[-1]
    return " 12,5 " if field.kind == "number" else f"Été {field.id}"
