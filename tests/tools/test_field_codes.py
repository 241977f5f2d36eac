"""Every code that a field may be refused with stands on the page of problems and in the API's document, and none can be left out."""

import importlib.util
import json
import re
import types
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from pydantic_core.core_schema import ErrorType

from jalon.edge.field_errors import _SENTENCES, MEANINGS, code_and_sentence
from jalon.edge.schemas import CalendarDate, WallTime
from tools.field_codes import _GAP, _Reader, field_codes
from tools.openapi import DOCUMENT
from tools.problems_page import PAGE

_READ = """
from engine.errors import InvalidAnswerError
from jalon.kernel import errors
from jalon.kernel.errors import Violation

MOST = 3
ALWAYS = (Violation("/a", "Give another.", "at_the_top"),)


class Rule:
    def check(self, text):
        asked = f"At most {MOST}, not {len(text)}."
        return [errors.Violation(pointer="/b", detail=asked, code="in_a_method"), *_wrong("Look again.", "handed_over")]


def _wrong(detail, code):
    return (Violation("/c", detail, code),)


def answer():
    try:
        pass
    except InvalidAnswerError as error:
        return Violation(error.pointer, error.detail, error.code)
"""


def module(folder: Path, text: str) -> types.ModuleType:
    """A module with this text."""
    (folder / "rules.py").write_text(text)
    spec = importlib.util.spec_from_file_location("rules", folder / "rules.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_codes_are_read_wherever_a_violation_gets_one(tmp_path: Path) -> None:
    assert dict(_Reader(module(tmp_path, _READ)).read()) == {
        "at_the_top": "Give another.",
        "in_a_method": f"At most 3, not {_GAP}.",
        "handed_over": "Look again.",
        "invalid_answer": "An answer whose shape does not fit the challenge.",
    }


@pytest.mark.parametrize(
    "text",
    [
        "def check(code):\n    return Violation('/a', 'Mend it.', code.lower())",
        "def check():\n    return Violation('/a', 'Mend it.')",
        "def check(code):\n    return Violation('/a', 'Mend it.', code)\n\ndef ask(word):\n    return check(word)",
    ],
)
def test_a_code_that_cannot_be_read_stops_the_reading(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match="nothing says what"):
        list(_Reader(module(tmp_path, f"from jalon.kernel.errors import Violation\n\n{text}\n")).read())


def test_the_page_and_the_document_list_every_code() -> None:
    told = field_codes()
    assert told.keys() >= MEANINGS.keys() | {"password_too_weak", "wrong_code", "invalid_answer", "uai_check_letter", "withdrawn", "level"}
    problem = json.loads(DOCUMENT.read_text())["components"]["schemas"]["Problem"]
    assert problem["properties"]["errors"]["items"]["properties"]["code"]["enum"] == sorted(told)
    listed = PAGE.read_text().partition("## What is wrong with a field")[2]
    assert sorted(re.findall(r"^\| `(\w+)` \| [^|]+ \|$", listed, re.MULTILINE)) == sorted(told)


KINDS = get_args(ErrorType)


class One(BaseModel):
    kind: Literal["one"]


class Two(BaseModel):
    kind: Literal["two"]


class Word(StrEnum):
    YES = "yes"


def test_whatever_a_schema_finds_has_a_code_of_ours() -> None:
    assert len(KINDS) > 90
    assert {code_and_sentence({"type": kind, "msg": "Input should be…"})[0] for kind in KINDS} <= MEANINGS.keys()
    assert _SENTENCES.keys() <= set(KINDS)


@pytest.mark.parametrize(
    ("asked", "given", "told"),
    [
        (Annotated[str, Field(min_length=2)], "a", ("too_short", "The least number of characters is 2.")),
        (Annotated[str, Field(max_length=2)], "abc", ("too_long", "The greatest number of characters is 2.")),
        (Annotated[list[int], Field(min_length=1)], [], ("too_short", "The least number of entries is 1.")),
        (Annotated[list[int], Field(max_length=1)], [1, 2], ("too_long", "The greatest number of entries is 1.")),
        (Annotated[int, Field(ge=1)], 0, ("range", "A number of 1 or more is expected.")),
        (Annotated[int, Field(le=1)], 2, ("range", "A number of 1 or less is expected.")),
        (Annotated[int, Field(gt=1)], 1, ("range", "A number above 1 is expected.")),
        (Annotated[int, Field(lt=1)], 1, ("range", "A number below 1 is expected.")),
        (int, 1.5, ("form", "A whole number is expected.")),
        (Literal["ERASE"], "erase", ("not_offered", "Choose among 'ERASE'.")),
        (Word, "no", ("not_offered", "Choose among 'yes'.")),
        (Annotated[str, Field(pattern="^[1-9]$")], "0", ("form", "This is not written as this field asks (^[1-9]$).")),
        (Annotated[One | Two, Field(discriminator="kind")], {}, ("required", "Say which kind this is: 'kind'.")),
        (Annotated[One | Two, Field(discriminator="kind")], {"kind": "three"}, ("not_offered", "Choose among 'one', 'two'.")),
        (CalendarDate, "2010-02-30", ("date_format", "A date is written YYYY-MM-DD, such as 2011-05-06.")),
        (WallTime, "25:00", ("time_format", "An hour is written HH:MM, such as 09:30.")),
        (list[int], {}, ("form", "A list is expected.")),
        (One, [], ("form", "An object is expected.")),
    ],
)
def test_a_sentence_says_what_the_schema_asks(asked: Any, given: Any, told: tuple[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(asked).validate_python(given)
    assert [code_and_sentence(error) for error in refused.value.errors()] == [told]
