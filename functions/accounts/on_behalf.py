"""For somebody who cannot sign in, and whose identity the school has checked on paper: a copy of everything, or an erasure.

    make command NAME=accounts.on_behalf ARGS="export --login lea.martin1203 --born 2010-03-12 --reason DPO-2026-041"
    make command NAME=accounts.on_behalf ARGS="erase --ine 0123456789A --born 2010-03-12 --reason DPO-2026-042"    # on AWS with STACK=jalon
    make command NAME=accounts.on_behalf ARGS="erase --id usr_… --no-birth-date --reason DPO-2026-043"

Needs the rights of the function ``own_data``, to write to the log group ``OperatorLogs`` and to send from the stack's address. The birth
date is that of the checked paper: where the account knows another one, nothing is done; where it knows none, ``--no-birth-date`` says that
something else on the paper was looked at. ``--reason`` is the number of the file, without a name: it is noted in ``OperatorLogs`` with the
account's number and the ARN of whoever runs this, before anything is done; and the owner is told, where they can be written to.

``export`` is run again until the answer has an ``address``, which opens the document for five minutes; ``erase`` is refused for what
refuses it to the person, and run again (by ``--id``) tells how far it is. Ends with one line of JSON; exit status 1 and a sentence when it
is refused.
"""

import argparse
import json
import re
import sys
from collections.abc import Sequence
from datetime import date

from functions.accounts.own_data_wiring import OwnData, own_data
from jalon.accounts.exports import ExportId, ExportNotFoundError, ExportStatus, read_export, request_export
from jalon.accounts.find_account import find_account
from jalon.accounts.find_login import find_login
from jalon.accounts.identity import AccountNotFoundError, Identity
from jalon.accounts.messages import copied_on_behalf, erased_on_behalf
from jalon.accounts.national_number import accounts_of_number
from jalon.accounts.request_erasure import repeat_erasure, request_erasure
from jalon.accounts.ses_mailer import SesMailer
from jalon.accounts.tell_owner import tell_owner
from jalon.edge.settings import Settings
from jalon.kernel.clock import iso
from jalon.kernel.errors import InvalidInputError, JalonError
from jalon.kernel.ids import Ine, UserId

#: A file's number: a word with a digit in it, so that nobody writes whom it is about.
_REFERENCE = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9._/#-]{2,39}")


class NoBirthDateError(InvalidInputError):
    """The account knows no birth date to compare with, or knows one that was not given."""

    code = "no_birth_date"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 when it was done or is under way."""
    parser = argparse.ArgumentParser(prog="on_behalf", description="Export or erase the data of somebody who cannot sign in.")
    parser.add_argument("act", choices=("export", "erase"))
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--id", help="the account's identifier")
    whom.add_argument("--login", help="a username or an e-mail address")
    whom.add_argument("--ine", help="a national student number")
    born = parser.add_mutually_exclusive_group(required=True)
    born.add_argument("--born", type=date.fromisoformat, metavar="YYYY-MM-DD", help="as the checked paper says")
    born.add_argument("--no-birth-date", action="store_true", help="the account knows none: something else on the paper was compared")
    parser.add_argument("--reason", required=True, type=_reference, help="the number of the file that says why; no name")
    chosen = parser.parse_args(arguments)
    parts = own_data()
    try:
        user_id = _named(parts, chosen)
        told = (_export if chosen.act == "export" else _erase)(parts, user_id, chosen)
    except JalonError as error:
        sys.stderr.write(f"{error.code}: {error.detail}\n")
        return 1
    sys.stdout.write(json.dumps({"user_id": user_id, **told}) + "\n")
    return 0


def _named(parts: OwnData, chosen: argparse.Namespace) -> UserId:
    if chosen.id:
        return UserId(chosen.id)
    if chosen.login:
        found = [find_login(parts.accounts, chosen.login).user_id]
    else:
        found = [identity.user_id for identity in accounts_of_number(parts.accounts, Ine(chosen.ine))]
    if len(found) != 1 or found[0] is None:
        raise AccountNotFoundError(f"This names {len([each for each in found if each])} accounts: {found}; name one by --id.")
    return found[0]


def _reference(text: str) -> str:
    if not _REFERENCE.fullmatch(text):
        raise argparse.ArgumentTypeError("3 to 40 letters, digits and . _ / # -, one digit at least: the number of a file")
    return text


def _checked(parts: OwnData, user_id: UserId, born: date | None) -> Identity:
    identity = find_account(parts.accounts.store, user_id)
    if identity.birth_date is None and born is not None:
        raise NoBirthDateError("This account knows no birth date: compare what else the paper says, then say --no-birth-date.")
    if identity.birth_date is not None and born is None:
        raise NoBirthDateError("This account knows a birth date: give the paper's with --born.")
    if identity.birth_date != born:
        raise AccountNotFoundError("This account is of somebody born on another day: look whom the paper names.")
    return identity


def _note(parts: OwnData, code: str, user_id: UserId, reason: str) -> None:
    parts.operator_log.note(code, parts.accounts.clock.now(), user_id=user_id, reason=reason)


def _mailer() -> SesMailer:
    return SesMailer(Settings.from_environment().value("MAIL_SENDER"))


def _export(parts: OwnData, user_id: UserId, chosen: argparse.Namespace) -> dict[str, str | None]:
    """The document under way or ready, whoever asked for it, or another one; the owner hears of each address that is given away."""
    identity = _checked(parts, user_id, chosen.born)
    _note(parts, "EXPORTED_ON_BEHALF", user_id, chosen.reason)
    present = parts.exporting.store.get(user_id)
    try:
        export, address = read_export(parts.exporting, user_id, present.export_id if present else ExportId(""))
    except ExportNotFoundError:
        export, address = None, None
    if export is None or export.status is ExportStatus.FAILED:
        export = request_export(parts.exporting, user_id, ExportId(parts.accounts.ids.new("exp")))
    if address:
        tell_owner(_mailer(), identity, copied_on_behalf)
    return {"export_id": export.export_id, "status": export.status.value, "address": address, "sha256": export.sha256 if address else None}


def _erase(parts: OwnData, user_id: UserId, chosen: argparse.Namespace) -> dict[str, str | None]:
    under_way = parts.asking.erasures.get(user_id)
    if under_way is None:
        identity = _checked(parts, user_id, chosen.born)
        parts.asking.check(user_id)
        _note(parts, "ERASED_ON_BEHALF", user_id, chosen.reason)
        tell_owner(_mailer(), identity, erased_on_behalf)
    erasure = repeat_erasure(parts.asking, under_way) if under_way else request_erasure(parts.asking, user_id)
    return {"status": erasure.status.value, "requested_at": iso(erasure.requested_at), "verified_from": iso(erasure.second_pass_at)}


if __name__ == "__main__":
    sys.exit(main())
