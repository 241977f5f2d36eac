"""The electronic seal: made with a key in KMS, checked by two programs that share nothing, pyHanko's validator and Poppler with NSS."""

import io
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from functions.certificates.printing.document import print_certificate
from functions.certificates.sealing import FIELD, SealUnavailableError, seal_from
from functions.seal_certificate import pades
from jalon.edge.settings import Settings
from tests.certificates.fakes import SITE_URL
from tests.certificates.samples import certificate_of
from tests.certificates.seals import sealing
from tests.certificates.test_printing import needs
from tests.cloud import template


@pytest.fixture
def certificate():
    return certificate_of(first_name="Éloïse-Marie", last_name="Œuvrard d’Exemple")


@pytest.fixture
def seal_with(cloud, monkeypatch):
    """Gives a deployment a seal."""
    return partial(sealing, cloud, monkeypatch)


def validated(pdf: bytes, authority):
    """pyHanko's verdict on the one signature."""
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    root = Certificate.load(authority.certificate.public_bytes(serialization.Encoding.DER))
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return signature, validate_pdf_signature(signature, ValidationContext(trust_roots=[root], allow_fetching=False))


@pytest.mark.parametrize("key_spec", ["ECC_NIST_P256", "RSA_2048"])
def test_a_seal_is_a_pades_signature_of_the_whole_file_after_which_nothing_may_change(seal_with, certificate, key_spec):
    made = seal_with(key_spec=key_spec)
    signature, status = validated(print_certificate(certificate, SITE_URL, seal=made.seal), made.authority)
    assert status.bottom_line, status.pretty_print_details()
    assert status.coverage.name == "ENTIRE_FILE"
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.docmdp_level.name == "NO_CHANGES"
    attributes = {attribute["type"].native for attribute in signature.signed_data["signer_infos"][0]["signed_attrs"]}
    # EN 319 142-1 §6.3: these, and no signing time, which stands in the dictionary's /M
    assert {"content_type", "message_digest", "signing_certificate_v2"} <= attributes
    assert "signing_time" not in attributes
    assert "/M" in signature.sig_object


def test_poppler_finds_the_seal_valid(seal_with, certificate, tmp_path):
    made = seal_with()
    (tmp_path / "sealed.pdf").write_bytes(print_certificate(certificate, SITE_URL, seal=made.seal))
    database = tmp_path / "trust"
    database.mkdir()
    (tmp_path / "ca.pem").write_bytes(made.authority.certificate.public_bytes(serialization.Encoding.PEM))
    certutil = shutil.which("certutil")
    if certutil:
        subprocess.run([certutil, "-N", "-d", database, "--empty-password"], check=True)
        subprocess.run([certutil, "-A", "-d", database, "-n", "ca", "-t", "CT,C,C", "-i", tmp_path / "ca.pem"], check=True)
    options = ["-nssdir", database] if certutil else ["-nocert"]
    pdfsig = [needs("pdfsig", "poppler-utils"), *options, tmp_path / "sealed.pdf"]
    said = subprocess.run(pdfsig, capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "CN=Cachet des Exemples" in said
    assert not certutil or "Certificate is Trusted." in said


def test_what_was_printed_stays_byte_for_byte_and_is_the_same_each_time(seal_with, certificate):
    printed = []
    seal = seal_with().seal

    def noting(pdf: bytes) -> bytes:
        printed.append(pdf)
        return seal(pdf)

    sealed = [print_certificate(certificate, SITE_URL, seal=noting) for _ in range(2)]
    assert printed[0] == printed[1]
    assert all(pdf.startswith(printed[0]) for pdf in sealed)


@pytest.mark.parametrize("marker", [b"jalon.example/v#", b"<pdfaid:conformance>A", b"/Type /SigRef", b"%%EOF"])
def test_a_change_of_one_byte_breaks_the_seal(seal_with, certificate, marker, tmp_path):
    seal = seal_with().seal
    pdf = bytearray(print_certificate(certificate, SITE_URL, seal=seal))
    pdf[pdf.index(marker) + len(marker) - 1] ^= 1
    (tmp_path / "changed.pdf").write_bytes(pdf)
    pdfsig = [needs("pdfsig", "poppler-utils"), "-nocert", tmp_path / "changed.pdf"]
    assert "Signature is Valid." not in subprocess.run(pdfsig, capture_output=True, text=True, check=False).stdout


def test_a_certificate_that_has_expired_seals_nothing(seal_with, certificate):
    seal = seal_with(since=datetime.now(UTC) - timedelta(days=400), days=365).seal
    with pytest.raises(SealUnavailableError) as refused:
        print_certificate(certificate, SITE_URL, seal=seal)
    assert refused.value.facts["reason"] == "SealMisconfiguredError"


def test_a_certificate_of_another_key_seals_nothing(seal_with, certificate):
    seal = seal_with(key=ec.generate_private_key(ec.SECP256R1()).public_key()).seal
    with pytest.raises(SealUnavailableError) as refused:
        print_certificate(certificate, SITE_URL, seal=seal)
    assert refused.value.facts["reason"] == "SealMisconfiguredError"


def test_a_deployment_without_a_seal_has_none_and_both_sides_name_the_same_field():
    assert seal_from(Settings({})) is None
    assert pades.FIELD == FIELD


def test_without_the_parameters_nothing_of_the_seal_is_deployed_and_with_them_one_function_uses_the_key():
    resources = template()["Resources"]
    of_the_seal = {name for name in resources if name.startswith("Seal")}
    assert of_the_seal == {"SealCertificateFunction", "SealCertificateLogs", "SealPolicy", "SealUnavailableAlarm"}
    assert {resources[name]["Condition"] for name in of_the_seal} == {"HasSeal"}
    assert {name for name in resources if "SealKeyArn" in str(resources[name])} == {"SealCertificateFunction"}
    having = {
        f"{name}Role" for name in resources if "SEAL_FUNCTION" in resources[name]["Properties"].get("Environment", {}).get("Variables", {})
    }
    assert {role["Ref"] for role in resources["SealPolicy"]["Properties"]["Roles"]} == having


def test_an_unsealed_page_has_no_form(certificate):
    from pypdf import PdfReader

    assert "/AcroForm" not in PdfReader(io.BytesIO(print_certificate(certificate, SITE_URL))).trailer["/Root"]


def test_printing_without_a_seal_never_loads_pyhanko():
    code = (
        "import sys\n"
        "from functions.certificates import app, archive_app\n"
        "from functions.certificates.printing import document\n"
        "print([name for name in sys.modules if name.split('.')[0] in {'pyhanko', 'asn1crypto', 'aiohttp'}])"
    )
    environment = {"PYTHONPATH": ".:layers/engine:layers/jalon", "POWERTOOLS_METRICS_NAMESPACE": "Jalon"}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
