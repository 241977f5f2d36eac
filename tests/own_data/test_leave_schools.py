"""No school is left without an administrator, also when its last two ask at once; on the real table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from jalon.accounts.erasure import LastAdministratorError
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.ids import Uai, UserId
from jalon.organisations.leave_schools import leave_administrations, require_not_last
from jalon.organisations.memberships import Member, MemberRole
from jalon.organisations.organisation_store import DynamoMembers, member_item
from jalon.organisations.personal_data_store import memberships_of
from jalon.organisations.tables import MemberItem, OrganisationItem
from tests.cloud import Cloud

UAI, OTHER = Uai("0990001N"), Uai("0990002P")
ANNE, BRUNO, CHLOE = (UserId("usr_" + digit * 32) for digit in "123")
SINCE = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tables(cloud: Cloud) -> None:
    bind(Settings.from_environment(), MemberItem, OrganisationItem)


def join(user_id: UserId, role: MemberRole, uai: Uai = UAI) -> None:
    member_item(Member(uai, user_id, role, SINCE)).save()


def administrators(uai: Uai = UAI) -> set[UserId]:
    return {member.user_id for member in DynamoMembers().of_school(uai) if member.role is MemberRole.ADMIN}


@dataclass
class Stale(DynamoMembers):
    """A register whose list was read before something happened."""

    happens: Callable[[], None]

    def of_school(self, uai: Uai) -> Sequence[Member]:
        listed = super().of_school(uai)
        self.happens()
        return listed


def test_a_member_and_one_administrator_of_two_may_leave() -> None:
    join(ANNE, MemberRole.ADMIN)
    join(BRUNO, MemberRole.ADMIN)
    join(CHLOE, MemberRole.MEMBER)
    for leaver in (CHLOE, ANNE):
        require_not_last(DynamoMembers(), memberships_of, leaver)
        leave_administrations(DynamoMembers(), memberships_of, leaver)
    assert administrators() == {BRUNO}


def test_the_only_administrator_may_not_also_where_members_remain() -> None:
    join(ANNE, MemberRole.ADMIN)
    join(CHLOE, MemberRole.MEMBER)
    for refuse in (require_not_last, leave_administrations):
        with pytest.raises(LastAdministratorError) as refused:
            refuse(DynamoMembers(), memberships_of, ANNE)
        assert refused.value.facts == {"uai": UAI}
    assert administrators() == {ANNE}


def test_of_two_last_administrators_who_leave_at_once_one_stays() -> None:
    join(ANNE, MemberRole.ADMIN)
    join(BRUNO, MemberRole.ADMIN)
    bruno_leaves = Stale(lambda: leave_administrations(DynamoMembers(), memberships_of, BRUNO))
    with pytest.raises(LastAdministratorError):
        leave_administrations(bruno_leaves, memberships_of, ANNE)
    assert administrators() == {ANNE}


def test_nothing_is_left_of_one_school_for_the_sake_of_another() -> None:
    join(ANNE, MemberRole.ADMIN)
    join(ANNE, MemberRole.ADMIN, OTHER)
    join(BRUNO, MemberRole.ADMIN)
    with pytest.raises(LastAdministratorError):
        require_not_last(DynamoMembers(), memberships_of, ANNE)
    assert administrators() == {ANNE, BRUNO}
