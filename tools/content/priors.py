"""The 2PL parameters a challenge starts with, until answers of pupils calibrate it (docs/content.md, « Valeurs de départ »)."""

from collections.abc import Mapping
from typing import Any


def parameters(prior: Mapping[str, Any], level: int, type_: str, guess: float) -> tuple[float, float]:
    """Difficulty and discrimination of a challenge, from ``content/priors.yaml``.

    The difficulty is the level's, moved by the type's shift; what can be guessed discriminates less: the type's
    discrimination is multiplied by 1 − guess.
    """
    difficulty = prior["difficulty"][str(level)] + prior["types"][type_]["shift"]
    discrimination = prior["types"][type_]["discrimination"] * (1 - guess)
    return round(difficulty, 3), round(discrimination, 3)
