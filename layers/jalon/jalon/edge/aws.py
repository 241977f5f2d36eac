"""Clients of the cloud's services, made at first use and kept for the life of the environment.

botocore alone: boto3 costs a function about 150 ms more at its cold start and adds nothing we use.
Time-outs are a second or less, retries few and jittered, so that a stuck dependency costs a caller little.
"""

from functools import cache
from typing import Any

CONNECT_TIMEOUT_S = 1.0
READ_TIMEOUT_S = 1.0
#: Services whose calls carry or make more than a second's work (objects, signatures, starting executions).
_PATIENT_READ_TIMEOUT_S = {"s3": 5.0, "stepfunctions": 3.0, "kms": 3.0, "lambda": 10.0}


@cache
def session() -> Any:
    """The process's one botocore session: what it has read of the services' descriptions serves all clients."""
    from botocore.session import get_session

    return get_session()


@cache
def client(service: str) -> Any:
    """The botocore client of ``service`` (``"s3"``, ``"kms"``, ``"sqs"``, ``"stepfunctions"``, …)."""
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=_PATIENT_READ_TIMEOUT_S.get(service, READ_TIMEOUT_S),
        retries={"mode": "standard", "total_max_attempts": 3},
        signature_version="s3v4" if service == "s3" else None,
        s3={"addressing_style": "path"} if session().get_config_variable("endpoint_url") else None,
    )
    return session().create_client(service, config=config)


def forget_clients() -> None:
    """Drop the cached clients and their session, so that the next use reads the environment anew (tests)."""
    client.cache_clear()
    session.cache_clear()
