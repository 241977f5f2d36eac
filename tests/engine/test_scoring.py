"""Pix, levels and certifiability (docs/domain.md §3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.content import Release
from engine.knowledge import Element, Knowledge
from engine.scoring import CompetenceScore, maximum_pix, profile_of, score_competence
from tests.engine.releases import COMPETENCES, release, whole_framework


def knowing(*skills: int) -> Knowledge:
    return Knowledge.of(Element(skill, True, True, 0) for skill in skills)


@pytest.mark.parametrize(
    ("at_level", "known", "pix"),
    [(1, 1, 4), (2, 1, 4), (2, 2, 8), (3, 1, 2), (3, 2, 5), (3, 3, 8), (4, 3, 6), (7, 6, 6), (7, 7, 8), (49, 49, 8), (98, 49, 4)],
)
def test_a_skill_is_worth_its_share_of_eight_but_at_most_four(at_level: int, known: int, pix: int) -> None:
    content = release({"1.1": {f"t{n}": [1] for n in range(at_level)}})
    assert score_competence(content, "1.1", knowing(*range(known))).pix == pix


def test_levels_with_different_numbers_of_skills_add_up_in_whole_fractions() -> None:
    content = release({"1.1": {"a": [1, 2, 3], "b": [1, 2, 3], "c": [1, 3], "d": [3], "e": [3], "f": [3], "g": [3]}})
    every = knowing(*range(len(content.skills)))
    assert score_competence(content, "1.1", every) == CompetenceScore(24, 3)  # 3 × 8/3 + 2 × 4 + 7 × 8/7, no pix lost to rounding


def test_a_score_is_rounded_down_and_a_level_takes_eight_pix() -> None:
    content = release({"1.1": {f"t{n}": [1, 2] for n in range(3)}})
    by_level = [skill.index for skill in content.skills if skill.level == 1]
    assert score_competence(content, "1.1", knowing(*by_level[:2])) == CompetenceScore(5, 0)
    assert score_competence(content, "1.1", knowing(*by_level)) == CompetenceScore(8, 1)


def test_invalidated_skills_are_worth_nothing() -> None:
    content = release({"1.1": {"a": [1]}})
    assert score_competence(content, "1.1", Knowledge.of([Element(0, False, True, 0)])) == CompetenceScore(0, 0)


@pytest.mark.parametrize(("max_level", "total"), [(6, 768), (7, 896), (8, 1024)])
def test_the_total_is_capped_by_the_maximum_level(max_level: int, total: int) -> None:
    content = release({code: {f"{code}{letter}": range(1, 9) for letter in "ab"} for code in COMPETENCES}, max_level=max_level)
    profile = profile_of(content, knowing(*range(len(content.skills))))
    assert profile.pix == maximum_pix(content) == total
    assert set(profile.competences.values()) == {CompetenceScore(8 * max_level, max_level)}


def test_certifiable_means_level_one_in_five_competences() -> None:
    content = release({code: {f"{code}a": [1], f"{code}b": [1]} for code in COMPETENCES})
    four = profile_of(content, knowing(*range(8)))
    assert (four.certifiable, len(four.certifiable_competences)) == (False, 4)
    five = profile_of(content, knowing(*range(10)))
    assert (five.certifiable, five.certifiable_competences) == (True, ("1.1", "1.2", "1.3", "2.1", "2.2"))
    assert five.pix == 40


FRAMEWORK: Release = whole_framework(per_skill=1)


@given(st.sets(st.integers(0, len(FRAMEWORK.skills) - 1)), st.integers(0, len(FRAMEWORK.skills) - 1))
def test_scores_stay_in_bounds_and_never_fall_when_a_skill_is_learned(skills: set[int], more: int) -> None:
    before, after = profile_of(FRAMEWORK, knowing(*skills)), profile_of(FRAMEWORK, knowing(*skills, more))
    for code, score in before.competences.items():
        assert 0 <= score.pix <= 56
        assert score.level == score.pix // 8
        assert after.competences[code].pix >= score.pix
    assert before.pix == sum(score.pix for score in before.competences.values())
