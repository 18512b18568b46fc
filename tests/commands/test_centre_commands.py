"""The centre by commands: publish a list, suspend, ask; faulty lists and databases are refused by name."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from station.centre.lane_states import keep_state
from station.centre.publisher import Holds, lacking
from station.centre.store import CentreStore
from station.messages.downlinks import EligibleList, Suspension, Watchlist
from station.messages.states import LaneState
from tests.commands.premises import ROOT, Told, station
from tests.messages.chains import LANE, STATION, chain
from tests.support import free_port, wait_until

Command = Callable[..., Told]

ENTRY = {
    "declaration": "107900000010",
    "office": "15BB",
    "plate": "12C04567",
    "trailer": "12RM00321",
    "container": "TCLU4567897",
    "goods": 22_000_000,
    "tare": 20_000_000,
    "status": "cleared",
    "channel": "green",
    "valid_until_ms": 1_900_000_000_000,
}


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'centre.db'}"


def test_a_list_and_a_suspension_are_published(tmp_path: Path, database: str, command: Command) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.csv"
    first.write_text(json.dumps([ENTRY]))
    other = ENTRY | {"declaration": "107900000028"}
    second.write_text(",".join(other) + "\n" + ",".join(map(str, other.values())) + "\n")
    options = ("--station", "VN-HN", "--office", "15BB")
    told = command("centre", "--database", database, "publish-list", first, second, *options)
    assert told.status == 0 and "List 1 for VN-HN: 2 declarations" in told.out
    told = command("centre", "--database", database, "suspend", "107900000010", "--station", "VN-HN", "--json")
    assert json.loads(told.out) == {"station": "VN-HN", "declaration": "107900000010", "lifted": False, "number": 1}
    assert (
        command("centre", "--database", database, "suspend", "107900000010", "--station", "VN-HN", "--lift").status == 0
    )
    store = CentreStore(database)
    things = [kept.thing for kept in lacking(store, "VN-HN", Holds(0, 0))]
    store.close()
    assert [(type(thing), getattr(thing, "lifted", None)) for thing in things] == [
        (Suspension, False),
        (Suspension, True),
        (EligibleList, None),
    ]


def test_a_faulty_list_is_refused_by_entry(tmp_path: Path, database: str, command: Command) -> None:
    file = tmp_path / "list.json"
    options = ("--station", "VN-HN", "--office", "15BB")
    for body, seen in (
        ([ENTRY, ENTRY | {"goods": "heavy", "declaration": "1"}], "entry 2"),
        ([ENTRY, ENTRY], "stands twice"),
        ({"no": "list"}, "expected an array"),
    ):
        file.write_text(json.dumps(body))
        told = command("centre", "--database", database, "publish-list", file, *options)
        assert told.status == 1 and seen in told.err and str(file) in told.err and "next: correct the file" in told.err


def test_a_watchlist_and_rules_are_published_and_only_marks_are_kept(
    tmp_path: Path, database: str, command: Command
) -> None:
    key, plates = tmp_path / "watch.key", tmp_path / "plates.txt"
    told = command("centre", "make-watch-key", key, "--json")
    key_id = json.loads(told.out)["key_id"]
    assert key.stat().st_mode & 0o777 == 0o600
    assert command("centre", "make-watch-key", key).status == 77, "a key is never replaced"
    plates.write_text("29H-999.99\n\n12C-045.67\n")
    where, station_of = ("centre", "--database", database), ("--station", "VN-HN")
    told = command(*where, "publish-watchlist", plates, *station_of, "--watch-key", key)
    assert told.status == 0 and "Watchlist 1 for VN-HN" in told.out
    told = command(*where, "publish-rules", "weight_refer=40", "list_age=3600000", *station_of, "--json")
    assert json.loads(told.out)["values"] == {"weight_refer": 40, "list_age": 3_600_000}
    for wrong, cause in (
        (("presence=1",), "a limit that the centre may not set"),
        (("weight_refer=4000",), "out of its bounds"),
        (("weight_refer",), "malformed"),
        (("weight_refer=40", "weight_refer=50"), "malformed"),
    ):
        told = command(*where, "publish-rules", *wrong, *station_of)
        assert told.status == 1 and cause in told.err and "next:" in told.err
    store = CentreStore(database)
    kept = lacking(store, "VN-HN", Holds(0, 0, 0, 0))
    assert [one.purpose for one in kept] == ["watchlist", "rules"]
    watchlist = kept[0].thing
    assert isinstance(watchlist, Watchlist) and watchlist.key_id == key_id and len(watchlist.marks) == 2
    assert b"12C" not in (tmp_path / "centre.db").read_bytes()
    assert lacking(store, "VN-HN", Holds(0, 0)) == [], "an older lane takes neither"
    store.close()


def test_records_and_alarms_are_asked(database: str, command: Command) -> None:
    store = CentreStore(database)
    made = chain(5)
    store.store(STATION, LANE, made[:3], 1)
    store.close()
    where = ("centre", "--database", database, "records", "--station", STATION, "--lane", LANE)
    told = command(*where, "--since", "1", "--json")
    assert [json.loads(line)["seq"] for line in told.out.splitlines()] == [2, 3]
    assert len(command(*where).out.splitlines()) == 3
    assert command("centre", "--database", database, "alarms").out.startswith("Alarms at the centre: 0")


def test_lanes_are_asked_how_they_stand(database: str, command: Command) -> None:
    store = CentreStore(database)
    store.store(STATION, LANE, chain(3), 1)
    keep_state(
        store, LaneState(STATION, LANE, True, "b", 1, 0, disk="LOW", free_mib=900, days_left=12), 1_700_000_000_000
    )
    keep_state(store, LaneState(STATION, "L2", False, "b", 1, 0), 1_700_000_000_000)
    store.close()
    told = command("centre", "--database", database, "lanes")
    assert told.status == 0 and f"{STATION}/{LANE}" in told.out and "1/3" in told.out
    assert "connected" in told.out and "900 MiB free, 12 days left" in told.out and "not told" in told.out
    told = command("centre", "--database", database, "lanes", language="vi")
    assert "có kết nối" in told.out and "còn đủ 12 ngày" in told.out and "không rõ" in told.out
    first, second = map(json.loads, command("centre", "--database", database, "lanes", "--json").out.splitlines())
    assert (first["disk"], first["free_mib"], first["days_left"], first["seq"]) == ("LOW", 900, 12, 3)
    assert (second["online"], second["disk"], second["days_left"]) == (False, "", -1)


def test_a_database_that_cannot_be_reached_is_69(tmp_path: Path, command: Command) -> None:
    told = command("centre", "--database", f"sqlite:///{tmp_path}/no/such/folder/c.db", "alarms")
    assert told.status == 69 and "database error" in told.err


def test_settings_of_the_centre(tmp_path: Path) -> None:
    file = tmp_path / "centre.toml"
    file.write_text('database = "sqlite:///x.db"\nkey_file = "centre.key"\nstatoins = ["VN-HN"]\n')
    told = station("centre", "--settings", str(file))
    assert told.returncode == 78 and str(file) in told.stderr
    assert station("centre").returncode == 2, "neither settings nor a key"
    file.write_text(f'database = "sqlite:///{tmp_path}/x.db"\nkey_file = "centre.key"\nstations = ["VN-HN"]\n')
    told = station("centre", "--settings", str(file))
    assert told.returncode == 77 and "the key file is missing" in told.stderr


def test_a_running_centre_ends_with_sigterm(tmp_path: Path, demo_keys: Path) -> None:
    """Without a broker it goes on trying; it must still end when told."""
    database = tmp_path / "centre.db"
    file = tmp_path / "centre.toml"
    file.write_text(
        f'database = "sqlite:///{database}"\nkey_file = "{demo_keys}/centre.key"\nstations = ["VN-HN"]\n'
        f"[broker]\nport = {free_port()}\n"
    )
    command = [sys.executable, "-m", "station", "centre", "--settings", str(file)]
    centre = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"LANG": "C"}, stderr=subprocess.DEVNULL)
    wait_until(lambda: database.exists() or centre.poll() is not None, 20, "the centre opens its database")
    wait_until(lambda: _ignores_no_sigterm(centre.pid), 20, "the centre listens to SIGTERM")
    centre.send_signal(signal.SIGTERM)
    assert centre.wait(15) == 0


def _ignores_no_sigterm(pid: int) -> bool:
    """Whether the process has a handler for SIGTERM."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)
