"""Acts of officers: signed at the console with the officer's own key, verified by the lane itself."""

from station.core.facts import OfficerAct
from station.trust.keys import PrivateKey
from station.trust.officers import Officers
from station.trust.refusal import Untrusted
from station.trust.signed import Signed, read_payload, sign, verify


def sign_act(act: OfficerAct, key: PrivateKey) -> Signed:
    """The act as the console hands it to the lane."""
    return sign("act", act, key)


def verify_act(data: bytes, officers: Officers, now_utc_ms: int) -> tuple[OfficerAct, str, str]:
    """(act, key id, signature as base64) of an act in wire form. Raises Untrusted saying why it is none.

    Whether the act still fits what the lane has seen since, and the second person, are the core's to judge.
    """
    signed = Signed.from_wire(data)
    keys = {key_id: key for key_id, (key, _) in officers.by_key.items()}
    act = read_payload(OfficerAct, verify(signed, "act", keys))
    officer = officers.by_key[signed.key][1]
    if now_utc_ms > officer.not_after_ms:
        raise Untrusted("key-expired", f"key {signed.key} of {officer.actor}")
    if act.actor != officer.actor:
        raise Untrusted("wrong-actor", f"the act names {act.actor[:40]!r}, key {signed.key} is {officer.actor!r}'s")
    if act.role != officer.role:
        raise Untrusted("wrong-role", f"{act.actor} acted as {act.role}, the officers file says {officer.role}")
    if now_utc_ms > act.not_after_ms:
        raise Untrusted("stale", f"act {act.act_id[:40]!r} ended at {act.not_after_ms} ms UTC, now {now_utc_ms}")
    return act, signed.key, signed.signature
