"""Through what an account is opened, and which of these ways its owner attached.

A school gives a username. An address and identity providers are attached by whoever holds the account: its owner, or somebody who had
their slip before them.
"""

from dataclasses import dataclass, replace

from jalon.accounts.find_login import login_keys
from jalon.accounts.identity import Identity
from jalon.accounts.keyring import Keyring
from jalon.accounts.stores import Credentials
from jalon.kernel.errors import ConflictError


class OnlyWayInError(ConflictError):
    """Nobody could sign in to the account any more."""

    code = "only_way_in"


@dataclass(frozen=True, slots=True)
class AttachedWays:
    """Whether there is an address, and the identity providers by their identifiers."""

    email: bool
    providers: tuple[str, ...]


def attached_ways(identity: Identity) -> AttachedWays:
    """The ways in to this account but for its username."""
    return AttachedWays(identity.email is not None, tuple(sorted(identity.providers)))


def require_way_in(identity: Identity, credentials: Credentials | None) -> None:
    """Raise :class:`OnlyWayInError` unless the owner could still sign in.

    That is through a provider, with an address to which a recovery may be sent, or with a password and a login that it belongs to.
    """
    has_password = credentials is not None and credentials.verifier is not None
    is_reached = identity.email is not None and not identity.only_claims_email
    is_named = identity.username is not None or identity.email is not None
    if not (identity.providers or is_reached or (has_password and is_named)):
        raise OnlyWayInError("Nobody could sign in any more: attach an e-mail address or link another provider first.")


def without_address(keyring: Keyring, identity: Identity) -> Identity:
    """The account with no address, whatever form its login was kept in."""
    keys = frozenset(login_keys(keyring, identity.email)) if identity.email else frozenset()
    return replace(identity, email=None, email_verified=False, login_keys=identity.login_keys - keys)


def without_attached_ways(keyring: Keyring, identity: Identity) -> Identity:
    """The account with its username alone; a national number that a school gave stays, those that came with providers go with them."""
    keys = {*identity.providers.values(), *identity.certified_numbers.values()}
    bare = without_address(keyring, identity)
    return replace(bare, providers={}, certified_numbers={}, login_keys=bare.login_keys - keys)
