"""Who has asked to be erased: looked at wherever something of a person is *created*, so that nothing comes back.

An access token lives for twenty minutes, and a stream may be behind: both speak for people who are being erased. So every
store that writes the first row of something about a person asks here before it does (docs/decisions/0004). Updates need not
ask: their conditions want a row that is there.

A person stands in the table as the SHA-256 of their user id, which is 128 random bits: who holds an id can look it up, and the table
names nobody.
"""

import hashlib

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.models import Model

from jalon.edge.tables import TableMeta, translated
from jalon.kernel.base64url import base64url
from jalon.kernel.errors import GoneError


class AccountErasedError(GoneError):
    """The person asked to be erased: nothing is written for them any more."""

    code = "account_erased"


class ErasureMark(Model):
    """That an erasure was asked for; the whole record is :mod:`jalon.accounts.erasure_store`'s."""

    class Meta(TableMeta):
        table_name = "erasures"

    subject = UnicodeAttribute(hash_key=True)


def subject_of(user_id: str) -> str:
    """Under what a person stands in the table: 43 characters, not to be turned back."""
    return base64url(hashlib.sha256(user_id.encode()).digest())


def is_erased(user_id: str) -> bool:
    """Whether this person asked to be erased; one consistent read."""
    try:
        with translated():
            ErasureMark.get(subject_of(user_id), consistent_read=True, attributes_to_get=["subject"])
    except DoesNotExist:
        return False
    return True


def refuse_erased(user_id: str) -> None:
    """Raise :class:`AccountErasedError` if this person asked to be erased."""
    if is_erased(user_id):
        raise AccountErasedError("This account is erased; nothing is kept for it any more.")
