"""The benchmark of starts counts what DynamoDB would charge: sizes before and after, halves, transactions; and not what it reads itself."""

import pytest

from benchmarks.starts.tally import tallied
from jalon.edge import aws
from tests.cloud import Cloud

KEY = {"user_id": {"S": "usr_1"}, "attempt_key": {"S": "campaign#a#0001"}}


def item(kilobytes: int) -> dict[str, dict[str, str]]:
    return KEY | {"assessment_id": {"S": "a" * 1024 * kilobytes}}


@pytest.mark.parametrize(("stored", "written", "units"), [(0, 0, 1), (0, 2, 3), (4, 0, 5), (0, 5, 6)])
def test_a_write_is_charged_for_the_larger_of_the_item_before_and_after(cloud: Cloud, stored: int, written: int, units: int) -> None:
    table, dynamodb = cloud.environment["TABLE_ASSESSMENTS_BY_USER"], aws.client("dynamodb")
    dynamodb.put_item(TableName=table, Item=item(stored))
    with tallied() as tally:
        dynamodb.put_item(TableName=table, Item=item(written))
    assert (tally.operations, dict(tally.write_units), dict(tally.read_units)) == (["PutItem"], {table: units}, {})


def test_reads_are_charged_by_four_kilobytes_and_half_when_they_may_lag(cloud: Cloud) -> None:
    table, dynamodb = cloud.environment["TABLE_ASSESSMENTS_BY_USER"], aws.client("dynamodb")
    dynamodb.put_item(TableName=table, Item=item(4))
    with tallied() as tally:
        dynamodb.get_item(TableName=table, Key=KEY, ConsistentRead=True)
        dynamodb.get_item(TableName=table, Key=KEY)
        dynamodb.batch_get_item(RequestItems={table: {"Keys": [KEY], "ConsistentRead": True}})
    assert tally.read_units == {table: 2 + 1 + 2}
    assert tally.figures()["operations"] == 3


def test_a_transaction_is_charged_twice_and_a_deletion_of_nothing_once(cloud: Cloud) -> None:
    table, dynamodb = cloud.environment["TABLE_ASSESSMENTS_BY_USER"], aws.client("dynamodb")
    with tallied() as tally:
        dynamodb.delete_item(TableName=table, Key=KEY)
    assert tally.write_units == {table: 1}
    with tallied() as tally:
        dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": table, "Item": item(1)}}])
    assert tally.write_units == {table: 4}
