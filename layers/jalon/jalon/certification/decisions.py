"""What the jury may decide about one certification, and what follows for its result (docs/domain.md §8).

A decision never changes a version: it makes the next one, complete, with its author.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.content import Release
from engine.outcome import Reason
from jalon.certification.errors import InvalidDecisionError
from jalon.certification.identities import Identity, check_identity, tidied
from jalon.certification.records import identity_record
from jalon.certification.results import CertifiedCompetence, Outcome, ResultVersion, Settled
from jalon.certification.scoring import scored
from jalon.kernel.errors import Violation

_LONGEST_COMMENT = 2000
_PIX_PER_LEVEL = 8
#: The highest level open by default (docs/domain.md §2), for a result whose release could not be read.
_DEFAULT_MAX_LEVEL = 7


@dataclass(frozen=True, slots=True)
class SettleReport:
    """Settle a report that waits; ``upheld`` says whether the jury follows it. What follows for the score is a decision of its own."""

    report_id: str
    upheld: bool


@dataclass(frozen=True, slots=True)
class NeutraliseQuestion:
    """Neutralise a question or, with ``neutralised`` false, count it again."""

    question_number: int
    neutralised: bool = True


@dataclass(frozen=True, slots=True)
class CorrectIdentity:
    identity: Identity


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """Set the certified levels by hand, by competence code; level 0 is not certified. Also settles a test without a score."""

    levels: Mapping[str, int]
    pix: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Reject:
    """Reject for fraud."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel the certification."""


@dataclass(frozen=True, slots=True)
class Reinstate:
    """Take back a rejection or a cancellation by the jury: the rule decides again."""


@dataclass(frozen=True, slots=True)
class Comment:
    """Replace the comments; None leaves one as it is."""

    for_candidate: str | None = None
    for_organisation: str | None = None


AnyDecision = SettleReport | NeutraliseQuestion | CorrectIdentity | ChangeResult | Reject | Cancel | Reinstate | Comment
Releases = Callable[[], Release]


def kind_of(decision: AnyDecision) -> str:
    """The decision's stable name, as the history and the API have it."""
    return _KINDS[type(decision)]


def details_of(decision: AnyDecision) -> dict[str, Any]:
    """The decision's arguments, as the history keeps them."""
    if isinstance(decision, CorrectIdentity):
        return identity_record(decision.identity)
    return {name: getattr(decision, name) for name in decision.__slots__}


def decided(result: ResultVersion, decision: AnyDecision, release: Releases) -> ResultVersion:  # noqa: PLR0911 - one return a kind
    """``result`` after ``decision``, without its new number, author and instant; ``release`` is opened only to score again.

    Raises :class:`InvalidDecisionError`.
    """
    match decision:
        case SettleReport():
            return _settle_report(result, decision)
        case NeutraliseQuestion():
            return _neutralise(result, decision, release)
        case CorrectIdentity():
            return replace(result, corrected_identity=_checked_identity(decision.identity, result))
        case ChangeResult():
            return _change(result, decision)
        case Reject():
            return _nothing_certified(result, Outcome.REJECTED, Reason.FRAUD)
        case Cancel():
            return _nothing_certified(result, Outcome.CANCELLED, Reason.CANCELLED_BY_JURY)
        case Reinstate():
            return _reinstate(result, release)
        case Comment():
            return _comment(result, decision)


def _settle_report(result: ResultVersion, decision: SettleReport) -> ResultVersion:
    if not any(item.report_id == decision.report_id and _by_jury(item.outcome) for item in result.settlements):
        raise _invalid("/report_id", "No report under this id waits for the jury.", "report_unknown")
    outcome = Settled.UPHELD if decision.upheld else Settled.DISMISSED
    return replace(
        result,
        settlements=tuple(replace(item, outcome=outcome) if item.report_id == decision.report_id else item for item in result.settlements),
    )


def _by_jury(outcome: Settled) -> bool:
    return outcome in {Settled.WAITING, Settled.UPHELD, Settled.DISMISSED}


def _neutralise(result: ResultVersion, decision: NeutraliseQuestion, release: Releases) -> ResultVersion:
    if not any(mark.number == decision.question_number for mark in result.marks):
        raise _invalid("/question_number", "The test has no question of this number.", "question_unknown")
    marks = tuple(
        replace(mark, neutralised=decision.neutralised, counted_right=False) if mark.number == decision.question_number else mark
        for mark in result.marks
    )
    return scored(release(), replace(result, marks=marks))


def _checked_identity(identity: Identity, result: ResultVersion) -> Identity:
    tidy_identity = tidied(identity)
    violations = check_identity(tidy_identity, result.taken_at.date(), "/identity")
    if violations:
        raise InvalidDecisionError("This identity cannot be kept as it is.", violations)
    return tidy_identity


def _change(result: ResultVersion, decision: ChangeResult) -> ResultVersion:
    unknown = sorted(set(decision.levels) ^ set(decision.pix))
    if unknown:
        raise _invalid("/pix", "Each changed competence needs its level and its pix.", "pix_missing")
    highest = result.max_level or _DEFAULT_MAX_LEVEL
    for code, level in decision.levels.items():
        if not 0 <= level <= highest or (decision.pix[code] // _PIX_PER_LEVEL != level and level < highest):
            raise _invalid(f"/levels/{code}", f"A level from 0 to {highest} and the pix of that level are expected.", "level")
    competences = {
        **result.competences,
        **{code: CertifiedCompetence(level, decision.pix[code] if level else 0) for code, level in decision.levels.items()},
    }
    pix = sum(competence.pix for competence in competences.values())
    if pix == 0:
        changed = replace(result, competences=competences, pix=0, outcome=Outcome.REJECTED, reason=Reason.ZERO_PIX.value)
    else:
        changed = replace(result, competences=competences, pix=pix, outcome=Outcome.VALIDATED, reason="", trusted=True)
    return replace(changed, max_level=highest)


def _nothing_certified(result: ResultVersion, outcome: Outcome, reason: Reason) -> ResultVersion:
    nothing = {code: CertifiedCompetence(0, 0) for code in result.competences}
    return replace(result, outcome=outcome, reason=reason.value, pix=0, competences=nothing)


def _reinstate(result: ResultVersion, release: Releases) -> ResultVersion:
    if result.reason not in {Reason.FRAUD.value, Reason.CANCELLED_BY_JURY.value}:
        raise _invalid("/kind", "The jury has neither rejected nor cancelled this certification.", "not_sanctioned")
    if not result.marks:
        return replace(result, outcome=Outcome.ERROR, reason="")
    return scored(release(), replace(result, reason=""))


def _comment(result: ResultVersion, decision: Comment) -> ResultVersion:
    for pointer, text in (("/for_candidate", decision.for_candidate), ("/for_organisation", decision.for_organisation)):
        if text is not None and len(text) > _LONGEST_COMMENT:
            raise _invalid(pointer, f"At most {_LONGEST_COMMENT} characters.", "length")
    return replace(
        result,
        comment_for_candidate=result.comment_for_candidate if decision.for_candidate is None else decision.for_candidate.strip(),
        comment_for_organisation=result.comment_for_organisation
        if decision.for_organisation is None
        else decision.for_organisation.strip(),
    )


def _invalid(pointer: str, detail: str, code: str) -> InvalidDecisionError:
    return InvalidDecisionError("The jury's decision does not fit this certification.", (Violation(pointer, detail, code),))


_KINDS: Mapping[type, str] = {
    SettleReport: "settle_report",
    NeutraliseQuestion: "neutralise_question",
    CorrectIdentity: "correct_identity",
    ChangeResult: "change_result",
    Reject: "reject",
    Cancel: "cancel",
    Reinstate: "reinstate",
    Comment: "comment",
}
