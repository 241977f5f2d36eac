"""Change a profile that others change too: one user's tests come from several shards of a stream, and from requests beside them."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from jalon.assessment.profiles import ProfileStore, StoredProfile
from jalon.kernel.errors import UnavailableError
from jalon.kernel.ids import UserId

#: So many races lost in a row, with the pauses between them, are a fault.
MAX_TRIES = 10
#: The longest pause before the second try, in seconds. It doubles for each try after it, up to the next figure; 2.6 s in all at most.
FIRST_PAUSE_S = 0.02
LONGEST_PAUSE_S = 0.5

#: Waits before the next try, given how many were lost so far.
Pause = Callable[[int], None]
Kept = TypeVar("Kept", StoredProfile, StoredProfile | None)


class ProfileBusyError(UnavailableError):
    """Other writers kept changing the profile."""

    code = "profile_busy"


@dataclass(frozen=True, slots=True)
class FullJitter:
    """A pause of any length below a bound that doubles with each race lost, so that those who raced once do not race again.

    Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 ("full jitter").

    >>> pause = FullJitter(sleep=print, draw=lambda least, most: most)
    >>> pause(1), pause(3), pause(9)
    0.02
    0.08
    0.5
    (None, None, None)
    """

    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[float, float], float] = random.uniform

    def __call__(self, lost: int) -> None:
        self.sleep(self.draw(0, min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (lost - 1))))


FULL_JITTER = FullJitter()


def change_profile(
    profiles: ProfileStore, user_id: UserId, change: Callable[[StoredProfile | None], Kept], *, pause: Pause
) -> tuple[Kept, bool]:
    """The profile as ``change`` made it, and whether that was written: what equals the profile before, and None, is not.

    ``change`` is given the profile as it is stored, None where there is none, and is asked again with what is stored then whenever
    somebody else wrote in between; the version is counted here. Raises :class:`ProfileBusyError` after :data:`MAX_TRIES` races lost.
    """
    for lost in range(MAX_TRIES):
        if lost:
            pause(lost)
        before = profiles.get(user_id)
        after = change(before)
        if after is None or after == before:
            return after, False
        version = before.version if before else 0
        after = replace(after, version=version + 1)
        if profiles.put(after, expected_version=version):
            return after, True
    raise ProfileBusyError("The profile is being changed by other requests; the same one may be sent again.")
