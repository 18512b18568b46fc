"""Bundles that somebody has changed: byte by byte, member by member, and by one who holds a key and knows the rules."""

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from drivers.contract.plain import canonical, parse
from station.evidence.manifest import MANIFEST, SIGNATURE, EvidenceSeal
from station.evidence.plain_zip import PlainZip
from station.trust.keys import PrivateKey
from station.trust.signed import sign
from tests.evidence.hash_rule import fact_hash, record_hash

Members = dict[str, bytes]
Plain = dict[str, object]


@dataclass(frozen=True)
class Mutation:
    """What was done, and the file that came of it."""

    what: str
    data: bytes


def members_of(bundle: Path) -> Members:
    """As any program unpacks it."""
    with ZipFile(bundle) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(members: Members) -> bytes:
    """A zip in our very form, whatever is in it."""
    stream = io.BytesIO()
    written = PlainZip(stream)
    for name in sorted(members):
        written.add(name, members[name])
    written.close()
    return stream.getvalue()


def flipped(bundle: bytes, at: int, bit: int) -> bytes:
    return bundle[:at] + bytes([bundle[at] ^ (1 << bit)]) + bundle[at + 1 :]


def resigned(members: Members, key: PrivateKey, crossing: str) -> Members:
    """The manifest as it is now, signed by `key`."""
    import hashlib

    seal = EvidenceSeal(crossing, hashlib.sha256(members[MANIFEST]).hexdigest(), key.public.text)
    return {**members, SIGNATURE: sign("evidence", seal, key).to_wire()}


def of_members(bundle: Path, chance: random.Random, flips: int) -> Iterator[Mutation]:
    """Every member with a bit flipped, removed, emptied and swapped with the next; one added. Packed in our form."""
    members = members_of(bundle)
    names = sorted(members)
    for name, other in zip(names, [*names[1:], names[0]], strict=True):
        for _ in range(flips):
            at = chance.randrange(len(members[name]))
            changed = flipped(members[name], at, chance.randrange(8))
            yield Mutation(f"bit of byte {at} in {name}", packed({**members, name: changed}))
        yield Mutation(f"{name} removed", packed({n: data for n, data in members.items() if n != name}))
        yield Mutation(f"{name} emptied", packed({**members, name: b""}))
        yield Mutation(f"{name} and {other} swapped", packed({**members, name: members[other], other: members[name]}))
    yield Mutation("a picture added", packed({**members, f"files/{'0' * 64}.jpg": b"\xff\xd8"}))
    yield Mutation("a text added", packed({**members, "trust/note.txt": b"read me"}))


def of_rows(bundle: Path, key: PrivateKey) -> Iterator[Mutation]:
    """What one does who may sign: content changed, with and without the hashes made right again. Signed by `key`."""
    members = members_of(bundle)
    for what, change in CHANGES.items():
        manifest = parse(members[MANIFEST])
        change(manifest)
        changed = {**members, MANIFEST: canonical(manifest)}
        yield Mutation(what, packed(resigned(changed, key, manifest["crossing"])))


def _rows(manifest: Plain, table: str) -> list[dict[str, object]]:
    return [row for run in manifest[table] for row in run["rows"]]  # type: ignore[attr-defined]


def _of_type(manifest: Plain, type_: str) -> dict[str, object]:
    return next(row for row in _rows(manifest, "records") if row["type"] == type_)


def _fact_of(manifest: Plain, type_: str) -> dict[str, object]:
    wanted = _of_type(manifest, type_)["facts_to"]
    return next(row for row in _rows(manifest, "facts") if row["fseq"] == wanted)


def rehash(manifest: Plain) -> None:
    """Make both chains right again, run by run."""
    hashes: dict[object, str] = {}
    for run in manifest["facts"]:  # type: ignore[attr-defined]
        previous = run["previous"]
        for row in run["rows"]:
            row["hash"] = previous = hashes[row["fseq"]] = fact_hash(previous, row)
    for run in manifest["records"]:  # type: ignore[attr-defined]
        previous = run["previous"]
        for row in run["rows"]:
            row["facts_hash"] = hashes.get(row["facts_to"], row["facts_hash"])
            row["hash"] = previous = record_hash(previous, row)


def _replace(row: dict[str, object], old: str, new: str) -> None:
    assert old in str(row["body"]), (old, row["body"])
    row["body"] = str(row["body"]).replace(old, new, 1)


def _lighter(manifest: Plain) -> None:
    _replace(_of_type(manifest, "crossing.weighed"), '"gross":43320000', '"gross":42000000')


def _lighter_everywhere(manifest: Plain) -> None:
    _lighter(manifest)
    _replace(_fact_of(manifest, "crossing.weighed"), '"mass":43320000', '"mass":42000000')


def _other_frame(manifest: Plain) -> None:
    fact = _fact_of(manifest, "crossing.weighed")
    body = parse(str(fact["body"]).encode())
    raw = body["reading"]["raw"]
    frame = bytearray.fromhex(raw[0])
    frame[6] ^= 1  # a digit of the mass, and the checksum made right
    frame[-1] = (frame[-1] + (1 if frame[6] & 1 == 0 else -1)) % 128
    body["reading"]["raw"] = [bytes(frame).hex()] * len(raw)
    fact["body"] = canonical(body).decode()


def _other_actor(manifest: Plain) -> None:
    for row in _rows(manifest, "records") + _rows(manifest, "facts"):
        row["body"] = str(row["body"]).replace("hàng tươi sống", "hàng hỏng")


def _drop(manifest: Plain, table: str, at: int) -> None:
    longest = max(manifest[table], key=lambda run: len(run["rows"]))  # type: ignore[call-overload]
    del longest["rows"][at]


def _swap(manifest: Plain, table: str) -> None:
    longest = max(manifest[table], key=lambda run: len(run["rows"]))["rows"]  # type: ignore[call-overload]
    longest[3], longest[4] = longest[4], longest[3]


def _later(manifest: Plain) -> None:
    row = _of_type(manifest, "crossing.completed")
    row["utc_ms"] = int(str(row["utc_ms"])) + 60_000


def _then(change: Callable[[Plain], object]) -> Callable[[Plain], None]:
    def changed(manifest: Plain) -> None:
        change(manifest)
        rehash(manifest)

    return changed


CHANGES: dict[str, Callable[[Plain], object]] = {
    "a weight changed in its record": _lighter,
    "a weight changed in its record, chains made right": _then(_lighter),
    "a weight changed in record and fact, chains made right": _then(_lighter_everywhere),
    "raw frames changed, chains made right": _then(_other_frame),
    "an act's text changed, chains made right": _then(_other_actor),
    "a record re-timed": _later,
    "a record dropped": lambda m: _drop(m, "records", 5),
    "a fact dropped": lambda m: _drop(m, "facts", 5),
    "the last record dropped": lambda m: _drop(m, "records", -1),
    "the first record dropped": lambda m: _drop(m, "records", 0),
    "the first fact dropped": lambda m: _drop(m, "facts", 0),
    "two records swapped": lambda m: _swap(m, "records"),
    "two facts swapped": lambda m: _swap(m, "facts"),
    "a picture no longer listed": lambda m: m["files"].clear(),  # type: ignore[attr-defined]
    "a picture listed as another": lambda m: m["files"][0].update(sha256="0" * 64),  # type: ignore[index]
    "other software stated": lambda m: m["in_force"].update(core_version="9"),  # type: ignore[attr-defined]
    "other settings stated": lambda m: m["in_force"].update(settings_sha256="0" * 64),  # type: ignore[attr-defined]
    "another crossing stated": lambda m: m.update(crossing="VN-HN-I1-E1-000009"),
    "an officers' file no longer listed": lambda m: m["trust"].pop(),  # type: ignore[attr-defined]
}
