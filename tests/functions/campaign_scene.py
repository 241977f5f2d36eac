"""A school's campaign and two of its pupils: what the campaigns' tests read like."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

from engine.packing import pack_answer, unpack_answer
from jalon.assessment.assessment_store import DynamoAssessments
from jalon.assessment.give_answer import GiveAnswer, give_answer
from jalon.assessment.tables import AssessmentItem
from jalon.assessment.tickets import TicketOffice
from jalon.kernel.clock import SystemClock
from jalon.kernel.ids import AssessmentId, UserId
from tests.assessment import content
from tests.assessment.asking import asked_now
from tests.assessment.desk import right_to
from tests.assessment.fakes import FakeReleases
from tests.functions.school import School


@dataclass
class Scene:
    """A school with content and a list, and two of its pupils who have not taken part in anything yet."""

    school: School

    @cached_property
    def zoe(self) -> str:
        return self.school.newcomer()

    @cached_property
    def leo(self) -> str:
        return self.school.newcomer()

    def participate(self, campaign: Any, user_id: str = "") -> Any:
        status, participation = self.school.as_pupil(user_id or self.zoe, "POST", "/v1/participations", {"code": campaign["code"]})
        assert status == 200, participation
        return participation

    def share(self, participation: Any, user_id: str = "", **event: Any) -> tuple[int, Any]:
        return self.school.as_pupil(user_id or self.zoe, "POST", f"/v1/participations/{participation['id']}/sharing", **event)

    def retry(self, participation: Any, user_id: str = "") -> tuple[int, Any]:
        return self.school.as_pupil(user_id or self.zoe, "POST", f"/v1/participations/{participation['id']}/retry")

    def answer(self, participation: Any, user_id: str = "", *, wrong: bool = False) -> int:
        """Answer the test to its end through the assessment context, as the API behind the pupil's screen does."""
        store, releases = DynamoAssessments(), FakeReleases(content.release())
        tickets, clock = TicketOffice(b"k" * 32), SystemClock()
        assessment_id = AssessmentId(participation["assessment_id"])
        for number in range(100):
            state = store.get(assessment_id)
            assert state is not None
            asked = asked_now(releases.current(), state, tickets, clock.now())
            if asked is None:
                return number
            given = {"skipped": True} if wrong else right_to(asked)
            command = GiveAnswer(UserId(user_id or self.zoe), assessment_id, asked.ticket, f"key-{number}", given)
            give_answer(store=store, releases=releases, tickets=tickets, clock=clock, command=command)
        raise AssertionError("the test does not end")

    def participants(self, campaign: Any, **query: str) -> list[Any]:
        status, page = self.school.as_admin("GET", f"/campaigns/{campaign['id']}/participants", query=query)
        assert status == 200, page
        items: list[Any] = page["items"]
        return items

    def results(self, campaign: Any) -> Any:
        status, found = self.school.as_admin("GET", f"/campaigns/{campaign['id']}/results")
        assert status == 200, found
        return found


def aged(assessment_id: str, days: int) -> None:
    """Let a finished test have ended, and each of its answers be given, days ago."""
    item = AssessmentItem.get(assessment_id)
    item.updated_at -= days * 86_400_000
    records = [unpack_answer(bytes(record)) for record in cast("list[bytes]", item.answers)]
    item.answers = cast("Any", [pack_answer(replace(record, at=record.at - days * 86_400)) for record in records])
    item.save()
