"""Journals with checkpoints and witnesses for the tests of the audit, and the hands that alter them."""

import sqlite3
from contextlib import closing
from pathlib import Path

from drivers.contract.plain import decode
from station.audit.tables import journal_book
from station.audit.walk import Auditor, Finding
from station.journal import seal
from station.journal.reader import JournalReader
from station.journal.seal import Signer, Witnessed
from station.journal.store import Journal
from station.messages.checkpoints import Checkpoint
from station.messages.receipts import Witness
from station.trust.keys import PrivateKey, PublicKey
from station.trust.signed import Signed, sign
from tests.journal.made import UTC, append_turn

STATION, LANE = "VN-HN", "I1"
STATION_KEY, CENTRE_KEY = PrivateKey.from_raw(b"s" * 32), PrivateKey.from_raw(b"c" * 32)
SIGNER = Signer(STATION, LANE, STATION_KEY, lambda: UTC)


def by_id(key: PrivateKey) -> dict[str, PublicKey]:
    return {key.key_id: key.public}


def witness_of(signed: bytes, key: PrivateKey = CENTRE_KEY) -> Witnessed:
    """The word of a centre that believes everything."""
    stated: Checkpoint = decode(Checkpoint, Signed.from_wire(signed).payload.encode())
    at = (stated.epoch, stated.seq)
    word = sign("receipt", Witness(stated.station, stated.lane, *at, stated.hash, UTC + 1), key)
    return Witnessed(*at, word.to_wire())


def sealed_journal(root: Path, turns: int) -> None:
    """`turns` turns of two facts and two records, a checkpoint every four records, all but the last one witnessed."""
    every, seal.EVERY_RECORDS = seal.EVERY_RECORDS, 4
    try:
        with Journal.open(root, signer=SIGNER) as journal, JournalReader(root) as reader:
            for number in range(1, turns + 1):
                append_turn(journal, 10 * number)
                row = reader.checkpoint(journal.next_seq)
                if row is not None and not row.witness and number < turns:
                    journal.keep_witness(witness_of(row.signed))
    finally:
        seal.EVERY_RECORDS = every


def altered(root: Path, *changes: str) -> None:
    """Change journal.db behind everybody's back, one row each."""
    with closing(sqlite3.connect(root / "journal.db")) as connection, connection:
        for change in changes:
            assert connection.execute(change).rowcount == 1, change


def audit(root: Path, *, keys: bool = True) -> list[Finding]:
    """What the verifier finds in the journal of a folder."""
    with journal_book(root / "journal.db") as book:
        given = (by_id(STATION_KEY), by_id(CENTRE_KEY)) if keys else ({}, {})
        return list(Auditor(book, *given).findings())
