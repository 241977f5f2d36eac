"""What a pupil's own writes are read with: these reads ask to be consistent, and the emulator could not show that they do not.

Many people's profiles together, for a teacher's list, are read as they were projected, and need not be.
"""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.client import BaseClient

from jalon.assessment.assessment_store import DynamoAssessments
from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.state import Purpose, Slot
from jalon.assessment.store import Attempt
from jalon.kernel.ids import AssessmentId
from tests.assessment.test_store_contract import ID, SLOT, USER, new, stored_profile
from tests.cloud import Cloud

ASSESSMENTS, PROFILES = DynamoAssessments(), DynamoProfiles()
READS: dict[str, Callable[[], object]] = {
    "an assessment": lambda: ASSESSMENTS.get(ID),
    "several assessments": lambda: ASSESSMENTS.get_many([ID, AssessmentId("asm_" + "b" * 32)]),
    "the latest attempt": lambda: ASSESSMENTS.latest_attempt(SLOT),
    "all attempts": lambda: ASSESSMENTS.attempts_of(USER),
    "all assessments of a person": lambda: list(ASSESSMENTS.of_user(USER)),
    "a profile": lambda: PROFILES.get(USER),
}


@pytest.fixture
def reads(empty_tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each read that is made asks to be consistent, once something is there to be read."""
    ASSESSMENTS.create(new())
    ASSESSMENTS.claim_attempt(Attempt(SLOT, 1, ID))
    ASSESSMENTS.claim_attempt(Attempt(Slot(USER, Purpose.CAMPAIGN, "par_1"), 1, ID))
    PROFILES.put(stored_profile(), expected_version=0)
    consistent: list[bool] = []
    send = BaseClient._make_api_call

    def watched(client: Any, operation: str, arguments: Any) -> Any:
        asked = arguments.get("RequestItems", {"": arguments}).values()
        consistent.extend(bool(each.get("ConsistentRead")) for each in asked)
        return send(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", watched)
    return consistent


@pytest.mark.parametrize("name", READS)
def test_what_a_pupil_has_just_written_is_read(reads: list[bool], name: str) -> None:
    assert READS[name]()
    assert reads
    assert all(reads)
