"""What the rules ask of the tables holds on the fake and on the real ones alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.grading import Answer, Result
from engine.knowledge import Element, Knowledge
from engine.packing import Answered, Question
from engine.scoring import CompetenceScore
from jalon.assessment import assessment_store
from jalon.assessment.assessment_store import DynamoAssessments, answer_conditions, device_change_conditions, focus_loss_conditions
from jalon.assessment.placing import Unplaced
from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.profiles import AttemptCard, ProfileStore, StoredProfile
from jalon.assessment.state import AssessmentState, Purpose, Slot, Status
from jalon.assessment.store import AssessmentStore, Attempt, NotWritten, Written
from jalon.kernel.ids import AssessmentId, ReleaseVersion, UserId
from tests.assessment.fakes import CONDITIONS, FakeAssessments, FakeProfiles
from tests.cloud import Cloud

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
USER = UserId("usr_" + "1" * 32)
ID = AssessmentId("asm_" + "a" * 32)
SLOT = Slot(USER, Purpose.COMPETENCE, "1.1")


@pytest.fixture(params=["fake", "tables"])
def stores(request: pytest.FixtureRequest) -> tuple[AssessmentStore, ProfileStore]:
    if request.param == "fake":
        return FakeAssessments(), FakeProfiles()
    request.getfixturevalue("empty_tables")
    return DynamoAssessments(), DynamoProfiles()


@pytest.fixture
def store(stores: tuple[AssessmentStore, ProfileStore]) -> AssessmentStore:
    return stores[0]


@pytest.fixture
def profiles(stores: tuple[AssessmentStore, ProfileStore]) -> ProfileStore:
    return stores[1]


def new(**changes: object) -> AssessmentState:
    state = AssessmentState(
        assessment_id=ID,
        user_id=USER,
        purpose=Purpose.COMPETENCE,
        subject="1.1",
        attempt=1,
        status=Status.STARTED,
        epoch=1,
        epoch_at=NOW,
        release=ReleaseVersion("2026.1-0123456789ab"),
        locale="fr-FR",
        target=(0, 1, 5, 900),
        knowledge_at_start=Knowledge.of([Element(1, True, False, 1_790_000_000)]).pack(),
        profile_at_start={"1.2": CompetenceScore(9, 1)},
        questions=None,
        seed=b"\x00\x01seed\xff\x80",
        answers=(),
        started_at=NOW,
        updated_at=NOW,
    )
    return replace(state, **changes)


def answer(number: int = 1, at: datetime = NOW) -> Answered:
    return Answered(
        number, 1, Result.KO, 4_200, int(at.timestamp()), focus_lost=True, answer=Answer(text="é€ 😀"), digest=bytes([number]) * 12
    )


def append(store: AssessmentStore, *, epoch: int = 1, sequence: int = 1, at: datetime = NOW) -> Written | NotWritten:
    return store.append_answer(ID, epoch=epoch, sequence=sequence, answer=answer(sequence, at), at=at, deadline_from=at)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"questions": (Question(7, 0), Question(300, 2)), "purpose": Purpose.CERTIFICATION, "deadline_at": NOW + timedelta(hours=2)},
        {"questions": (), "extra_time_percent": 33, "target": (), "knowledge_at_start": b"", "profile_at_start": {}},
    ],
)
def test_what_is_created_is_read_back_whole(store: AssessmentStore, changes: dict[str, object]) -> None:
    assert store.create(new(**changes))
    assert store.get(ID) == new(**changes)


def test_nothing_is_read_where_nothing_was_created(store: AssessmentStore) -> None:
    assert store.get(ID) is None


def test_many_are_read_together_and_those_that_do_not_exist_are_left_out(store: AssessmentStore) -> None:
    many = [AssessmentId(f"asm_{number:032x}") for number in range(103)]
    for assessment_id in many:
        store.create(new(assessment_id=assessment_id))
    found = store.get_many([*many, many[0], AssessmentId("asm_" + "f" * 32)])
    assert found == {assessment_id: new(assessment_id=assessment_id) for assessment_id in many}
    assert store.get_many([]) == {}


def test_an_assessment_is_created_once(store: AssessmentStore) -> None:
    assert store.create(new())
    assert not store.create(new(seed=b"other"))
    assert store.get(ID) == new()


def test_an_answer_is_appended_and_the_state_after_it_comes_back(store: AssessmentStore) -> None:
    store.create(new())
    later = NOW + timedelta(milliseconds=9_999)
    outcome = append(store, at=later)
    assert outcome == Written(new(answers=(answer(1, later),), updated_at=later))
    assert store.get(ID) == outcome.state


@pytest.mark.parametrize(("epoch", "sequence"), [(2, 1), (1, 2), (1, 0), (0, 1)])
def test_an_answer_of_another_epoch_or_sequence_writes_nothing_and_the_state_comes_back(
    store: AssessmentStore, epoch: int, sequence: int
) -> None:
    store.create(new())
    assert append(store, epoch=epoch, sequence=sequence) == NotWritten(new())
    assert store.get(ID) == new()


def test_an_answer_to_nothing_writes_nothing(store: AssessmentStore) -> None:
    assert append(store) == NotWritten(None)
    assert store.get(ID) is None


def test_an_answer_is_taken_until_the_deadline_and_not_after(store: AssessmentStore) -> None:
    store.create(new(deadline_at=NOW))
    assert isinstance(append(store, at=NOW + timedelta(seconds=1)), NotWritten)
    assert isinstance(append(store, at=NOW), Written)


def test_a_moved_deadline_holds_for_the_next_answer(store: AssessmentStore) -> None:
    store.create(new(deadline_at=NOW))
    later = NOW + timedelta(minutes=5)
    moved = store.move_deadline(ID, deadline_at=later, at=NOW)
    assert moved == Written(new(deadline_at=later))
    assert isinstance(append(store, at=later), Written)


@pytest.mark.parametrize("finish", ["end", "complete"])
def test_a_finished_assessment_takes_no_change(store: AssessmentStore, finish: str) -> None:
    store.create(new())
    later = NOW + timedelta(seconds=5)
    if finish == "end":
        outcome = store.end(ID, reason="invigilator", at=later)
        finished = new(status=Status.ENDED, end_reason="invigilator", updated_at=later)
    else:
        outcome = store.complete(ID, sequence=1, at=later)
        finished = new(status=Status.COMPLETED, updated_at=later)
    assert outcome == Written(finished)
    changes: list[Callable[[], Written | NotWritten]] = [
        lambda: append(store),
        lambda: lose_focus(store),
        lambda: store.end(ID, reason="again", at=later),
        lambda: store.complete(ID, sequence=1, at=later),
        lambda: store.raise_epoch(ID, epoch=2, at=later),
        lambda: store.move_deadline(ID, deadline_at=later, at=later),
    ]
    assert [change() for change in changes] == [NotWritten(finished)] * 6
    assert store.get(ID) == finished


def test_a_test_is_completed_only_if_no_answer_came_meanwhile(store: AssessmentStore) -> None:
    store.create(new())
    append(store)
    assert isinstance(store.complete(ID, sequence=1, at=NOW), NotWritten)
    assert isinstance(store.complete(ID, sequence=2, at=NOW), Written)


def test_raising_the_epoch_shuts_the_former_device_out(store: AssessmentStore) -> None:
    store.create(new())
    later = NOW + timedelta(seconds=5)
    assert store.raise_epoch(ID, epoch=2, at=later) == Written(new(epoch=2, epoch_at=later, updated_at=later))
    assert isinstance(append(store, epoch=1), NotWritten)
    assert isinstance(append(store, epoch=2), Written)


@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_an_epoch_that_was_reached_is_never_written_again(store: AssessmentStore, epoch: int) -> None:
    store.create(new())
    raised = store.raise_epoch(ID, epoch=3, at=NOW)
    assert store.raise_epoch(ID, epoch=epoch, at=NOW + timedelta(seconds=9)) == NotWritten(raised.state)
    assert store.get(ID) == new(epoch=3)


def test_the_epoch_of_nothing_is_not_raised(store: AssessmentStore) -> None:
    assert store.raise_epoch(ID, epoch=2, at=NOW) == NotWritten(None)
    assert store.get(ID) is None


def test_an_attempts_number_is_claimed_once_and_the_last_one_is_found(store: AssessmentStore) -> None:
    assert store.latest_attempt(SLOT) is None
    first = Attempt(SLOT, 1, ID)
    assert store.claim_attempt(first)
    assert not store.claim_attempt(replace(first, assessment_id=AssessmentId("asm_" + "b" * 32)))
    assert store.latest_attempt(SLOT) == first
    for number in range(2, 12):
        assert store.claim_attempt(replace(first, number=number))
    assert store.latest_attempt(SLOT) == replace(first, number=11)


def test_slots_do_not_mix(store: AssessmentStore) -> None:
    store.claim_attempt(Attempt(Slot(USER, Purpose.COMPETENCE, "1.10"), 3, ID))
    store.claim_attempt(Attempt(Slot(UserId("usr_2"), Purpose.COMPETENCE, "1.1"), 2, ID))
    store.claim_attempt(Attempt(Slot(USER, Purpose.CAMPAIGN, "1.1"), 2, ID))
    assert store.latest_attempt(SLOT) is None


def test_all_of_a_users_attempts_are_listed_and_no_others(store: AssessmentStore) -> None:
    slots = [SLOT, Slot(USER, Purpose.COMPETENCE, "1.10"), Slot(USER, Purpose.CAMPAIGN, "par_1_2"), Slot(USER, Purpose.DISCOVERY, "tp-#1")]
    mine = [Attempt(slot, number, AssessmentId(f"asm_{rank}{number}")) for rank, slot in enumerate(slots) for number in (1, 2, 11)]
    for attempt in [*mine, Attempt(Slot(UserId("usr_2"), Purpose.COMPETENCE, "1.1"), 1, ID)]:
        assert store.claim_attempt(attempt)
    assert sorted(store.attempts_of(USER), key=mine.index) == mine
    assert store.attempts_of(UserId("usr_3")) == []


def test_all_of_a_users_assessments_are_found_and_no_others(store: AssessmentStore) -> None:
    mine = [new(assessment_id=AssessmentId(f"asm_{number:032x}")) for number in range(3)]
    for number, state in enumerate(mine, 1):
        store.claim_attempt(Attempt(SLOT, number, state.assessment_id))
        store.create(state)
    store.claim_attempt(Attempt(SLOT, 4, AssessmentId("asm_claimed_and_never_created")))
    store.create(new(assessment_id=AssessmentId("asm_other"), user_id=UserId("usr_2")))
    assert sorted(store.of_user(USER), key=lambda state: state.assessment_id) == mine


def test_a_users_assessments_of_one_release_follow_one_another(store: AssessmentStore) -> None:
    for number in range(1, 9):
        state = new(assessment_id=AssessmentId(f"asm_{number:032x}"), attempt=number, release=ReleaseVersion(f"r{number % 3}"))
        store.claim_attempt(Attempt(SLOT, number, state.assessment_id))
        store.create(state)
    releases = [state.release for state in store.of_user(USER)]
    assert releases == sorted(releases)
    assert len(releases) == 8


def lose_focus(store: AssessmentStore, *, epoch: int = 1, sequence: int = 1, at: datetime = NOW) -> Written | NotWritten:
    return store.record_focus_loss(ID, epoch=epoch, sequence=sequence, deadline_from=at)


def test_a_loss_of_focus_is_recorded_once_however_often_it_is_told_and_is_no_other_change(store: AssessmentStore) -> None:
    store.create(new())
    recorded = Written(new(focus_losses=frozenset({1})))
    assert [lose_focus(store, at=NOW + timedelta(seconds=second)) for second in range(2)] == [recorded, recorded]
    assert store.get(ID) == recorded.state


def test_a_loss_of_focus_recorded_before_the_answer_takes_a_right_one_away_for_whoever_reads_it(store: AssessmentStore) -> None:
    store.create(new())
    right = replace(answer(), result=Result.OK, focus_lost=False)
    lose_focus(store)
    outcome = store.append_answer(ID, epoch=1, sequence=1, answer=right, at=NOW, deadline_from=NOW)
    counted = new(answers=(replace(right, result=Result.FOCUSEDOUT, focus_lost=True),), focus_losses=frozenset({1}))
    assert outcome == Written(counted)
    assert (store.get(ID), store.get_many([ID])) == (counted, {ID: counted})
    ended = store.end(ID, reason="invigilator", at=NOW)
    assert ended == Written(replace(counted, status=Status.ENDED, end_reason="invigilator"))


@pytest.mark.parametrize("result", [result for result in Result if result is not Result.OK])
def test_a_loss_of_focus_leaves_an_answer_that_was_not_right_what_it_was(store: AssessmentStore, result: Result) -> None:
    store.create(new())
    given = replace(answer(), result=result, focus_lost=False)
    lose_focus(store)
    store.append_answer(ID, epoch=1, sequence=1, answer=given, at=NOW, deadline_from=NOW)
    append(store, sequence=2)
    after = store.get(ID)
    assert after is not None
    assert after.answers == (replace(given, focus_lost=True), answer(2))


@pytest.mark.parametrize(("epoch", "sequence"), [(2, 1), (1, 2), (1, 0), (0, 1)])
def test_a_loss_of_focus_of_another_epoch_or_sequence_is_not_recorded(store: AssessmentStore, epoch: int, sequence: int) -> None:
    store.create(new())
    assert lose_focus(store, epoch=epoch, sequence=sequence) == NotWritten(new())
    assert store.get(ID) == new()


def test_a_loss_of_focus_comes_before_the_answer_or_not_at_all(store: AssessmentStore) -> None:
    store.create(new())
    append(store)
    assert lose_focus(store) == NotWritten(new(answers=(answer(),)))
    assert store.get(ID) == new(answers=(answer(),))


def test_a_loss_of_focus_in_nothing_makes_nothing(store: AssessmentStore) -> None:
    assert lose_focus(store) == NotWritten(None)
    assert store.get(ID) is None


def test_a_loss_of_focus_is_recorded_until_the_deadline_and_not_after(store: AssessmentStore) -> None:
    store.create(new(deadline_at=NOW))
    assert isinstance(lose_focus(store, at=NOW + timedelta(seconds=1)), NotWritten)
    assert isinstance(lose_focus(store, at=NOW), Written)


def test_the_fake_and_the_table_ask_for_the_same_conditions() -> None:
    names = {
        "answer": answer_conditions(1, 1, NOW),
        "focus loss": focus_loss_conditions(1, 1, NOW),
        "device change": device_change_conditions(1),
    }
    assert {write: list(conditions) for write, conditions in CONDITIONS.items()} == {write: list(found) for write, found in names.items()}


def stored_profile(**changes: object) -> StoredProfile:
    card = AttemptCard(ID, Purpose.COMPETENCE, "1.1", 2, Status.COMPLETED, 7, NOW)
    profile = StoredProfile(
        user_id=USER,
        version=1,
        release=ReleaseVersion("v1"),
        knowledge=Knowledge.of([Element(3, True, True, 1_790_000_000)]).pack(),
        pix=12,
        competences={"1.1": CompetenceScore(12, 1)},
        cards={card.key: card},
        resets={"2.1": NOW},
        updated_at=NOW,
        tutorials={"tuto_skill": NOW},
        unplaced={"tube99z_1": Unplaced("tube99z_1", "9.9", validated=True, direct=False, at=1_790_000_000)},
    )
    return replace(profile, **changes)


def test_a_profile_is_read_back_whole(profiles: ProfileStore) -> None:
    assert profiles.get(USER) is None
    assert profiles.put(stored_profile(), expected_version=0)
    assert profiles.get(USER) == stored_profile()


def test_a_profile_is_written_only_over_the_version_that_was_read(profiles: ProfileStore) -> None:
    profiles.put(stored_profile(), expected_version=0)
    assert not profiles.put(stored_profile(pix=99), expected_version=0)
    assert not profiles.put(stored_profile(pix=99), expected_version=2)
    assert profiles.put(stored_profile(version=2, pix=13, updated_at=None), expected_version=1)
    assert profiles.get(USER) == stored_profile(version=2, pix=13, updated_at=None)


def test_many_profiles_are_read_at_once_without_those_that_do_not_exist(profiles: ProfileStore) -> None:
    users = [UserId(f"usr_{number:032x}") for number in range(120)]
    for user_id in users[:110]:
        profiles.put(stored_profile(user_id=user_id), expected_version=0)
    found = profiles.get_many([*users, users[0]])
    assert set(found) == set(users[:110])
    assert found[users[0]].pix == 12


def change_device(store: AssessmentStore, *, epoch: int = 2) -> Written | NotWritten:
    return store.raise_epoch(ID, epoch=epoch, at=NOW)


FORBIDDEN: dict[str, dict[str, Any]] = {
    "status": {"item": {"status": Status.ENDED}},
    "epoch": {"asked": {"epoch": 2}},
    "sequence": {"asked": {"sequence": 2}},
    "deadline": {"item": {"deadline_at": NOW - timedelta(seconds=1)}},
}
WRITES: list[tuple[str, Callable[..., Written | NotWritten], dict[str, dict[str, Any]]]] = [
    ("answer_conditions", append, FORBIDDEN),
    ("focus_loss_conditions", lose_focus, FORBIDDEN),
    ("device_change_conditions", change_device, {"status": FORBIDDEN["status"], "epoch": {"asked": {"epoch": 1}}}),
]


@pytest.mark.parametrize(
    ("conditions", "write", "name", "forbidden"),
    [
        pytest.param(conditions, write, name, refused, id=f"{conditions}-{name}")
        for conditions, write, forbidden in WRITES
        for name, refused in forbidden.items()
    ],
)
def test_without_any_one_of_its_conditions_the_table_takes_what_it_must_refuse(
    empty_tables: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    conditions: str,
    write: Callable[..., Written | NotWritten],
    name: str,
    forbidden: dict[str, Any],
) -> None:
    """Each condition refuses by itself what no other one does."""
    store = DynamoAssessments()
    store.create(new(**forbidden.get("item", {})))
    assert isinstance(write(store, **forbidden.get("asked", {})), NotWritten)
    whole = getattr(assessment_store, conditions)
    monkeypatch.setattr(assessment_store, conditions, lambda *asked: {key: each for key, each in whole(*asked).items() if key != name})
    assert isinstance(write(store, **forbidden.get("asked", {})), Written)
