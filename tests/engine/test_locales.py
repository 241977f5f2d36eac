"""What a locale falls back on, which a release knows, and in which of them a test is offered (docs/domain.md §2, docs/decisions/0006)."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.content import Release
from engine.knowledge import Knowledge
from engine.locales import known_locales, locale_chain
from engine.positioning import next_question
from tests.engine.releases import release


def spoken(*challenges: tuple[str, str], status: str = "validated") -> Release:
    """A topic of two skills, ``a1`` and ``a2``, with challenges given as (skill, locale)."""
    return release(
        {"1.1": {"a": [1, 2]}}, challenges=[{"skill": skill, "locale": locale, "status": status} for skill, locale in challenges]
    )


def test_a_locale_falls_back_on_its_language_and_simple_french_on_the_usual_one() -> None:
    assert locale_chain("fr-FR") == ("fr-fr", "fr")
    assert locale_chain("fr-simple") == ("fr-simple", "fr-fr", "fr")
    assert locale_chain("FR-Simple") == locale_chain("fr-simple")
    assert locale_chain("en") == ("en",)
    assert locale_chain("en-GB") == ("en-gb", "en")


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ([], ()),
        (["fr"], ("fr", "fr-FR", "fr-simple")),
        (["fr-fr"], ("fr-FR", "fr-simple")),
        (["fr-simple"], ("fr-simple",)),
        (["en", "nl"], ("en", "nl")),
    ],
)
def test_a_release_knows_what_is_written_in_it_and_what_falls_back_on_that(written: list[str], known: tuple[str, ...]) -> None:
    assert known_locales(written) == known


def test_what_is_never_asked_makes_no_locale_known() -> None:
    assert spoken(("a1", "fr"), ("a2", "fr"), status="proposed").locales == ()


def test_simple_french_is_asked_where_it_is_written_and_the_usual_french_elsewhere() -> None:
    content = spoken(("a1", "fr"), ("a1", "fr-simple"), ("a1", "fr-FR"), ("a2", "fr"))
    assert content.playable_challenges(0, "fr-simple") == (1, 2, 0)
    assert content.playable_challenges(1, "fr-simple") == (3,)
    assert content.playable_challenges(0, "fr-FR") == (2, 0)
    first = next_question(content, (0,), Knowledge.of(), (), b"seed", "fr-simple")
    assert first is not None
    assert content.challenges[first.challenge_index].locale == "fr-simple"


def test_a_test_is_offered_only_where_all_of_it_can_be_asked() -> None:
    content = spoken(("a1", "fr"), ("a2", "fr"), ("a1", "en"), ("a1", "fr-simple"))
    assert content.locales == ("en", "fr", "fr-FR", "fr-simple")
    assert content.offered_locales((0, 1)) == ("fr", "fr-FR", "fr-simple")
    assert content.offered_locales((0,)) == content.locales


@pytest.mark.parametrize("locale", ["zz-ZZ", "fr-CA", "en-GB", "EN", "", "fr-simple-x"])
def test_a_locale_that_the_release_does_not_name_is_not_offered(locale: str) -> None:
    assert not spoken(("a1", "fr"), ("a2", "en"), ("a1", "en")).offers((0,), locale)


def test_a_skill_that_nobody_can_be_asked_about_keeps_no_test_from_being_offered() -> None:
    content = release({"1.1": {"a": [1, 2]}}, challenges=[{"skill": "a1"}, {"skill": "a2", "status": "proposed"}])
    assert content.offered_locales((0, 1)) == ("fr", "fr-FR", "fr-simple")


def test_where_there_is_nothing_to_ask_no_locale_is_offered() -> None:
    content = release({"1.1": {"a": [1, 2]}}, challenges=[{"skill": "a1"}])
    assert content.offered_locales((1,)) == ()
    assert content.offered_locales(()) == ()


LOCALES = ("fr", "fr-FR", "fr-simple", "en", "en-GB", "nl")


@given(st.lists(st.tuples(st.sampled_from(["a1", "a2"]), st.sampled_from(LOCALES)), max_size=8), st.sampled_from(LOCALES))
def test_a_test_that_is_offered_asks_about_every_skill_that_can_be_asked(challenges: Sequence[tuple[str, str]], locale: str) -> None:
    """Whatever is written: offered means that nothing of the test is missing, and that there is a first question."""
    content = spoken(*challenges)
    askable = {skill for skill in (0, 1) if content.skill_challenges(skill)}
    if content.offers((0, 1), locale):
        assert askable == {skill for skill in (0, 1) if content.playable_challenges(skill, locale)}
        assert next_question(content, (0, 1), Knowledge.of(), (), b"seed", locale) is not None
    elif locale in content.locales:
        assert not askable or any(not content.playable_challenges(skill, locale) for skill in askable)
