"""`station audit` by its command line: exit codes, both languages, JSON, refusals."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import get_args

import pytest

from station.audit.walk import Cause
from station.commands.audit_phrases import CAUSES
from tests.audit.gate_book import GateBook, crossing_named
from tests.audit.rewriter import rewrite
from tests.audit.sealed import altered
from tests.commands.premises import Told

Command = Callable[..., Told]


@pytest.fixture
def made(tmp_path: Path) -> GateBook:
    (tmp_path / "gate").mkdir()
    with GateBook(tmp_path / "gate") as book:
        book.cross(4)
    return book


def keys(made: GateBook) -> tuple[str, ...]:
    return ("--station-key", made.station_key.public.text, "--centre-key", made.centre_key.public.text)


def test_a_whole_lane_its_centre_and_an_export_are_whole(made: GateBook, tmp_path: Path, command: Command) -> None:
    told = command("audit", "verify", made.lane, *keys(made), "--against", made.database)
    assert told.status == 0 and "Whole." in told.out and "records 1..20" in told.out
    told = command("audit", "verify", made.database, *keys(made), language="vi")
    assert told.status == 0 and "Nguyên vẹn." in told.out and "VN-HN/I1" in told.out
    file = tmp_path / "lane.jsonl"
    assert command("audit", "export", made.lane, file).status == 0
    told = command("audit", "verify", file, "--json")
    report = json.loads(told.out)
    assert told.status == 0 and report["whole"] and not report["signatures_checked"]
    assert report["records"] == 20 and report["witnessed"] >= 1
    told = command("audit", "export", made.lane, file)
    assert told.status == 74


def test_a_source_without_a_table_of_checkpoints_says_so(made: GateBook, command: Command) -> None:
    with closing(sqlite3.connect(made.folder / "centre.db")) as connection:
        connection.execute("DROP TABLE checkpoint")
    told = command("audit", "verify", made.database, *keys(made))
    assert told.status == 0 and "no table of checkpoints" in told.out and "0 checkpoints" not in told.out
    told = command("audit", "verify", made.database, language="vi")
    assert told.status == 0 and "không có bảng mốc ký" in told.out
    assert not json.loads(command("audit", "verify", made.database, "--json").out)["has_checkpoints"]
    told = command("audit", "verify", made.database, *keys(made), "--against", made.lane)
    assert told.status == 0, "what another source has signed is asked all the same"


def test_the_first_broken_row_is_named_with_its_cause(made: GateBook, command: Command) -> None:
    altered(made.lane, "UPDATE record SET utc_ms = utc_ms + 1 WHERE seq = 5")
    told = command("audit", "verify", made.lane)
    assert told.status == 1 and "BROKEN at record 5: its content was changed" in told.out
    assert "signatures were NOT checked" in told.out
    told = command("audit", "verify", made.lane, "--json")
    assert json.loads(told.out)["findings"][0]["row"] == 5
    assert command("audit", "verify", made.lane, "--from", "12").status == 0, "a checkpoint stands there"
    told = command("audit", "verify", made.lane, "--from", "3")
    assert told.status == 1 and "there is no checkpoint at this record" in told.err


def test_a_ticket_against_the_database(made: GateBook, command: Command) -> None:
    text = made.tickets[crossing_named(3)]
    told = command("audit", "ticket", text, "--database", made.database, *keys(made))
    assert told.status == 0 and "The database is what was printed." in told.out and "crossing.weighed" in told.out
    rewrite(made.lane, made.folder / "centre.db", crossing_named(2), "re-time", made.station_key)
    for source in (str(made.lane), made.database):
        told = command("audit", "ticket", text, "--database", source, *keys(made), language="vi")
        assert told.status == 1 and "KHÔNG PHẢI như phiếu đã in" in told.out
        told = command("audit", "ticket", text, "--database", source, "--json")
        assert told.status == 1 and not json.loads(told.out)["agrees"]


def test_what_cannot_be_audited_is_refused(made: GateBook, tmp_path: Path, command: Command) -> None:
    told = command("audit", "verify", tmp_path / "absent.db")
    assert told.status == 74 and "cannot be read" in told.err and "next:" in told.err
    told = command("audit", "ticket", "BGT1;x", "--database", made.lane)
    assert told.status == 1 and "this is no ticket's code" in told.err
    told = command("audit", "verify", made.lane, "--station-key", "ab")
    assert told.status == 77
    told = command("audit", "verify", made.database, "--lane", "I9")
    assert told.status == 1 and "there is no such lane" in told.err


def test_every_cause_has_words() -> None:
    assert set(get_args(Cause)) <= set(CAUSES)
    assert all(vietnamese and english for vietnamese, english in CAUSES.values())
