"""A pupil's test of a campaign, taken again and sent: from two devices at once, and with the stream behind."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

import pytest

from jalon.assessment.profile_entries import ParcoursEntry
from jalon.assessment.project_profile import project_profile
from jalon.assessment.settle import settle
from jalon.assessment.state import AssessmentState
from jalon.campaigns.campaign import Parcours
from jalon.campaigns.participation import (
    Participation,
    ParticipationStatus,
    ParticipationStore,
    ResultsAlreadySentError,
    TestNotFinishedError,
)
from jalon.campaigns.project_participation import Following, every_parcours
from jalon.campaigns.share_results import share_results
from jalon.campaigns.shared_results import AssessmentResults, SharedResults
from jalon.campaigns.start_participation import TakingPart, retry_participation, start_participation
from jalon.campaigns.track_participation import track_participation
from jalon.kernel.ids import Ine, Uai, UserId
from jalon.organisations.pupils import PupilStore
from jalon.organisations.reconciliations import ReconciliationStore
from tests.assessment.desk import PUPIL, Desk, new_desk
from tests.campaigns.fakes import FakeCampaigns, FakeOrganisations, FakeParticipations
from tests.campaigns.samples import CAMPAIGN, campaign, participation

HERS = participation(user_id=PUPIL)
TUBES = ("tube11a", "tube11b", "tube12a", "tube12b", "tube21a", "tube21b")


class NobodyReconciled:
    """What is asked of one who takes part already."""

    def of_user(self, _uai: Uai, _user_id: UserId) -> Ine | None:
        return None

    def schools_of(self, _user_id: UserId) -> list[Uai]:
        return []


@dataclass
class Pupil:
    """One who takes part already, so that no school's list is asked."""

    desk: Desk
    taking_part: TakingPart

    def begin(self) -> AssessmentState:
        code = next(iter(cast("FakeCampaigns", self.taking_part.campaigns).items.values())).code
        start_participation(self.taking_part, code, PUPIL)
        return self.test()

    def retry(self) -> Participation:
        return retry_participation(self.taking_part, HERS.participation_id, PUPIL)

    def share(self) -> Participation:
        return share_results(self.taking_part, HERS.participation_id, PUPIL)

    def own(self) -> Participation:
        found = self.taking_part.participations.find(CAMPAIGN, PUPIL)
        assert found is not None
        return found

    def test(self) -> AssessmentState:
        attached = self.own().assessment_id
        assert attached is not None
        return self.desk.state(attached)

    def track(self, state: AssessmentState) -> Participation:
        """The stream's record of this image of a test comes."""
        track_participation(self.taking_part.participations, self.desk.releases, state)
        return self.own()


def taking_part(desk: Desk, participations: ParticipationStore) -> TakingPart:
    campaigns = FakeCampaigns()
    campaigns.create(campaign(parcours=Parcours("Recherche", dict.fromkeys(TUBES, 3))))
    pupils, reconciliations = cast("PupilStore", None), cast("ReconciliationStore", NobodyReconciled())
    assessed = (desk.store, desk.profiles, desk.releases, desk.clock, desk.ids)
    return TakingPart(campaigns, FakeOrganisations(), participations, pupils, reconciliations, *assessed)


def pupil_with(participations: FakeParticipations) -> Pupil:
    participations.create(HERS)
    desk = new_desk()
    return Pupil(desk, taking_part(desk, participations))


@pytest.fixture
def pupil() -> Pupil:
    return pupil_with(FakeParticipations())


def test_a_record_of_the_attempt_before_that_comes_late_does_not_finish_the_one_under_way(pupil: Pupil) -> None:
    for code in ("1.1", "1.2", "2.1"):
        project_profile(pupil.desk.profiles, pupil.desk.releases, pupil.desk.play(pupil.desk.start(code), right=False))
    pupil.desk.wait(days=5)
    first, due = settle(pupil.desk.store, pupil.desk.releases.current(), pupil.begin(), pupil.desk.clock.now())
    assert due is None, "all that the campaign asks is known, so that it may be taken again at once"
    again = pupil.retry()
    assert again.status is ParticipationStatus.STARTED
    assert pupil.track(first) == again
    halfway = pupil.track(pupil.desk.play(pupil.test(), at_most=5))
    assert (halfway.status, halfway.answered) == (ParticipationStatus.STARTED, 5)
    over = pupil.track(pupil.desk.play(pupil.test()))
    assert (over.status, over.progress_percent) == (ParticipationStatus.TO_SHARE, 100)


def parcours(pupil: Pupil) -> ParcoursEntry:
    """What rebuilding the pupil's profile finds."""
    shared = pupil.taking_part
    following = Following(shared.campaigns, shared.participations, lambda _uai: None, shared.assessments, shared.releases)
    (entry,) = every_parcours(following, PUPIL, ())
    return entry


@pytest.mark.parametrize("seen", [0, 5], ids=["nothing", "its first checkpoint"])
def test_rebuilding_brings_a_participation_up_to_a_test_whose_last_news_was_lost(pupil: Pupil, seen: int) -> None:
    test = pupil.begin()
    if seen:
        pupil.track(pupil.desk.play(test, at_most=seen, right=False))
    pupil.desk.play(test, right=False)
    assert pupil.own().status is ParticipationStatus.STARTED
    entry = parcours(pupil)
    assert (entry.status, entry.progress_percent, entry.may_send, entry.may_retry) == ("TO_SHARE", 100, True, True)
    assert (pupil.own().status, pupil.own().revision) == (ParticipationStatus.TO_SHARE, entry.revision)


def test_rebuilding_notes_the_progress_of_a_test_under_way_once(pupil: Pupil) -> None:
    pupil.desk.play(pupil.begin(), at_most=3)
    entry = parcours(pupil)
    assert (entry.status, pupil.own().answered, entry.progress_percent > 0) == ("STARTED", 3, True)
    assert parcours(pupil) == entry


def test_rebuilding_leaves_what_was_sent_and_what_has_no_test(pupil: Pupil) -> None:
    assert parcours(pupil).status == "STARTED"
    pupil.desk.play(pupil.begin())
    sent = pupil.share()
    assert parcours(pupil).status == "SHARED"
    assert pupil.own() == sent


class BetweenReadAndWrite(FakeParticipations):
    """Something of the pupil's other device happens just before results are written."""

    pupil: Pupil
    happens: str = ""

    def share(self, participation: Participation, results: SharedResults, at: datetime) -> Participation | None:
        happens, self.happens = self.happens, ""
        if happens:
            getattr(self.pupil, happens)()
        return super().share(participation, results, at)


@pytest.mark.parametrize(("happens", "refusal"), [("retry", TestNotFinishedError), ("share", ResultsAlreadySentError)])
def test_what_is_sent_is_of_the_test_that_the_participation_has(happens: str, refusal: type[Exception]) -> None:
    participations = BetweenReadAndWrite()
    pupil = participations.pupil = pupil_with(participations)
    failed = pupil.desk.play(pupil.begin(), right=False)
    pupil.track(failed)
    pupil.desk.wait(days=5)
    participations.happens = happens
    with pytest.raises(refusal):
        pupil.share()
    if happens == "retry":
        assert (pupil.own().sendings, pupil.test().is_live) == (0, True)
        pupil.desk.play(pupil.test())
        sent = pupil.share().results
        assert isinstance(sent, AssessmentResults)
        assert sent.total.validated == sent.total.total
    assert pupil.own().sendings == 1
