"""The release: what its files become, and what it refuses (docs/domain.md §2)."""

import copy
from typing import Any

import pytest

from engine.content import DISCOVERY, PARCOURS, Release
from engine.errors import InvalidContentError, SolutionUnavailableError, UnknownReferenceError
from engine.solutions import ChoiceSolution, FieldSolution, TextSolution, Treatments, parse_solution
from tests.engine.releases import PUBLIC, SOLUTIONS, gzipped, release


def opened(public: dict[str, Any] = PUBLIC, solutions: dict[str, Any] | None = SOLUTIONS) -> Release:
    return Release.from_bundles(gzipped(public), None if solutions is None else gzipped(solutions))


def test_a_release_reads_everything_from_its_bundles() -> None:
    content = opened()
    assert content.version == "v1"
    assert [skill.id for skill in content.skills] == ["rech1", "rech2"]
    assert content.skills[1].competence == "1.1"
    qcu, qroc = content.challenges
    assert (qcu.type, qcu.focused, qcu.accessibility, qcu.guess) == ("QCU", True, ("screen_reader",), 0.25)
    assert [choice.id for choice in qcu.variants[0].choices] == ["a", "b"]
    assert (qroc.timer_s, qroc.skill_index, len(qroc.variants)) == (60, 1, 2)
    assert qroc.has_image
    assert qroc.has_attachment
    assert not qroc.has_simulator
    assert qroc.variants[0].images[0].alt == "un chat"
    assert content.tutorials["tuto1"].duration_s == 120


def test_lookups_go_by_code_and_identifier() -> None:
    content = opened()
    assert content.competence_skills("1.1") == (0, 1)
    assert content.tube_skills("rech") == (0, 1)
    assert content.skill_index("rech2") == 1
    assert content.challenge_index("qroc") == 1
    assert content.target_profile("p1").skills == (0,)
    assert content.target_profile("p2").skills == (0, 1)
    assert content.challenge_skill(1).id == "rech2"


@pytest.mark.parametrize("lookup", ["competence_skills", "tube_skills", "skill_index", "challenge_index", "target_profile"])
def test_an_unknown_reference_is_named(lookup: str) -> None:
    with pytest.raises(UnknownReferenceError, match="nowhere"):
        getattr(opened(), lookup)("nowhere")


def test_solutions_are_there_only_when_their_file_was_opened() -> None:
    assert opened().solution(0, 0) == ChoiceSolution(frozenset({"b"}))
    assert opened().solution(1, 1) == TextSolution(FieldSolution(("13",), "number", Treatments(t1=False, t2=False, t3=False)))
    with pytest.raises(SolutionUnavailableError):
        opened(solutions=None).solution(0, 0)
    with pytest.raises(SolutionUnavailableError):
        opened().solution(0, 1)


def broken(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(PUBLIC) | changes


@pytest.mark.parametrize(
    "public",
    [
        broken(format=2),
        broken(challenges=[PUBLIC["challenges"][0] | {"skill": "nothing"}]),
        broken(challenges=[PUBLIC["challenges"][0] | {"type": "QXX"}]),
        broken(challenges=[PUBLIC["challenges"][0] | {"variants": []}]),
        broken(challenges=[PUBLIC["challenges"][0] | {"status": "lost"}]),
        broken(tubes=[PUBLIC["tubes"][0] | {"competence": "9.9"}]),
        broken(target_profiles=[{"id": "p", "name": "p", "skills": ["nothing"]}]),
        broken(target_profiles=[{"id": "p", "name": "p", "tubes": [{"id": "nothing", "max_level": 3}]}]),
        broken(skills=None),
    ],
)
def test_a_release_that_contradicts_itself_is_refused(public: dict[str, Any]) -> None:
    with pytest.raises(InvalidContentError):
        opened(public, None)


@pytest.mark.parametrize("bundle", [b"", b"not gzip", gzipped([1]), gzipped(PUBLIC)[:-20]])
def test_a_file_that_cannot_be_read_is_refused(bundle: bytes) -> None:
    with pytest.raises(InvalidContentError):
        Release.from_bundles(bundle)


@pytest.mark.parametrize(
    "solutions",
    [
        {"version": "v2", "solutions": {}},
        {"version": "v1", "solutions": {"stray": []}},
        {"version": "v1", "solutions": {"qroc": [{"kind": "x"}]}},
    ],
)
def test_solutions_that_do_not_go_with_the_release_are_refused(solutions: dict[str, Any]) -> None:
    with pytest.raises(InvalidContentError):
        opened(solutions=solutions)


def test_an_any_order_challenge_with_fewer_groups_than_fields_is_refused() -> None:
    with pytest.raises(InvalidContentError, match="never be right"):
        parse_solution("QROCM-dep", {"fields": ["a", "b"], "groups": [["x"]], "kind": "text", "treatments": []})


@pytest.mark.parametrize(("given", "kind"), [({}, PARCOURS), ({"kind": "parcours"}, PARCOURS), ({"kind": "discovery"}, DISCOVERY)])
def test_a_target_profile_is_a_parcours_unless_it_says_that_it_is_a_discovery_test(given: dict[str, Any], kind: str) -> None:
    profile = {"id": "p1", "name": "Débuter", "skills": ["rech1"]} | given
    assert opened(PUBLIC | {"target_profiles": [profile]}).target_profile("p1").kind == kind


@pytest.mark.parametrize("kind", ["campaign", "", None, ["discovery"]])
def test_a_target_profile_of_an_unknown_kind_is_refused(kind: object) -> None:
    profile = {"id": "p1", "name": "Débuter", "skills": ["rech1"], "kind": kind}
    with pytest.raises(InvalidContentError):
        opened(PUBLIC | {"target_profiles": [profile]})


def test_playable_challenges_put_validated_then_own_locale_first_and_leave_out_proposed() -> None:
    content = release(
        {"1.1": {"a": [1]}},
        challenges=[
            {"skill": "a1", "status": "archived", "locale": "fr-FR"},
            {"skill": "a1", "locale": "fr"},
            {"skill": "a1", "locale": "fr-fr"},
            {"skill": "a1", "locale": "en"},
            {"skill": "a1", "locale": "fr", "status": "proposed"},
        ],
    )
    assert content.playable_challenges(0, "fr-FR") == (2, 1, 0)
    assert content.playable_challenges(0, "fr") == (1,)
    assert content.playable_challenges(0, "en-GB") == (3,)
    assert content.playable_challenges(0, "nl") == ()
