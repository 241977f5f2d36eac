"""The time that the room shows is the time that the test has, wherever giving it was interrupted."""

from datetime import datetime
from typing import Any

import pytest

from jalon.assessment.errors import AssessmentCompletedError
from jalon.certification import supervise_session
from jalon.certification.candidates import own_deadline
from jalon.certification.errors import CandidateChangedError, InvalidExtensionError
from jalon.certification.sessions import Session
from jalon.certification.start_certification import Begun
from jalon.certification.supervise_session import extend_time
from jalon.certification.watch_session import watch_session
from jalon.edge.tables import StoreUnavailableError
from tests.certification.centre import NAMES, Centre


@pytest.fixture
def sitting(centre: Centre) -> tuple[Session, Begun]:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0], extra_time_percent=33)
    return session, begun


def extend(centre: Centre, sitting: tuple[Session, Begun], total_min: int) -> int:
    session, begun = sitting
    return extend_time(centre.room, session.number, begun.candidate.candidate_id, total_min).extension_min


def room_and_test(centre: Centre, sitting: tuple[Session, Begun]) -> tuple[int, datetime | None]:
    """The minutes that the room shows, and the deadline to which answers are held; the two must agree."""
    session, begun = sitting
    (line,) = watch_session(centre.room, session.number)
    deadline = centre.assessments.items[begun.test.assessment_id].deadline_at
    assert line.deadline_at == deadline == own_deadline(begun.test.started_at, 33, line.candidate.extension_min)
    return line.candidate.extension_min, deadline


def test_time_that_was_promised_and_not_given_is_not_shown_and_given_by_the_next_request(
    centre: Centre, sitting: tuple[Session, Begun], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert room_and_test(centre, sitting)[0] == 0
    with monkeypatch.context() as patch:
        patch.setattr(supervise_session, "move_deadline", unavailable)
        with pytest.raises(StoreUnavailableError):
            extend(centre, sitting, 15)
    assert room_and_test(centre, sitting)[0] == 0
    with pytest.raises(InvalidExtensionError):
        extend(centre, sitting, 10)
    assert room_and_test(centre, sitting)[0] == 15, "what was promised is given before anything is refused for it"
    assert extend(centre, sitting, 15) == extend(centre, sitting, 15) == 15


def unavailable(*_: Any) -> None:
    raise StoreUnavailableError("busy")


def test_of_two_invigilators_who_give_time_at_once_the_one_who_gives_more_is_followed(
    centre: Centre, sitting: tuple[Session, Begun], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second gives 30 minutes while the first, who gives 15, is about to move the deadline."""
    move, inside = supervise_session.move_deadline, list[int]()

    def overtaken(*args: Any) -> Any:
        if not inside:
            inside.append(15)
            assert extend(centre, sitting, 30) == 30
        return move(*args)

    monkeypatch.setattr(supervise_session, "move_deadline", overtaken)
    assert extend(centre, sitting, 15) == 30
    assert room_and_test(centre, sitting)[0] == 30


def test_of_two_invigilators_who_read_the_same_row_one_is_refused(
    centre: Centre, sitting: tuple[Session, Begun], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, inside = centre.candidates.replace, list[int]()

    def overtaken(*args: Any) -> Any:
        if not inside:
            inside.append(15)
            assert extend(centre, sitting, 30) == 30
        return keep(*args)

    monkeypatch.setattr(centre.candidates, "replace", overtaken)
    with pytest.raises(CandidateChangedError):
        extend(centre, sitting, 15)
    assert room_and_test(centre, sitting)[0] == 30


def test_a_test_that_is_over_gets_no_time_and_the_room_promises_none(centre: Centre, sitting: tuple[Session, Begun]) -> None:
    centre.finish(sitting[1].test)
    with pytest.raises(AssessmentCompletedError):
        extend(centre, sitting, 15)
    assert room_and_test(centre, sitting)[0] == 0
    assert centre.candidates.of_session(sitting[0].number)[0].extension_min == 0
