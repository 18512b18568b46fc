"""Facts and records as rows, and back. A row's body is the canonical JSON of the dataclass.

A body written by an older release is brought up to date when read, step by step; the stored bytes stay as they are.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from drivers.contract.plain import NotPlain, PlainMap, encode, from_plain, parse
from station.core.facts import Fact
from station.core.records import TYPES, Record, Stamped
from station.journal.chain import FactRow, RecordRow, fact_hash, record_hash
from station.journal.tables import SCHEMA

UPCASTERS: Mapping[tuple[str, int], Callable[[PlainMap], PlainMap]] = {}
"""(class name, version of the body) -> the body one version later. No entry: nothing changed in that step."""


def fact_row(previous: bytes, fseq: int, fact: Fact, outcome: bytes) -> FactRow:
    """The row of `fact`; `outcome` is b"" except for the last fact of a turn."""
    kind, body = type(fact).__name__, encode(fact)
    digest = fact_hash(previous, fseq, kind, fact.tick, body, outcome)
    return FactRow(fseq, kind, fact.tick, body, outcome, digest, previous)


def record_row(previous: bytes, epoch: int, stamped: Stamped, cause: FactRow) -> RecordRow:
    """The row of a stamped record, caused by `cause`."""
    name, body = TYPES[type(stamped.record)], encode(stamped.record)
    digest = record_hash(
        previous,
        epoch,
        stamped.seq,
        cause.fseq,
        cause.hash,
        name,
        stamped.tick,
        stamped.utc_ms,
        stamped.quality,
        body,
    )
    return RecordRow(
        stamped.seq,
        epoch,
        cause.fseq,
        cause.hash,
        name,
        stamped.tick,
        stamped.utc_ms,
        stamped.quality,
        body,
        digest,
        previous,
    )


def read_fact(row: FactRow, version: int = SCHEMA) -> Fact:
    """The fact in a row whose body has this version. Raises NotPlain."""
    return cast(Fact, from_plain(Fact, _current(row.body, row.kind, version)))


def read_record(row: RecordRow, version: int = SCHEMA) -> Record:
    """The record in a row whose body has this version. Raises NotPlain."""
    return cast(Record, from_plain(Record, _current(row.body, "", version)))


def version_at(number: int, since: Sequence[tuple[int, int]]) -> int:
    """The version of the body of fact `number`, from (version, first fseq written with it) pairs."""
    return max((version for version, first in since if first <= number), default=SCHEMA)


def _current(data: bytes, kind: str, version: int) -> PlainMap:
    body: Any = parse(data)
    if not isinstance(body, dict):
        raise NotPlain(f"expected an object, got {type(body).__name__}")
    if kind and body.get("is") != kind:
        raise NotPlain(f"the row says {kind}, its body {body.get('is')!r}")
    for step in range(version, SCHEMA):
        upcast = UPCASTERS.get((str(body.get("is")), step))
        body = upcast(body) if upcast else body
    return cast(PlainMap, body)
