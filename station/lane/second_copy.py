"""A signed copy of the eligible list and the open cases, written to a second place: a stick, another disk.

Its own short process (`python -m station.lane.second_copy SETTINGS`): a folder on a dead mount may hang whoever touches
it, and that must not be the lane. SETTINGS is the canonical JSON of CopySettings. Says one line of JSON and exits.
Watchlists are not in it: what is covert does not lie on sticks.
"""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from drivers.contract.plain import NotPlain, decode, encode
from station.core.facts import EligibleEntry
from station.core.keeping_facts import CopyFault
from station.core.records import CaseOpened
from station.courier.eligible import EligibleTable, ListUnavailable
from station.journal.folder import sync_folder
from station.journal.reader import JournalReader
from station.journal.refusals import Unreadable
from station.trust.keys import PublicKey, load_key
from station.trust.refusal import Untrusted
from station.trust.signed import Signed, read_payload, sign, verify

KEPT = 8
"""Copies of a lane that stay in the place, two hours of them; older ones are taken away."""

MOST_CASES = 200
_NICENESS = 10
_EX_USAGE = 64


@dataclass(frozen=True, slots=True)
class CopySettings:
    """`data` is the lane's data folder, `folder` the second place, `key_file` the station's key."""

    station: str
    lane: str
    data: str
    folder: str
    key_file: str


@dataclass(frozen=True, slots=True)
class SecondCopy:
    """What the lane held at `made_ms` (UTC): the list in force, the suspended declarations, the newest open cases.

    `seq` and `hash` (hex) name the newest record of its journal, "" before the first. Purpose "copy".
    """

    station: str
    lane: str
    made_ms: int
    seq: int
    hash: str
    list_number: int
    list_issued_ms: int
    entries: tuple[EligibleEntry, ...]
    suspended: tuple[str, ...]
    cases: tuple[CaseOpened, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it: the file's name, or why there is none."""

    file: str
    fault: CopyFault


def read_copy(data: bytes, station_key: PublicKey) -> SecondCopy:
    """The copy in a file, if this station's key signed it. Raises Untrusted."""
    return read_payload(SecondCopy, verify(Signed.from_wire(data), "copy", {station_key.key_id: station_key}))


def make_copy(settings: CopySettings, made_ms: int) -> Made:
    """Write one copy and take away those beyond the newest. Whatever happens is an answer."""
    try:
        key = load_key(Path(settings.key_file))
        data = sign("copy", gather(settings, made_ms), key).to_wire() + b"\n"
    except Untrusted:
        return Made("", "no-key")
    except (Unreadable, ListUnavailable, NotPlain):
        return Made("", "not-readable")
    folder = Path(settings.folder)
    if not folder.is_dir():  # never made here: below a mount that is missing it would fill the lane's own disk
        return Made("", "no-folder")
    pattern = f"{settings.station}-{settings.lane}-"
    file = folder / f"{pattern}{made_ms:015}.signed"
    try:
        write_whole(file, data)
        for old in sorted(folder.glob(f"{pattern}{'[0-9]' * 15}.signed"))[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        return Made("", "no-space" if error.errno in _NO_SPACE else "not-writable")
    return Made(file.name, "")


def gather(settings: CopySettings, made_ms: int) -> SecondCopy:
    """What stands in the copy. Raises Unreadable, ListUnavailable, NotPlain."""
    table = EligibleTable(Path(settings.data))
    try:
        whole = table.whole()
    finally:
        table.close()
    with JournalReader(Path(settings.data)) as reader:
        seq = reader.newest()[1]
        newest = reader.record(seq)
        cases = _open_cases(reader, seq)
    digest = "" if newest is None else newest.hash.hex()
    return SecondCopy(settings.station, settings.lane, made_ms, seq, digest, *whole, cases)


def write_whole(file: Path, data: bytes) -> None:
    """The whole file or none, and durable; what was begun does not stay. Raises OSError."""
    part = file.with_suffix(".part")
    try:
        with part.open("wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        part.rename(file)
        sync_folder(file.parent)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _open_cases(reader: JournalReader, seq: int) -> tuple[CaseOpened, ...]:
    """The newest first. A lane opens cases and does not close them: the bay's own record does."""
    cases: list[CaseOpened] = []
    before = seq + 1
    while len(cases) < MOST_CASES and (row := reader.newest_of("case.opened", before)) is not None:
        record = reader.as_record(row)
        if isinstance(record, CaseOpened):
            cases.append(record)
        before = row.seq
    return tuple(cases)


_NO_SPACE = frozenset({28, 122})  # ENOSPC, EDQUOT


def main(arguments: list[str]) -> int:
    """Make one copy and say what came of it."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m station.lane.second_copy SETTINGS\n")
        return _EX_USAGE
    os.nice(_NICENESS)
    settings: CopySettings = decode(CopySettings, arguments[0].encode())
    made = make_copy(settings, time.time_ns() // 1_000_000)
    sys.stdout.write(encode(made).decode() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
