"""Asks for the seal's certificate: a request (PKCS #10) signed by a key in KMS, to send to a certification authority.

python -m tools.seal_request --key arn:aws:kms:… --organisation "…" --name "…" > seal.csr
"""

import argparse
import hashlib
import sys
from typing import Any

from asn1crypto import csr, keys, pem, x509

#: By kind of key: what X.509 calls the signature, and what KMS does.
_ALGORITHMS = {"ec": ("sha256_ecdsa", "ECDSA_SHA_256"), "rsa": ("sha256_rsa", "RSASSA_PKCS1_V1_5_SHA_256")}


def seal_request(kms: Any, key_arn: str, subject: dict[str, str]) -> bytes:
    """The request in PEM (RFC 2986). ``subject`` by asn1crypto's names: ``country_name``, ``organization_name``, ``common_name``."""
    key = keys.PublicKeyInfo.load(kms.get_public_key(KeyId=key_arn)["PublicKey"])
    certificate_says, kms_says = _ALGORITHMS[key.algorithm]
    wanted = csr.CertificationRequestInfo(
        {"version": "v1", "subject": x509.Name.build(subject), "subject_pk_info": key, "attributes": csr.CRIAttributes([])}
    )
    digest = hashlib.sha256(wanted.dump()).digest()
    signature = kms.sign(KeyId=key_arn, Message=digest, MessageType="DIGEST", SigningAlgorithm=kms_says)["Signature"]
    request = csr.CertificationRequest(
        {"certification_request_info": wanted, "signature_algorithm": {"algorithm": certificate_says}, "signature": signature}
    )
    return bytes(pem.armor("CERTIFICATE REQUEST", request.dump()))


def main() -> int:
    """Print the request for the key given."""
    import boto3

    parser = argparse.ArgumentParser(description="Ask a certification authority for the seal's certificate.")
    parser.add_argument("--key", required=True, help="the KMS key's ARN")
    parser.add_argument("--country", default="FR")
    parser.add_argument("--organisation", required=True, help="the certifying body's legal name")
    parser.add_argument("--name", required=True, help="what the seal is called, such as the service's name")
    given = parser.parse_args()
    subject = {"country_name": given.country, "organization_name": given.organisation, "common_name": given.name}
    sys.stdout.buffer.write(seal_request(boto3.client("kms"), given.key, subject))
    return 0


if __name__ == "__main__":
    sys.exit(main())
