"""One suite on the stores in memory and on the tables: they promise the same."""

import dataclasses
from datetime import timedelta

import pytest

from jalon.certificates.certificate import Certificate, PublishedResult
from jalon.certificates.open_badge import sign_credential
from jalon.certificates.stores import CertificateNotFoundError
from jalon.certificates.token import read_token, sign_token
from jalon.kernel.errors import InvalidInputError
from jalon.kernel.ids import CertificationId, UserId, VerificationCode
from tests.certificates.fakes import NOON, SITE_URL, MemoryCertificates, MemoryKeys, MemoryResults, MemoryStatuses, SoftwareSigner, a_result
from tests.certificates.test_token import FACTS

CODE, OTHER = VerificationCode("P-BCDFGHJKMPQ3"), VerificationCode("P-2222222222B2")


@dataclasses.dataclass
class Stores:
    certificates: object
    results: object
    statuses: object
    keys: object


@pytest.fixture(params=["memory", "tables"])
def stores(request) -> Stores:
    if request.param == "memory":
        return Stores(MemoryCertificates(), MemoryResults(), MemoryStatuses(), MemoryKeys())
    request.getfixturevalue("cloud")
    from jalon.certificates import tables
    from jalon.certificates.result_store import TableResultStore
    from jalon.certificates.status_store import TableKeyStore, TableStatusStore
    from jalon.certificates.table_store import TableCertificateStore
    from jalon.edge.settings import Settings
    from jalon.edge.tables import bind

    models = (tables.CertificateRecord, tables.CodeRecord, tables.StudentRecord, tables.PublishedResultRecord)
    bind(Settings.from_environment(), *models, tables.StatusPlaceRecord, tables.RevocationRecord, tables.KeyRecord)
    return Stores(TableCertificateStore(lambda: b"index key"), TableResultStore(), TableStatusStore(), TableKeyStore())


def a_certificate(version=1000, code=CODE) -> Certificate:
    facts = dataclasses.replace(FACTS, code=code)
    signer = SoftwareSigner()
    return Certificate(
        a_result(version=version),
        facts,
        sign_token(signer, facts),
        sign_credential(signer, facts, SITE_URL),
        signer.public_key().key_id,
        NOON,
    )


def test_a_certificate_is_kept_once_and_read_back_as_it_was(stores):
    first, second = a_certificate(), a_certificate()
    assert first.token != second.token
    assert stores.certificates.add(first) == first
    assert stores.certificates.add(second) == first
    assert stores.certificates.get(first.result.certification_id, 1000) == first
    assert read_token(first.token)[0] == first.facts
    assert stores.certificates.get(first.result.certification_id, 2000) is None
    newer = a_certificate(2000)
    stores.certificates.add(newer)
    assert list(stores.certificates.versions(first.result.certification_id)) == [first, newer]
    assert list(stores.certificates.versions(CertificationId("crt_none"))) == []


def test_a_revocation_is_kept_as_it_was_first_said(stores):
    certificate = stores.certificates.add(a_certificate())
    where = (certificate.result.certification_id, 1000)
    revoked = stores.certificates.mark_revoked(*where, NOON, "fraud")
    assert (revoked.revoked_at, revoked.revocation_reason) == (NOON, "fraud")
    assert stores.certificates.mark_revoked(*where, NOON + timedelta(days=1), "other") == revoked == stores.certificates.get(*where)
    with pytest.raises(CertificateNotFoundError):
        stores.certificates.mark_revoked(CertificationId("crt_none"), 1, NOON, "")


def test_a_code_belongs_to_the_first_and_counts_only_if_the_certificate_bears_it(stores):
    certificate = a_certificate()
    mine = (certificate.result.certification_id, 1000)
    assert stores.certificates.claim_code(CODE, *mine)
    assert stores.certificates.claim_code(CODE, *mine)
    assert not stores.certificates.claim_code(CODE, CertificationId("crt_other"), 1000)
    assert stores.certificates.by_code(CODE) is None
    stores.certificates.add(certificate)
    stores.certificates.claim_code(OTHER, *mine)
    assert stores.certificates.by_code(CODE) == certificate
    assert stores.certificates.by_code(OTHER) is None


def test_indexing_a_student_again_changes_nothing(stores):
    for version in (1000, 1000, 2000, 1000):
        stores.certificates.index_student(a_result().ine, a_result().certification_id, version)


def test_the_latest_version_of_a_line_stands(stores):
    line = PublishedResult(a_result(), CODE, NOON)
    assert stores.results.put(line) == line
    later = dataclasses.replace(line, published_at=NOON + timedelta(hours=1))
    assert stores.results.put(later) == line
    newer = PublishedResult(a_result(version=2000), None, NOON + timedelta(days=1))
    assert stores.results.put(newer) == newer
    assert stores.results.put(line) == newer
    stores.results.mark_revoked(line.result.session_number, line.result.certification_id, 1000, NOON)
    assert list(stores.results.of_session(line.result.session_number)) == [newer]
    assert stores.results.find(line.result.session_number, line.result.certification_id) == newer
    assert stores.results.find(line.result.session_number, CertificationId("crt_none")) is None


def test_a_line_is_marked_revoked_once(stores):
    line = stores.results.put(PublishedResult(a_result(), CODE, NOON))
    for at in (NOON, NOON + timedelta(days=1)):
        stores.results.mark_revoked(line.result.session_number, line.result.certification_id, 1000, at)
    assert [read.revoked_at for read in stores.results.of_session(line.result.session_number)] == [NOON]


def test_a_users_lines_come_newest_first(stores):
    for number, hours in ((1, 0), (2, 2), (3, 1)):
        stores.results.put(PublishedResult(a_result(number, user_id=UserId("usr_mine")), CODE, NOON + timedelta(hours=hours)))
    stores.results.put(PublishedResult(a_result(4), CODE, NOON))
    assert [line.result.last_name for line in stores.results.of_user(UserId("usr_mine"))] == ["Numéro 2", "Numéro 3", "Numéro 1"]
    first = stores.results.page_of_user(UserId("usr_mine"), 2, {})
    assert [line.result.last_name for line in first.lines] == ["Numéro 2", "Numéro 3"]
    rest = stores.results.page_of_user(UserId("usr_mine"), 2, first.cursor)
    assert [line.result.last_name for line in rest.lines] == ["Numéro 1"]
    assert not rest.cursor
    assert stores.results.page_of_user(UserId("usr_other"), 2, {}).lines == ()


@pytest.mark.parametrize("cursor", [{"published_at": 5}, {"published_at": ""}, {"session_number": "1"}, {"after": "x"}])
def test_a_cursor_that_no_page_gave_is_refused(stores, cursor):
    with pytest.raises(InvalidInputError):
        stores.results.page_of_user(UserId("usr_mine"), 2, cursor)


def test_a_place_has_one_owner_and_is_revoked_for_good(stores):
    assert stores.statuses.claim_place(2026, 5, "a")
    assert stores.statuses.claim_place(2026, 5, "a")
    assert not stores.statuses.claim_place(2026, 5, "b")
    assert stores.statuses.claim_place(2027, 5, "b")
    stores.statuses.revoke_place(2026, 5, NOON)
    stores.statuses.revoke_place(2026, 5, NOON)
    stores.statuses.revoke_place(2026, 4_194_303, NOON)
    assert stores.statuses.revoked_places(2026) == {5, 4_194_303}
    assert stores.statuses.revoked_places(2027) == frozenset()


def test_a_keys_window_opens_and_closes_once(stores):
    key = SoftwareSigner().public_key()
    stores.keys.open_window(key, NOON)
    stores.keys.open_window(key, NOON + timedelta(days=1))
    for days in (2, 3):
        stores.keys.close_window(key.key_id, NOON + timedelta(days=days))
    (window,) = stores.keys.windows()
    assert (window.key, window.since, window.until) == (key, NOON, NOON + timedelta(days=2))
