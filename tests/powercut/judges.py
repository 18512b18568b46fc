"""What must hold of a folder that a power cut left, opened in the normal way. "" if it does, else what does not.

`said` are the lines that the process had said until the cut: what it claimed to be kept.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pysqlite3.dbapi2 as sqlite

from station.centre.evidence_rows import EvidenceRows
from station.centre.store import CentreStore
from station.courier.database import FILE_NAME
from station.courier.store import CourierStore
from station.journal.folder import DataFolder, make_folder, read_mark
from station.journal.ledger import Ledger
from station.journal.personal import PersonalData, SealedText
from station.journal.reader import JournalReader
from station.journal.store import Journal
from tests.journal.made import append_turn

Judge = Callable[[Path, Sequence[str]], str]

_TURN = 2
"""Facts, and records, of a turn of the appender."""


Rows = dict[int, tuple[object, ...]]
"""Number -> the other columns of its row."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The journal of a run that nobody cut, both chains of which hold; the epoch it ended in.

    `held_before`: the newest record that must survive every cut, because it was there before the run.
    """

    facts: Rows
    records: Rows
    epoch: int
    held_before: int
    aside: set[str]

    @classmethod
    def of(cls, root: Path, held_before: int) -> "Truth":
        """`held_before`: the newest record that had been acknowledged before the run, if no new epoch was begun."""
        with JournalReader(root) as reader:
            assert reader.first_broken() is None
            epoch = reader.epochs()[-1]
        facts, records = _rows(root)
        return cls(facts, records, epoch.number, max(held_before, epoch.base_seq - 1), _aside(root))


def judge_journal(root: Path, said: Sequence[str], truth: Truth) -> str:
    """Whatever was acknowledged is there to the byte, no new epoch had to begin, and the next turn follows it."""
    stored = max((int(line.split()[1]) for line in said if line.startswith("stored ")), default=0)
    if stored and read_mark(DataFolder(root)) is None:
        return "no mark beside the journal"
    with Journal.open(root) as journal:
        if journal.epoch != truth.epoch or (stored and journal.opening.kind != "continued"):
            return f"epoch {journal.epoch} after {journal.opening}"
        seq, fseq = journal.next_seq - 1, journal.next_fseq - 1
        if not max(stored, truth.held_before) <= seq <= max(stored, truth.held_before) + _TURN:
            return f"ends at record {seq}, {stored} was acknowledged, {truth.held_before} was there before"
        facts, records = _rows(root)
        if facts != {number: row for number, row in truth.facts.items() if number <= fseq}:
            return f"other facts than were written, up to {fseq}"
        if records != {number: row for number, row in truth.records.items() if number <= seq}:
            return f"other records than were written, up to {seq}"
        append_turn(journal, 1_000_000)
        if journal.next_seq != seq + _TURN + 1:
            return f"the next turn became record {journal.next_seq - 1}"
    if _aside(root) != truth.aside:
        return f"set aside are {_aside(root)}"
    return _integrity(root / "journal.db")


def judge_courier(root: Path, said: Sequence[str]) -> str:
    """The cursor, the list and the suspensions stand where they were said to stand; what was received can be read."""
    kept = {words[0]: int(words[1]) for words in map(str.split, said) if words[0] != "received"}
    store = CourierStore(root)
    try:
        cursor, held = store.cursor(), store.held()
        stand = {"cursor": cursor.seq, "suspension": held.suspension_number, "list": held.list_number}
        for name, number in kept.items():
            if not number <= stand[name] <= number + 1:
                return f"{name} stands at {stand[name]}, was said to stand at {number}"
        if cursor.seq and cursor.hash != hashlib.sha256(str(cursor.seq).encode()).digest():
            return "the cursor's hash is of another record"
        unjudged = {row.id: row.payload for row in store.unjudged()}
        rows = dict(store._connection.execute("SELECT id, sha256 FROM inbox").fetchall())
    finally:
        store.close()
    for row_id, sha256 in (line.split()[1:] for line in said if line.startswith("received ")):
        if rows.get(int(row_id)) != sha256:
            return f"inbox row {row_id} is gone"
        payload = unjudged.get(int(row_id))
        if payload is not None and hashlib.sha256(payload).hexdigest() != sha256:
            return f"what inbox row {row_id} names cannot be read"
    return _integrity(root / FILE_NAME)


def judge_ledger(root: Path, said: Sequence[str]) -> str:
    """Every booking stands, every sealed text can be read. The folder is made first, as the lane does."""
    make_folder(root)
    with Ledger(root / "ledger.db") as ledger, PersonalData(root / "personal.db") as personal:
        for line in said:
            match line.split():
                case ["spent", declaration, crossing]:
                    if ledger.holder(declaration) != crossing:
                        return f"the booking of {declaration} is gone"
                case ["sealed", reference, hmac, *words]:
                    if personal.read(SealedText(reference, hmac)) != " ".join(words):
                        return f"the text {reference} is gone"
    return _integrity(root / "ledger.db") or _integrity(root / "personal.db")


def judge_evidence(root: Path, said: Sequence[str]) -> str:
    """What was answered is on the disk, and no file has a name that is not its content's."""
    folder = root / "evidence"
    whole = {path.name[:64]: path.read_bytes() for path in folder.glob("??/*")}
    for sha256, data in whole.items():
        if hashlib.sha256(data).hexdigest() != sha256:
            return f"another content has the name {sha256}"
    answered = {line.split()[1]: tuple(map(int, line.split()[2:])) for line in said}
    store = CentreStore(f"sqlite:///{root / 'centre.db'}")
    try:
        for sha256, (stored, total) in answered.items():
            part = folder / "parts" / "VNHUN1" / "L1" / sha256
            row = EvidenceRows(store).of("VNHUN1", "L1", sha256)
            if stored == total and (sha256 not in whole or row is None or row.state != "here"):
                return f"{sha256} was delivered and is not here"
            if stored and sha256 not in whole and (not part.exists() or part.stat().st_size < stored):
                return f"{stored} bytes of {sha256} were answered, and are not here"
    finally:
        store.close()
    return _integrity(root / "centre.db")


def _aside(root: Path) -> set[str]:
    """The damaged journals that were set aside; the investigation needs each, once."""
    return {path.name for path in root.glob("*.quarantined-*[0-9]")}


def _rows(root: Path) -> tuple[Rows, Rows]:
    """The facts and the records, as they are stored."""
    connection = sqlite.connect(f"file:{root / 'journal.db'}?mode=ro", uri=True)
    try:
        facts = connection.execute("SELECT * FROM fact").fetchall()
        records = connection.execute("SELECT * FROM record").fetchall()
    finally:
        connection.close()
    return {row[0]: row[1:] for row in facts}, {row[0]: row[1:] for row in records}


def _integrity(path: Path) -> str:
    connection = sqlite.connect(str(path))
    try:
        found: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        connection.close()
    return "" if found == "ok" else f"{path.name}: {found}"
