"""Publication: repeated at any point it gives one certificate with the same bytes."""

import dataclasses
from datetime import timedelta

import pytest

from jalon.certificates import publish_certificate as publication
from jalon.certificates.certificate import Outcome
from jalon.certificates.my_certifications import CertificateRevokedError, certificate_to_print, my_certifications
from jalon.certificates.publish_certificate import NoFreePlaceError, publish_certificate
from jalon.certificates.publish_session import ResultsMissingError, publish_session
from jalon.certificates.revoke_certificate import Revocation, revoke_certificate
from jalon.certificates.sealed_object import derive_keys, unseal
from jalon.certificates.status_list import year_and_place
from jalon.certificates.stores import CertificateNotFoundError
from jalon.kernel.ids import CertificationId, UserId
from tests.certificates.fakes import NOON, MemorySite, a_result, list_signing, publishing
from tests.sources import FixedClock, SequenceIdSource


@pytest.fixture(autouse=True)
def _few_rounds(monkeypatch):
    """A thousandth of the rounds: these tests are not about their number."""
    monkeypatch.setattr(publication, "derive_keys", lambda code, birth_date: derive_keys(code, birth_date, rounds=600))


class CrashError(Exception):
    pass


class CrashingSite(MemorySite):
    def put(self, *_):
        raise CrashError


def sealed_files(parts):
    return {path: file for path, file in parts.site.files.items() if path.startswith("c/")}


def test_a_validated_result_gets_a_certificate_found_and_opened_by_code_and_birth_date():
    parts = publishing()
    line = publish_certificate(parts, a_result())
    certificate = parts.certificates.by_code(line.code)
    keys = derive_keys(line.code, a_result().birth_date, rounds=600)
    body, media_type, cache_control = parts.site.files[f"c/{keys.object_id}"]
    assert unseal(keys, body) == certificate.token
    assert (media_type, "immutable" in cache_control) == ("application/octet-stream", True)
    assert certificate.facts.name == "Élève-Test Numéro 1"
    assert certificate.facts.expires_on == NOON.date() + timedelta(days=1096)


def test_publishing_again_signs_nothing_and_writes_the_same_bytes():
    parts = publishing()
    first = publish_certificate(parts, a_result())
    before = dict(parts.site.files)
    parts.clock.instant += timedelta(days=2)
    assert publish_certificate(parts, a_result()) == first
    assert parts.site.files == before
    assert parts.signer.signatures == 2
    assert len(parts.statuses.places) == 1


def test_a_crash_before_the_objects_are_written_is_mended_by_a_repetition():
    parts = publishing()
    with pytest.raises(CrashError):
        publish_certificate(dataclasses.replace(parts, site=CrashingSite()), a_result())
    assert not parts.results.lines
    publish_certificate(parts, a_result())
    assert len(sealed_files(parts)) == 1
    assert parts.signer.signatures == 2


def test_of_two_publications_at_once_one_record_wins_and_both_write_it():
    parts = publishing()
    add = parts.certificates.add

    def late(certificate):
        parts.certificates.add = add
        publish_certificate(parts, a_result())  # the other one finishes first
        return add(certificate)

    parts.certificates.add = late
    line = publish_certificate(parts, a_result())
    assert len(parts.certificates.kept) == 1
    assert len(sealed_files(parts)) == 1
    assert parts.certificates.by_code(line.code) is not None
    lost = set(parts.certificates.codes) - {line.code}
    assert len(lost) == 1
    assert parts.certificates.by_code(lost.pop()) is None
    assert len(parts.statuses.places) == 1  # the same place is tried by both


def test_a_rejected_result_has_a_line_and_no_certificate():
    parts = publishing()
    line = publish_certificate(parts, a_result(outcome=Outcome.REJECTED, comment_for_candidate="Taux insuffisant."))
    assert line.code is None
    assert not parts.site.files
    assert not parts.certificates.kept
    parts.clock.instant += timedelta(hours=1)
    assert publish_certificate(parts, a_result(outcome=Outcome.REJECTED)) == line


def test_a_correction_is_a_new_certificate_and_revokes_the_old_one():
    parts = publishing()
    old = publish_certificate(parts, a_result())
    new = publish_certificate(parts, a_result(version=2000, score=320))
    assert new.code != old.code
    assert parts.certificates.by_code(old.code).revoked_at == NOON
    assert parts.certificates.by_code(new.code).revoked_at is None
    year, place = year_and_place(parts.certificates.by_code(old.code).facts.status_index)
    assert parts.statuses.revoked_places(year) == {place}
    assert publish_certificate(parts, a_result()) == new  # an old version never comes back


def test_a_correction_to_rejected_revokes_the_certificate():
    parts = publishing()
    old = publish_certificate(parts, a_result())
    publish_certificate(parts, a_result(version=2000, outcome=Outcome.REJECTED))
    assert parts.certificates.by_code(old.code).revoked_at is not None
    assert parts.results.of_session(a_result().session_number)[0].code is None


def test_a_place_taken_by_another_is_passed_over():
    parts = publishing()
    owner = f"{a_result().certification_id}#1000"
    first, second = [place for place, _ in zip(publication._places_of(owner), range(2), strict=False)]
    parts.statuses.claim_place(2026, first, "another")
    line = publish_certificate(parts, a_result())
    assert year_and_place(parts.certificates.by_code(line.code).facts.status_index) == (2026, second)


def test_codes_that_are_all_taken_end_in_an_error_that_may_be_retried():
    parts = publishing(ids=SequenceIdSource())
    parts.certificates.claim_code = lambda *_: False
    with pytest.raises(NoFreePlaceError):
        publish_certificate(parts, a_result())


def test_a_session_is_published_once_every_line_is_there():
    parts = publishing()
    lists = list_signing(parts)
    expected = [a_result(number).certification_id for number in (1, 2)]
    publish_certificate(parts, a_result(1))
    with pytest.raises(ResultsMissingError) as refused:
        publish_session(parts.results, lists, a_result().session_number, expected)
    assert refused.value.facts["missing"] == 1
    assert "status/2026" not in parts.site.files
    publish_certificate(parts, a_result(2, outcome=Outcome.CANCELLED))
    publication = publish_session(parts.results, lists, a_result().session_number, expected)
    assert (publication.validated, publication.rejected, publication.cancelled) == (1, 0, 1)
    assert "status/2026" in parts.site.files


def test_revoking_marks_the_list_the_certificate_and_the_line_once():
    parts = publishing()
    line = publish_certificate(parts, a_result())
    command = Revocation(a_result().certification_id, "fraud")
    revoked = revoke_certificate(parts.certificates, parts.results, parts.statuses, parts.clock, command)
    again = revoke_certificate(
        parts.certificates,
        parts.results,
        parts.statuses,
        FixedClock(NOON + timedelta(days=1)),
        Revocation(command.certification_id, "other"),
    )
    assert again == revoked
    assert (revoked.revoked_at, revoked.revocation_reason) == (NOON, "fraud")
    assert my_certifications(parts.results, a_result().user_id, 10, {}).lines[0].counts is False
    year, place = year_and_place(parts.certificates.by_code(line.code).facts.status_index)
    assert parts.statuses.revoked_places(year) == {place}
    with pytest.raises(CertificateRevokedError):
        certificate_to_print(parts.certificates, a_result().user_id, command.certification_id)


def test_nothing_to_revoke_is_not_found():
    parts = publishing()
    with pytest.raises(CertificateNotFoundError):
        revoke_certificate(parts.certificates, parts.results, parts.statuses, parts.clock, Revocation(CertificationId("crt_x"), ""))


def test_only_its_owner_prints_a_certificate():
    parts = publishing()
    publish_certificate(parts, a_result())
    assert certificate_to_print(parts.certificates, a_result().user_id, a_result().certification_id)
    for user, certification in ((UserId("usr_other"), a_result().certification_id), (a_result().user_id, CertificationId("crt_other"))):
        with pytest.raises(CertificateNotFoundError):
            certificate_to_print(parts.certificates, user, certification)
