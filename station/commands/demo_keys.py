"""A whole set of demo keys in one folder: root (marked DEMO), centre, station and two officers."""

from pathlib import Path

from station.centre.keys import issue_centre_key
from station.core.facts import Role
from station.trust.chain import Trusted, make_root
from station.trust.keys import PrivateKey, load_key, save_key
from station.trust.officers import Officer, OfficersFile, save_sealed, seal
from station.trust.signed import sign

OFFICERS: dict[str, Role] = {"officer-a": "officer", "head-b": "head-of-unit"}
"""Account -> role. Synthetic: no such persons."""

VALID_MS = 366 * 86_400_000


def make_demo_keys(folder: Path, station: str, password: str, now_ms: int) -> None:
    """Write root.pub, centre.signed, centre.key, station.key, officers.signed and <account>.key into a new folder.

    The root's private half is never written. All officers' keys open with `password`. Raises FileExistsError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    until = now_ms + VALID_MS
    root = PrivateKey.make()
    trusted = issue_centre_key(root, Trusted(make_root(root, demo=True)), folder / "centre.key", until)
    trusted.save(folder / "root.pub", folder / "centre.signed")
    save_key(PrivateKey.make(), folder / "station.key")
    listed: list[Officer] = []
    for actor, role in OFFICERS.items():
        key = PrivateKey.make()
        save_sealed(seal(key, password), folder / f"{actor}.key")
        listed.append(Officer(actor, role, key.public.text, until))
    officers = sign("officers", OfficersFile(station, 1, tuple(listed)), load_key(folder / "centre.key"))
    (folder / "officers.signed").write_bytes(officers.to_wire() + b"\n")
