"""Certificates in DynamoDB, and where they are found by code and by student."""

import hmac
from collections.abc import Callable, Sequence
from datetime import datetime

from jalon.certificates.certificate import Certificate
from jalon.certificates.records import document_of, instant, result_of
from jalon.certificates.stores import CertificateNotFoundError
from jalon.certificates.tables import CertificateRecord, CodeRecord, StudentRecord
from jalon.certificates.token import read_token
from jalon.edge.tables import Applied, ConditionFailedError, conditional_update, translated
from jalon.kernel.clock import iso
from jalon.kernel.ids import CertificationId, Ine, VerificationCode


class TableCertificateStore:
    """The tables ``certificates``, ``certificates_by_code`` and ``certificates_by_student``.

    ``index_key`` gives the key of the HMACs that stand for codes and national numbers; it is fetched at first use.
    """

    def __init__(self, index_key: Callable[[], bytes]) -> None:
        self._index_key = index_key

    def get(self, certification_id: CertificationId, version: int) -> Certificate | None:
        with translated():
            try:
                return _certificate(CertificateRecord.get(certification_id, version, consistent_read=True))
            except CertificateRecord.DoesNotExist:
                return None

    def versions(self, certification_id: CertificationId) -> Sequence[Certificate]:
        with translated():
            return [_certificate(record) for record in CertificateRecord.query(certification_id, consistent_read=True)]

    def add(self, certificate: Certificate) -> Certificate:
        result = certificate.result
        record = CertificateRecord(
            result.certification_id,
            result.version,
            result=document_of(result),
            token=certificate.token,
            credential=certificate.credential,
            key_id=certificate.key_id,
            issued_at=iso(certificate.issued_at),
        )
        try:
            with translated():
                record.save(condition=CertificateRecord.certification_id.does_not_exist())
        except ConditionFailedError:
            stored = self.get(result.certification_id, result.version)
            if stored is None:
                raise
            return stored
        return certificate

    def mark_revoked(self, certification_id: CertificationId, version: int, at: datetime, reason: str) -> Certificate:
        actions = [
            CertificateRecord.revoked_at.set(CertificateRecord.revoked_at | iso(at)),
            CertificateRecord.revocation_reason.set(CertificateRecord.revocation_reason | reason),
        ]
        answer = conditional_update(CertificateRecord, certification_id, version, actions, CertificateRecord.certification_id.exists())
        if not isinstance(answer, Applied):
            raise CertificateNotFoundError("There is no such certificate.")
        return _certificate(CertificateRecord.from_raw_data(dict(answer.attributes)))

    def claim_code(self, code: VerificationCode, certification_id: CertificationId, version: int) -> bool:
        record = CodeRecord(self._digest("code", code), certification_id=certification_id, version=version)
        free = CodeRecord.code_digest.does_not_exist() | (
            (CodeRecord.certification_id == certification_id) & (CodeRecord.version == version)
        )
        try:
            with translated():
                record.save(condition=free)
        except ConditionFailedError:
            return False
        return True

    def by_code(self, code: VerificationCode) -> Certificate | None:
        with translated():
            try:
                owner = CodeRecord.get(self._digest("code", code))
            except CodeRecord.DoesNotExist:
                return None
        certificate = self.get(CertificationId(owner.certification_id), int(owner.version))
        # A publication that lost a race leaves its claim behind: the code counts only if the certificate bears it.
        return certificate if certificate is not None and certificate.facts.code == code else None

    def index_student(self, ine: Ine, certification_id: CertificationId, version: int) -> None:
        record = StudentRecord(self._digest("student", ine), certification_id, version=version)
        try:
            with translated():
                record.save(condition=StudentRecord.version.does_not_exist() | (StudentRecord.version < version))
        except ConditionFailedError:
            return  # this version, or a later one, is there

    def _digest(self, kind: str, value: str) -> str:
        return hmac.digest(self._index_key(), f"{kind}:{value}".encode(), "sha256").hex()


def _certificate(record: CertificateRecord) -> Certificate:
    facts, _, _, _ = read_token(record.token)
    return Certificate(
        result=result_of(record.result),
        facts=facts,
        token=record.token,
        credential=record.credential,
        key_id=record.key_id,
        issued_at=instant(record.issued_at),
        revoked_at=instant(record.revoked_at) if record.revoked_at else None,
        revocation_reason=record.revocation_reason or "",
    )
