"""A tiny content folder that the tests build, break and mend."""

import shutil
from pathlib import Path
from typing import Any

import yaml

CONTENT = Path(__file__).resolve().parents[2] / "content"

NUMBER: dict[str, Any] = {
    "given": {"a": "between(2, 99)"},
    "ask": "Combien font {{ a }} plus un ? Donnez le nombre.",
    "answer": "{{ a + 1 }}",
    "wrong": "{{ a }}",
}
CHOICE: dict[str, Any] = {
    "ask": "Quelles choses sont des fruits que l’on mange ?",
    "choose_several": {"right": ["Pomme", "Poire", "Prune", "Figue"], "wrong": ["Table", "Chaise", "Lampe", "Tapis"], "of": 6},
}


def tube(**skill: Any) -> dict[str, Any]:
    """One tube with one skill at level 1, whose challenges can be replaced."""
    return {
        "name": "Additionner des nombres",
        "tutorials": [
            {"title": "Un", "source": "Ici", "minutes": 2, "url": "https://fr.wikipedia.org/wiki/Addition"},
            {"title": "Deux", "source": "Là", "minutes": 2, "url": "https://fr.wikipedia.org/wiki/Nombre"},
            {"title": "Trois", "minutes": 2, "text": "Pour additionner, on compte. " * 10},
        ],
        "skills": {"1": {"name": "Additionner deux petits nombres", "a": NUMBER, "b": CHOICE, **skill}},
    }


def folder(root: Path, data: dict[str, Any], *, max_level: int = 7) -> Path:
    """A content folder at ``root`` that holds that one tube."""
    shutil.copytree(CONTENT / "schema", root / "schema")
    shutil.copy(CONTENT / "priors.yaml", root / "priors.yaml")
    framework = yaml.safe_load((CONTENT / "framework.yaml").read_text(encoding="utf-8"))
    (root / "framework.yaml").write_text(yaml.safe_dump(framework | {"max_level": max_level}, allow_unicode=True), encoding="utf-8")
    (root / "profiles").mkdir()
    (root / "1.3-essai").mkdir()
    (root / "1.3-essai/addition.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return root


def small_release(root: Path) -> Path:
    """A content folder at ``root`` of which nothing is to be mended: one level, and two skills of it."""
    folder(root, tube(), max_level=1)
    other = tube(name="Compter jusqu’à cent") | {"name": "Compter"}
    (root / "1.3-essai/compter.yaml").write_text(yaml.safe_dump(other, allow_unicode=True), encoding="utf-8")
    return root
