"""The cards of a profile: which it keeps, whatever comes in whichever order, and how they lie in its item."""

import json
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.assessment import profiles as profiles_module
from jalon.assessment.fresh_profile import fresh_profile
from jalon.assessment.profile_entry_records import pack_cards, unpack_cards, unpack_text_cards
from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.profiles import MOST_CARDS, AttemptCard, kept_cards
from jalon.assessment.project_profile import project_profile
from jalon.assessment.read_profile import nothing_known
from jalon.assessment.state import Purpose, Status
from jalon.assessment.tables import ProfileItem
from jalon.kernel.clock import epoch_ms
from jalon.kernel.ids import AssessmentId
from tests.assessment.desk import PUPIL, Desk
from tests.assessment.entries import NOW
from tests.assessment.fakes import FakeProfiles
from tests.cloud import Cloud


def campaign(number: int, **changes: object) -> AttemptCard:
    """The finished test of the ``number``-th campaign, each later than the one before."""
    spread = random.Random(number)
    subject = f"par_{spread.getrandbits(128):032x}_{PUPIL.removeprefix('usr_')}"
    test, at = AssessmentId(f"asm_{spread.getrandbits(128):032x}"), NOW + timedelta(hours=number, milliseconds=spread.randrange(10**6))
    return replace(AttemptCard(test, Purpose.CAMPAIGN, subject, 1, Status.COMPLETED, 6 + number % 20, at), **changes)


def competence(code: str) -> AttemptCard:
    return AttemptCard(AssessmentId("asm_" + "c" * 32), Purpose.COMPETENCE, code, 3, Status.COMPLETED, 30, NOW - timedelta(days=9_000))


def by_key(*cards: AttemptCard) -> dict[str, AttemptCard]:
    return {card.key: card for card in cards}


def test_a_profile_keeps_every_competences_card_and_the_others_that_changed_last() -> None:
    old, others = [competence("1.1"), competence("1.2")], [campaign(number) for number in range(MOST_CARDS + 30)]
    kept = kept_cards([*others, *old])
    assert kept == by_key(*old, *others[30:])
    assert kept_cards(kept.values()) == kept


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=30), st.randoms())
def test_what_fell_out_stays_out_in_whatever_order_the_images_come(seen: list[tuple[int, int]], order: random.Random) -> None:
    """Six tests, of each up to four images, and room for three cards."""
    images = [
        campaign(
            number, answered=step, at=NOW + timedelta(minutes=number + 7 * step), status=Status.COMPLETED if step == 3 else Status.STARTED
        )
        for number, step in seen
    ]

    def all_of(cards: list[AttemptCard]) -> dict[str, AttemptCard]:
        held: dict[str, AttemptCard] = {}
        for card in cards:
            held[card.key] = max(held.get(card.key, card), card, key=lambda one: (one.answered, one.at))
            held = kept_cards(held.values())
        return held

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(profiles_module, "MOST_CARDS", 3)
        shuffled = [*images, *images]
        order.shuffle(shuffled)
        assert all_of(shuffled) == all_of(images)


def test_a_test_whose_card_fell_out_is_read_again_and_counts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiles_module, "MOST_CARDS", 1)
    campaigns = []
    for number, tube in enumerate(("tube11a", "tube12a")):
        desk.wait(minutes=5)
        state = desk.play(desk.start(f"par_{number}_1", Purpose.CAMPAIGN, ceilings={tube: 3}))
        campaigns.append(state)
        project_profile(desk.profiles, desk.releases, state)
    stored = desk.profiles.get(PUPIL)
    assert stored is not None
    assert [card.subject for card in stored.cards.values()] == ["par_1_1"]
    assert project_profile(desk.profiles, desk.releases, campaigns[0]) == stored
    fresh = fresh_profile(desk.store, desk.profiles, desk.releases, PUPIL)
    assert {code for code, score in fresh.scores.competences.items() if score.pix} == {"1.1", "1.2"}
    behind = FakeProfiles()
    project_profile(behind, desk.releases, campaigns[1])
    assert fresh_profile(desk.store, behind, desk.releases, PUPIL).scores == fresh.scores


def test_cards_are_read_back_as_they_were_written() -> None:
    cards = by_key(competence("1.1"), campaign(1), campaign(2, attempt=3, status=Status.ENDED))
    assert unpack_cards(pack_cards(cards.values())) == cards
    assert (pack_cards([]), unpack_cards(None)) == (None, {})
    assert pack_cards(reversed(list(cards.values()))) == pack_cards(cards.values())


def test_a_card_takes_about_fifty_bytes() -> None:
    """As many bytes as chance puts into the names of a campaign's participation and its test are 32 of them."""

    def size(campaigns: int) -> int:
        codes = [f"{domain}.{number}" for domain, most in ((1, 3), (2, 4), (3, 4), (4, 3), (5, 2)) for number in range(1, most + 1)]
        own = [replace(competence(code), assessment_id=campaign(-number).assessment_id) for number, code in enumerate(codes, 1)]
        return len(pack_cards([*own, *map(campaign, range(campaigns))]) or b"")

    assert size(20) < 36 * 50
    assert size(MOST_CARDS) < 216 * 52


def text_of(cards: list[AttemptCard]) -> str:
    """As the version before this one wrote cards."""
    return json.dumps(
        [[c.assessment_id, c.purpose.value, c.subject, c.attempt, c.status.value, c.answered, epoch_ms(c.at)] for c in cards],
        separators=(",", ":"),
    )


def test_a_profile_that_an_earlier_version_wrote_is_read_and_then_written_anew(empty_tables: Cloud, desk: Desk) -> None:
    """Its cards are text, as many as there ever were."""
    store, cards = DynamoProfiles(), [competence("1.1"), *map(campaign, range(MOST_CARDS + 5))]
    assert unpack_text_cards(text_of(cards)) == by_key(*cards)
    store.put(replace(nothing_known(desk.releases, PUPIL), version=1), expected_version=0)
    ProfileItem.get(PUPIL).update([ProfileItem.cards.set(text_of(cards))])
    read = store.get(PUPIL)
    assert read is not None
    assert read.cards == kept_cards(cards)
    assert store.put(replace(read, version=2), expected_version=1)
    item = ProfileItem.get(PUPIL)
    assert (item.cards, store.get(PUPIL)) == (None, replace(read, version=2))
    assert len(item.attempts) < len(text_of(cards)) / 2.5
