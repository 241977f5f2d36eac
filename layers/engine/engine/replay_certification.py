"""A certification played again, under each scheme: see :mod:`engine.replay`."""

from collections.abc import Mapping, Sequence

from engine import adaptive, certification_profile, jalon_2pl
from engine.content import Release
from engine.knowledge import Knowledge
from engine.mesh import mesh_of, mesh_weight
from engine.outcome import Circumstances, Reason, Status
from engine.packing import Answered, Question
from engine.scoring import CompetenceScore, Profile, profile_of
from engine.trace import Replay, Step, french, percent, play, rank, tied

_PREFERENCES = {
    "a competence not visited yet": "compétence pas encore visitée",
    "away from the last competences": "loin des dernières compétences",
}
_DECISIONS = {
    certification_profile.Decision.KEPT: "niveau confirmé",
    certification_profile.Decision.LOWERED: "un niveau de moins",
    certification_profile.Decision.UNCERTIFIED: "non certifié",
}
_STATUSES = {Status.VALIDATED: "validée", Status.REJECTED: "rejetée", Status.CANCELLED: "annulée"}
_REASONS = {
    Reason.CANCELLED_BY_JURY: "annulée par le jury",
    Reason.NOT_TRUSTED: "trop de questions neutralisées",
    Reason.FRAUD: "fraude",
    Reason.TOO_FEW_ANSWERS: "trop peu de réponses",
    Reason.LOW_RATE: "taux de reproductibilité inférieur à 50 %",
    Reason.ZERO_PIX: "aucun pix",
}


def replay_profile_certification(
    release: Release,
    knowledge: Knowledge,
    succeeded: Sequence[int],
    answers: Sequence[Answered],
    seed: bytes,
    locale: str,
    *,
    neutralised: Sequence[int] = (),
    circumstances: Circumstances = Circumstances(),
) -> Replay:
    """A certification under the ``profile`` scheme (docs/domain.md §5a): the draw and the row of the table per competence.

    The steps go on over the questions that were drawn and never answered. Raises :class:`~engine.errors.NotCertifiableError` beside
    what every replay raises.

    >>> from engine.knowledge import Element
    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> known = Knowledge.of(Element(skill.index, skill.level <= 3, direct=True, at=0) for skill in release.skills)
    >>> played = replay_profile_certification(release, known, (), [], b"seed", "fr")
    >>> print(played.text().splitlines()[0])
      1. 1.1-3-3 : compétence 1.1, acquis validé le plus difficile (niveau 3), sujet pas encore pris, épreuve jamais réussie, tirée parmi 4
    """
    drawn = certification_profile.explain_draw(release, knowledge, succeeded, seed, locale)

    def at(number: int) -> tuple[Question | None, str]:
        if number >= len(drawn):
            return None, "fin : toutes les questions tirées ont été posées"
        return drawn[number].question, _why_drawn(release, drawn[number]) + (", neutralisée" if number in neutralised else "")

    played = play(release, answers, lambda past: at(len(past)))
    left = [at(number) for number in range(len(answers) + 1, len(drawn))]
    steps = [*played, *(Step(len(played) + place, chosen, None, why) for place, (chosen, why) in enumerate(left, 1))]
    levels = _levels_drawn(release, profile_of(release, knowledge), [question.question for question in drawn])
    results = [answered.result for answered in answers[: len(drawn)]] + [None] * (len(drawn) - len(answers))
    marks = [certification_profile.Mark(d.question.challenge_index, result) for d, result in zip(drawn, results, strict=True)]
    score = certification_profile.score(release, levels, marks, neutralised, circumstances)
    return Replay(tuple(step for step in steps if step.chosen or step.shown), _why_certified(score, levels))


def _why_drawn(release: Release, drawn: certification_profile.Drawn) -> str:
    skill = release.challenge_skill(drawn.question.challenge_index)
    tube = "sujet pas encore pris" if drawn.new_tube else "sujet déjà pris, faute d'autre"
    fresh = "jamais réussie" if drawn.fresh else "déjà réussie, faute d'autre"
    return (
        f"{skill.id} : compétence {skill.competence}, acquis validé le plus difficile (niveau {skill.level}), {tube}, "
        f"épreuve {fresh}{tied(drawn.among)}"
    )


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
    return (*lines, f"{_ended(score.status, score.reason)} : {score.pix} pix")


def _ended(status: Status, reason: Reason | None) -> str:
    return _STATUSES[status] + (f" ({_REASONS[reason]})" if reason else "")


def replay_adaptive(
    release: Release,
    answers: Sequence[Answered],
    seed: bytes,
    locale: str,
    *,
    scheme: adaptive.AdaptiveScheme = adaptive.NATIONAL,
    excluded_skills: Sequence[tuple[int, int]] = (),
    neutralised: Sequence[int] = (),
    circumstances: Circumstances = Circumstances(),
) -> Replay:
    """A certification under the ``adaptive`` scheme (docs/domain.md §5b): the capacity at each question, and the mesh of the score.

    ``excluded_skills`` are pairs (position of the question, skill) of the alerts that were confirmed: a skill is closed from
    its question on.

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> print(replay_adaptive(release, [], b"seed", "fr").text())
      1. 1.3-3-1 : capacité -3,000 ± 5,000, 1344 épreuves possibles, information 0,350 (1re sur 5)
    capacité -3,000 ± 5,000 sur 0 réponses
    maille 0, de -8,000 à -1,400 : 0 pix au bas, 64 en haut, capacité aux 76 % de la maille
    rejetée (trop peu de réponses) : 0 pix, niveau 0
    """

    def choose(past: Sequence[Answered]) -> tuple[Question | None, str]:
        closed = [skill for position, skill in excluded_skills if position <= len(past)]
        thought = adaptive.deliberate(release, past, locale, scheme=scheme, excluded_skills=closed)
        chosen = adaptive.next_question(release, past, seed, locale, scheme=scheme, excluded_skills=closed)
        return chosen, _why_adaptive(release, thought, chosen)

    steps = play(release, answers, choose)
    closed = [skill for _, skill in excluded_skills]
    score = adaptive.score(
        release, answers, locale, scheme=scheme, neutralised=neutralised, excluded_skills=closed, circumstances=circumstances
    )
    return Replay(
        steps,
        (
            _measured(score.capacity, score.answered, score.simulated),
            _why_level(score.capacity, scheme.bounds),
            f"{_ended(score.status, score.reason)} : {score.pix} pix, niveau {score.level}",
        ),
    )


def _capacity(capacity: adaptive.Capacity) -> str:
    return f"capacité {french(capacity.theta, 3)} ± {french(capacity.error, 3)}"


def _measured(capacity: adaptive.Capacity, answered: int, simulated: int) -> str:
    added = f" et {simulated} simulées comme passées" if simulated else ""
    return f"{_capacity(capacity)} sur {answered} réponses{added}"


def _why_level(capacity: adaptive.Capacity, bounds: Sequence[float]) -> str:
    """The mesh the capacity falls in, and how far into it."""
    mesh = mesh_of(capacity.theta, bounds)
    low, high = bounds[mesh], bounds[mesh + 1]
    weight, coefficient = mesh_weight(mesh)
    way = percent(min(max((capacity.theta - low) / (high - low), 0.0), 1.0))
    return (
        f"maille {mesh}, de {french(low, 3)} à {french(high, 3)} : {weight * coefficient} pix au bas, "
        f"{weight * (coefficient + 1)} en haut, capacité aux {way} de la maille"
    )


def _why_adaptive(release: Release, thought: adaptive.Deliberation, chosen: Question | None) -> str:
    if chosen is None:
        return f"fin : {_capacity(thought.capacity)}"
    place, reward = next((place, reward) for place, (index, reward) in enumerate(thought.shortlist, 1) if index == chosen.challenge_index)
    reasons = "".join(f", {_PREFERENCES[name]}" for name in thought.rules)
    return (
        f"{release.challenge_skill(chosen.challenge_index).id} : {_capacity(thought.capacity)}{reasons}, "
        f"{thought.eligible} épreuves possibles, information {french(reward, 3)} ({rank(place)} sur {len(thought.shortlist)})"
    )


def replay_jalon_2pl(
    content: jalon_2pl.CalibratedRelease,
    answers: Sequence[Answered],
    seed: bytes,
    *,
    seen: Sequence[int] = (),
    excluded_skills: Sequence[tuple[int, int]] = (),
    neutralised: Sequence[int] = (),
    circumstances: Circumstances = Circumstances(),
) -> Replay:
    """A certification under the ``jalon-2pl`` scheme; ``excluded_skills`` as in :func:`replay_adaptive`.

    >>> from engine.synthetic import synthetic_release
    >>> content = jalon_2pl.calibrated(synthetic_release(), "fr")
    >>> print(replay_jalon_2pl(content, [], b"seed").text().splitlines()[0].split(", ", 1)[0].split(" : ")[1])
    capacité 0,000 ± 1,500
    """

    def choose(past: Sequence[Answered]) -> tuple[Question | None, str]:
        closed = [skill for position, skill in excluded_skills if position <= len(past)]
        chosen = jalon_2pl.next_question(content, past, seed, seen=seen, excluded_skills=closed)
        return chosen, _why_jalon_2pl(content, past, seed, chosen)

    steps = play(content.release, answers, choose)
    closed = [skill for _, skill in excluded_skills]
    score = jalon_2pl.score(content, answers, seed, neutralised=neutralised, seen=seen, excluded_skills=closed, circumstances=circumstances)
    levels = tuple(
        f"{code} : niveau {estimate.level}, le plus probable ({percent(estimate.probability)} ; {_capacity(estimate.capacity)})"
        for code, estimate in score.competences.items()
    )
    return Replay(
        steps,
        (
            _measured(score.certified, score.answered, score.simulated),
            *levels,
            _why_level(score.certified, content.scheme.bounds),
            f"{_ended(score.status, score.reason)} : {score.pix} pix, niveau {score.level}",
        ),
    )


def _why_jalon_2pl(content: jalon_2pl.CalibratedRelease, past: Sequence[Answered], seed: bytes, chosen: Question | None) -> str:
    state, scheme = content.engine.resume(seed, content.answers(past)), content.scheme
    where = _capacity(adaptive.Capacity(scheme.prior_mean + scheme.prior_sd * state.theta, scheme.prior_sd * state.se))
    if chosen is None:
        return f"fin : {where}"
    item = content.item_of[chosen.challenge_index]
    worth, price = content.engine.bank.information(item, state.theta), content.engine.bank.price[item]
    skill = content.release.challenge_skill(chosen.challenge_index)
    return f"{skill.id} : {where}, tour de la compétence {skill.competence}, information {french(worth, 3)}, prix {french(price, 3)}"
