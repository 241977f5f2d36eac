"""The custom resource that tells the world our keys and addresses."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from functions.publish_site_configuration.answer import AnswerRefusedError, send_answer
from functions.publish_site_configuration.app import handler
from jalon.accounts.kms_signer import KmsSigner
from tests.cloud import SITE_URL, Cloud
from tests.events import CONTEXT
from tests.functions.accounts_cloud import emptied, site_document

JWKS = ".well-known/jwks.json"
DISCOVERY = ".well-known/openid-configuration"


class CloudFormation:
    """Takes the answers of a custom resource."""

    def __init__(self) -> None:
        self.answers: list[dict[str, Any]] = []
        self.content_types: list[str | None] = []
        self.status = 200
        told = self

        class Receiver(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                told.answers.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                told.content_types.append(self.headers["Content-Type"])
                self.send_response(told.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Receiver)

    def event(self, kind: str = "Create", **properties: Any) -> dict[str, Any]:
        return {
            "RequestType": kind,
            "RequestId": "request-1",
            "StackId": "stack",
            "LogicalResourceId": "SigningKeysPublication",
            "ResponseURL": f"http://127.0.0.1:{self.server.server_port}/answer?signature=x",
            "ResourceProperties": {"Issuer": SITE_URL, **properties},
        }


@pytest.fixture
def cloud(accounts_cloud: Cloud) -> Cloud:
    return emptied(accounts_cloud)


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    waiting = CloudFormation()
    thread = threading.Thread(target=waiting.server.serve_forever, daemon=True)
    thread.start()
    yield waiting
    waiting.server.shutdown()
    waiting.server.server_close()
    thread.join()


def keys_event(cloud: Cloud, cloudformation: CloudFormation, *others: str) -> dict[str, Any]:
    return cloudformation.event(Part="signing-keys", TokenKeyId=cloud.environment["TOKEN_KEY_ID"], AlsoPublishedKeyIds=list(others) or [""])


def test_the_keys_are_published_before_the_api_exists(cloud: Cloud, cloudformation: CloudFormation) -> None:
    handler(keys_event(cloud, cloudformation), CONTEXT)
    (answer,) = cloudformation.answers
    assert (answer["Status"], answer["RequestId"], answer["StackId"]) == ("SUCCESS", "request-1", "stack")
    assert cloudformation.content_types == [""], "S3's presigned address refuses a content type"
    (key,) = site_document(cloud, JWKS)["keys"]
    assert (key["kid"], key["kty"], key["alg"], key["use"]) == (answer["Data"]["TokenKeyThumbprint"], "RSA", "RS256", "sig")
    assert set(key) == {"kid", "kty", "alg", "use", "n", "e"}, "nothing private"
    discovery = site_document(cloud, DISCOVERY)
    assert (discovery["issuer"], discovery["jwks_uri"]) == (SITE_URL, f"{SITE_URL}/{JWKS}")
    assert "token_endpoint" not in discovery


def test_what_kms_signs_is_verified_by_the_published_key(cloud: Cloud, cloudformation: CloudFormation) -> None:
    handler(keys_event(cloud, cloudformation), CONTEXT)
    thumbprint = cloudformation.answers[0]["Data"]["TokenKeyThumbprint"]
    token = KmsSigner(cloud.environment["TOKEN_KEY_ID"], thumbprint).sign({"sub": "usr_1"})
    keys = KeySet.import_key_set(site_document(cloud, JWKS))
    assert jwt.decode(token, keys, algorithms=["RS256"]).claims == {"sub": "usr_1"}


def test_a_thumbprint_is_rfc_7638s(cloud: Cloud, cloudformation: CloudFormation) -> None:
    import base64
    import hashlib

    handler(keys_event(cloud, cloudformation), CONTEXT)
    (key,) = site_document(cloud, JWKS)["keys"]
    canonical = json.dumps({name: key[name] for name in ("e", "kty", "n")}, separators=(",", ":"), sort_keys=True)
    assert key["kid"] == base64.urlsafe_b64encode(hashlib.sha256(canonical.encode()).digest()).decode().rstrip("=")


def test_keys_overlap_while_they_rotate(cloud: Cloud, cloudformation: CloudFormation) -> None:
    following = cloud.client("kms").create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    handler(keys_event(cloud, cloudformation, following, cloud.environment["TOKEN_KEY_ID"]), CONTEXT)
    kids = [key["kid"] for key in site_document(cloud, JWKS)["keys"]]
    assert len(kids) == len(set(kids)) == 2
    assert kids[0] == cloudformation.answers[0]["Data"]["TokenKeyThumbprint"]


@pytest.mark.parametrize("nothing", ["", [], [""], None])
def test_no_other_key_may_be_said_in_many_ways(cloud: Cloud, cloudformation: CloudFormation, nothing: Any) -> None:
    event = keys_event(cloud, cloudformation)
    event["ResourceProperties"]["AlsoPublishedKeyIds"] = nothing
    handler(event, CONTEXT)
    assert cloudformation.answers[0]["Status"] == "SUCCESS"
    assert len(site_document(cloud, JWKS)["keys"]) == 1


def test_the_endpoints_follow_when_the_api_exists(cloud: Cloud, cloudformation: CloudFormation) -> None:
    handler(keys_event(cloud, cloudformation), CONTEXT)
    handler(cloudformation.event(Part="endpoints", ApiUrl="https://api.example", KeysPublication="request-1"), CONTEXT)
    discovery = site_document(cloud, DISCOVERY)
    assert discovery["token_endpoint"] == "https://api.example/v1/oauth/token"
    assert discovery["revocation_endpoint"] == "https://api.example/v1/oauth/revoke"
    assert "lsu:read" in discovery["scopes_supported"]


def test_both_names_of_the_discovery_document_say_the_same_at_any_time(cloud: Cloud, cloudformation: CloudFormation) -> None:
    """OpenID Connect Discovery §4 has one, RFC 8414 §3.1 the other."""
    for event in (
        keys_event(cloud, cloudformation),
        cloudformation.event(Part="endpoints", ApiUrl="https://api.example", KeysPublication="request-1"),
    ):
        handler(event, CONTEXT)
        assert site_document(cloud, DISCOVERY) == site_document(cloud, ".well-known/oauth-authorization-server")


def test_each_publication_of_the_keys_makes_the_endpoints_follow(cloud: Cloud, cloudformation: CloudFormation) -> None:
    handler(keys_event(cloud, cloudformation), CONTEXT)
    handler(keys_event(cloud, cloudformation) | {"RequestId": "request-2"}, CONTEXT)
    assert [answer["Data"]["Publication"] for answer in cloudformation.answers] == ["request-1", "request-2"]


def test_an_update_keeps_its_name_so_that_nothing_is_deleted(cloud: Cloud, cloudformation: CloudFormation) -> None:
    handler(keys_event(cloud, cloudformation), CONTEXT)
    name = cloudformation.answers[0]["PhysicalResourceId"]
    handler(keys_event(cloud, cloudformation) | {"RequestType": "Update", "PhysicalResourceId": name}, CONTEXT)
    assert cloudformation.answers[1]["PhysicalResourceId"] == name


def test_deleting_keeps_what_tokens_are_checked_against(cloud: Cloud, cloudformation: CloudFormation) -> None:
    handler(keys_event(cloud, cloudformation), CONTEXT)
    handler(keys_event(cloud, cloudformation) | {"RequestType": "Delete", "PhysicalResourceId": "p"}, CONTEXT)
    assert [answer["Status"] for answer in cloudformation.answers] == ["SUCCESS", "SUCCESS"]
    assert site_document(cloud, JWKS)["keys"]


@pytest.mark.parametrize("properties", [{"Part": "signing-keys", "TokenKeyId": "no-such-key"}, {"Part": "other"}, {}])
def test_a_failure_is_told_without_its_inside(cloud: Cloud, cloudformation: CloudFormation, properties: dict[str, Any]) -> None:
    handler(cloudformation.event(**properties), CONTEXT)
    (answer,) = cloudformation.answers
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].endswith("see the log of this function")


def test_an_answer_that_is_not_taken_fails_the_function(cloudformation: CloudFormation) -> None:
    cloudformation.status = 403
    with pytest.raises(AnswerRefusedError):
        send_answer(cloudformation.event(), {}, "")
