"""What of a participation is noted in its pupil's profile, and what the rebuilding finds of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from jalon.assessment.profile_entries import ParcoursEntry
from jalon.campaigns.campaign import CampaignType
from jalon.campaigns.participation import ParticipationPage, ParticipationStatus
from jalon.campaigns.project_participation import Following, every_parcours, note_participation, participants_of
from jalon.kernel.ids import AssessmentId, CampaignId, Uai, UserId
from jalon.organisations.organisation import Organisation
from tests.assessment.content import release
from tests.assessment.fakes import FakeAssessments, FakeProfiles, FakeReleases
from tests.campaigns.fakes import FakeCampaigns, FakeParticipations
from tests.campaigns.samples import ASSESSED, CAMPAIGN, NOW, PROFILE, UAI, ZOE, campaign, participation


class BehindParticipations(FakeParticipations):
    """The list of a pupil's own does not show anything yet."""

    def of_user(self, user_id: UserId, limit: int, cursor: Mapping[str, str]) -> ParticipationPage:
        return ParticipationPage((), {})


def school(uai: Uai) -> Organisation | None:
    return Organisation(uai, "Collège des Exemples", "ce@exemple.example", NOW, "", NOW) if uai == UAI else None


@pytest.fixture
def following() -> Following:
    made = Following(FakeCampaigns(), FakeParticipations(), school, FakeAssessments(), FakeReleases(release()))
    made.campaigns.create(campaign())
    return made


def noted(following: Following) -> ParcoursEntry | None:
    profiles = FakeProfiles()
    note_participation(following, profiles, CAMPAIGN, ZOE)
    return next(iter(profiles.items[ZOE].parcours.values())) if profiles.items else None


def test_a_participation_is_noted_with_its_campaign_and_its_school(following: Following) -> None:
    following.participations.create(participation())
    entry = noted(following)
    assert entry is not None
    assert (entry.name, entry.code, entry.kind, entry.school) == ("Rentrée", "BCDFGH234", "assessment", "Collège des Exemples")
    assert (entry.status, entry.revision, entry.may_send, entry.may_retry, entry.archived) == ("STARTED", 0, False, False, False)


def test_each_change_is_noted_under_a_revision_of_its_own(following: Following) -> None:
    following.participations.create(participation())
    own = following.participations.attach_assessment(participation(), AssessmentId("asm_1"))
    following.participations.advance(CAMPAIGN, ZOE, AssessmentId("asm_1"), answered=5, progress_percent=40, finished=False)
    halfway = noted(following)
    following.participations.share(own, ASSESSED, NOW + timedelta(days=1))
    sent = noted(following)
    assert halfway is not None
    assert sent is not None
    assert (halfway.revision, halfway.progress_percent, sent.revision, sent.status) == (2, 40, 3, "SHARED")
    assert (sent.mastery_percent, sent.may_retry, sent.may_send, sent.shared_at) == (67, False, False, NOW + timedelta(days=1))


@pytest.mark.parametrize("multiple", [False, True])
def test_a_profile_may_be_sent_again_where_its_campaign_says_so(following: Following, multiple: bool) -> None:
    following = replace(following, campaigns=FakeCampaigns())
    following.campaigns.create(campaign(type=CampaignType.PROFILE_COLLECTION, multiple_sendings=multiple))
    waiting = participation(status=ParticipationStatus.TO_SHARE, progress_percent=100)
    following.participations.create(waiting)
    before = noted(following)
    following.participations.share(waiting, PROFILE, NOW)
    after = noted(following)
    assert before is not None
    assert after is not None
    assert (before.may_send, after.may_send, after.pix, after.may_retry) == (True, multiple, PROFILE.pix, False)


def test_what_is_not_there_is_not_noted(following: Following) -> None:
    profiles = FakeProfiles()
    assert not note_participation(following, profiles, CAMPAIGN, ZOE)
    following.participations.create(participation(campaign_id=CampaignId("cmp_" + "0" * 32)))
    assert not note_participation(following, profiles, CampaignId("cmp_" + "0" * 32), ZOE)
    assert profiles.items == {}


def test_a_school_without_a_space_leaves_its_name_open(following: Following) -> None:
    following.participations.create(participation(uai=Uai("0990002P")))
    entry = noted(following)
    assert entry is not None
    assert (entry.uai, entry.school) == ("0990002P", None)


def test_everybody_in_a_campaign_is_found(following: Following) -> None:
    everyone = [participation(number) for number in range(1, 20)]
    for each in everyone:
        following.participations.create(each)
    assert sorted(participants_of(following, CAMPAIGN)) == sorted(each.user_id for each in everyone)


def test_what_the_pupils_own_list_does_not_show_yet_is_looked_up_when_it_is_noted(following: Following) -> None:
    behind = Following(following.campaigns, BehindParticipations(), following.schools, following.assessments, following.releases)
    behind.participations.create(participation())
    key = participation().participation_id
    assert [entry.key for entry in every_parcours(behind, ZOE, [key])] == [key]
    assert list(every_parcours(behind, ZOE, [])) == []
    assert list(every_parcours(following, ZOE, [key])) == []
