"""What people at the centre see of a crossing's files, and what the day's statement counts."""

import json
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pysqlite3.dbapi2 as sqlite
import pytest

from station.centre import evidence_queries
from station.centre.days import Days
from station.centre.evidence_queries import FileCount, count_files, files_of_crossing
from station.centre.reconciling import reconcile
from station.messages.days import day_before
from station.messages.evidence_files import named_in
from tests.commands.premises import station
from tests.courier.bench import LANE, STATION, Bench
from tests.courier.pictured import UTC_MS, content, keep, keep_clip, name, sha256
from tests.services import Mosquitto

CROSSING = "VNHUN1-L1-E1-000001"
GOOD, GONE = content(1, 1_000), sha256(content(2, 1_000))
FRAMES = [content(at, 1_000) for at in (3, 4, 5)]


@pytest.fixture
def bench(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Bench]:
    """A crossing with a picture, one that is gone, and a clip, all settled; then one that the centre has not got."""
    with Bench(tmp_path / "bench", mosquitto.port) as made:
        made.evidence = str(tmp_path / "evidence")
        keep(made.folder / "lane", GOOD)
        name(made.journal, [sha256(GOOD), GONE], CROSSING)
        keep_clip(made, FRAMES, CROSSING)
        made.start_receiver()
        courier = made.start_courier()
        made.pump(lambda: courier._store.files.place()[1] == 2, "all is settled")
        newest = name(made.journal, [sha256(GOOD), sha256(content(9, 10))], CROSSING)
        with mock.patch.object(courier._files, "turn", side_effect=lambda box, *_: box):
            made.pump(lambda: courier._cursor.seq == newest, "the record is receipted")
        made.stop_courier()
        yield made


def test_a_crossing_shows_each_file_and_whether_it_is_here(bench: Bench) -> None:
    assert bench.receiver is not None
    found = files_of_crossing(bench.receiver.store, STATION, LANE, CROSSING)
    states = {one.sha256: (one.seq, one.state) for one in found}
    index = next(one.sha256 for one in found if one.type == "clip.kept" and not one.clip)
    assert states == {
        sha256(GOOD): (1, "here"),
        GONE: (1, "gone"),
        index: (2, "here"),
        **{sha256(frame): (2, "here") for frame in FRAMES},
        sha256(content(9, 10)): (3, "missing"),
    }
    assert [one.clip for one in found if one.sha256 in map(sha256, FRAMES)] == [index] * 3


def test_the_day_counts_named_here_gone_and_missing(bench: Bench) -> None:
    assert bench.receiver is not None
    days = Days(bench.receiver.store, lambda _: {})
    (one,) = reconcile(days, day_before(UTC_MS + 86_400_000), UTC_MS)
    assert one.files == FileCount(named=7, here=5, gone=1, missing=1)


def test_the_day_is_read_in_parts_and_nobody_waits_for_it_meanwhile(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite an open transaction keeps every receiver from storing."""
    assert bench.receiver is not None
    store, read = bench.receiver.store, named_in
    beside = sqlite.connect(str(bench.folder / "centre.db"), timeout=0)

    def named(body: bytes) -> tuple[str, ...]:
        with beside:
            beside.execute("BEGIN IMMEDIATE")
        return read(body)

    monkeypatch.setattr(evidence_queries, "_CHUNK", 2)
    monkeypatch.setattr(evidence_queries, "named_in", named)
    try:
        found = count_files(store, STATION, LANE, 0, 2 * UTC_MS)
    finally:
        beside.close()
    assert found == FileCount(named=7, here=5, gone=1, missing=1)


def test_the_command_tells_it_to_people_and_programs(bench: Bench) -> None:
    asked = ("centre", "--database", bench.database, "evidence", CROSSING, "--station", STATION, "--lane", LANE)
    people = station(*asked)
    assert people.returncode == 0, people.stderr
    assert people.stdout.count("\n") == 2 + 7 and sha256(GOOD) in people.stdout
    programs = [json.loads(line) for line in station(*asked, "--json").stdout.splitlines()]
    by_hash = {one["sha256"]: one for one in programs}
    assert (Path(bench.evidence) / by_hash[sha256(GOOD)]["path"]).read_bytes() == GOOD
    assert (by_hash[GONE]["state"], by_hash[GONE]["reason"], by_hash[GONE]["path"]) == ("gone", "missing", "")
    nothing = station(*asked[:3], "evidence", "no-such", *asked[5:])
    assert nothing.returncode == 0 and "no-such" in nothing.stdout
