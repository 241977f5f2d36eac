"""What the rules ask of the tables of sessions, finalisations and the jury's worklist holds on the fakes and on the real ones alike."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from jalon.certification.errors import (
    FinalisationSupersededError,
    NotInJuryError,
    NotPublishedError,
    SessionAlreadyStartedError,
    SessionChangedError,
    SessionFinalisedError,
    SessionNotFoundError,
)
from jalon.edge.tables import ConditionFailedError
from jalon.kernel.ids import SessionNumber
from tests.certification.centre import HEAD, JUROR, NOW, SCHOOL
from tests.certification.samples import NUMBER, a_session, finalisation, waiting
from tests.certification.stores import Stores


def test_a_session_is_kept_as_it_is_and_its_number_once(stores: Stores) -> None:
    assert stores.sessions.create(a_session())
    assert not stores.sessions.create(a_session(room="Autre"))
    assert stores.sessions.get(NUMBER) == a_session()
    with pytest.raises(SessionNotFoundError):
        stores.sessions.get(SessionNumber("99999999"))


def test_a_change_asks_for_the_present_revision_and_an_unstarted_session(stores: Stores) -> None:
    stores.sessions.create(a_session())
    changed = stores.sessions.change(a_session(room="Salle 13", date=date(2027, 9, 2)), a_session())
    assert changed == a_session(room="Salle 13", date=date(2027, 9, 2), revision=2)
    assert stores.sessions.get(NUMBER) == changed
    with pytest.raises(SessionChangedError):
        stores.sessions.change(a_session(room="Salle 14"), a_session())
    stores.sessions.open(NUMBER, NOW)
    with pytest.raises(SessionAlreadyStartedError):
        stores.sessions.change(a_session(room="Salle 14"), changed)


def test_a_changed_date_moves_the_session_in_its_centres_list(stores: Stores) -> None:
    stores.sessions.create(a_session())
    stores.sessions.change(a_session(date=date(2027, 9, 2)), a_session())
    assert stores.sessions.of_centre(SCHOOL, 2026, 10, None).items == ()
    assert [session.number for session in stores.sessions.of_centre(SCHOOL, 2027, 10, None).items] == [NUMBER]


def test_a_centres_sessions_come_by_date_latest_first_in_pages(stores: Stores) -> None:
    days = {f"1000000{n}": date(2027, 1, n) for n in (1, 2, 3)}
    for number, day in days.items():
        stores.sessions.create(a_session(number, day))
    first = stores.sessions.of_centre(SCHOOL, 2026, 2, None)
    assert [session.number for session in first.items] == ["10000003", "10000002"]
    assert first.next_key is not None
    second = stores.sessions.of_centre(SCHOOL, 2026, 2, first.next_key)
    assert [session.number for session in second.items] == ["10000001"]
    assert stores.sessions.of_centre(SCHOOL, 2025, 2, None).items == ()


def test_a_session_opens_once_and_never_after_its_finalisation(stores: Stores) -> None:
    stores.sessions.create(a_session())
    stores.sessions.open(NUMBER, NOW)
    stores.sessions.open(NUMBER, NOW + timedelta(minutes=1))
    assert stores.sessions.get(NUMBER).opened_at == NOW
    stores.sessions.finalise(NUMBER, finalisation())
    with pytest.raises(SessionFinalisedError):
        stores.sessions.open(NUMBER, NOW)
    with pytest.raises(SessionNotFoundError):
        stores.sessions.open(SessionNumber("99999999"), NOW)


def test_finalising_writes_the_session_and_its_open_entry_together_and_once(stores: Stores) -> None:
    stores.sessions.create(a_session())
    stores.sessions.finalise(NUMBER, finalisation())
    assert stores.sessions.get(NUMBER) == a_session(finalisation=finalisation())
    entry = stores.open_finalisations.get(NUMBER)
    assert entry is not None
    assert (entry.finalisation, entry.attempt, entry.requested_at) == (1, 0, NOW)
    for number in (NUMBER, SessionNumber("99999999")):
        with pytest.raises(SessionFinalisedError):
            stores.sessions.finalise(number, finalisation())
    with pytest.raises(SessionFinalisedError):
        stores.sessions.change(a_session(room="x"), a_session())
    assert stores.open_finalisations.get(SessionNumber("99999999")) is None


def test_the_jury_enters_agrees_and_the_session_is_published_each_once(stores: Stores) -> None:
    stores.sessions.create(a_session())
    stores.sessions.finalise(NUMBER, finalisation())
    with pytest.raises(NotInJuryError):
        stores.sessions.approve(NUMBER, 1, JUROR, NOW)
    with pytest.raises(FinalisationSupersededError):
        stores.sessions.enter_jury(NUMBER, 2, NOW)
    later = NOW + timedelta(hours=1)
    for at in (NOW, later):
        assert stores.sessions.enter_jury(NUMBER, 1, at).finalisation == finalisation(in_jury_since=NOW)
    for by, at in ((JUROR, NOW), (HEAD, later)):
        approved = stores.sessions.approve(NUMBER, 1, by, at).finalisation
        assert approved == finalisation(in_jury_since=NOW, approved_at=NOW, approved_by=JUROR)
    with pytest.raises(FinalisationSupersededError):
        stores.sessions.mark_published(NUMBER, 2, NOW)
    for at in (NOW, later):
        assert stores.sessions.mark_published(NUMBER, 1, at).published_at == NOW
    with pytest.raises(FinalisationSupersededError):
        stores.sessions.enter_jury(NUMBER, 1, NOW)


def test_a_published_session_is_reopened_once_under_the_next_number(stores: Stores) -> None:
    stores.sessions.create(a_session())
    stores.sessions.finalise(NUMBER, finalisation())
    second = finalisation(number=2, requested_by=JUROR)
    with pytest.raises(NotPublishedError):
        stores.sessions.reopen(stores.sessions.get(NUMBER), second)
    stores.sessions.enter_jury(NUMBER, 1, NOW)
    stores.sessions.approve(NUMBER, 1, JUROR, NOW)
    published = stores.sessions.mark_published(NUMBER, 1, NOW)
    assert published.is_published
    with pytest.raises(NotPublishedError):
        stores.sessions.reopen(published, second)  # its open entry is not closed yet
    stores.open_finalisations.close(NUMBER, 1)
    stores.sessions.reopen(published, second)
    reopened = stores.sessions.get(NUMBER)
    assert reopened == replace(published, finalisation=second, earlier_finalisations=(published.finalisation,))
    assert not reopened.is_published
    with pytest.raises(NotPublishedError):
        stores.sessions.reopen(published, second)
    assert stores.sessions.enter_jury(NUMBER, 2, NOW).finalisation == replace(second, in_jury_since=NOW)
    assert stores.sessions.mark_published(NUMBER, 2, NOW + timedelta(days=1)).published_at == NOW
    entry = stores.open_finalisations.get(NUMBER)
    assert entry is not None
    assert entry.finalisation == 2


def test_an_invigilator_joins_once(stores: Stores) -> None:
    assert not stores.invigilators.has(NUMBER, HEAD)
    stores.invigilators.add(NUMBER, HEAD, NOW)
    stores.invigilators.add(NUMBER, HEAD, NOW)
    assert stores.invigilators.has(NUMBER, HEAD)
    assert not stores.invigilators.has(SessionNumber("1"), HEAD)


def test_an_attempt_is_claimed_once(stores: Stores) -> None:
    for number in ("10000001", "10000009"):
        stores.sessions.create(a_session(number))
        stores.sessions.finalise(SessionNumber(number), finalisation())
    entries = list(stores.open_finalisations.all())
    assert sorted(entry.session_number for entry in entries) == ["10000001", "10000009"]
    claimed = stores.open_finalisations.claim_attempt(entries[0], NOW)
    assert claimed == replace(entries[0], attempt=1, attempted_at=NOW)
    assert stores.open_finalisations.claim_attempt(entries[0], NOW) is None
    stores.open_finalisations.close(entries[0].session_number, 2)
    assert stores.open_finalisations.get(entries[0].session_number) == claimed
    for _ in range(2):
        stores.open_finalisations.close(entries[0].session_number, 1)
    assert stores.open_finalisations.get(entries[0].session_number) is None
    assert stores.open_finalisations.claim_attempt(entries[0], NOW) is None


def test_the_worklist_keeps_one_row_a_session_and_since_when_it_waits(stores: Stores) -> None:
    stores.worklist.put(waiting())
    stores.worklist.put(waiting(token="token-2", reminders=1, waiting_since=datetime(2027, 4, 1, tzinfo=UTC)))
    assert stores.worklist.get(NUMBER) == waiting(token="token-2", reminders=1)
    stores.worklist.put(waiting(finalisation=2))
    with pytest.raises(ConditionFailedError):
        stores.worklist.put(waiting())
    stores.worklist.remove(NUMBER, 1)
    assert stores.worklist.get(NUMBER) is not None
    for _ in range(2):
        stores.worklist.remove(NUMBER, 2)
    assert stores.worklist.get(NUMBER) is None


def test_the_worklist_comes_in_pages_that_miss_nothing(stores: Stores) -> None:
    numbers = [str(10_000_000 + rank) for rank in range(11)]
    for number in numbers:
        stores.worklist.put(waiting(number))
    found: list[str] = []
    page = stores.worklist.page(4, None)
    while page:
        found += [row.session_number for row in page]
        page = stores.worklist.page(4, page[-1].session_number)
    assert sorted(found) == numbers
    assert found == [row.session_number for row in stores.worklist.all()]
