"""Rebuild profiles from what they are projected from: assessments, participations and certifications.

    make command NAME=project_profiles.rebuild ARGS="--user usr_… --user usr_…"          some users; on AWS with STACK=jalon
    make command NAME=project_profiles.rebuild ARGS="--since 2026-11-22T08:00:00Z"       those of whom something changed since
    make command NAME=project_profiles.rebuild ARGS=--all                                everybody
    make command NAME=project_profiles.rebuild ARGS="--all --segment 2/8 --threads 16"   the second eighth of them; the others elsewhere
    make command NAME=project_profiles.rebuild ARGS="--after eyJ…"                       go on where a walk stopped

Participations that are behind their tests are brought up to them on the way. A user whose profile cannot be rebuilt is told in the log
(``PROFILE_NOT_REBUILT``) and holds nobody up; where 50 in a row cannot be, something else is wrong, and the command stops. Needs the rights
of the functions ``project_profiles``, ``project_participations``, ``project_certifications`` and ``track_participations``, with those to
query the table of assessments by user and the others' indexes by user and, but for ``--user``, to scan them, the assessments, the published
results and the campaigns.

After each batch a line of JSON on the standard error says how far it has come, with the ``cursor`` to go on after. Ends with one line of
JSON: how many ``profiles`` were rebuilt; the ``unknown`` users, of whom there is nothing (or nothing any more); those whose rebuilding
``failed``; and ``go_on_after``, a cursor, where it stopped early. Exit status 1 unless the last three are empty.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import partial

from functions.project_certifications import wiring as certifications
from functions.project_participations import wiring as participations
from functions.project_profiles.whom import Batch, Walk, batches
from functions.project_profiles.wiring import parts
from jalon.assessment.profile_entries import ProfileEntry
from jalon.assessment.profiles import StoredProfile
from jalon.assessment.rebuild_profile import rebuild_profile
from jalon.assessment.tables import AttemptItem
from jalon.campaigns.project_participation import every_parcours
from jalon.certificates.project_certification import every_certification
from jalon.certification.personal_data_store import DynamoCandidatures
from jalon.edge.aws import client
from jalon.edge.erasures import AccountErasedError
from jalon.edge.observability import failure
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.edge.walks import WHOLE, Segment
from jalon.kernel.errors import InvalidInputError, UnavailableError
from jalon.kernel.ids import UserId

SERVICE = "project_profiles"
#: Users at once. A user costs ten operations or so, one after the other; the connections of a client are 16.
THREADS, MOST_THREADS = 8, 16
#: So many users in a row whose profiles cannot be rebuilt are not the users' fault.
MOST_IN_A_ROW = 50


class Outcome(Enum):
    """What became of one user."""

    REBUILT = "rebuilt"
    UNKNOWN = "unknown"
    FAILED = "failed"
    DONE_BEFORE = "done before"


@dataclass(slots=True)
class Report:
    """What became of all users so far; ``go_on_after`` is set where the walk stopped before its end."""

    profiles: int = 0
    unknown: list[UserId] = field(default_factory=list)
    failed: list[UserId] = field(default_factory=list)
    go_on_after: str | None = None
    failed_in_a_row: int = 0

    def note(self, user_id: UserId, outcome: Outcome) -> None:
        """Count one user in."""
        self.profiles += outcome is Outcome.REBUILT
        self.failed_in_a_row = self.failed_in_a_row + 1 if outcome is Outcome.FAILED else 0
        if outcome is Outcome.UNKNOWN:
            self.unknown.append(user_id)
        elif outcome is Outcome.FAILED:
            self.failed.append(user_id)

    @property
    def is_whole(self) -> bool:
        """Whether every profile that was asked for is rebuilt."""
        return not (self.unknown or self.failed or self.go_on_after)

    def __str__(self) -> str:
        told = {"profiles": self.profiles, "unknown": self.unknown, "failed": self.failed, "go_on_after": self.go_on_after}
        return json.dumps(told)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 when every profile that was asked for was rebuilt."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    walk = None if chosen.user else chosen.after or Walk(chosen.since, chosen.segment or WHOLE)
    if chosen.segment is not None and (walk is None or chosen.after):
        parser.error("a segment is one of --all or of --since; a cursor has its own")
    _prepare()
    given = [Batch(tuple(map(UserId, chosen.user)), _nobody, None)] if walk is None else batches(walk)
    report = rebuild(given, walk, chosen.threads)
    sys.stdout.write(f"{report}\n")
    return 0 if report.is_whole else 1


def rebuild(given: Iterable[Batch], walk: Walk | None, threads: int) -> Report:
    """Rebuild the profiles of these batches, which are a ``walk``'s or were named one by one (None), so many ``threads`` at once.

    A walk stops where its tables do not answer, or :data:`MOST_IN_A_ROW` profiles in a row cannot be rebuilt: before the first of those.
    """
    report, before = Report(), walk
    with ThreadPoolExecutor(threads) as pool:
        try:
            for batch in given:
                for user_id, outcome in zip(batch.users, pool.map(partial(_outcome, batch.done), batch.users), strict=True):
                    report.note(user_id, outcome)
                    if before is not None and report.failed_in_a_row >= MOST_IN_A_ROW:
                        return _stopped(report, before, pool)
                if batch.left is not None and not report.failed_in_a_row:
                    before = batch.left
                _tell(report, batch)
        except UnavailableError as error:
            failure(SERVICE, "WALK_INTERRUPTED", error)
            return _stopped(report, before, pool)
    return report


def _stopped(report: Report, before: Walk | None, pool: ThreadPoolExecutor) -> Report:
    pool.shutdown(cancel_futures=True)
    report.go_on_after = None if before is None else before.cursor
    return report


def _tell(report: Report, batch: Batch) -> None:
    if batch.left is not None:
        told = {"profiles": report.profiles, "failed": len(report.failed), "cursor": batch.left.cursor}
        sys.stderr.write(f"{json.dumps(told)}\n")


def _outcome(done: Callable[[UserId], bool], user_id: UserId) -> Outcome:
    try:
        if done(user_id):
            return Outcome.DONE_BEFORE
        return Outcome.REBUILT if _rebuilt(user_id) else Outcome.UNKNOWN
    except AccountErasedError:
        return Outcome.UNKNOWN
    except Exception as error:  # noqa: BLE001 - the edge of a command: the log says why, the report whose, and the others go on
        failure(SERVICE, "PROFILE_NOT_REBUILT", error, user_id=user_id)
        return Outcome.FAILED


def _rebuilt(user_id: UserId) -> bool:
    shared = parts()
    return rebuild_profile(shared.store, shared.profiles, shared.releases, _entries, user_id)


def _entries(user_id: UserId, profile: StoredProfile | None) -> Iterator[ProfileEntry]:
    """What the two other contexts have of a user."""
    yield from every_parcours(participations.parts().following, user_id, profile.parcours if profile else ())
    noted = profile.certifications.values() if profile else ()
    yield from every_certification(certifications.parts().following, DynamoCandidatures(), user_id, noted)


def _prepare() -> None:
    """Bind the tables, and make before the threads do what they share."""
    parts(), participations.parts(), certifications.parts()
    bind(Settings.from_environment(), AttemptItem)  # the worker itself has no use for it, and no right to it
    client("s3"), AttemptItem._get_connection().connection.client


def _nobody(_: UserId) -> bool:
    return False


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rebuild", description="Rebuild profiles from what they are projected from.")
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--user", action="append", metavar="ID", help="a user's id; may be repeated")
    whom.add_argument("--all", action="store_true", help="everybody who ever began a test or took part in a campaign")
    whom.add_argument("--since", type=_instant, metavar="TIME", help="those of whom something changed since this instant (ISO 8601)")
    whom.add_argument(
        "--after", type=_walk, metavar="CURSOR", help="go on where a walk through everybody, or since an instant, had come to"
    )
    parser.add_argument("--segment", type=_segment, metavar="I/N", help="only the I-th of N parts, which may be walked beside each other")
    parser.add_argument("--threads", type=int, default=THREADS, choices=range(1, MOST_THREADS + 1), metavar=f"1-{MOST_THREADS}")
    return parser


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no time zone: write 2026-11-22T08:00:00Z")
    return instant


def _segment(text: str) -> Segment:
    number, total = map(int, text.split("/"))
    if not 1 <= number <= total:
        raise argparse.ArgumentTypeError(f"{text} is no part of a whole: write 1/8 to 8/8")
    return Segment(number, total)


def _walk(text: str) -> Walk:
    try:
        return Walk.from_cursor(text)
    except InvalidInputError as error:
        raise argparse.ArgumentTypeError("this is no cursor of this command") from error


if __name__ == "__main__":
    sys.exit(main())
