"""The emulated cloud with the tests' release published, and the answers function wired to it."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from engine.packing import Question
from functions.answers import routes
from functions.answers import wiring as answers_wiring
from functions.project_profiles import app as project_profiles
from functions.project_profiles import wiring as profiles_wiring
from jalon.assessment.create_certification_assessment import CreateCertificationAssessment, create_certification_assessment
from jalon.assessment.presentation import present_question
from jalon.assessment.state import AssessmentState
from jalon.edge import aws, observability, secrets
from jalon.kernel.ids import CertificationId, ReleaseVersion, UserId
from tests.assessment.asking import asked_now
from tests.assessment.content import VERSION, bundles
from tests.cloud import Cloud, build
from tests.functions import profile_workers
from tests.functions.answers_client import Pupil


def publish(cloud: Cloud, version: str = VERSION) -> None:
    """Put the release in the content bucket and make it the current one."""
    put_release(cloud, version, *bundles(version))
    pointer = json.dumps({"version": version}).encode()
    cloud.client("s3").put_object(Bucket=cloud.environment["CONTENT_BUCKET"], Key="releases/current.json", Body=pointer)


def put_release(cloud: Cloud, version: str, public: bytes, solutions: bytes) -> None:
    """Put a release in the content bucket, for the tests that are pinned to it."""
    bucket, s3 = cloud.environment["CONTENT_BUCKET"], cloud.client("s3")
    s3.put_object(Bucket=bucket, Key=f"releases/{version}/public.json.gz", Body=public)
    s3.put_object(Bucket=bucket, Key=f"releases/{version}/solutions.json.gz", Body=solutions)


@contextmanager
def answers_cloud(endpoint: str) -> Iterator[Cloud]:
    """An account with the template's stores, the release published and the functions bound to it, as long as the block lasts.

    Making an account costs a second, so a module's tests share one and tell each other apart by their pupils.
    """
    built = build(endpoint)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in built.environment.items():
            patch.setenv(name, value)
        _forget()
        for service in (routes.SERVICE, project_profiles.SERVICE):
            observability.logger(service)  # made here, a logger keeps the session's output and not that of one test's capture
        publish(built)
        yield built
    _forget()


def _forget() -> None:
    aws.forget_clients()
    secrets.forget_secrets()
    answers_wiring.parts.cache_clear()
    profiles_wiring.parts.cache_clear()
    profile_workers.forget()


def certification(pupil: Pupil, questions: int = 6, minutes: float = 105) -> AssessmentState:
    """A certification test made for the pupil, as the sessions function makes it."""
    shared = answers_wiring.parts()
    command = CreateCertificationAssessment(
        user_id=UserId(pupil.user_id),
        certification_id=CertificationId(pupil.user_id.replace("usr", "crt")),
        release=ReleaseVersion(VERSION),
        locale="fr-FR",
        questions=tuple(Question(index, 0) for index in range(questions)),
        frozen_profile={},
        deadline_at=shared.clock.now() + timedelta(minutes=minutes),
    )
    return create_certification_assessment(shared.store, shared.clock, shared.ids, command)


def first_ticket(state: AssessmentState) -> dict[str, Any]:
    """The first question as the certification's own function hands it out."""
    shared = answers_wiring.parts()
    release = shared.releases.pinned(state.release)
    asked = asked_now(release, state, shared.tickets, shared.clock.now())
    assert asked is not None
    return present_question(release, asked, shared.link)


def stored(cloud: Cloud, assessment_id: str) -> dict[str, Any]:
    """One assessment's item in DynamoDB's typed form."""
    key = {"assessment_id": {"S": assessment_id}}
    item: dict[str, Any] = aws.client("dynamodb").get_item(TableName=cloud.environment["TABLE_ASSESSMENTS"], Key=key)["Item"]
    return item


def reopen(cloud: Cloud, assessment_id: str) -> None:
    """Undo the closing of a test, as if the process had died between its last answer and its closing."""
    cloud.client("dynamodb").update_item(
        TableName=cloud.environment["TABLE_ASSESSMENTS"],
        Key={"assessment_id": {"S": assessment_id}},
        UpdateExpression="SET #s = :started",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={":started": {"S": "started"}},
    )


def stream(cloud: Cloud) -> dict[str, object]:
    """The event that the assessments' stream would carry now: the image of every item, in no particular order."""
    return {
        "Records": [
            {"eventName": "MODIFY", "eventSource": "aws:dynamodb", "dynamodb": {"SequenceNumber": str(number), "NewImage": _as_event(item)}}
            for number, item in enumerate(cloud.items("assessments"))
        ]
    }


def change_of(cloud: Cloud, assessment_id: str) -> dict[str, Any]:
    """The stream's record of a test's present image."""
    image = _as_event(stored(cloud, assessment_id))
    return {"eventName": "MODIFY", "eventSource": "aws:dynamodb", "dynamodb": {"SequenceNumber": "1", "NewImage": image}}


def project(cloud: Cloud) -> dict[str, object]:
    """Run the stream's worker over everything; what it reports."""
    return project_profiles.handler(stream(cloud), None)


def _as_event(value: object) -> object:
    """Lambda's event form: binary values are base64 text."""
    if isinstance(value, dict):
        return {key: _as_event(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_event(item) for item in value]
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
