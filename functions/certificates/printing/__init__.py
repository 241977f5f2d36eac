"""Printing a certificate as an A4 page. Importing this package loads nothing; ``document`` needs fpdf2 and segno."""

#: Raised with every change of the page's look, so that what was cached of the older look is not taken for it.
LAYOUT = 1
