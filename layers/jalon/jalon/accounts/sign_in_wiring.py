"""Puts sign-ins together from the settings of the function that serves them.

Apart from :mod:`jalon.accounts.accounts_wiring`, because a function that only makes accounts ships no JOSE library.
"""

import json

from jalon.accounts.access_token import AccessTokens
from jalon.accounts.accounts import Accounts
from jalon.accounts.client_store import ClientTable
from jalon.accounts.family_store import FamilyTable
from jalon.accounts.identity_providers import read_providers
from jalon.accounts.kms_signer import KmsSigner
from jalon.accounts.provider_flow import ProviderSignIns
from jalon.accounts.provider_flow_store import FlowTable
from jalon.accounts.same_person import Doubt
from jalon.accounts.sign_ins import SignIns
from jalon.accounts.tables import ClientItem, FamilyItem, FlowItem
from jalon.edge.observability import logger
from jalon.edge.secrets import secret
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import Clock
from jalon.kernel.ids import UserId


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
    return ProviderSignIns(providers, OpenIdGateway(clock), FlowTable(), _warn_of_number)


def _warn_of_number(provider_id: str, doubt: Doubt, holder: UserId | None) -> None:
    """For the operator: a school's list, or the provider's directory, has a pupil under another's number, or under none."""
    logger("accounts").warning("CERTIFIED_NUMBER_NOT_BELIEVED", provider=provider_id, reason=str(doubt), user_id=holder)
