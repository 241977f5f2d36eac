"""What a person did for a school, as they take it along: found by their number, context by context (docs/personal-data.schema.json)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from jalon.kernel.clock import iso
from jalon.kernel.ids import Uai, UserId


class ActKind(StrEnum):
    """What was done."""

    CAMPAIGN = "campaign_made"
    TARGET_PROFILE = "target_profile_made"
    IMPORT = "import_requested"
    INVITATION = "colleague_invited"
    SESSION = "session_planned"
    FINALISATION = "session_finalised"


@dataclass(frozen=True, slots=True)
class Act:
    """One record of a school that carries the person's number. ``reference`` is what the record goes by, None for an invitation."""

    kind: ActKind
    uai: Uai
    at: datetime
    reference: str | None
    name: str | None = None


#: One context's acts of a person.
FindActs = Callable[[UserId], Iterable[Act]]


def acts_document(contexts: Sequence[FindActs], user_id: UserId) -> list[dict[str, Any]]:
    """Everything the person did for schools, the earliest first."""
    found = sorted((act for acts_of in contexts for act in acts_of(user_id)), key=lambda act: (act.at, act.kind, act.reference or ""))
    return [{"kind": act.kind.value, "uai": act.uai, "at": iso(act.at), "reference": act.reference, "name": act.name} for act in found]
