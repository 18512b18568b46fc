"""A small demo run that agrees in everything, made by hand: what the checker is tested against."""

import hashlib
import importlib.util
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

CHECKER = Path(__file__).parents[2] / "scripts" / "check_demo.py"
UTC_MS = 1_800_000_000_000

Line = dict[str, Any]


def checker() -> ModuleType:
    """The script as a module, though it is in no package."""
    spec = importlib.util.spec_from_file_location("check_demo", CHECKER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_demo"] = module
    spec.loader.exec_module(module)
    return module


def truck(name: str, start: int, mass: int, leaves: str) -> list[Line]:
    """A visit of 30 s that begins at `start`; `leaves` is "pass", "bay" or "reverse"."""

    def seen(after: int, what: str, **more: object) -> Line:
        return {"tick": start + after, "what": what, **more}

    came = [
        seen(0, "truck", truck=name, event="arrives", container="TCLU4567897"),
        seen(1_000, "loop", name="entry", occupied=True),
        seen(4_000, "loop", name="entry", occupied=False),
        seen(8_000, "deck", name="deck", mass=mass, load=mass),
    ]
    if leaves != "pass":
        return [
            *came,
            seen(20_000, "deck", name="deck", mass=0, load=0),
            seen(21_000, "truck", truck=name, event="gone", container="TCLU4567897"),
        ]
    return [
        *came,
        seen(10_000, "frame", text="FC16 raise pulses=1"),
        seen(10_000, "output", name="raise", on=True, held_ms=0),
        seen(10_000, "boom", phase="rising"),
        seen(10_500, "output", name="raise", on=False, held_ms=500),
        seen(12_000, "boom", phase="up"),
        seen(12_050, "output", name="red", on=False, held_ms=12_050),
        seen(12_050, "output", name="green", on=True, held_ms=0),
        seen(14_000, "loop", name="under-boom", occupied=True),
        seen(14_100, "output", name="red", on=True, held_ms=0),
        seen(14_100, "output", name="green", on=False, held_ms=2_050),
        seen(16_000, "loop", name="exit", occupied=True),
        seen(18_000, "loop", name="under-boom", occupied=False),
        seen(20_000, "loop", name="exit", occupied=False),
        seen(20_600, "frame", text="FC16 lower pulses=1"),
        seen(20_600, "boom", phase="lowering"),
        seen(21_000, "truck", truck=name, event="gone", container="TCLU4567897"),
        seen(22_600, "boom", phase="down"),
    ]


def story(name: str, **more: object) -> Line:
    """What is told of a story: a truck in order unless `more` says otherwise."""
    told: Line = {"name": name, "plate": "12C04567", "declaration": "107900000010", "gross": 42_000_000}
    told |= {"container": "TCLU4567897"}
    told |= {"end": "DEPARTED", "reason": "", "verdict": "PASS", "basis": "RULES", "sun": False, "link_down": False}
    return told | more


EXPECTED = [
    story("green", sun=True),
    story("bay", end="REFERRED", reason="WEIGHT_DEVIATION", verdict="REFER_XRAY", basis="", gross=44_000_000),
    story("held", reason="NOT_ELIGIBLE", verdict="HOLD", basis="ACTS"),
    story("link", link_down=True),
]
START = {"green": 100_000, "bay": 200_000, "held": 300_000, "link": 400_000}
LEAVES = {"green": "pass", "bay": "bay", "held": "pass", "link": "pass"}


def physical() -> list[Line]:
    """The yard's log of the four trucks, after the module was opened."""
    lines: list[Line] = [
        {"tick": 90_000, "what": "frame", "text": "FC16 raise pulses=0"},
        {"tick": 90_001, "what": "frame", "text": "FC15 raise=0 lower=0"},
        {"tick": 90_002, "what": "output", "name": "red", "on": True, "held_ms": 0},
    ]
    for told in EXPECTED:
        name = told["name"]
        lines += truck(name, START[name], told["gross"], LEAVES[name])
    return lines


def bodies() -> list[tuple[str, int, Line]]:
    """(type, tick, body) of the records, in order."""
    found: list[tuple[str, int, Line]] = [("lane.started", 89_000, {}), ("link.state", 95_000, {"up": True})]
    for number, told in enumerate(EXPECTED, start=1):
        start, crossing = START[told["name"]], f"C{number}"
        if told["link_down"]:
            found.append(("link.state", start - 500, {"up": False}))
        found.append(("crossing.opened", start + 1_050, {"crossing": crossing}))
        raw = ["", told["plate"], told["plate"]] if told["sun"] else [told["plate"]]
        found.append(("crossing.identified", start + 6_000, {"crossing": crossing, "raw": raw}))
        read = {"crossing": crossing, "container": told["container"], "views": 2, "verdict": "ACCEPTED"}
        found.append(("crossing.container", start + 7_000, read))
        if told["basis"] == "ACTS":
            for actor, outcome in (("one", "proposed"), ("two", "effective")):
                act = {"crossing": crossing, "actor": actor, "outcome": outcome}
                found.append(("act.recorded", start + 9_000, act))
        if told["basis"]:
            found.append(("crossing.released", start + 9_990, {"crossing": crossing}))
        closing = ("plate", "container", "declaration", "gross", "end", "reason", "verdict")
        completed = {name: told[name] for name in closing}
        ended = {"crossing": crossing, "released_by": told["basis"], **completed}
        found.append(("crossing.completed", start + 22_700, ended))
        if told["link_down"]:
            found.append(("link.state", start + 30_000, {"up": True}))
    return found


def record_hash(previous: bytes, columns: tuple[object, ...]) -> bytes:
    """Written a second time, from the description of the chain."""
    text = b"\x01" + previous
    for column in columns:
        data = column if isinstance(column, bytes) else str(column).encode()
        text += len(data).to_bytes(8, "big") + data
    return hashlib.sha256(text).digest()


def rows(said: list[tuple[str, int, Line]]) -> list[tuple[Any, ...]]:
    """The columns of the centre's record table for these records, chained; what happened in the dark arrives late."""
    dark_from = START["link"] - 500
    made: list[tuple[Any, ...]] = []
    previous = bytes(32)
    for seq, (kind, tick, body) in enumerate(said, start=1):
        utc_ms = UTC_MS + tick
        columns = (1, seq, 2 * seq, b"f" * 32, kind, tick, utc_ms, "synced", json.dumps(body).encode())
        own = record_hash(previous, columns)
        received = UTC_MS + max(tick + 20, START["link"] + 30_020 if tick >= dark_from else 0)
        made.append((*columns, own, previous, received))
        previous = own
    return made


def write_run(folder: Path) -> None:
    """The same run as the files that the checker reads."""
    for part in ("yard", "centre", "lane/data"):
        (folder / part).mkdir(parents=True)
    (folder / "stories.json").write_text(json.dumps(EXPECTED))
    (folder / "yard" / "physical.jsonl").write_text("".join(json.dumps(line) + "\n" for line in physical()))
    columns = "epoch, seq, facts_to, facts_hash, type, tick, utc_ms, quality, body, hash"
    with closing(sqlite3.connect(folder / "lane" / "data" / "journal.db")) as journal, journal:
        journal.execute(f"CREATE TABLE record ({columns})")
        journal.executemany(f"INSERT INTO record VALUES ({', '.join('?' * 10)})", [row[:10] for row in rows(bodies())])
    with closing(sqlite3.connect(folder / "centre" / "centre.db")) as centre, centre:
        centre.execute(f"CREATE TABLE record ({columns}, previous, received_ms)")
        centre.executemany(f"INSERT INTO record VALUES ({', '.join('?' * 12)})", rows(bodies()))
        centre.execute("CREATE TABLE aside (epoch, seq, type)")
        centre.execute("CREATE TABLE alarm (code, detail)")
