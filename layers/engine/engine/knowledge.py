"""What a pupil knows: one element per skill (docs/domain.md §3)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from engine import octets
from engine.errors import CorruptRecordError
from engine.grading import Result
from engine.outline import Structure
from engine.packing import Answered

DAYS_BEFORE_IMPROVING: Final = 4
DAYS_BEFORE_RETRYING: Final = 4
DAYS_BEFORE_RESET: Final = 7
_DAY_S: Final = 86_400


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
    """The latest element of each skill. Positions are those of one release: see :meth:`moved` to change release.

    >>> knowledge = Knowledge.of([Element(1, True, True, at=10), Element(2, False, True, at=20), Element(1, False, True, at=5)])
    >>> len(knowledge), 2 in knowledge, sorted(knowledge.validated())
    (2, True, [1])
    >>> sorted(knowledge.updated([Element(2, True, True, at=30)]).validated())
    [1, 2]
    """

    elements: Mapping[int, Element]

    @classmethod
    def of(cls, elements: Iterable[Element] = ()) -> "Knowledge":
        """From elements in any order; the latest of a skill counts, and of two at the same second the one given last.

        >>> Knowledge.of([Element(1, True, True, at=5), Element(1, False, True, at=5)]).validated()
        frozenset()
        """
        return cls({}).updated(elements)

    def __contains__(self, skill_index: int) -> bool:
        return skill_index in self.elements

    def __iter__(self) -> Iterator[Element]:
        """The elements, by rising position of their skill."""
        return iter(sorted(self.elements.values(), key=lambda element: element.skill_index))

    def __len__(self) -> int:
        return len(self.elements)

    def updated(self, elements: Iterable[Element]) -> "Knowledge":
        """With these elements added; the latest of a skill counts.

        >>> Knowledge.of([Element(1, True, True, at=5)]).updated([Element(1, False, True, at=4)]).validated()
        frozenset({1})
        """
        latest = dict(self.elements)
        for element in elements:
            present = latest.get(element.skill_index)
            if present is None or element.at >= present.at:
                latest[element.skill_index] = element
        return Knowledge(latest)

    def within(self, skills: Collection[int]) -> "Knowledge":
        """Only the elements of these skills.

        >>> [element.skill_index for element in Knowledge.of(Element(n, True, True, at=0) for n in range(4)).within({1, 3})]
        [1, 3]
        """
        return Knowledge({index: element for index, element in self.elements.items() if index in skills})

    def without(self, skills: Collection[int]) -> "Knowledge":
        """Without these skills: what a reset leaves.

        >>> [element.skill_index for element in Knowledge.of(Element(n, True, True, at=0) for n in range(4)).without({1, 3})]
        [0, 2]
        """
        return Knowledge({index: element for index, element in self.elements.items() if index not in skills})

    def for_improving(self, at: int) -> "Knowledge":
        """What an improvement started ``at`` keeps: the validated, and the invalidated strictly younger than 4 days.

        >>> knowledge = Knowledge.of([Element(1, False, True, at=0), Element(2, False, True, at=1), Element(3, True, True, at=0)])
        >>> [element.skill_index for element in knowledge.for_improving(4 * 86_400)]
        [2, 3]
        """
        youngest_dropped = at - DAYS_BEFORE_IMPROVING * _DAY_S
        return Knowledge({index: element for index, element in self.elements.items() if element.validated or element.at > youngest_dropped})

    def validated(self) -> frozenset[int]:
        """The skills known, directly or by inference.

        >>> Knowledge.of([Element(1, True, True, at=0), Element(2, True, False, at=0), Element(3, False, True, at=0)]).validated()
        frozenset({1, 2})
        """
        return frozenset(index for index, element in self.elements.items() if element.validated)

    def moved(self, old: Structure, new: Structure) -> "Knowledge":
        """The same knowledge in another release: skills are matched by id, those that are gone are left out.

        >>> from engine.synthetic import synthetic_release
        >>> old, new = synthetic_release(tubes=1), synthetic_release(tubes=2)
        >>> known = Knowledge.of([Element(old.skill_index("1.2-1-3"), True, True, at=0)])
        >>> [new.skills[element.skill_index].id for element in known.moved(old, new)]
        ['1.2-1-3']
        """
        return Knowledge.of(
            Element(new.skill_index(skill.id), element.validated, element.direct, element.at)
            for element in self
            if new.has_skill((skill := old.skills[element.skill_index]).id)
        )

    def pack(self) -> bytes:
        """As bytes: three bitmaps (known, validated, direct), then the distinct instants and which element has which.

        About 1.8 KB for 900 skills answered at 300 instants.

        >>> knowledge = Knowledge.of([Element(1, True, True, at=5), Element(9, False, False, at=5)])
        >>> len(knowledge.pack()), Knowledge.unpack(knowledge.pack()) == knowledge
        (9, True)
        """
        elements = tuple(self)
        instants = sorted({element.at for element in elements})
        rank = {instant: place for place, instant in enumerate(instants)}
        known = octets.bitmap(element.skill_index for element in elements)
        width = max(len(instants) - 1, 0).bit_length()
        ranks = sum(rank[element.at] << width * place for place, element in enumerate(elements))
        return b"".join(
            (
                octets.counted(known),
                octets.bitmap((element.skill_index for element in elements if element.validated), len(known)),
                octets.bitmap((element.skill_index for element in elements if element.direct), len(known)),
                octets.number(len(instants)),
                *(octets.number(later - earlier) for earlier, later in pairwise([0, *instants])),
                ranks.to_bytes((width * len(elements) + 7) // 8, "little"),
            )
        )

    @classmethod
    def unpack(cls, packed: bytes) -> "Knowledge":
        """The inverse of :meth:`pack`; raises :class:`~engine.errors.CorruptRecordError`.

        >>> Knowledge.unpack(Knowledge.of().pack())
        Knowledge(elements={})
        """
        reader = octets.Reader(packed)
        bitmap = reader.counted()
        known = octets.positions(bitmap)
        validated, direct = frozenset(octets.positions(reader.take(len(bitmap)))), frozenset(octets.positions(reader.take(len(bitmap))))
        instants = tuple(accumulate(reader.number() for _ in range(reader.number())))
        width = max(len(instants) - 1, 0).bit_length()
        ranks = int.from_bytes(reader.take((width * len(known) + 7) // 8), "little")
        mask = (1 << width) - 1
        try:
            elements = {
                index: Element(index, index in validated, index in direct, instants[ranks >> width * place & mask])
                for place, index in enumerate(known)
            }
        except IndexError as error:
            raise CorruptRecordError("the knowledge names an instant it does not hold") from error
        if not reader.ended:
            raise CorruptRecordError("bytes follow the knowledge")
        return cls(elements)


def infer(release: Structure, target: Collection[int], known: Collection[int], skill_index: int, ok: bool, at: int) -> tuple[Element, ...]:
    """The elements one answer brings (docs/domain.md §3).

    A right answer validates the skill (direct) and every strictly easier skill of the same tube in ``target`` (inferred); a
    wrong or skipped one invalidates it and every strictly harder one. Skills in ``known``, already assessed in this
    assessment, get nothing. Late (``timedout``) and ``focusedout`` answers are not right.

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> tube = release.tube_skills("1.1-1")
    >>> [(release.skills[e.skill_index].level, e.validated, e.direct) for e in infer(release, tube, (), tube[2], ok=True, at=0)]
    [(1, True, False), (2, True, False), (3, True, True)]
    """
    level = release.skills[skill_index].level
    elements = []
    for other in release.tube_skills(release.skills[skill_index].tube):
        other_level = release.skills[other].level
        implied = other in target and (other_level < level if ok else other_level > level)
        if (other == skill_index or implied) and other not in known:
            elements.append(Element(other, ok, other == skill_index, at))
    return tuple(elements)


def elements_of(release: Structure, target: Collection[int], at_start: Knowledge, answers: Sequence[Answered]) -> tuple[Element, ...]:
    """All the elements an assessment has brought, by playing its answers again from what was known at the start.

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> tube = release.tube_skills("1.1-1")
    >>> right, wrong = (Answered(3 * tube[n], 0, result, elapsed_ms=0, at=n) for n, result in ((2, Result.OK), (4, Result.KO)))
    >>> [element.validated for element in elements_of(release, tube, Knowledge.of(), [right, wrong])]
    [True, True, True, False, False, False]
    """
    wanted, known = frozenset(target), set(at_start.elements)
    elements: list[Element] = []
    for answered in answers:
        skill_index = release.challenges[answered.challenge_index].skill_index
        brought = infer(release, wanted, known, skill_index, answered.result is Result.OK, answered.at)
        known.update(element.skill_index for element in brought)
        elements.extend(brought)
    return tuple(elements)


def days_to_improve(finished_at: int, now: int) -> int:
    """Whole days left before a finished competence can be improved: ceil(4 − elapsed), never below 0. Times in seconds.

    >>> days_to_improve(0, 0), days_to_improve(0, 86_400), days_to_improve(0, 86_401), days_to_improve(0, 4 * 86_400)
    (4, 3, 3, 0)
    """
    return _days_left(DAYS_BEFORE_IMPROVING, now - finished_at)


def days_to_retry(shared_at: int, now: int) -> int:
    """Whole days left before a campaign can be retried (4 days). Times in seconds.

    >>> days_to_retry(0, 4 * 86_400 - 1), days_to_retry(0, 9 * 86_400)
    (1, 0)
    """
    return _days_left(DAYS_BEFORE_RETRYING, now - shared_at)


def days_to_reset(last_at: int, now: int) -> int:
    """Whole days left before a competence can be reset (7 days after its last element). Times in seconds.

    >>> days_to_reset(0, 0), days_to_reset(0, 7 * 86_400)
    (7, 0)
    """
    return _days_left(DAYS_BEFORE_RESET, now - last_at)


def _days_left(delay_days: int, elapsed_s: int) -> int:
    return max(0, -((elapsed_s - delay_days * _DAY_S) // _DAY_S))
