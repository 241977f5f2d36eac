"""Exposure: prices worked out with the release, counts where there are none, and the scheme on both."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine import price
from engine.chance import Chance
from engine.errors import CorruptRecordError
from engine.exposure import SPREAD, Eligibility, exposure, normal, priced
from engine.grading import Result
from engine.item_bank import Bank
from engine.jalon_2pl import CalibratedRelease, Jalon2plScheme, calibrated, next_question, prices_of, record, withheld
from engine.packing import Answered
from engine.replay import replay_jalon_2pl
from engine.synthetic import draw_pupil, synthetic_release
from engine.two_pl import Plan, TwoPl
from tests.engine.releases import PUBLIC, gzipped
from tests.engine.test_two_pl import play, random_bank


def played_on(bank: Bank, plan: Plan, number: int) -> list[Any]:
    engine = TwoPl(bank, plan)
    return [play(engine, b"e%d" % n, normal(Chance(b"t", n))) for n in range(number)]


def shares(states: list[Any], size: int) -> tuple[float, float]:
    most, overlap = exposure([[item for item, _ in state.answers] for state in states], size)
    return max(most), overlap


def test_prices_hold_exposure_under_the_ceiling_at_little_cost() -> None:
    bank, plan = random_bank(640, 16), Plan(32, spread=SPREAD)
    held = priced(bank, plan, 0.3, examinees=1_000, passes=2, rounds=60, settling=12)
    free, kept = played_on(bank, plan, 500), played_on(held, plan, 500)
    most_free, overlap_free = shares(free, 640)
    most_held, overlap_held = shares(kept, 640)
    assert most_free > 0.6
    assert most_held < 0.38
    assert overlap_held < 0.75 * overlap_free
    assert sum(s.se for s in kept) < 1.07 * sum(s.se for s in free)
    assert min(held.price) >= 0


def test_prices_are_the_same_from_the_same_seed() -> None:
    bank, plan = random_bank(64, 4), Plan(8)
    first, again = (priced(bank, plan, 0.3, examinees=100, passes=2, rounds=10, settling=2) for _ in range(2))
    assert first.pack() == again.pack()


def test_a_group_no_test_comes_by_has_no_price() -> None:
    held = priced(random_bank(64, 4), Plan(1), 0.05, examinees=1, passes=1, rounds=5, settling=2)
    visited = {held.group[item] for item, price in enumerate(held.price) if price}
    assert len(visited) <= 4
    assert len(held.price) == 64


def test_items_that_are_alike_share_what_they_go_to() -> None:
    """As in content whose parameters come from its levels: eight kinds of item, each ten times over."""
    kinds = [(1.2 + 0.1 * (kind % 3), kind / 4 - 1) for kind in range(8)]
    a, b = zip(*[kinds[item % 8] for item in range(80)], strict=True)
    bank, plan = Bank(a, b, [0] * 80), Plan(4)
    free, _ = shares(played_on(bank, plan, 400), 80)
    assert free < 0.35  # the first of ten would go to nearly everybody
    held = priced(bank, plan, 0.15, examinees=2_000, passes=2, rounds=40)
    assert all(len({held.price[item] for item in range(kind, 80, 8)}) == 1 for kind in range(8))
    most, _ = shares(played_on(held, plan, 800), 80)
    assert most < 0.2 < free


def test_twins_of_one_skill_are_not_asked_together() -> None:
    bank = Bank([1.0] * 12, [0.0] * 12, [0] * 12, skill=[item // 3 for item in range(12)])
    for number in range(30):
        items = [item for item, _ in play(TwoPl(bank, Plan(8)), b"twins%d" % number, 0.0, closed=[0, 4]).answers]
        assert len(items) == 4
        assert sorted(bank.skill[item] for item in items) == [0, 1, 2, 3]
        assert not {0, 4} & set(items)


def test_eligibility_withholds_what_was_given_too_often() -> None:
    plan, bank = Plan(8), random_bank(64, 4)
    counts, tests = Eligibility(64, 0.3), []
    engine = TwoPl(bank, plan)
    for number in range(600):
        seed = b"n%d" % number
        closed = counts.ineligible(seed)
        assert closed == counts.ineligible(seed)
        items = [item for item, _ in play(engine, seed, normal(Chance(seed)), closed).answers]
        assert not closed & set(items)
        counts.record(items, closed)
        tests.append(items)
    free = [[item for item, _ in play(engine, b"n%d" % n, normal(Chance(b"n%d" % n))).answers] for n in range(600)]
    assert max(exposure(tests, 64)[0]) < 0.42 < max(exposure(free, 64)[0])


def test_counts_are_kept_from_one_test_to_the_next() -> None:
    counts = Eligibility(3, 0.2)
    for number in range(300):
        counts.record([0, 1] if number % 4 else [2], frozenset([1] if number % 2 else []))
    again = Eligibility.unpack(counts.pack(), 3, 0.2)
    assert (again.could, again.did) == (counts.could, counts.did)
    assert all(again.ineligible(bytes([seed])) == counts.ineligible(bytes([seed])) for seed in range(20))
    with pytest.raises(CorruptRecordError, match="24 bytes"):
        Eligibility.unpack(counts.pack()[:-1], 3, 0.2)


# The scheme, on a release with prices and on one without


RELEASE = synthetic_release(tubes=2, levels=4, per_skill=3)
SCHEME = Jalon2plScheme(ceiling=0.25)


def sit(content: CalibratedRelease, number: int, closed: frozenset[int]) -> list[Answered]:
    seed, chance, answers = b"sit%d" % number, Chance(b"sit", number), list[Answered]()
    pupil = draw_pupil(content.release, chance, mean=0.0, deviation=1.5, spread=0.0)
    while (question := next_question(content, answers, seed, seen=closed)) is not None:
        right = chance.uniform() < pupil.chance_of(content.release, question.challenge_index)
        result = Result.OK if right else Result.KO
        answers.append(Answered(question.challenge_index, question.variant_index, result, elapsed_ms=1, at=number))
    return answers


def most_seen(sittings: list[list[Answered]]) -> float:
    return max(exposure([[answered.challenge_index for answered in answers] for answers in sittings], len(RELEASE.challenges))[0])


def test_a_release_without_prices_is_controlled_by_counts() -> None:
    content = calibrated(RELEASE, "fr", SCHEME)
    sittings = []
    for number in range(250):
        closed = withheld(content, b"sit%d" % number)
        answers = sit(content, number, closed)
        assert len(answers) == 32
        assert not closed & {answered.challenge_index for answered in answers}
        record(content, answers, closed)
        sittings.append(answers)
        if number == 120:  # another process takes over from the stored counts
            assert content.eligibility is not None
            content = calibrated(RELEASE, "fr", SCHEME, counts=content.eligibility.pack())
    assert most_seen(sittings[50:]) < 0.36
    uncontrolled = calibrated(RELEASE, "fr", SCHEME)
    assert most_seen([sit(uncontrolled, number, frozenset()) for number in range(250)]) > 0.48
    last = replay_jalon_2pl(content, answers, b"sit249", seen=sorted(closed))
    assert last.faithful


def test_a_release_with_prices_withholds_nothing_and_counts_nothing() -> None:
    prices = prices_of(RELEASE, "fr", SCHEME, examinees=800)
    assert prices
    assert set(prices) <= {challenge.id for challenge in RELEASE.challenges}
    content = calibrated(RELEASE, "fr", SCHEME, prices)
    assert content.eligibility is None
    assert withheld(content, b"s") == frozenset()
    sittings = [sit(content, number, frozenset()) for number in range(250)]
    record(content, sittings[0])
    assert most_seen(sittings) < 0.36


def test_counts_of_another_release_are_refused() -> None:
    with pytest.raises(CorruptRecordError):
        calibrated(RELEASE, "fr", SCHEME, counts=b"1234")


def test_the_prices_of_a_release_are_written_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    public, out = tmp_path / "public.json.gz", tmp_path / "prices.json"
    public.write_bytes(gzipped(PUBLIC))
    assert price.main([str(public), "--out", str(out), "--locale", "fr-FR", "--examinees", "40"]) == 0
    carried = json.loads(out.read_text(encoding="utf-8"))
    assert (carried["release"], carried["locale"]) == ("v1", "fr-FR")
    assert set(carried["prices"]) <= {"qcu"}
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["priced"] == len(carried["prices"])


def test_a_release_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert price.main([str(tmp_path / "nowhere.json.gz")]) == 2
    (tmp_path / "other.json.gz").write_bytes(b"no release")
    assert price.main([str(tmp_path / "other.json.gz")]) == 2
    assert capsys.readouterr().err.count("error:") == 2
