"""Assessments as the API shows them: plain JSON values, the same for every function that answers with a test."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from engine.challenge import Attachment, Variant
from engine.content import Release, Tutorial
from engine.scoring import CompetenceScore, Profile
from engine.solutions import AnyOrderSolution, ChoiceSolution, FieldsSolution, Solution
from jalon.assessment.next_question import AskedQuestion
from jalon.assessment.progress import progress_percent
from jalon.assessment.read_checkpoint import CheckpointRow, checkpoints_reached
from jalon.assessment.shown_scores import shown_scores
from jalon.assessment.state import AssessmentState, Purpose
from jalon.kernel.clock import iso

Json = dict[str, Any]
#: Gives the address at which a file of a release can be fetched for a while.
AttachmentLink = Callable[[str, Attachment], str]


def present_assessment(
    release: Release,
    state: AssessmentState,
    question: AskedQuestion | None,
    link: AttachmentLink,
    now: datetime,
    profile: Profile | None = None,
) -> Json:
    """One assessment as it stands ``now``, with the question to answer (null when there is none, or when this device may not have it).

    ``profile`` is given for a test that is over (:func:`~jalon.assessment.fresh_profile.profile_after`). A certification shows neither
    results nor scores.
    """
    shows_scores = state.purpose.enriches_profile
    return {
        "id": state.assessment_id,
        "purpose": state.purpose.value,
        "subject": state.subject,
        "attempt": state.attempt,
        "status": state.status.value,
        "end_reason": state.end_reason,
        "epoch": state.epoch,
        "sequence": state.sequence,
        "answered": len(state.answers),
        "total": None if state.questions is None else len(state.questions),
        "progress_percent": progress_percent(release, state) if state.purpose is Purpose.CAMPAIGN else None,
        "checkpoints": 0 if state.purpose.is_certification else checkpoints_reached(state),
        "release": state.release,
        "locale": state.locale,
        "started_at": iso(state.started_at),
        "updated_at": iso(state.updated_at),
        "deadline_at": None if state.deadline_at is None else iso(state.deadline_at),
        "now": iso(now),
        "extra_time_percent": state.extra_time_percent,
        "question": None if question is None else present_question(release, question, link),
        "scores": present_scores(release, state, profile) if shows_scores else None,
    }


def present_question(release: Release, question: AskedQuestion, link: AttachmentLink) -> Json:
    """What the pupil sees, and the ticket to send back; nothing of the solution."""
    challenge = question.challenge
    return {
        "number": question.number,
        "ticket": question.ticket,
        "challenge_id": challenge.id,
        "competence": release.skills[challenge.skill_index].competence,
        "type": challenge.type,
        "timer_s": question.timer_s,
        "remaining_ms": question.remaining_ms,
        "focused": challenge.focused,
        "focus_counts": question.focus_counts,
        "accessibility": list(challenge.accessibility),
        **_shown(release, question.variant, link),
    }


def lasting(assessment: Json) -> Json:
    """What of a shown assessment stays as it is until something happens: without its clock, and of its question without the ticket and
    the time left, which each reading makes anew. The hour of the clock is kept, for no ticket and no address of a file serves for ever.
    """
    shown = assessment["question"]
    kept = shown and {name: value for name, value in shown.items() if name not in {"ticket", "remaining_ms"}}
    return assessment | {"now": assessment["now"][: len("2026-11-23T09")], "question": kept}


def present_scores(release: Release, state: AssessmentState, profile: Profile | None = None) -> Json:
    """The pix and level of each competence the test asks about, the total where it is known, and what they count (``basis``)."""
    shown = shown_scores(release, state, profile)
    competences = [present_score(code, score) for code, score in shown.competences.items()]
    return {"basis": shown.basis.value, "pix": shown.pix, "competences": competences}


def present_score(code: str, score: CompetenceScore) -> Json:
    return {"code": code, "pix": score.pix, "level": score.level}


def present_checkpoint_row(release: Release, row: CheckpointRow, link: AttachmentLink) -> Json:
    """One answered question: what was answered, what was right, and what to learn from."""
    answer = row.answered.answer
    return {
        "number": row.sequence,
        "challenge_id": row.challenge.id,
        "type": row.challenge.type,
        "competence": row.skill.competence,
        "skill": {"id": row.skill.id, "name": row.skill.name, "level": row.skill.level},
        **_shown(release, row.variant, link),
        "result": row.answered.result.value,
        "answer": None if answer is None else answer.as_dict(),
        "solution": present_solution(row.solution),
        "tutorials": [present_tutorial(tutorial) for tutorial in row.tutorials],
    }


def present_tutorial(tutorial: Tutorial) -> Json:
    """Something to learn from."""
    return {
        "id": tutorial.id,
        "title": tutorial.title,
        "source": tutorial.source,
        "format": tutorial.format,
        "duration_s": tutorial.duration_s,
        "url": tutorial.url,
        "text": tutorial.text,
    }


def present_solution(solution: Solution) -> Json:
    """A right answer in the form of an answer, each field with every value that is accepted as it is."""
    if isinstance(solution, ChoiceSolution):
        return {"choices": sorted(solution.choices)}
    if isinstance(solution, FieldsSolution):
        return {"fields": {name: list(field.accepted) for name, field in solution.fields.items()}}
    if isinstance(solution, AnyOrderSolution):
        return {"in_any_order": [list(group.accepted) for group in solution.groups], "field_ids": list(solution.fields)}
    return {"texts": list(solution.field.accepted)}


def _shown(release: Release, variant: Variant, link: AttachmentLink) -> Json:
    return {
        "instruction": variant.instruction,
        "choices": [{"id": choice.id, "text": choice.text} for choice in variant.choices],
        "fields": [{"id": field.id, "label": field.label, "kind": field.kind, "options": list(field.options)} for field in variant.fields],
        "attachments": [_file(release, attachment, link) for attachment in variant.attachments],
        "images": [_file(release, image, link) for image in variant.images],
        "simulator": variant.simulator,
    }


def _file(release: Release, attachment: Attachment, link: AttachmentLink) -> Json:
    return {
        "name": attachment.name,
        "media_type": attachment.media_type,
        "size": attachment.size,
        "alt": attachment.alt,
        "url": link(release.version, attachment),
    }
