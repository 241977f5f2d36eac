"""E-mail addresses: one form for each mailbox, in which it is kept, compared and written to.

The form is RFC 5321 §4.1.2's without quotes and comments: a dot-string, an at sign and a domain name, all in lower-case ASCII.
An internationalised domain is kept as its A-labels (RFC 5890; Unicode Technical Standard #46, non-transitional, by the library
``idna``), so that ``jo@exämple.fr`` and ``jo@xn--exmple-cua.fr`` are one address, and so is ``jo@ｅxample.org`` with
``jo@example.org``. What stands before the at sign is ASCII because no message could be sent otherwise (Amazon SES has no SMTPUTF8,
RFC 6531).

Addresses of accounts made before were kept as they were typed, in lower case; :func:`address_forms` says where to look for them.
"""

import re
import unicodedata
from collections.abc import Callable

from jalon.kernel.errors import Violation

#: RFC 5321 §4.5.3.1 and its erratum 1690.
_LONGEST, _LONGEST_LOCAL = 254, 64
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
#: Two labels or more; the last one is not a number, or it would be an IP address (RFC 3696 §2).
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?![0-9]+\Z){_LABEL}")


def clean_email(text: str) -> str:
    """The address as it is kept, or something that :func:`email_violations` refuses.

    >>> clean_email(" Jo@Exämple.FR "), clean_email("jo@ｅxample.org")
    ('jo@xn--exmple-cua.fr', 'jo@example.org')
    """
    typed = _as_typed(text)
    local, at, domain = typed.rpartition("@")
    return f"{local}{at}{_in_ascii(domain) or domain}"


def email_violations(pointer: str, text: str) -> tuple[Violation, ...]:
    """Why ``text`` (cleaned) cannot be an e-mail address; only a message sent there proves that it is one."""
    local, _, domain = text.rpartition("@")
    fits = len(text) <= _LONGEST and len(local) <= _LONGEST_LOCAL
    if fits and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain) and _in_ascii(domain) == domain:
        return ()
    return (Violation(pointer, "An e-mail address looks like name@example.org.", "email"),)


def address_forms(text: str) -> tuple[str, ...]:
    """Under which forms an account with this address may be kept, as typed first; one alone unless the domain is internationalised.

    >>> address_forms("Jo@xn--exmple-cua.fr"), address_forms("Jo@Example.org")
    (('jo@xn--exmple-cua.fr', 'jo@exämple.fr'), ('jo@example.org',))
    """
    typed, clean = _as_typed(text), clean_email(text)
    local, at, domain = clean.rpartition("@")
    return tuple(dict.fromkeys((typed, clean, f"{local}{at}{_in_unicode(domain) or domain}")))


def _as_typed(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().lower()


def _in_ascii(domain: str) -> str | None:
    """The domain in A-labels; None for one that cannot be registered."""
    if _is_plain(domain):
        return domain
    import idna  # some milliseconds of tables, for the few domains that need them

    return _converted(lambda: idna.encode(domain, uts46=True, std3_rules=True).decode("ascii"), domain)


def _in_unicode(domain: str) -> str | None:
    if _is_plain(domain):
        return domain
    import idna

    return _converted(lambda: idna.decode(domain), domain)


def _is_plain(domain: str) -> bool:
    return domain.isascii() and "xn--" not in domain


def _converted(convert: Callable[[], str], domain: str) -> str | None:
    if len(domain) > _LONGEST:
        return None
    try:
        return convert()
    except UnicodeError:  # idna.IDNAError is one
        return None
