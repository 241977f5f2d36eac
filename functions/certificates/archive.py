"""Certificates in one ZIP file, printed one after another into a stream. The same certificates give the same bytes."""

import re
import zipfile
from collections.abc import Iterable
from typing import BinaryIO

from functions.certificates.printing.document import print_certificate
from functions.certificates.sealing import Seal
from jalon.certificates.certificate import Certificate
from jalon.certificates.framework import Language

_UNSAFE = re.compile(r"[^\w'’ -]+")


def write_archive(
    target: BinaryIO, certificates: Iterable[Certificate], language: Language, site_url: str, seal: Seal | None = None
) -> int:
    """Write the file and return how many certificates it holds. Pages are stored as they are: they are compressed already."""
    count = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for certificate in certificates:
            entry = zipfile.ZipInfo(name_of(certificate), certificate.issued_at.timetuple()[:6])
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, print_certificate(certificate, site_url, language, seal))
            count += 1
    return count


def name_of(certificate: Certificate) -> str:
    """A file's name: the person's, made harmless, and the code that tells namesakes apart."""
    result = certificate.result
    person = " ".join(_UNSAFE.sub(" ", f"{result.last_name} {result.first_name}").split())
    return f"{person[:100]} - {certificate.facts.code}.pdf"
