"""One document of everything that is held about a person, each context's part by that context (docs/personal-data.schema.json)."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jalon.accounts.acts import FindActs, acts_document
from jalon.accounts.export_account import account_document, sign_ins_document
from jalon.accounts.exports import Export
from jalon.accounts.find_account import find_account
from jalon.accounts.refresh_token import Family
from jalon.accounts.stores import AccountStore
from jalon.assessment.export_assessments import assessments_document, profile_document
from jalon.assessment.profiles import ProfileStore
from jalon.assessment.project_profile import with_assessments
from jalon.assessment.read_profile import read_profile
from jalon.assessment.releases import Releases
from jalon.assessment.store import AssessmentStore
from jalon.campaigns.export_participations import FindCampaign, every_participation, participations_document
from jalon.campaigns.participation import ParticipationStore
from jalon.certificates.export_certificates import FindCertificates, certifications_document
from jalon.certificates.stores import ResultStore as PublishedResults
from jalon.certification.candidatures import Candidatures
from jalon.certification.export_candidatures import candidatures_document, invigilations_document, published_certifications
from jalon.certification.results import ResultStore
from jalon.certification.sessions import SessionStore
from jalon.kernel.clock import Clock, iso
from jalon.kernel.ids import CertificationId, SessionNumber, UserId
from jalon.organisations.export_schools import FindPupil, FindSchool, memberships_document, schools_document
from jalon.organisations.memberships import Member
from jalon.organisations.reconciliations import Reconciliation

#: The form of the document; it changes with any change that a reader could notice.
FORMAT = "jalon-personal-data/1"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the parts come from."""

    accounts: AccountStore
    sign_ins: Callable[[UserId], Iterable[Family]]
    schools: FindSchool
    pupils: FindPupil
    reconciliations: Callable[[UserId], Iterable[Reconciliation]]
    memberships: Callable[[UserId], Iterable[Member]]
    assessments: AssessmentStore
    profiles: ProfileStore
    releases: Releases
    campaigns: FindCampaign
    participations: ParticipationStore
    candidatures: Candidatures
    invigilations: Callable[[UserId], Iterable[tuple[SessionNumber, datetime]]]
    sessions: SessionStore
    results: ResultStore
    published: PublishedResults
    certificates: FindCertificates
    acts: Sequence[FindActs]
    clock: Clock


def collect(sources: Sources, export: Export) -> bytes:
    """The document in UTF-8, indented for people. Raises AccountNotFoundError."""
    return json.dumps(document_of(sources, export), ensure_ascii=False, indent=1).encode()


def document_of(sources: Sources, export: Export) -> dict[str, Any]:
    """The same as JSON values."""
    user_id = export.user_id
    identity = find_account(sources.accounts, user_id)
    links = tuple(sources.reconciliations(user_id))
    proven = {link.uai: link.ine for link in links if link.proven}
    candidatures = candidatures_document(sources.candidatures.of_user(user_id), sources.sessions, sources.results, proven.values())
    published = frozenset(map(CertificationId, published_certifications(candidatures)))
    tests = tuple(sources.assessments.of_user(user_id))
    profile = with_assessments(read_profile(sources.profiles, sources.releases, user_id), sources.releases, tests)
    return {
        "format": FORMAT,
        "id": export.export_id,
        "requested_at": iso(export.requested_at),
        "collected_at": iso(sources.clock.now()),
        "account": account_document(identity, sources.accounts.credentials(user_id)),
        "sign_ins": sign_ins_document(sources.sign_ins(user_id)),
        "schools": schools_document(links, sources.schools, sources.pupils),
        "memberships": memberships_document(sources.memberships(user_id), sources.schools),
        "assessments": assessments_document(tests, sources.releases, published),
        "profile": profile_document(profile, sources.releases.pinned(profile.release)),
        "participations": participations_document(
            every_participation(sources.participations, user_id), sources.campaigns, sources.releases, proven
        ),
        "candidatures": candidatures,
        "certifications": certifications_document(sources.published.of_user(user_id), sources.certificates),
        "invigilations": invigilations_document(sources.invigilations(user_id)),
        "acts": acts_document(sources.acts, user_id),
    }
