"""The two chains: golden hashes by a second implementation, and every single change found and named."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.journal.chain import (
    GENESIS,
    EpochRow,
    FactRow,
    RecordRow,
    first_broken_fact,
    first_broken_record,
    hash_of,
)
from station.journal.codec import fact_row, record_row
from station.journal.reader import JournalReader
from station.journal.store import Journal
from tests.journal.made import append_turns, behind_its_back, made_facts, made_records, outcome

EPOCHS = [EpochRow(1, 1, GENESIS, 1, GENESIS, "first")]
TURNS = 6
GOLDEN_FACT = "5cbbedd1a30adb34337f292a2a42d6c6c2f48a066051c4f8fb475dc95bce5052"
GOLDEN_RECORD = "02d4175154f9f284de11a80d46f3e0521ce1afb9bee448e0a0762c9cb0039eb0"


def made_chains() -> tuple[list[FactRow], list[RecordRow]]:
    facts: list[FactRow] = []
    records: list[RecordRow] = []
    for number in range(TURNS):
        tick = 10 * number
        turn: list[FactRow] = []
        for index, fact in enumerate(made_facts(tick)):
            previous = (facts + turn)[-1].hash if facts + turn else GENESIS
            turn.append(fact_row(previous, len(facts) + index + 1, fact, outcome(tick) if index else b""))
        for stamped in made_records(len(records) + 1, tick):
            previous = records[-1].hash if records else GENESIS
            records.append(record_row(previous, 1, stamped, turn[stamped.cause]))
        facts += turn
    return facts, records


FACTS, RECORDS = made_chains()
FACT_HASHES = {row.fseq: row.hash for row in FACTS}


def broken_fact(rows: Sequence[FactRow]) -> str:
    return str(first_broken_fact(rows, 1, GENESIS, EPOCHS))


def broken_record(rows: Sequence[RecordRow]) -> str:
    return str(first_broken_record([(row, FACT_HASHES.get(row.facts_to)) for row in rows], 1, GENESIS, EPOCHS, 1))


def length_prefixed(*columns: bytes) -> bytes:
    return b"".join(len(column).to_bytes(8, "big") + column for column in columns)


def test_stored_hashes_agree_with_a_second_implementation(tmp_path: Path) -> None:
    """From the agreement alone, over the rows as another SQLite reads them."""
    with Journal.open(tmp_path) as journal:
        append_turns(journal, 3)
    with behind_its_back(tmp_path) as database:
        facts = database.execute("SELECT fseq, kind, tick, body, outcome, hash FROM fact ORDER BY fseq").fetchall()
        records = database.execute(
            "SELECT epoch, seq, facts_to, facts_hash, type, tick, utc_ms, quality, body, hash FROM record ORDER BY seq"
        ).fetchall()
    assert (len(facts), len(records)) == (6, 6)
    before = bytes(32)
    hashes = {}
    for fseq, kind, tick, body, digest, stored in facts:
        text = length_prefixed(b"%d" % fseq, kind.encode(), b"%d" % tick, body, digest)
        before = hashlib.sha256(b"\x00" + before + text).digest()
        assert stored == before
        hashes[fseq] = before
    before = bytes(32)
    for epoch, seq, facts_to, facts_hash, name, tick, utc_ms, quality, body, stored in records:
        numbers = [b"%d" % value for value in (epoch, seq, facts_to, tick, utc_ms)]
        text = length_prefixed(*numbers[:3], facts_hash, name.encode(), numbers[3], numbers[4], quality.encode(), body)
        before = hashlib.sha256(b"\x01" + before + text).digest()
        assert stored == before
        assert facts_hash == hashes[facts_to]


def test_a_golden_hash_of_each_chain() -> None:
    """Fixed for ever: a release that computes others cannot read what stations hold."""
    fact = FactRow(7, "TimePassed", 1234, b'{"is":"TimePassed","tick":1234}', b"\xaa" * 32, b"", bytes(32))
    record = RecordRow(
        3, 2, 7, b"\xbb" * 32, "link.state", 1234, -5, "unsynced", b'{"is":"LinkState","up":true}', b"", b"\xcc" * 32
    )
    assert hash_of(fact).hex() == GOLDEN_FACT
    assert hash_of(record).hex() == GOLDEN_RECORD


def test_whole_chains_are_whole() -> None:
    assert broken_fact(FACTS) == broken_record(RECORDS) == "None"


def other_value(value: object) -> Any:  # noqa: ANN401 - as any column
    match value:
        case bytes():
            return bytes([value[0] ^ 1]) + value[1:] if value else b"x"
        case str():
            return value + "x"
        case int():
            return value + 1
    raise AssertionError(value)


@pytest.mark.parametrize("column", ["kind", "tick", "body", "outcome", "hash", "previous"])
@pytest.mark.parametrize("at", range(2 * TURNS))
def test_a_changed_column_of_a_fact_is_named(column: str, at: int) -> None:
    row = FACTS[at]
    changed = row._replace(**{column: other_value(getattr(row, column))})
    assert broken_fact([*FACTS[:at], changed, *FACTS[at + 1 :]]).startswith(f"fact {row.fseq}: ")


@pytest.mark.parametrize(
    "column", ["epoch", "facts_to", "facts_hash", "type", "tick", "utc_ms", "quality", "body", "hash", "previous"]
)
@pytest.mark.parametrize("at", range(2 * TURNS))
def test_a_changed_column_of_a_record_is_named(column: str, at: int) -> None:
    row = RECORDS[at]
    changed = row._replace(**{column: other_value(getattr(row, column))})
    assert broken_record([*RECORDS[:at], changed, *RECORDS[at + 1 :]]).startswith(f"record {row.seq}: ")


@settings(max_examples=200)
@given(st.data())
def test_a_row_removed_doubled_moved_or_altered_is_found(data: st.DataObject) -> None:
    chains: list[list[FactRow | RecordRow]] = [[*FACTS], [*RECORDS]]
    rows = data.draw(st.sampled_from(chains))
    at = data.draw(st.integers(0, len(rows) - 2))
    kind = data.draw(st.sampled_from(["remove", "double", "swap", "flip"]))
    mutated = [*rows]
    if kind == "remove":
        del mutated[at]
    elif kind == "double":
        mutated.insert(at, mutated[at])
    elif kind == "swap":
        mutated[at], mutated[at + 1] = mutated[at + 1], mutated[at]
    else:
        bit = data.draw(st.integers(0, 8 * len(rows[at].body) - 1))
        body = bytearray(rows[at].body)
        body[bit // 8] ^= 1 << bit % 8
        mutated[at] = rows[at]._replace(body=bytes(body))
    facts = [row for row in mutated if isinstance(row, FactRow)]
    records = [row for row in mutated if isinstance(row, RecordRow)]
    name = broken_fact(facts) if facts else broken_record(records)
    first = at + (2 if kind == "double" else 1)
    assert name.startswith(f"{'fact' if facts else 'record'} {first}: "), name


def test_rewriting_one_chain_breaks_the_link_to_the_other() -> None:
    """Facts forged and hashed anew: their own chain holds, the records still name the old ones."""
    forged: list[FactRow] = []
    for row in FACTS:
        altered = row._replace(tick=row.tick + 1, previous=forged[-1].hash if forged else GENESIS)
        forged.append(altered._replace(hash=hash_of(altered)))
    assert broken_fact(forged) == "None"
    hashes = {row.fseq: row.hash for row in forged}
    found = first_broken_record([(row, hashes[row.facts_to]) for row in RECORDS], 1, GENESIS, EPOCHS, 1)
    assert str(found).startswith("record 1: facts-hash")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (
            "UPDATE fact SET body = CAST(replace(CAST(body AS TEXT), 'scale', 'scalf') AS BLOB) WHERE fseq = 3",
            "fact 3: hash",
        ),
        ("UPDATE fact SET tick = tick + 1 WHERE fseq = 4", "fact 4: hash"),
        (
            "UPDATE record SET body = CAST(replace(CAST(body AS TEXT), 'GATE', 'GATF') AS BLOB) WHERE seq = 2",
            "record 2: hash",
        ),
        ("UPDATE record SET utc_ms = utc_ms - 1 WHERE seq = 5", "record 5: hash"),
        ("DELETE FROM record WHERE seq = 3", "record 3: gap"),
        ("DELETE FROM fact WHERE fseq = 1", "fact 1: gap"),
        ("UPDATE record SET seq = 99 WHERE seq = 6", "record 6: gap"),
        ("UPDATE epoch SET parent = CAST(zeroblob(31) || x'01' AS BLOB)", "record 1: "),
        ("UPDATE epoch SET number = 2", "record 1: epoch"),
    ],
)
def test_a_change_in_the_file_is_named(tmp_path: Path, change: str, name: str) -> None:
    with Journal.open(tmp_path) as journal:
        append_turns(journal, 3)
    with JournalReader(tmp_path) as reader:
        assert reader.first_broken() is None
    with behind_its_back(tmp_path) as database:
        assert database.execute(change).rowcount == 1
    with JournalReader(tmp_path) as reader:
        assert str(reader.first_broken()).startswith(name)
