"""Printing a certificate as an A4 page. Importing this package loads nothing; ``document`` needs fpdf2 and segno."""

#: Raised with every change of the page, so that what was cached of an older one is not taken for it.
_LAYOUT = 2


def edition(*, sealed: bool) -> str:
    """Names how pages are printed at present, for the keys of what is cached."""
    return f"{_LAYOUT} sealed" if sealed else str(_LAYOUT)
