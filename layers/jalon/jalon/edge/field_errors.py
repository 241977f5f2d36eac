"""What a schema refuses of a field, in codes and sentences of ours.

Pydantic has about a hundred kinds of error, changes them between versions and writes for who wrote the schema. The API promises the few
codes of :data:`MEANINGS`, which a screen translates (``docs/decisions/0009-refusals-are-in-english.md``); ``docs/problems.md`` lists them.
"""

from collections.abc import Mapping
from typing import Any, Final

#: The codes that a schema refuses a field with, and what each says.
MEANINGS: Final[Mapping[str, str]] = {
    "required": "The field is missing.",
    "superfluous": "There is no such field here.",
    "too_short": "The text or the list is too short.",
    "too_long": "The text or the list is too long.",
    "range": "The number is too small or too large.",
    "not_offered": "The value is none of those that may be chosen.",
    "date_format": "A date is not written as one.",
    "time_format": "An hour is not written as one.",
    "form": "The value is of another kind, or written in another way, than this field takes.",
}

#: For each of pydantic's kinds (``pydantic_core.list_all_errors``) that our schemas give: our code and sentence. Gaps are pydantic's facts.
_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("required", "This is needed."),
    "union_tag_not_found": ("required", "Say which kind this is: {discriminator}."),
    "extra_forbidden": ("superfluous", "There is no such field here: leave it out."),
    "string_too_short": ("too_short", "The least number of characters is {min_length}."),
    "string_too_long": ("too_long", "The greatest number of characters is {max_length}."),
    "too_short": ("too_short", "The least number of entries is {min_length}."),
    "too_long": ("too_long", "The greatest number of entries is {max_length}."),
    "greater_than": ("range", "A number above {gt} is expected."),
    "greater_than_equal": ("range", "A number of {ge} or more is expected."),
    "less_than": ("range", "A number below {lt} is expected."),
    "less_than_equal": ("range", "A number of {le} or less is expected."),
    "int_parsing_size": ("range", "This number is too large."),
    "literal_error": ("not_offered", "Choose among {expected}."),
    "enum": ("not_offered", "Choose among {expected}."),
    "union_tag_invalid": ("not_offered", "Choose among {expected_tags}."),
    "string_pattern_mismatch": ("form", "This is not written as this field asks ({pattern})."),
    "string_type": ("form", "A text is expected."),
    "string_unicode": ("form", "A text in whole characters (UTF-8) is expected."),
    "int_type": ("form", "A whole number is expected."),
    "int_parsing": ("form", "A whole number is expected."),
    "int_from_float": ("form", "A whole number is expected."),
    "float_type": ("form", "A number is expected."),
    "float_parsing": ("form", "A number is expected."),
    "bool_type": ("form", "true or false is expected."),
    "bool_parsing": ("form", "true or false is expected."),
    "list_type": ("form", "A list is expected."),
    "dict_type": ("form", "An object is expected."),
    "model_type": ("form", "An object is expected."),
    "model_attributes_type": ("form", "An object is expected."),
}
_OTHERWISE: Final = ("form", "This field does not take such a value; see the API's document.")


def code_and_sentence(error: Mapping[str, Any]) -> tuple[str, str]:
    """The code and the sentence for one of pydantic's errors; an error of a schema of ours, which has one of our codes, as it is.

    >>> code_and_sentence({"type": "string_too_short", "msg": "String should have…", "ctx": {"min_length": 1}})
    ('too_short', 'The least number of characters is 1.')
    >>> code_and_sentence({"type": "date_format", "msg": "A date is written YYYY-MM-DD, such as 2011-05-06."})
    ('date_format', 'A date is written YYYY-MM-DD, such as 2011-05-06.')
    >>> code_and_sentence({"type": "url_parsing", "msg": "Input should be…", "ctx": {"error": "empty host"}})[0]
    'form'
    """
    kind = str(error.get("type", ""))
    if kind in _SENTENCES:
        code, sentence = _SENTENCES[kind]
        return code, sentence.format_map(_Facts(error.get("ctx", {})))
    return (kind, str(error["msg"])) if kind in MEANINGS else _OTHERWISE


class _Facts(dict[str, Any]):
    """What pydantic says of an error; a newer version may leave out or rename a fact."""

    def __missing__(self, name: str) -> str:
        return "\N{HORIZONTAL ELLIPSIS}"
