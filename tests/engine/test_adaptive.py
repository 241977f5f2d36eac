"""Certification ``adaptive``: the published estimator, selection and outcomes (docs/domain.md §5b)."""

from collections import Counter
from math import exp, fsum, sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.adaptive import GRID, NATIONAL, AdaptiveScheme, capacity_history, deliberate, information, next_question, score
from engine.content import Release
from engine.errors import UnknownReferenceError
from engine.grading import Result
from engine.outcome import Circumstances, Ending, Reason, Status
from engine.packing import Answered, Question
from tests.engine.releases import COMPETENCES, release

OK, KO = Result.OK, Result.KO


def bank(tubes: int = 4, levels: int = 3, competences: int = 16) -> Release:
    """Calibrated challenges spread over the levels, slightly different in each tube."""
    chains = {code: {f"{code}{letter}": range(1, levels + 1) for letter in "abcdefgh"[:tubes]} for code in COMPETENCES[:competences]}
    names = [tube for chain in chains.values() for tube in chain]
    listed = [
        {"skill": f"{tube}{level}", "difficulty": -4 + 2.2 * level + 0.037 * (number % 11), "discrimination": 0.8 + 0.05 * (number % 13)}
        for number, tube in enumerate(names)
        for level in range(1, levels + 1)
    ]
    return release(chains, challenges=listed)


BANK = bank()


def answered(*results: tuple[int, Result]) -> list[Answered]:
    return [Answered(index, 0, result, 1, n) for n, (index, result) in enumerate(results)]


def test_the_constants_are_the_published_ones() -> None:
    assert (NATIONAL.questions, NATIONAL.minutes, NATIONAL.minimum_answers) == (32, 105, 20)
    assert (NATIONAL.start, NATIONAL.variation) == (-3.0, 0.5)
    assert (NATIONAL.shortlist, NATIONAL.pick_percent, NATIONAL.spaced_competences, NATIONAL.maximum) == (5, 51, 2, 895)


def test_the_grid_has_81_points_from_minus_nine_by_18_eightieths() -> None:
    assert len(GRID) == 81
    assert GRID[0] == -9.0
    assert GRID[1] == -8.775
    assert GRID[-1] == pytest.approx(9.0)
    assert GRID[-1] < 9.0


def test_before_any_answer_the_capacity_is_minus_three_and_the_error_five() -> None:
    (start,) = capacity_history(BANK, [])
    assert (start.theta, start.error) == (-3.0, 5.0)


def test_each_step_is_the_definition() -> None:
    """Written again from docs/domain.md §5b with exact sums; the engine's left-to-right sums differ by rounding only."""
    results = [(0, OK), (13, OK), (26, KO), (39, OK), (52, KO), (65, OK), (78, OK)]
    history = capacity_history(BANK, answered(*results))
    theta = -3.0
    for count in range(1, len(results) + 1):
        weights = []
        for point in GRID:
            weight = exp(-((point - theta) ** 2) / 3.0)
            for index, result in results[:count]:
                challenge = BANK.challenges[index]
                assert challenge.difficulty is not None
                assert challenge.discrimination is not None
                chance = 1 / (1 + exp(challenge.discrimination * (challenge.difficulty - point)))
                weight *= chance if result is OK else 1 - chance
            weights.append(weight)
        mean = fsum(p * w for p, w in zip(GRID, weights, strict=True)) / fsum(weights)
        reach = 0.5 if abs(theta) < 0.5 else abs(theta) * 0.5
        theta = min(max(mean, theta - reach), theta + reach)
        variance = fsum(w * (p - theta) ** 2 for p, w in zip(GRID, weights, strict=True)) / fsum(weights)
        assert history[count].theta == pytest.approx(theta, abs=1e-12)
        assert history[count].error == pytest.approx(sqrt(variance - (9 / 80) ** 2 / 12), abs=1e-12)


def test_the_last_bits_do_not_depend_on_the_version_of_python() -> None:
    """Python 3.12 made ``sum`` compensate; these bits are the same from 3.11 to 3.13."""
    last = capacity_history(BANK, answered((0, OK), (13, OK), (26, KO), (39, OK), (52, KO), (65, OK)))[-1]
    assert (last.theta.hex(), last.error.hex()) == PINNED


PINNED = ("0x1.6cde8cc8aa7d6p-1", "0x1.f6240f79e5027p-1")


@pytest.mark.parametrize(("previous", "up", "down"), [(-3.0, -1.5, -4.5), (0.4, 0.9, -0.1), (-0.5, -0.25, -0.75), (2.0, 3.0, 1.0)])
def test_one_step_is_limited(previous: float, up: float, down: float) -> None:
    """A very easy or hard question with a high discrimination would move the capacity further."""
    content = release({"1.1": {"a": [1]}}, challenges=[{"skill": "a1", "difficulty": previous, "discrimination": 9.0}])
    scheme = AdaptiveScheme(start=previous)
    right, wrong = (capacity_history(content, answered((0, result)), scheme)[-1].theta for result in (OK, KO))
    assert down <= wrong < previous < right <= up


def test_steps_reach_their_limit() -> None:
    hard = release({"1.1": {"a": [1]}}, challenges=[{"skill": "a1", "difficulty": 8.0, "discrimination": 9.0}])
    for start, reached in [(-3.0, -1.5), (0.0, 0.5), (0.49, 0.99), (-0.5, -0.25), (1.0, 1.5)]:
        assert capacity_history(hard, answered((0, OK)), AdaptiveScheme(start=start))[-1].theta == pytest.approx(reached)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(BANK.challenges) - 1), st.booleans()), min_size=1, max_size=12), st.data())
def test_a_right_answer_never_lowers_the_capacity(outcomes: list[tuple[int, bool]], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(outcomes) - 1))
    right, wrong = (
        capacity_history(BANK, answered(*((i, OK if (ok if n != place else forced) else KO) for n, (i, ok) in enumerate(outcomes))))
        for forced in (True, False)
    )
    assert all(a.theta >= b.theta - 1e-12 for a, b in zip(right[: place + 2], wrong[: place + 2], strict=True))


def test_an_uncalibrated_answer_cannot_be_scored_and_an_uncalibrated_challenge_is_not_asked() -> None:
    content = release({"1.1": {"a": [1], "b": [1]}}, challenges=[{"skill": "a1", "difficulty": None}, {"skill": "b1"}])
    with pytest.raises(UnknownReferenceError, match="not calibrated"):
        capacity_history(content, answered((0, OK)))
    assert next_question(content, [], b"s", "fr") == Question(1, 0)


# Selection


def test_the_five_most_informative_are_considered() -> None:
    considered = deliberate(BANK, [], "fr")
    every = sorted((information(-3.0, c.difficulty or 0, c.discrimination or 0) for c in BANK.challenges), reverse=True)
    assert [reward for _, reward in considered.shortlist] == every[:5]
    assert considered.eligible == len(BANK.challenges)


def test_the_walk_takes_each_with_51_chances_in_100_and_the_last_takes_the_rest() -> None:
    shortlist = [index for index, _ in deliberate(BANK, [], "fr").shortlist]
    draws = 4_000
    counts = Counter(next_question(BANK, [], n.to_bytes(4, "big"), "fr").challenge_index for n in range(draws))
    left = 1.0
    for place, index in enumerate(shortlist):
        share = left * 0.51 if place < 4 else left
        assert abs(counts[index] / draws - share) < 4 * sqrt(share * (1 - share) / draws)
        left -= share


def play(content: Release, seed: bytes, answer: Any, scheme: AdaptiveScheme = NATIONAL, **options: Any) -> list[Answered]:
    answers: list[Answered] = []
    while (question := next_question(content, answers, seed, "fr", scheme=scheme, **options)) is not None:
        answers.append(Answered(question.challenge_index, question.variant_index, answer(len(answers)), 1, len(answers)))
    return answers


@settings(max_examples=8, deadline=None)
@given(st.binary(min_size=1, max_size=8), st.lists(st.booleans(), min_size=32, max_size=32))
def test_the_rules_hold_in_any_test_and_it_can_be_played_again(seed: bytes, outcomes: list[bool]) -> None:
    answers = play(BANK, seed, lambda n: OK if outcomes[n] else KO)
    skills = [BANK.challenge_skill(a.challenge_index) for a in answers]
    assert len(answers) == 32
    assert len({skill.tube for skill in skills}) == 32
    assert {skill.competence for skill in skills[:16]} == set(COMPETENCES)
    for place in range(2, 32):
        assert skills[place].competence not in {skill.competence for skill in skills[place - 2 : place]}
    assert play(BANK, seed, lambda n: OK if outcomes[n] else KO) == answers


def test_the_last_competences_may_come_again_when_nothing_else_is_left() -> None:
    content = bank(tubes=6, competences=1)
    assert len(play(content, b"s", lambda _: OK)) == 6


def test_a_question_withdrawn_by_an_alert_is_replaced_under_the_same_number_without_its_skill() -> None:
    first = next_question(BANK, [], b"s", "fr")
    assert first is not None
    withdrawn = BANK.challenges[first.challenge_index].skill_index
    other = next_question(BANK, [], b"s", "fr", excluded_skills=[withdrawn])
    assert other is not None
    assert BANK.challenges[other.challenge_index].skill_index != withdrawn


def test_archived_and_proposed_challenges_are_not_asked() -> None:
    content = release(
        {"1.1": {"a": [1], "b": [1]}}, challenges=[{"skill": "a1", "status": "archived"}, {"skill": "b1", "status": "proposed"}]
    )
    assert next_question(content, [], b"s", "fr") is None


# Score


def full(ok: int, total: int = 32) -> list[Answered]:
    return play(BANK, b"seed", lambda n: OK if n < ok else KO)[:total]


def test_a_complete_test_is_scored_by_mesh() -> None:
    answers = full(32)
    result = score(BANK, answers, "fr")
    assert (result.status, result.reason, result.answered, result.simulated) == (Status.VALIDATED, None, 32, 0)
    assert result.capacity == capacity_history(BANK, answers)[-1]
    assert result.pix > 640
    assert result.level >= 6
    assert set(result.competences) == set(COMPETENCES)


def test_each_competence_may_have_its_own_bounds() -> None:
    scheme = AdaptiveScheme(competence_bounds={"1.1": (-8.0, 100.0, 101.0), "1.2": (-8.0, -7.0, -6.0, -5.0)})
    result = score(BANK, full(32), "fr", scheme=scheme)
    assert (result.competences["1.1"], result.competences["1.2"]) == (0, 2)
    assert result.competences["1.3"] == result.level


@pytest.mark.parametrize(
    ("answers", "circumstances", "status", "reason"),
    [
        (32, {"cancelled": True, "fraud": True}, Status.CANCELLED, Reason.CANCELLED_BY_JURY),
        (5, {"fraud": True}, Status.REJECTED, Reason.FRAUD),
        (19, {"ending": Ending.TECHNICAL}, Status.CANCELLED, Reason.TOO_FEW_ANSWERS),
        (19, {"ending": Ending.GAVE_UP}, Status.REJECTED, Reason.TOO_FEW_ANSWERS),
        (19, {}, Status.REJECTED, Reason.TOO_FEW_ANSWERS),
        (20, {"ending": Ending.TECHNICAL}, Status.VALIDATED, None),
        (20, {"ending": Ending.GAVE_UP}, Status.VALIDATED, None),
    ],
)
def test_the_outcomes_come_in_order(answers: int, circumstances: dict[str, Any], status: Status, reason: Reason | None) -> None:
    result = score(BANK, full(20, answers), "fr", circumstances=Circumstances(**circumstances))
    assert (result.status, result.reason) == (status, reason)
    assert (result.pix > 0) is (status is Status.VALIDATED)


def test_zero_pix_is_rejected() -> None:
    content = release(
        {code: {f"{code}{letter}": [1] for letter in "ab"} for code in COMPETENCES},
        challenges=[{"skill": f"{code}{letter}1", "difficulty": -9.0, "discrimination": 3.0} for code in COMPETENCES for letter in "ab"],
    )
    result = score(content, play(content, b"s", lambda _: KO), "fr")
    assert (result.status, result.reason, result.pix) == (Status.REJECTED, Reason.ZERO_PIX, 0)


def test_giving_up_simulates_what_is_missing_as_skipped_and_a_technical_stop_costs_nothing() -> None:
    answers = full(24, 24)
    gave_up = score(BANK, answers, "fr", circumstances=Circumstances(Ending.GAVE_UP))
    technical = score(BANK, answers, "fr", circumstances=Circumstances(Ending.TECHNICAL))
    assert (gave_up.answered, gave_up.simulated) == (24, 8)
    assert (technical.answered, technical.simulated) == (24, 0)
    assert technical.capacity == capacity_history(BANK, answers)[-1]
    assert gave_up.pix < technical.pix


def test_a_neutralised_answer_no_longer_counts_and_is_not_missing_either() -> None:
    answers = full(31)
    result = score(BANK, answers, "fr", neutralised=[31], circumstances=Circumstances(Ending.GAVE_UP))
    assert (result.answered, result.simulated) == (31, 0)
    assert result.capacity == capacity_history(BANK, answers[:31])[-1]
    assert score(BANK, answers, "fr", neutralised=range(13)).reason is Reason.TOO_FEW_ANSWERS
