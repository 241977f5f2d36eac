"""Which of a skill's challenges to ask, and with which values (docs/domain.md §4)."""

from collections.abc import Sequence

from engine.chance import Chance
from engine.content import Release
from engine.packing import Question


def pick_question(release: Release, challenges: Sequence[int], chance: Chance) -> Question:
    """One of ``challenges``, at random among the best: validated before archived, then in the locale of the first one.

    ``challenges`` is a non-empty part of :meth:`Release.playable_challenges`, in its order (best first).

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> from engine.chance import Chance
    >>> pick_question(release, release.playable_challenges(1, "fr"), Chance(b"seed")).challenge_index in (3, 4, 5)
    True
    """
    first = release.challenges[challenges[0]]
    best = [index for index in challenges if _rank(release, index) == (first.status, first.locale.lower())]
    chosen = chance.choose(best)
    return Question(chosen, chance.below(len(release.challenges[chosen].variants)))


def _rank(release: Release, index: int) -> tuple[str, str]:
    challenge = release.challenges[index]
    return challenge.status, challenge.locale.lower()
