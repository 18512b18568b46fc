"""A legal weight is never erased: nothing of the product deletes or changes a row of fact or record."""

import re
from pathlib import Path

from station.evidence.journal_source import opened
from station.evidence.weight_memory import stored_weight
from station.journal.store import KEPT_SNAPSHOTS, Journal
from tests.commands.premises import ROOT, KeptScript
from tests.journal.made import append_turn

_DELETE, _UPDATE, _OK, _DENY = 9, 23, 0, 1  # action codes and answers of sqlite3_set_authorizer (sqlite.org)


def test_a_journal_lives_on_without_the_right_to_delete_a_fact_or_a_record(tmp_path: Path) -> None:
    """More returns to IDLE than snapshots are kept, a new start, and every weight of the first day is still there."""
    asked: list[str] = []

    def authorise(action: int, table: str | None, *_: object) -> int:
        if action in (_DELETE, _UPDATE):
            asked.append(str(table))
            return _DENY if table in ("fact", "record") else _OK
        return _OK

    with Journal.open(tmp_path) as journal:
        journal._driver.set_authorizer(authorise)
        lane = KeptScript(journal=journal)
        for _ in range(KEPT_SNAPSHOTS + 2):
            lane.green()
    with Journal.open(tmp_path) as journal:
        journal._driver.set_authorizer(authorise)
        append_turn(journal, lane.now + 1_000)
    assert "snapshot" in asked  # the right was asked for, and by others
    assert not {"fact", "record"} & set(asked)
    with opened(tmp_path) as reader:
        for number in range(1, KEPT_SNAPSHOTS + 3):
            assert stored_weight(reader, f"VN-HN-I1-E1-{number:06}-W1").is_whole


def test_no_statement_of_the_product_deletes_from_them() -> None:
    said: dict[str, list[str]] = {}
    for file in (ROOT / "station").rglob("*.py"):
        text = file.read_text()
        if re.search(r"\bdelete\(|DELETE FROM|DROP TABLE", text):
            said[str(file.relative_to(ROOT))] = re.findall(r"\b(?:delete\(|DELETE FROM |DROP TABLE )([\w.]+)", text)
    assert set(said) == {
        "station/centre/store.py",  # its own tables
        "station/centre/alarms.py",  # rows that it counts in one
        "station/courier/store.py",
        "station/courier/in_force.py",  # lists, marks and decisions that newer ones replace
        "station/courier/file_ledger.py",  # which files are settled, far behind the place
        "station/centre/enrolled.py",  # a key struck off
        "station/journal/ledger.py",  # a booking given back
        "station/journal/personal.py",  # what may be erased, and is not chained
        "station/journal/store.py",  # snapshots, which are derived
    }
    store = (ROOT / "station/journal/store.py").read_text()
    assert store.count("delete(table)") == 2 and "table = tables.snapshot\n        kept" in store
