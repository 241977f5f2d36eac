"""The conditional writes about sessions, candidates, results and certificates."""

from dataclasses import replace
from datetime import timedelta

from jalon.certificates.certificate import PublishedResult
from jalon.certificates.result_store import TableResultStore
from jalon.certificates.status_store import TableKeyStore, TableStatusStore
from jalon.certificates.table_store import TableCertificateStore
from jalon.certification.candidate_store import DynamoCandidateStore
from jalon.certification.candidates import Candidate
from jalon.certification.finalisation_store import DynamoOpenFinalisationStore, DynamoWorklistStore
from jalon.certification.finalisations import OpenFinalisation
from jalon.certification.personal_data_store import _unlink
from jalon.certification.result_store import DynamoResultStore
from jalon.certification.session_store import DynamoInvigilatorStore, DynamoSessionStore
from jalon.kernel.ids import Ine
from tests.certificates.fakes import NOON, SoftwareSigner
from tests.certificates.fakes import a_result as a_certified_result
from tests.certificates.test_stores_contract import CODE, a_certificate
from tests.certification.centre import INVIGILATOR, JUROR, NOW, account
from tests.certification.samples import NUMBER, a_candidate, a_result, a_session, finalisation, waiting
from tests.lost_answers.writes import KnownBy, Write

LATER = NOW + timedelta(hours=1)
FIRST, SECOND = a_candidate(), a_candidate(authorised_at=NOW)
JOINED = a_candidate(user_id=account(1), joined_at=NOW)
OPEN = OpenFinalisation(NUMBER, 1, NOW)
CERTIFICATE = a_certificate()
CERTIFICATION, VERSION = CERTIFICATE.result.certification_id, CERTIFICATE.result.version
LINE = PublishedResult(a_certified_result(), CODE, NOON)
SIGNER = SoftwareSigner()


def _certificates() -> TableCertificateStore:
    return TableCertificateStore(lambda: b"index key")


def _session() -> None:
    DynamoSessionStore().create(a_session())


def _finalised() -> None:
    _session()
    DynamoSessionStore().finalise(NUMBER, finalisation())


def _in_jury() -> None:
    _finalised()
    DynamoSessionStore().enter_jury(NUMBER, 1, NOW)
    DynamoResultStore().append(a_result())


def _published() -> None:
    _finalised()
    DynamoSessionStore().mark_published(NUMBER, 1, NOW)
    DynamoOpenFinalisationStore().close(NUMBER, 1)


def _reopen() -> None:
    session = DynamoSessionStore().get(NUMBER)
    DynamoSessionStore().reopen(session, finalisation(number=2))


def _listed(candidate: Candidate = FIRST) -> None:
    DynamoCandidateStore().add([candidate])


def _joined() -> None:
    _listed()
    DynamoCandidateStore().join(JOINED, FIRST, None)


def _free() -> Candidate:
    """The place is given back, and the account's sitting ended with it."""
    taken = DynamoCandidateStore().get(NUMBER, FIRST.candidate_id)
    return DynamoCandidateStore().free(replace(taken, user_id=None, joined_at=None), taken, LATER)


_SESSIONS = {
    "DynamoSessionStore.create": Write(KnownBy.TOKEN, lambda: DynamoSessionStore().create(a_session())),
    "DynamoSessionStore.change": Write(KnownBy.TOKEN, lambda: DynamoSessionStore().change(a_session(room="B"), a_session()), _session),
    "DynamoSessionStore.open": Write(KnownBy.STANDING, lambda: DynamoSessionStore().open(NUMBER, NOW), _session),
    "DynamoSessionStore.finalise": Write(KnownBy.TOKEN, lambda: DynamoSessionStore().finalise(NUMBER, finalisation()), _session),
    "DynamoSessionStore.enter_jury": Write(KnownBy.REPEATED, lambda: DynamoSessionStore().enter_jury(NUMBER, 1, NOW), _finalised),
    "DynamoSessionStore.approve": Write(KnownBy.STANDING, lambda: DynamoSessionStore().approve(NUMBER, 1, JUROR, LATER), _in_jury),
    "DynamoSessionStore.mark_published": Write(KnownBy.REPEATED, lambda: DynamoSessionStore().mark_published(NUMBER, 1, NOW), _finalised),
    "DynamoSessionStore.reopen": Write(KnownBy.TOKEN, _reopen, _published),
    "DynamoInvigilatorStore.add": Write(KnownBy.TOKEN, lambda: DynamoInvigilatorStore().add(NUMBER, INVIGILATOR, NOW)),
}
_CANDIDATES = {
    "candidate_store.DynamoCandidateStore.replace": Write(KnownBy.ITEM, lambda: DynamoCandidateStore().replace(SECOND, FIRST), _listed),
    "candidate_store.DynamoCandidateStore.join": Write(KnownBy.TOKEN, lambda: DynamoCandidateStore().join(JOINED, FIRST, None), _listed),
    "candidate_store.DynamoCandidateStore.free": Write(KnownBy.TOKEN, _free, _joined),
    "candidate_store.DynamoCandidateStore.freeze": Write(
        KnownBy.STANDING, lambda: DynamoCandidateStore().freeze(NUMBER, FIRST.candidate_id, 1), _listed
    ),
    "candidate_store.DynamoCandidateStore.remove": Write(KnownBy.ITEM, lambda: DynamoCandidateStore().remove(FIRST), _listed),
    "personal_data_store._unlink": Write(KnownBy.STANDING, lambda: _unlink(JOINED), lambda: _listed(JOINED)),
    "finalisation_store.DynamoOpenFinalisationStore.claim_attempt": Write(
        KnownBy.ITEM, lambda: DynamoOpenFinalisationStore().claim_attempt(OPEN, LATER), _finalised
    ),
    "finalisation_store.DynamoOpenFinalisationStore.close": Write(
        KnownBy.STANDING, lambda: DynamoOpenFinalisationStore().close(NUMBER, 1), _finalised
    ),
    "finalisation_store.DynamoWorklistStore.put": Write(KnownBy.REPEATED, lambda: DynamoWorklistStore().put(waiting())),
    "finalisation_store.DynamoWorklistStore.remove": Write(
        KnownBy.STANDING, lambda: DynamoWorklistStore().remove(NUMBER, 1), lambda: DynamoWorklistStore().put(waiting())
    ),
    "result_store.DynamoResultStore.append": Write(KnownBy.STANDING, lambda: DynamoResultStore().append(a_result())),
    "result_store.DynamoResultStore.append_decision": Write(
        KnownBy.TOKEN, lambda: DynamoResultStore().append_decision(a_result(1001, author=JUROR)), _in_jury
    ),
}
_CERTIFICATES = {
    "table_store.TableCertificateStore.add": Write(KnownBy.STANDING, lambda: _certificates().add(CERTIFICATE)),
    "table_store.TableCertificateStore.mark_revoked": Write(
        KnownBy.REPEATED,
        lambda: _certificates().mark_revoked(CERTIFICATION, VERSION, NOON, "fraud"),
        lambda: _certificates().add(CERTIFICATE),
    ),
    "table_store.TableCertificateStore.claim_code": Write(
        KnownBy.REPEATED, lambda: _certificates().claim_code(CODE, CERTIFICATION, VERSION)
    ),
    "table_store.TableCertificateStore.index_student": Write(
        KnownBy.STANDING, lambda: _certificates().index_student(Ine("12345678001"), CERTIFICATION, VERSION)
    ),
    "result_store.TableResultStore.put": Write(KnownBy.STANDING, lambda: TableResultStore().put(LINE)),
    "result_store.TableResultStore.mark_revoked": Write(
        KnownBy.STANDING,
        lambda: TableResultStore().mark_revoked(LINE.result.session_number, LINE.result.certification_id, LINE.result.version, NOON),
        lambda: TableResultStore().put(LINE),
    ),
    "status_store.TableStatusStore.claim_place": Write(KnownBy.REPEATED, lambda: TableStatusStore().claim_place(2026, 7, "crt_1#1000")),
    "status_store.TableStatusStore.revoke_place": Write(KnownBy.STANDING, lambda: TableStatusStore().revoke_place(2026, 7, NOON)),
    "status_store.TableKeyStore.open_window": Write(KnownBy.STANDING, lambda: TableKeyStore().open_window(SIGNER.public_key(), NOON)),
    "status_store.TableKeyStore.close_window": Write(
        KnownBy.STANDING,
        lambda: TableKeyStore().close_window(SIGNER.public_key().key_id, NOON),
        lambda: TableKeyStore().open_window(SIGNER.public_key(), NOON),
    ),
}
WRITES = (
    {f"certification.session_store.{name}": write for name, write in _SESSIONS.items()}
    | {f"certification.{name}": write for name, write in _CANDIDATES.items()}
    | {f"certificates.{name}": write for name, write in _CERTIFICATES.items()}
)
