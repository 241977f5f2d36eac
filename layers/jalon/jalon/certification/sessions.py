"""A certification session: when, where, its codes, its state; and where sessions are kept (docs/domain.md §7)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from jalon.kernel.ids import IdSource, SessionNumber, Uai, UserId

ACCESS_LETTERS = "BCDFGHJKMPQRTVWXY"
ACCESS_DIGITS = "2346789"
INVIGILATOR_ALPHABET = ACCESS_LETTERS + ACCESS_DIGITS
INVIGILATOR_CODE_LENGTH = 8
DURATION_MIN = 105
MAXIMUM_MIN = 120
NUMBER_DIGITS = 8


class SessionStatus(StrEnum):
    CREATED = "created"  # Créée
    TO_FINALISE = "to_finalise"  # À finaliser: past, not finalised
    FINALISED = "finalised"  # Finalisée
    IN_JURY = "in_jury"  # En jury
    PUBLISHED = "published"  # Résultats transmis


@dataclass(frozen=True, slots=True)
class Finalisation:
    """One finalisation of a session. ``number`` counts from 1; a correction after publication is the next number.

    ``global_comment`` is the centre's or, for a correction, the jury's reason.
    """

    number: int
    requested_at: datetime
    requested_by: UserId
    global_comment: str
    in_jury_since: datetime | None = None
    approved_at: datetime | None = None
    approved_by: UserId | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """``starts_at`` is the instant of ``date`` and ``start_time`` on the wall in ``time_zone``; ``opened_at`` that of the first start.

    ``published_at`` is when it was published first, ``published_finalisation`` the last finalisation that was.
    """

    number: SessionNumber
    uai: Uai
    centre: str
    site: str
    room: str
    name: str
    date: date
    start_time: time
    time_zone: str
    invigilators: tuple[str, ...]
    observation: str
    access_code: str
    invigilator_code: str
    created_by: UserId
    created_at: datetime
    revision: int = 1
    opened_at: datetime | None = None
    finalisation: Finalisation | None = None
    published_at: datetime | None = None
    published_finalisation: int | None = None
    earlier_finalisations: tuple[Finalisation, ...] = ()

    @property
    def is_published(self) -> bool:
        """Whether its present finalisation is published: then it is locked (docs/domain.md §8)."""
        return self.finalisation is not None and self.finalisation.number == self.published_finalisation

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.date, self.start_time, ZoneInfo(self.time_zone))

    @property
    def school_year(self) -> int:
        """The year in which the school year began (1 September)."""
        return school_year(self.date)

    def status(self, now: datetime) -> SessionStatus:
        """*Créée* → *À finaliser* → *Finalisée* → *En jury* → *Résultats transmis*.

        A session is past once the longest test (two hours) that began on time is over.
        """
        if self.is_published:
            return SessionStatus.PUBLISHED
        if self.finalisation is not None:
            return SessionStatus.IN_JURY if self.finalisation.in_jury_since else SessionStatus.FINALISED
        over = self.starts_at + timedelta(minutes=MAXIMUM_MIN)
        return SessionStatus.TO_FINALISE if now >= over else SessionStatus.CREATED


def school_year(day: date) -> int:
    """The year in which the school year of ``day`` began.

    >>> school_year(date(2027, 3, 12)), school_year(date(2027, 9, 1))
    (2026, 2027)
    """
    return day.year if day.month >= 9 else day.year - 1


def new_access_code(ids: IdSource) -> str:
    """Four letters and two digits that cannot be misread aloud or on paper (docs/domain.md §7)."""
    return ids.pick(ACCESS_LETTERS, 4) + ids.pick(ACCESS_DIGITS, 2)


def new_invigilator_code(ids: IdSource) -> str:
    """Eight symbols (36 bits): it opens the whole room, so it is longer than a pupil's code."""
    return ids.pick(INVIGILATOR_ALPHABET, INVIGILATOR_CODE_LENGTH)


def new_session_number(ids: IdSource) -> SessionNumber:
    """Eight digits, the first not zero, drawn at random: no counter to contend for; the store refuses one that is taken."""
    return SessionNumber(str(10 ** (NUMBER_DIGITS - 1) + ids.below(9 * 10 ** (NUMBER_DIGITS - 1))))


@dataclass(frozen=True, slots=True)
class SessionPage:
    """Sessions by date, latest first, and where the next page begins."""

    items: tuple[Session, ...]
    next_key: str | None


class SessionStore(Protocol):
    """The sessions, by number and by centre and school year."""

    def create(self, session: Session) -> bool:
        """Keeps a new session; False if its number is taken."""
        ...

    def get(self, number: SessionNumber) -> Session:
        """Raises :class:`SessionNotFoundError`."""
        ...

    def change(self, session: Session, previous: Session) -> Session:
        """Replaces ``previous`` by ``session`` with the next revision.

        Raises :class:`SessionAlreadyStartedError` once a candidate has started, :class:`SessionFinalisedError`, or
        :class:`SessionChangedError` if ``previous`` is not the present revision.
        """
        ...

    def open(self, number: SessionNumber, at: datetime) -> None:
        """Notes, once, that a candidate started; later calls change nothing. Raises :class:`SessionFinalisedError`."""
        ...

    def finalise(self, number: SessionNumber, finalisation: Finalisation) -> None:
        """Writes the finalisation and its entry among the open ones, together; raises :class:`SessionFinalisedError`."""
        ...

    def enter_jury(self, number: SessionNumber, finalisation: int, at: datetime) -> Session:
        """Notes that the jury was asked (the first time counts). Raises :class:`FinalisationSupersededError`."""
        ...

    def approve(self, number: SessionNumber, finalisation: int, by: UserId, at: datetime) -> Session:
        """Notes that the jury agreed to publish (the first time counts). Raises :class:`NotInJuryError`."""
        ...

    def mark_published(self, number: SessionNumber, finalisation: int, at: datetime) -> Session:
        """Locks the session (the first time counts). Raises :class:`FinalisationSupersededError`."""
        ...

    def reopen(self, session: Session, finalisation: Finalisation) -> None:
        """Puts a published session before the jury again, under the next finalisation and with its open entry, together.

        The finalisation before is kept among the earlier ones. Raises :class:`NotPublishedError`.
        """
        ...

    def of_centre(self, uai: Uai, year: int, limit: int, after: str | None) -> SessionPage: ...


class InvigilatorStore(Protocol):
    """Who joined a session's room as invigilator."""

    def add(self, number: SessionNumber, user: UserId, at: datetime) -> None:
        """Adds once; adding again changes nothing. Raises :class:`CandidateOfSessionError` if the account's sitting is of this session."""
        ...

    def has(self, number: SessionNumber, user: UserId) -> bool: ...
