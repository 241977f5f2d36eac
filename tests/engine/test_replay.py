"""Replay: what was stored gives the same test again, with reasons; what was changed is noticed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import adaptive, bayes_positioning, certification_profile, jalon_2pl, positioning
from engine.content import Release
from engine.errors import CorruptRecordError
from engine.grading import Answer, Result
from engine.knowledge import Element, Knowledge, elements_of
from engine.outcome import Circumstances
from engine.packing import Answered, Question, pack_answers, unpack_answers
from engine.replay import (
    Replay,
    replay_adaptive,
    replay_bayes,
    replay_jalon_2pl,
    replay_positioning,
    replay_profile_certification,
)
from engine.scoring import profile_of
from engine.synthetic import synthetic_release
from tests.engine.releases import PUBLIC, SOLUTIONS, gzipped, release, whole_framework

OK, KO = Result.OK, Result.KO
CONTENT = release({"1.1": {name: range(1, 8) for name in "abc"}}, per_skill=3)
TARGET = range(len(CONTENT.skills))
NOTHING = Knowledge.of()
BANK = synthetic_release(tubes=2, levels=6, per_skill=2)
CALIBRATED = jalon_2pl.calibrated(BANK, "fr")
FRAMEWORK = whole_framework()
KNOWN = Knowledge.of(Element(index, True, True, 0) for index in range(len(FRAMEWORK.skills)))
SEED = b"kept with the test"


def stored(answers: list[Answered]) -> tuple[Answered, ...]:
    return unpack_answers(pack_answers(answers))


def sit(choose: Callable[[list[Answered]], Question | None], outcomes: Sequence[bool]) -> tuple[Answered, ...]:
    """Answer until the test ends, going round ``outcomes``; what was stored of it."""
    answers: list[Answered] = []
    while (question := choose(answers)) is not None:
        result = OK if outcomes[len(answers) % len(outcomes)] else KO
        answers.append(Answered(question.challenge_index, question.variant_index, result, elapsed_ms=1, at=len(answers)))
    return stored(answers)


@dataclass(frozen=True)
class Scheme:
    """One of the five ways to take a test: how it is taken, and how it is played again."""

    content: Release
    choose: Callable[[list[Answered], bytes], Question | None]
    replay: Callable[[Sequence[Answered], bytes], Replay]

    def taken(self, outcomes: Sequence[bool] = (True, False, True), seed: bytes = SEED) -> tuple[Answered, ...]:
        return sit(lambda answers: self.choose(answers, seed), outcomes)


def drawn(answers: list[Answered], seed: bytes) -> Question | None:
    questions = certification_profile.draw(FRAMEWORK, KNOWN, (), seed, "fr")
    return questions[len(answers)] if len(answers) < len(questions) else None


SCHEMES = {
    "positioning": Scheme(
        CONTENT,
        lambda answers, seed: positioning.next_question(CONTENT, TARGET, NOTHING, answers, seed, "fr"),
        lambda answers, seed: replay_positioning(CONTENT, TARGET, NOTHING, answers, seed, "fr"),
    ),
    "bayes": Scheme(
        CONTENT,
        lambda answers, seed: bayes_positioning.next_question(CONTENT, TARGET, NOTHING, answers, seed, "fr"),
        lambda answers, seed: replay_bayes(CONTENT, TARGET, NOTHING, answers, seed, "fr"),
    ),
    "profile": Scheme(FRAMEWORK, drawn, lambda answers, seed: replay_profile_certification(FRAMEWORK, KNOWN, (), answers, seed, "fr")),
    "adaptive": Scheme(
        BANK,
        lambda answers, seed: adaptive.next_question(BANK, answers, seed, "fr"),
        lambda answers, seed: replay_adaptive(BANK, answers, seed, "fr"),
    ),
    "jalon-2pl": Scheme(
        BANK,
        lambda answers, seed: jalon_2pl.next_question(CALIBRATED, answers, seed),
        lambda answers, seed: replay_jalon_2pl(CALIBRATED, answers, seed),
    ),
}
every_scheme = pytest.mark.parametrize("name", SCHEMES)


@every_scheme
@settings(max_examples=8, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=9), st.binary(min_size=1, max_size=8))
def test_a_test_is_replayed_faithfully(name: str, outcomes: list[bool], seed: bytes) -> None:
    scheme = SCHEMES[name]
    answers = scheme.taken(outcomes, seed)
    played = scheme.replay(answers, seed)
    assert played.faithful
    assert [step.chosen for step in played.steps[: len(answers)]] == [answered.question for answered in answers]
    assert all(step.chosen is None for step in played.steps[len(answers) :])
    assert "≠" not in played.text()


@every_scheme
def test_a_test_is_replayed_as_far_as_it_went(name: str) -> None:
    scheme = SCHEMES[name]
    answers = scheme.taken()
    played = scheme.replay(answers[:7], SEED)
    assert played.faithful
    assert played.steps[7].chosen == answers[7].question
    assert played.steps[7].shown is None


@every_scheme
@pytest.mark.parametrize("place", [0, 3, -1])
def test_a_changed_record_is_noticed_where_it_was_changed(name: str, place: int) -> None:
    scheme = SCHEMES[name]
    answers = list(scheme.taken())
    place %= len(answers)
    other = (answers[place].challenge_index + 1) % len(scheme.content.challenges)
    for changed in (replace(answers[place], challenge_index=other), replace(answers[place], variant_index=1)):
        played = scheme.replay([*answers[:place], changed, *answers[place + 1 :]], SEED)
        assert not played.faithful
        assert [step.same for step in played.steps[: place + 1]] == [True] * place + [False]
        assert "≠ question montrée" in played.text().splitlines()[place]


@every_scheme
def test_an_answer_left_out_added_or_moved_is_noticed(name: str) -> None:
    scheme = SCHEMES[name]
    answers = list(scheme.taken())
    assert not scheme.replay(answers[1:], SEED).faithful
    assert not scheme.replay([*answers[:2], *answers[3:]], SEED).faithful
    assert not scheme.replay([*answers, answers[-1]], SEED).faithful
    assert not scheme.replay([answers[1], answers[0], *answers[2:]], SEED).faithful


@every_scheme
def test_another_seed_is_noticed(name: str) -> None:
    scheme = SCHEMES[name]
    assert not scheme.replay(scheme.taken(), SEED + b"x").faithful


@pytest.mark.parametrize("name", ["positioning", "bayes", "adaptive", "jalon-2pl"])
def test_a_changed_result_changes_the_questions_after_it(name: str) -> None:
    scheme = SCHEMES[name]
    answers = list(scheme.taken())
    flipped = replace(answers[0], result=KO if answers[0].result is OK else OK)
    assert not scheme.replay([flipped, *answers[1:]], SEED).faithful


@every_scheme
def test_a_challenge_that_the_release_does_not_hold_is_a_corrupt_record(name: str) -> None:
    scheme = SCHEMES[name]
    answers = list(scheme.taken())
    answers[2] = replace(answers[2], challenge_index=10**6)
    with pytest.raises(CorruptRecordError, match="answer 3 is to challenge 1000000"):
        scheme.replay(answers, SEED)


GRADED = Release.from_bundles(gzipped(PUBLIC), gzipped(SOLUTIONS))
BLIND = Release.from_bundles(gzipped(PUBLIC))
RIGHT, WRONG, PASSED = Answer(text="12"), Answer(text="21"), Answer()


@pytest.mark.parametrize(
    ("answer", "result", "said"),
    [
        (RIGHT, OK, ""),
        (RIGHT, Result.TIMEDOUT, ""),  # its challenge has a timer
        (WRONG, KO, ""),
        (PASSED, Result.SKIPPED, ""),
        (None, OK, ""),  # the answer was not kept
        (WRONG, OK, "donne « faux »"),
        (RIGHT, KO, "donne « juste »"),
        (RIGHT, Result.SKIPPED, "donne « juste »"),
        (PASSED, KO, "donne « passé »"),
        (WRONG, Result.TIMEDOUT, "donne « faux »"),
        (RIGHT, Result.FOCUSEDOUT, "page quittée, mais rien ne l'indique"),
        (Answer(choices=frozenset("b")), OK, "n'est pas de cette question"),
    ],
)
def test_a_kept_answer_is_graded_again(answer: Answer | None, result: Result, said: str) -> None:
    record = stored([Answered(1, 0, result, elapsed_ms=99_000, at=7, answer=answer)])
    played = replay_positioning(GRADED, [1], NOTHING, record, SEED, "fr")
    assert played.steps[0].same is (played.steps[0].chosen == Question(1, 0))
    assert bool(played.steps[0].contradiction) is bool(said)
    assert said in played.steps[0].contradiction
    assert said in played.text()
    if said:
        assert not played.faithful
    if "donne" in said:
        assert replay_positioning(BLIND, [1], NOTHING, record, SEED, "fr").steps[0].contradiction == ""


def test_a_late_answer_to_an_untimed_question_is_a_contradiction() -> None:
    late = [Answered(0, 0, Result.TIMEDOUT, elapsed_ms=99_000, at=7)]
    assert "sans chronomètre" in replay_positioning(BLIND, [0], NOTHING, late, SEED, "fr-FR").steps[0].contradiction
    left = [Answered(0, 0, Result.FOCUSEDOUT, elapsed_ms=9, at=7, focus_lost=True)]
    assert replay_positioning(BLIND, [0], NOTHING, left, SEED, "fr-FR").steps[0].contradiction == ""


def test_the_trace_of_a_positioning_says_why() -> None:
    answers = SCHEMES["positioning"].taken((True, False))
    played = SCHEMES["positioning"].replay(answers, SEED)
    assert "niveau prédit 3,5, sans chronomètre, niveau 2, 3 acquis possibles, gain moyen" in played.steps[0].why
    assert "tirée parmi 3 → juste" in played.steps[0].why
    assert "plus rien à apprendre" in played.steps[-1].why
    score = profile_of(CONTENT, Knowledge.of(elements_of(CONTENT, TARGET, NOTHING, answers))).competences["1.1"]
    assert f"→ {score.pix} pix, niveau {score.level}" in played.score[-1]
    assert [line.split(" : ")[0] for line in played.score] == ["a", "b", "c", "1.1"]


def test_the_trace_of_a_positioning_tells_what_was_asked_from_what_was_inferred() -> None:
    record = [Answered(3 * skill, 0, result, elapsed_ms=1, at=n) for n, (skill, result) in enumerate([(2, OK), (4, KO), (7, KO)])]
    score = replay_positioning(CONTENT, TARGET, NOTHING, record, SEED, "fr").score
    assert score[0] == "a : validés a1 (déduit), a2 (déduit), a3 ; non validés a5, a6 (déduit), a7 (déduit)"
    assert score[1].startswith("b : validés aucun ; non validés b1, b2 (déduit), ")
    assert score[2] == "c : validés aucun ; non validés aucun"
    assert score[3] == "1.1 : 3 acquis validés sur 21 → 8 pix, niveau 1 (8 ÷ 8, au plus 7)"


def test_the_trace_of_a_bayesian_positioning_says_what_was_expected_and_why_each_level() -> None:
    answers = SCHEMES["bayes"].taken((True, False))
    played = SCHEMES["bayes"].replay(answers, SEED)
    tubes = bayes_positioning.levels_of(CONTENT, TARGET, NOTHING, answers)
    thought = bayes_positioning.deliberate(CONTENT, TARGET, NOTHING, answers[:1], "fr")
    assert f"information attendue {thought.gain:.2f} bit (au plus 0,72)".replace(".", ",") in played.steps[1].why
    assert any("déjà demandé 1 fois" in step.why for step in SCHEMES["bayes"].replay(SCHEMES["bayes"].taken(), SEED).steps)
    assert played.steps[-1].why.startswith("fin : niveaux assez sûrs (niveaux sûrs à 9")
    for line, tube in zip(played.score, "abc", strict=False):
        assert line.startswith(f"{tube} : niveau {tubes[tube].level}, le médian (")
        assert f"{tubes[tube].level} à {100 * tubes[tube].surety:.0f} %" in line
    given_to_a = [f"a{n}" for n in range(1, 8) if f"a{n} juste" in played.score[0] or f"a{n} faux" in played.score[0]]
    assert given_to_a
    pix = profile_of(CONTENT, Knowledge.of(bayes_positioning.elements_of(CONTENT, TARGET, NOTHING, answers))).pix
    assert f"→ {pix} pix" in played.score[-1]


def test_the_trace_says_when_the_budget_or_the_questions_end_a_bayesian_test() -> None:
    short = replace(bayes_positioning.BAYES, budget=1.0)
    answers = sit(lambda given: bayes_positioning.next_question(CONTENT, TARGET, NOTHING, given, SEED, "fr", scheme=short), [True])
    assert "nombre de questions épuisé" in replay_bayes(CONTENT, TARGET, NOTHING, answers, SEED, "fr", scheme=short).text()
    assert "plus rien à demander" in replay_bayes(CONTENT, TARGET, NOTHING, [], SEED, "nl").text()


def test_the_trace_of_a_profile_certification_says_why_each_question_and_which_row_decided() -> None:
    answers = SCHEMES["profile"].taken((False, True, True, True, True))
    played = replay_profile_certification(FRAMEWORK, KNOWN, (), answers, SEED, "fr", neutralised=[5])
    assert played.faithful
    assert len(played.steps) == 48
    assert "acquis validé le plus difficile (niveau 7), sujet pas encore pris, épreuve jamais réussie, tirée parmi 3" in played.steps[0].why
    assert played.steps[5].why.endswith("neutralisée → faux")
    assert played.score[0] == "taux de reproductibilité 81 %, résultat fiable"
    assert played.score[1] == "1.1 : 2 justes et 0 neutralisées sur 3 → niveau confirmé (niveau 7 → 7, 56 pix)"
    assert played.score[-1].startswith("validée : ")
    again = replay_profile_certification(FRAMEWORK, KNOWN, range(len(FRAMEWORK.challenges)), (), SEED, "fr")
    assert "épreuve déjà réussie, faute d'autre" in again.steps[0].why
    one_tube = release({code: {f"t{code}": [1, 2, 3]} for code in ("1.1", "1.2", "1.3", "2.1", "2.2")})
    known = Knowledge.of(Element(index, True, True, 0) for index in range(15))
    assert "sujet déjà pris, faute d'autre" in replay_profile_certification(one_tube, known, (), (), SEED, "fr").steps[1].why


def test_the_trace_of_a_profile_certification_goes_on_over_what_was_not_answered() -> None:
    answers = SCHEMES["profile"].taken()[:40]
    ended = Circumstances(certification_profile.Ending.GAVE_UP)
    played = replay_profile_certification(FRAMEWORK, KNOWN, (), answers, SEED, "fr", circumstances=ended)
    assert played.faithful
    assert [step.number for step in played.steps] == list(range(1, 49))
    assert [step.shown is None for step in played.steps] == [False] * 40 + [True] * 8


def test_a_rejection_is_explained_in_french() -> None:
    fraud = Circumstances(fraud=True)
    assert SCHEMES["profile"].replay([], SEED).score[-1] == "rejetée (taux de reproductibilité inférieur à 50 %) : 0 pix"
    assert replay_adaptive(BANK, [], SEED, "fr", circumstances=fraud).score[-1] == "rejetée (fraude) : 0 pix, niveau 0"
    assert replay_jalon_2pl(CALIBRATED, [], SEED).score[-1] == "rejetée (trop peu de réponses) : 0 pix, niveau 0"


def test_an_adaptive_certification_is_replayed_with_its_alerts_and_its_mesh() -> None:
    withdrawn = adaptive.next_question(BANK, [], SEED, "fr")
    assert withdrawn is not None
    skill = BANK.challenges[withdrawn.challenge_index].skill_index
    answers = sit(lambda given: adaptive.next_question(BANK, given, SEED, "fr", excluded_skills=[skill]), [True, True, False])
    played = replay_adaptive(BANK, answers, SEED, "fr", excluded_skills=[(0, skill)])
    assert played.faithful
    assert not replay_adaptive(BANK, answers, SEED, "fr").faithful
    assert "épreuves possibles, information" in played.steps[3].why
    score = adaptive.score(BANK, answers, "fr", excluded_skills=[skill])
    assert f"capacité {score.capacity.theta:.3f}".replace(".", ",") in played.score[0]
    assert f"maille {score.level}, de " in played.score[1]
    assert played.score[-1] == f"validée : {score.pix} pix, niveau {score.level}"


def test_a_jalon_2pl_certification_says_the_level_of_each_competence() -> None:
    played = SCHEMES["jalon-2pl"].replay(SCHEMES["jalon-2pl"].taken(), SEED)
    assert "tour de la compétence" in played.steps[0].why
    assert sum("le plus probable" in line for line in played.score) == 16
    assert any(line.startswith("maille ") for line in played.score)
