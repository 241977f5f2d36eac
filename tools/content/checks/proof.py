"""Proof by the grader itself: every right answer is accepted, every listed wrong one refused, and the engine opens the bundles."""

from collections.abc import Iterator

from engine.content import Release
from engine.errors import InvalidAnswerError, InvalidContentError
from engine.form import require_offered
from engine.grading import Answer, Result, grade
from tools.content.model import Compiled, CompiledChallenge
from tools.content.release import MAX_BYTES, Bundles


def check(bundles: Bundles, compiled: Compiled) -> Iterator[str]:
    """One line per answer that is graded otherwise than its author says."""
    size = len(bundles.public) + len(bundles.solutions)
    if size > MAX_BYTES:
        yield f"the two bundles weigh {size} bytes gzipped, {MAX_BYTES} at most"
    try:
        release = Release.from_bundles(bundles.public, bundles.solutions)
    except InvalidContentError as error:
        yield f"the engine refuses the release: {error}"
        return
    for index, challenge in enumerate(compiled.challenges):
        yield from _challenge(release, index, challenge)


def _challenge(release: Release, index: int, challenge: CompiledChallenge) -> Iterator[str]:
    for number, variant in enumerate(challenge.variants):
        solution = release.solution(index, number)
        for answer in variant.right:
            if grade(solution, Answer.parse(answer)).result is not Result.OK:
                yield f"{challenge.id}, variant {number + 1}: the grader refuses the right answer {answer}"
        for answer in variant.wrong:
            if grade(solution, Answer.parse(answer)).result is not Result.KO:
                yield f"{challenge.id}, variant {number + 1}: the grader accepts the wrong answer {answer}"
        for answer in (*variant.right, *variant.wrong):
            try:
                require_offered(challenge.type, release.challenges[index].variants[number], Answer.parse(answer))
            except InvalidAnswerError as error:
                yield f"{challenge.id}, variant {number + 1}: nobody can give the answer {answer}: {error.detail}"
