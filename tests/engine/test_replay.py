"""Replay: what was stored gives the same test again, with reasons; what was changed is noticed."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import adaptive, certification_profile, positioning
from engine.content import Release
from engine.grading import Result
from engine.jalon_2pl import calibrated
from engine.knowledge import Element, Knowledge
from engine.packing import Answered, pack_answers, unpack_answers
from engine.replay import Replay, replay_adaptive, replay_jalon_2pl, replay_positioning, replay_profile_certification
from tests.engine import test_adaptive, test_two_pl
from tests.engine.releases import release, whole_framework

OK, KO = Result.OK, Result.KO
CONTENT = release({"1.1": {name: range(1, 8) for name in "abc"}}, per_skill=2)
TARGET = range(len(CONTENT.skills))


def stored(answers: list[Answered]) -> tuple[Answered, ...]:
    return unpack_answers(pack_answers(answers))


def position(content: Release, outcomes: list[bool], seed: bytes) -> list[Answered]:
    answers: list[Answered] = []
    while (question := positioning.next_question(content, TARGET, Knowledge.of(), answers, seed, "fr")) is not None:
        ok = outcomes[len(answers) % len(outcomes)]
        answers.append(Answered(question.challenge_index, question.variant_index, OK if ok else KO, 1, len(answers)))
    return answers


@settings(max_examples=20, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=9), st.binary(min_size=1, max_size=8))
def test_a_positioning_is_replayed_faithfully(outcomes: list[bool], seed: bytes) -> None:
    answers = stored(position(CONTENT, outcomes, seed))
    played = replay_positioning(CONTENT, TARGET, Knowledge.of(), answers, seed, "fr")
    assert played.faithful
    assert len(played.steps) == len(answers) + 1
    assert played.steps[-1].chosen is None


def test_the_trace_says_why() -> None:
    answers = position(CONTENT, [True, False], b"seed")
    text = replay_positioning(CONTENT, TARGET, Knowledge.of(), answers, b"seed", "fr").text()
    assert "niveau prédit 3.5, sans chronomètre, niveau 2" in text
    assert "→ juste" in text
    assert "plus rien à apprendre" in text
    assert "pix, niveau" in text


def test_a_changed_record_is_noticed() -> None:
    answers = position(CONTENT, [True, False], b"seed")
    changed = [replace(answers[0], challenge_index=answers[-1].challenge_index), *answers[1:]]
    played = replay_positioning(CONTENT, TARGET, Knowledge.of(), changed, b"seed", "fr")
    assert not played.faithful
    assert "≠ question montrée" in played.text()


def profile_certification(shift: int = 0) -> Replay:
    content = whole_framework()
    knowledge = Knowledge.of(Element(index, True, True, 0) for index in range(len(content.skills)))
    drawn = certification_profile.draw(content, knowledge, (), b"seed", "fr")
    answers = [Answered(q.challenge_index, q.variant_index, KO if n % 5 == 0 else OK, 1, n) for n, q in enumerate(drawn)]
    return replay_profile_certification(content, knowledge, (), answers[shift:], b"seed", "fr", neutralised=[5])


def test_a_profile_certification_is_replayed_with_the_row_that_decided() -> None:
    played = profile_certification()
    assert played.faithful
    assert len(played.steps) == 48
    assert "neutralisée" in played.steps[5].why
    assert any("un niveau de moins" in line or "niveau confirmé" in line for line in played.score)
    assert played.score[-1].startswith("validated : ")
    assert not profile_certification(shift=1).faithful


def test_an_adaptive_certification_is_replayed_with_its_alerts() -> None:
    bank, seed = test_adaptive.BANK, b"seed"
    answers: list[Answered] = []
    withdrawn = adaptive.next_question(bank, [], seed, "fr")
    assert withdrawn is not None
    skill = bank.challenges[withdrawn.challenge_index].skill_index
    while (question := adaptive.next_question(bank, answers, seed, "fr", excluded_skills=[skill])) is not None:
        answers.append(Answered(question.challenge_index, question.variant_index, OK if len(answers) % 3 else KO, 1, len(answers)))
    played = replay_adaptive(bank, stored(answers), seed, "fr", excluded_skills=[(0, skill)])
    assert played.faithful
    assert not replay_adaptive(bank, answers, seed, "fr").faithful
    assert "information" in played.text()
    assert adaptive.score(bank, answers, "fr").pix == int(played.score[-1].split(" : ")[1].split(" ")[0])


@pytest.mark.parametrize("seed", [b"a", b"b"])
def test_a_jalon_2pl_certification_is_replayed(seed: bytes) -> None:
    content = calibrated(test_two_pl.CONTENT, "fr")
    answers = test_two_pl.sit(content, seed, lambda n: OK if n % 4 else KO)
    played = replay_jalon_2pl(content, stored(answers), seed)
    assert played.faithful
    assert not replay_jalon_2pl(content, answers, seed + b"x").faithful
    assert "tour de la compétence" in played.steps[0].why
    assert any("probabilité" in line for line in played.score)
