"""Which pupils of a class could be certified today (docs/domain.md §3, §6)."""

from dataclasses import dataclass

from engine.scoring import COMPETENCES_TO_CERTIFY
from jalon.assessment.profiles import ProfileStore, StoredProfile
from jalon.kernel.ids import Uai
from jalon.organisations.issue_pupil_credentials import ClassNotFoundError
from jalon.organisations.pupils import Pupil, PupilStore
from jalon.organisations.reconciliations import ReconciliationStore


@dataclass(frozen=True, slots=True)
class PupilReadiness:
    """``reconciled`` is False for a pupil whose account is not known: nothing can be said of them yet."""

    pupil: Pupil
    reconciled: bool
    certifiable: bool
    certifiable_competences: int


def certifiable_pupils(
    pupils: PupilStore, reconciliations: ReconciliationStore, profiles: ProfileStore, uai: Uai, class_name: str
) -> tuple[PupilReadiness, ...]:
    """Every pupil of a class, by name. Raises :class:`~jalon.organisations.issue_pupil_credentials.ClassNotFoundError`."""
    listed = pupils.of_class(uai, class_name)
    if not listed:
        raise ClassNotFoundError("There is no such class on the school's list.", class_name=class_name)
    links = reconciliations.of_pupils(uai, [pupil.ine for pupil in listed])
    found = profiles.get_many([link.user_id for link in links.values()])
    return tuple(
        _readiness(pupil, pupil.ine in links, found.get(links[pupil.ine].user_id) if pupil.ine in links else None) for pupil in listed
    )


def _readiness(pupil: Pupil, reconciled: bool, profile: StoredProfile | None) -> PupilReadiness:
    levels = [score.level for score in profile.competences.values()] if profile else []
    open_to_certification = sum(level >= 1 for level in levels)
    return PupilReadiness(pupil, reconciled, open_to_certification >= COMPETENCES_TO_CERTIFY, open_to_certification)
