"""Puts this context together from a function's settings. A function calls it once, when it is wired.

Whoever only looks names up needs the tables ``identities`` and ``credentials`` alone (:func:`open_account_store`).
Whoever creates accounts also needs the secret ``LOGIN_PEPPER`` and argon2-cffi in its package (:func:`open_accounts`).
"""

import json

from jalon.accounts.access_token import AccessTokens
from jalon.accounts.account_store import MODELS, AccountTable
from jalon.accounts.accounts import Accounts
from jalon.accounts.client_store import ClientTable
from jalon.accounts.family_store import FamilyTable
from jalon.accounts.identity_providers import read_providers
from jalon.accounts.keyring import Keyring
from jalon.accounts.kms_signer import KmsSigner
from jalon.accounts.provider_flow import ProviderSignIns
from jalon.accounts.provider_flow_store import FlowTable
from jalon.accounts.sign_ins import SignIns
from jalon.accounts.tables import ClientItem, FamilyItem, FlowItem
from jalon.edge.secrets import secret
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import Clock, SystemClock
from jalon.kernel.ids import IdSource, SecureIdSource


def open_account_store(settings: Settings) -> AccountTable:
    """Identities and credentials, for looking names up."""
    bind(settings, *MODELS)
    return AccountTable()


def open_accounts(settings: Settings, clock: Clock | None = None, ids: IdSource | None = None) -> Accounts:
    """What the use cases that create accounts and set passwords work with."""
    from jalon.accounts.argon2_hasher import Argon2Hasher

    return Accounts(
        store=open_account_store(settings),
        hasher=Argon2Hasher(),
        keyring=Keyring(secret(settings, "LOGIN_PEPPER")),
        ids=ids or SecureIdSource(),
        clock=clock or SystemClock(),
    )


def open_sign_ins(settings: Settings, accounts: Accounts) -> SignIns:
    """What opens, refreshes and ends sign-ins; its tokens are signed by the KMS key ``TOKEN_KEY_ID``."""
    bind(settings, FamilyItem)
    signer = KmsSigner(settings.value("TOKEN_KEY_ID"), settings.value("TOKEN_KEY_THUMBPRINT"))
    access_tokens = AccessTokens(settings.value("SITE_URL"), signer, accounts.ids)
    return SignIns(FamilyTable(), accounts.store, access_tokens, accounts.keyring, accounts.ids, accounts.clock)


def open_clients(settings: Settings) -> ClientTable:
    """The registered software."""
    bind(settings, ClientItem)
    return ClientTable()


def open_provider_sign_ins(settings: Settings, clock: Clock) -> ProviderSignIns:
    """Signing in through the identity providers that the secret ``IDENTITY_PROVIDERS`` lists."""
    from jalon.accounts.openid_gateway import OpenIdGateway

    bind(settings, FlowItem)
    providers = read_providers(json.loads(secret(settings, "IDENTITY_PROVIDERS")))
    return ProviderSignIns(providers, OpenIdGateway(clock), FlowTable())
