"""The owner of an account hears of what changes in how it is opened, where they can be written to."""

from collections.abc import Callable
from contextlib import suppress

from jalon.accounts.identity import Identity
from jalon.accounts.messages import Mailer, Message
from jalon.kernel.errors import InvalidInputError


def tell_owner(mailer: Mailer, identity: Identity, write: Callable[[str], Message]) -> None:
    """Send what ``write`` makes, in the owner's language, to the account's address; one that it only claims may be somebody else's.

    An address to which no message can be sent at all keeps nobody from what they do. Raises :class:`UnavailableError` while no message
    can be sent: called before the change is made, it makes a change that the owner would not hear of wait.
    """
    if identity.email is None or identity.only_claims_email:
        return
    with suppress(InvalidInputError):
        mailer.send(identity.email, write(identity.preferences.locale))
