"""Batches report each failed record; a queue goes on after a failure, a stream stops at it."""

import json
import uuid
from typing import Any

from botocore.exceptions import ClientError

from jalon.edge.workers import sqs_batch, stream_batch


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
