"""Checking a bundle anywhere: with its file, and the keys that the reader has from elsewhere. No station, no journal.

A file that is no bundle is refused at its first wrong byte, in one pass; at most LARGEST_HELD of a member is held.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from drivers.contract.plain import NotPlain, decode, encode
from station.evidence.check_acts import check_acts
from station.evidence.check_clips import check_clips
from station.evidence.check_files import check_files
from station.evidence.check_rows import check_rows
from station.evidence.check_weights import check_weights
from station.evidence.clips import IndexRoom
from station.evidence.manifest import FILES, MANIFEST, OFFICERS, ROOT, SIGNATURE, STATEMENTS, EvidenceSeal, Manifest
from station.evidence.plain_zip import LARGEST_FILE, Member, read_zip
from station.evidence.refusal import BadBundle
from station.evidence.report import Item, Report
from station.trust.chain import Trusted
from station.trust.keys import PublicKey
from station.trust.refusal import Untrusted
from station.trust.signed import Signed, read_payload, verify

_HELD = frozenset({MANIFEST, SIGNATURE, ROOT, STATEMENTS, OFFICERS})


def verify_bundle(path: Path, key: PublicKey | None = None, root: Trusted | None = None) -> Report:
    """Everything that can be said of the bundle at `path`. `key` is the station's, `root` the root of the officers.

    Without `key` it says who has signed and that nobody vouches for that key. Raises OSError for a file that cannot be
    read; nothing else, whatever is in it.
    """
    try:
        members = _members(path)
    except BadBundle as bad:
        return Report("", (Item("file", path.name, "fails", bad.code, bad.seen),))
    file = Item("file", path.name, "holds", "", f"{len(members)} members")
    data = members[MANIFEST].data if MANIFEST in members else None
    if data is None:
        return Report("", (file, Item("manifest", MANIFEST, "fails", "member-gone")))
    try:
        manifest: Manifest = decode(Manifest, data)
    except NotPlain as error:
        return Report("", (file, Item("manifest", MANIFEST, "fails", "malformed", str(error)[:200])))
    items = [
        file,
        *_manifest(manifest, data, members),
        _signature(manifest, data, members, key),
        *check_rows(manifest),
        *check_files(manifest, members),
        *check_clips(manifest, members),
        *check_weights(manifest),
        *check_acts(manifest, {name: one.data for name, one in members.items() if one.data is not None}, root),
    ]
    return Report(manifest.crossing, tuple(items))


def _members(path: Path) -> dict[str, Member]:
    if not path.is_file():
        if path.exists():
            raise BadBundle("not-a-file", str(path))
        raise FileNotFoundError(2, "No such file or directory", str(path))
    if path.stat().st_size > LARGEST_FILE:
        raise BadBundle("too-big", f"{path.stat().st_size} bytes, at most {LARGEST_FILE}")
    room = IndexRoom()
    with path.open("rb") as stream:
        wanted = read_zip(stream, lambda name, size: name in _HELD or room.takes(name, size))
        return {member.name: member for member in wanted}


def _manifest(manifest: Manifest, data: bytes, members: dict[str, Member]) -> Iterable[Item]:
    """Its one form, and the members that are neither evidence nor named by it."""
    if encode(manifest) != data:
        yield Item("manifest", MANIFEST, "fails", "other-json-form")
    else:
        yield Item("manifest", MANIFEST, "holds", "", manifest.form)
    listed = dict(manifest.trust)
    known = {MANIFEST, SIGNATURE, *listed}
    for name, member in members.items():
        if not name.startswith(FILES) and name not in known:
            yield Item("manifest", name, "fails", "nobody-names-it")
        elif name in listed and member.sha256 != listed[name]:
            yield Item("manifest", name, "fails", "other-content")
    for name in listed:
        if name not in members:
            yield Item("manifest", name, "fails", "member-gone")


def _signature(manifest: Manifest, data: bytes, members: dict[str, Member], key: PublicKey | None) -> Item:
    wire = members[SIGNATURE].data if SIGNATURE in members else None
    if wire is None:
        return Item("signature", SIGNATURE, "fails", "member-gone")
    try:
        signed = Signed.from_wire(wire)
        seal = decode(EvidenceSeal, signed.payload.encode())
        signer = PublicKey.from_text(seal.key)
        read_payload(EvidenceSeal, verify(signed, "evidence", {signer.key_id: signer}))
    except Untrusted as error:
        return Item("signature", SIGNATURE, "fails", error.reason, error.seen)
    except ValueError as error:
        return Item("signature", SIGNATURE, "fails", "malformed", str(error)[:200])
    if signed.to_wire() != wire:
        return Item("signature", SIGNATURE, "fails", "other-json-form")
    if (seal.crossing, seal.manifest_sha256) != (manifest.crossing, hashlib.sha256(data).hexdigest()):
        return Item("signature", SIGNATURE, "fails", "other-manifest", seal.manifest_sha256)
    if key is None:
        return Item("signature", signer.key_id, "not-checked", "key-not-given", signer.fingerprint)
    if key.raw != signer.raw:
        return Item("signature", signer.key_id, "fails", "other-key", f"signed by {signer.text}")
    return Item("signature", signer.key_id, "holds")
