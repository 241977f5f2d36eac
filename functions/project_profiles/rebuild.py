"""Rebuild profiles from what they are projected from: assessments, participations and certifications.

    make command NAME=project_profiles.rebuild ARGS="--user usr_… --user usr_…"    some users; on AWS with STACK=jalon
    make command NAME=project_profiles.rebuild ARGS=--all                          everybody

Participations that are behind their tests are brought up to them on the way. Needs the rights of the functions ``project_profiles``,
``project_participations``, ``project_certifications`` and ``track_participations``, with those to query the table of assessments by user
and the others' indexes by user and, for ``--all``, to scan. Ends with one line of JSON: how many ``profiles`` were rebuilt, and the
``unknown`` users, of whom there is nothing (or nothing any more). Exit status 1 if there is one.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence

from functions.project_certifications import wiring as certifications
from functions.project_participations import wiring as participations
from functions.project_profiles.wiring import parts
from jalon.assessment.profile_entries import ProfileEntry
from jalon.assessment.profiles import StoredProfile
from jalon.assessment.rebuild_profile import rebuild_profile
from jalon.assessment.tables import AttemptItem
from jalon.campaigns.participation_store import DynamoParticipations
from jalon.campaigns.project_participation import every_parcours
from jalon.certificates.project_certification import every_certification
from jalon.certification.personal_data_store import DynamoCandidatures
from jalon.edge.erasures import AccountErasedError
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.ids import UserId


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 when every profile that was asked for was rebuilt."""
    parser = argparse.ArgumentParser(prog="rebuild", description="Rebuild profiles from what they are projected from.")
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--user", action="append", metavar="ID", help="a user's id; may be repeated")
    whom.add_argument("--all", action="store_true", help="everybody who ever began a test or took part in a campaign")
    chosen = parser.parse_args(arguments)
    users = _everybody() if chosen.all else map(UserId, chosen.user)
    rebuilt, unknown = rebuild(users)
    sys.stdout.write(json.dumps({"profiles": rebuilt, "unknown": unknown}) + "\n")
    return 1 if unknown else 0


def rebuild(users: Iterable[UserId]) -> tuple[int, list[UserId]]:
    """How many profiles were rebuilt, and for whom there is none to rebuild; nothing is written for those."""
    bind(Settings.from_environment(), AttemptItem)  # the worker itself has no use for it, and no right to it
    rebuilt, unknown = 0, []
    for user_id in users:
        if _rebuilt(user_id):
            rebuilt += 1
        else:
            unknown.append(user_id)
    return rebuilt, unknown


def _rebuilt(user_id: UserId) -> bool:
    shared = parts()
    try:
        return rebuild_profile(shared.store, shared.profiles, shared.releases, _entries, user_id)
    except AccountErasedError:
        return False


def _entries(user_id: UserId, profile: StoredProfile | None) -> Iterator[ProfileEntry]:
    """What the two other contexts have of a user."""
    yield from every_parcours(participations.parts().following, user_id, profile.parcours if profile else ())
    noted = profile.certifications.values() if profile else ()
    yield from every_certification(certifications.parts().following, DynamoCandidatures(), user_id, noted)


def _everybody() -> Iterator[UserId]:
    """Each user once: whoever sat a certification began its test."""
    seen: set[UserId] = set()
    participations.parts()
    for found in (parts().store.users(), DynamoParticipations().participants()):
        for user_id in found:
            if user_id not in seen:
                seen.add(user_id)
                yield user_id


if __name__ == "__main__":
    sys.exit(main())
