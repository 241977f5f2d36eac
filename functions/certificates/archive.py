"""Certificates in one ZIP file, printed one after another into a stream. The same certificates give the same bytes, but for seals."""

import re
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO

from functions.certificates.printing.document import print_certificate
from functions.certificates.printing.faces import NameNotPrintableError
from functions.certificates.sealing import Seal
from jalon.certificates.certificate import Certificate
from jalon.certificates.framework import Language
from jalon.edge.observability import metric

_UNSAFE = re.compile(r"[^\w'’ -]+")
#: What stands for a certificate that cannot be printed: one name must not keep a school from all the others.
_MISSING: dict[Language, tuple[str, str]] = {
    "fr": (
        "Certificats manquants.txt",
        "Un caractère de ces certificats ne peut pas être imprimé. Ils sont valables ; l’organisme certificateur est prévenu.\n\n",
    ),
    "en": (
        "Missing certificates.txt",
        "A character of these certificates cannot be printed. They are valid; the certifying body has been told.\n\n",
    ),
}


def write_archive(
    target: BinaryIO, certificates: Iterable[Certificate], language: Language, site_url: str, seal: Seal | None = None
) -> int:
    """Write the file and return how many certificates it holds. Pages are stored as they are: they are compressed already.

    A certificate that cannot be printed is named in a text in its place, and counted for the alarm.
    """
    count, missing = 0, []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for certificate in certificates:
            try:
                page = print_certificate(certificate, site_url, language, seal)
            except NameNotPrintableError as error:
                metric("Refused", service="certificates", code=error.code)
                missing.append(name_of(certificate))
                continue
            archive.writestr(_entry(name_of(certificate), certificate.issued_at), page)
            count += 1
        if missing:
            name, explained = _MISSING[language]
            archive.writestr(_entry(name, None), explained + "\n".join(missing) + "\n")
    return count


def _entry(name: str, at: datetime | None) -> zipfile.ZipInfo:
    """A file of the archive; without a time of its own it gets the format's first."""
    entry = zipfile.ZipInfo(name, at.timetuple()[:6] if at else (1980, 1, 1, 0, 0, 0))
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    return entry


def name_of(certificate: Certificate) -> str:
    """A file's name: the person's, made harmless, and the code that tells namesakes apart."""
    result = certificate.result
    person = " ".join(_UNSAFE.sub(" ", f"{result.last_name} {result.first_name}").split())
    return f"{person[:100]} - {certificate.facts.code}.pdf"
