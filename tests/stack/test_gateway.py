"""What stands before the functions: the authorizer, CORS, the roles, the distribution."""

from collections.abc import Iterator

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from joserfc import jwt
from joserfc.jwk import RSAKey

from local.deploy import client
from local.dev import routes
from local.emulator import REGION
from tests.stack.conftest import Stack

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]


@pytest.fixture(scope="module")
def ask() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60) as client:
        yield client


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer not.a.token", "Basic YTpi"])
def test_the_authorizer_refuses_what_is_no_token(stack: Stack, ask: httpx.Client, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    assert ask.get(f"{stack.up.api_url}/v1/me/profile", headers=headers).status_code == 401


def test_the_authorizer_refuses_a_token_signed_by_another_key(stack: Stack, ask: httpx.Client) -> None:
    published = ask.get(f"{stack.up.site_url}/.well-known/jwks.json").json()["keys"][0]
    forger = RSAKey.generate_key(2048)
    claims = {"iss": stack.up.site_url, "aud": "jalon", "sub": "usr_x", "roles": "pupil jury", "iat": 0, "exp": 4_000_000_000}
    token = jwt.encode({"alg": "RS256", "kid": published["kid"]}, claims, forger)
    answer = ask.get(f"{stack.up.api_url}/v1/me/profile", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_a_page_of_any_school_may_ask(stack: Stack, ask: httpx.Client) -> None:
    headers = {
        "Origin": "https://ent.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    answer = ask.options(f"{stack.up.api_url}/v1/participations", headers=headers)
    assert answer.status_code in {200, 204}
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "idempotency-key" in answer.headers["access-control-allow-headers"].lower()


def test_the_discovery_document_leads_to_the_keys_and_to_the_token_endpoint(stack: Stack, ask: httpx.Client) -> None:
    document = ask.get(f"{stack.up.site_url}/.well-known/openid-configuration").json()
    assert document["issuer"] == stack.up.site_url
    assert ask.get(document["jwks_uri"]).json()["keys"][0]["kty"] == "RSA"
    assert document["token_endpoint"].endswith("/v1/oauth/token")


def test_the_stage_has_a_throttle_for_each_route_that_takes_no_token(stack: Stack) -> None:
    gateway = client("apigatewayv2", stack.up.cloud.endpoint)
    (stage,) = gateway.get_stages(ApiId=stack.up.deployed.outputs["ApiId"])["Items"]
    public = [route for route in routes() if route.public and route.method == "POST"]
    assert {f"{route.method} {route.path}" for route in public} == set(stage["RouteSettings"])


def _as_role_of(stack: Stack, function: str, service: str) -> object:
    """A client with the credentials of a function's role."""
    endpoint = stack.up.cloud.endpoint
    roles = [role["Arn"] for role in client("iam", endpoint).list_roles(MaxItems=1000)["Roles"] if f"-{function}Role-" in role["RoleName"]]
    assert len(roles) == 1
    credentials = client("sts", endpoint).assume_role(RoleArn=roles[0], RoleSessionName="test")["Credentials"]
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        config=Config(s3={"addressing_style": "path"}),
    )


def _table(stack: Stack, logical_id: str) -> str:
    resource = client("cloudformation", stack.up.cloud.endpoint).describe_stack_resource(StackName="jalon", LogicalResourceId=logical_id)
    return str(resource["StackResourceDetail"]["PhysicalResourceId"])


@pytest.mark.parametrize(
    ("function", "table", "key"),
    [
        ("AnswersFunction", "IdentitiesTable", {"user_id": {"S": "x"}}),
        ("AnswersFunction", "ResultsTable", {"certification_id": {"S": "x"}, "version": {"N": "1"}}),
        ("SessionsFunction", "CredentialsTable", {"key": {"S": "x"}}),
        ("CertificatesFunction", "ProfilesTable", {"user_id": {"S": "x"}}),
        ("JuryFunction", "CredentialsTable", {"key": {"S": "x"}}),
    ],
)
def test_a_function_cannot_read_a_table_that_is_not_its_own(stack: Stack, function: str, table: str, key: dict[str, object]) -> None:
    dynamodb = _as_role_of(stack, function, "dynamodb")
    with pytest.raises(ClientError, match="AccessDenied"):
        dynamodb.get_item(TableName=_table(stack, table), Key=key)


def test_only_functions_that_grade_can_read_the_solutions(stack: Stack) -> None:
    bucket = stack.up.deployed.outputs["ContentBucketName"]
    root = client("s3", stack.up.cloud.endpoint)
    keys = [item["Key"] for item in root.list_objects_v2(Bucket=bucket)["Contents"]]
    solutions = next(key for key in keys if key.endswith("solutions.json.gz"))
    for function in ("AnswersFunction",):
        assert _as_role_of(stack, function, "s3").get_object(Bucket=bucket, Key=solutions)["Body"].read(2) == b"\x1f\x8b"
    for function in ("SessionsFunction", "CampaignsFunction", "AccountsFunction", "JuryFunction"):
        with pytest.raises(ClientError, match="AccessDenied"):
            _as_role_of(stack, function, "s3").get_object(Bucket=bucket, Key=solutions)


def test_the_static_site_comes_with_its_security_headers(stack: Stack, ask: httpx.Client) -> None:
    answer = ask.get(f"{stack.up.site_url}/v")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_missing_object_is_missing_and_nothing_can_be_listed(stack: Stack, ask: httpx.Client) -> None:
    for path in ("/c/0123456789abcdef0123456789abcdef", "/c/", "/status/1999"):
        assert ask.get(stack.up.site_url + path).status_code == 404
