"""Batches report each failed record; a queue goes on after a failure, a stream stops at it."""

import json
import uuid
from typing import Any

from botocore.exceptions import ClientError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jalon.edge.workers import grouped_stream_batch, sqs_batch, stream_batch


def _process(record: Any) -> None:
    if record.get("bad"):
        raise ValueError("bad record")


def test_a_queue_reports_each_failed_message_and_processes_the_others() -> None:
    records = [{"messageId": "1"}, {"messageId": "2", "bad": True}, {"messageId": "3"}, {"messageId": "4", "bad": True}]
    done: list[str] = []

    def process(record: Any) -> None:
        _process(record)
        done.append(record["messageId"])

    answer = sqs_batch("test", process)({"Records": records}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}, {"itemIdentifier": "4"}]}
    assert done == ["1", "3"]


def test_a_stream_stops_at_the_first_failure_so_that_order_is_kept() -> None:
    records = [{"dynamodb": {"SequenceNumber": str(n)}, "bad": n == 2} for n in range(1, 5)]
    seen: list[str] = []

    def process(record: Any) -> None:
        seen.append(record["dynamodb"]["SequenceNumber"])
        _process(record)

    assert stream_batch("test", process)({"Records": records}, None) == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert seen == ["1", "2"]


def test_an_empty_batch_has_no_failure() -> None:
    assert sqs_batch("test", _process)({}, None) == {"batchItemFailures": []}


def test_a_failed_record_is_logged_by_its_type_place_and_cause_and_never_by_its_message(capsys: Any) -> None:
    def process(_: Any) -> None:
        try:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "hunter2"}}, "PutItem")
        except ClientError as error:
            raise ValueError("hunter2") from error

    assert sqs_batch(f"test-{uuid.uuid4()}", process)({"Records": [{"messageId": "1"}]}, None)["batchItemFailures"]
    logged = capsys.readouterr().out
    for told in ("RECORD_FAILED", '"error":"ValueError"', "test_workers.py", "process", "PutItem AccessDenied"):
        assert told in logged
    assert "hunter2" not in logged


def _logged(capsys: Any) -> dict[str, Any]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (failed,) = [line for line in lines if line.get("message") == "RECORD_FAILED"]
    return failed


def test_a_failed_message_is_named_in_the_log(capsys: Any) -> None:
    sqs_batch(f"test-{uuid.uuid4()}", _process)({"Records": [{"messageId": "5f2c", "body": "hunter2", "bad": True}]}, None)
    assert _logged(capsys)["message_id"] == "5f2c"


def test_a_failed_change_is_named_in_the_log_by_its_place_its_key_and_its_owner_and_nothing_else_of_it(capsys: Any) -> None:
    image = {"assessment_id": {"S": "asm_1"}, "user_id": {"S": "usr_1"}, "answers": {"L": [{"B": "hunter2"}]}, "deadline": {"N": "17"}}
    change = {"SequenceNumber": "4421584500000000017450439091", "Keys": {"assessment_id": {"S": "asm_1"}}, "NewImage": image}
    stream_batch(f"test-{uuid.uuid4()}", _process)({"Records": [{"bad": True, "dynamodb": change}]}, None)
    logged = _logged(capsys)
    assert logged["sequence_number"] == change["SequenceNumber"]
    assert (logged["assessment_id"], logged["user_id"]) == ("asm_1", "usr_1")
    assert "hunter2" not in str(logged)
    assert "deadline" not in logged


def test_a_change_without_an_image_is_named_by_its_key(capsys: Any) -> None:
    change = {"SequenceNumber": "9", "Keys": {"year": {"N": "2026"}, "place": {"N": "17"}}}
    stream_batch(f"test-{uuid.uuid4()}", _process)({"Records": [{"bad": True, "dynamodb": change}]}, None)
    logged = _logged(capsys)
    assert (logged["sequence_number"], logged["year"], logged["place"]) == ("9", "2026", "17")


def _change(place: int, group: str, *, bad: bool = False) -> dict[str, Any]:
    return {"dynamodb": {"SequenceNumber": str(place)}, "group": group, "bad": bad}


def _grouped(records: list[dict[str, Any]]) -> tuple[dict[str, Any], list[list[str]]]:
    """What is reported, and the calls that went through, each by its records' places."""
    calls: list[list[str]] = []

    def process(taken: Any) -> None:
        for record in taken:
            _process(record)
        calls.append([record["dynamodb"]["SequenceNumber"] for record in taken])

    handler = grouped_stream_batch("test", lambda record: str(record["group"]), process)
    return handler({"Records": records}, None), calls


def test_records_of_one_group_are_taken_together_in_their_order() -> None:
    answer, calls = _grouped([_change(1, "a"), _change(2, "b"), _change(3, "a"), _change(4, "a")])
    assert (answer, calls) == ({"batchItemFailures": []}, [["1", "3", "4"], ["2"]])


def test_a_group_that_fails_is_taken_apart_and_what_is_reported_is_the_record_itself() -> None:
    records = [_change(1, "a"), _change(2, "b"), _change(3, "a", bad=True), _change(4, "b"), _change(5, "c")]
    answer, calls = _grouped(records)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "3"}]}
    assert calls == [["1"], ["2", "4"]]


def test_a_group_before_the_failure_that_fails_too_is_what_is_reported() -> None:
    records = [_change(1, "a"), _change(2, "b", bad=True), _change(3, "a", bad=True)]
    assert _grouped(records)[0] == {"batchItemFailures": [{"itemIdentifier": "2"}]}


def test_nothing_behind_the_first_failure_is_taken_that_does_not_come_with_its_group() -> None:
    records = [_change(1, "a"), _change(2, "b"), _change(3, "a", bad=True), _change(4, "b"), _change(5, "b", bad=True)]
    answer, calls = _grouped([*records, _change(6, "c"), _change(7, "c")])
    assert (answer, calls) == ({"batchItemFailures": [{"itemIdentifier": "3"}]}, [["1"], ["2"]])


def test_a_record_alone_that_fails_is_tried_once() -> None:
    tried: list[Any] = []

    def process(taken: Any) -> None:
        tried.append(taken)
        raise ValueError

    assert grouped_stream_batch("test", str, process)({"Records": [_change(1, "a")]}, None)["batchItemFailures"]
    assert len(tried) == 1


def test_only_the_record_that_fails_is_logged(capsys: Any) -> None:
    handler = grouped_stream_batch(f"test-{uuid.uuid4()}", lambda _: "all", lambda taken: [_process(record) for record in taken])
    handler({"Records": [_change(1, "a"), _change(2, "a", bad=True), _change(3, "a")]}, None)
    assert _logged(capsys)["sequence_number"] == "2"


def test_an_empty_grouped_batch_has_no_failure() -> None:
    assert grouped_stream_batch("test", str, lambda _: None)({}, None) == {"batchItemFailures": []}


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([False, False, False, True])), max_size=12))
@example([("a", False), ("b", False), ("a", True), ("b", True)])
def test_everything_before_the_record_reported_is_processed_and_that_one_is_not(seen: list[tuple[str, bool]]) -> None:
    """The checkpoint of a stream: what comes before it never comes again."""
    records = [_change(place, group, bad=bad) for place, (group, bad) in enumerate(seen)]
    answer, calls = _grouped(records)
    done = {place for call in calls for place in call}
    first_bad = next((place for place, record in enumerate(records) if record["bad"]), len(records))
    assert [failed["itemIdentifier"] for failed in answer["batchItemFailures"]] == [str(first_bad)][: len(records) - first_bad]
    assert {str(place) for place in range(first_bad)} <= done
    assert str(first_bad) not in done
