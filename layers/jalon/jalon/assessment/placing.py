"""What a pupil knows, from one release of the learning content to another and back: nothing of it is lost on the way.

An environment believes the pointer to the current release for a minute: as long after a publication, and after one is taken back, some
still move profiles the other way. So the element of a skill that a profile's release does not have is kept beside those that it has, under
the skill's id, until a release has it again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.knowledge import Element, Knowledge
from engine.outline import Structure
from jalon.assessment.state import AssessmentState, Purpose


@dataclass(frozen=True, slots=True)
class Unplaced:
    """The element of a skill that the release at hand does not have: an :class:`~engine.knowledge.Element`, the skill by its id, and
    the competence that the skill was of.
    """

    skill_id: str
    competence: str
    validated: bool
    direct: bool
    at: int


Resets = Mapping[str, datetime]
UnplacedById = Mapping[str, Unplaced]


def merge(knowledge: Knowledge, elements: Iterable[Element]) -> Knowledge:
    """The greatest element of each skill: commutative, associative and idempotent, which :meth:`Knowledge.updated` is not
    for two elements of the same second.
    """
    latest = dict(knowledge.elements)
    for element in elements:
        latest[element.skill_index] = max(latest.get(element.skill_index, element), element, key=_rank)
    return Knowledge(latest)


def merge_unplaced(unplaced: UnplacedById, others: Iterable[Unplaced]) -> UnplacedById:
    """As :func:`merge`, of skills by their ids."""
    latest = dict(unplaced)
    for other in others:
        latest[other.skill_id] = max(latest.get(other.skill_id, other), other, key=_rank)
    return latest


def left_out(elements: Iterable[Element], old: Structure, new: Structure) -> list[Unplaced]:
    """Those of these elements, in positions of ``old``, whose skills ``new`` does not have."""
    named = ((old.skills[element.skill_index], element) for element in elements)
    return [
        Unplaced(skill.id, skill.competence, element.validated, element.direct, element.at)
        for skill, element in named
        if not new.has_skill(skill.id)
    ]


def moved(knowledge: Knowledge, unplaced: UnplacedById, old: Structure, new: Structure) -> tuple[Knowledge, UnplacedById]:
    """Knowledge and what is kept beside it, from ``old`` to ``new``."""
    kept = merge_unplaced(unplaced, left_out(knowledge, old, new))
    back = (
        Element(new.skill_index(item.skill_id), item.validated, item.direct, item.at)
        for item in kept.values()
        if new.has_skill(item.skill_id)
    )
    return merge(knowledge.moved(old, new), back), {name: item for name, item in kept.items() if not new.has_skill(name)}


def remembered(release: Structure, elements: Iterable[Element], resets: Resets, test: AssessmentState) -> list[Element]:
    """The elements, brought by ``test``, that no reset of their competence has made forgotten.

    An instant is a whole second. What was answered in the very second of a reset came after it, since a reset waits 7 days from the last
    answer (docs/domain.md §3) — but in the competence's own test, which the reset ended if it was begun before.
    """
    from_second = {code: int(reset_at.timestamp()) + _ended_by(code, reset_at, test) for code, reset_at in resets.items()}
    return [element for element in elements if element.at >= from_second.get(release.skills[element.skill_index].competence, element.at)]


def _ended_by(code: str, reset_at: datetime, test: AssessmentState) -> bool:
    return (test.purpose, test.subject) == (Purpose.COMPETENCE, code) and test.started_at < reset_at


def _rank(element: Element | Unplaced) -> tuple[int, bool, bool]:
    return element.at, element.direct, element.validated
