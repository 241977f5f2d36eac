"""Codes and ids of campaigns and participations."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.campaigns.campaign import CampaignCodeUnknownError, CampaignInvalidError, CampaignType, NoCodeLeftError, new_code, parse_code
from jalon.campaigns.create_campaign import CreateCampaign, create_campaign
from jalon.campaigns.participation import SHARDS, ParticipationNotFoundError, key_of, participation_id, shard_of
from jalon.kernel.ids import CampaignId, SecureIdSource, UserId
from tests.assessment.content import release
from tests.assessment.fakes import FakeReleases
from tests.campaigns.fakes import FakeCampaigns, FakeTargetProfiles
from tests.campaigns.samples import NOW, UAI, campaign
from tests.sources import FixedClock, SequenceIdSource

COLLECTION = CreateCampaign(UAI, UserId("usr_1"), CampaignType.PROFILE_COLLECTION, " Profils \u202e  de\x1b rentre\u0301e ")


class StuckIds(SequenceIdSource):
    """Draws the same code each time, ``free_after`` times."""

    def __init__(self, free_after: int) -> None:
        super().__init__()
        self.left = free_after

    def pick(self, alphabet: str, length: int) -> str:
        if self.left > 0:
            self.left -= 1
            return ("BCDFGH" if length == 6 else "234")[:length]
        return super().pick(alphabet, length)


def test_a_taken_code_is_drawn_again() -> None:
    campaigns = FakeCampaigns()
    campaigns.create(campaign())
    made = create_campaign(campaigns, FakeTargetProfiles(), FakeReleases(release()), StuckIds(free_after=4), FixedClock(NOW), COLLECTION)
    assert made.code != campaign().code
    assert campaigns.by_code(made.code) == made
    assert (made.name, made.multiple_sendings) == ("Profils de rentrée", True)


@pytest.mark.parametrize("name", ["\u200b", "\u202e \x00", "x" * 101])
def test_a_name_of_which_nothing_is_seen_or_that_is_too_long_is_refused(name: str) -> None:
    campaigns, profiles, releases = FakeCampaigns(), FakeTargetProfiles(), FakeReleases(release())
    with pytest.raises(CampaignInvalidError) as refused:
        create_campaign(campaigns, profiles, releases, SequenceIdSource(), FixedClock(NOW), replace(COLLECTION, name=name))
    assert [(each.pointer, each.code) for each in refused.value.violations] == [("/name", "name")]
    assert not campaigns.items


def test_code_after_code_taken_is_a_refusal_and_no_campaign() -> None:
    campaigns = FakeCampaigns()
    campaigns.create(campaign())
    with pytest.raises(NoCodeLeftError):
        create_campaign(campaigns, FakeTargetProfiles(), FakeReleases(release()), StuckIds(free_after=100), FixedClock(NOW), COLLECTION)
    assert len(campaigns.items) == 1


def test_codes_hold_no_vowel_and_no_look_alike() -> None:
    codes = {new_code(SecureIdSource()) for _ in range(200)}
    assert all(re.fullmatch(r"[BCDFGHJKMPQRTVWXY]{6}[2346789]{3}", code) for code in codes)
    assert len(codes) == 200


@given(st.text(max_size=20))
def test_whatever_is_typed_is_a_code_or_an_unknown_one(text: str) -> None:
    try:
        code = parse_code(text)
    except CampaignCodeUnknownError:
        return
    assert re.fullmatch(r"[A-Z]{6}[0-9]{3}", code)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("HWQ8HQ684", "HWQBHQ684"), ("TVJCKVG96", "TVJCKV696"), ("bc6fgh bz7", "BCGFGH827"), ("ＢＣＤＦＧＨ２３４", "BCDFGH234")],
)
def test_a_look_alike_is_read_by_its_place(typed: str, meant: str) -> None:
    assert parse_code(typed) == meant


def test_reading_look_alikes_changes_no_code_that_is_given() -> None:
    assert all(parse_code(code) == code for code in (new_code(SecureIdSource()) for _ in range(200)))


@given(st.text("0123456789abcdef", min_size=1), st.text("0123456789abcdef", min_size=1))
def test_a_participations_key_can_be_read_off_its_id(campaign_hex: str, user_hex: str) -> None:
    key = (CampaignId(f"cmp_{campaign_hex}"), UserId(f"usr_{user_hex}"))
    assert key_of(participation_id(*key)) == key
    assert 0 <= shard_of(key[1]) < SHARDS


@pytest.mark.parametrize("text", ["", "par_", "par_a", "par_a_", "par__b", "x_a_b"])
def test_a_text_that_is_no_participation_is_not_found(text: str) -> None:
    with pytest.raises(ParticipationNotFoundError):
        key_of(text)
