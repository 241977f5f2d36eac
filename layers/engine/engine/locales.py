"""The locales of a release: which it knows, and what each falls back on (docs/domain.md §2).

A locale is a BCP 47 tag, compared without regard to case. ``fr-simple`` is simple French (*français simplifié*), written for pupils to
whom the usual wording is an obstacle: it says the usual thing in other words, so where nothing is written in it the usual French serves.
"""

from collections.abc import Iterable, Mapping
from typing import Final

#: The locales with a fallback of their own, best first. Any other tag falls back on its language: ``en-GB`` on ``en``.
FALLBACKS: Final[Mapping[str, tuple[str, ...]]] = {"fr-FR": ("fr",), "fr-simple": ("fr-FR", "fr")}
_CHAINS: Final = {locale.lower(): tuple(other.lower() for other in (locale, *others)) for locale, others in FALLBACKS.items()}


def locale_chain(locale: str) -> tuple[str, ...]:
    """A locale and what it falls back on, best first and lower-cased.

    >>> locale_chain("fr-simple"), locale_chain("en-GB")
    (('fr-simple', 'fr-fr', 'fr'), ('en-gb', 'en'))
    """
    spoken = locale.lower()
    language = spoken.partition("-")[0]
    return _CHAINS.get(spoken) or ((spoken,) if language == spoken else (spoken, language))


def known_locales(written: Iterable[str]) -> tuple[str, ...]:
    """Those in which something is ``written``, and those of :data:`FALLBACKS` that can fall back on one of them; sorted.

    >>> known_locales(["fr", "en"]), known_locales(["en"])
    (('en', 'fr', 'fr-FR', 'fr-simple'), ('en',))
    """
    known = {locale.lower(): locale for locale in sorted(written)}
    named = [locale for locale in FALLBACKS if not known.keys().isdisjoint(locale_chain(locale))]
    return tuple(sorted((known | {locale.lower(): locale for locale in named}).values()))
