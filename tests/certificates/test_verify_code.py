"""What a registered client learns of a code."""

from datetime import timedelta

import pytest

from jalon.certificates.publish_certificate import publish_certificate
from jalon.certificates.revoke_certificate import Revocation, revoke_certificate
from jalon.certificates.stores import CertificateNotFoundError
from jalon.certificates.verify_code import Standing, verify_code
from jalon.kernel.ids import VerificationCode
from tests.certificates.fakes import a_result, publishing


def test_a_certificate_stands_until_the_day_it_expires_and_revocation_outranks_all():
    parts = publishing()
    code = publish_certificate(parts, a_result()).code
    assert verify_code(parts.certificates, parts.clock, code).standing is Standing.GENUINE
    parts.clock.instant += timedelta(days=1095)
    assert verify_code(parts.certificates, parts.clock, code).standing is Standing.GENUINE
    parts.clock.instant += timedelta(days=1)
    assert verify_code(parts.certificates, parts.clock, code).standing is Standing.EXPIRED
    command = Revocation(a_result().certification_id, "fraud")
    revoke_certificate(parts.certificates, parts.results, parts.statuses, parts.clock, command)
    assert verify_code(parts.certificates, parts.clock, code).standing is Standing.REVOKED


def test_a_code_nobody_bears_is_not_found():
    parts = publishing()
    with pytest.raises(CertificateNotFoundError):
        verify_code(parts.certificates, parts.clock, VerificationCode("P-BCDFGHJKMPQ3"))
