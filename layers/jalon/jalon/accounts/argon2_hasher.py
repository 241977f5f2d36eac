"""argon2id as OWASP's password storage guidance asks for it: 19 MiB, two passes, one lane."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
#: argon2 leaves the interpreter while it works; more threads than a function has processors only cost memory.
THREADS = 2

#: Of a password drawn at random and thrown away, with the parameters above.
_DECOY = "$argon2id$v=19$m=19456,t=2,p=1$sjIP8sl3mxuG9r/yQ6UlVw$ek45vKxjEav8+tTM1OVUe6jUCIEY1Ia4Q/iQ8lkkLv0"


class Argon2Hasher:
    """:class:`jalon.accounts.passwords.PasswordHasher` with argon2-cffi."""

    def __init__(self) -> None:
        self._argon2 = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)

    @property
    def decoy(self) -> str:
        return _DECOY

    def hash(self, password: str) -> str:
        return self._argon2.hash(password)

    def hash_each(self, passwords: Iterable[str]) -> Iterator[str]:
        with ThreadPoolExecutor(THREADS, thread_name_prefix="argon2") as pool:
            yield from pool.map(self._argon2.hash, passwords)

    def verify(self, verifier: str, password: str) -> bool:
        try:
            return self._argon2.verify(verifier, password)
        except VerifyMismatchError:
            return False

    def is_outdated(self, verifier: str) -> bool:
        return self._argon2.check_needs_rehash(verifier)
