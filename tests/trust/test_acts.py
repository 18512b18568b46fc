"""Acts: a role, an actor and a time, each checked against the officers file by the lane itself."""

from dataclasses import replace

import pytest

from station.core.facts import OfficerAct, Role
from station.trust.acts import sign_act, verify_act
from station.trust.chain import Trusted, make_root, state
from station.trust.keys import PrivateKey
from station.trust.officers import Officers, read_officers
from station.trust.refusal import Untrusted
from station.trust.signed import Signed, sign
from station.trust.statements import CentreKey, Officer, OfficersFile

NOW = 1_760_000_000_000
ROOT, CENTRE, LIST_KEY, AN, BINH = (PrivateKey.make() for _ in range(5))
TRUSTED = Trusted(
    make_root(ROOT, demo=True),
    [
        state(CentreKey(CENTRE.public.text, ("officers",), NOW + 10_000, 1), ROOT),
        state(CentreKey(LIST_KEY.public.text, ("list",), NOW + 10_000, 1), ROOT),
    ],
)
ACT = OfficerAct(
    act_id="act-1",
    lane="VN-HN/I1",
    action="release",
    crossing="crossing-1",
    seen_seq=12,
    digest="00" * 32,
    actor="officer-a",
    role="officer",
    reason="WEIGHT_CHECKED",
    text="",
    not_after_ms=NOW + 500,
)


def officer(actor: str, role: Role, key: PrivateKey, until: int = NOW + 1000) -> Officer:
    return Officer(actor, role, key.public.text, until)


def file_of(*officers: Officer, station: str = "VN-LS-01", number: int = 1, key: PrivateKey = CENTRE) -> bytes:
    return sign("officers", OfficersFile(station, number, officers), key).to_wire()


def officers() -> Officers:
    data = file_of(officer("officer-a", "officer", AN), officer("head-b", "head-of-unit", BINH))
    return read_officers(data, TRUSTED, "VN-LS-01", NOW)


def refusal(data: bytes, now: int = NOW) -> str:
    with pytest.raises(Untrusted) as caught:
        verify_act(data, officers(), now)
    return caught.value.reason


def test_an_act_of_an_officer_is_verified() -> None:
    signed = sign_act(ACT, AN)
    assert verify_act(signed.to_wire(), officers(), NOW) == (ACT, AN.key_id, signed.signature)


def test_every_wrong_act_has_its_own_refusal() -> None:
    good = sign_act(ACT, AN)
    changed = Signed(good.payload.replace("crossing-1", "crossing-2"), good.key, good.purpose, good.signature)
    assert refusal(b"open the barrier") == "not-json"
    assert refusal(good.payload.encode()) == "unsigned"
    assert refusal(sign("decision", ACT, AN).to_wire()) == "wrong-purpose"
    assert refusal(sign_act(ACT, PrivateKey.make()).to_wire()) == "unknown-key"
    assert refusal(changed.to_wire()) == "bad-signature"
    assert refusal(sign("act", {"act_id": "act-1"}, AN).to_wire()) == "malformed"
    assert refusal(sign_act(replace(ACT, role="head-of-unit"), AN).to_wire()) == "wrong-role"
    assert refusal(sign_act(ACT, BINH).to_wire()) == "wrong-actor"
    assert refusal(good.to_wire(), NOW + 501) == "stale"
    assert refusal(sign_act(replace(ACT, not_after_ms=NOW + 5000), AN).to_wire(), NOW + 1001) == "key-expired"


def test_a_centre_key_is_no_officer() -> None:
    assert refusal(sign_act(ACT, CENTRE).to_wire()) == "unknown-key"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (file_of(key=LIST_KEY), "out-of-scope"),
        (file_of(key=AN), "unknown-key"),
        (file_of(station="VN-CB-02"), "wrong-station"),
        (file_of(number=0), "outdated"),
        (file_of(officer("a", "officer", AN), officer("b", "officer", AN)), "malformed"),
        (sign("officers", {"is": "OfficersFile"}, CENTRE).to_wire(), "malformed"),
    ],
)
def test_an_officers_file_is_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(Untrusted) as caught:
        read_officers(data, TRUSTED, "VN-LS-01", NOW, newer_than=0)
    assert caught.value.reason == reason


def test_an_unknown_role_never_enters() -> None:
    body = {"is": "Officer", "actor": "x", "role": "admin", "key": AN.public.text, "not_after_ms": NOW}
    file = {"is": "OfficersFile", "station": "VN-LS-01", "number": 1, "officers": [body]}
    with pytest.raises(Untrusted, match="malformed"):
        read_officers(sign("officers", file, CENTRE).to_wire(), TRUSTED, "VN-LS-01", NOW)
