"""Clients of the cloud's services, made at first use and kept for the life of the environment.

botocore alone: boto3 costs a function about 150 ms more at its cold start and adds nothing we use.
Retries are few and jittered. However stuck a service is, a call to it ends before the function that makes it is ended, so that
the caller is told what is unavailable, and not by the gateway that something is (:attr:`Patience.longest_s`; a test compares it with the
time-out of every function that may make the call).
"""

from dataclasses import dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Patience:
    """How long each try of a call waits, in seconds, and how many tries there are in all."""

    read_s: float
    tries: int
    connect_s: float = 1.0

    @property
    def longest_s(self) -> float:
        """What a call may take, at most: botocore pauses up to 1 s before the second try, twice that before the next, and so on.

        Each wait is for the next bytes: a body that keeps dripping is another matter.
        """
        return self.tries * (self.connect_s + self.read_s) + 2.0 ** (self.tries - 1) - 1


_USUAL = Patience(read_s=1.0, tries=3)
#: Services whose calls carry or make more than a second's work: objects, signatures, starting executions, another function's answer.
_PATIENCE = {
    "kms": Patience(read_s=3.0, tries=2),
    "lambda": Patience(read_s=8.0, tries=1),
    "s3": Patience(read_s=3.0, tries=2),
    "stepfunctions": Patience(read_s=3.0, tries=2),
}


def patience(service: str) -> Patience:
    """How long ``service``, by botocore's name, is waited for."""
    return _PATIENCE.get(service, _USUAL)


@cache
def session() -> Any:
    """The process's one botocore session: what it has read of the services' descriptions serves all clients."""
    from botocore.session import get_session

    return get_session()


@cache
def client(service: str) -> Any:
    """The botocore client of ``service`` (``"s3"``, ``"kms"``, ``"sqs"``, ``"stepfunctions"``, …)."""
    from botocore.config import Config

    waits = patience(service)
    config = Config(
        connect_timeout=waits.connect_s,
        read_timeout=waits.read_s,
        retries={"mode": "standard", "total_max_attempts": waits.tries},
        signature_version="s3v4" if service == "s3" else None,
        s3={"addressing_style": "path"} if session().get_config_variable("endpoint_url") else None,
    )
    return session().create_client(service, config=config)


def forget_clients() -> None:
    """Drop the cached clients and their session, so that the next use reads the environment anew (tests)."""
    client.cache_clear()
    session.cache_clear()
