"""Writes whose answer is lost on the way: the client of the tables sends them again, and they find themselves done."""

from datetime import UTC, datetime, timedelta

import pytest

from jalon.accounts.accounts import Accounts
from jalon.accounts.family_store import FamilyTable
from jalon.accounts.oauth_client import SCREENS
from jalon.accounts.provider_flow import Flow
from jalon.accounts.provider_flow_store import FlowTable
from jalon.accounts.refresh_token import start_family
from jalon.accounts.tables import FamilyItem, FlowItem
from jalon.edge.settings import Settings
from jalon.edge.tables import ConditionFailedError, bind
from jalon.kernel.ids import UserId
from tests.cloud import Cloud
from tests.dynamodb_answers import losing

NOW = datetime.now(UTC)
FAMILY = start_family("fam_1", UserId("usr_lea"), SCREENS, 0, NOW, NOW)


@pytest.fixture
def families(cloud: Cloud, accounts: Accounts) -> FamilyTable:
    bind(Settings.from_environment(cloud.environment), FamilyItem)
    return FamilyTable()


def test_a_sign_in_is_begun_once_though_its_answer_was_lost(families: FamilyTable) -> None:
    with losing("PutItem", "fam_1") as lost:
        families.start(FAMILY)
    assert (lost, families.get("fam_1")) == (["PutItem"], FAMILY)


def test_a_way_to_a_provider_is_used_once_though_its_answer_was_lost(cloud: Cloud, accounts: Accounts) -> None:
    bind(Settings.from_environment(cloud.environment), FlowItem)
    flows = FlowTable()
    flows.start(Flow("psi_1", "ent", "https://ecrans.example/retour", NOW.replace(microsecond=0) + timedelta(minutes=10)))
    with losing("UpdateItem", "psi_1") as lost:
        assert flows.use("psi_1", "use_1")
    assert lost == ["UpdateItem"]
    assert not flows.use("psi_1", "use_2")


def test_a_sign_in_of_another_person_or_one_gone_on_with_is_not_overwritten(families: FamilyTable) -> None:
    families.start(FAMILY)
    with pytest.raises(ConditionFailedError):
        families.start(start_family("fam_1", UserId("usr_paul"), SCREENS, 0, NOW, NOW))
    assert families.rotate(FAMILY, NOW + timedelta(seconds=1), FAMILY.idle_until)
    with pytest.raises(ConditionFailedError):
        families.start(FAMILY)
