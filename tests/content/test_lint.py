"""The lint finds what it promises to find (docs/content.md)."""

from pathlib import Path
from typing import Any

import pytest

from tests.content.examples import CHOICE, CONTENT, NUMBER, folder, tube
from tools.content.lint import findings_of
from tools.content.reading import ContentFileError, read_source

LEVEL = "are needed to reach it"  # one tube alone cannot cover a competence


def findings(root: Path, data: dict[str, Any]) -> list[str]:
    return [line for line in findings_of(read_source(folder(root, data))).listed if LEVEL not in line]


def test_a_sound_tube_has_no_finding(tmp_path: Path) -> None:
    assert findings(tmp_path, tube()) == []


@pytest.mark.parametrize(
    ("challenge", "said"),
    [
        ({**NUMBER, "wrong": "{{ a + 1 }}"}, "at least one wrong answer is needed"),
        ({**NUMBER, "wrong": "{{ str(a + 1) + '.0' }}"}, "accepts the wrong answer"),
        ({**NUMBER, "answer": "{{ b }}"}, "b"),
        ({**NUMBER, "ask": "Tu additionnes {{ a }} et un, quel nombre obtiens-tu ?"}, "is familiar"),
        ({**NUMBER, "ask": "Dans Excel, combien font {{ a }} plus un ?"}, "is a brand"),
        ({**NUMBER, "ask": "Combien ?"}, "different ones can be drawn"),
        ({**NUMBER, "given": {"a": "between(2, 4)"}}, "different ones can be drawn"),
        ({**NUMBER, "given": {"a": "between(2, 99)", "c": "3"}}, "never used"),
        ({**NUMBER, "answer": 7, "wrong": 8}, "the same answer"),
        ({**NUMBER, "given": {"a": "__import__('os')"}}, "underscore"),
        (
            {
                "ask": "Recopiez le mot {{ ['lune', 'soleil', 'terre', 'mars', 'ciel', 'vent'][n] }} sans faute.",
                "answer": "{{ ['lune', 'soleil', 'terre', 'mars', 'ciel', 'vent'][n] }}",
                "wrong": "non",
            },
            "can be read in the question",
        ),
        ({**CHOICE, "choose_several": {**CHOICE["choose_several"], "right": ["Pomme (rouge", "ou verte)", "Prune", "Figue"]}}, "torn"),
        (
            {
                **NUMBER,
                "ask": "Nonobstant l’incompréhensibilité institutionnellement conditionnée, additionnez complémentairement {{ a }} et un.",
            },
            "readability",
        ),
        (
            {**NUMBER, "images": [{"name": "a.png", "content": "{{ window('Titre', ['texte' + str(a)]) }}", "alt": "vide"}]},
            "alternative text",
        ),
        ({**NUMBER, "ask": "Le tableur calcule =A1*B1*2 et affiche {{ a }}. Quel est le nombre suivant ?"}, "between backquotes"),
        ({**NUMBER, "answer": "{{ '`%d`' % a }}", "options": "{{ ['`%d`' % n for n in range(100)] }}", "wrong": "`100`"}, "no Markdown"),
    ],
)
def test_each_fault_is_named(tmp_path: Path, challenge: dict[str, Any], said: str) -> None:
    assert any(said in line for line in findings(tmp_path, tube(a=challenge)))


def test_the_example_of_the_guide_is_sound(tmp_path: Path) -> None:
    guide = (CONTENT.parent / "docs/content.md").read_text(encoding="utf-8")
    example = guide.split("```yaml\n", 1)[1].split("```", 1)[0]
    root = folder(tmp_path, tube())
    (root / "1.3-essai/addition.yaml").unlink()
    (root / "1.3-essai/pommes.yaml").write_text(example, encoding="utf-8")
    assert [line for line in findings_of(read_source(root)).listed if LEVEL not in line] == []


def test_a_skill_needs_two_challenges(tmp_path: Path) -> None:
    data = tube()
    del data["skills"]["1"]["b"]
    assert any("'b' is a required property" in line for line in findings(tmp_path, data))


def test_a_text_cut_at_its_colon_gets_a_hint(tmp_path: Path) -> None:
    data = tube(b={**CHOICE, "choose_several": {**CHOICE["choose_several"], "right": ["Pomme", {"Poire": "bien mûre"}, "Prune et figue"]}})
    assert findings(tmp_path, data)[0].startswith("1.3-essai/addition.yaml")


def test_a_competence_that_has_begun_must_reach_every_level(tmp_path: Path) -> None:
    listed = findings_of(read_source(folder(tmp_path, tube()))).listed
    assert next(line for line in listed if LEVEL in line) == "1.3: 1 skill(s) at level 1, 2 are needed to reach it"
    assert len(listed) == 7


def test_a_key_written_twice_is_refused_with_its_place(tmp_path: Path) -> None:
    root = folder(tmp_path, tube())
    (root / "1.3-essai/addition.yaml").write_text("name: un\nname: deux\n", encoding="utf-8")
    with pytest.raises(ContentFileError, match="written twice"):
        read_source(root)


def test_a_profile_that_names_nothing_real_is_found(tmp_path: Path) -> None:
    root = folder(tmp_path, tube())
    (root / "profiles/essai.yaml").write_text("name: Essai\nskills: [addition-1, addition-9]\n", encoding="utf-8")
    assert any("addition-9 does not exist" in line for line in findings_of(read_source(root)).listed)


PROFILES = [
    ("name: Essai\nskills: [addition-1]\nkind: discovery\n", None),
    ("name: Essai\ntubes: [{id: addition, max_level: 1}]\nkind: parcours\n", None),
    ("name: Essai\ntubes: [{id: addition, max_level: 1}]\nkind: discovery\n", "'skills' is a required property"),
    ("name: Essai\nskills: [addition-1]\nkind: exam\n", "'exam' is not one of"),
    ("name: Essai\nkind: parcours\n", "is not valid under any of the given schemas"),
]


@pytest.mark.parametrize(("written", "finding"), PROFILES)
def test_a_profile_is_a_parcours_or_a_discovery_test_that_names_its_skills(tmp_path: Path, written: str, finding: str | None) -> None:
    root = folder(tmp_path, tube())
    (root / "profiles/essai.yaml").write_text(written, encoding="utf-8")
    found = [line for line in findings_of(read_source(root)).listed if "essai.yaml" in line]
    assert (finding is None and not found) or (finding is not None and finding in found[0])


def test_challenges_that_are_not_asked_in_french_leave_a_skill_without_its_two(tmp_path: Path) -> None:
    root = folder(tmp_path, tube(a=NUMBER | {"status": "proposed", "en": {"ask": "What is {{ a }} plus one? Give the number."}}))
    listed = findings_of(read_source(root)).listed
    assert "addition-1: 1 validated challenge(s) in French, 2 are needed" in listed
