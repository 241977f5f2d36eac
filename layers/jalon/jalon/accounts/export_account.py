"""The account, as its owner takes it along (docs/personal-data.schema.json, ``account`` and ``sign_ins``); never a secret."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from jalon.accounts.identity import Identity
from jalon.accounts.refresh_token import LONGEST_LIFETIME, Family
from jalon.accounts.stores import Credentials
from jalon.kernel.clock import iso


def account_document(identity: Identity, credentials: Credentials | None) -> dict[str, Any]:
    """Who the person is here, and how they sign in."""
    terms = identity.terms
    return {
        "id": identity.user_id,
        "first_name": identity.first_name,
        "last_name": identity.last_name,
        "birth_date": identity.birth_date.isoformat() if identity.birth_date else None,
        "email": identity.email,
        "email_verified": identity.email_verified,
        "username": identity.username,
        "roles": sorted(map(str, identity.roles)),
        "created_at": iso(identity.created_at),
        "preferences": asdict(identity.preferences),
        "terms": {"version": terms.version, "accepted_at": iso(terms.accepted_at)} if terms else None,
        "ways_in": {
            "identity_providers": sorted(identity.providers),
            "has_password": credentials is not None and credentials.verifier is not None,
            "password_is_initial": credentials is not None and credentials.initial_nonce is not None,
        },
    }


def sign_ins_document(families: Iterable[Family]) -> list[dict[str, Any]]:
    """Sign-ins that can still be refreshed. A token is not among what is known of one."""
    return [
        {
            "through": family.client_id,
            "began_at": iso(family.ends_at - LONGEST_LIFETIME),
            "refreshed_at": iso(family.rotated_at),
            "refreshed_times": family.generation,
            "ends_when_idle_at": iso(family.idle_until),
            "ends_at": iso(family.ends_at),
        }
        for family in families
    ]
