"""A test played again from what was stored, with the reasons for every question and every level.

Given the release, the scheme, the seed and the packed answers, each question is chosen again and compared with the one that
was shown; where the answer itself was kept and the release holds its solutions, it is graded again and compared with the result
that was stored. A difference means that the record, the release or the seed is not the one of the test, and is reported, not hidden.
Here are both positionings; the certifications are in :mod:`engine.replay_certification`, and given from here too.
"""

from collections.abc import Sequence

from engine import bayes_positioning, positioning
from engine.content import Release
from engine.knowledge import Knowledge, elements_of
from engine.noisy_channel import capacity
from engine.packing import Answered, Question
from engine.replay_certification import replay_adaptive, replay_jalon_2pl, replay_profile_certification
from engine.scoring import Profile, profile_of
from engine.trace import RESULTS, Replay, Step, french, percent, play, tied

__all__ = [
    "Replay",
    "Step",
    "replay_adaptive",
    "replay_bayes",
    "replay_jalon_2pl",
    "replay_positioning",
    "replay_profile_certification",
]

_PREFERENCES = {
    "easy tube": "sujet facile",
    "untimed": "sans chronomètre",
    "level 2": "niveau 2",
    "lowest level": "niveau le plus bas",
}
_ENDS = {
    bayes_positioning.End.SURE: "niveaux assez sûrs",
    bayes_positioning.End.BUDGET: "nombre de questions épuisé",
    bayes_positioning.End.NOTHING_LEFT: "plus rien à demander",
}


def replay_positioning(
    release: Release, target: Sequence[int], at_start: Knowledge, answers: Sequence[Answered], seed: bytes, locale: str
) -> Replay:
    """A positioning test (docs/domain.md §4) and the profile it gives (§3).

    Raises :class:`~engine.errors.CorruptRecordError` when an answer is to a challenge that the release does not hold, as every
    replay does.

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> played = replay_positioning(release, release.competence_skills("1.1"), Knowledge.of(), [], b"seed", "fr")
    >>> print(played.text().splitlines()[0])
      1. 1.1-3-2 : niveau prédit 3,5, sans chronomètre, niveau 2, 4 acquis possibles, gain moyen 2,73, tirée parmi 4
    """

    def choose(past: Sequence[Answered]) -> tuple[Question | None, str]:
        thought = positioning.deliberate(release, target, at_start, past, locale)
        chosen = positioning.next_question(release, target, at_start, past, seed, locale)
        return chosen, _why_positioning(release, thought, chosen)

    steps = play(release, answers, choose)
    knowledge = at_start.updated(elements_of(release, target, at_start, answers))
    tubes = tuple(_why_tube(release, tube, target, knowledge) for tube in dict.fromkeys(release.skills[skill].tube for skill in target))
    return Replay(steps, tubes + _why_profile(release, target, profile_of(release, knowledge), knowledge))


def _why_positioning(release: Release, thought: positioning.Deliberation, chosen: Question | None) -> str:
    level = french(thought.predicted_level, 1)
    if chosen is None:
        return f"fin : plus rien à apprendre (niveau prédit {level})"
    reasons = "".join(f", {_PREFERENCES[name]}" for name in thought.kept)
    possible = len(thought.candidates)
    return (
        f"{release.challenge_skill(chosen.challenge_index).id} : niveau prédit {level}{reasons}, "
        f"{possible} acquis possible{'s' if possible > 1 else ''}, gain moyen {french(thought.reward, 2)}{tied(len(thought.best))}"
    )


def _why_tube(release: Release, tube: str, target: Sequence[int], knowledge: Knowledge) -> str:
    """What is known of a tube, skill by skill, and whether it was asked or inferred."""
    wanted = frozenset(target)
    found = {True: list[str](), False: list[str]()}
    for skill in release.tube_skills(tube):
        if skill in wanted and skill in knowledge:
            element = knowledge.elements[skill]
            found[element.validated].append(release.skills[skill].id + ("" if element.direct else " (déduit)"))
    return f"{tube} : validés {', '.join(found[True]) or 'aucun'} ; non validés {', '.join(found[False]) or 'aucun'}"


def replay_bayes(
    release: Release,
    target: Sequence[int],
    at_start: Knowledge,
    answers: Sequence[Answered],
    seed: bytes,
    locale: str,
    *,
    scheme: bayes_positioning.BayesScheme = bayes_positioning.BAYES,
) -> Replay:
    """A positioning test by the Bayesian rule: what each question was expected to tell, each tube's level, and the profile.

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> played = replay_bayes(release, release.competence_skills("1.1"), Knowledge.of(), [], b"seed", "fr")
    >>> print(played.text().splitlines()[0])
      1. 1.1-4-5 : acquis su à 40 %, information attendue 0,71 bit (au plus 0,72), tirée parmi 12, niveaux sûrs à 51 %
    """

    def choose(past: Sequence[Answered]) -> tuple[Question | None, str]:
        thought = bayes_positioning.deliberate(release, target, at_start, past, locale, scheme=scheme)
        chosen = bayes_positioning.choose(release, thought, len(past), seed, locale)
        return chosen, _why_bayes(release, thought, chosen, past, scheme)

    steps = play(release, answers, choose)
    tubes = bayes_positioning.levels_of(release, target, at_start, answers, scheme=scheme)
    levels = tuple(_why_level(release, tube, answers) for tube in tubes.values())
    knowledge = at_start.updated(bayes_positioning.elements_of(release, target, at_start, answers, scheme=scheme))
    return Replay(steps, levels + _why_profile(release, target, profile_of(release, knowledge), knowledge))


def _why_bayes(
    release: Release,
    thought: bayes_positioning.Deliberation,
    chosen: Question | None,
    past: Sequence[Answered],
    scheme: bayes_positioning.BayesScheme,
) -> str:
    worth = f"niveaux sûrs à {percent(thought.worth)}"
    if chosen is None or thought.end is not None:
        return f"fin : {_ENDS[thought.end or bayes_positioning.End.NOTHING_LEFT]} ({worth})"
    skill = release.challenge_skill(chosen.challenge_index)
    before = sum(release.challenge_skill(answered.challenge_index).index == skill.index for answered in past)
    again = f", déjà demandé {before} fois" if before else ""
    alone = ", sujet pas encore abordé" if thought.unasked else ""
    most = capacity(*bayes_positioning.noise_of(release.challenges[chosen.challenge_index], scheme))
    known = percent(thought.tubes[skill.tube].known(skill.level))
    return (
        f"{skill.id} : acquis su à {known}{again}{alone}, information attendue {french(thought.gain, 2)} bit "
        f"(au plus {french(most, 2)}){tied(len(thought.best))}, {worth}"
    )


def _why_level(release: Release, tube: bayes_positioning.TubeLevel, answers: Sequence[Answered]) -> str:
    """A tube's level: its chance, its neighbours', and the answers given in the tube."""
    chances = ", ".join(
        f"{level} à {percent(chance)}" for level, chance in zip(tube.levels, tube.probability, strict=True) if chance >= 0.05
    )
    skills = [(release.challenge_skill(answered.challenge_index), answered.result) for answered in answers]
    given = ", ".join(f"{skill.id} {RESULTS[result]}" for skill, result in skills if skill.tube == tube.tube)
    return f"{tube.tube} : niveau {tube.level}, le médian ({chances}) ; réponses : {given or 'aucune'}"


def _why_profile(release: Release, target: Sequence[int], profile: Profile, knowledge: Knowledge) -> tuple[str, ...]:
    lines = []
    for code in dict.fromkeys(release.skills[skill].competence for skill in target):
        known = sum(skill in knowledge.validated() for skill in release.competence_skills(code))
        score = profile.competences[code]
        lines.append(
            f"{code} : {known} acquis validés sur {len(release.competence_skills(code))} → {score.pix} pix, "
            f"niveau {score.level} ({score.pix} ÷ 8, au plus {release.max_level})"
        )
    return tuple(lines)
