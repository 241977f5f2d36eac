"""The stores of accounts in memory, for tests of the rules. They pass the same contract as the tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta

from jalon.accounts.access_token import AccessTokens, Claims
from jalon.accounts.accounts import Accounts
from jalon.accounts.counts import NONE_YET, Count
from jalon.accounts.identity import AccountExistsError, AccountNotFoundError, Identity, Preferences, TermsAcceptance
from jalon.accounts.keyring import Keyring
from jalon.accounts.lockout import attempts_of
from jalon.accounts.messages import Message
from jalon.accounts.oauth_client import OAuthClient
from jalon.accounts.provider_flow import Flow
from jalon.accounts.refresh_token import Family
from jalon.accounts.sign_ins import SignIns
from jalon.accounts.stores import ClosedWays, Credentials, Displaced, LoginTakenError, SetupTicket, StaleWriteError, TicketPurpose
from jalon.edge.tables import ConditionFailedError
from jalon.kernel.ids import ClientId, UserId
from tests.sources import FixedClock, SequenceIdSource

PEPPER = b"a pepper for tests, 32 bytes long."
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


class MemoryAccounts:
    """AccountStore."""

    def __init__(self) -> None:
        self.people: dict[UserId, Identity] = {}
        self.logins: dict[str, UserId] = {}
        self.proofs: dict[UserId, Credentials] = {}
        self.counts: dict[str, Count] = {}
        self.tickets: dict[tuple[UserId, TicketPurpose], SetupTicket] = {}

    def create(
        self, identity: Identity, credentials: Credentials, ticket: SetupTicket | None = None, *, displaced: Displaced | None = None
    ) -> None:
        if identity.user_id in self.people:
            raise AccountExistsError("exists")
        self._take(identity.login_keys, displaced)
        self.people[identity.user_id] = identity
        self.logins |= dict.fromkeys(identity.login_keys, identity.user_id)
        self.proofs[identity.user_id] = credentials
        if ticket:
            self.put_ticket(ticket)

    def identity(self, user_id: UserId) -> Identity | None:
        return self.people.get(user_id)

    def identities(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Identity]:
        return {user_id: self.people[user_id] for user_id in set(user_ids) if user_id in self.people}

    def user_of_login(self, login_key: str) -> UserId | None:
        return self.logins.get(login_key)

    def credentials(self, user_id: UserId) -> Credentials | None:
        return self.proofs.get(user_id)

    def count(self, counter: str, before: Count, after: Count) -> Count | None:
        stored = self.counts.get(counter, NONE_YET)
        if stored != before:
            return stored
        self.counts[counter] = after
        return None

    def forget_count(self, counter: str) -> None:
        self.counts.pop(counter, None)

    def set_password(
        self,
        user_id: UserId,
        verifier: str,
        initial_nonce: bytes | None,
        ticket: SetupTicket | None = None,
        *,
        proven: str | None = None,
        closing: ClosedWays | None = None,
    ) -> None:
        stored = self.ticket(user_id, ticket.purpose) if ticket else None
        if ticket and (stored is None or stored.nonce != ticket.nonce):
            raise StaleWriteError("used")
        person = self._person(user_id)
        if proven is not None and self.proofs[user_id].verifier != proven:
            raise StaleWriteError("replaced")
        for purpose in TicketPurpose:
            self.tickets.pop((user_id, purpose), None)
        given = self.proofs[user_id].given
        if initial_nonce in given:
            raise StaleWriteError("given")
        if closing:
            self.replace_logins(closing.before, closing.after)
            person = self._person(user_id)
        given |= frozenset() if initial_nonce is None else {initial_nonce}
        self.proofs[user_id] = Credentials(verifier, initial_nonce, given)
        self.people[user_id] = replace(person, sign_in_epoch=person.sign_in_epoch + 1)
        self.forget_count(attempts_of(user_id))

    def refuse_erased(self, user_id: UserId) -> None:
        """Nobody asks to be erased here: tests/own_data plays it on the tables."""

    def renew_verifier(self, user_id: UserId, old: str, new: str) -> None:
        proof = self.proofs.get(user_id)
        if proof and proof.verifier == old:
            self.proofs[user_id] = replace(proof, verifier=new)

    def put_ticket(self, ticket: SetupTicket) -> None:
        self.tickets[ticket.user_id, ticket.purpose] = ticket

    def offer_ticket(self, ticket: SetupTicket, now: datetime) -> SetupTicket:
        stored = self.ticket(ticket.user_id, ticket.purpose)
        standing = replace(ticket, nonce=stored.nonce) if stored and stored.expires_at > now else ticket
        self.put_ticket(standing)
        return standing

    def ticket(self, user_id: UserId, purpose: TicketPurpose) -> SetupTicket | None:
        return self.tickets.get((user_id, purpose))

    def replace_logins(self, before: Identity, after: Identity, *, displaced: Displaced | None = None) -> None:
        stored = self.people.get(after.user_id)
        if stored is None or stored.login_keys != before.login_keys:
            raise StaleWriteError("changed")
        self._take(after.login_keys - before.login_keys, displaced)
        for key in before.login_keys - after.login_keys:
            self.logins.pop(key, None)
        self.logins |= dict.fromkeys(after.login_keys, after.user_id)
        self.people[after.user_id] = replace(
            stored,
            email=after.email,
            email_verified=after.email_verified,
            username=after.username,
            login_keys=after.login_keys,
            providers=after.providers,
            certified_numbers=after.certified_numbers,
        )

    def _take(self, login_keys: frozenset[str], displaced: Displaced | None) -> None:
        holder = self.people.get(displaced.holder.user_id) if displaced else None
        gives_way = holder is not None and displaced is not None and not holder.email_verified
        gives_way = gives_way and holder.login_keys == displaced.holder.login_keys
        if displaced and not gives_way:
            raise LoginTakenError("changed")
        free = {displaced.login_key} if displaced else set()
        if any(key in self.logins for key in login_keys - free):
            raise LoginTakenError("taken")
        if displaced and holder:
            self.people[holder.user_id] = replace(holder, email=None, login_keys=holder.login_keys - free)

    def change_preferences(self, user_id: UserId, change: Mapping[str, str | bool]) -> Preferences:
        person = self._person(user_id)
        preferences = Preferences(**{**asdict(person.preferences), **change})
        self.people[user_id] = replace(person, preferences=preferences)
        return preferences

    def accept_terms(self, user_id: UserId, terms: TermsAcceptance) -> None:
        self.people[user_id] = replace(self._person(user_id), terms=terms)

    def raise_sign_in_epoch(self, user_id: UserId) -> None:
        person = self._person(user_id)
        self.people[user_id] = replace(person, sign_in_epoch=person.sign_in_epoch + 1)

    def _person(self, user_id: UserId) -> Identity:
        if user_id not in self.people:
            raise AccountNotFoundError("none")
        return self.people[user_id]


class MemoryFamilies:
    """FamilyStore."""

    def __init__(self) -> None:
        self.families: dict[str, Family] = {}

    def start(self, family: Family) -> None:
        if family.family_id in self.families:
            raise ConditionFailedError("there already")
        self.families[family.family_id] = family

    def get(self, family_id: str) -> Family | None:
        return self.families.get(family_id)

    def rotate(self, family: Family, now: datetime, idle_until: datetime) -> bool:
        stored = self.families.get(family.family_id)
        if stored is None or stored.generation != family.generation:
            return False
        self.families[family.family_id] = replace(stored, generation=stored.generation + 1, rotated_at=now, idle_until=idle_until)
        return True

    def revoke(self, family_id: str) -> None:
        self.families.pop(family_id, None)


class MemoryFlows:
    """FlowStore."""

    def __init__(self) -> None:
        self.flows: dict[str, Flow] = {}
        self.used: dict[str, str] = {}

    def start(self, flow: Flow) -> None:
        self.flows[flow.state] = flow

    def get(self, state: str) -> Flow | None:
        return self.flows.get(state)

    def use(self, state: str, by: str) -> bool:
        if self.flows.pop(state, None) is not None:
            self.used[state] = by
        return self.used.get(state) == by


class MemoryClients:
    """ClientStore."""

    def __init__(self) -> None:
        self.clients: dict[ClientId, OAuthClient] = {}

    def create(self, client: OAuthClient) -> OAuthClient:
        return self.clients.setdefault(client.client_id, client)

    def get(self, client_id: ClientId) -> OAuthClient | None:
        return self.clients.get(client_id)

    def renew(self, client_id: ClientId, nonce: bytes, former: Sequence[bytes], former_until: datetime) -> None:
        if (kept := self.clients[client_id]).nonce != former[-1] or kept.ended_at is not None:
            raise StaleWriteError("changed")
        self.clients[client_id] = replace(kept, nonce=nonce, former=tuple(former), former_until=former_until)

    def end(self, client_id: ClientId, at: datetime) -> None:
        kept = self.clients[client_id]
        self.clients[client_id] = replace(kept, ended_at=kept.ended_at or at)


class PlainHasher:
    """PasswordHasher without the work; counts how often it was asked."""

    decoy = "plain:v2:\x00nobody"

    def __init__(self) -> None:
        self.checks = 0

    def hash(self, password: str) -> str:
        return f"plain:v2:{password}"

    def hash_each(self, passwords: Iterable[str]) -> Iterator[str]:
        return map(self.hash, passwords)

    def verify(self, verifier: str, password: str) -> bool:
        self.checks += 1
        return verifier.split(":", 2)[2] == password

    def is_outdated(self, verifier: str) -> bool:
        return not verifier.startswith("plain:v2:")


class Mailbox:
    """Mailer that keeps what it was given."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Message]] = []

    def send(self, address: str, message: Message) -> None:
        self.sent.append((address, message))


class ReadableSigner:
    """TokenSigner that keeps what it was given."""

    def __init__(self) -> None:
        self.signed: list[Claims] = []

    def sign(self, claims: Claims) -> str:
        self.signed.append(claims)
        return f"signed.{len(self.signed)}"


@dataclass
class World:
    """Everything in memory, at noon."""

    clock: FixedClock = field(default_factory=lambda: FixedClock(NOON))
    store: MemoryAccounts = field(default_factory=MemoryAccounts)
    families: MemoryFamilies = field(default_factory=MemoryFamilies)
    hasher: PlainHasher = field(default_factory=PlainHasher)
    mailbox: Mailbox = field(default_factory=Mailbox)
    signer: ReadableSigner = field(default_factory=ReadableSigner)
    ids: SequenceIdSource = field(default_factory=SequenceIdSource)
    keyring: Keyring = field(default_factory=lambda: Keyring(PEPPER))

    @property
    def accounts(self) -> Accounts:
        return Accounts(self.store, self.hasher, self.keyring, self.ids, self.clock)

    @property
    def sign_ins(self) -> SignIns:
        tokens = AccessTokens("https://jalon.example", self.signer, self.ids)
        return SignIns(self.families, self.store, tokens, self.keyring, self.ids, self.clock)

    def pass_time(self, **amount: float) -> None:
        self.clock.instant += timedelta(**amount)
