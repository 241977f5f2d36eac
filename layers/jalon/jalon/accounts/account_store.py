"""Identities and credentials in DynamoDB."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import TypeVar

from pynamodb.exceptions import DoesNotExist, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from jalon.accounts.counts import FORGOTTEN_AFTER, NONE_YET, Count
from jalon.accounts.identity import AccountExistsError, AccountNotFoundError, Identity, Preferences, Role, TermsAcceptance
from jalon.accounts.lockout import attempts_of
from jalon.accounts.stores import ClosedWays, Credentials, Displaced, LoginTakenError, SetupTicket, StaleWriteError, TicketPurpose
from jalon.accounts.tables import CountItem, IdentityItem, LoginItem, PasswordItem, SetupItem
from jalon.edge.batches import read_items
from jalon.edge.erasures import ErasureMark, refuse_erased
from jalon.edge.tables import ConditionFailedError, Refused, conditional_update, transaction, translated
from jalon.kernel.errors import JalonError
from jalon.kernel.ids import UserId

MODELS = (IdentityItem, LoginItem, PasswordItem, SetupItem, CountItem, ErasureMark)

Item = TypeVar("Item", bound=Model)
#: Where a transaction that sets a password raises the person's epoch: behind the tickets of both purposes, the attempts and the password.
_PERSON_OF_A_PASSWORD = 4
#: Which positions of a transaction were refused → the error that says so.
Reading = Callable[[frozenset[int]], JalonError]


class AccountTable:
    """:class:`jalon.accounts.stores.AccountStore` on the tables ``identities`` and ``credentials``."""

    def create(
        self, identity: Identity, credentials: Credentials, ticket: SetupTicket | None = None, *, displaced: Displaced | None = None
    ) -> None:
        refuse_erased(identity.user_id)
        with _transaction(_creation_refused) as write:
            write.save(_identity_item(identity), condition=IdentityItem.user_id.does_not_exist())
            for login_key in sorted(identity.login_keys):
                _save_login(write, login_key, identity.user_id, displaced)
            write.save(PasswordItem(_password(identity.user_id), verifier=credentials.verifier, initial_nonce=credentials.initial_nonce))
            if ticket:
                write.save(_setup_item(ticket))
            if displaced:
                _displace(write, displaced)

    def identity(self, user_id: UserId) -> Identity | None:
        item = _get(IdentityItem, user_id)
        return _identity(item) if item else None

    def identities(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Identity]:
        found = map(_identity, read_items(IdentityItem, sorted(set(user_ids))))
        return {identity.user_id: identity for identity in found}

    def user_of_login(self, login_key: str) -> UserId | None:
        item = _get(LoginItem, _login(login_key))
        return UserId(item.user_id) if item else None

    def credentials(self, user_id: UserId) -> Credentials | None:
        item = _get(PasswordItem, _password(user_id))
        return Credentials(item.verifier, item.initial_nonce, frozenset(item.given or ())) if item else None

    def count(self, counter: str, before: Count, after: Count) -> Count | None:
        assert after.latest_at is not None  # noqa: S101 - what was counted has its time
        condition = CountItem.key.does_not_exist()
        if before.latest_at is not None:
            same = (CountItem.times == before.times) | (CountItem.failures == before.times)
            condition = same & (CountItem.latest_at == before.latest_at)
        actions = [
            CountItem.times.set(after.times),
            CountItem.failures.remove(),
            CountItem.latest_at.set(after.latest_at),
            CountItem.expires_at.set(_epoch_s(after.latest_at + FORGOTTEN_AFTER)),
        ]
        outcome = conditional_update(CountItem, counter, None, actions, condition)
        if not isinstance(outcome, Refused):
            return None
        if outcome.attributes is None:
            return NONE_YET
        item = CountItem.from_raw_data(dict(outcome.attributes))
        return Count(int(item.failures if item.times is None else item.times), item.latest_at)

    def forget_count(self, counter: str) -> None:
        with translated():
            CountItem(counter).delete()

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
        refuse_erased(user_id)
        raised: list[Action] = [IdentityItem.sign_in_epoch.add(1)]
        same: Condition = IdentityItem.user_id.exists()
        if closing:
            raised, same = [*raised, *_ways(closing.after)], same & _has_ways(closing.before.login_keys)
        with _transaction(partial(_password_refused, closing=closing is not None)) as write:
            if ticket:
                write.delete(SetupItem(_setup(user_id, ticket.purpose)), condition=SetupItem.nonce == ticket.nonce)
            for purpose in TicketPurpose:
                if ticket is None or purpose is not ticket.purpose:
                    write.delete(SetupItem(_setup(user_id, purpose)))
            write.delete(CountItem(attempts_of(user_id)))
            write.update(
                PasswordItem(_password(user_id)),
                actions=[PasswordItem.verifier.set(verifier), *_initial(initial_nonce)],
                condition=_replaceable(initial_nonce, proven),
            )
            write.update(IdentityItem(user_id), actions=raised, condition=same)
            for login_key in sorted(closing.before.login_keys - closing.after.login_keys) if closing else ():
                write.delete(LoginItem(_login(login_key)))

    def refuse_erased(self, user_id: UserId) -> None:
        refuse_erased(user_id)

    def renew_verifier(self, user_id: UserId, old: str, new: str) -> None:
        conditional_update(PasswordItem, _password(user_id), None, [PasswordItem.verifier.set(new)], PasswordItem.verifier == old)

    def put_ticket(self, ticket: SetupTicket) -> None:
        with translated():
            _setup_item(ticket).save()

    def offer_ticket(self, ticket: SetupTicket, now: datetime) -> SetupTicket:
        key, until = _setup(ticket.user_id, ticket.purpose), SetupItem.expires_at.set(_epoch_s(ticket.expires_at))
        over = SetupItem.key.does_not_exist() | (SetupItem.expires_at <= _epoch_s(now))
        outcome = conditional_update(SetupItem, key, None, [SetupItem.nonce.set(ticket.nonce), until], over)
        if not isinstance(outcome, Refused) or outcome.attributes is None:
            return ticket
        standing = replace(ticket, nonce=SetupItem.from_raw_data(dict(outcome.attributes)).nonce)
        conditional_update(SetupItem, key, None, [until], SetupItem.nonce == standing.nonce)  # unless a password was set meanwhile
        return standing

    def ticket(self, user_id: UserId, purpose: TicketPurpose) -> SetupTicket | None:
        item = _get(SetupItem, _setup(user_id, purpose))
        return SetupTicket(user_id, item.nonce, datetime.fromtimestamp(int(item.expires_at), UTC), purpose) if item else None

    def replace_logins(self, before: Identity, after: Identity, *, displaced: Displaced | None = None) -> None:
        refuse_erased(after.user_id)
        appear, go = sorted(after.login_keys - before.login_keys), sorted(before.login_keys - after.login_keys)
        with _transaction(partial(_logins_refused, last=len(go) + len(appear))) as write:
            for login_key in go:
                write.delete(LoginItem(_login(login_key)))
            for login_key in appear:
                _save_login(write, login_key, after.user_id, displaced)
            write.update(
                IdentityItem(after.user_id),
                actions=_ways(after),
                condition=_has_ways(before.login_keys),
            )
            if displaced:
                _displace(write, displaced)

    def change_preferences(self, user_id: UserId, change: Mapping[str, str | bool]) -> Preferences:
        return _preferences(self._change(user_id, *(getattr(IdentityItem, name).set(value) for name, value in change.items())))

    def accept_terms(self, user_id: UserId, terms: TermsAcceptance) -> None:
        self._change(user_id, IdentityItem.terms_version.set(terms.version), IdentityItem.terms_accepted_at.set(terms.accepted_at))

    def raise_sign_in_epoch(self, user_id: UserId) -> None:
        self._change(user_id, IdentityItem.sign_in_epoch.add(1))

    def _change(self, user_id: UserId, *actions: Action) -> IdentityItem:
        """The person after the change, which asks nothing of what was there but that it is."""
        outcome = conditional_update(IdentityItem, user_id, None, actions, IdentityItem.user_id.exists())
        if isinstance(outcome, Refused):
            raise AccountNotFoundError("There is no such account.", user_id=user_id)
        return IdentityItem.from_raw_data(dict(outcome.attributes))


@contextmanager
def _transaction(read_refusal: Reading) -> Iterator[TransactWrite]:
    """Everything written inside happens or none of it. ``read_refusal`` says what the refused positions mean."""
    try:
        with transaction(IdentityItem) as write:
            yield write
    except ConditionFailedError as error:
        raise read_refusal(_refused_positions(error.__cause__)) from error


def _save_login(write: TransactWrite, login_key: str, user_id: UserId, displaced: Displaced | None) -> None:
    """A login that nobody has, or that the displaced account gives up."""
    free = LoginItem.key.does_not_exist()
    if displaced and login_key == displaced.login_key:
        free |= LoginItem.user_id == displaced.holder.user_id
    write.save(LoginItem(_login(login_key), user_id=user_id), condition=free)


def _displace(write: TransactWrite, displaced: Displaced) -> None:
    """Take the address from an account that still only claims it."""
    write.update(
        IdentityItem(displaced.holder.user_id),
        actions=[IdentityItem.email.remove(), _set_ways(displaced.holder.login_keys - {displaced.login_key})],
        condition=_has_ways(displaced.holder.login_keys) & (IdentityItem.email_verified == False),  # noqa: E712 - PynamoDB's expression
    )


def _initial(nonce: bytes | None) -> tuple[Action, ...]:
    """The password is the initial one of this nonce from now on, or chosen."""
    if nonce is None:
        return (PasswordItem.initial_nonce.remove(),)
    return PasswordItem.initial_nonce.set(nonce), PasswordItem.given.add({nonce})


def _replaceable(nonce: bytes | None, proven: str | None) -> Condition | None:
    """The password is still the one that was proven, and the initial one of this nonce was never given."""
    same: Condition = PasswordItem.verifier == proven
    if nonce is None:
        return None if proven is None else same
    new: Condition = ~PasswordItem.given.contains(nonce)
    return new if proven is None else same & new


def _ways(identity: Identity) -> list[Action]:
    """The address, the username, the providers with their numbers, and every way in, as they are from now on."""
    return [
        IdentityItem.email.set(identity.email) if identity.email else IdentityItem.email.remove(),
        IdentityItem.email_verified.set(identity.email_verified),
        IdentityItem.username.set(identity.username) if identity.username else IdentityItem.username.remove(),
        _set_ways(identity.login_keys),
        IdentityItem.providers.set(dict(identity.providers)),
        IdentityItem.certified_numbers.set(dict(identity.certified_numbers)),
    ]


def _set_ways(login_keys: frozenset[str]) -> Action:
    """DynamoDB keeps no empty set."""
    return IdentityItem.login_keys.set(set(login_keys)) if login_keys else IdentityItem.login_keys.remove()


def _has_ways(login_keys: frozenset[str]) -> Condition:
    return IdentityItem.login_keys == set(login_keys) if login_keys else IdentityItem.login_keys.does_not_exist()


def _refused_positions(error: BaseException | None) -> frozenset[int]:
    reasons = error.cancellation_reasons if isinstance(error, TransactWriteError) else ()
    return frozenset(index for index, reason in enumerate(reasons) if reason and reason.code == "ConditionalCheckFailed")


def _creation_refused(positions: frozenset[int]) -> JalonError:
    if 0 in positions:
        return AccountExistsError("An account with this identifier exists.")
    return LoginTakenError("This login is in use.")


def _password_refused(positions: frozenset[int], *, closing: bool) -> JalonError:
    if 0 in positions:
        return StaleWriteError("The ticket is used or replaced.")
    if _PERSON_OF_A_PASSWORD in positions and closing:
        return StaleWriteError("The account was changed meanwhile; send the same request again.")
    if _PERSON_OF_A_PASSWORD in positions:
        return AccountNotFoundError("There is no such account.")
    return StaleWriteError("The password was replaced meanwhile.")


def _logins_refused(positions: frozenset[int], last: int) -> JalonError:
    if last in positions:
        return StaleWriteError("The account was changed meanwhile; send the same request again.")
    return LoginTakenError("This login is in use.")


def _get(model: type[Item], key: str) -> Item | None:
    try:
        with translated():
            return model.get(key, consistent_read=True)
    except DoesNotExist:
        return None


def _login(login_key: str) -> str:
    return f"login#{login_key}"


def _password(user_id: UserId) -> str:
    return f"password#{user_id}"


def _setup(user_id: UserId, purpose: TicketPurpose) -> str:
    return f"{purpose}#{user_id}"


def _epoch_s(instant: datetime) -> int:
    return int(instant.timestamp())


def _setup_item(ticket: SetupTicket) -> SetupItem:
    return SetupItem(_setup(ticket.user_id, ticket.purpose), nonce=ticket.nonce, expires_at=_epoch_s(ticket.expires_at))


def _identity_item(identity: Identity) -> IdentityItem:
    terms = identity.terms
    return IdentityItem(
        identity.user_id,
        first_name=identity.first_name,
        last_name=identity.last_name,
        birth_date=identity.birth_date.isoformat() if identity.birth_date else None,
        email=identity.email,
        email_verified=identity.email_verified,
        username=identity.username,
        roles={str(role) for role in identity.roles},
        login_keys=set(identity.login_keys) or None,
        providers=dict(identity.providers),
        certified_numbers=dict(identity.certified_numbers),
        **asdict(identity.preferences),
        terms_version=terms.version if terms else None,
        terms_accepted_at=terms.accepted_at if terms else None,
        sign_in_epoch=identity.sign_in_epoch,
        created_at=identity.created_at,
        request=identity.request or None,
    )


def _identity(item: IdentityItem) -> Identity:
    terms = TermsAcceptance(item.terms_version, item.terms_accepted_at) if item.terms_version and item.terms_accepted_at else None
    return Identity(
        user_id=UserId(item.user_id),
        first_name=item.first_name,
        last_name=item.last_name,
        birth_date=date.fromisoformat(item.birth_date) if item.birth_date else None,
        email=item.email,
        email_verified=bool(item.email_verified),
        username=item.username,
        roles=frozenset(map(Role, item.roles)),
        login_keys=frozenset(item.login_keys or ()),
        providers=item.providers or {},
        certified_numbers=item.certified_numbers or {},
        preferences=_preferences(item),
        terms=terms,
        sign_in_epoch=int(item.sign_in_epoch),
        created_at=item.created_at,
        request=item.request or "",
    )


def _preferences(item: IdentityItem) -> Preferences:
    """Each field as it was last set; where it never was since accounts keep them apart, as the one map of before says."""
    kept = {each.name: getattr(item, each.name) for each in fields(Preferences)}
    return Preferences(**{**(item.preferences or {}), **{name: value for name, value in kept.items() if value is not None}})
