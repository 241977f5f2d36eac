"""What a pupil knows: one element per skill (docs/domain.md §3)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engine.content import Release
from engine.packing import Answered

DAYS_BEFORE_IMPROVING: Final = 4
DAYS_BEFORE_RETRYING: Final = 4
DAYS_BEFORE_RESET: Final = 7


@dataclass(frozen=True, slots=True)
class Element:
    """A knowledge element: the skill was shown to be known (``validated``) or not.

    ``direct`` when the skill itself was asked, else it was inferred from another of its tube. ``at`` is in whole seconds
    since 1970-01-01 UTC.
    """

    skill_index: int
    validated: bool
    direct: bool
    at: int


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The latest element of each skill. Positions are those of one release: see :meth:`moved` to change release."""

    elements: Mapping[int, Element]

    @classmethod
    def of(cls, elements: Iterable[Element] = ()) -> "Knowledge":
        """From elements in any order; the latest of a skill counts, and of two at the same second the one given last."""
        raise NotImplementedError

    def __contains__(self, skill_index: int) -> bool:
        return skill_index in self.elements

    def __iter__(self) -> Iterator[Element]:
        """The elements, by rising position of their skill."""
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self.elements)

    def updated(self, elements: Iterable[Element]) -> "Knowledge":
        """With these elements added; the latest of a skill counts."""
        raise NotImplementedError

    def within(self, skills: Collection[int]) -> "Knowledge":
        """Only the elements of these skills."""
        raise NotImplementedError

    def without(self, skills: Collection[int]) -> "Knowledge":
        """Without these skills: what a reset leaves."""
        raise NotImplementedError

    def for_improving(self, at: int) -> "Knowledge":
        """What an improvement started ``at`` keeps: the validated, and the invalidated strictly younger than 4 days."""
        raise NotImplementedError

    def validated(self) -> frozenset[int]:
        """The skills known, directly or by inference."""
        raise NotImplementedError

    def moved(self, old: Release, new: Release) -> "Knowledge":
        """The same knowledge in another release: skills are matched by id, those that are gone are left out."""
        raise NotImplementedError

    @staticmethod
    def apply(
        release: Release, target: Collection[int], known: Collection[int], skill_index: int, ok: bool, at: int
    ) -> tuple[Element, ...]:
        """The new elements one answer brings: see :func:`infer`."""
        return infer(release, target, known, skill_index, ok, at)

    def pack(self) -> bytes:
        """As bytes: three bitmaps (known, validated, direct), then the distinct instants and which element has which.

        About 1.8 KB for 900 skills answered at 300 instants.
        """
        raise NotImplementedError

    @classmethod
    def unpack(cls, packed: bytes) -> "Knowledge":
        """The inverse of :meth:`pack`; raises :class:`~engine.errors.CorruptRecordError`."""
        raise NotImplementedError


def infer(release: Release, target: Collection[int], known: Collection[int], skill_index: int, ok: bool, at: int) -> tuple[Element, ...]:
    """The elements one answer brings (docs/domain.md §3).

    A right answer validates the skill (direct) and every strictly easier skill of the same tube in ``target`` (inferred); a
    wrong or skipped one invalidates it and every strictly harder one. Skills in ``known``, already assessed in this
    assessment, get nothing.
    """
    raise NotImplementedError


def elements_of(release: Release, target: Collection[int], at_start: Knowledge, answers: Sequence[Answered]) -> tuple[Element, ...]:
    """All the elements an assessment has brought, by playing its answers again from what was known at the start."""
    raise NotImplementedError


def days_to_improve(finished_at: int, now: int) -> int:
    """Whole days left before a finished competence can be improved: ceil(4 − elapsed), never below 0. Times in seconds."""
    raise NotImplementedError


def days_to_retry(shared_at: int, now: int) -> int:
    """Whole days left before a campaign can be retried (4 days). Times in seconds."""
    raise NotImplementedError


def days_to_reset(last_at: int, now: int) -> int:
    """Whole days left before a competence can be reset (7 days after its last element). Times in seconds."""
    raise NotImplementedError
