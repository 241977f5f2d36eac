"""Target profiles made to measure by a school: topics with a level ceiling each (docs/domain.md §6).

One is never changed once it is made, since campaigns rest on it; it is withdrawn, and another made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NewType, Protocol

from engine.content import Release
from jalon.kernel.clock import Clock
from jalon.kernel.errors import InvalidInputError, NotFoundError, Violation
from jalon.kernel.ids import IdSource, Uai, UserId
from jalon.kernel.titles import title_of, wrong_title

TargetProfileId = NewType("TargetProfileId", str)

#: More topics than the whole framework has ever held.
MAX_TOPICS = 200
PREFIX = "tpf"


class TargetProfileInvalidError(InvalidInputError):
    """The name, a topic or a level of a target profile made to measure breaks a rule; ``errors`` names each."""

    code = "target_profile_invalid"


class TargetProfileUnknownError(NotFoundError):
    """The identifier is of none of the content's target profiles and of none that this school made to measure."""

    code = "target_profile_not_found"


@dataclass(frozen=True, slots=True)
class MadeToMeasure:
    """A school's own target profile; ``ceilings`` maps each topic (tube) to the highest level asked of it."""

    profile_id: TargetProfileId
    uai: Uai
    name: str
    ceilings: Mapping[str, int]
    created_by: UserId
    created_at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MadeToMeasurePage:
    """A page of a school's own target profiles, latest first; ``cursor`` is empty on the last page."""

    profiles: tuple[MadeToMeasure, ...]
    cursor: Mapping[str, str]


class TargetProfileStore(Protocol):
    """The table ``target_profiles``. Reads are consistent."""

    def create(self, profile: MadeToMeasure) -> None: ...

    def find(self, uai: Uai, profile_id: TargetProfileId) -> MadeToMeasure | None: ...

    def of_school(self, uai: Uai, limit: int, cursor: Mapping[str, str]) -> MadeToMeasurePage: ...

    def withdraw(self, uai: Uai, profile_id: TargetProfileId, at: datetime) -> MadeToMeasure | None:
        """Withdraw unless it is withdrawn already; the profile as it now stands, None if there is none."""
        ...


@dataclass(frozen=True, slots=True)
class MakeToMeasure:
    """``topics`` in the order given: a tube's id and the highest level wanted of it."""

    uai: Uai
    created_by: UserId
    name: str
    topics: tuple[tuple[str, int], ...]


def make_to_measure(profiles: TargetProfileStore, release: Release, ids: IdSource, clock: Clock, command: MakeToMeasure) -> MadeToMeasure:
    """A new target profile of the school. Raises :class:`TargetProfileInvalidError` naming every field that is wrong."""
    violations = (*wrong_title(command.name), *_wrong_topics(release, command.topics))
    if violations:
        raise TargetProfileInvalidError("This target profile cannot be made as asked.", violations)
    made = MadeToMeasure(
        profile_id=TargetProfileId(ids.new(PREFIX)),
        uai=command.uai,
        name=title_of(command.name),
        ceilings=dict(command.topics),
        created_by=command.created_by,
        created_at=clock.now(),
    )
    profiles.create(made)
    return made


def own_target_profile(profiles: TargetProfileStore, uai: Uai, profile_id: str) -> MadeToMeasure:
    """A school's own target profile; another school's does not exist for it. Raises :class:`TargetProfileUnknownError`."""
    found = profiles.find(uai, TargetProfileId(profile_id))
    if found is None:
        raise TargetProfileUnknownError("This school has no such target profile.", target_profile_id=profile_id)
    return found


def _wrong_topics(release: Release, topics: tuple[tuple[str, int], ...]) -> tuple[Violation, ...]:
    if not 0 < len(topics) <= MAX_TOPICS:
        return (Violation("/topics", f"A target profile has 1 to {MAX_TOPICS} topics.", "count"),)
    lowest = _lowest_levels(release)
    violations, seen = [], set()
    for position, (tube, ceiling) in enumerate(topics):
        pointer = f"/topics/{position}"
        if tube in seen:
            violations.append(Violation(f"{pointer}/id", f"The topic {tube!r} is listed twice; keep one.", "duplicate"))
        elif tube not in lowest:
            violations.append(Violation(f"{pointer}/id", f"There is no topic {tube!r}; see GET /v1/framework.", "unknown"))
        elif not lowest[tube] <= ceiling <= release.max_level:
            asked = f"This topic is asked at levels {lowest[tube]} to {release.max_level}; give one of these."
            violations.append(Violation(f"{pointer}/max_level", asked, "range"))
        seen.add(tube)
    return tuple(violations)


def _lowest_levels(release: Release) -> dict[str, int]:
    """Of each tube that pupils can be asked about, its easiest skill's level."""
    lowest: dict[str, int] = {}
    for skill in release.skills:
        if skill.level <= release.max_level:
            lowest[skill.tube] = min(skill.level, lowest.get(skill.tube, skill.level))
    return lowest
