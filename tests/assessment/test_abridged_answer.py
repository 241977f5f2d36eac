"""What is kept of an answer gives the answer back as it was given."""

from hypothesis import example, given
from hypothesis import strategies as st

from engine.challenge import Field, Variant
from engine.grading import Answer
from engine.knowledge import Knowledge
from engine.replay import replay_positioning
from jalon.assessment.abridged_answer import abridged, as_given, in_full
from tests.assessment.content import release
from tests.assessment.desk import Desk

OPTIONS = ("la navigation au clavier", "des sous-titres", "un lecteur d’écran")
VARIANT = Variant("…", fields=(Field("f1", "1", "select", OPTIONS), Field("f2", "2", "text"), Field("f3", "3", "number")))
NO_FIELDS = Variant("…")
VALUES = st.one_of(st.sampled_from(OPTIONS), st.text(max_size=8), st.sampled_from(("\x1f", "\x1e", "\x1e\x1e0", "a\x1fb", "0")))
ANY_FIELDS = st.dictionaries(st.sampled_from(("f1", "f2", "f3", "f4", "")), VALUES)
EVERY_FIELD = st.fixed_dictionaries({"f1": VALUES, "f2": VALUES, "f3": VALUES})


@example({}, NO_FIELDS)
@given(st.one_of(ANY_FIELDS, EVERY_FIELD), st.sampled_from((VARIANT, NO_FIELDS, Variant("…", fields=VARIANT.fields[1:2]))))
def test_any_fields_come_back_as_they_were_given(fields: dict[str, str], variant: Variant) -> None:
    answer = Answer(fields=fields)
    assert in_full(variant, abridged(variant, answer)) == answer


def test_an_option_is_kept_by_its_place_and_typed_text_as_it_is() -> None:
    kept = abridged(VARIANT, Answer(fields={"f3": "12", "f1": OPTIONS[2], "f2": OPTIONS[2]}))
    assert kept == Answer(fields={"": f"2\x1f{OPTIONS[2]}\x1f12"})


def test_other_forms_are_kept_as_they_are() -> None:
    for answer in (Answer(), Answer(text="\x1f0"), Answer(choices=frozenset("ab"))):
        assert abridged(VARIANT, answer) is answer
        assert in_full(VARIANT, answer) is answer


def test_a_stored_test_is_graded_again_from_what_was_sent(desk: Desk) -> None:
    state = desk.play(desk.start("3.1"))
    assert any(answered != as_given(release(), answered) for answered in state.answers)
    given = [as_given(release(), answered) for answered in state.answers]
    at_start = Knowledge.unpack(state.knowledge_at_start)
    assert replay_positioning(release(), state.target, at_start, given, state.seed, state.locale).faithful
