"""PAdES B-B (ETSI EN 319 142-1) with a key that never leaves KMS, put on a page as an incremental update.

pyHanko also raises the file to PDF 2.0 for elliptic curves and dates the metadata anew. Neither is allowed here: PDF/A-3 is PDF 1.7
(ISO 19005-3 §5), and the page says when it was issued. Hence the two subclasses; pyHanko is pinned.
"""

import hashlib
import io
from datetime import UTC

from asn1crypto.x509 import Certificate
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko_certvalidator.registry import SimpleCertificateStore

from jalon.edge.aws import client
from jalon.edge.tables import translated
from jalon.kernel.clock import Clock

#: The empty field that the printed page keeps for the seal (``functions/certificates/sealing.py``).
FIELD = "seal"

#: What KMS calls the signature of each kind of key, and how many bytes it takes at most.
_MECHANISMS = {"ec": ("ECDSA_SHA_256", 72), "rsa": ("RSASSA_PKCS1_V1_5_SHA_256", 512)}
#: A certifying signature after which nothing may change (ISO 32000-1 §12.8.2.2).
_METADATA = signers.PdfSignatureMetadata(
    field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, certify=True, docmdp_permissions=MDPPerm.NO_CHANGES
)


class SealMisconfiguredError(RuntimeError):
    """The seal's certificate is not valid today, or is not that of the key: rather no seal than a wrong one."""


class KmsSeal:
    """Seals with the KMS key ``key_arn``, for which an authority issued ``chain`` (PEM, the key's own certificate first).

    Raises :class:`SealMisconfiguredError` when the first certificate is not that of the key.
    """

    def __init__(self, key_arn: str, chain: bytes, clock: Clock) -> None:
        leaf, *above = load_certs_from_pemder_data(chain)
        with translated():
            key = client("kms").get_public_key(KeyId=key_arn)["PublicKey"]
        if leaf.public_key.dump() != key:
            raise SealMisconfiguredError("The seal's first certificate is not that of its key.")
        self._leaf: Certificate = leaf
        self._clock = clock
        self._signer = _PdfSigner(_METADATA, _KmsSigner(key_arn, leaf, above))

    def seal(self, pdf: bytes) -> bytes:
        """``pdf``, byte for byte, and after it the update that holds the seal.

        Raises :class:`SealMisconfiguredError` when the certificate is not valid at present.
        """
        now = self._clock.now().astimezone(UTC)
        if not self._leaf.not_valid_before <= now < self._leaf.not_valid_after:
            raise SealMisconfiguredError("The seal's certificate is not valid today.")
        return bytes(self._signer.sign_pdf(_Update(io.BytesIO(pdf)), existing_fields_only=True).getbuffer())


class _KmsSigner(signers.Signer):
    """Asks KMS for each signature; KMS answers in DER, which is what CMS wants (RFC 5753 §7.2)."""

    def __init__(self, key_arn: str, leaf: Certificate, above: list[Certificate]) -> None:
        super().__init__(signing_cert=leaf, cert_registry=SimpleCertificateStore.from_certs(above))
        self._key_arn = key_arn
        self._mechanism, self._longest = _MECHANISMS[leaf.public_key.algorithm]

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if dry_run:
            return bytes(self._longest)
        digest = hashlib.new(digest_algorithm, data).digest()
        with translated():
            answer = client("kms").sign(KeyId=self._key_arn, Message=digest, MessageType="DIGEST", SigningAlgorithm=self._mechanism)
        return bytes(answer["Signature"])


class _PdfSigner(signers.PdfSigner):
    """Declares the extension of PAdES and no other."""

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:  # noqa: ARG002 - pyHanko's signature
        pdf_out.register_extension(ESIC_EXTENSION_1)


class _Update(IncrementalPdfFileWriter):
    """Leaves the metadata as they were printed."""

    def _update_meta(self) -> None:
        """Nothing changes."""
