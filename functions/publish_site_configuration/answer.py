"""How a custom resource answers CloudFormation: a PUT to the address that the request names."""

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_TIMEOUT_S = 10


class AnswerRefusedError(RuntimeError):
    """CloudFormation did not take the answer; failing makes Lambda send the request again."""


def send_answer(event: Mapping[str, Any], attributes: Mapping[str, str], reason: str) -> None:
    """Tell CloudFormation how it went: success with ``attributes``, or failure if there is a ``reason``."""
    body = json.dumps(
        {
            "Status": "FAILED" if reason else "SUCCESS",
            "Reason": reason or "published",
            # Steady, so that an update never makes CloudFormation delete what it takes for the former resource.
            "PhysicalResourceId": event.get("PhysicalResourceId") or f"{event['LogicalResourceId']}-documents",
            "StackId": event["StackId"],
            "RequestId": event["RequestId"],
            "LogicalResourceId": event["LogicalResourceId"],
            "Data": dict(attributes),
        }
    ).encode()
    address = urlsplit(str(event["ResponseURL"]))
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.netloc, timeout=_TIMEOUT_S)
    try:
        # S3's presigned address was signed without a content type, and refuses one.
        connection.request("PUT", f"{address.path}?{address.query}", body, {"Content-Type": ""})
        response = connection.getresponse()
        response.read()
    finally:
        connection.close()
    if response.status >= 300:
        raise AnswerRefusedError(f"CloudFormation answered {response.status}")
