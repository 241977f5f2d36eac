"""How somebody is told to sign in to an account that they may have: in words that name no login."""

from enum import StrEnum

from jalon.accounts.identity import Identity


class WayIn(StrEnum):
    """The first that an account has of these; as the API says it (``sign_in_with``)."""

    USERNAME = "username"
    PROVIDER = "provider"
    EMAIL = "email"

    @property
    def in_words(self) -> str:
        """For a sentence that says what to sign in with."""
        return _WORDS[self]


_WORDS = {
    WayIn.USERNAME: "the username that the school gave",
    WayIn.PROVIDER: "the school's portal",
    WayIn.EMAIL: "the e-mail address it was made with",
}


def way_in(account: Identity) -> WayIn:
    """What the account's owner signs in with."""
    if account.username:
        return WayIn.USERNAME
    return WayIn.PROVIDER if account.providers else WayIn.EMAIL
