"""A test changes device over the real handlers and the emulated table, when the table's response is lost and its client asks again.

botocore repeats an ``UpdateItem`` or a ``PutItem`` whose response did not come: what was committed is written a second time.
"""

from collections.abc import Callable, Iterator
from typing import Any

import botocore.httpsession
import pytest
from botocore.exceptions import ReadTimeoutError

from tests.functions.answers_client import Pupil
from tests.functions.certification_cloud import Candidate, CertificationCloud, certification_cloud

LoseResponse = Callable[[str, bytes], list[bytes]]


@pytest.fixture(scope="module")
def world(emulator: str) -> Iterator[CertificationCloud]:
    with certification_cloud(emulator) as built:
        yield built


@pytest.fixture
def lose_response(monkeypatch: pytest.MonkeyPatch) -> LoseResponse:
    """Lets the first request of this operation with these bytes in it commit, and loses its response; what was lost, once it is."""

    def arrange(operation: str, marker: bytes) -> list[bytes]:
        lost: list[bytes] = []
        send = botocore.httpsession.URLLib3Session.send

        def losing(session: Any, request: Any) -> Any:
            response = send(session, request)
            target = request.headers.get("X-Amz-Target", b"")
            name = target.decode() if isinstance(target, bytes) else target
            body = request.body.encode() if isinstance(request.body, str) else request.body or b""
            if not lost and name.endswith(operation) and marker in body:
                lost.append(body)
                raise ReadTimeoutError(endpoint_url=request.url)
            return response

        monkeypatch.setattr(botocore.httpsession.URLLib3Session, "send", losing)
        return lost

    return arrange


@pytest.fixture
def candidate(world: CertificationCloud) -> Candidate:
    """Three questions answered on the first device, and the leave to go on on another one."""
    (seated,) = world.seat(world.session(), ("Lefèvre", "Zoé"))
    seated.answer(seated.start().body["test"], times=3)
    world.authorise(seated)
    return seated


def test_a_device_that_the_invigilator_replaced_writes_nothing_though_a_response_to_its_own_resume_was_lost(
    world: CertificationCloud, candidate: Candidate, lose_response: LoseResponse
) -> None:
    lost = lose_response("UpdateItem", b"epoch_at")
    second = candidate.resume("device-2").body["test"]
    assert (len(lost), second["epoch"]) == (1, 2)
    world.authorise(candidate)
    third = candidate.resume("device-3").body["test"]
    assert third["epoch"] == 3
    refused = candidate.device.answer(second["id"], second["question"])
    assert (refused.status, refused.body["code"]) == (409, "moved_to_another_device")
    assert candidate.device.read(second["id"], second["question"]["ticket"]).body["question"] is None
    assert candidate.device.answer(third["id"], third["question"]).status == 200


def test_a_resume_is_not_refused_to_the_device_that_spent_the_leave(candidate: Candidate, lose_response: LoseResponse) -> None:
    lost = lose_response("PutItem", candidate.candidate_id.encode())
    resumed = candidate.resume("device-2")
    assert (len(lost), resumed.status, resumed.body["test"]["epoch"]) == (1, 200, 2)


def test_a_test_taken_over_outside_certifications_goes_on_on_the_device_that_asked(
    world: CertificationCloud, lose_response: LoseResponse
) -> None:
    pupil = Pupil("usr_" + "e" * 32)
    before = pupil.start().body
    lost = lose_response("UpdateItem", b"epoch_at")
    taken = pupil.take_over(before["id"]).body
    assert len(lost) == 1
    refused = pupil.answer(before["id"], before["question"])
    assert (refused.status, refused.body["code"]) == (409, "moved_to_another_device")
    assert pupil.answer(taken["id"], taken["question"]).status == 200
