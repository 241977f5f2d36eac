"""Counts a release and draws its coverage table."""

from collections import Counter
from typing import Any

from tools.content.model import Compiled
from tools.content.release import Bundles

LOW_GUESS = 0.05


def figures(compiled: Compiled, bundles: Bundles, findings: int) -> dict[str, Any]:
    """The line of JSON that ``lint``, ``build`` and ``stats`` end with. Challenges are counted once, whatever their translations."""
    french = [challenge for challenge in compiled.challenges if challenge.locale == "fr"]
    low = sum(challenge.guess <= LOW_GUESS for challenge in french)
    return {
        "version": bundles.version,
        "competences": len({tube["competence"] for tube in compiled.tubes}),
        "tubes": len(compiled.tubes),
        "skills": len(compiled.skills),
        "challenges": len(french),
        "variants": sum(len(challenge.variants) for challenge in french),
        "attachments": sum(any(not f.is_image_shown for v in c.variants for f in v.files) for c in french),
        "images": sum(any(f.is_image_shown for v in c.variants for f in v.files) for c in french),
        "focus": sum(challenge.focused for challenge in french),
        "timed": sum(challenge.timer_s is not None for challenge in french),
        "english": len({c.skill for c in compiled.challenges if c.locale == "en"}),
        "simplified": len({c.skill for c in compiled.challenges if c.locale == "fr-simple"}),
        "tutorials": len(compiled.tutorials),
        "target_profiles": len(compiled.target_profiles),
        "types": dict(sorted(Counter(challenge.type for challenge in french).items())),
        "low_guess_share": round(low / len(french), 3) if french else 0.0,
        "bytes_public_gzip": len(bundles.public),
        "bytes_solutions_gzip": len(bundles.solutions),
        "findings": findings,
    }


def coverage(compiled: Compiled) -> str:
    """How many skills each competence has at each level."""
    competence_of = {tube["id"]: tube["competence"] for tube in compiled.tubes}
    counts = Counter((competence_of[skill["tube"]], skill["level"]) for skill in compiled.skills)
    tubes = Counter(competence_of.values())
    levels = range(1, 9)
    lines = ["competence  tubes  " + "  ".join(f"L{level}" for level in levels) + "  skills"]
    for competence in compiled.competences:
        code = competence["code"]
        row = [counts[code, level] for level in levels]
        shown = "  ".join(f"{count or '·':>2}" for count in row)
        lines.append(f"{code:<10}  {tubes[code]:>5}  {shown}  {sum(row):>6}  {competence['name']}")
    return "\n".join(lines)
