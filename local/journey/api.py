"""A client of the HTTPS API: what the journey uses, and nothing of ours behind it."""

import json
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

import httpx

from local.journey.contract import Contract


class JourneyError(RuntimeError):
    """A step did not go as it must; the message says what was asked and what was answered."""


@dataclass(slots=True)
class Meter:
    """What the requests cost: counted from many threads."""

    answers: int = 0
    errors: int = 0
    _latencies_ms: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, latency_ms: float, *, error: bool) -> None:
        """Count one request; an error is an answer of 5xx or a broken connection."""
        with self._lock:
            self._latencies_ms.append(latency_ms)
            self.errors += error

    def count_answer(self) -> None:
        """Count one answer to a question that the API acknowledged."""
        with self._lock:
            self.answers += 1

    @property
    def requests(self) -> int:
        return len(self._latencies_ms)

    def percentile_ms(self, percent: int) -> float:
        """The ``percent``-th percentile of the latencies in ms; 0.0 before two requests."""
        if len(self._latencies_ms) < 2:
            return 0.0
        return round(quantiles(self._latencies_ms, n=100, method="inclusive")[percent - 1], 1)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, its headers and its body (parsed when it is JSON)."""

    status: int
    headers: Mapping[str, str]
    body: Any

    def __getitem__(self, key: str) -> Any:
        return self.body[key]


@dataclass(slots=True)
class Api:
    """The API at ``base_url``, spoken to with ``token`` (None: not signed in)."""

    base_url: str
    contract: Contract
    meter: Meter
    http: httpx.Client
    token: str | None = None

    def signed_in(self, token: str) -> "Api":
        """The same API for someone else."""
        return Api(self.base_url, self.contract, self.meter, self.http, token)

    def get(self, path: str, *, expect: int = 200, query: Mapping[str, str] | None = None, **parameters: str) -> Reply:
        """GET ``path``, a route as the document writes it, its parameters given by name."""
        return self._send("GET", path, parameters, expect=expect, query=query)

    def post(self, path: str, body: Any = None, *, expect: int | tuple[int, ...] = 200, key: str | None = None, **parameters: str) -> Reply:
        """POST ``body``; ``key`` is the Idempotency-Key, a fresh one unless given."""
        return self._send("POST", path, parameters, body=body, expect=expect, key=key or str(uuid.uuid4()))

    def token_for(self, **form: str) -> str:
        """An access token from the token endpoint (RFC 6749)."""
        return str(self.tokens_for(**form)["access_token"])

    def tokens_for(self, **form: str) -> dict[str, Any]:
        """The token endpoint's whole answer."""
        reply = self._send("POST", "/v1/oauth/token", {}, form=form, expect=200)
        tokens: dict[str, Any] = reply.body
        return tokens

    def _send(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str],
        *,
        expect: int | tuple[int, ...],
        body: Any = None,
        form: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> Reply:
        if form is None:
            self.contract.check_request(method, path, body)
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if key:
            headers["Idempotency-Key"] = key
        url = self.base_url + path.format(**parameters)
        began = time.perf_counter()
        try:
            response = self.http.request(method, url, headers=headers, json=body, data=form, params=query)
        except httpx.HTTPError as error:
            self.meter.add((time.perf_counter() - began) * 1000, error=True)
            raise JourneyError(f"{method} {url}: {error!r}") from error
        self.meter.add((time.perf_counter() - began) * 1000, error=response.status_code >= 500)
        return self._reply(method, path, response, expect)

    def _reply(self, method: str, path: str, response: httpx.Response, expect: int | tuple[int, ...]) -> Reply:
        media_type = response.headers.get("content-type", "").split(";")[0]
        body: Any = response.content
        if "json" in media_type and response.content:
            try:
                body = response.json()
            except json.JSONDecodeError as error:
                raise JourneyError(f"{method} {path} answered what is not JSON: {response.text[:200]}") from error
        expected = (expect,) if isinstance(expect, int) else expect
        if response.status_code not in expected:
            raise JourneyError(f"{method} {path} answered {response.status_code} where {expect} was expected: {response.text[:600]}")
        if response.status_code != 304:
            self.contract.check_answer(method, path, response.status_code, media_type, body)
        return Reply(response.status_code, response.headers, body)
