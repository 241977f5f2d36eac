"""Puts the function together, once per environment, at its first request."""

import re
from dataclasses import dataclass
from functools import cache

from functions.accounts.oauth_clients import Operator, Registered, Screens, TokenClient
from functions.accounts.oauth_server import TokenServer
from jalon.accounts.accounts import Accounts
from jalon.accounts.accounts_wiring import open_accounts
from jalon.accounts.messages import Mailer
from jalon.accounts.oauth_client import OPERATOR, SCREENS
from jalon.accounts.provider_flow import ProviderSignIns
from jalon.accounts.ses_mailer import SesMailer
from jalon.accounts.sign_in_wiring import open_clients, open_provider_sign_ins, open_sign_ins
from jalon.accounts.stores import ClientStore
from jalon.edge.secrets import secret_json
from jalon.edge.settings import Settings
from jalon.kernel.ids import ClientId

_CLIENT_ID = re.compile(r"cli_[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes work with."""

    accounts: Accounts
    clients: ClientStore
    tokens: TokenServer
    mailer: Mailer
    terms_in_force: str


@cache
def desk() -> Desk:
    """The function's parts on the template's tables, keys and secrets."""
    settings = Settings.from_environment()
    accounts = open_accounts(settings)
    clients = open_clients(settings)

    def find_client(client_id: str) -> TokenClient | None:
        if client_id == SCREENS:
            return Screens()
        if client_id == OPERATOR:
            return Operator(OPERATOR, secret_json(settings, "OPERATOR_CLIENT")["client_secret"])
        client = clients.get(ClientId(client_id)) if _CLIENT_ID.fullmatch(client_id) else None
        return Registered(client, accounts.keyring, accounts.clock) if client else None

    sign_ins = open_sign_ins(settings, accounts)
    tokens = TokenServer(accounts, sign_ins, sign_ins.access_tokens, find_client)
    return Desk(accounts, clients, tokens, SesMailer(settings.value("MAIL_SENDER")), settings.value("TERMS_VERSION"))


@cache
def provider_sign_ins() -> ProviderSignIns:
    """Apart from the desk: a mistake in the operator's list of providers stops nobody who has a password."""
    return open_provider_sign_ins(Settings.from_environment(), desk().accounts.clock)


def forget_desk() -> None:
    """Wire anew at the next request (tests)."""
    desk.cache_clear()
    provider_sign_ins.cache_clear()
