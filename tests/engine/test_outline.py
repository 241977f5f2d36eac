"""An outline tells what earlier answers have shown exactly as its release does, and holds nothing of what is asked."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.content import Release
from engine.errors import InvalidContentError, UnknownReferenceError
from engine.grading import Result
from engine.knowledge import Element, Knowledge, elements_of
from engine.outline import Outline
from engine.packing import Answered
from engine.synthetic import synthetic_release
from tests.engine.releases import PUBLIC, gzipped

OLD, NEW = synthetic_release(tubes=2), synthetic_release(tubes=1)
ANSWERS = st.lists(
    st.builds(
        Answered,
        st.integers(0, len(OLD.challenges) - 1),
        st.just(0),
        st.sampled_from(Result),
        elapsed_ms=st.just(0),
        at=st.integers(0, 2**32 - 1),
    ),
    max_size=30,
)


def outlined(release: Release) -> Outline:
    """As its file gives it back."""
    return Outline.from_bundle(gzipped(Outline.of(release).as_json()))


def test_an_outline_names_the_same_skills_and_challenges_at_the_same_places() -> None:
    release = Release.from_bundles(gzipped(PUBLIC))
    outline = outlined(release)
    assert outline.version == release.version
    assert [(item.id, item.skill_index) for item in outline.challenges] == [(item.id, item.skill_index) for item in release.challenges]
    for skill in release.skills:
        found = outline.skills[outline.skill_index(skill.id)]
        assert (found.index, found.id, found.tube, found.competence, found.level, found.name) == (
            skill.index,
            skill.id,
            skill.tube,
            skill.competence,
            skill.level,
            skill.name,
        )
        assert outline.tube_skills(skill.tube) == release.tube_skills(skill.tube)


@given(ANSWERS)
def test_what_answers_have_shown_is_told_the_same_from_an_outline(answers: list[Answered]) -> None:
    target = range(len(OLD.skills))
    assert elements_of(outlined(OLD), target, Knowledge.of(), answers) == elements_of(OLD, target, Knowledge.of(), answers)


def test_knowledge_moves_from_and_to_an_outline_as_between_releases() -> None:
    known = Knowledge.of(Element(skill.index, True, True, at=skill.index) for skill in OLD.skills)
    assert known.moved(outlined(OLD), NEW) == known.moved(OLD, NEW)
    assert known.moved(OLD, outlined(NEW)) == known.moved(OLD, NEW)


def test_nothing_of_what_is_asked_is_in_an_outline() -> None:
    text = json.dumps(Outline.of(Release.from_bundles(gzipped(PUBLIC))).as_json(), ensure_ascii=False)
    for challenge in PUBLIC["challenges"]:
        for variant in challenge["variants"]:
            assert variant["instruction"] not in text


def test_what_an_outline_does_not_hold_is_said() -> None:
    outline = outlined(NEW)
    with pytest.raises(UnknownReferenceError, match="no skill"):
        outline.skill_index("9.9-1-1")
    with pytest.raises(UnknownReferenceError, match="no tube"):
        outline.tube_skills("9.9-1")


@pytest.mark.parametrize(
    "changes",
    [{"format": 2}, {"version": None, "skills": None}, {"challenges": [{"id": "stray", "skill": "nowhere"}]}, {"skills": [{"id": "bare"}]}],
)
def test_a_file_that_is_no_outline_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidContentError, match="outline"):
        Outline.from_bundle(gzipped({**Outline.of(NEW).as_json(), **changes}))
    with pytest.raises(InvalidContentError, match="the outline cannot be read"):
        Outline.from_bundle(b"{}")
