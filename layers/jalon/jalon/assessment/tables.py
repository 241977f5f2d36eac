"""The tables of this context, and the items in and out of their typed form.

Items are decoded straight from DynamoDB's typed form, because the same image comes from the one write of the protocol, from
reads and from the table's stream; instants are milliseconds since 1970, sets of skills bitmaps, answers packed records.
"""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pynamodb.attributes import BinaryAttribute, ListAttribute, NumberAttribute, NumberSetAttribute, UnicodeAttribute
from pynamodb.models import Model

from engine.packing import pack_questions, pack_skills, unpack_answer, unpack_questions, unpack_skills
from engine.scoring import CompetenceScore
from jalon.assessment.state import AssessmentState, Purpose, Status, effective_answers
from jalon.edge.tables import TableMeta
from jalon.kernel.clock import epoch_ms, from_epoch_ms
from jalon.kernel.ids import AssessmentId, ReleaseVersion, UserId

TypedItem = Mapping[str, Mapping[str, Any]]


class AssessmentItem(Model):
    """One test. ``sequence`` is the number of the question to answer next."""

    class Meta(TableMeta):
        table_name = "assessments"

    assessment_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute()
    purpose = UnicodeAttribute()
    subject = UnicodeAttribute()
    attempt = NumberAttribute()
    status = UnicodeAttribute()
    epoch = NumberAttribute()
    epoch_at = NumberAttribute()
    sequence = NumberAttribute()
    release = UnicodeAttribute()
    locale = UnicodeAttribute()
    target = BinaryAttribute(legacy_encoding=False)
    knowledge_at_start = BinaryAttribute(legacy_encoding=False)
    profile_at_start = UnicodeAttribute()
    questions = BinaryAttribute(legacy_encoding=False, null=True)
    seed = BinaryAttribute(legacy_encoding=False)
    answers = ListAttribute(of=BinaryAttribute)
    focus_losses = NumberSetAttribute(null=True)
    started_at = NumberAttribute()
    updated_at = NumberAttribute()
    deadline_at = NumberAttribute(null=True)
    extra_time_percent = NumberAttribute(null=True)
    end_reason = UnicodeAttribute(null=True)


class AttemptItem(Model):
    """Which assessment is a user's n-th attempt at a purpose and subject; the last of them is the live or latest one."""

    class Meta(TableMeta):
        table_name = "assessments_by_user"

    user_id = UnicodeAttribute(hash_key=True)
    attempt_key = UnicodeAttribute(range_key=True)
    assessment_id = UnicodeAttribute()


class ProfileItem(Model):
    """What a user knows, projected from their assessments, and what they take part in, noted by the contexts it belongs to.

    ``attempts`` are the cards, packed; earlier versions wrote them as text, ``cards``, which goes with the next write.
    """

    class Meta(TableMeta):
        table_name = "profiles"

    user_id = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    release = UnicodeAttribute()
    knowledge = BinaryAttribute(legacy_encoding=False)
    pix = NumberAttribute()
    competences = UnicodeAttribute()
    attempts = BinaryAttribute(legacy_encoding=False, null=True)
    cards = UnicodeAttribute(null=True)
    resets = UnicodeAttribute()
    tutorials = UnicodeAttribute(null=True)
    parcours = BinaryAttribute(legacy_encoding=False, null=True)
    certifications = BinaryAttribute(legacy_encoding=False, null=True)
    unplaced = BinaryAttribute(legacy_encoding=False, null=True)
    updated_at = NumberAttribute(null=True)


def item_of(state: AssessmentState) -> AssessmentItem:
    """A new assessment as its item (an assessment is only ever created without answers)."""
    return AssessmentItem(
        state.assessment_id,
        user_id=state.user_id,
        purpose=state.purpose.value,
        subject=state.subject,
        attempt=state.attempt,
        status=state.status.value,
        epoch=state.epoch,
        epoch_at=epoch_ms(state.epoch_at),
        sequence=state.sequence,
        release=state.release,
        locale=state.locale,
        target=pack_skills(state.target),
        knowledge_at_start=state.knowledge_at_start,
        profile_at_start=pack_scores(state.profile_at_start),
        questions=None if state.questions is None else pack_questions(state.questions),
        seed=state.seed,
        answers=[],
        started_at=epoch_ms(state.started_at),
        updated_at=epoch_ms(state.updated_at),
        deadline_at=None if state.deadline_at is None else epoch_ms(state.deadline_at),
        extra_time_percent=state.extra_time_percent or None,
        end_reason=state.end_reason,
    )


def state_of(item: TypedItem) -> AssessmentState:
    """An assessment from its item's typed form, as DynamoDB answers it or as its stream carries it."""
    focus_losses = frozenset(map(int, item["focus_losses"]["NS"])) if "focus_losses" in item else frozenset()
    return AssessmentState(
        assessment_id=AssessmentId(item["assessment_id"]["S"]),
        user_id=UserId(item["user_id"]["S"]),
        purpose=Purpose(item["purpose"]["S"]),
        subject=item["subject"]["S"],
        attempt=int(item["attempt"]["N"]),
        status=Status(item["status"]["S"]),
        epoch=int(item["epoch"]["N"]),
        epoch_at=_instant(item["epoch_at"]),
        release=ReleaseVersion(item["release"]["S"]),
        locale=item["locale"]["S"],
        target=unpack_skills(_octets(item["target"])),
        knowledge_at_start=_octets(item["knowledge_at_start"]),
        profile_at_start=unpack_scores(item["profile_at_start"]["S"]),
        questions=unpack_questions(_octets(item["questions"])) if "questions" in item else None,
        seed=_octets(item["seed"]),
        answers=effective_answers((unpack_answer(_octets(record)) for record in item["answers"]["L"]), focus_losses),
        started_at=_instant(item["started_at"]),
        updated_at=_instant(item["updated_at"]),
        deadline_at=_instant(item["deadline_at"]) if "deadline_at" in item else None,
        extra_time_percent=int(item["extra_time_percent"]["N"]) if "extra_time_percent" in item else 0,
        end_reason=item["end_reason"]["S"] if "end_reason" in item else None,
        focus_losses=focus_losses,
    )


def pack_scores(scores: Mapping[str, CompetenceScore]) -> str:
    """Scores as short text; a competence at zero is left out.

    >>> pack_scores({"1.1": CompetenceScore(27, 3), "1.2": CompetenceScore(0, 0)})
    '1.1:27:3'
    """
    return " ".join(f"{code}:{score.pix}:{score.level}" for code, score in scores.items() if score.pix)


def unpack_scores(text: str) -> dict[str, CompetenceScore]:
    """The inverse of :func:`pack_scores`, without the competences at zero."""
    scores = {}
    for part in text.split():
        code, pix, level = part.split(":")
        scores[code] = CompetenceScore(int(pix), int(level))
    return scores


def _instant(value: Mapping[str, Any]) -> datetime:
    return from_epoch_ms(int(value["N"]))


def _octets(value: Mapping[str, Any]) -> bytes:
    """A binary value: bytes from the tables, base64 text in a stream's event."""
    content = value["B"]
    return base64.b64decode(content) if isinstance(content, str) else bytes(content)
