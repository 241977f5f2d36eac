"""Writes whose answer is lost on the way: the client of the tables sends them again, and they find themselves done."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

from jalon.accounts.accounts import Accounts
from jalon.accounts.family_store import FamilyTable
from jalon.accounts.oauth_client import SCREENS
from jalon.accounts.refresh_token import start_family
from jalon.accounts.tables import FamilyItem
from jalon.edge.settings import Settings
from jalon.edge.tables import ConditionFailedError, bind
from jalon.kernel.ids import UserId
from tests.cloud import Cloud

NOW = datetime.now(UTC)
FAMILY = start_family("fam_1", UserId("usr_lea"), SCREENS, 0, NOW, NOW)

Lose = Callable[[str, str], list[str]]


@pytest.fixture
def lose(monkeypatch: pytest.MonkeyPatch) -> Lose:
    """Carry out the first request of an action that names something, and lose its answer."""
    send = URLLib3Session.send

    def lose_one(action: str, named: str) -> list[str]:
        lost: list[str] = []

        def answer(session: URLLib3Session, request: AWSPreparedRequest) -> object:
            done = send(session, request)
            if not lost and action in str(request.headers.get("X-Amz-Target")) and named in str(request.body):
                lost.append(action)
                raise ReadTimeoutError(endpoint_url="https://tables.example")
            return done

        monkeypatch.setattr(URLLib3Session, "send", answer)
        return lost

    return lose_one


@pytest.fixture
def families(cloud: Cloud, accounts: Accounts) -> FamilyTable:
    bind(Settings.from_environment(cloud.environment), FamilyItem)
    return FamilyTable()


def test_a_sign_in_is_begun_once_though_its_answer_was_lost(families: FamilyTable, lose: Lose) -> None:
    lost = lose("PutItem", "fam_1")
    families.start(FAMILY)
    assert (lost, families.get("fam_1")) == (["PutItem"], FAMILY)


def test_a_sign_in_of_another_person_or_one_gone_on_with_is_not_overwritten(families: FamilyTable) -> None:
    families.start(FAMILY)
    with pytest.raises(ConditionFailedError):
        families.start(start_family("fam_1", UserId("usr_paul"), SCREENS, 0, NOW, NOW))
    assert families.rotate(FAMILY, NOW + timedelta(seconds=1), FAMILY.idle_until)
    with pytest.raises(ConditionFailedError):
        families.start(FAMILY)
