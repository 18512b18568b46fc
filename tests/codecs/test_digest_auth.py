"""Digest and Basic: the RFCs' own examples, and every way a proof can be wrong."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.credentials import Credentials
from drivers.camera.digest_auth import Gate, authorization, best_challenge
from drivers.camera.http_peer import Account, digest_answer
from drivers.contract.quantities import Tick

MUFASA = Credentials("Mufasa", "Circle of Life")
WHO = Credentials("gate", "synthetic-7")
ACCOUNT = Account("gate", "synthetic-7")
RFC_7616 = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", '
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
"""RFC 7616 section 3.9.1: the server's two challenges, as one header."""
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


@pytest.mark.parametrize(
    ("header", "response"),
    [
        (RFC_7616, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        (RFC_7616[RFC_7616.rindex("Digest") :], "8ca523f5e9506fed4657c9700eebdbec"),
    ],
)
def test_the_example_of_rfc_7616_3_9_1(header: str, response: str) -> None:
    challenge = best_challenge(header, "digest")
    assert challenge is not None
    proof = authorization(challenge, MUFASA, "GET", "/dir/index.html", 1, CNONCE)
    assert f'response="{response}"' in proof
    assert "nc=00000001" in proof
    assert 'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"' in proof


def test_the_example_of_rfc_2617_3_5() -> None:
    challenge = best_challenge(
        'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
        'opaque="5ccc069c403ebaf9f0171e9517f40e41"',
        "digest",
    )
    assert challenge is not None
    who = Credentials("Mufasa", "Circle Of Life")
    proof = authorization(challenge, who, "GET", "/dir/index.html", 1, "0a4f113b")
    assert 'response="6629fae49393a05397450978507c4ef1"' in proof
    assert "algorithm" not in proof


def test_the_example_of_rfc_7617_2() -> None:
    challenge = best_challenge('Basic realm="WallyWorld"', "basic")
    assert challenge is not None
    proof = authorization(challenge, Credentials("Aladdin", "open sesame"), "GET", "/")
    assert proof == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="


def test_the_password_is_never_shown_to_who_asks_for_less() -> None:
    both = f'Basic realm="camera", {RFC_7616}'
    assert best_challenge('Basic realm="camera"', "digest") is None
    assert (found := best_challenge(both, "digest")) is not None
    assert found.scheme == "digest"
    assert best_challenge('Digest realm="r", nonce="n", algorithm=SHA-512-256', "digest") is None
    assert best_challenge("", "digest") is None
    assert "synthetic-7" not in repr(WHO)


def asked(gate: Gate, now: int) -> tuple[str, ...]:
    return gate.challenges(Tick(now))


@pytest.mark.parametrize("which", [0, 1])
def test_the_gate_opens_to_both_of_our_clients(which: int) -> None:
    gate = Gate(WHO, "digest")
    header = asked(gate, 1000)[which]
    peer = digest_answer(header, ACCOUNT, "POST", "/push?x=1")
    challenge = best_challenge(header, "digest")
    assert challenge is not None
    own = authorization(challenge, WHO, "POST", "/push?x=1")
    for proof in (peer, own):
        assert gate.judge(proof, "POST", "/push?x=1", Tick(2000)) == "pass"


def test_a_client_without_qop_is_let_in_as_rfc_2069_says() -> None:
    gate = Gate(WHO, "digest")
    challenge = best_challenge(asked(gate, 0)[1].replace('qop="auth", ', "").replace(', qop="auth"', ""), "digest")
    assert challenge is not None
    assert not challenge.has_qop
    assert gate.judge(authorization(challenge, WHO, "POST", "/p"), "POST", "/p", Tick(1)) == "pass"


def test_every_wrong_proof_is_refused() -> None:
    gate, other = Gate(WHO, "digest"), Gate(WHO, "digest")
    header = asked(gate, 1000)[0]
    right = digest_answer(header, ACCOUNT, "POST", "/p")
    assert gate.judge(right, "POST", "/p", Tick(1000)) == "pass"
    assert gate.judge(right, "POST", "/other", Tick(1000)) == "refused"
    assert gate.judge(right, "GET", "/p", Tick(1000)) == "refused"
    assert gate.judge(digest_answer(header, Account("gate", "wrong"), "POST", "/p"), "POST", "/p", Tick(1)) == "refused"
    assert (
        gate.judge(digest_answer(header, Account("x", "synthetic-7"), "POST", "/p"), "POST", "/p", Tick(1)) == "refused"
    )
    assert gate.judge("", "POST", "/p", Tick(1000)) == "refused"
    assert gate.judge("Basic Z2F0ZTpzeW50aGV0aWMtNw==", "POST", "/p", Tick(1000)) == "refused"
    assert gate.judge(right, "POST", "/p", Tick(1000 + 300_001)) == "stale"
    assert other.judge(right, "POST", "/p", Tick(1000)) == "stale"  # right, but the nonce is none of its own
    assert "stale=true" in gate.challenges(Tick(0), is_stale=True)[0]


def test_the_gate_for_basic() -> None:
    gate = Gate(WHO, "basic")
    assert gate.judge("Basic Z2F0ZTpzeW50aGV0aWMtNw==", "POST", "/p", Tick(0)) == "pass"
    assert gate.judge("Basic Z2F0ZTp3cm9uZw==", "POST", "/p", Tick(0)) == "refused"
    assert gate.judge("Basic !", "POST", "/p", Tick(0)) == "refused"


@given(header=st.text(max_size=120), noise=st.text(max_size=40), at=st.integers(0, 200))
def test_nothing_raises(header: str, noise: str, at: int) -> None:
    best_challenge(header, "digest")
    best_challenge(RFC_7616[:at] + noise + RFC_7616[at:], "basic")
    for gate in (Gate(WHO, "digest"), Gate(WHO, "basic")):
        right = digest_answer(Gate(WHO, "digest").challenges(Tick(0))[0], ACCOUNT, "POST", "/p")
        assert gate.judge(header, "POST", "/p", Tick(0)) != "pass"
        gate.judge(right[:at] + noise + right[at:], "POST", "/p", Tick(0))
        gate.judge(f"Digest {noise}", "POST", "/p", Tick(0))


@pytest.mark.parametrize("flood", ["a" * 16_000, "a=" * 8_000, 'a="\\' * 4_000, "a" + " " * 16_000])
def test_a_long_header_holds_nobody_up(flood: str) -> None:
    """A worker that is busy for 2 s counts as hung and is killed; any allowed address may send such a header."""
    gate, began = Gate(WHO, "digest"), time.process_time()
    assert gate.judge(f"Digest {flood}", "POST", "/hikvision", Tick(1)) == "refused"
    assert best_challenge(f"Digest {flood}", "digest") is None
    assert time.process_time() - began < 1
