"""A release and pupils that never were: what simulations run on when no real content is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, sqrt

from engine.challenge import VALIDATED, Challenge, Variant
from engine.chance import Chance
from engine.content import Competence, Domain, Release, Skill, Tube
from engine.exposure import normal
from engine.mesh import DEFAULT_BOUNDS

COMPETENCES = ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "3.3", "3.4", "4.1", "4.2", "4.3", "5.1", "5.2")


def synthetic_release(tubes: int = 4, levels: int = 7, per_skill: int = 3, seed: bytes = b"synthetic") -> Release:
    """Sixteen competences of ``tubes`` × ``levels`` skills, with calibrated challenges around the bound of each level's mesh.

    >>> len(synthetic_release().skills), len(synthetic_release().challenges)
    (448, 1344)
    """
    chance = Chance(seed)
    tube_list = [Tube(f"{code}-{number + 1}", code, f"Sujet {number + 1}") for code in COMPETENCES for number in range(tubes)]
    skills = [
        Skill(place * levels + level - 1, f"{tube.id}-{level}", tube.id, tube.competence, level, f"{tube.name}, niveau {level}")
        for place, tube in enumerate(tube_list)
        for level in range(1, levels + 1)
    ]
    return Release(
        version="synthetic",
        max_level=7,
        domains=tuple(Domain(str(number), f"Domaine {number}") for number in range(1, 6)),
        competences=tuple(Competence(code, code[0], f"Compétence {code}") for code in COMPETENCES),
        tubes=tuple(tube_list),
        skills=tuple(skills),
        challenges=tuple(_challenge(index, skills[index // per_skill], chance) for index in range(len(skills) * per_skill)),
    )


def _challenge(index: int, skill: Skill, chance: Chance) -> Challenge:
    difficulty = DEFAULT_BOUNDS[min(skill.level, 7)] + 0.3 * normal(chance)
    discrimination = 1.3 * exp(0.25 * normal(chance))
    return Challenge(
        index, f"ch{index}", skill.index, "QROC", "fr", None, False, VALIDATED, difficulty, discrimination, 0.0, (Variant("?"),)
    )


@dataclass(frozen=True, slots=True)
class Pupil:
    """``theta`` is the ability overall, ``abilities`` the one in each competence."""

    theta: float
    abilities: Mapping[str, float]

    def chance_of(self, release: Release, challenge_index: int) -> float:
        """The chance to be right: the 2PL model with the challenge's guess below it.

        >>> release = synthetic_release()
        >>> able, unable = (Pupil(theta, {code: theta for code in COMPETENCES}) for theta in (5.0, -5.0))
        >>> able.chance_of(release, 0) > 0.99, unable.chance_of(release, 0) < 0.01
        (True, True)
        """
        challenge = release.challenges[challenge_index]
        ability = self.abilities[release.challenge_skill(challenge_index).competence]
        a, d, guess = challenge.discrimination or 1.0, challenge.difficulty or 0.0, challenge.guess or 0.0
        return guess + (1 - guess) / (1 + exp(min(a * (d - ability), 500.0)))

    def knows(self, release: Release, skill_index: int) -> bool:
        """Whether the pupil is more often right than wrong on the skill's challenges.

        >>> release = synthetic_release()
        >>> able, unable = (Pupil(theta, {code: theta for code in COMPETENCES}) for theta in (5.0, -5.0))
        >>> able.knows(release, 0), unable.knows(release, 0)
        (True, False)
        """
        challenges = release.skill_challenges(skill_index)
        return bool(challenges) and sum(self.chance_of(release, index) for index in challenges) >= 0.5 * len(challenges)


def draw_pupil(release: Release, chance: Chance, *, mean: float, deviation: float, spread: float) -> Pupil:
    """A pupil of N(mean, deviation²), whose abilities in the competences spread around it by ``spread``.

    >>> pupil = draw_pupil(synthetic_release(), Chance(b"seed"), mean=1.0, deviation=0.0, spread=0.0)
    >>> pupil.theta, pupil.abilities["5.2"]
    (1.0, 1.0)
    """
    theta = mean + deviation * normal(chance)
    return Pupil(theta, {competence.code: theta + spread * normal(chance) for competence in release.competences})


def root_mean_square(values: list[float]) -> float:
    """The root of the mean of squares; 0 of nothing.

    >>> root_mean_square([3.0, -3.0]), root_mean_square([])
    (3.0, 0.0)
    """
    return sqrt(sum(value * value for value in values) / len(values)) if values else 0.0
