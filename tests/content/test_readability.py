"""The reading rules behave on French sentences of known difficulty."""

import pytest

from tools.content.checks import wording
from tools.content.expressions import ExpressionError, evaluate, render
from tools.content.markdown import to_html


def test_an_easy_sentence_scores_above_a_hard_one() -> None:
    easy = wording.readability("Le chat dort sur le lit. Il a bien mangé. La nuit est douce.")
    hard = wording.readability(
        "L’institutionnalisation administrative conditionnelle nécessite préalablement une régularisation documentaire."
    )
    assert easy > 80 > 40 > hard


@pytest.mark.parametrize(("word", "count"), [("chat", 1), ("table", 1), ("école", 2), ("ordinateur", 4), ("image", 2)])
def test_syllables(word: str, count: int) -> None:
    assert wording.syllables(word) == count


@pytest.mark.parametrize("text", ["().__class__", "__import__('os')", "lambda: 1", "[x for x in y", "open('f')"])
def test_expressions_cannot_leave_their_box(text: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(text, {"y": [1]})


def test_a_whole_template_keeps_its_type() -> None:
    assert render({"a": "{{ n }}", "b": ["{{ n }} et {{ n }}"]}, {"n": 3}) == {"a": 3, "b": ["3 et 3"]}


def test_markdown_escapes_html_and_keeps_code() -> None:
    assert (
        to_html("`<b>` <i> & **gras** *ital*", inline=True) == "<code>&lt;b&gt;</code> &lt;i&gt; &amp; <strong>gras</strong> <em>ital</em>"
    )
    assert (
        to_html("[un lien](https://exemple.test) https://exemple.test", inline=True)
        == "[un lien](https://exemple.test) https://exemple.test"
    )
    assert to_html("> Cité\n> deux lignes") == "<blockquote>\n<p>Cité<br />\ndeux lignes</p>\n</blockquote>"
    html = to_html("Avant :\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n- un\n- deux\n\n```python\nprint(1)\n\nprint(2)\n```")
    assert html.count("<td>") == 2
    assert html.count("<li>") == 2
    assert "print(1)\n\nprint(2)" in html
