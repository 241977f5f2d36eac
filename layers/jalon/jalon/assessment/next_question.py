"""Which question comes now: a deterministic function of the stored state, so that nothing is written to ask it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.challenge import Challenge, Variant
from engine.content import Release
from engine.knowledge import Knowledge
from engine.packing import Question
from engine.positioning import next_question
from jalon.assessment.state import AssessmentState
from jalon.assessment.tickets import Ticket, TicketOffice

#: What the network may add to a timer or a deadline before it counts against the person.
NETWORK_GRACE = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question with its ticket.

    ``timer_s`` includes the person's extra time, ``remaining_ms`` is what is left of it as the answer will be judged, without the grace for
    the network; both are None without a timer. ``focus_counts`` tells whether losing the focus takes a right answer away.
    """

    number: int
    challenge: Challenge
    variant: Variant
    variant_index: int
    timer_s: int | None
    remaining_ms: int | None
    focus_counts: bool
    ticket: str


def question_due(release: Release, state: AssessmentState) -> Question | None:
    """The question to answer now, None when every question of the test is answered.

    The same for the same answers, whoever asks, however often: a refresh, another device or a crash shows it again.
    """
    if state.questions is not None:
        return state.questions[len(state.answers)] if len(state.answers) < len(state.questions) else None
    at_start = Knowledge.unpack(state.knowledge_at_start)
    return next_question(release, state.target, at_start, state.answers, state.seed, state.locale)


def ask(release: Release, state: AssessmentState, due: Question, tickets: TicketOffice, now: datetime) -> AskedQuestion | None:
    """The due question with a fresh ticket; None when the test's time is up.

    In a certification the clock of a timed question starts when the question comes up (after the last answer, or when the present
    device took the test, at its start or resuming), so that asking again does not stop it; elsewhere when it is asked for.
    """
    if state.deadline_at is not None and state.deadline_at < now:
        return None
    challenge = release.challenges[due.challenge_index]
    ticket = Ticket(
        assessment_id=state.assessment_id,
        release=state.release,
        sequence=state.sequence,
        challenge_index=due.challenge_index,
        variant_index=due.variant_index,
        epoch=state.epoch,
        issued_at=state.last_change_at if state.purpose.is_certification else now,
        certification=state.purpose.is_certification,
        extra_time_percent=state.extra_time_percent,
    )
    timer_s = timer_with_extra_time(challenge.timer_s, state.extra_time_percent)
    return AskedQuestion(
        number=state.sequence,
        challenge=challenge,
        variant=challenge.variants[due.variant_index],
        variant_index=due.variant_index,
        timer_s=timer_s,
        remaining_ms=_remaining_ms(timer_s, now - ticket.issued_at),
        focus_counts=focus_counts(challenge, ticket),
        ticket=tickets.issue(ticket, state.user_id),
    )


def focus_counts(challenge: Challenge, ticket: Ticket) -> bool:
    """Whether losing the focus on the ticket's question counts: on a focused challenge, in a certification only (docs/domain.md §2)."""
    return ticket.certification and challenge.focused


def _remaining_ms(timer_s: int | None, elapsed: timedelta) -> int | None:
    """What is left of a timer: never more than the whole, whichever clock issued the ticket, and never below 0."""
    if timer_s is None:
        return None
    return min(timer_s * 1000, max(0, timer_s * 1000 - elapsed // timedelta(milliseconds=1)))


def timer_with_extra_time(timer_s: int | None, extra_time_percent: int) -> int | None:
    """A question's timer in seconds with the candidate's extra time (*temps majoré*), rounded up."""
    return None if timer_s is None else -(-timer_s * (100 + extra_time_percent) // 100)
