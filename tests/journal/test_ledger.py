"""A declaration is spent once, by whoever came first, over all lanes of a station."""

import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest

from station.journal.ledger import Booking, Ledger
from station.journal.refusals import LedgerUnavailable

ROOT = Path(__file__).parents[2]


def test_first_come_first_served(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        assert ledger.holder("D1") == ""
        assert ledger.spend("D1", "C1") == Booking(True, "C1")
        assert ledger.spend("D1", "C2") == Booking(False, "C1")
        assert ledger.spend("D1", "C1") == Booking(True, "C1")
        assert ledger.spend("D2", "C2") == Booking(True, "C2")
    with Ledger(tmp_path / "ledger.db") as ledger:
        assert ledger.holder("D1") == "C1"


def test_a_booking_passes_from_an_interrupted_crossing_only(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        ledger.spend("D1", "C1")
        assert ledger.spend("D1", "C2", previous="C9") == Booking(False, "C1")
        assert ledger.spend("D1", "C2", previous="C1") == Booking(True, "C2")
        assert ledger.spend("D1", "C2", previous="C1") == Booking(True, "C2")
        assert ledger.spend("D1", "C1") == Booking(False, "C2")
        assert ledger.spend("D2", "C3", previous="C1") == Booking(True, "C3")


def test_only_the_holder_gives_a_booking_back(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        ledger.spend("D1", "C1")
        assert not ledger.release_booking("D1", "C2")
        assert ledger.release_booking("D1", "C1")
        assert not ledger.release_booking("D1", "C1")
        assert ledger.spend("D1", "C2") == Booking(True, "C2")


@pytest.mark.parametrize(("declaration", "crossing"), [("", "C1"), ("D1", "")])
def test_nothing_is_booked_to_nobody(tmp_path: Path, declaration: str, crossing: str) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger, pytest.raises(ValueError, match="booking"):
        ledger.spend(declaration, crossing)


def test_lanes_that_race_get_each_declaration_once(tmp_path: Path) -> None:
    path, lanes, count = tmp_path / "ledger.db", 3, 60
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.journal.spender", str(path), f"C{lane}", str(count)],
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for lane in range(lanes)
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        won = [int(process.communicate("go\n", timeout=30)[0]) for process in processes]
    assert sum(won) == count
    with Ledger(path) as ledger:
        holders = [ledger.holder(f"D{number}") for number in range(count)]
    assert [holders.count(f"C{lane}") for lane in range(lanes)] == won


def test_a_ledger_that_does_not_answer_is_a_refusal(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger(path) as ledger, closing(sqlite.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerUnavailable) as caught:
            ledger.spend("D1", "C1")
        assert caught.value.cause == "locked"
        other.execute("ROLLBACK")
        assert ledger.spend("D1", "C1").accepted


def test_a_damaged_ledger_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"not a ledger" * 100)
    with pytest.raises(LedgerUnavailable) as caught:
        Ledger(path)
    assert caught.value.cause == "corrupt"
