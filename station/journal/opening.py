"""How a journal comes to be open: continued, created, or begun anew behind one that was damaged or is gone."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, insert

from drivers.contract.quantities import Millis
from station.journal import queries, tables
from station.journal.chain import GENESIS, EpochRow, FactRow, RecordRow
from station.journal.engine import open_engine, translated
from station.journal.folder import DataFolder, Mark, read_mark, sync_folder
from station.journal.queries import CheckpointRow, SnapshotRow
from station.journal.refusals import JournalUnwritable
from station.journal.salvage import Salvaged, fault_of, salvage

WRITER_PATIENCE = Millis(250)
"""There is one writer, so a lock is a fault; and what took longer than this is not acted upon anyway."""


_SUFFIXES = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Opening:
    """What `Journal.open` found. `detail` and `quarantined` are set when a new epoch had to be begun.

    It says so again until the epoch has its first turn: whoever opens the journal tells it with that turn.
    """

    kind: Literal["continued", "created", "missing", "corrupt"]
    detail: str = ""
    quarantined: Path | None = None


_CONTINUED = Opening("continued")
_SET_ASIDE = "; set aside as "


def open_journal(folder: DataFolder, delivered: Mark | None = None) -> tuple[Engine, Opening]:
    """An engine on a journal that holds and is no shorter than what was `delivered`.

    Raises JournalUnwritable if the disk does not let us.
    """
    mark = _furthest(read_mark(folder), delivered)
    with translated(JournalUnwritable, folder.journal):
        opening = _prepare(folder, mark)
        return open_engine(folder.journal, WRITER_PATIENCE), opening


def _furthest(mark: Mark | None, delivered: Mark | None) -> Mark | None:
    """A record that the centre has stood here, even if the mark is of an earlier time. Of facts only the mark knows."""
    if delivered is None or (mark is not None and (delivered.epoch, delivered.seq) <= (mark.epoch, mark.seq)):
        return mark
    return replace(delivered, fseq=mark.fseq if mark is not None else 0)


def _prepare(folder: DataFolder, mark: Mark | None) -> Opening:
    _put_in_place(folder)  # a start that was cut off may have had the next journal ready
    if folder.journal.exists():
        fault, opening = _look_at(folder, mark)
        if not fault:
            return opening
        found, aside = salvage(folder.journal), _free_name(folder.journal)
        opening = Opening("corrupt", _describe(fault, found, mark, aside), aside)
    elif mark is not None:
        found, aside = Salvaged(), _free_name(folder.journal)
        opening = Opening("missing", f"the journal is gone; it had come to fact {mark.fseq}, record {mark.seq}")
    else:
        found, aside, opening = Salvaged(), _free_name(folder.journal), Opening("created")
    _make_ready(folder, aside, found, _next_epoch(folder, found, mark, opening))
    _put_in_place(folder)
    return opening


def _look_at(folder: DataFolder, mark: Mark | None) -> tuple[str, Opening]:
    """What is wrong with the journal; and how it was begun, if nothing has been written to it since."""
    engine = open_engine(folder.journal, WRITER_PATIENCE)
    try:
        with translated(JournalUnwritable, folder.journal), engine.connect() as connection:
            fault = fault_of(connection, folder.journal, mark)
            opening = _CONTINUED if fault else _begun(connection, folder)
        if not fault:
            with translated(JournalUnwritable, folder.journal), engine.begin() as connection:
                tables.journal.create_all(connection, tables=tables.ADDED)
        return fault, opening
    except JournalUnwritable as error:
        if error.cause not in ("corrupt", "database-error"):
            raise
        return error.seen, _CONTINUED
    finally:
        engine.dispose()


def _begun(connection: Connection, folder: DataFolder) -> Opening:
    """A start that was cut off before its first turn has told nobody why it began an epoch: the next one does."""
    epoch = queries.read_epochs(connection)[-1]
    if queries.newest(connection)[0] >= epoch.base_fseq:
        return _CONTINUED
    kind, _, detail = epoch.reason.partition(": ")
    match kind:
        case "corrupt":
            return Opening("corrupt", detail, folder.root / detail.rpartition(_SET_ASIDE)[2])
        case "missing":
            return Opening("missing", detail)
        case _:
            return Opening("created")


def _describe(fault: str, found: Salvaged, mark: Mark | None, aside: Path) -> str:
    newest = max(found.newest_seq, mark.seq if mark else 0)
    kept = found.records[-1].seq if found.records else 0
    suspect = f"records {kept + 1}..{newest} are suspect" if newest > kept else "all records are kept"
    return f"{fault}; {suspect}{_SET_ASIDE}{aside.name}"


def _make_ready(folder: DataFolder, aside: Path, found: Salvaged, epoch: EpochRow) -> None:
    """Build the next journal beside the old one. Once it is ready the old one may go, and not before.

    Its name says which number the old one gets, so that a start that goes on with it sets all of that aside together.
    """
    built = folder.journal.with_name(f"{folder.journal.name}.new")
    for suffix in _SUFFIXES:
        _with(built, suffix).unlink(missing_ok=True)
    _build(built, found, epoch)
    if _with(built, "-wal").exists():
        raise JournalUnwritable("io-error", built, "its log could not be merged into it")
    built.rename(folder.journal.with_name(f"{_ready_name(folder)}{aside.name.rpartition('-')[2]}"))
    sync_folder(folder.root)


def _put_in_place(folder: DataFolder) -> None:
    """Set the old journal aside (or what is left of it) and give the one that is ready its name. May be cut anywhere.

    The old log must be gone for certain before the new database has the name: SQLite would read it as the new one's.
    """
    ready = next(iter(sorted(folder.root.glob(f"{_ready_name(folder)}*[0-9]"))), None)
    if ready is None:
        return
    aside = folder.journal.with_name(f"{folder.journal.name}.quarantined-{ready.name.rpartition('-')[2]}")
    for suffix in _SUFFIXES:
        if _with(folder.journal, suffix).exists():
            _with(folder.journal, suffix).rename(_with(aside, suffix))
    sync_folder(folder.root)
    ready.rename(folder.journal)
    sync_folder(folder.root)


def _ready_name(folder: DataFolder) -> str:
    return f"{folder.journal.name}.ready-"


def _next_epoch(folder: DataFolder, found: Salvaged, mark: Mark | None, opening: Opening) -> EpochRow:
    """It begins behind everything that was seen or is marked, so that no number is used twice."""
    sealed = [row.seq for row in found.checkpoints]
    newest_seq = max([found.newest_seq, *(row.base_seq - 1 for row in found.epochs), *sealed])
    newest_fseq = max([found.newest_fseq, *(row.base_fseq - 1 for row in found.epochs)])
    known = [row.number for row in found.epochs]
    parent, facts_parent = GENESIS, GENESIS
    if mark is not None:
        newest_seq, newest_fseq = max(newest_seq, mark.seq), max(newest_fseq, mark.fseq)
        known.append(mark.epoch)
        parent = bytes.fromhex(mark.hash)
    if opening.kind == "corrupt":
        known.append(1 + len(list(folder.root.glob(f"{folder.journal.name}.quarantined-*[0-9]"))))
    if found.records:
        parent = found.records[-1].hash
    if found.facts:
        facts_parent = found.facts[-1].hash
    elif found.snapshot is not None:
        facts_parent = found.fact_before
    reason = "first" if opening.kind == "created" else f"{opening.kind}: {opening.detail}"
    return EpochRow(max(known, default=0) + 1, newest_seq + 1, parent, newest_fseq + 1, facts_parent, reason)


def _build(path: Path, found: Salvaged, epoch: EpochRow) -> None:
    engine = open_engine(path, WRITER_PATIENCE)
    try:
        with translated(JournalUnwritable, path), engine.begin() as connection:
            tables.journal.create_all(connection)
            _carry(connection, found, epoch)
    finally:
        engine.dispose()


def _carry(connection: Connection, found: Salvaged, epoch: EpochRow) -> None:
    first_fact = found.snapshot.fseq + 1 if found.snapshot else epoch.base_fseq
    first_record = found.records[0] if found.records else None
    meta = {
        "facts_from": str(first_fact),
        "facts_before": (found.fact_before if found.snapshot else epoch.facts_parent).hex(),
        "records_from": str(first_record.seq if first_record else epoch.base_seq),
        "records_before": (first_record.previous if first_record else epoch.parent).hex(),
        "openings": "0",
        **{f"schema.{version}": str(first) for version, first in found.versions},
    }
    connection.execute(insert(tables.meta), [{"key": key, "value": value} for key, value in meta.items()])
    epochs = [*found.epochs, epoch]
    connection.execute(insert(tables.epoch), [_columns(row) for row in epochs])
    if found.snapshot is not None:
        connection.execute(insert(tables.snapshot), [_columns(found.snapshot)])
    if found.facts:
        connection.execute(insert(tables.fact), [_columns(row) for row in found.facts])
    if found.records:
        connection.execute(insert(tables.record), [_columns(row) for row in found.records])
    if found.checkpoints:
        connection.execute(insert(tables.checkpoint), [_columns(row) for row in found.checkpoints])


def _columns(row: FactRow | RecordRow | EpochRow | SnapshotRow | CheckpointRow) -> dict[str, object]:
    return {name: column for name, column in row._asdict().items() if name != "previous"}


def _free_name(path: Path) -> Path:
    number = 1
    while any(_with(aside := path.with_name(f"{path.name}.quarantined-{number}"), s).exists() for s in _SUFFIXES):
        number += 1
    return aside


def _with(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
