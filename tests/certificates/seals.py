"""What a deployment with a seal has: a key in KMS, the certificates an authority issued for it in a secret, and the function."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.x509.oid import NameOID

from functions.certificates.sealing import Seal, seal_from
from functions.seal_certificate import pades, wiring
from functions.seal_certificate.app import handler
from jalon.edge.settings import Settings
from jalon.kernel.clock import SystemClock
from jalon.kernel.errors import JalonError

PEM = serialization.Encoding.PEM


def _name(common: str) -> x509.Name:
    parts = ((NameOID.COUNTRY_NAME, "FR"), (NameOID.ORGANIZATION_NAME, "Organisme des Exemples"), (NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


class Authority:
    """A certification authority of the tests' own."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self.issue("Autorité des Exemples", self._key.public_key(), authority=True)

    def issue(
        self, common: str, key: PublicKeyTypes, *, authority: bool = False, since: datetime | None = None, days: int = 365
    ) -> x509.Certificate:
        """A certificate for ``key``: for signatures and seals, or to issue others."""
        since = since or datetime.now(UTC) - timedelta(hours=1)
        usage = x509.KeyUsage(
            digital_signature=not authority,
            content_commitment=not authority,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=authority,
            crl_sign=authority,
            encipher_only=False,
            decipher_only=False,
        )
        return (
            x509.CertificateBuilder()
            .subject_name(_name(common))
            .issuer_name(_name("Autorité des Exemples"))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(since + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )


class InvokedHere:
    """Lambda's ``invoke`` of ``seal_certificate``, whose handler runs in this process: JSON in, JSON or a function error out."""

    def invoke(self, **request) -> dict:
        assert request["FunctionName"] == "seal"
        try:
            answer = handler(json.loads(request["Payload"]), None)
        except (RuntimeError, JalonError) as error:
            said = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(said).encode())}
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(answer).encode())}


@dataclass(frozen=True, slots=True)
class Sealing:
    """A deployment's seal, and whom a verifier must trust."""

    seal: Seal
    authority: Authority


def sealing(cloud, monkeypatch, key_spec: str = "ECC_NIST_P256", key=None, **validity) -> Sealing:
    """What the parameters ``SealKeyArn`` and ``SealChainArn`` bring about; ``key`` puts the certificate of another key in the secret."""
    kms, authority = cloud.client("kms"), Authority()
    arn = kms.create_key(KeySpec=key_spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    key = key or serialization.load_der_public_key(kms.get_public_key(KeyId=arn)["PublicKey"])
    chain = [authority.issue("Cachet des Exemples", key, **validity), authority.certificate]
    text = b"".join(certificate.public_bytes(PEM) for certificate in chain).decode()
    secret = cloud.client("secretsmanager").create_secret(Name=f"seal-{arn[-12:]}", SecretString=text)
    for name, value in {"SEAL_KEY_ID": arn, "SECRET_SEAL_CHAIN": secret["ARN"], "SEAL_FUNCTION": "seal"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("functions.certificates.sealing.client", {"lambda": InvokedHere()}.__getitem__)
    wiring.seal.cache_clear()
    seal = seal_from(Settings.from_environment())
    assert seal is not None
    return Sealing(seal, authority)


class SoftwareKms:
    """The two calls of KMS that a seal takes, with a key in memory: for samples, which no emulator is started for."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    def get_public_key(self, **_: str) -> dict:
        return {
            "PublicKey": self._key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        }

    def sign(self, **request) -> dict:
        return {"Signature": self._key.sign(request["Message"], ec.ECDSA(utils.Prehashed(hashes.SHA256())))}


def software_seal() -> Seal:
    """A seal of the tests' own authority, made in this process."""
    authority, key = Authority(), ec.generate_private_key(ec.SECP256R1())
    chain = authority.issue("Cachet des Exemples", key.public_key()).public_bytes(PEM) + authority.certificate.public_bytes(PEM)
    with patch.object(pades, "client", lambda _: SoftwareKms(key)):
        made = pades.KmsSeal("in memory", chain, SystemClock())

    def seal(pdf: bytes) -> bytes:
        # pyHanko starts an event loop, and a browser test has one running in its thread.
        with patch.object(pades, "client", lambda _: SoftwareKms(key)), ThreadPoolExecutor(1) as thread:
            return thread.submit(made.seal, pdf).result()

    return seal
