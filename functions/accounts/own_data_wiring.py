"""Puts the routes of a person's own data together, once per environment, at their first request."""

from dataclasses import dataclass
from functools import cache, partial

from jalon.accounts.accounts import Accounts
from jalon.accounts.accounts_wiring import open_accounts
from jalon.accounts.erasure_store import DynamoErasures, ErasureItem, SqsReminders
from jalon.accounts.export_store import DynamoExports, ExportItem, S3ExportShelf, SqsExportOrders
from jalon.accounts.exports import Exporting
from jalon.accounts.provider_flow import ProviderSignIns
from jalon.accounts.request_erasure import Asking
from jalon.accounts.sign_in_wiring import open_provider_sign_ins
from jalon.certification.candidatures import require_none_running
from jalon.certification.personal_data_store import DynamoCandidatures
from jalon.certification.session_store import DynamoSessionStore
from jalon.certification.tables import CandidateItem, SessionItem
from jalon.edge.operator_log import OperatorLog
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import Clock
from jalon.kernel.ids import UserId
from jalon.organisations.leave_schools import leave_administrations, require_not_last
from jalon.organisations.organisation_store import DynamoMembers
from jalon.organisations.personal_data_store import memberships_of
from jalon.organisations.tables import MemberItem


@dataclass(frozen=True, slots=True)
class OwnData:
    """What the routes work with."""

    accounts: Accounts
    exporting: Exporting
    asking: Asking
    operator_log: OperatorLog


@cache
def own_data() -> OwnData:
    """The parts on the template's tables, queues and bucket."""
    settings = Settings.from_environment()
    bind(settings, ErasureItem, ExportItem, MemberItem, CandidateItem, SessionItem)
    accounts = open_accounts(settings)
    return OwnData(
        accounts=accounts,
        exporting=Exporting(
            DynamoExports(),
            S3ExportShelf(settings.value("EXPORT_BUCKET")),
            SqsExportOrders(settings.value("EXPORT_QUEUE_URL")),
            accounts.clock,
        ),
        asking=Asking(
            accounts=accounts,
            erasures=DynamoErasures(),
            remind=SqsReminders(settings.value("ERASURE_QUEUE_URL")),
            check=partial(_require_nothing_in_the_way, accounts.clock),
            leave=partial(leave_administrations, DynamoMembers(), memberships_of),
        ),
        operator_log=OperatorLog(settings.value("OPERATOR_LOGS")),
    )


@cache
def provider_sign_ins() -> ProviderSignIns:
    """Apart from the rest: a mistake in the operator's list of providers stops nobody who has a password."""
    return open_provider_sign_ins(Settings.from_environment(), own_data().accounts.clock)


def forget_own_data() -> None:
    """Wire anew at the next request (tests)."""
    own_data.cache_clear()
    provider_sign_ins.cache_clear()


def _require_nothing_in_the_way(clock: Clock, user_id: UserId) -> None:
    require_none_running(DynamoCandidatures(), DynamoSessionStore(), clock, user_id)
    require_not_last(DynamoMembers(), memberships_of, user_id)
