"""Sign and publish the key set and the status lists of every year whose certificates may still be valid."""

from dataclasses import dataclass

from jalon.certificates import key_set, status_list
from jalon.certificates.certificate import VALIDITY
from jalon.certificates.key_set import KeyStore, ensure_current, key_document, key_path, key_set_document
from jalon.certificates.signing import Signer
from jalon.certificates.status_list import path_of, signed_list
from jalon.certificates.stores import Site, StatusStore
from jalon.kernel.clock import Clock
from jalon.kernel.errors import UnavailableError

#: Readers ask again within a minute; the list itself says until when it may be trusted.
CACHE_CONTROL = "public, max-age=60"
_ROUNDS = 8


class ListKeepsChangingError(UnavailableError):
    """Revocations arrived faster than lists could be signed; the next run continues."""

    code = "status_list_keeps_changing"


@dataclass(frozen=True, slots=True)
class ListSigning:
    """What signing the lists works with."""

    statuses: StatusStore
    keys: KeyStore
    site: Site
    signer: Signer
    clock: Clock
    site_url: str


def sign_status_lists(parts: ListSigning) -> dict[int, int]:
    """Publish the keys and the lists; how many certificates are revoked, by year of issue."""
    now = parts.clock.now()
    windows = ensure_current(parts.keys, parts.signer.public_key(), now)
    parts.site.put(key_set.PATH, key_set_document(windows), key_set.MEDIA_TYPE, CACHE_CONTROL)
    for window in windows:
        parts.site.put(key_path(window.key.key_id), key_document(window), key_set.KEY_MEDIA_TYPE, CACHE_CONTROL)
    return {year: _sign_year(parts, year) for year in range((now - VALIDITY).year, now.year + 1)}


def _sign_year(parts: ListSigning, year: int) -> int:
    """Sign, publish, look again, and repeat until nothing was revoked meanwhile.

    Two runs may overlap, and the slower one may overwrite a newer list with an older one. Looking again **after** the
    write mends that: whichever run writes last reads afterwards, so it sees every revocation recorded before its read, and
    one recorded later brings a run of its own that writes later still.
    """
    places = parts.statuses.revoked_places(year)
    for _ in range(_ROUNDS):
        token = signed_list(parts.signer, parts.site_url, year, places, parts.clock.now())
        parts.site.put(path_of(year), token.encode("ascii"), f"application/{status_list.MEDIA_TYPE}", CACHE_CONTROL)
        latest = parts.statuses.revoked_places(year)
        if latest == places:
            return len(places)
        places = latest
    raise ListKeepsChangingError("The status list changed at every signing; it will be signed again shortly.")
