"""How a journal comes to be open: continued, created, or begun anew behind one that was damaged or is gone."""

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, insert

from drivers.contract.quantities import Millis
from station.journal import tables
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
    """What `Journal.open` found. `detail` and `quarantined` are set when a new epoch had to be begun."""

    kind: Literal["continued", "created", "missing", "corrupt"]
    detail: str = ""
    quarantined: Path | None = None


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
    if not folder.journal.exists():
        _put_in_place(folder, Salvaged(), mark, "missing" if mark else "first")
        if mark is None:
            return Opening("created")
        return Opening("missing", f"the journal is gone; it had come to fact {mark.fseq}, record {mark.seq}")
    fault = _fault(folder, mark)
    if not fault:
        return Opening("continued")
    found = salvage(folder.journal)
    aside = _free_name(folder.journal)
    detail = _describe(fault, found, mark, aside)
    _put_in_place(folder, found, mark, f"corrupt: {detail}")
    return Opening("corrupt", detail, aside)


def _fault(folder: DataFolder, mark: Mark | None) -> str:
    engine = open_engine(folder.journal, WRITER_PATIENCE)
    try:
        with translated(JournalUnwritable, folder.journal), engine.connect() as connection:
            fault = fault_of(connection, folder.journal, mark)
        if not fault:
            with translated(JournalUnwritable, folder.journal), engine.begin() as connection:
                tables.journal.create_all(connection, tables=tables.ADDED)
        return fault
    except JournalUnwritable as error:
        if error.cause not in ("corrupt", "database-error"):
            raise
        return error.seen
    finally:
        engine.dispose()


def _describe(fault: str, found: Salvaged, mark: Mark | None, aside: Path) -> str:
    newest = max(found.newest_seq, mark.seq if mark else 0)
    kept = found.records[-1].seq if found.records else 0
    suspect = f"records {kept + 1}..{newest} are suspect" if newest > kept else "all records are kept"
    return f"{fault}; {suspect}; set aside as {aside.name}"


def _put_in_place(folder: DataFolder, found: Salvaged, mark: Mark | None, reason: str) -> None:
    """Build the next journal beside the old one, set the old one aside (or what is left of it), rename."""
    built = folder.journal.with_name(f"{folder.journal.name}.new")
    for suffix in _SUFFIXES:
        _with(built, suffix).unlink(missing_ok=True)
    _build(built, found, _next_epoch(folder, found, mark, reason))
    if _with(built, "-wal").exists():
        raise JournalUnwritable("io-error", built, "its log could not be merged into it")
    aside = _free_name(folder.journal)
    for suffix in _SUFFIXES:
        if _with(folder.journal, suffix).exists():
            _with(folder.journal, suffix).rename(_with(aside, suffix))
    built.rename(folder.journal)
    sync_folder(folder.root)


def _next_epoch(folder: DataFolder, found: Salvaged, mark: Mark | None, reason: str) -> EpochRow:
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
    if reason not in ("first", "missing"):
        known.append(1 + len(list(folder.root.glob(f"{folder.journal.name}.quarantined-*[0-9]"))))
    if found.records:
        parent = found.records[-1].hash
    if found.facts:
        facts_parent = found.facts[-1].hash
    elif found.snapshot is not None:
        facts_parent = found.fact_before
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
    return {field.name: getattr(row, field.name) for field in fields(row) if field.name != "previous"}


def _free_name(path: Path) -> Path:
    number = 1
    while any(_with(aside := path.with_name(f"{path.name}.quarantined-{number}"), s).exists() for s in _SUFFIXES):
        number += 1
    return aside


def _with(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
