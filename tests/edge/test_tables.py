"""One conditional write answers with the item either way; the store's errors come out in the domain's words."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.models import Model

from jalon.edge import aws
from jalon.edge.settings import MissingSettingError, Settings
from jalon.edge.tables import (
    Applied,
    ConditionFailedError,
    Refused,
    StoreUnavailableError,
    TableMeta,
    bind,
    conditional_update,
    transaction,
    translated,
)
from tests.cloud import Cloud
from tests.dynamodb_answers import IN_A_TRANSACTION, REFUSED, Answer, answering, cancelled


class Row(Model):
    class Meta(TableMeta):
        table_name = "idempotency"

    key = UnicodeAttribute(hash_key=True)
    count = NumberAttribute(default=0)


@pytest.fixture
def row(cloud: Cloud) -> Row:
    bind(Settings.from_environment(), Row)
    stored = Row("a", count=1)
    stored.save()
    return stored


def test_an_update_whose_condition_holds_returns_the_whole_item_after_it(row: Row) -> None:
    outcome = conditional_update(Row, "a", None, [Row.count.add(1)], Row.count == 1)
    assert outcome == Applied({"key": {"S": "a"}, "count": {"N": "2"}})


def test_an_update_whose_condition_fails_returns_the_item_as_it_stands_and_writes_nothing(row: Row) -> None:
    outcome = conditional_update(Row, "a", None, [Row.count.add(1)], Row.count == 7)
    assert outcome == Refused({"key": {"S": "a"}, "count": {"N": "1"}})
    assert Row.get("a").count == 1


def test_an_update_of_nothing_is_refused_with_no_item(row: Row) -> None:
    assert conditional_update(Row, "absent", None, [Row.count.add(1)], Row.key.exists()) == Refused(None)


def test_a_refused_condition_becomes_a_conflict(row: Row) -> None:
    with pytest.raises(ConditionFailedError), translated():
        Row("a", count=9).save(condition=Row.key.does_not_exist())


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited before each repeat; nobody waits in a test."""
    waited: list[float] = []
    monkeypatch.setattr("jalon.edge.tables.time.sleep", waited.append)
    return waited


def write_two() -> None:
    with transaction(Row) as write:
        write.save(Row("b"))
        write.save(Row("c"), condition=Row.key.does_not_exist())


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (cancelled("ConditionalCheckFailed", "None"), ConditionFailedError),
        (cancelled("None", "ThrottlingError"), StoreUnavailableError),
        (cancelled("ProvisionedThroughputExceeded", "None"), StoreUnavailableError),
        (cancelled("TransactionConflict", "ThrottlingError"), StoreUnavailableError),
        (cancelled("TransactionConflict", "ConditionalCheckFailed"), ConditionFailedError),
        (cancelled("ThrottlingError", "ConditionalCheckFailed"), ConditionFailedError),
        (cancelled("ValidationError", "None"), TransactWriteError),
        (cancelled("ThrottlingError", "ItemCollectionSizeLimitExceeded"), TransactWriteError),
        (cancelled("TransactionConflict", "NotHeardOf"), TransactWriteError),
    ],
)
def test_a_cancelled_transaction_is_refused_busy_or_our_own_fault_by_its_reasons(
    row: Row, pauses: list[float], answer: Answer, told: type[Exception]
) -> None:
    with answering(Row, "TransactWriteItems", answer), pytest.raises(told):
        write_two()


def test_a_write_that_meets_a_transaction_is_sent_again_and_told_as_busy_in_the_end(row: Row, pauses: list[float]) -> None:
    with answering(Row, "PutItem", IN_A_TRANSACTION) as sent, pytest.raises(StoreUnavailableError), translated():
        Row("b").save()
    assert (len(sent), len(pauses)) == (3, 2)
    with answering(Row, "UpdateItem", IN_A_TRANSACTION, REFUSED) as sent:
        assert conditional_update(Row, "a", None, [Row.count.add(1)], Row.count == 1) == Refused(None)
    assert len(sent) == 2


def test_a_transaction_that_meets_another_is_sent_again_as_a_request_of_its_own(row: Row, pauses: list[float]) -> None:
    answers = (cancelled("TransactionConflict", "None"), cancelled("None", "ConditionalCheckFailed"))
    with answering(Row, "TransactWriteItems", *answers) as sent, pytest.raises(ConditionFailedError):
        write_two()
    tokens = [json.loads(body)["ClientRequestToken"] for body in sent]
    assert len(set(tokens)) == len(tokens) == 2, "DynamoDB answers a token that it knows as it did before"


def test_a_write_that_has_waited_long_for_its_answer_is_not_sent_again(
    row: Row, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = SimpleNamespace(monotonic=iter((0.0, 1.0)).__next__, sleep=pauses.append)
    monkeypatch.setattr("jalon.edge.tables.time", slow)
    with answering(Row, "PutItem", IN_A_TRANSACTION) as sent, pytest.raises(StoreUnavailableError), translated():
        Row("b").save()
    assert len(sent) == 1


def test_a_refused_write_is_not_sent_again(row: Row, pauses: list[float]) -> None:
    with answering(Row, "PutItem", REFUSED) as sent, pytest.raises(ConditionFailedError), translated():
        Row("b").save()
    assert (len(sent), pauses) == (1, [])


@pytest.mark.parametrize(
    ("code", "status", "told"),
    [
        ("SlowDown", 503, StoreUnavailableError),
        ("InternalError", 500, StoreUnavailableError),
        ("TooManyRequestsException", 429, StoreUnavailableError),
        ("AccessDenied", 403, ClientError),
        ("ValidationException", 400, ClientError),
    ],
)
def test_another_service_that_is_busy_is_unavailable_and_what_it_forbids_is_our_own_fault(
    code: str, status: int, told: type[Exception]
) -> None:
    answer: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    with pytest.raises(told), translated():
        raise ClientError(answer, "GetObject")


def test_a_store_that_does_not_answer_is_unavailable(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    bind(Settings.from_environment(), Row)
    with pytest.raises(StoreUnavailableError), translated():
        Row.get("a")


def test_a_model_that_the_template_gives_no_table_is_a_fault_of_the_deployment() -> None:
    with pytest.raises(MissingSettingError, match="TABLE_IDEMPOTENCY"):
        bind(Settings({}), Row)


def test_the_models_of_a_function_share_one_client_and_its_session(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    class Other(Model):
        class Meta(TableMeta):
            table_name = "idempotency"

        key = UnicodeAttribute(hash_key=True)

    bind(Settings.from_environment(), Row, Other)
    one, other = (model._get_connection().connection for model in (Row, Other))
    assert one.client is other.client
    assert one._shared.session is aws.session()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")
    bind(Settings.from_environment(), Other)
    assert Other._get_connection().connection.client is not one.client
