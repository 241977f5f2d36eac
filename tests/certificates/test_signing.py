"""Signatures between DER and raw, against vectors of the standards, checked by an independent library."""

import base64
import json

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey

from jalon.certificates.signing import (
    MalformedKeyMaterialError,
    PublicKey,
    compact_jws,
    public_key_from_der,
    raw_from_der,
)
from jalon.certificates.token import sign_token, signed_bytes
from jalon.kernel.base64url import from_base64url
from tests.certificates.fakes import SoftwareSigner

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
numbers = st.one_of(st.integers(1, ORDER - 1), st.integers(1, 1 << 16), st.sampled_from([1, 127, 128, 255, 256, ORDER - 1, 1 << 255]))

# RFC 7515, appendix A.3: key, signed text and signature
RFC7515_KEY = PublicKey(
    from_base64url("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"), from_base64url("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")
)
RFC7515_SIGNED = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
RFC7515_SIGNATURE = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"


def verifies(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """Check with ``cryptography``, which shares nothing with our conversions."""
    public = ec.EllipticCurvePublicNumbers(int.from_bytes(key.x), int.from_bytes(key.y), ec.SECP256R1()).public_key()
    der = utils.encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    public.verify(der, message, ec.ECDSA(hashes.SHA256()))
    return True


@given(numbers, numbers)
def test_raw_is_the_two_numbers_side_by_side(r, s):
    assert raw_from_der(utils.encode_dss_signature(r, s)) == r.to_bytes(32) + s.to_bytes(32)


def test_rfc7515_signature_survives_the_way_through_der():
    raw = from_base64url(RFC7515_SIGNATURE)
    der = utils.encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    assert raw_from_der(der) == raw
    assert verifies(RFC7515_KEY, raw_from_der(der), RFC7515_SIGNED.encode())


#: COSE_Sign1 messages with ES256 of the standards, and their keys: message, x, y. Open Badges 3.0 adds none: its examples are RS256.
COSE_VECTORS = {
    # RFC 9052 (and before it RFC 8152), appendix C.2.1; the key "11" is in C.7.1
    "RFC 9052 C.2.1": (
        (
            "d28443a10126a10442313154546869732069732074686520636f6e74656e742e58408eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91"
            "aef0b0117e2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36"
        ),
        "bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff",
        "20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e",
    ),
    # the COSE working group's ecdsa-sig-01: the same key, with a content type in the protected header
    "cose-wg ecdsa-sig-01": (
        (
            "d28445a201260300a10442313154546869732069732074686520636f6e74656e742e5840eae868ecc176883766c5dc5ba5b8dca25dab3c2e56a551ce57"
            "05b793914348e172727f48461fabbba2e343492ddecac3983686250bc68e9f1a7a07d41225b59f"
        ),
        "bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff",
        "20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e",
    ),
    # RFC 8392 A.3, and the key of A.2.3
    "RFC 8392 A.3": (
        (
            "d28443a10126a104524173796d6d657472696345434453413235365850a70175636f61703a2f2f61732e6578616d706c652e636f6d02656572696b7703"
            "7818636f61703a2f2f6c696768742e6578616d706c652e636f6d041a5612aeb0051a5610d9f0061a5610d9f007420b7158405427c1ff28d23fbad1f29c"
            "4c7c6a555e601d6fa29f9179bc3d7438bacaca5acd08c8d4d4f96131680c429a01f85951ecee743a52b9b63632c57209120e1c9e30"
        ),
        "143329cce7868e416927599cf65a34f3ce2ffda55a7eca69ed8919a394d42f0f",
        "60f7f1a780d8a783bfb7a2dd6b2796e8128dbbcef9d3d168db9529971a36e7b9",
    ),
}


@pytest.mark.parametrize("standard", COSE_VECTORS)
def test_a_standards_cose_signature_survives_the_way_through_der_and_verifies_over_our_sig_structure(standard):
    message, x, y = (bytes.fromhex(part) for part in COSE_VECTORS[standard])
    protected, _, payload, signature = cbor2.loads(message).value
    der = utils.encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    assert raw_from_der(der) == signature
    assert verifies(PublicKey(x, y), raw_from_der(der), signed_bytes(protected, payload))


def test_another_cose_library_verifies_our_token():
    from pycose.algorithms import Es256
    from pycose.headers import KID, Algorithm
    from pycose.keys import EC2Key
    from pycose.messages import Sign1Message

    from tests.certificates.test_token import FACTS

    signer = SoftwareSigner()
    _, _, payload, signature = cbor2.loads(sign_token(signer, FACTS)).value
    key = signer.public_key()
    # The library writes the header and what is signed by itself; only reading our bytes is left to cbor2, whose version 6 it does not know.
    message = Sign1Message(phdr={Algorithm: Es256, KID: bytes.fromhex(key.key_id)}, uhdr={}, payload=payload)
    message.key = EC2Key(crv="P_256", x=key.x, y=key.y)
    message.signature = signature
    assert message.verify_signature()
    message.payload = payload[:-1] + bytes([payload[-1] ^ 1])
    assert not message.verify_signature()


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        bytes.fromhex("3006020101020101ff"),  # a byte too many
        bytes.fromhex("300702010102020001"),  # padded integer
        bytes.fromhex("3006020181020101"),  # negative
        bytes.fromhex("3106020101020101"),  # not a sequence
        bytes.fromhex("3006020101030101"),  # not an integer
        bytes.fromhex("30250221017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff") + b"\x02\x00",
        bytes.fromhex("300602010102017f")[:-1],
    ],
)
def test_a_malformed_signature_is_refused(spoilt):
    with pytest.raises(MalformedKeyMaterialError):
        raw_from_der(spoilt)


def test_a_key_on_another_curve_is_refused():
    other = ec.generate_private_key(ec.SECP384R1()).public_key()
    with pytest.raises(MalformedKeyMaterialError):
        public_key_from_der(other.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))


def test_thumbprint_is_that_of_rfc7638_as_another_library_computes_it():
    key = SoftwareSigner().public_key()
    other = ECKey.import_key(key.jwk()).thumbprint()
    assert base64.urlsafe_b64encode(key.thumbprint).decode().rstrip("=") == other
    assert key.key_id == key.thumbprint[:4].hex()


def test_a_compact_jws_is_read_by_another_library():
    signer = SoftwareSigner()
    token = compact_jws(signer, json.dumps({"answer": 42}).encode(), "vc+jwt")
    read = jws.deserialize_compact(token, ECKey.import_key(signer.public_key().jwk()), algorithms=["ES256"])
    assert json.loads(read.payload) == {"answer": 42}
    assert read.headers() == {"alg": "ES256", "kid": signer.public_key().key_id, "typ": "vc+jwt"}


def test_pyjwt_reads_a_compact_jws_too():
    import jwt

    signer = SoftwareSigner()
    token = compact_jws(signer, json.dumps({"answer": 42}).encode(), "vc+jwt")
    assert jwt.decode(token, jwt.PyJWK(signer.public_key().jwk()), algorithms=["ES256"]) == {"answer": 42}
