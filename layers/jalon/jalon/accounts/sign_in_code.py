"""A sign-in code: with it, what strangers typed under a pupil's username does not make this pupil wait.

A pupil with a password of their own, on a computer that does not know them, has nothing yet that tells them from whoever types nonsense
under their username. A teacher gives them a code, good for an hour at most (:mod:`jalon.organisations.open_sign_in_window`), or has one
sent to their own address (:mod:`jalon.accounts.send_sign_in_code`), and what is tried with it is counted apart, as on a known device
(:mod:`jalon.accounts.known_device`): the same five slips, the same waits. Strangers wait as ever, and cannot use up what only the pupil
was given, at whatever speed they try.

The code opens nothing by itself. It is derived by the keyring from the person and the time, so nothing of it is stored. There are
24⁸ ≈ 1.1 × 10¹¹ of them, up to twelve good at once: whoever guesses one gains no more than its holder has, twenty tries of the password
(docs/sign-in.md has the odds).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from jalon.accounts.keyring import Keyring, same
from jalon.accounts.typed_codes import as_typed, typed_code
from jalon.kernel.ids import UserId

#: A new code for each; it stays good until the end of the twelfth, the one it was made in being the first.
PERIOD = timedelta(minutes=5)
PERIODS = 12
_LENGTH = 8
#: What is longer was not read from a slip.
_LONGEST_TYPED = 40


def write_sign_in_code(keyring: Keyring, user_id: UserId, now: datetime) -> str:
    """The person's code of the present period, in two groups of four."""
    code = _code(keyring, user_id, _period(now))
    return f"{code[:4]}-{code[4:]}"


def sign_in_codes_end(now: datetime) -> datetime:
    """Until when a code made now is good: 55 to 60 minutes."""
    return datetime.fromtimestamp((_period(now) + PERIODS) * PERIOD.total_seconds(), UTC)


def counter_of_code(keyring: Keyring, user_id: UserId, typed: str, now: datetime) -> str | None:
    """The name under which tries with this code are counted, which names nobody, or None for a code that is not this person's."""
    code = as_typed(typed[:_LONGEST_TYPED])
    if not code:
        return None
    good = _periods(now)
    fitting = [period for period in good if same(code, _code(keyring, user_id, period))]
    return f"code#{keyring.secret('sign-in code counter', user_id, str(fitting[0]))}" if fitting else None


def _code(keyring: Keyring, user_id: UserId, period: int) -> str:
    return typed_code(keyring.derive("sign-in code", user_id, str(period)), _LENGTH)


def _periods(now: datetime) -> Iterable[int]:
    latest = _period(now)
    return range(latest, latest - PERIODS, -1)


def _period(now: datetime) -> int:
    return int(now.timestamp()) // int(PERIOD.total_seconds())
