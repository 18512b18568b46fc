"""A whole set of keys for a demo: a marked root that refuses real ports, a centre, a station and two officers."""

from pathlib import Path

from station.core.facts import Role
from station.trust.chain import Trusted, make_root, state_all
from station.trust.keys import PrivateKey, save_key
from station.trust.officers import save_sealed, seal
from station.trust.signed import sign
from station.trust.statements import CentreKey, KeysInForce, Officer, OfficersFile, Scope

OFFICERS: dict[str, Role] = {"demo-officer": "officer", "demo-head": "head-of-unit"}
"""The two demo persons by account; each has the sealed key ACCOUNT.key."""

ROOT, CENTRE_STATEMENTS, OFFICERS_FILE = "root.pub", "centre.signed", "officers.signed"
CENTRE_KEY, STATION_KEY = "centre.key", "station.key"

_SCOPES: tuple[Scope, ...] = (
    "receipt",
    "list",
    "suspension",
    "decision",
    "officers",
    "rules",
    "watchlist",
    "proposal",
)
_VALID_MS = 30 * 86_400_000


def make_demo_keys(folder: Path, station: str, password: str, now_ms: int) -> None:
    """Write the files named above into `folder`. Valid 30 days; the root's secret half is thrown away at once.

    Raises FileExistsError if there are keys already, ValueError for an empty password.
    """
    folder.mkdir(parents=True, exist_ok=True)
    until = now_ms + _VALID_MS
    root, centre = PrivateKey.make(), PrivateKey.make()
    granted = CentreKey(centre.public.text, _SCOPES, until, 1)
    statement = state_all(KeysInForce(1, now_ms, (granted,), ()), root)
    save_key(centre, folder / CENTRE_KEY)
    save_key(PrivateKey.make(), folder / STATION_KEY)
    Trusted(make_root(root, demo=True), [statement]).save(folder / ROOT, folder / CENTRE_STATEMENTS)
    officers = tuple(_officer(folder, actor, role, password, until) for actor, role in OFFICERS.items())
    signed = sign("officers", OfficersFile(station, 1, officers), centre)
    (folder / OFFICERS_FILE).write_bytes(signed.to_wire() + b"\n")


def _officer(folder: Path, actor: str, role: Role, password: str, until: int) -> Officer:
    key = PrivateKey.make()
    save_sealed(seal(key, password), folder / f"{actor}.key")
    return Officer(actor, role, key.public.text, until)
