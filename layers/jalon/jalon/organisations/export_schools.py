"""The schools of a person, as the person takes them along (docs/personal-data.schema.json, ``schools`` and ``memberships``)."""

from collections.abc import Callable, Iterable
from typing import Any

from jalon.kernel.clock import iso
from jalon.kernel.ids import Ine, Uai
from jalon.organisations.memberships import Member
from jalon.organisations.organisation import Organisation
from jalon.organisations.pupils import Pupil
from jalon.organisations.reconciliations import Reconciliation

FindSchool = Callable[[Uai], Organisation | None]
FindPupil = Callable[[Uai, Ine], Pupil | None]


def schools_document(links: Iterable[Reconciliation], school: FindSchool, pupil: FindPupil) -> list[dict[str, Any]]:
    """On whose lists the account was found, with the person's row of the list in force; None once they have left it.

    An account that was only found by name and birth date is shown neither number nor row: whoever began it may be a classmate.
    """
    return [
        {
            "uai": link.uai,
            "name": _name(school(link.uai)),
            "linked_at": iso(link.since),
            "account_made_by_school": link.school_made,
            "proven": link.proven,
            "national_number": link.ine if link.proven else None,
            "on_list": _row(pupil(link.uai, link.ine)) if link.proven else None,
        }
        for link in links
    ]


def memberships_document(members: Iterable[Member], school: FindSchool) -> list[dict[str, Any]]:
    """The schools in whose space the person works."""
    return [
        {"uai": member.uai, "name": _name(school(member.uai)), "role": member.role.value, "since": iso(member.since)} for member in members
    ]


def _name(school: Organisation | None) -> str | None:
    return school.name if school else None


def _row(pupil: Pupil | None) -> dict[str, Any] | None:
    if pupil is None:
        return None
    place = pupil.birthplace
    return {
        "last_name": pupil.last_name,
        "used_name": pupil.used_name,
        "first_name": pupil.first_name,
        "other_first_names": list(pupil.other_first_names),
        "sex": pupil.sex.value,
        "birth_date": pupil.birth_date.isoformat(),
        "birth_place": {
            "country_code": place.country_code,
            "department_code": place.department_code,
            "city_code": place.city_code,
            "city": place.city,
        },
        "class": pupil.class_name,
        "mef_code": pupil.mef_code,
        "status_code": pupil.status_code,
    }
