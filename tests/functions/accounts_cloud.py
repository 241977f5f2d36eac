"""The emulated cloud with the signing keys published as the template's custom resource does, and the accounts function wired to it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from functions.accounts.wiring import forget_desk
from functions.publish_site_configuration.publication import Site, publish
from jalon.edge import aws, secrets
from tests.cloud import SITE_URL, Cloud, build

TABLES = ("identities", "credentials", "refresh_tokens", "clients")


@contextmanager
def opened(emulator: str) -> Iterator[Cloud]:
    """An account of the emulator with the function bound to it, for a module's tests; :func:`emptied` parts them."""
    cloud = build(emulator)
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name, value in cloud.environment.items():
            monkeypatch.setenv(name, value)
        _forget()
        _publish_keys(cloud, monkeypatch)
        cloud.client("sesv2").create_email_identity(EmailIdentity=cloud.environment["MAIL_SENDER"])
        yield cloud
    _forget()


def emptied(cloud: Cloud) -> Cloud:
    """The same account with nothing in the tables of accounts: building another takes a second, this some milliseconds."""
    dynamodb = cloud.client("dynamodb")
    for table in TABLES:
        name = cloud.environment[f"TABLE_{table.upper()}"]
        (key,) = dynamodb.describe_table(TableName=name)["Table"]["KeySchema"]
        for item in cloud.items(table):
            dynamodb.delete_item(TableName=name, Key={key["AttributeName"]: item[key["AttributeName"]]})
    return cloud


def _forget() -> None:
    aws.forget_clients()
    secrets.forget_secrets()
    forget_desk()


def _publish_keys(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    properties = {"Part": "signing-keys", "Issuer": SITE_URL, "TokenKeyId": cloud.environment["TOKEN_KEY_ID"]}
    attributes = publish(Site(cloud.environment["SITE_BUCKET"]), "request-1", properties)
    cloud.environment["TOKEN_KEY_THUMBPRINT"] = attributes["TokenKeyThumbprint"]
    monkeypatch.setenv("TOKEN_KEY_THUMBPRINT", attributes["TokenKeyThumbprint"])


def site_document(cloud: Cloud, path: str) -> Any:
    """A document of the static site."""
    return json.loads(cloud.client("s3").get_object(Bucket=cloud.environment["SITE_BUCKET"], Key=path)["Body"].read())


def claims_of(cloud: Cloud, access_token: str) -> dict[str, Any]:
    """The claims of an access token, checked with the published keys as the gateway does."""
    keys = KeySet.import_key_set(site_document(cloud, ".well-known/jwks.json"))
    token = jwt.decode(access_token, keys, algorithms=["RS256"])
    jwt.JWTClaimsRegistry(iss={"essential": True, "value": SITE_URL}, aud={"essential": True, "value": "jalon"}).validate(token.claims)
    return dict(token.claims)


def operator_credentials(cloud: Cloud) -> tuple[str, str]:
    """The operator's client id and secret, as the operator reads them."""
    secret = cloud.client("secretsmanager").get_secret_value(SecretId=cloud.environment["SECRET_OPERATOR_CLIENT"])
    value = json.loads(secret["SecretString"])
    return value["client_id"], value["client_secret"]
