"""The conditional writes about tests, profiles, campaigns and requests under a key."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from engine.packing import Answered
from jalon.assessment.assessment_store import DynamoAssessments
from jalon.assessment.give_answer import stored_before
from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.profiles import StoredProfile
from jalon.assessment.store import Attempt, Written
from jalon.assessment.tickets import Ticket
from jalon.campaigns.campaign_stats import CampaignCount
from jalon.campaigns.campaign_store import DynamoCampaigns
from jalon.campaigns.participation_store import DynamoParticipations
from jalon.campaigns.stats_store import DynamoCampaignStats
from jalon.campaigns.target_profile_store import DynamoTargetProfiles
from jalon.edge.http import api, lambda_handler
from jalon.edge.idempotency import Middleware, idempotent, idempotent_but_for
from jalon.kernel.ids import AssessmentId, ReleaseVersion
from tests.assessment.test_store_contract import ID, NOW, SLOT, USER, answer, append, new
from tests.campaigns.samples import ASSESSED, CAMPAIGN, UAI, ZOE, campaign, made_to_measure, participation
from tests.events import CONTEXT, http_event
from tests.lost_answers.writes import KnownBy, Write

LATER = NOW + timedelta(minutes=10)
TEST, NEXT_TEST = AssessmentId("asm_1"), AssessmentId("asm_2")
PROFILE = StoredProfile(USER, 1, ReleaseVersion("2026.1-0123456789ab"), b"\x01", 8, {}, {}, {}, NOW)


def _begun() -> None:
    DynamoAssessments().create(new())


def _answered() -> Answered:
    """What the pupil is told of the answer, by whichever way it is known (:func:`jalon.assessment.give_answer.give_answer`)."""
    given, ticket = answer(), Ticket(ID, new().release, 1, 1, 1, 1, NOW, certification=False)
    outcome = append(DynamoAssessments())
    return outcome.state.answers[0] if isinstance(outcome, Written) else stored_before(outcome.state, ticket, given.digest)[1]


def _taking_part(**changes: object) -> None:
    DynamoParticipations().create(participation(**changes))


def _asked(middleware: Middleware) -> dict[str, Any]:
    """A request that creates, under a key."""
    router = Router()

    @router.post("/v1/things", middlewares=[middleware])
    def make() -> Response[dict[str, str]]:
        return Response(status_code=201, content_type="application/json", body={"id": "thing_1"}, headers={"Location": "/v1/things/1"})

    return lambda_handler("test", api("test", router))(http_event("POST", "/v1/things", subject="usr_1", key="k"), CONTEXT)


#: What a request is known again by, and when it was made.
_OF_THE_REQUEST = frozenset({"claim", "started_at", "expires_at"})
_ASSESSMENTS = {
    "claim_attempt": Write(KnownBy.ITEM, lambda: DynamoAssessments().claim_attempt(Attempt(SLOT, 1, ID))),
    "create": Write(KnownBy.ITEM, lambda: DynamoAssessments().create(new())),
    "append_answer": Write(KnownBy.DIGEST, _answered, _begun),
    "record_focus_loss": Write(
        KnownBy.REPEATED, lambda: DynamoAssessments().record_focus_loss(ID, epoch=1, sequence=1, deadline_from=NOW), _begun
    ),
    "complete": Write(KnownBy.ITEM, lambda: DynamoAssessments().complete(ID, sequence=1, at=LATER), _begun),
    "end": Write(KnownBy.ITEM, lambda: DynamoAssessments().end(ID, reason="invigilator", at=LATER), _begun),
    "raise_epoch": Write(KnownBy.ITEM, lambda: DynamoAssessments().raise_epoch(ID, epoch=2, at=LATER), _begun),
    "move_deadline": Write(KnownBy.REPEATED, lambda: DynamoAssessments().move_deadline(ID, deadline_at=LATER, at=NOW), _begun),
}
#: Whose revision tells the later of two readings, and no more: one write may count twice.
_REVISION = frozenset({"revision"})
_PARTICIPATIONS = {
    "create": Write(KnownBy.ITEM, lambda: DynamoParticipations().create(participation())),
    "attach_assessment": Write(KnownBy.STANDING, lambda: DynamoParticipations().attach_assessment(participation(), TEST), _taking_part),
    "begin_again": Write(
        KnownBy.STANDING,
        lambda: DynamoParticipations().begin_again(participation(assessment_id=TEST), NEXT_TEST),
        lambda: _taking_part(assessment_id=TEST),
    ),
    "advance": Write(
        KnownBy.REPEATED,
        lambda: DynamoParticipations().advance(CAMPAIGN, ZOE, TEST, answered=3, progress_percent=20, finished=False),
        lambda: _taking_part(assessment_id=TEST),
        _REVISION,
    ),
    "share": Write(
        KnownBy.ITEM,
        lambda: DynamoParticipations().share(participation(assessment_id=TEST), ASSESSED, LATER),
        lambda: _taking_part(assessment_id=TEST),
    ),
}
_CAMPAIGNS = {
    "campaign_store.DynamoCampaigns.create": Write(KnownBy.TOKEN, lambda: DynamoCampaigns().create(campaign())),
    "campaign_store.DynamoCampaigns.archive": Write(
        KnownBy.STANDING, lambda: DynamoCampaigns().archive(CAMPAIGN, LATER), lambda: DynamoCampaigns().create(campaign())
    ),
    "stats_store.DynamoCampaignStats.replace": Write(
        KnownBy.ITEM, lambda: DynamoCampaignStats().replace(CAMPAIGN, 0, CampaignCount(), revision=0)
    ),
    "target_profile_store.DynamoTargetProfiles.create": Write(KnownBy.ITEM, lambda: DynamoTargetProfiles().create(made_to_measure())),
    "target_profile_store.DynamoTargetProfiles.withdraw": Write(
        KnownBy.STANDING,
        lambda: DynamoTargetProfiles().withdraw(UAI, made_to_measure().profile_id, LATER),
        lambda: DynamoTargetProfiles().create(made_to_measure()),
    ),
}
WRITES = (
    {f"assessment.assessment_store.DynamoAssessments.{name}": write for name, write in _ASSESSMENTS.items()}
    | {f"campaigns.participation_store.DynamoParticipations.{name}": write for name, write in _PARTICIPATIONS.items()}
    | {f"campaigns.{name}": write for name, write in _CAMPAIGNS.items()}
    | {
        "assessment.profile_store.DynamoProfiles.put": Write(
            KnownBy.ITEM,
            lambda: DynamoProfiles().put(replace(PROFILE, version=2, pix=16), expected_version=1),
            lambda: DynamoProfiles().put(PROFILE, expected_version=0),
        ),
        "edge.idempotency.idempotent": Write(KnownBy.ITEM, lambda: _asked(idempotent), counted=_OF_THE_REQUEST),
        "edge.idempotency.idempotent_but_for.<locals>.middleware": Write(
            KnownBy.ITEM, lambda: _asked(idempotent_but_for()), counted=_OF_THE_REQUEST
        ),
    }
)
