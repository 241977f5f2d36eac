"""Target profiles made to measure: what may be asked for, and what a campaign keeps of one (docs/domain.md §6)."""

from dataclasses import replace

import pytest

from jalon.campaigns.campaign import CampaignInvalidError, CampaignType, Parcours
from jalon.campaigns.create_campaign import CreateCampaign, create_campaign
from jalon.campaigns.made_to_measure import (
    MakeToMeasure,
    TargetProfileInvalidError,
    TargetProfileUnknownError,
    make_to_measure,
    own_target_profile,
)
from jalon.kernel.ids import Uai, UserId
from tests.assessment.content import bundles, release
from tests.assessment.fakes import FakeReleases
from tests.campaigns.fakes import FakeCampaigns, FakeTargetProfiles
from tests.campaigns.samples import NOW, UAI, made_to_measure
from tests.sources import FixedClock, SequenceIdSource

TEACHER = UserId("usr_1")
ASKED = MakeToMeasure(UAI, TEACHER, " Club \u200b  robo\x00tique\u202e ", (("tube11a", 2), ("tube51b", 7)))


def make(command: MakeToMeasure, profiles: FakeTargetProfiles | None = None) -> object:
    return make_to_measure(profiles or FakeTargetProfiles(), release(), SequenceIdSource(), FixedClock(NOW), command)


def test_it_is_kept_with_a_tidy_name_and_its_ceilings() -> None:
    profiles = FakeTargetProfiles()
    made = make(ASKED, profiles)
    assert list(profiles.items.values()) == [made]
    assert made == made_to_measure(created_by=TEACHER)


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"name": "   "}, ["/name"]),
        ({"name": "\u200b\u202e\x1b"}, ["/name"]),
        ({"name": "x" * 101}, ["/name"]),
        ({"topics": ()}, ["/topics"]),
        ({"topics": tuple((f"t{n}", 1) for n in range(201))}, ["/topics"]),
        ({"topics": (("tube99z", 3), ("tube11a", 3), ("tube11a", 2))}, ["/topics/0/id", "/topics/2/id"]),
        ({"topics": (("tube11a", 0), ("tube12a", 8), ("tube12b", 1))}, ["/topics/0/max_level", "/topics/1/max_level"]),
        ({"name": "", "topics": (("nowhere", 1),)}, ["/name", "/topics/0/id"]),
    ],
)
def test_each_wrong_field_is_named_and_nothing_is_kept(changes: dict[str, object], pointers: list[str]) -> None:
    profiles = FakeTargetProfiles()
    with pytest.raises(TargetProfileInvalidError) as refused:
        make(replace(ASKED, **changes), profiles)
    assert [each.pointer for each in refused.value.violations] == pointers
    assert not profiles.items


def test_another_schools_does_not_exist_here() -> None:
    profiles = FakeTargetProfiles()
    profiles.create(made_to_measure())
    assert own_target_profile(profiles, UAI, made_to_measure().profile_id) == made_to_measure()
    with pytest.raises(TargetProfileUnknownError):
        own_target_profile(profiles, Uai("0990002P"), made_to_measure().profile_id)


def test_a_campaign_keeps_its_name_and_its_ceilings() -> None:
    profiles = FakeTargetProfiles()
    profiles.create(made_to_measure())
    made = create_campaign(FakeCampaigns(), profiles, FakeReleases(release()), SequenceIdSource(), FixedClock(NOW), wanting())
    assert (made.target_profile_id, made.parcours) == (
        made_to_measure().profile_id,
        Parcours("Club robotique", {"tube11a": 2, "tube51b": 7}),
    )


def wanting(uai: Uai = UAI) -> CreateCampaign:
    return CreateCampaign(uai, TEACHER, CampaignType.ASSESSMENT, "Rentrée", made_to_measure().profile_id)


@pytest.mark.parametrize(
    ("profile", "uai", "code"),
    [
        (made_to_measure(), Uai("0990002P"), "unknown"),
        (made_to_measure(withdrawn_at=NOW), UAI, "withdrawn"),
        (made_to_measure(ceilings={"tube_gone": 5}), UAI, "empty"),
    ],
)
def test_what_no_campaign_can_rest_on_is_said_so(profile: object, uai: Uai, code: str) -> None:
    profiles, campaigns = FakeTargetProfiles(), FakeCampaigns()
    profiles.create(profile)
    with pytest.raises(CampaignInvalidError) as refused:
        create_campaign(campaigns, profiles, FakeReleases(release()), SequenceIdSource(), FixedClock(NOW), wanting(uai))
    assert [(each.pointer, each.code) for each in refused.value.violations] == [("/target_profile_id", code)]
    assert not campaigns.items


def test_no_level_above_the_open_ones_can_be_asked() -> None:
    from engine.content import Release

    two_levels = Release.from_bundles(*bundles(max_level=2))
    with pytest.raises(TargetProfileInvalidError):
        make_to_measure(FakeTargetProfiles(), two_levels, SequenceIdSource(), FixedClock(NOW), replace(ASKED, topics=(("tube11a", 3),)))
