"""Who a candidate is: names, birth date, birth place, and how a pupil is found on the list (docs/domain.md §7)."""

from dataclasses import dataclass
from datetime import date

from jalon.kernel.errors import Violation
from jalon.organisations.names import name_key, tidy

FRANCE = "FR"
ABROAD_INSEE = "99"
_NAME_MAXIMUM = 100


@dataclass(frozen=True, slots=True)
class BirthPlace:
    """Where someone was born.

    ``country`` is ``FR`` or a country's name or code as the school's list gives it. In France an INSEE code, or a postcode with the
    town; abroad the INSEE code ``99`` (a country's full code, ``99…``, is kept) with the town.
    """

    country: str
    insee_code: str = ""
    postcode: str = ""
    town: str = ""

    @property
    def label(self) -> str:
        """The place as documents print it: town first; a code only where no town is known."""
        place = self.town or self.postcode or self.insee_code
        return place if self.country == FRANCE else f"{place} ({self.country})"


@dataclass(frozen=True, slots=True)
class Identity:
    """A candidate's civil identity; ``sex`` is ``M`` or ``F``."""

    last_name: str
    first_name: str
    birth_date: date
    sex: str
    birth_place: BirthPlace


def tidied(identity: Identity) -> Identity:
    """The same with names and places in NFC and their white space reduced, as they are kept and printed."""
    place = identity.birth_place
    return Identity(
        last_name=tidy(identity.last_name),
        first_name=tidy(identity.first_name),
        birth_date=identity.birth_date,
        sex=identity.sex,
        birth_place=BirthPlace(tidy(place.country), place.insee_code.strip().upper(), place.postcode.strip(), tidy(place.town)),
    )


@dataclass(frozen=True, slots=True)
class IdentityClaim:
    """What a pupil types to be found on the list."""

    last_name: str
    first_name: str
    birth_date: date

    def matches(self, identity: Identity) -> bool:
        """True if names (without accents, case, spaces, hyphens) and birth date are those of ``identity``."""
        return (
            self.birth_date == identity.birth_date
            and name_key(self.last_name) == name_key(identity.last_name)
            and name_key(self.first_name) == name_key(identity.first_name)
        )


def check_identity(identity: Identity, today: date, pointer: str) -> tuple[Violation, ...]:
    """Every field of ``identity`` that breaks a rule, as pointers below ``pointer``."""
    violations = [
        Violation(f"{pointer}/{field}", "Between 1 and 100 characters, with at least one letter, are expected.", "name")
        for field, name in (("last_name", identity.last_name), ("first_name", identity.first_name))
        if len(name) > _NAME_MAXIMUM or not any(letter.isalpha() for letter in name)
    ]
    if not date(1900, 1, 1) <= identity.birth_date < today:
        violations.append(Violation(f"{pointer}/birth_date", "The birth date must lie between 1900 and yesterday.", "birth_date"))
    if identity.sex not in {"M", "F"}:
        violations.append(Violation(f"{pointer}/sex", "M or F is expected.", "sex"))
    return (*violations, *check_birth_place(identity.birth_place, f"{pointer}/birth_place"))


def check_birth_place(place: BirthPlace, pointer: str) -> tuple[Violation, ...]:
    """The rules of docs/domain.md §7: France = INSEE, or postcode + town; abroad = INSEE ``99`` + town."""
    if not place.country:
        return (Violation(f"{pointer}/country", "The country of birth is missing.", "birth_country_required"),)
    return _check_french(place, pointer) if place.country == FRANCE else _check_abroad(place, pointer)


def _check_french(place: BirthPlace, pointer: str) -> tuple[Violation, ...]:
    if place.insee_code:
        if place.insee_code.startswith(ABROAD_INSEE):
            return (Violation(f"{pointer}/insee_code", "An INSEE code that begins with 99 is a foreign country's.", "birth_insee_abroad"),)
        if not _is_insee(place.insee_code):
            return (Violation(f"{pointer}/insee_code", "An INSEE code has five characters, such as 29019 or 2A004.", "birth_insee_format"),)
        return ()
    if not place.postcode or not place.town:
        return (Violation(pointer, "For a birth in France give the INSEE code, or the postcode and the town.", "birth_place_required"),)
    if not (len(place.postcode) == 5 and place.postcode.isascii() and place.postcode.isdigit()):
        return (Violation(f"{pointer}/postcode", "A postcode has five digits.", "birth_postcode_format"),)
    return ()


def _check_abroad(place: BirthPlace, pointer: str) -> tuple[Violation, ...]:
    violations = []
    if not place.insee_code.startswith(ABROAD_INSEE) or not place.insee_code.isdigit() or len(place.insee_code) not in {2, 5}:
        violations.append(Violation(f"{pointer}/insee_code", "For a birth abroad the INSEE code is 99.", "birth_insee_not_abroad"))
    if not place.town:
        violations.append(Violation(f"{pointer}/town", "For a birth abroad the town is needed.", "birth_town_required"))
    if place.postcode:
        violations.append(Violation(f"{pointer}/postcode", "A birth abroad has no French postcode.", "birth_postcode_abroad"))
    return tuple(violations)


def _is_insee(code: str) -> bool:
    """Two digits (or 2A, 2B for Corsica) for the department, then three digits."""
    department, rest = code[:2], code[2:]
    return (
        len(code) == 5
        and rest.isascii()
        and rest.isdigit()
        and (department in {"2A", "2B"} or (department.isascii() and department.isdigit()))
    )
