"""The item bank, the 2PL engine and the scheme built on them."""

from math import exp, log, sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.chance import Chance
from engine.errors import CorruptRecordError
from engine.exposure import normal
from engine.grading import Result
from engine.item_bank import CELLS, STAGES, Bank, cell_centre, cell_of
from engine.jalon_2pl import CalibratedRelease, Jalon2plScheme, calibrated, next_question, score
from engine.outcome import Circumstances, Ending, Reason, Status
from engine.packing import Answered
from engine.two_pl import GRID, PRIOR, Plan, TwoPl, moments, pack_items, unpack_items, weighted_likelihood
from tests.engine.releases import COMPETENCES
from tests.engine.test_adaptive import bank as calibrated_content

OK, KO = Result.OK, Result.KO


def random_bank(size: int = 320, groups: int = 16, **options: Any) -> Bank:
    chance = Chance(b"bank", size)
    a = [exp(0.3 * normal(chance)) for _ in range(size)]
    b = [1.2 * normal(chance) for _ in range(size)]
    return Bank(a, b, [item % groups for item in range(size)], **options)


BANK = random_bank()
ENGINE = TwoPl(BANK, Plan(32))


def play(engine: TwoPl, seed: bytes, theta: float, closed: Any = ()) -> Any:
    chance, state = Chance(seed, "answers"), engine.start(seed, closed)
    while (item := engine.next(state)) is not None:
        engine.answer(state, item, chance.uniform() < 1 / (1 + exp(engine.bank.a[item] * (engine.bank.b[item] - theta))))
    return state


# The bank


def test_lists_hold_the_best_items_of_each_group_by_information_less_price() -> None:
    bank = random_bank(price=[0.3 * (item % 7) for item in range(320)])
    for cell in (0, 40, 80, 111, 160):
        for group in (0, 15):
            worth = {item: bank.information(item, cell_centre(cell)) - bank.price[item] for item in bank.members[group]}
            assert list(bank.list_at(cell, group)) == sorted(worth, key=worth.__getitem__, reverse=True)[: bank.width]


@pytest.mark.parametrize("spread", STAGES)
@pytest.mark.parametrize(("a", "b"), [(0.5, 0.0), (1.0, 1.0), (1.8, -0.5), (2.5, 2.0)])
def test_the_expected_information_is_that_of_the_model(a: float, b: float, spread: float) -> None:
    """Against a sum over N(0.3, spread²): within 5 % of the most that the item can tell there."""
    bank = Bank([a], [b], [0])
    points = [step / 50 for step in range(-300, 301)]
    weights = [exp(-point * point / 2) for point in points]
    exact = sum(w * bank.information(0, 0.3 + spread * p) for p, w in zip(points, weights, strict=True)) / sum(weights)
    assert bank.information(0, 0.3, spread) == pytest.approx(exact, abs=0.05 * bank.information(0, b, spread))


def test_each_stage_has_its_own_lists_and_the_nearest_one_is_taken() -> None:
    bank = random_bank(price=[0.2 * (item % 3) for item in range(320)], stages=STAGES)
    assert [bank.stage_of(se) for se in (1.0, 0.9, 0.89, 0.5, 0.42, 0.3, 0.24, 0.01)] == [0, 0, 1, 3, 3, 5, 6, 6]
    for stage, spread in enumerate(STAGES):
        worth = {item: bank.information(item, cell_centre(90), spread) - bank.price[item] for item in bank.members[2]}
        ranked = sorted(worth, key=worth.__getitem__, reverse=True)
        assert list(bank.list_at(90, 2, stage)) == ranked[: bank.width]
        assert bank.best_open(cell_centre(90), spread, 2, set(ranked[: bank.width]), set()) == ranked[bank.width]
    assert random_bank().stage_of(0.01) == 0


def test_the_urgency_of_a_group_is_what_its_best_item_loses_by_waiting() -> None:
    """Against a sum over N(θ, s² − s_last²) of the best worth at the last stage, on the cells."""
    bank = random_bank(price=[0.1 * (item % 5) for item in range(320)], stages=STAGES)
    theta, group = cell_centre(90), 2
    assert all(abs(lost) < 1e-6 for lost in bank.urgency_at(theta, 0.01))

    def best(at: float, spread: float) -> float:
        return max(bank.information(item, at, spread) - bank.price[item] for item in bank.members[group])

    for stage, spread in ((0, 1.0), (3, 0.45)):
        drift = (spread**2 - STAGES[-1] ** 2) ** 0.5
        weights = {cell: exp(-(((cell_centre(cell) - theta) / drift) ** 2) / 2) for cell in range(CELLS)}
        later = sum(weight * best(cell_centre(cell), STAGES[-1]) for cell, weight in weights.items()) / sum(weights.values())
        assert bank.stage_of(spread) == stage
        assert bank.urgency_at(theta, spread)[group] == pytest.approx(best(theta, spread) - later, abs=0.01)


def test_the_most_urgent_group_comes_first_when_no_handicap_outweighs_it() -> None:
    """A group with an item for the middle only, beside one whose items suit all abilities: the latter can wait."""
    bank = Bank([3.0, *[1.5] * 9], [0.0, *[step / 2 for step in range(-4, 5)]], [0, *[1] * 9], price=[0.0, *[0.3] * 9], stages=STAGES)
    urgency = bank.urgency_at(0.0, 0.35)
    engine = TwoPl(bank, Plan(2))
    for number in range(10):
        state = engine.start(b"s%d" % number)
        state.se = 0.35
        assert engine.next(state) == 0
    assert urgency[0] - urgency[1] > 0.5 * 0.35**2 / 2


@given(st.floats(allow_nan=False))
def test_any_ability_has_a_cell(theta: float) -> None:
    cell = cell_of(theta)
    assert 0 <= cell < CELLS
    if abs(theta) <= 4:
        assert abs(cell_centre(cell) - theta) <= 0.025 + 1e-9


def test_a_closed_list_falls_back_on_the_whole_group() -> None:
    closed = set(BANK.list_at(80, 3))
    item = BANK.best_open(0.0, 1.0, 3, closed, set())
    left = [other for other in BANK.members[3] if other not in closed]
    assert item == max(left, key=lambda other: BANK.information(other, 0.0))
    assert BANK.best_open(0.0, 1.0, 3, set(BANK.members[3]), set()) is None


def test_a_bank_round_trips_and_damage_is_noticed() -> None:
    bank = random_bank(price=[item / 1000 for item in range(320)], stages=STAGES)
    packed = bank.pack()
    again = Bank.unpack(packed)
    for name in ("a", "b", "group", "skill", "price", "best", "members", "groups", "width", "stages", "twins", "urgency", "_edges"):
        assert getattr(again, name) == getattr(bank, name)
    for damaged in (b"", b"X" + packed[1:], packed[:-1], packed + b"\0"):
        with pytest.raises(CorruptRecordError):
            Bank.unpack(damaged)


def test_a_bank_needs_a_value_of_each_kind_per_item() -> None:
    with pytest.raises(ValueError, match="one a, b and group"):
        Bank([1.0], [0.0, 1.0], [0])


# The engine


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=1, max_size=16), st.floats(-4, 4))
def test_a_test_ends_balances_content_and_never_asks_twice(seed: bytes, theta: float) -> None:
    state = play(ENGINE, seed, theta)
    items = [item for item, _ in state.answers]
    assert len(items) == len(set(items)) == 32
    groups = [BANK.group[item] for item in items]
    assert sorted(groups[:16]) == sorted(groups[16:]) == list(range(16))


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=1, max_size=16), st.floats(-3, 3), st.integers(0, 31), st.sampled_from([0.0, 0.5]))
def test_a_test_resumed_from_its_packed_answers_is_the_same_to_the_last_bit(seed: bytes, theta: float, at: int, spread: float) -> None:
    state = play(TwoPl(BANK, Plan(32, spread=spread)), seed, theta)
    packed = pack_items(state.answers[:at])
    assert len(packed) == 2 * at
    fresh = TwoPl(BANK, Plan(32, spread=spread))
    again = fresh.resume(seed, unpack_items(packed))
    for item, right in state.answers[at:]:
        assert fresh.next(again) == item
        fresh.answer(again, item, right)
    assert (again.theta.hex(), again.se.hex()) == (state.theta.hex(), state.se.hex())


def test_asking_changes_nothing() -> None:
    state = ENGINE.start(b"s")
    assert ENGINE.next(state) == ENGINE.next(state)


@given(st.lists(st.tuples(st.integers(0, 319), st.booleans()), min_size=1, max_size=15, unique_by=lambda pair: pair[0]), st.data())
def test_a_right_answer_never_lowers_the_estimate(answers: list[tuple[int, bool]], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(answers) - 1))
    right, wrong = (ENGINE.resume(b"", [(i, x if n != place else forced) for n, (i, x) in enumerate(answers)]) for forced in (True, False))
    assert right.theta > wrong.theta


def test_the_posterior_is_that_of_the_model_whatever_the_quadrature() -> None:
    """Against a grid fifty times finer and wider: 1e-6 after 32 answers, 1e-4 after the first ones."""
    state = play(ENGINE, b"quadrature", 0.7)
    for count, tolerance in ((1, 1e-4), (3, 1e-4), (32, 1e-6)):
        answers = state.answers[:count]
        fine = [point / 250 for point in range(-2000, 2001)]
        weights = []
        for point in fine:
            value = -point * point / 2
            for item, right in answers:
                chance = 1 / (1 + exp(BANK.a[item] * (BANK.b[item] - point)))
                value += log(chance if right else 1 - chance)
            weights.append(exp(value))
        mean = sum(p * w for p, w in zip(fine, weights, strict=True)) / sum(weights)
        spread = sqrt(sum((p - mean) ** 2 * w for p, w in zip(fine, weights, strict=True)) / sum(weights))
        found = ENGINE.resume(b"", answers)
        assert found.theta == pytest.approx(mean, abs=tolerance)
        assert found.se == pytest.approx(spread, abs=tolerance)


def test_the_prior_is_standard() -> None:
    mean, deviation = moments(PRIOR)
    assert mean == pytest.approx(0, abs=1e-12)
    assert deviation == pytest.approx(1, abs=1e-7)
    assert (GRID[0], GRID[-1], len(GRID)) == (-6.0, 6.0, 65)


def test_a_test_may_stop_at_a_target_error() -> None:
    state = play(TwoPl(BANK, Plan(32, target_error=0.45, at_least=3)), b"stop", 0.0)
    assert state.se <= 0.45
    assert 3 <= len(state.answers) < 32


def test_a_group_with_nothing_left_gives_its_turn_to_the_next() -> None:
    closed = [item for item in range(320) if BANK.group[item] == 4]
    items = [item for item, _ in play(ENGINE, b"s", 0.0, closed).answers]
    assert len(items) == 32
    assert not set(items) & set(closed)
    tiny = TwoPl(random_bank(20, 4), Plan(32))
    assert len(play(tiny, b"s", 0.0).answers) == 20


def test_no_two_items_of_one_skill_are_asked() -> None:
    bank = random_bank(64, 4, skill=[item // 8 for item in range(64)])
    skills = [bank.skill[item] for item, _ in play(TwoPl(bank, Plan(32)), b"s", 0.0).answers]
    assert len(skills) == len(set(skills)) == 8


@pytest.mark.parametrize("theta", [-2.5, -1.0, 0.0, 1.0, 2.5])
def test_the_weighted_likelihood_does_not_shrink_towards_the_middle(theta: float) -> None:
    bank = random_bank(1_600)
    engine = TwoPl(bank, Plan(32))
    tests = [play(engine, b"%d" % number, theta) for number in range(150)]
    warm = [weighted_likelihood(bank, state.answers)[0] - theta for state in tests]
    assert abs(sum(warm) / len(warm)) < 0.06
    if abs(theta) > 2:
        mean = sum(state.theta - theta for state in tests) / len(tests)
        assert abs(sum(warm) / len(warm)) < abs(mean)


def test_all_right_and_all_wrong_have_finite_weighted_estimates() -> None:
    items = [(item, True) for item in range(32)]
    high, _ = weighted_likelihood(BANK, items)
    low, _ = weighted_likelihood(BANK, [(item, False) for item, _ in items])
    assert 2 < high < 6
    assert -6 < low < -2


# The scheme


CONTENT = calibrated_content(tubes=6, levels=3)
OPENED = calibrated(CONTENT, "fr")


def sit(content: CalibratedRelease, seed: bytes, answer: Any, **options: Any) -> list[Answered]:
    answers: list[Answered] = []
    while (question := next_question(content, answers, seed, **options)) is not None:
        answers.append(Answered(question.challenge_index, question.variant_index, answer(len(answers)), 1, len(answers)))
    return answers


@settings(max_examples=10, deadline=None)
@given(st.binary(min_size=1, max_size=8), st.lists(st.booleans(), min_size=32, max_size=32))
def test_a_candidate_never_sees_a_question_again_across_attempts(seed: bytes, outcomes: list[bool]) -> None:
    first = sit(OPENED, seed, lambda n: OK if outcomes[n] else KO)
    seen = {answered.challenge_index for answered in first}
    second = sit(OPENED, seed + b"2", lambda n: OK if outcomes[n] else KO, seen=seen)
    assert len(first) == len(second) == 32
    assert not seen & {answered.challenge_index for answered in second}
    assert sit(OPENED, seed, lambda n: OK if outcomes[n] else KO) == first
    competences = [CONTENT.challenge_skill(answered.challenge_index).competence for answered in first]
    assert sorted(competences) == sorted(COMPETENCES * 2)


def test_a_withdrawn_question_is_replaced_without_its_skill() -> None:
    first = next_question(OPENED, [], b"s")
    assert first is not None
    skill = CONTENT.challenges[first.challenge_index].skill_index
    other = next_question(OPENED, [], b"s", excluded_skills=[skill])
    assert other is not None
    assert CONTENT.challenges[other.challenge_index].skill_index != skill


def test_scores_rise_with_right_answers_and_say_how_sure_they_are() -> None:
    results = [score(OPENED, sit(OPENED, b"s", lambda n, k=right: OK if n % 32 < k else KO), b"s") for right in (8, 16, 24, 32)]
    assert [r.status for r in results] == [Status.VALIDATED] * 4
    assert [r.pix for r in results] == sorted({r.pix for r in results})
    for result in results:
        assert 0 < result.capacity.error < 0.9
        assert set(result.competences) == set(COMPETENCES)
        for estimate in result.competences.values():
            assert 0 <= estimate.level <= 7
            assert 0 < estimate.probability <= 1
            assert estimate.capacity.error > result.capacity.error


def test_a_competence_failed_alone_is_levelled_lower() -> None:
    answers = sit(OPENED, b"s", lambda _: OK)
    marked = [
        Answered(a.challenge_index, 0, KO if CONTENT.challenge_skill(a.challenge_index).competence == "3.4" else OK, 1, 0) for a in answers
    ]
    result = score(OPENED, marked, b"s")
    others = [estimate.capacity.theta for code, estimate in result.competences.items() if code != "3.4"]
    assert result.competences["3.4"].capacity.theta < min(others) - 0.2


@pytest.mark.parametrize(
    ("count", "circumstances", "status", "reason"),
    [
        (32, {"cancelled": True, "fraud": True}, Status.CANCELLED, Reason.CANCELLED_BY_JURY),
        (5, {"fraud": True}, Status.REJECTED, Reason.FRAUD),
        (19, {"ending": Ending.TECHNICAL}, Status.CANCELLED, Reason.TOO_FEW_ANSWERS),
        (19, {"ending": Ending.GAVE_UP}, Status.REJECTED, Reason.TOO_FEW_ANSWERS),
        (20, {"ending": Ending.TECHNICAL}, Status.VALIDATED, None),
        (20, {"ending": Ending.GAVE_UP}, Status.VALIDATED, None),
        (0, {}, Status.REJECTED, Reason.TOO_FEW_ANSWERS),
    ],
)
def test_the_outcomes_come_in_order(count: int, circumstances: dict[str, Any], status: Status, reason: Reason | None) -> None:
    result = score(OPENED, sit(OPENED, b"s", lambda _: OK)[:count], b"s", circumstances=Circumstances(**circumstances))
    assert (result.status, result.reason) == (status, reason)
    assert (result.pix > 0) is (status is Status.VALIDATED)
    gave_up = circumstances.get("ending") is Ending.GAVE_UP and count >= 20
    assert result.simulated == (32 - count if gave_up else 0)


def test_nothing_scored_is_zero_pix() -> None:
    scheme = Jalon2plScheme(bounds=(5.0, 6.0, 7.0))
    content = calibrated(CONTENT, "fr", scheme)
    assert score(content, sit(content, b"s", lambda _: KO), b"s").reason is Reason.ZERO_PIX
