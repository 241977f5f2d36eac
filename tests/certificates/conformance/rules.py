"""All the checks together."""

from tests.certificates.conformance import annotations, fonts, graphics, metadata, syntax, tagging
from tests.certificates.conformance.document import File

CHECKS = (syntax.check, graphics.check, fonts.check, metadata.check, tagging.check, annotations.check)


def breaches(pdf: bytes) -> list[str]:
    """Every rule that ``pdf`` breaks, once each."""
    file = File(pdf)
    return list(dict.fromkeys(breach for check in CHECKS for breach in check(file)))
