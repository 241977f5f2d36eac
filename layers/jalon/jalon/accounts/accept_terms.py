"""A person accepts the terms of use."""

from jalon.accounts.accounts import Accounts
from jalon.accounts.find_account import find_account
from jalon.accounts.identity import Identity, TermsAcceptance
from jalon.kernel.errors import ConflictError
from jalon.kernel.ids import UserId


class TermsSupersededError(ConflictError):
    """Another version of the terms is in force; ``in_force`` names it."""

    code = "terms_superseded"


def accept_terms(accounts: Accounts, user_id: UserId, version: str, in_force: str) -> TermsAcceptance:
    """Keep that the version in force was accepted now; who accepted it before did so then.

    Nobody accepts a version that they were not shown: raises :class:`TermsSupersededError` for any other, and
    :class:`AccountNotFoundError`.
    """
    if version != in_force:
        raise TermsSupersededError("These are not the terms in force: show the present ones and ask again.", in_force=in_force)
    accepted = find_account(accounts.store, user_id).terms
    if accepted is not None and accepted.version == version:
        return accepted
    acceptance = TermsAcceptance(version, accounts.clock.now())
    accounts.store.accept_terms(user_id, acceptance)
    return acceptance


def terms_to_accept(identity: Identity, in_force: str) -> str | None:
    """The version that the person has still to accept, or None."""
    accepted = identity.terms.version if identity.terms else None
    return None if accepted == in_force else in_force
