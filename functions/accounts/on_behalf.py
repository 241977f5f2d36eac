"""For somebody who cannot sign in, and whose identity the school has checked on paper: a copy of everything, or an erasure.

    make command NAME=accounts.on_behalf ARGS="export --login lea.martin1203 --born 2010-03-12"    # on AWS with STACK=jalon
    make command NAME=accounts.on_behalf ARGS="erase --ine 0123456789A --born 2010-03-12"
    make command NAME=accounts.on_behalf ARGS="erase --id usr_… --born 2010-03-12"

Needs the rights of the function ``own_data``. The birth date is that of the checked paper: where the account knows
another one, nothing is done. ``export`` is run again until the answer has an ``address``, which opens the document for five minutes;
``erase`` is refused for what refuses it to the person, and run again (by ``--id``) tells how far it is. Ends with one line of JSON; exit
status 1 and a sentence when it is refused.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date

from functions.accounts.own_data_wiring import OwnData, own_data
from jalon.accounts.exports import ExportId, ExportNotFoundError, ExportStatus, read_export, request_export
from jalon.accounts.find_account import find_account
from jalon.accounts.find_login import find_login
from jalon.accounts.identity import AccountNotFoundError, Identity
from jalon.accounts.national_number import accounts_of_number
from jalon.accounts.request_erasure import repeat_erasure, request_erasure
from jalon.kernel.clock import iso
from jalon.kernel.errors import JalonError
from jalon.kernel.ids import Ine, UserId


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 when it was done or is under way."""
    parser = argparse.ArgumentParser(prog="on_behalf", description="Export or erase the data of somebody who cannot sign in.")
    parser.add_argument("act", choices=("export", "erase"))
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--id", help="the account's identifier")
    whom.add_argument("--login", help="a username or an e-mail address")
    whom.add_argument("--ine", help="a national student number")
    parser.add_argument("--born", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD", help="as the checked paper says")
    chosen = parser.parse_args(arguments)
    parts = own_data()
    try:
        user_id = _named(parts, chosen)
        told = _export(parts, user_id, chosen.born) if chosen.act == "export" else _erase(parts, user_id, chosen.born)
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


def _checked(parts: OwnData, user_id: UserId, born: date) -> Identity:
    identity = find_account(parts.accounts.store, user_id)
    if identity.birth_date not in {None, born}:
        raise AccountNotFoundError("This account is of somebody born on another day: look whom the paper names.")
    return identity


def _export(parts: OwnData, user_id: UserId, born: date) -> dict[str, str | None]:
    """The document under way or ready, whoever asked for it, or another one."""
    _checked(parts, user_id, born)
    present = parts.exporting.store.get(user_id)
    try:
        export, address = read_export(parts.exporting, user_id, present.export_id if present else ExportId(""))
    except ExportNotFoundError:
        export, address = None, None
    if export is None or export.status is ExportStatus.FAILED:
        export = request_export(parts.exporting, user_id, ExportId(parts.accounts.ids.new("exp")))
    return {"export_id": export.export_id, "status": export.status.value, "address": address, "sha256": export.sha256 if address else None}


def _erase(parts: OwnData, user_id: UserId, born: date) -> dict[str, str | None]:
    under_way = parts.asking.erasures.get(user_id)
    if under_way is None:
        _checked(parts, user_id, born)
    erasure = repeat_erasure(parts.asking, under_way) if under_way else request_erasure(parts.asking, user_id)
    return {"status": erasure.status.value, "requested_at": iso(erasure.requested_at), "verified_from": iso(erasure.second_pass_at)}


if __name__ == "__main__":
    sys.exit(main())
