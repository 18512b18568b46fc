"""Signed things: what verifies, and a named refusal for everything else."""

import base64
import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract.plain import canonical
from station.trust.keys import PrivateKey, PublicKey
from station.trust.refusal import Untrusted
from station.trust.signed import Signed, sign, verify

KEY = PrivateKey.make()
KEYS = {KEY.key_id: KEY.public}
PAYLOAD = {"epoch": 1, "seq": 7, "note": "Cửa khẩu"}


def refusal(data: bytes) -> str:
    with pytest.raises(Untrusted) as caught:
        verify(Signed.from_wire(data), "receipt", KEYS)
    assert caught.value.next_step
    return caught.value.reason


def test_what_was_signed_verifies_and_gives_the_payload() -> None:
    wire = sign("receipt", PAYLOAD, KEY).to_wire()
    assert verify(Signed.from_wire(wire), "receipt", KEYS) == PAYLOAD


def test_the_wire_form_is_the_agreed_one() -> None:
    """Recomputed from the agreement alone, without the module under test."""
    secret = bytes(range(32))
    payload = '{"epoch":1,"seq":7}'
    raw = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    signature = Ed25519PrivateKey.from_private_bytes(secret).sign(b"border-gate/receipt/v1\n" + payload.encode())
    expected = {
        "payload": payload,
        "key": hashlib.sha256(raw).hexdigest()[:16],
        "purpose": "receipt",
        "signature": base64.b64encode(signature).decode(),
    }
    key = PrivateKey.from_raw(secret)
    assert json.loads(sign("receipt", {"seq": 7, "epoch": 1}, key).to_wire()) == expected
    Ed25519PublicKey.from_public_bytes(key.public.raw).verify(signature, b"border-gate/receipt/v1\n" + payload.encode())


def test_a_signature_for_one_purpose_is_worth_nothing_for_another() -> None:
    for_list = sign("list", PAYLOAD, KEY)
    assert refusal(for_list.to_wire()) == "wrong-purpose"
    relabelled = Signed(for_list.payload, for_list.key, "receipt", for_list.signature)
    assert refusal(relabelled.to_wire()) == "bad-signature"


def test_a_stranger_s_key_is_named() -> None:
    assert refusal(sign("receipt", PAYLOAD, PrivateKey.make()).to_wire()) == "unknown-key"


def test_a_stranger_under_a_known_key_id_is_refused() -> None:
    forged = sign("receipt", PAYLOAD, PrivateKey.make())
    assert refusal(Signed(forged.payload, KEY.key_id, "receipt", forged.signature).to_wire()) == "bad-signature"


def test_a_signed_payload_in_another_form_is_malformed() -> None:
    for text in ('{"seq": 7}', '{"seq":7,"seq":8}', '{"seq":1.5}', "not json", '"\\u0041"'):
        message = b"border-gate/receipt/v1\n" + text.encode()
        signature = base64.b64encode(KEY.sign(message)).decode()
        assert refusal(Signed(text, KEY.key_id, "receipt", signature).to_wire()) == "malformed", text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not-json"),
        (b"\xff\xfe", "not-json"),
        (b"[" * 100_000, "not-json"),
        (b'{"payload":"{}","payload":"{}","key":"k","purpose":"receipt","signature":"AA=="}', "not-json"),
        (b"9" * 10_000, "not-json"),
        (b'{"seq":1.5}', "not-json"),
        (b"null", "unsigned"),
        (canonical(PAYLOAD), "unsigned"),
        (b'{"payload":"{}","key":"k","purpose":"receipt"}', "unsigned"),
        (b'{"payload":"{}","key":"k","purpose":"receipt","signature":""}', "unsigned"),
        (b'{"payload":7,"key":"k","purpose":"receipt","signature":"AA=="}', "unsigned"),
        (b'{"payload":"{}","key":"k","purpose":"open-barrier","signature":"AA=="}', "wrong-purpose"),
    ],
)
def test_bytes_that_are_no_signed_thing(data: bytes, reason: str) -> None:
    assert refusal(data) == reason


def test_a_signature_has_one_text() -> None:
    good = sign("receipt", PAYLOAD, KEY)
    last = good.signature[-3]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    twin = good.signature[:-3] + alphabet[alphabet.index(last) ^ 1] + "=="
    assert base64.b64decode(twin) == base64.b64decode(good.signature)
    assert refusal(Signed(good.payload, good.key, good.purpose, twin).to_wire()) == "bad-signature"


def test_text_that_has_no_utf_8_form_is_refused() -> None:
    body = {"payload": "\ud800", "key": KEY.key_id, "purpose": "receipt", "signature": "AA=="}
    assert refusal(json.dumps(body).encode()) == "not-json"


@settings(max_examples=150)
@given(st.data())
def test_no_single_change_of_the_wire_form_verifies(data: st.DataObject) -> None:
    wire = bytearray(sign("receipt", PAYLOAD, KEY).to_wire())
    at = data.draw(st.integers(0, len(wire) - 1))
    wire[at] ^= 1 << data.draw(st.integers(0, 7))
    refusal(bytes(wire))


@settings(max_examples=150)
@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_untrusted(data: bytes) -> None:
    refusal(data)


def test_a_public_key_has_one_text() -> None:
    assert PublicKey.from_text(KEY.public.text) == KEY.public
    for wrong in ("", "zz", KEY.public.text.upper(), " " + KEY.public.text, KEY.public.text[:-2]):
        with pytest.raises(Untrusted):
            PublicKey.from_text(wrong)
