"""The seal as it is deployed: its package, its role and its key, in a small stack of their own beside the one that stands."""

import base64
import json
import subprocess
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from functions.certificates.printing.document import print_certificate
from local import deploy
from tests.certificates.fakes import SITE_URL
from tests.certificates.samples import certificate_of
from tests.certificates.seals import PEM, Authority
from tests.certificates.test_printing import needs

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]

STACK = "jalon-seal"
RESOURCES = ("SealCertificateFunction", "SealCertificateFunctionRole", "SealCertificateLogs")
SETTINGS = ("SEAL_KEY_ID", "SECRET_SEAL_CHAIN")


def excerpt(endpoint: str) -> dict[str, Any]:
    """Of the template that was deployed, the seal alone: a deployment without the seal's parameters leaves it out."""
    s3 = deploy.client("s3", endpoint)
    templates = [item for item in s3.list_objects_v2(Bucket=deploy.PACKAGES)["Contents"] if item["Key"].endswith(".json")]
    key = max(templates, key=lambda item: item["LastModified"])["Key"]
    whole = json.loads(s3.get_object(Bucket=deploy.PACKAGES, Key=key)["Body"].read())
    resources = {name: {key: value for key, value in whole["Resources"][name].items() if key != "Condition"} for name in RESOURCES}
    environment = resources["SealCertificateFunction"]["Properties"]["Environment"]
    environment["Variables"] = {name: environment["Variables"][name] for name in SETTINGS}
    parameters = {name: whole["Parameters"][name] for name in ("SealKeyArn", "SealChainArn", "LogRetentionDays")}
    outputs = {"Function": {"Value": {"Ref": "SealCertificateFunction"}}}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Parameters": parameters, "Resources": resources, "Outputs": outputs}


@pytest.fixture
def sealing_function(stack) -> str:
    """The deployed function's name, with a key in KMS and the chain an authority issued for it."""
    endpoint = stack.up.cloud.endpoint
    kms = deploy.client("kms", endpoint)
    arn = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    authority, key = Authority(), serialization.load_der_public_key(kms.get_public_key(KeyId=arn)["PublicKey"])
    chain = authority.issue("Cachet des Exemples", key).public_bytes(PEM) + authority.certificate.public_bytes(PEM)
    secret = deploy.client("secretsmanager", endpoint).create_secret(Name="seal", SecretString=chain.decode())["ARN"]
    cloudformation = deploy.client("cloudformation", endpoint)
    given = {"SealKeyArn": arn, "SealChainArn": secret}
    cloudformation.create_stack(
        StackName=STACK,
        TemplateBody=json.dumps(excerpt(endpoint)),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    (output,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["Outputs"]
    return output["OutputValue"]


def test_the_deployed_function_seals_a_page_with_the_role_it_has(stack, sealing_function, tmp_path):
    printed: list[bytes] = []

    def taken(pdf: bytes) -> bytes:
        printed.append(pdf)
        return pdf

    print_certificate(certificate_of(), SITE_URL, seal=taken)
    request = json.dumps({"pdf": base64.b64encode(printed[0]).decode()}).encode()
    answer = deploy.client("lambda", stack.up.cloud.endpoint).invoke(FunctionName=sealing_function, Payload=request)
    said = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, said
    (tmp_path / "sealed.pdf").write_bytes(base64.b64decode(said["pdf"]))
    pdfsig = [needs("pdfsig", "poppler-utils"), "-nocert", tmp_path / "sealed.pdf"]
    assert "Signature is Valid." in subprocess.run(pdfsig, capture_output=True, text=True, check=True).stdout
