"""Signatures between DER and raw, against vectors of the standards, checked by an independent library."""

import base64
import json

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
    unbase64url,
)
from tests.certificates.fakes import SoftwareSigner

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
numbers = st.one_of(st.integers(1, ORDER - 1), st.integers(1, 1 << 16), st.sampled_from([1, 127, 128, 255, 256, ORDER - 1, 1 << 255]))

# RFC 7515, appendix A.3: key, signed text and signature
RFC7515_KEY = PublicKey(
    unbase64url("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"), unbase64url("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")
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
    raw = unbase64url(RFC7515_SIGNATURE)
    der = utils.encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    assert raw_from_der(der) == raw
    assert verifies(RFC7515_KEY, raw_from_der(der), RFC7515_SIGNED.encode())


def test_rfc8392_cose_signature_verifies_over_our_sig_structure():
    """RFC 8392 A.3: a COSE_Sign1 with ES256, and the key of A.2.3."""
    import cbor2

    from jalon.certificates.token import signed_bytes

    message = bytes.fromhex(
        "d28443a10126a104524173796d6d657472696345434453413235365850a701756"
        "36f61703a2f2f61732e6578616d706c652e636f6d02656572696b77037818636f"
        "61703a2f2f6c696768742e6578616d706c652e636f6d041a5612aeb0051a5610d"
        "9f0061a5610d9f007420b7158405427c1ff28d23fbad1f29c4c7c6a555e601d6f"
        "a29f9179bc3d7438bacaca5acd08c8d4d4f96131680c429a01f85951ecee743a5"
        "2b9b63632c57209120e1c9e30"
    )
    key = PublicKey(
        bytes.fromhex("143329cce7868e416927599cf65a34f3ce2ffda55a7eca69ed8919a394d42f0f"),
        bytes.fromhex("60f7f1a780d8a783bfb7a2dd6b2796e8128dbbcef9d3d168db9529971a36e7b9"),
    )
    protected, _, payload, signature = cbor2.loads(message).value
    assert verifies(key, signature, signed_bytes(protected, payload))


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
