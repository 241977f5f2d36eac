"""A request for the seal's certificate, signed in KMS, read by another library."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tools.seal_request import seal_request


@pytest.mark.parametrize("key_spec", ["ECC_NIST_P256", "RSA_2048"])
def test_the_request_names_the_body_and_is_signed_by_the_key(cloud, key_spec):
    kms = cloud.client("kms")
    arn = kms.create_key(KeySpec=key_spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    subject = {"country_name": "FR", "organization_name": "Organisme des Exemples", "common_name": "Cachet des Exemples"}
    request = x509.load_pem_x509_csr(seal_request(kms, arn, subject))
    assert request.is_signature_valid
    assert request.subject.rfc4514_string() == "CN=Cachet des Exemples,O=Organisme des Exemples,C=FR"
    der = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert request.public_key().public_bytes(*der) == kms.get_public_key(KeyId=arn)["PublicKey"]
