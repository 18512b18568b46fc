"""Whether the officers' acts are signed by the keys of the officers' file, and that file by whom it should be."""

import hashlib
from collections.abc import Mapping

from drivers.contract.plain import NotPlain, canonical
from station.evidence.check_rows import Rows, facts_by_number, own_records
from station.evidence.manifest import OFFICERS, ROOT, STATEMENTS, Manifest, RecordLine, body_of
from station.evidence.report import Item
from station.trust.chain import Trusted
from station.trust.keys import PublicKey
from station.trust.refusal import Untrusted
from station.trust.signed import Signed, read_payload, verify
from station.trust.statements import Officer, OfficersFile

Keys = dict[str, tuple[PublicKey, Officer]]

_NO_LONGER = frozenset({"key-revoked", "key-expired", "unknown-key", "out-of-scope"})
"""Why a file that once was in force is not believed today: that makes no act false."""
_SAME = ("act_id", "action", "crossing", "actor", "role", "reason", "text")


def check_acts(manifest: Manifest, trust: Mapping[str, bytes], root: Trusted | None) -> list[Item]:
    """The officers' file, if there are acts, and one item for each act. `root` is the one whom the reader believes."""
    records = [row for run in manifest.records for row in run.rows]
    acts = [row for row in records if row.type == "act.recorded"]
    if not acts:
        return []
    own = own_records(manifest)
    officers, keys = _officers(trust, root, own[0].utc_ms if own else 0, _in_force(records, acts[-1].seq))
    facts = facts_by_number(manifest)
    return [officers, *(_check(row, facts, keys) for row in acts)]


def _in_force(records: list[RecordLine], before: int) -> str:
    """The hash of the officers' file that the lane believed, as it recorded it; "" if that lies elsewhere."""
    applied = [row for row in records if row.type == "trust.applied" and row.seq < before]
    return str(body_of(applied[-1]).get("officers_sha256", "")) if applied else ""


def _officers(trust: Mapping[str, bytes], root: Trusted | None, utc_ms: int, in_force: str) -> tuple[Item, Keys]:
    if not {ROOT, STATEMENTS, OFFICERS} <= set(trust):
        return Item("officers", "-", "not-checked", "no-trust-files"), {}
    try:
        statements = [Signed.from_wire(line) for line in trust[STATEMENTS].splitlines() if line.strip()]
        trusted = Trusted(Signed.from_wire(trust[ROOT]), statements)
        signed = Signed.from_wire(trust[OFFICERS])
        file = read_payload(OfficersFile, trusted.verify(signed, "officers", utc_ms))
        keys = {key.key_id: (key, one) for one in file.officers for key in (PublicKey.from_text(one.key),)}
    except Untrusted as error:
        return Item(
            "officers", "-", "not-checked" if error.reason in _NO_LONGER else "fails", error.reason, error.seen
        ), {}
    thing = f"{file.station} {file.number}"
    if root is not None and root.root_key != trusted.root_key:
        return Item("officers", thing, "fails", "other-root", trusted.root_key.fingerprint), {}
    if in_force and in_force != hashlib.sha256(signed.payload.encode()).hexdigest():
        return Item("officers", thing, "not-checked", "officers-changed-since"), keys
    if root is None:
        return Item("officers", thing, "not-checked", "root-not-given", trusted.root_key.fingerprint), keys
    return Item("officers", thing, "holds", "", "demo" if trusted.is_demo else ""), keys


def _check(row: RecordLine, facts: Rows, keys: Keys) -> Item:
    said = body_of(row)
    thing = str(said.get("act_id", ""))
    fact = facts.get(row.facts_to)
    if fact is None:
        return Item("act", thing, "not-checked", "facts-elsewhere", f"fact {row.facts_to}")
    received = body_of(fact)
    act = received.get("act")
    if not isinstance(act, dict) or received.get("is") != "ActReceived":
        return Item("act", thing, "fails", "no-act", f"fact {row.facts_to}")
    same = [(said.get(name), act.get(name)) for name in _SAME]
    same += [(said.get(name), received.get(name)) for name in ("key_id", "signature")]
    if any(one != other for one, other in same):
        return Item("act", thing, "fails", "differs-from-rows", f"fact {row.facts_to}")
    key_id = str(said.get("key_id"))
    if key_id not in keys:
        return Item("act", thing, "not-checked", "officer-unknown", f"key {key_id}")
    key, officer = keys[key_id]
    if (act.get("actor"), act.get("role")) != (officer.actor, officer.role):
        return Item("act", thing, "fails", "wrong-actor", f"key {key_id} is {officer.actor}'s, {officer.role}")
    try:
        verify(Signed(canonical(act).decode(), key_id, "act", str(said.get("signature"))), "act", {key_id: key})
    except (Untrusted, NotPlain) as error:
        code = error.reason if isinstance(error, Untrusted) else "malformed"
        return Item("act", thing, "fails", code, f"key {key_id}")
    return Item("act", thing, "holds", "", f"{officer.actor}: {said.get('action')}, {said.get('outcome')}")
