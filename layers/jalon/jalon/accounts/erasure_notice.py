"""What a person is told when they ask to be erased: what goes, what stays and why (docs/your-data.md says it at length).

Articles are those of the RGPD, Regulation (EU) 2016/679.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from jalon.accounts.acts import ActKind


@dataclass(frozen=True, slots=True)
class Goes:
    """A part of what is erased."""

    part: str
    what: str


@dataclass(frozen=True, slots=True)
class Stays:
    """A part of what is kept, why, and what allows it."""

    part: str
    what: str
    why: str
    legal_basis: str


ERASED = (
    Goes("account", "Names, birth date, addresses, ways in, password, preferences, terms accepted."),
    Goes("sign_ins", "Every sign-in, on every device."),
    Goes("tests", "Every test with its answers, the profile with its levels, saved tutorials."),
    Goes("participations", "Participations in campaigns and the results that were sent."),
    Goes(
        "links",
        "Links to pupils of schools, memberships of schools, invitations accepted or sent to your own address, rooms invigilated,"
        " sessions joined but not sat.",
    ),
    Goes("copies", "Exports of the data, and answers remembered for repeated requests."),
)

#: What was done for a school and stays with the number of who did it, kind by kind as the person's copy lists it.
ACTS: Final[Mapping[ActKind, str]] = {
    ActKind.CAMPAIGN: "made a campaign",
    ActKind.TARGET_PROFILE: "made a target profile",
    ActKind.IMPORT: "asked for an import of pupils",
    ActKind.INVITATION: "invited a colleague (for 14 days)",
    ActKind.SESSION: "planned a session",
    ActKind.FINALISATION: "finalised a session",
}

KEPT = (
    Stays(
        "certifications",
        "Certificates and results of certifications that were sat, with the name, birth date and place they were sat under.",
        "A certificate must be provable by its holder and to others, and a result open to appeal and correction.",
        "art. 17(3)(b), a task in the public interest, and (e), legal claims",
    ),
    Stays(
        "school_lists",
        "The school's own lists of pupils and candidates, without the link to this account.",
        "They are the school's, which is their controller: ask the school.",
        "art. 4(7) and 17, towards the school",
    ),
    Stays(
        "acts",
        f"This account's number where it {', '.join(ACTS.values())}, or took a decision of the jury.",
        "Who did what stays countable; the number leads to nobody any more.",
        "recital 26, and art. 17(3)(e) for the jury's decisions",
    ),
    Stays(
        "record",
        "That an account was erased, when, and how many items: under a digest, without a name.",
        "It proves the erasure, and repeats it should a backup ever be restored.",
        "art. 5(2), accountability",
    ),
    Stays(
        "backups",
        "Copies kept for recovery, for 35 days, and logs with the account's number, for 90 days at most.",
        "They age out by themselves and are not read for anything else.",
        "art. 32(1)(c), restoring after an incident",
    ),
)
