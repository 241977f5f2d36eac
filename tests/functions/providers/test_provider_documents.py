"""What portals publish of themselves changes, and is sometimes not to be had: over hours, by a clock that the tests move."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jalon.accounts.identity_providers import IdentityProvider, ProviderRefusedError, ProviderUnavailableError
from jalon.accounts.openid_gateway import OpenIdGateway
from tests.accounts.openid_provider import CLIENT_ID, CLIENT_SECRET, LEA, REDIRECT_URI, Mischief, OpenIdProvider, visit
from tests.sources import FixedClock

CONFIGURATION = "/.well-known/openid-configuration"
VERIFIER = "v" * 43
#: The portal's tokens still hold when the clock has moved by a day.
LASTING = {"exp": 4_000_000_000}


class Portal:
    """The provider of the tests, and our gateway to it."""

    def __init__(self, provider: OpenIdProvider) -> None:
        self.provider, self.clock = provider, FixedClock(datetime.now(UTC) + timedelta(seconds=1))
        self.gateway = OpenIdGateway(self.clock)
        self.entry = IdentityProvider("ent-exemple", "ENT des Exemples", provider.issuer, CLIENT_ID, CLIENT_SECRET, (REDIRECT_URI,))

    def sign_in(self, after: timedelta = timedelta(0), **mischief: Any) -> str:
        """The subject of whoever signs in later, and the portal has become like this."""
        self.clock.instant += after
        self.provider.mischief = Mischief(id_token=LASTING, **mischief)
        self.provider.seen.clear()
        nonce = f"nonce-{self.clock.instant.isoformat()}-{len(self.provider.tokens)}"
        code = visit(self.gateway.authorization_url(self.entry, REDIRECT_URI, "state", nonce, VERIFIER))["code"]
        person = self.gateway.redeem(self.entry, code, REDIRECT_URI, nonce, VERIFIER, None)
        assert self.gateway.claims(self.entry, person)["given_name"] == LEA["given_name"]
        return person.subject

    def asked(self) -> int:
        """How many requests of ours the last sign-in took; the person's own visit is none."""
        return sum(path != "/authorize" for path in self.provider.seen)


@pytest.fixture
def portal(provider: OpenIdProvider) -> Portal:
    return Portal(provider)


def moved(provider: OpenIdProvider, at: str = "/moved-keys") -> dict[str, Any]:
    """The portal signs with a new key and publishes it elsewhere; the old address goes on showing the old one."""
    former = [key.as_dict(private=False) for key in provider.keys]
    provider.rotate()
    fresh = [provider.keys[0].as_dict(private=False)]
    pages = {"/keys": json.dumps({"keys": former}).encode(), at: json.dumps({"keys": fresh}).encode()}
    return {"metadata": {"jwks_uri": provider.issuer + at}, "bodies": pages}


@pytest.mark.parametrize("minutes", [1, 50, 61])
def test_a_portal_that_moves_its_keys_goes_on_signing_people_in(portal: Portal, minutes: int) -> None:
    portal.sign_in()
    portal.sign_in(timedelta(minutes=5))
    assert portal.asked() == 2
    assert portal.sign_in(timedelta(minutes=minutes), **moved(portal.provider)) == LEA["sub"]
    assert portal.asked() <= 4


def test_keys_that_we_do_not_know_are_asked_for_at_most_every_half_minute(portal: Portal) -> None:
    portal.sign_in()
    portal.provider.rotate()
    for seconds, asks in ((31, 1), (10, 0), (10, 0), (10, 1)):
        with pytest.raises(ProviderRefusedError):
            portal.sign_in(timedelta(seconds=seconds), bodies={"/keys": b'{"keys": []}'})
        assert [portal.provider.seen.count(path) for path in (CONFIGURATION, "/keys")] == [asks, asks]


@pytest.mark.parametrize(
    "down",
    [
        {"statuses": {CONFIGURATION: 503}},
        {"statuses": {CONFIGURATION: 302}},
        {"bodies": {CONFIGURATION: b"<html>maintenance</html>"}},
        {"bodies": {CONFIGURATION: b"[]"}},
        {"metadata": {"issuer": "https://another.example"}},
        {"metadata": {"token_endpoint": "http://ent.example/token"}},
    ],
    ids=str,
)
def test_a_description_that_cannot_be_had_anew_serves_for_a_day(portal: Portal, down: dict[str, Any]) -> None:
    portal.sign_in()
    for hours in (1, 2, 20):
        assert portal.sign_in(timedelta(hours=hours), **down) == LEA["sub"]
        assert portal.asked() <= 4
    with pytest.raises(ProviderUnavailableError):
        portal.sign_in(timedelta(hours=1), **down)
    assert portal.sign_in() == LEA["sub"]


def test_who_signs_in_while_the_description_cannot_be_had_does_not_wait_for_it_each_time(portal: Portal) -> None:
    portal.sign_in()
    down = {CONFIGURATION: 503}
    portal.sign_in(timedelta(hours=1), statuses=down)
    assert portal.provider.seen.count(CONFIGURATION) == 1
    portal.sign_in(timedelta(seconds=20), statuses=down)
    assert CONFIGURATION not in portal.provider.seen
    portal.sign_in(timedelta(seconds=20), statuses=down)
    assert portal.provider.seen.count(CONFIGURATION) == 1


def test_a_description_speaks_for_its_issuer_to_the_letter(portal: Portal) -> None:
    """Another entry of the operator's with a slash too many is told, not served by what was kept of the right one."""
    portal.sign_in()
    portal.entry = replace(portal.entry, issuer=portal.entry.issuer + "/")
    with pytest.raises(ProviderUnavailableError):
        portal.sign_in()


def test_a_description_that_was_never_had_is_asked_for_by_everybody(portal: Portal) -> None:
    for _ in range(2):
        with pytest.raises(ProviderUnavailableError):
            portal.sign_in(statuses={CONFIGURATION: 503})
    assert portal.sign_in() == LEA["sub"]


def test_keys_serve_an_hour_and_no_longer(portal: Portal) -> None:
    """One that the portal withdrew may be in a thief's hands."""
    portal.sign_in()
    down = {"/keys": 503}
    assert portal.sign_in(timedelta(minutes=59), statuses=down) == LEA["sub"]
    with pytest.raises(ProviderUnavailableError):
        portal.sign_in(timedelta(minutes=1), statuses=down)
    with pytest.raises(ProviderUnavailableError):
        portal.sign_in(statuses={**down, CONFIGURATION: 503})
