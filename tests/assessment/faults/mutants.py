"""The protocol with one of its parts taken away: what the checks must notice, each and every one."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any, NoReturn
from unittest.mock import patch

from jalon.assessment import give_answer, tickets
from jalon.assessment.errors import TicketExpiredError
from jalon.certification import start_certification
from tests.assessment.fakes import EACH_CONDITION
from tests.assessment.faults.fault_run import run
from tests.assessment.faults.model_check import Bounds, ModelCheck

#: A world that shows what each condition of a write is for.
SMALL = Bounds(questions=2, in_flight=2, epochs=3)
#: Faults that a mutant may survive before it counts as not noticed.
FAULTS_PER_MUTANT = 40_000


def _unsigned(key: bytes, body: bytes, _user_id: str) -> bytes:
    return hmac.digest(key, body, hashlib.sha256)


def _any_spelling(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


#: Each check of the ticket, taken away.
TICKET_CHECKS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "signature": lambda: patch.object(tickets.hmac, "compare_digest", lambda _one, _other: True),
    "person": lambda: patch.object(tickets, "_mac", _unsigned),
    "age": lambda: patch.object(tickets, "LIFE", timedelta(days=1_000)),
    "future": lambda: patch.object(tickets, "CLOCK_SKEW", timedelta(days=1_000)),
    "largest length": lambda: patch.object(tickets, "MAX_LENGTH", 10_000),
    "spelling": lambda: patch.object(tickets, "from_base64url", _any_spelling),
    "smallest length": lambda: patch.object(tickets, "_refuse_a_part", lambda _body: None),
    "format": lambda: patch.object(tickets, "_refuse_another_format", lambda _body: None),
    "test": lambda: patch.object(tickets, "refuse_another_tests_ticket", lambda _ticket, _assessment_id: None),
}


def _always_too_old(_ticket: Any, _store: Any) -> NoReturn:
    raise TicketExpiredError("too old")


#: What else is refused, or told, without a condition of a write.
RULES: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "old ticket without what is stored": lambda: patch.object(give_answer, "found_with", _always_too_old),
    "resume without its device": lambda: patch.object(start_certification, "_refuse_another_device", lambda _candidate, _key: None),
    "resume without its epoch": lambda: patch.object(start_certification, "_refuse_another_grant", lambda _candidate, _test: None),
}


def killed_mutants() -> Iterator[tuple[str, bool]]:
    """Each mutant by name, and whether it was noticed: by the fault run, and the conditions of the writes by the model check too."""
    for mutant in EACH_CONDITION:
        report = ModelCheck(SMALL, mutant=mutant, stop_at_first=True).run()
        yield mutant, report.violations > 0 and noticed_by_faults(mutant=mutant)
    for check, removed in TICKET_CHECKS.items():
        yield f"ticket without {check}", noticed_by_faults(removed)
    for rule, removed in RULES.items():
        yield rule, noticed_by_faults(removed)


def noticed_by_faults(removed: Callable[[], AbstractContextManager[Any]] = nullcontext, mutant: str | None = None) -> bool:
    """Whether the fault run breaks something with this part taken away."""
    with removed():
        return run(FAULTS_PER_MUTANT, mutant=mutant, until_broken=True).violations > 0
