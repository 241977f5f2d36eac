"""A test played again from what was stored, with the reasons for every question and every level.

Given the release, the scheme, the seed and the packed answers, each question is chosen again and compared with the one that
was shown; a difference means that the record, the release or the seed is not the one of the test, and is reported, not hidden.
The trace is in French, for the jury and the schools.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine import adaptive, certification_profile, jalon_2pl, positioning
from engine.content import Release
from engine.grading import Result
from engine.knowledge import Knowledge, elements_of
from engine.packing import Answered, Question
from engine.scoring import CompetenceScore, Profile, profile_of

_RESULTS = {
    Result.OK: "juste",
    Result.KO: "faux",
    Result.SKIPPED: "passé",
    Result.TIMEDOUT: "juste mais hors délai",
    Result.FOCUSEDOUT: "juste mais page quittée",
}
_PREFERENCES = {
    "easy tube": "sujet facile",
    "untimed": "sans chronomètre",
    "level 2": "niveau 2",
    "lowest level": "niveau le plus bas",
    "a competence not visited yet": "compétence pas encore visitée",
    "away from the last competences": "loin des dernières compétences",
}
_DECISIONS = {
    certification_profile.Decision.KEPT: "niveau confirmé",
    certification_profile.Decision.LOWERED: "un niveau de moins",
    certification_profile.Decision.UNCERTIFIED: "non certifié",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One question: ``chosen`` by the replay, ``shown`` to the pupil (``None`` after the last answer), and why."""

    number: int
    chosen: Question | None
    shown: Question | None
    why: str

    @property
    def same(self) -> bool:
        """Whether the replay chose what was shown."""
        return self.shown is None or self.chosen == self.shown


@dataclass(frozen=True, slots=True)
class Replay:
    """A whole test: its steps, and the reasons for its score, one line each."""

    steps: tuple[Step, ...]
    score: tuple[str, ...]

    @property
    def faithful(self) -> bool:
        """Whether every question shown was chosen again."""
        return all(step.same for step in self.steps)

    def text(self) -> str:
        """The trace as it is read."""
        lines = [f"{step.number:>3}. {step.why}{'' if step.same else '  ≠ question montrée'}" for step in self.steps]
        return "\n".join((*lines, *self.score))


def replay_positioning(
    release: Release, target: Sequence[int], at_start: Knowledge, answers: Sequence[Answered], seed: bytes, locale: str
) -> Replay:
    """A positioning test (docs/domain.md §4) and the profile it gives (§3)."""
    steps = []
    for number in range(len(answers) + 1):
        past, shown = answers[:number], answers[number].question if number < len(answers) else None
        thought = positioning.deliberate(release, target, at_start, past, locale)
        chosen = positioning.next_question(release, target, at_start, past, seed, locale)
        steps.append(Step(number + 1, chosen, shown, _why_positioning(release, thought, chosen, answers, number)))
    knowledge = at_start.updated(elements_of(release, target, at_start, answers))
    return Replay(tuple(steps), _why_profile(release, target, profile_of(release, knowledge), knowledge))


def _why_positioning(
    release: Release, thought: positioning.Deliberation, chosen: Question | None, answers: Sequence[Answered], number: int
) -> str:
    if chosen is None:
        return f"fin : plus rien à apprendre (niveau prédit {thought.predicted_level:g})"
    reasons = "".join(f", {_PREFERENCES[name]}" for name in thought.kept)
    ties = f", tirée parmi {len(thought.best)}" if len(thought.best) > 1 else ""
    return (
        f"{release.challenge_skill(chosen.challenge_index).id} : niveau prédit {thought.predicted_level:g}{reasons}, "
        f"{len(thought.candidates)} acquis possibles, gain moyen {thought.reward:.2f}{ties}{_outcome(answers, number)}"
    )


def _outcome(answers: Sequence[Answered], number: int) -> str:
    return f" → {_RESULTS[answers[number].result]}" if number < len(answers) else ""


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


def replay_profile_certification(
    release: Release,
    knowledge: Knowledge,
    succeeded: Sequence[int],
    answers: Sequence[Answered],
    seed: bytes,
    locale: str,
    *,
    neutralised: Sequence[int] = (),
    circumstances: certification_profile.Circumstances = certification_profile.Circumstances(),
) -> Replay:
    """A certification under the ``profile`` scheme (docs/domain.md §5a): the draw and the row of the table per competence."""
    drawn = certification_profile.draw(release, knowledge, succeeded, seed, locale)
    steps = []
    for number, question in enumerate(drawn):
        skill = release.challenge_skill(question.challenge_index)
        shown = answers[number].question if number < len(answers) else None
        aside = ", neutralisée" if number in neutralised else ""
        why = f"{skill.id} : compétence {skill.competence}, niveau {skill.level}{_outcome(answers, number)}{aside}"
        steps.append(Step(number + 1, question, shown, why))
    levels = _levels_drawn(release, profile_of(release, knowledge), drawn)
    results = [answered.result for answered in answers] + [None] * (len(drawn) - len(answers))
    marks = [certification_profile.Mark(q.challenge_index, result) for q, result in zip(drawn, results, strict=False)]
    score = certification_profile.score(release, levels, marks, neutralised, circumstances)
    return Replay(tuple(steps), _why_certified(score, levels))


def _levels_drawn(release: Release, profile: Profile, drawn: Sequence[Question]) -> dict[str, CompetenceScore]:
    codes = dict.fromkeys(release.challenge_skill(question.challenge_index).competence for question in drawn)
    return {code: profile.competences[code] for code in codes}


def _why_certified(score: certification_profile.CertificationScore, levels: Mapping[str, CompetenceScore]) -> tuple[str, ...]:
    lines = [f"taux de reproductibilité {score.rate} %, résultat {'fiable' if score.trusted else 'non fiable'}"]
    for code, competence in score.competences.items():
        lines.append(
            f"{code} : {competence.right} justes et {competence.neutralised} neutralisées sur {competence.asked} → "
            f"{_DECISIONS[competence.decision]} (niveau {levels[code].level} → {competence.level}, {competence.pix} pix)"
        )
    reason = f" ({score.reason.value})" if score.reason else ""
    return (*lines, f"{score.status.value}{reason} : {score.pix} pix")


def replay_adaptive(
    release: Release,
    answers: Sequence[Answered],
    seed: bytes,
    locale: str,
    *,
    scheme: adaptive.AdaptiveScheme = adaptive.NATIONAL,
    excluded_skills: Sequence[tuple[int, int]] = (),
    neutralised: Sequence[int] = (),
    circumstances: adaptive.Circumstances = adaptive.Circumstances(),
) -> Replay:
    """A certification under the ``adaptive`` scheme (docs/domain.md §5b).

    ``excluded_skills`` are pairs (position of the question, skill) of the alerts that were confirmed: a skill is closed from
    its question on.
    """
    steps = []
    for number in range(len(answers) + 1):
        past, shown = answers[:number], answers[number].question if number < len(answers) else None
        closed = [skill for position, skill in excluded_skills if position <= number]
        thought = adaptive.deliberate(release, past, locale, scheme=scheme, excluded_skills=closed)
        chosen = adaptive.next_question(release, past, seed, locale, scheme=scheme, excluded_skills=closed)
        steps.append(Step(number + 1, chosen, shown, _why_adaptive(release, thought, chosen, answers, number)))
    closed = [skill for _, skill in excluded_skills]
    score = adaptive.score(
        release, answers, locale, scheme=scheme, neutralised=neutralised, excluded_skills=closed, circumstances=circumstances
    )
    reason = f" ({score.reason.value})" if score.reason else ""
    return Replay(
        tuple(steps),
        (
            f"capacité {score.capacity.theta:.3f} ± {score.capacity.error:.3f} sur {score.answered} réponses et {score.simulated} simulées",
            f"{score.status.value}{reason} : {score.pix} pix, niveau {score.level}",
        ),
    )


def _measured(capacity: adaptive.Capacity, answered: int, simulated: int) -> str:
    return f"capacité {capacity.theta:.3f} ± {capacity.error:.3f} sur {answered} réponses et {simulated} simulées"


def _why_adaptive(
    release: Release, thought: adaptive.Deliberation, chosen: Question | None, answers: Sequence[Answered], number: int
) -> str:
    if chosen is None:
        return f"fin : capacité {thought.capacity.theta:.3f} ± {thought.capacity.error:.3f}"
    rank, reward = next((place + 1, reward) for place, (index, reward) in enumerate(thought.shortlist) if index == chosen.challenge_index)
    reasons = "".join(f", {_PREFERENCES[name]}" for name in thought.rules)
    return (
        f"{release.challenge_skill(chosen.challenge_index).id} : capacité {thought.capacity.theta:.3f} ± {thought.capacity.error:.3f}"
        f"{reasons}, {thought.eligible} épreuves possibles, information {reward:.3f} ({rank}ᵉ sur {len(thought.shortlist)})"
        f"{_outcome(answers, number)}"
    )


def replay_jalon_2pl(
    content: jalon_2pl.CalibratedRelease,
    answers: Sequence[Answered],
    seed: bytes,
    *,
    seen: Sequence[int] = (),
    excluded_skills: Sequence[tuple[int, int]] = (),
    neutralised: Sequence[int] = (),
    circumstances: jalon_2pl.Circumstances = jalon_2pl.Circumstances(),
) -> Replay:
    """A certification under the ``jalon-2pl`` scheme; ``excluded_skills`` as in :func:`replay_adaptive`."""
    steps = []
    for number in range(len(answers) + 1):
        past, shown = answers[:number], answers[number].question if number < len(answers) else None
        closed = [skill for position, skill in excluded_skills if position <= number]
        chosen = jalon_2pl.next_question(content, past, seed, seen=seen, excluded_skills=closed)
        state = content.engine.resume(seed, content.answers(past))
        scheme = content.scheme
        where = f"capacité {scheme.prior_mean + scheme.prior_sd * state.theta:.3f} ± {scheme.prior_sd * state.se:.3f}"
        if chosen is None:
            why = f"fin : {where}"
        else:
            item = content.item_of[chosen.challenge_index]
            worth, price = content.engine.bank.information(item, state.theta), content.engine.bank.price[item]
            skill = content.release.challenge_skill(chosen.challenge_index)
            why = (
                f"{skill.id} : {where}, tour de la compétence {skill.competence}, information {worth:.3f}, "
                f"prix {price:.3f}{_outcome(answers, number)}"
            )
        steps.append(Step(number + 1, chosen, shown, why))
    closed = [skill for _, skill in excluded_skills]
    score = jalon_2pl.score(content, answers, seed, neutralised=neutralised, seen=seen, excluded_skills=closed, circumstances=circumstances)
    reason = f" ({score.reason.value})" if score.reason else ""
    levels = tuple(f"{code} : niveau {e.level} (probabilité {e.probability:.0%})" for code, e in score.competences.items())
    return Replay(
        tuple(steps),
        (
            _measured(score.certified, score.answered, score.simulated),
            *levels,
            f"{score.status.value}{reason} : {score.pix} pix, niveau {score.level}",
        ),
    )
