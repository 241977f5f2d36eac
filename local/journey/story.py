"""What the steps of a journey share: who is in it, and what has been made so far."""

from dataclasses import dataclass, field
from pathlib import Path

from local.journey.answer_key import AnswerKey
from local.journey.api import Api
from local.journey.pupil import Pupil

#: Simulated pupils act side by side, a few at a time: each parallel request costs the embedded cloud a process.
HANDS = 4


@dataclass(slots=True)
class Story:
    """One journey. ``anyone`` is the API for someone who is not signed in."""

    anyone: Api
    operator: tuple[str, str]
    key: AnswerKey
    verify_url: str
    folder: Path
    number_of_pupils: int
    uai: str = ""
    school: str = ""
    class_name: str = ""
    admin: Api | None = None
    admin_login: dict[str, str] = field(default_factory=dict)
    jury_login: dict[str, str] = field(default_factory=dict)
    pupils: list[Pupil] = field(default_factory=list)
    target_profile: str = ""
    campaign: dict[str, str] = field(default_factory=dict)
    collection: dict[str, str] = field(default_factory=dict)
    session: dict[str, str] = field(default_factory=dict)
    candidates: dict[str, str] = field(default_factory=dict)  # certification id → candidate id
    seated: list[Pupil] = field(default_factory=list)
    certificate_owner: Pupil | None = None
    certificate: dict[str, str] = field(default_factory=dict)
    revoked: dict[str, str] = field(default_factory=dict)

    @property
    def school_api(self) -> Api:
        """The API as the school's administrator."""
        if self.admin is None:
            raise RuntimeError("nobody has signed in for the school yet")
        return self.admin
