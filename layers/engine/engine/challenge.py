"""What a pupil is asked: a challenge, its variants and what each of them shows (docs/domain.md §2)."""

from dataclasses import dataclass
from enum import StrEnum

VALIDATED = "validated"
ARCHIVED = "archived"
PROPOSED = "proposed"
STATUSES = frozenset({VALIDATED, ARCHIVED, PROPOSED})
TYPES = frozenset({"QCU", "QCM", "QROC", "QROCM-ind", "QROCM-dep"})


class Accessibility(StrEnum):
    """What a challenge can be done with: a screen reader, without telling colours apart, by the keyboard alone."""

    SCREEN_READER = "screen_reader"
    COLOUR_BLIND = "colour_blind"
    KEYBOARD = "keyboard"


@dataclass(frozen=True, slots=True)
class Field:
    """A field to fill in: ``kind`` is ``text``, ``number`` or ``select`` (then ``options`` holds what may be picked)."""

    id: str
    label: str
    kind: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One proposal of a QCU or a QCM."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a question; ``size`` in bytes, ``alt`` is the text of an image for those who cannot see it."""

    name: str
    media_type: str
    sha256: str
    size: int
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One set of values (*jeu de valeurs*) of a challenge: what the pupil sees. ``simulator`` is the address of an embedded one."""

    instruction: str
    fields: tuple[Field, ...] = ()
    choices: tuple[Choice, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    images: tuple[Attachment, ...] = ()
    simulator: str | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge (*épreuve*): one way to test one skill, in one locale.

    ``difficulty`` (delta) and ``discrimination`` (alpha) are the 2PL parameters, ``guess`` the chance of being right
    without the skill; ``None`` where the challenge is not calibrated. ``accessibility`` holds words of :class:`Accessibility`.
    """

    index: int
    id: str
    skill_index: int
    type: str
    locale: str
    timer_s: int | None
    focused: bool
    status: str
    difficulty: float | None
    discrimination: float | None
    guess: float | None
    variants: tuple[Variant, ...]
    accessibility: tuple[str, ...] = ()

    @property
    def playable(self) -> bool:
        """Whether it may be asked: validated, or archived (kept for tests that need one more)."""
        return self.status != PROPOSED

    @property
    def has_image(self) -> bool:
        """Whether some variant shows an image."""
        return any(variant.images for variant in self.variants)

    @property
    def has_attachment(self) -> bool:
        """Whether some variant comes with a file to open."""
        return any(variant.attachments for variant in self.variants)

    @property
    def has_simulator(self) -> bool:
        """Whether some variant embeds a simulator."""
        return any(variant.simulator for variant in self.variants)
