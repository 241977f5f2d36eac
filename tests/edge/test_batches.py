"""Batches of any size come whole, ask again for what was left, and give up in the end: in every store that reads or writes many items."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from jalon.accounts.account_store import MODELS as ACCOUNTS
from jalon.accounts.account_store import AccountTable
from jalon.accounts.personal_data_store import MODELS as HELD
from jalon.accounts.personal_data_store import sign_ins_of
from jalon.accounts.tables import FamilyItem, IdentityItem
from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.tables import ProfileItem
from jalon.campaigns.participation_store import DynamoParticipations
from jalon.campaigns.tables import ParticipationItem
from jalon.certification.candidate_store import DynamoCandidateStore
from jalon.certification.personal_data_store import DynamoCandidatures, invigilations_of
from jalon.certification.session_store import DynamoInvigilatorStore, DynamoSessionStore
from jalon.certification.tables import CandidateItem, InvigilatorItem, SessionItem
from jalon.edge.batches import batch_read, read_items, write_items
from jalon.edge.settings import Settings
from jalon.edge.tables import StoreUnavailableError, TableMeta, bind
from jalon.kernel.ids import Ine
from jalon.organisations.personal_data_store import memberships_of
from jalon.organisations.pupil_store import DynamoPupils
from jalon.organisations.pupils import Birthplace, ListVersion, Pupil, Sex
from jalon.organisations.reconciliation_store import DynamoReconciliations
from jalon.organisations.tables import MemberItem, OrganisationItem, PupilItem, ReconciliationItem
from tests.campaigns.samples import ZOE, participation
from tests.certification.centre import NOW, SCHOOL
from tests.certification.samples import NUMBER, a_candidate, a_session
from tests.certification.stores import MODELS as CERTIFICATION
from tests.cloud import build
from tests.dynamodb_answers import leaving_all

LAYERS = Path(__file__).parents[2] / "layers"


class Row(Model):
    class Meta(TableMeta):
        table_name = "idempotency"

    key = UnicodeAttribute(hash_key=True)
    count = NumberAttribute(default=0)


class Place(Model):
    class Meta(TableMeta):
        table_name = "invigilators"

    session_number = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)


MODELS = (
    *ACCOUNTS,
    *HELD,
    *CERTIFICATION,
    ProfileItem,
    ParticipationItem,
    MemberItem,
    OrganisationItem,
    PupilItem,
    ReconciliationItem,
    Row,
    Place,
)


@pytest.fixture(scope="module", autouse=True)
def tables(emulator: str) -> Iterator[None]:
    """The tables of one account for the whole module."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in build(emulator).environment.items():
            patch.setenv(name, value)
        patch.setattr("jalon.edge.tables.time.sleep", lambda _seconds: None)
        bind(Settings.from_environment(), *MODELS)
        yield


def test_more_items_than_a_request_takes_are_written_and_read_each_once() -> None:
    write_items(Row, (Row(f"row {number}", count=number) for number in range(230)))
    keys = [*(f"row {number}" for number in range(230)), "row 1", "absent"]
    for consistent in (True, False):
        assert sorted(row.count for row in read_items(Row, keys, consistent=consistent)) == list(range(230))


def test_items_are_found_by_both_their_keys() -> None:
    write_items(Place, [Place("1", "usr_1"), Place("1", "usr_2"), Place("2", "usr_1")])
    found = read_items(Place, [("1", "usr_1"), ("2", "usr_1"), ("2", "usr_2")])
    assert sorted((item.session_number, item.user_id) for item in found) == [("1", "usr_1"), ("2", "usr_1")]


def test_nothing_is_asked_for_where_there_is_no_key() -> None:
    with leaving_all(Row, "BatchGetItem", "UnprocessedKeys") as sent:
        assert list(read_items(Row, [])) == []
    assert sent == []


class BusyTable:
    """A table that leaves all but the first key of each batch for later."""

    table_name = "busy"

    def __init__(self, patience: int) -> None:
        self.connection = self
        self.asked: list[int] = []
        self.patience = patience

    def dispatch(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        first, *rest = request["RequestItems"]["busy"]["Keys"]
        self.asked.append(1 + len(rest))
        done = not rest or len(self.asked) > self.patience
        left = {} if done else {"busy": {"Keys": rest, "ConsistentRead": True}}
        return {"Responses": {"busy": [first, *rest] if done else [first]}, "UnprocessedKeys": left}


def test_a_batch_asks_again_for_what_was_left_and_gives_up_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    table = BusyTable(patience=2)
    monkeypatch.setattr(Row, "_get_connection", lambda: table)
    assert [item["key"]["S"] for item in batch_read(Row, ["a", "b", "a", "c", "d"])] == ["a", "b", "c", "d"]
    assert table.asked == [4, 3, 2]
    table = BusyTable(patience=99)
    with pytest.raises(StoreUnavailableError):
        list(batch_read(Row, map(str, range(9))))


def a_sign_in() -> None:
    later = datetime(2027, 1, 1, tzinfo=UTC)
    FamilyItem(
        "fam_1",
        user_id=ZOE,
        client_id="jalon",
        sign_in_epoch=0,
        generation=0,
        rotated_at=later,
        idle_until=later,
        ends_at=later,
        expires_at=int(later.timestamp()),
    ).save()


def _sessions() -> object:
    return DynamoSessionStore().of_centre(SCHOOL, a_session().school_year, 10, None)


def _enrolled() -> None:
    DynamoCandidateStore().add([a_candidate(user_id=ZOE)])


#: What is read, with what has to be there to be read, and the batch that reads it.
READS: dict[str, tuple[type[Model], Callable[[], object], Callable[[], object]]] = {
    "identities": (IdentityItem, lambda: None, lambda: AccountTable().identities([ZOE])),
    "sign-ins": (FamilyItem, a_sign_in, lambda: sign_ins_of(ZOE)),
    "profiles": (ProfileItem, lambda: None, lambda: DynamoProfiles().get_many([ZOE])),
    "links": (ReconciliationItem, lambda: None, lambda: DynamoReconciliations().of_pupils(SCHOOL, [Ine("1")])),
    "memberships": (MemberItem, MemberItem(SCHOOL, ZOE, role="admin", since=0).save, lambda: memberships_of(ZOE)),
    "sessions": (SessionItem, lambda: DynamoSessionStore().create(a_session()), _sessions),
    "candidatures": (CandidateItem, _enrolled, lambda: DynamoCandidatures().of_user(ZOE)),
    "invigilations": (InvigilatorItem, lambda: DynamoInvigilatorStore().add(NUMBER, ZOE, NOW), lambda: invigilations_of(ZOE)),
    "participations": (
        ParticipationItem,
        lambda: DynamoParticipations().create(participation()),
        lambda: DynamoParticipations().of_user(ZOE, 10, {}),
    ),
}


@pytest.mark.parametrize("what", READS)
def test_a_store_asks_for_its_items_a_few_times_and_no_more(what: str) -> None:
    model, prepare, read = READS[what]
    prepare()
    with leaving_all(model, "BatchGetItem", "UnprocessedKeys") as sent, pytest.raises(StoreUnavailableError):
        read()
    assert len(sent) == 4


PUPIL = Pupil(Ine("1"), "Exemple", None, "Zoé", (), Sex.FEMALE, date(2012, 1, 1), Birthplace("100"), "4A")
WRITES: dict[str, tuple[type[Model], Callable[[], object]]] = {
    "candidates": (CandidateItem, _enrolled),
    "a list": (PupilItem, lambda: DynamoPupils().write(SCHOOL, ListVersion("v"), [PUPIL])),
}


@pytest.mark.parametrize("what", WRITES)
def test_a_store_sends_its_items_a_few_times_and_says_that_the_tables_are_busy(what: str) -> None:
    model, write = WRITES[what]
    with leaving_all(model, "BatchWriteItem", "UnprocessedItems") as sent, pytest.raises(StoreUnavailableError):
        write()
    assert len(sent) == 4


def test_no_store_loops_over_a_batch_by_itself() -> None:
    files = [path for path in LAYERS.rglob("*.py") if path.name != "batches.py"]
    assert not [path for path in files if "batch_get" in path.read_text() or "batch_write" in path.read_text()]
