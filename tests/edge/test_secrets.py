"""Secrets as an environment has them: fetched once, and again where a change must be noticed."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import EndpointConnectionError

from jalon.edge import secrets
from jalon.edge.aws import client
from jalon.edge.secrets import forget_secrets, secret, versions
from jalon.edge.settings import Settings
from jalon.edge.tables import StoreUnavailableError
from tests.cloud import Cloud

ONE, TWO, THREE = (str(number) * 32 for number in (1, 2, 3))


@pytest.fixture
def settings(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A secret whose value is ONE, and no pause between two looks."""
    monkeypatch.setattr(secrets, "_LOOK_AGAIN_EVERY_S", 0.0)
    arn = cloud.client("secretsmanager").create_secret(Name="changing", SecretString=ONE)["ARN"]
    yield Settings({"SECRET_CHANGING": arn})
    forget_secrets()
    cloud.client("secretsmanager").delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


def put(cloud: Cloud, settings: Settings, value: str) -> None:
    cloud.client("secretsmanager").put_secret_value(SecretId=settings.value("SECRET_CHANGING"), SecretString=value)


def test_a_secret_is_kept_for_the_life_of_the_environment_and_its_change_is_found_by_looking_again(
    cloud: Cloud, settings: Settings
) -> None:
    look_again = versions(settings, "CHANGING")
    assert (secret(settings, "CHANGING"), look_again()) == (ONE.encode(), (ONE.encode(),))
    put(cloud, settings, TWO)
    assert (secret(settings, "CHANGING"), look_again()) == (ONE.encode(), (TWO.encode(), ONE.encode()))
    put(cloud, settings, THREE)
    assert look_again() == (THREE.encode(), TWO.encode())


def test_it_is_not_fetched_again_at_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_LOOK_AGAIN_EVERY_S", 60.0)
    look_again = versions(settings, "CHANGING")
    assert [look_again(), look_again()] == [(ONE.encode(),), ()]
    assert versions(settings, "CHANGING")() == (ONE.encode(),)


def test_where_secrets_are_out_of_reach_the_request_is_to_be_sent_again_and_so_is_the_question(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "_LOOK_AGAIN_EVERY_S", 60.0)
    look_again = versions(settings, "CHANGING")

    def unreachable(**_asked: str) -> None:
        raise EndpointConnectionError(endpoint_url="https://secrets.example")

    with monkeypatch.context() as patch:
        patch.setattr(client("secretsmanager"), "get_secret_value", unreachable)
        with pytest.raises(StoreUnavailableError):
            look_again()
    assert look_again() == (ONE.encode(),)
