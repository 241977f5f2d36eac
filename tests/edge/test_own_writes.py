"""A write that was sent twice because its answer was lost is told from one that somebody else came before."""

from collections.abc import Iterator
from typing import Any

import pytest
from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from jalon.edge.own_writes import stands
from jalon.edge.settings import Settings
from jalon.edge.tables import Applied, ConditionFailedError, Refused, TableMeta, bind, conditional_update, transaction, translated
from tests.cloud import build
from tests.dynamodb_answers import IN_A_TRANSACTION, losing


class Row(Model):
    class Meta(TableMeta):
        table_name = "idempotency"

    key = UnicodeAttribute(hash_key=True)
    who = UnicodeAttribute(null=True)
    count = NumberAttribute(null=True)
    names = UnicodeSetAttribute(null=True)
    lines: ListAttribute[str] = ListAttribute(null=True)


@pytest.fixture(scope="module", autouse=True)
def table(emulator: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in build(emulator).environment.items():
            patch.setenv(name, value)
        bind(Settings.from_environment(), Row)
        yield


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    return request.node.name


def test_what_is_created_once_is_created_though_the_answer_was_lost(key: str) -> None:
    with losing("PutItem", key) as lost, translated():
        Row(key, who="me", count=1, names={"b", "a"}).save(condition=Row.key.does_not_exist())
    assert lost == ["PutItem"]


def test_what_somebody_else_created_is_a_conflict_though_the_answer_was_lost(key: str) -> None:
    Row(key, who="another").save()
    with losing("PutItem", key) as lost, pytest.raises(ConditionFailedError), translated():
        Row(key, who="me").save(condition=Row.key.does_not_exist())
    assert lost == ["PutItem"]
    assert Row.get(key).who == "another"


def test_the_very_same_item_is_a_conflict_for_who_asked_once(key: str) -> None:
    Row(key, who="me").save()
    with pytest.raises(ConditionFailedError), translated():
        Row(key, who="me").save(condition=Row.key.does_not_exist())


def test_what_is_deleted_once_is_deleted_though_the_answer_was_lost(key: str) -> None:
    Row(key, who="me").save()
    with losing("DeleteItem", key) as lost, translated():
        Row(key).delete(condition=Row.who == "me")
    assert lost == ["DeleteItem"]
    with losing("DeleteItem", key), translated():
        Row(key).delete(condition=Row.who == "me")  # gone already, and nobody can say who took it away
    Row(key, who="another").save()
    with losing("DeleteItem", key), pytest.raises(ConditionFailedError), translated():
        Row(key).delete(condition=Row.who == "me")


def test_what_is_changed_once_is_changed_though_the_answer_was_lost(key: str) -> None:
    Row(key, count=1, names={"gone"}).save()
    actions = [Row.who.set("me"), Row.count.set(2), Row.names.remove()]
    with losing("UpdateItem", key) as lost:
        outcome = conditional_update(Row, key, None, actions, Row.count == 1)
    assert lost == ["UpdateItem"]
    assert outcome == Applied({"key": {"S": key}, "who": {"S": "me"}, "count": {"N": "2"}})
    with losing("UpdateItem", key):
        again = conditional_update(Row, key, None, [Row.who.set("another"), Row.count.set(2)], Row.count == 1)
    assert again == Refused(outcome.attributes)


def test_a_write_that_met_a_transaction_between_its_two_sendings_is_known_again(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first sending's answer is lost, the second meets somebody's transaction, and the request made after a pause meets the first."""
    monkeypatch.setattr("jalon.edge.tables.time.sleep", lambda _seconds: None)
    client: Any = Row._get_connection().connection.client
    send, calls = client._make_api_call, list[dict[str, Any]]()

    def interrupted(operation: str, request: dict[str, Any]) -> Any:
        calls.append(request)
        if len(calls) > 1:
            return send(operation, request)
        send(operation, dict(request))
        told = {"Error": {"Code": IN_A_TRANSACTION[0], "Message": ""}, "ResponseMetadata": {"RetryAttempts": 1, "HTTPStatusCode": 400}}
        raise client.exceptions.ClientError(told, operation)

    monkeypatch.setattr(client, "_make_api_call", interrupted)
    with translated():
        Row(key, who="me").save(condition=Row.key.does_not_exist())
    assert len(calls) == 2


def test_a_transaction_whose_answer_was_lost_is_known_by_its_token(key: str) -> None:
    with losing("TransactWriteItems", key) as lost, transaction(Row) as write:
        write.save(Row(key, who="me"), condition=Row.key.does_not_exist())
        write.save(Row(f"{key}-2", who="me"))
    assert lost == ["TransactWriteItems"]


WRITTEN = {"key": {"S": "k"}, "who": {"S": "me"}, "count": {"N": "2.0"}, "names": {"SS": ["b", "a"]}}


@pytest.mark.parametrize(
    ("actions", "told"),
    [
        ([Row.who.set("me")], True),
        ([Row.who.set("another")], False),
        ([Row.who.set("me"), Row.count.set(2), Row.names.set({"a", "b"})], True),
        ([Row.who.set("me"), Row.count.set(3)], False),
        ([Row.count.set(Row.count | 7)], True),
        ([Row.who.set("me"), Row.lines.set(Row.lines | ["a"])], False),
        ([Row.who.set("me"), Row.lines.remove()], True),
        ([Row.who.set("me"), Row.names.remove()], False),
        ([Row.lines.remove()], False),
        ([Row.count.add(1)], False),
        ([Row.who.set("me"), Row.count.add(1)], True),
        ([Row.who.set("me"), Row.count.set(Row.count + 1)], False),
        ([Row.who.set("me"), Row.lines.set(Row.lines.append(["a"]))], False),
        ([Row.who.set("me"), Row.names.set(Row.who | {"a"})], False),
    ],
)
def test_an_update_is_told_by_what_it_sets_to_a_value(actions: list[Action], told: bool) -> None:
    table = Row._get_connection()
    request = table.connection.get_operation_kwargs(table.table_name, "k", actions=actions)
    assert stands("UpdateItem", request, WRITTEN) is told
    assert not stands("UpdateItem", request, None)


@pytest.mark.parametrize(
    ("value", "kept", "same"),
    [
        ({"N": "1"}, {"N": "1.00"}, True),
        ({"N": "1"}, {"S": "1"}, False),
        ({"NS": ["1", "2"]}, {"NS": ["2.0", "1"]}, True),
        ({"BS": [b"1", b"2"]}, {"BS": [b"2", b"1"]}, True),
        ({"L": [{"N": "1"}, {"S": "a"}]}, {"L": [{"N": "1.0"}, {"S": "a"}]}, True),
        ({"L": [{"N": "1"}, {"S": "a"}]}, {"L": [{"S": "a"}, {"N": "1"}]}, False),
        ({"M": {"a": {"N": "1"}}}, {"M": {"a": {"N": "1.0"}}}, True),
        ({"M": {"a": {"N": "1"}}}, {"M": {"a": {"N": "1"}, "b": {"N": "1"}}}, False),
        ({"B": b"1"}, {"B": b"1"}, True),
        ({"BOOL": True}, {"BOOL": False}, False),
    ],
)
def test_values_are_the_same_as_dynamodb_keeps_them(value: dict[str, Any], kept: dict[str, Any], same: bool) -> None:
    assert stands("PutItem", {"Item": {"key": {"S": "k"}, "value": value}}, {"key": {"S": "k"}, "value": kept}) is same


def test_no_other_operation_is_taken_for_done() -> None:
    assert not stands("TransactWriteItems", {"TransactItems": []}, WRITTEN)
