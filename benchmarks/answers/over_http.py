"""Whole tests over HTTP: on the deployed stack, and both designs behind one local server, which alone makes them comparable."""

import contextlib
import os
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from benchmarks.answers.in_process import served_by
from benchmarks.answers.play import answers, begin
from functions.answers import wiring
from functions.answers.wiring import Parts
from jalon.assessment.store import AssessmentStore
from jalon.edge import aws, secrets
from local import deploy, dev, emulator, stack
from local.running import running

ISSUER = "https://jalon.example"


@dataclass(frozen=True, slots=True)
class Timed:
    """One test of 48 questions: seconds in all, and milliseconds from an answer sent to its response read."""

    test_s: float
    p50_ms: float
    p95_ms: float

    def figures(self) -> dict[str, float]:
        """As they are reported."""
        return {"test_s": round(self.test_s, 2), "p50_ms": round(self.p50_ms, 1), "p95_ms": round(self.p95_ms, 1)}


def behind_one_server(parts: Parts, stores: Mapping[str, AssessmentStore], tests: int, tell: Callable[[str], None]) -> dict[str, Timed]:
    """Each design behind ``local.dev``'s gateway, in turns, so that what else the machine does falls on both alike."""
    key = RSAKey.generate_key(2048, {"kid": "bench", "alg": "RS256"}, private=True)
    timed: dict[str, list[list[float]]] = {name: [] for name in stores}
    with _server(dev.Gateway(dev.routes(), ISSUER, KeySet([key]))) as url, httpx.Client(base_url=url, timeout=30) as http:
        for number in range(tests + 1):
            for name, store in stores.items():
                user_id = f"usr_{uuid.uuid4().hex}"
                token = jwt.encode({"alg": "RS256", "kid": "bench"}, _claims(user_id), key)
                with served_by(parts, store) as shared:
                    latencies = _play(shared, http, user_id, token)
                if number:  # the first of each warms up
                    timed[name].append(latencies)
            tell(f"test {number} of {tests}")
    return {name: _summed(latencies) for name, latencies in timed.items()}


def on_the_deployed_stack(tests: int, tell: Callable[[str], None]) -> Timed:
    """The deployed function, through the embedded cloud's gateway and its authorizer: the system that is up, else one brought up now."""
    with _deployed(tell) as (endpoint, api_url), httpx.Client(base_url=api_url, timeout=60) as http, _environment_of(endpoint):
        latencies = []
        for number in range(tests + 1):
            user_id, token = _new_pupil(http)
            played = _play(wiring.parts(), http, user_id, token)
            if number:
                latencies.append(played)
            tell(f"test {number} of {tests}")
    return _summed(latencies)


def _play(parts: Parts, http: httpx.Client, user_id: str, token: str) -> list[float]:
    """Milliseconds of each answer of one test."""
    latencies: list[float] = []

    def send(path: str, body: dict[str, Any]) -> dict[str, Any]:
        began = time.perf_counter()
        reply = http.post(path, json=body, headers={"Authorization": f"Bearer {token}"})
        latencies.append((time.perf_counter() - began) * 1000)
        document: dict[str, Any] = reply.json()
        return document

    for _ in answers(begin(parts, user_id), send):
        pass
    return latencies


def _summed(tests: list[list[float]]) -> Timed:
    flat = [latency for latencies in tests for latency in latencies]
    return Timed(median(sum(latencies) / 1000 for latencies in tests), median(flat), quantiles(flat, n=20, method="inclusive")[18])


def _claims(user_id: str) -> dict[str, Any]:
    now = int(time.time())
    return {"iss": ISSUER, "aud": "jalon", "sub": user_id, "client_id": "bench", "roles": "pupil", "scope": "", "exp": now + 3600}


@contextlib.contextmanager
def _server(app: dev.Gateway) -> Iterator[str]:
    port = emulator.free_port()
    server = uvicorn.Server(uvicorn.Config(app, host=emulator.HOST, port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://{emulator.HOST}:{port}"
    server.should_exit = True
    thread.join()


@contextlib.contextmanager
def _deployed(tell: Callable[[str], None]) -> Iterator[tuple[str, str]]:
    """The endpoint and the API's address of `make run`'s system, or of one that lasts as long as the block."""
    present = running()
    if present is not None:
        yield f"http://{emulator.HOST}:{present.port}", present.api_url
        return
    tell("bringing the system up (minutes)")
    with contextlib.ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="jalon-bench-")))
        up = ending.enter_context(stack.bring_up(folder, emulator.free_port(), emulator.free_port(), keep_state=False))
        yield up.cloud.endpoint, up.api_url


@contextlib.contextmanager
def _environment_of(endpoint: str) -> Iterator[None]:
    """The deployed functions' variables, with which this process draws the tests that the deployed function is then asked."""
    before = dict(os.environ)
    os.environ.update(dev.stack_environment(endpoint))
    os.environ.update(deploy.account_environment(endpoint))
    _forget()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        _forget()


def _forget() -> None:
    aws.forget_clients()
    secrets.forget_secrets()
    wiring.parts.cache_clear()


def _new_pupil(http: httpx.Client) -> tuple[str, str]:
    """A pupil who signs up with an address and signs in: their id and their token."""
    email, password = f"{uuid.uuid4().hex}@example.org", f"Pw-{uuid.uuid4().hex}"
    names = {"first_name": "Camille", "last_name": "Exemple", "birth_date": "2008-05-06"}
    key = {"Idempotency-Key": str(uuid.uuid4())}
    http.post("/v1/accounts", json={"email": email, "password": password, "locale": "fr-FR", **names}, headers=key).raise_for_status()
    form = {"grant_type": "password", "username": email, "password": password}
    token = str(http.post("/v1/oauth/token", data=form).raise_for_status().json()["access_token"])
    me = http.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).raise_for_status().json()
    return str(me["id"]), token
