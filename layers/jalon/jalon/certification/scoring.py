"""From marks to a result: the engine's rule applied to what is stored of a test (docs/domain.md §5a)."""

from collections.abc import Mapping
from dataclasses import replace

from engine.certification_profile import Mark, score
from engine.content import Release
from engine.grading import Result
from engine.outcome import Circumstances, Ending, Reason
from engine.scoring import CompetenceScore
from jalon.assessment.state import AssessmentState
from jalon.certification.results import CertifiedCompetence, Outcome, QuestionMark, ResultVersion
from jalon.certification.settle_reports import Equipment

UNANSWERED = "unanswered"


def marks_of(release: Release, test: AssessmentState) -> tuple[QuestionMark, ...]:
    """Each question of the test, by number from 1, with the result of its answer."""
    results = [answer.result.value for answer in test.answers]
    questions = test.questions or ()
    return tuple(
        QuestionMark(
            number=number,
            competence=release.challenge_skill(question.challenge_index).competence,
            challenge_id=release.challenges[question.challenge_index].id,
            result=results[number - 1] if number <= len(results) else UNANSWERED,
        )
        for number, question in enumerate(questions, 1)
    )


def equipment_of(release: Release, test: AssessmentState) -> dict[int, Equipment]:
    """What the challenge of each question has, by question number."""
    challenges = [release.challenges[question.challenge_index] for question in test.questions or ()]
    return {
        number: Equipment(
            image=challenge.has_image,
            simulator=challenge.has_simulator,
            attachment=challenge.has_attachment,
            timer=challenge.timer_s is not None,
        )
        for number, challenge in enumerate(challenges, 1)
    }


def levels_of(scores: Mapping[str, CompetenceScore], marks: tuple[QuestionMark, ...]) -> dict[str, CertifiedCompetence]:
    """The frozen pix and level of each competence the test asks about."""
    tested = {mark.competence for mark in marks}
    return {code: CertifiedCompetence(score.level, score.pix) for code, score in scores.items() if code in tested}


def scored(release: Release, result: ResultVersion) -> ResultVersion:
    """``result`` with its outcome, pix and competences as the rule gives them for its marks.

    What the jury decided about the whole test stays: a fraud stays rejected and a cancelled test cancelled, whatever its marks.
    Raises the engine's errors when the marks name challenges the release does not have.
    """
    circumstances = Circumstances(
        ending=Ending(result.ending),
        fraud=result.reason == Reason.FRAUD.value,
        cancelled=result.reason == Reason.CANCELLED_BY_JURY.value,
    )
    outcome = score(
        release,
        {code: CompetenceScore(pix=level.pix, level=level.level) for code, level in result.levels_at_start.items()},
        [Mark(release.challenge_index(mark.challenge_id), _counted(mark)) for mark in result.marks],
        [position for position, mark in enumerate(result.marks) if mark.neutralised],
        circumstances,
    )
    return replace(
        result,
        outcome=Outcome(outcome.status.value),
        reason=outcome.reason.value if outcome.reason else "",
        rate=outcome.rate,
        pix=outcome.pix,
        trusted=outcome.trusted,
        competences={code: CertifiedCompetence(level=item.level, pix=item.pix) for code, item in outcome.competences.items()},
    )


def _counted(mark: QuestionMark) -> Result | None:
    if mark.counted_right:
        return Result.OK
    return None if mark.result == UNANSWERED else Result(mark.result)
