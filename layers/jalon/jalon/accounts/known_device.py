"""A device on which somebody signed in before is told from a stranger's: its slips are counted apart.

Whoever types nonsense under a classmate's username makes strangers wait for that account, not the classmate's own devices
(OWASP, *Slow Down Online Guessing Attacks with Device Cookies*). The token is ``dv.<user id>.<epoch>.<nonce>.<mac>``, the mac
derived by the keyring: nothing is stored, it opens nothing without the password, and it is over with the sign-in epoch, that
is when the password changes or the person signs out everywhere.
"""

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity import Identity
from jalon.accounts.keyring import Keyring, same
from jalon.kernel.ids import UserId


def write_device_token(accounts: Accounts, identity: Identity) -> str:
    """A token for the device on which this person has just proven who they are."""
    nonce = accounts.ids.new("n")
    return _text(accounts.keyring, identity.user_id, identity.sign_in_epoch, nonce)


def counter_of(accounts: Accounts, user_id: UserId, device_token: str) -> str | None:
    """The name under which this device's slips are counted, which names nobody, or None for a device that this person does not know."""
    parts = device_token.split(".")
    if len(parts) != 5 or parts[:2] != ["dv", user_id] or not (parts[2].isascii() and parts[2].isdigit()) or len(parts[2]) > 9:
        return None
    if not same(device_token, _text(accounts.keyring, user_id, int(parts[2]), parts[3])):
        return None
    identity = accounts.store.identity(user_id)
    if identity is None or identity.sign_in_epoch != int(parts[2]):
        return None
    return f"device#{parts[3]}"


def _text(keyring: Keyring, user_id: UserId, epoch: int, nonce: str) -> str:
    return f"dv.{user_id}.{epoch}.{nonce}.{keyring.secret('known device', user_id, str(epoch), nonce)}"
