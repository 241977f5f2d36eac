"""Collective results are a pure function of the participations, however they are spread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.campaigns.campaign_stats import CountMovedError, collective_results, count, rebuild, recount_shard
from jalon.campaigns.participation import SHARDS, Participation, ParticipationStatus, shard_of
from jalon.campaigns.shared_results import AssessmentResults, SkillCount
from jalon.kernel.ids import ReleaseVersion
from tests.campaigns.fakes import FakeParticipations, FakeStats
from tests.campaigns.samples import CAMPAIGN, PROFILE, participation


@st.composite
def skill_counts(draw: st.DrawFn) -> SkillCount:
    total = draw(st.integers(0, 40))
    assessed = draw(st.integers(0, total))
    return SkillCount(total, assessed, draw(st.integers(0, assessed)))


@st.composite
def participations(draw: st.DrawFn) -> Participation:
    number = draw(st.integers(1, 25))
    if draw(st.booleans()):
        return participation(number, status=draw(st.sampled_from([ParticipationStatus.STARTED, ParticipationStatus.TO_SHARE])))
    competences = draw(st.dictionaries(st.sampled_from(["1.1", "1.2", "2.1"]), skill_counts(), max_size=3))
    results = AssessmentResults(ReleaseVersion("r"), (), (), draw(skill_counts()), competences)
    return participation(number, status=ParticipationStatus.SHARED, results=results)


@given(st.lists(participations(), max_size=30), st.integers(0, 30))
def test_counts_of_parts_add_up_to_the_count_of_all(everyone: list[Participation], cut: int) -> None:
    whole = count(everyone)
    assert count(everyone[:cut]).plus(count(everyone[cut:])) == whole
    assert count(reversed(everyone)) == whole
    assert sum(whole.statuses.values()) == len(everyone)
    assert whole.overall.results == whole.statuses.get(ParticipationStatus.SHARED, 0)


@given(st.lists(participations(), max_size=30, unique_by=lambda each: each.user_id))
def test_events_twice_late_or_lost_do_not_change_what_a_rebuild_gives(everyone: list[Participation]) -> None:
    stored, stats = FakeParticipations(), FakeStats()
    for each in everyone:
        stored.create(each)
        if len(stored.items) % 3:
            recount_shard(stored, stats, CAMPAIGN, shard_of(each.user_id))
    rebuild(stored, stats, CAMPAIGN)
    assert collective_results(stats, CAMPAIGN) == count(everyone)
    assert len(stats.items) == SHARDS


def test_a_count_that_was_overtaken_is_refused() -> None:
    stored = FakeParticipations()
    stored.create(participation(1))

    class Overtaken(FakeStats):
        def replace(self, *_key: object, **_revision: object) -> bool:
            return False

    with pytest.raises(CountMovedError):
        recount_shard(stored, Overtaken(), CAMPAIGN, shard_of(participation(1).user_id))


def test_a_profile_counts_its_pix_levels_and_whether_it_is_certifiable() -> None:
    total = count([participation(number, status=ParticipationStatus.SHARED, results=PROFILE) for number in (1, 2)])
    assert (total.certifiable, total.overall.pix, total.competences["1.1"].level) == (2, 54, 6)


@pytest.mark.parametrize(("validated", "assessed", "percent"), [(0, 0, 0), (1, 3, 33), (2, 3, 67), (1, 2, 50), (1, 8, 13), (3, 3, 100)])
def test_mastery_is_validated_over_assessed_rounded_half_up(validated: int, assessed: int, percent: int) -> None:
    assert SkillCount(10, assessed, validated).mastery_percent == percent
