"""A journal made long: the rows of the crossings in it again and again, with numbers, names and times of their own.

The bodies are the ones that core and drivers made; both chains, the checkpoints and their signatures are true, so every
reader (courier, centre, audit, the lane's next start) takes them as it takes any. Only the core was not asked again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, insert

from drivers.contract.plain import encode
from drivers.contract.quantities import Millis, Tick
from station.core.state import LaneState
from station.core.step import step
from station.journal import queries, tables
from station.journal.chain import FactRow, RecordRow, hash_of
from station.journal.engine import open_engine
from station.journal.folder import DataFolder
from station.journal.opening import WRITER_PATIENCE
from station.journal.recovery import rebuild
from station.journal.seal import Signer
from station.journal.store import Journal
from station.messages.checkpoints import Checkpoint
from station.trust.signed import sign

_NUMBERED = re.compile(rb'(-E\d+-)(\d{6})|"1080(\d{8})"|("(?:tick|taken|began|ended|not_after|since|utc_ms)":)(\d+)')


@dataclass(frozen=True, slots=True)
class Block:
    """What is copied: all behind these numbers, which held so many crossings and took so long."""

    after_fseq: int
    after_seq: int
    crossings: int
    lasts: Millis


def lengthen(root: Path, block: Block, copies: int, signer: Signer) -> LaneState:
    """Append `copies` of the block behind it and a snapshot; nobody else may write. The state the lane goes on with."""
    with Journal.open(root, signer=signer) as journal:
        state: LaneState = rebuild(journal.recover(), step).state
    engine = open_engine(DataFolder(root).journal, WRITER_PATIENCE)
    try:
        with engine.connect() as connection, connection.begin():
            facts = list(queries.walk_facts(connection, block.after_fseq))
            records = [row for row, _ in queries.walk_records(connection, block.after_seq)]
            sealed = {row.seq for row in connection.execute(tables.checkpoint.select()) if row.seq > block.after_seq}
        at = _Head(facts[-1], records[-1])
        for copy in range(1, copies + 1):
            with engine.connect() as connection, connection.begin():
                at = _append(
                    connection, _Copy(copy, block, len(facts), len(records)), at, facts, records, sealed, signer
                )
    finally:
        engine.dispose()
    later = copies * block.lasts
    state = replace(
        state,
        seq=state.seq + copies * len(records),
        tick=Tick(state.tick + later),
        crossings=state.crossings + copies * block.crossings,
    )
    with Journal.open(root, signer=signer) as journal:
        journal.snapshot(encode(state), journal.next_fseq - 1)
    return state


@dataclass(frozen=True, slots=True)
class _Head:
    fact: FactRow
    record: RecordRow


@dataclass(frozen=True, slots=True)
class _Copy:
    number: int
    block: Block
    facts: int
    records: int

    @property
    def later(self) -> int:
        return self.number * self.block.lasts

    def body(self, body: bytes) -> bytes:
        return _NUMBERED.sub(self._number, body)

    def _number(self, found: re.Match[bytes]) -> bytes:
        crossings = self.number * self.block.crossings
        prefix, crossing, declaration, name, tick = found.groups()
        if crossing:
            return prefix + b"%06d" % (int(crossing) + crossings)
        if declaration:
            return b'"1080%08d"' % (int(declaration) + crossings)
        return name + b"%d" % (int(tick) + self.later)


def _append(
    connection: Connection,
    copy: _Copy,
    at: _Head,
    facts: list[FactRow],
    records: list[RecordRow],
    sealed: set[int],
    signer: Signer,
) -> _Head:
    """One copy, one transaction."""
    made = list(_facts(copy, facts, at.fact))
    by_fseq = {row.fseq: row for row in made}
    told = list(_records(copy, records, at.record, by_fseq))
    connection.execute(insert(tables.fact), [_columns(row) for row in made])
    connection.execute(insert(tables.record), [_columns(row) for row in told])
    before = copy.number * copy.records
    checkpoints = [_checkpoint(row, by_fseq[row.facts_to], signer) for row in told if row.seq - before in sealed]
    if checkpoints:
        connection.execute(insert(tables.checkpoint), checkpoints)
    return _Head(made[-1], told[-1])


def _facts(copy: _Copy, facts: list[FactRow], last: FactRow) -> Iterator[FactRow]:
    for row in facts:
        moved = FactRow(
            last.fseq + 1, row.kind, row.tick + copy.later, copy.body(row.body), row.outcome, b"", last.hash
        )
        last = moved._replace(hash=hash_of(moved))
        yield last


def _records(copy: _Copy, records: list[RecordRow], last: RecordRow, causes: dict[int, FactRow]) -> Iterator[RecordRow]:
    for row in records:
        cause = causes[row.facts_to + copy.number * copy.facts]
        moved = row._replace(
            seq=last.seq + 1,
            facts_to=cause.fseq,
            facts_hash=cause.hash,
            tick=row.tick + copy.later,
            utc_ms=row.utc_ms + copy.later,
            body=copy.body(row.body),
            previous=last.hash,
        )
        last = moved._replace(hash=hash_of(moved))
        yield last


def _checkpoint(row: RecordRow, fact: FactRow, signer: Signer) -> dict[str, object]:
    stated = Checkpoint(
        signer.station, signer.lane, row.epoch, row.seq, row.hash.hex(), fact.fseq, fact.hash.hex(), row.utc_ms
    )
    return {
        "seq": row.seq,
        "epoch": row.epoch,
        "signed": sign("checkpoint", stated, signer.key).to_wire(),
        "witness": b"",
    }


def _columns(row: FactRow | RecordRow) -> dict[str, object]:
    return {name: column for name, column in row._asdict().items() if name != "previous"}
