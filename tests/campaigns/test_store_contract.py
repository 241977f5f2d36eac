"""What the rules ask of the tables holds on the fakes and on the real ones alike."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from jalon.campaigns.campaign import CampaignStore, Parcours
from jalon.campaigns.campaign_stats import CampaignStatsStore, count
from jalon.campaigns.campaign_store import DynamoCampaigns
from jalon.campaigns.made_to_measure import TargetProfileId, TargetProfileStore
from jalon.campaigns.participation import SHARDS, ParticipantFilter, Participation, ParticipationStatus, ParticipationStore, shard_of
from jalon.campaigns.participation_store import DynamoParticipations
from jalon.campaigns.stats_store import DynamoCampaignStats
from jalon.campaigns.tables import CampaignCodeItem, CampaignItem, CampaignStatsItem, ParticipationItem, TargetProfileItem
from jalon.campaigns.target_profile_store import DynamoTargetProfiles
from jalon.edge.erasures import ErasureMark
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.errors import ConflictError
from jalon.kernel.ids import AssessmentId, CampaignCode, CampaignId, Uai
from tests.campaigns.fakes import FakeCampaigns, FakeParticipations, FakeStats, FakeTargetProfiles
from tests.campaigns.samples import ASSESSED, CAMPAIGN, NOW, PROFILE, UAI, ZOE, campaign, made_to_measure, participation


@dataclass
class Stores:
    campaigns: CampaignStore
    participations: ParticipationStore
    stats: CampaignStatsStore
    profiles: TargetProfileStore


@pytest.fixture(params=["fake", "tables"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "fake":
        return Stores(FakeCampaigns(), FakeParticipations(), FakeStats(), FakeTargetProfiles())
    request.getfixturevalue("cloud")
    bind(Settings.from_environment(), ErasureMark, CampaignItem, CampaignCodeItem, ParticipationItem, CampaignStatsItem, TargetProfileItem)
    return Stores(DynamoCampaigns(), DynamoParticipations(), DynamoCampaignStats(), DynamoTargetProfiles())


def test_a_code_is_claimed_with_its_campaign_and_never_twice(stores: Stores) -> None:
    first = campaign()
    assert stores.campaigns.create(first)
    other = campaign(campaign_id=CampaignId("cmp_" + "d" * 32))
    assert not stores.campaigns.create(other)
    assert stores.campaigns.find(other.campaign_id) is None
    assert stores.campaigns.by_code(first.code) == stores.campaigns.find(first.campaign_id) == first
    assert stores.campaigns.by_code(CampaignCode("XXXXXX999")) is None


def test_of_many_campaigns_those_that_exist_are_found(stores: Stores) -> None:
    first, second = campaign(), campaign(campaign_id=CampaignId("cmp_" + "d" * 32), code=CampaignCode("BCDFGH346"))
    for each in (first, second):
        assert stores.campaigns.create(each)
    wanted = {first.campaign_id, second.campaign_id, CampaignId("cmp_none")}
    assert stores.campaigns.find_many(wanted) == {each.campaign_id: each for each in (first, second)}
    assert stores.campaigns.find_many(()) == {}


def test_campaigns_are_archived_once_and_keep_their_first_date(stores: Stores) -> None:
    stores.campaigns.create(campaign())
    archived = stores.campaigns.archive(CAMPAIGN, NOW)
    assert archived is not None
    assert archived.archived_at == NOW
    assert stores.campaigns.archive(CAMPAIGN, NOW + timedelta(days=1)) == archived
    assert stores.campaigns.archive(CampaignId("cmp_none"), NOW) is None
    assert stores.campaigns.find(CampaignId("cmp_none")) is None


def test_a_schools_campaigns_come_latest_first_by_pages(stores: Stores) -> None:
    made = [
        campaign(campaign_id=CampaignId(f"cmp_{n:032x}"), code=CampaignCode(f"BCDFGH{n:03d}"), created_at=NOW + timedelta(hours=n))
        for n in range(3)
    ]
    for each in (*made, campaign(uai=Uai("0990002P"))):
        assert stores.campaigns.create(each)
    page = stores.campaigns.of_school(UAI, 2, {})
    assert page.campaigns == (made[2], made[1])
    following = stores.campaigns.of_school(UAI, 2, page.cursor)
    assert (following.campaigns, following.cursor) == ((made[0],), {})


def test_a_campaign_keeps_what_its_parcours_made_to_measure_was(stores: Stores) -> None:
    kept = campaign(target_profile_id="tpf_1", parcours=Parcours("Club robotique", {"tube11a": 2}))
    assert stores.campaigns.create(kept)
    assert stores.campaigns.find(CAMPAIGN) == kept


def test_target_profiles_are_a_schools_own_and_come_latest_first_by_pages(stores: Stores) -> None:
    made = [made_to_measure(n, created_at=NOW + timedelta(hours=n)) for n in range(1, 4)]
    elsewhere = made_to_measure(9, uai=Uai("0990002P"))
    for each in (*made, elsewhere):
        stores.profiles.create(each)
    assert stores.profiles.find(UAI, made[0].profile_id) == made[0]
    assert stores.profiles.find(UAI, elsewhere.profile_id) is None
    page = stores.profiles.of_school(UAI, 2, {})
    assert page.profiles == (made[2], made[1])
    following = stores.profiles.of_school(UAI, 2, page.cursor)
    assert (following.profiles, following.cursor) == ((made[0],), {})


def test_a_target_profile_is_written_once_and_withdrawn_once(stores: Stores) -> None:
    made = made_to_measure()
    stores.profiles.create(made)
    with pytest.raises(ConflictError):
        stores.profiles.create(made_to_measure(name="Autre"))
    withdrawn = stores.profiles.withdraw(UAI, made.profile_id, NOW)
    assert withdrawn is not None
    assert (withdrawn.withdrawn_at, withdrawn.name) == (NOW, made.name)
    assert stores.profiles.withdraw(UAI, made.profile_id, NOW + timedelta(days=1)) == withdrawn
    assert stores.profiles.withdraw(UAI, TargetProfileId("tpf_none"), NOW) is None
    assert stores.profiles.find(UAI, TargetProfileId("tpf_none")) is None


def test_a_pupil_takes_part_once(stores: Stores) -> None:
    first = participation()
    assert stores.participations.create(first)
    assert not stores.participations.create(participation(status=ParticipationStatus.TO_SHARE))
    assert stores.participations.find(CAMPAIGN, ZOE) == first


def test_the_first_test_attached_stays(stores: Stores) -> None:
    stores.participations.create(participation())
    first = stores.participations.attach_assessment(participation(), AssessmentId("asm_1"))
    assert first.assessment_id == "asm_1"
    assert stores.participations.attach_assessment(participation(), AssessmentId("asm_2")) == first


def test_another_attempt_begins_from_zero_once_and_never_after_a_sending(stores: Stores) -> None:
    stores.participations.create(participation())
    first = stores.participations.attach_assessment(participation(), AssessmentId("asm_1"))
    advance(stores, 5, finished=True)
    again = stores.participations.begin_again(first, AssessmentId("asm_2"))
    assert (again.assessment_id, again.status, again.answered, again.progress_percent) == ("asm_2", ParticipationStatus.STARTED, 0, 0)
    assert stores.participations.begin_again(first, AssessmentId("asm_3")) == again
    sent = stores.participations.share(again, ASSESSED, NOW)
    assert stores.participations.begin_again(again, AssessmentId("asm_4")) == sent


def advance(stores: Stores, answered: int, test: str = "asm_1", *, finished: bool = False) -> Participation:
    stores.participations.advance(CAMPAIGN, ZOE, AssessmentId(test), answered=answered, progress_percent=answered * 10, finished=finished)
    found = stores.participations.find(CAMPAIGN, ZOE)
    assert found is not None
    return found


def test_progress_never_goes_back(stores: Stores) -> None:
    stores.participations.create(participation())
    assert advance(stores, 5).progress_percent == 50
    assert advance(stores, 3).progress_percent == 50
    finished = advance(stores, 5, finished=True)
    assert finished.status is ParticipationStatus.TO_SHARE
    assert advance(stores, 9) == finished


def test_news_of_a_test_that_was_taken_again_change_nothing(stores: Stores) -> None:
    stores.participations.create(participation())
    assert advance(stores, 2, "asm_1").progress_percent == 20  # not attached yet
    first = stores.participations.attach_assessment(participation(), AssessmentId("asm_1"))
    again = stores.participations.begin_again(first, AssessmentId("asm_2"))
    assert advance(stores, 9, "asm_1", finished=True) == again
    assert advance(stores, 5, "asm_2").progress_percent == 50


def test_results_of_a_test_that_was_taken_again_are_not_sent(stores: Stores) -> None:
    stores.participations.create(participation())
    first = stores.participations.attach_assessment(participation(), AssessmentId("asm_1"))
    again = stores.participations.begin_again(first, AssessmentId("asm_2"))
    assert stores.participations.share(first, ASSESSED, NOW) is None
    assert stores.participations.share(participation(), ASSESSED, NOW) is None
    assert stores.participations.find(CAMPAIGN, ZOE) == again
    assert stores.participations.share(again, ASSESSED, NOW) is not None


def test_each_change_is_counted_and_a_refused_one_is_not(stores: Stores) -> None:
    stores.participations.create(participation())
    own = stores.participations.attach_assessment(participation(), AssessmentId("asm_1"))
    assert (participation().revision, own.revision) == (0, 1)
    assert stores.participations.attach_assessment(participation(), AssessmentId("asm_2")).revision == 1
    assert [advance(stores, 5).revision, advance(stores, 3).revision, advance(stores, 5, finished=True).revision] == [2, 2, 3]
    sent = stores.participations.share(own, ASSESSED, NOW)
    assert sent is not None
    assert (sent.revision, advance(stores, 9).revision) == (4, 4)


def test_progress_of_a_participation_that_is_not_there_makes_none(stores: Stores) -> None:
    stores.participations.advance(CAMPAIGN, ZOE, AssessmentId("asm_1"), answered=5, progress_percent=50, finished=True)
    assert stores.participations.find(CAMPAIGN, ZOE) is None


def test_what_was_read_before_another_sending_is_not_sent(stores: Stores) -> None:
    stores.participations.create(participation())
    shared = stores.participations.share(participation(), ASSESSED, NOW)
    assert shared is not None
    assert (shared.status, shared.sendings, shared.results, shared.shared_at) == (ParticipationStatus.SHARED, 1, ASSESSED, NOW)
    assert stores.participations.share(participation(), PROFILE, NOW) is None
    again = stores.participations.share(shared, PROFILE, NOW + timedelta(days=1))
    assert again is not None
    assert (again.sendings, again.results) == (2, PROFILE)
    assert stores.participations.find(CAMPAIGN, ZOE) == again
    assert advance(stores, 9, finished=True) == again


def test_pages_follow_class_and_name_and_keep_to_the_filter(stores: Stores) -> None:
    everyone = [participation(number) for number in range(1, 12)]
    for each in everyone:
        stores.participations.create(each)
    stores.participations.share(everyone[4], PROFILE, NOW)
    wanted = ParticipantFilter()
    seen: list[Participation] = []
    cursor: dict[str, str] = {}
    while True:
        page = stores.participations.page(CAMPAIGN, wanted, 4, cursor)
        seen += page.participations
        cursor = dict(page.cursor)
        if not cursor:
            break
    assert [(p.participant.class_name, p.participant.last_name) for p in seen] == sorted(
        (p.participant.class_name, p.participant.last_name) for p in everyone
    )
    in_class = stores.participations.page(CAMPAIGN, ParticipantFilter("4B"), 50, {}).participations
    assert [p.user_id for p in in_class] == [p.user_id for p in seen if p.participant.class_name == "4B"]
    shared = stores.participations.page(CAMPAIGN, ParticipantFilter(None, ParticipationStatus.SHARED), 1, {})
    assert ([p.user_id for p in shared.participations], shared.cursor) == ([everyone[4].user_id], {})


def test_partitions_hold_every_participation_once(stores: Stores) -> None:
    everyone = [participation(number) for number in range(1, 20)]
    for each in everyone:
        stores.participations.create(each)
    by_shard = [list(stores.participations.of_shard(CAMPAIGN, shard)) for shard in range(SHARDS)]
    assert sorted(p.user_id for shard in by_shard for p in shard) == sorted(p.user_id for p in everyone)
    assert all(shard_of(p.user_id) == shard for shard, held in enumerate(by_shard) for p in held)


def test_a_pupils_own_come_latest_first(stores: Stores) -> None:
    for number in range(3):
        campaign_id = CampaignId(f"cmp_{number:032x}")
        stores.participations.create(participation(campaign_id=campaign_id, started_at=NOW + timedelta(hours=number)))
    stores.participations.create(participation(7))
    page = stores.participations.of_user(ZOE, 2, {})
    assert [p.campaign_id[-1] for p in page.participations] == ["2", "1"]
    following = stores.participations.of_user(ZOE, 2, page.cursor)
    assert ([p.campaign_id[-1] for p in following.participations], following.cursor) == (["0"], {})


def test_a_count_replaces_the_one_it_was_begun_on(stores: Stores) -> None:
    counted = count([participation(1, results=ASSESSED, status=ParticipationStatus.SHARED), participation(2)])
    assert stores.stats.revision(CAMPAIGN, 3) == 0
    assert stores.stats.replace(CAMPAIGN, 3, counted, revision=0)
    assert not stores.stats.replace(CAMPAIGN, 3, count([]), revision=0)
    assert stores.stats.revision(CAMPAIGN, 3) == 1
    assert list(stores.stats.of_campaign(CAMPAIGN)) == [counted]
    assert stores.stats.replace(CAMPAIGN, 3, count([]), revision=1)
    assert list(stores.stats.of_campaign(CampaignId("cmp_other"))) == []
