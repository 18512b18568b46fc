#!/usr/bin/env python3
"""Judge a demo run from outside: what the yard's physical log, the centre's database and the lane's journal say.

Usage: check_demo.py FOLDER [--json]. It knows nothing of the station's code, only its files and what should come out
(FOLDER/stories.json). Exit 0 if everything agrees, 1 if not, 2 if the files cannot be read.
"""

import hashlib
import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DIVISION_G = 20_000
"""The scale's division: two true weights differ by no more."""
LONGEST_PULSE_MS = 500 + 1000
"""A motion output may be on for its pulse and one second."""

CONTAINER_VIEWS = 2
"""So many sides of a container show its number."""

_MOTION = re.compile(r"\b(raise|lower)(?:=1| pulses=[1-9]\d*)\b")
_IN_JOURNAL = """
SELECT epoch, seq, facts_to, facts_hash, type, tick, utc_ms, quality, body, hash FROM record ORDER BY epoch, seq
"""
_AT_CENTRE = _IN_JOURNAL.replace("hash FROM", "hash, previous, received_ms FROM")

Line = dict[str, Any]
Findings = Iterator[str]


@dataclass(frozen=True)
class Row:
    """A record as stored; `data` is its body as JSON. `previous` and `received_ms` only at the centre."""

    epoch: int
    seq: int
    facts_to: int
    facts_hash: bytes
    type: str
    tick: int
    utc_ms: int
    quality: str
    body: bytes
    hash: bytes
    previous: bytes = b""
    received_ms: int = 0

    @property
    def data(self) -> Line:
        """The record's fields."""
        found: Line = json.loads(self.body)
        return found

    @property
    def crossing(self) -> str:
        """The crossing that the record is about, or ""."""
        return str(self.data.get("crossing", ""))


@dataclass(frozen=True)
class Case:
    """Everything that is looked at. `trouble`: what the centre itself put aside or raised an alarm about."""

    expected: list[Line]
    physical: list[Line]
    centre: list[Row]
    journal: list[Row]
    trouble: list[str]


@dataclass(frozen=True)
class Visit:
    """One truck's time in the yard: from its arrival until the next one's (the boom comes down behind it)."""

    name: str
    start: int
    end: int
    crossings: tuple[str, ...]


# ---------------------------------------------------------------------- reading
def read_case(folder: Path) -> Case:
    """The files of a demo run. Raises OSError, ValueError, KeyError or sqlite3.Error."""
    expected = json.loads((folder / "stories.json").read_text(encoding="utf-8"))
    log = (folder / "yard" / "physical.jsonl").read_text(encoding="utf-8")
    journal = _rows(folder / "lane" / "data" / "journal.db", _IN_JOURNAL)
    centre = _rows(folder / "centre" / "centre.db", _AT_CENTRE)
    return Case(expected, [json.loads(line) for line in log.splitlines()], centre, journal, _trouble(folder))


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _rows(path: Path, question: str) -> list[Row]:
    with closing(_open(path)) as database:
        return [Row(*row) for row in database.execute(question)]


def _trouble(folder: Path) -> list[str]:
    with closing(_open(folder / "centre" / "centre.db")) as database:
        aside = database.execute("SELECT epoch, seq, type FROM aside").fetchall()
        alarms = database.execute("SELECT code, detail FROM alarm").fetchall()
    return [f"put aside: {row}" for row in aside] + [f"alarm {code}: {detail}" for code, detail in alarms]


# ---------------------------------------------------------------------- judging
def findings(case: Case) -> list[str]:
    """Everything that does not agree; empty if all does."""
    checks = (
        *(_trouble_found, _chain, _delivery, _order_of_trucks, _stories, _boom, _way, _outputs, _link, _acts, _sun),
        _containers,
    )
    return [finding for check in checks for finding in check(case)]


def visits(case: Case) -> list[Visit]:
    """The trucks in the order in which they came."""
    arrivals = [line for line in case.physical if line["what"] == "truck" and line["event"] == "arrives"]
    ends = [line["tick"] for line in arrivals[1:]] + [sys.maxsize]
    found = []
    for arrival, end in zip(arrivals, ends, strict=True):
        start = arrival["tick"]
        opened = [row for row in case.centre if row.type == "crossing.opened" and start <= row.tick < end]
        found.append(Visit(arrival["truck"], start, end, tuple(row.crossing for row in opened)))
    return found


def _trouble_found(case: Case) -> Findings:
    yield from (f"the centre has {trouble}" for trouble in case.trouble)


def _chain(case: Case) -> Findings:
    """Gap-free from 1, each row behind the one before, each hash that of its content."""
    previous, seq = bytes(32), 0
    if not case.centre:
        yield "the centre has no records"
    for row in case.centre:
        if row.seq != seq + 1:
            yield f"record {row.seq} at the centre follows {seq}"
        if row.previous != previous:
            yield f"record {row.seq} at the centre does not name the hash before it"
        if row.hash != _hash(row, previous):
            yield f"record {row.seq} at the centre is not what was hashed"
        previous, seq = row.hash, row.seq


def _hash(row: Row, previous: bytes) -> bytes:
    columns = (row.epoch, row.seq, row.facts_to, row.facts_hash, row.type, row.tick, row.utc_ms, row.quality, row.body)
    digest = hashlib.sha256(b"\x01" + previous)
    for column in columns:
        data = column if isinstance(column, bytes) else str(column).encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()


def _delivery(case: Case) -> Findings:
    """Every record of the journal is at the centre, once and unchanged; and nothing else is."""
    sent = {(row.epoch, row.seq): row for row in case.journal}
    stored = [(row.epoch, row.seq) for row in case.centre]
    for key in sorted(sent.keys() - set(stored)):
        yield f"record {key[1]} ({sent[key].type}) of the journal is not at the centre"
    for key in sorted(set(stored) - sent.keys()):
        yield f"record {key[1]} at the centre is not in the journal"
    if len(set(stored)) < len(stored):
        yield "a record is at the centre twice"
    for row in case.centre:
        original = sent.get((row.epoch, row.seq))
        if original is not None and (original.hash, original.body) != (row.hash, row.body):
            yield f"record {row.seq} at the centre differs from the journal's"


def _order_of_trucks(case: Case) -> Findings:
    came, told = [visit.name for visit in visits(case)], [story["name"] for story in case.expected]
    if came != told:
        yield f"trucks came as {came}, told was {told}"
    counted = sum(row.type == "crossing.opened" for row in case.centre)
    if counted != len(told):
        yield f"{counted} crossings for {len(told)} trucks"


def _stories(case: Case) -> Findings:
    """Each truck's closing record against what was told and what stood on the deck."""
    for story, visit in _paired(case):
        closing_records = [
            row.data for row in case.centre if row.type == "crossing.completed" and row.crossing in visit.crossings
        ]
        if len(closing_records) != 1:
            yield f"{story['name']}: {len(closing_records)} closing records"
            continue
        found = closing_records[0]
        wanted = {
            "end": story["end"],
            "reason": story["reason"],
            "verdict": story["verdict"],
            "released_by": story["basis"],
            "declaration": story["declaration"],
            "plate": story["plate"],
        }
        for field, value in wanted.items():
            if found[field] != value:
                yield f"{story['name']}: {field} is {found[field]!r}, expected {value!r}"
        if story["container"] is not None and found["container"] != story["container"]:
            yield f"{story['name']}: container is {found['container']!r}, expected {story['container']!r}"
        yield from _weights(case, story, visit, found["gross"])


def _weights(case: Case, story: Line, visit: Visit, gross: int) -> Findings:
    stood = [
        line["mass"]
        for line in case.physical
        if line["what"] == "deck" and line["mass"] and visit.start <= line["tick"] < visit.end
    ]
    if not stood:
        yield f"{story['name']}: nothing ever stood still on the deck"
        return
    if abs(gross - max(stood)) > DIVISION_G:
        yield f"{story['name']}: {gross} g recorded, {max(stood)} g stood on the deck"
    if abs(gross - story["gross"]) > DIVISION_G:
        yield f"{story['name']}: {gross} g recorded, expected {story['gross']} g"


def _boom(case: Case) -> Findings:
    """The boom rises once for each released truck, after its release record; never otherwise."""
    motions = [
        (line["tick"], match.group(1))
        for line in case.physical
        if line["what"] == "frame" and (match := _MOTION.search(line["text"]))
    ]
    phases = [(line["tick"], line["phase"]) for line in case.physical if line["what"] == "boom"]
    found = visits(case)
    first = min((visit.start for visit in found), default=sys.maxsize)
    yield from (f"boom order {name} at {tick} before any truck came" for tick, name in motions if tick < first)
    for visit in found:
        ordered = [(tick, name) for tick, name in motions if visit.start <= tick < visit.end]
        moved = [phase for tick, phase in phases if visit.start <= tick < visit.end]
        released = [
            row.tick for row in case.centre if row.type == "crossing.released" and row.crossing in visit.crossings
        ]
        names = [name for _, name in ordered]
        if names != ["raise", "lower"] * len(released) or len(released) > 1:
            yield f"{visit.name}: boom orders {names} for {len(released)} releases"
        elif released and ordered[0][0] < released[0]:
            yield f"{visit.name}: the boom was raised at {ordered[0][0]}, before its release at {released[0]}"
        if moved != ["rising", "up", "lowering", "down"] * len(released):
            yield f"{visit.name}: the boom went {moved} for {len(released)} releases"
    risen = [tick for tick, phase in phases if phase == "rising"]
    raises = [tick for tick, name in motions if name == "raise"]
    yield from (f"the boom rose at {tick} without an order" for tick in risen if not any(r <= tick for r in raises))


def _way(case: Case) -> Findings:
    """Nothing is under the boom unless it is up; the boom never comes down on anything; green only when it is up."""
    phase, is_under = "down", False
    for line in sorted(case.physical, key=lambda line: int(line["tick"])):
        if line["what"] == "boom":
            phase = line["phase"]
        elif line["what"] == "loop" and line["name"] == "under-boom":
            is_under = line["occupied"]
        elif line["what"] == "output" and line["name"] == "green" and line["on"] and phase != "up":
            yield f"green at {line['tick']} while the boom is {phase}"
        if is_under and phase != "up":
            yield f"something is under the boom at {line['tick']} while it is {phase}"


def _outputs(case: Case) -> Findings:
    """Motion outputs are short pulses; red and green exclude each other (one write changes both: judged by tick)."""
    lit: dict[str, bool] = {}
    outputs = [line for line in case.physical if line["what"] == "output"]
    for line, following in zip(outputs, [*outputs[1:], None], strict=True):
        if line["name"] in ("raise", "lower") and line["held_ms"] > LONGEST_PULSE_MS:
            yield f"output {line['name']} was on for {line['held_ms']} ms until {line['tick']}"
        lit[line["name"]] = line["on"]
        is_settled = following is None or following["tick"] > line["tick"]
        if is_settled and lit.get("red") and lit.get("green"):
            yield f"red and green together at {line['tick']}"


def _link(case: Case) -> Findings:
    """Where the link was down, the truck passed meanwhile and its records arrived when the link was back."""
    links = [(row.tick, row.utc_ms, row.data["up"]) for row in case.centre if row.type == "link.state"]
    for story, visit in _paired(case):
        if not story["link_down"]:
            continue
        released = [row for row in case.centre if row.type == "crossing.released" and row.crossing in visit.crossings]
        for row in released:
            was_up = [up for tick, _, up in links if tick <= row.tick]
            back = [utc_ms for tick, utc_ms, up in links if tick > row.tick and up]
            if not was_up or was_up[-1]:
                yield f"{story['name']}: released while the link was up"
            elif not back:
                yield f"{story['name']}: the link never came back"
            elif row.received_ms < back[0] - 1000:
                yield f"{story['name']}: record {row.seq} arrived before the link was back"


def _acts(case: Case) -> Findings:
    """A release by officers has two effective persons; no other truck has any."""
    for story, visit in _paired(case):
        acts = [row.data for row in case.centre if row.type == "act.recorded" and row.crossing in visit.crossings]
        who = sorted({act["actor"] for act in acts if act["outcome"] in ("proposed", "effective")})
        wanted = 2 if story["basis"] == "ACTS" else 0
        if len(who) != wanted:
            yield f"{story['name']}: acts of {who}, expected {wanted} officers"


def _sun(case: Case) -> Findings:
    """Where the sun stood low, the first reading failed and a later one did not."""
    for story, visit in _paired(case):
        if not story["sun"]:
            continue
        rows = [row for row in case.centre if row.type == "crossing.identified" and row.crossing in visit.crossings]
        raw = [re.sub(r"[^0-9A-Z]", "", text) for row in rows for text in row.data["raw"]]
        if not raw or raw[0] == story["plate"] or story["plate"] not in raw[1:]:
            yield f"{story['name']}: the plate was read as {raw}, expected a failure first and then {story['plate']}"


def _containers(case: Case) -> Findings:
    """A container number that was read is the painted one; where one must be read, two views said so."""
    for story, visit in _paired(case):
        painted = {line.get("container") for line in case.physical if line.get("truck") == visit.name}
        for row in case.centre:
            if row.type != "crossing.container" or row.crossing not in visit.crossings:
                continue
            text, views = row.data["container"], row.data["views"]
            if text and {text} != painted:
                yield f"{visit.name}: container read as {text!r}, painted {painted}"
            if story["container"] is not None and views < CONTAINER_VIEWS:
                yield f"{visit.name}: the container was read in {views} views, expected {CONTAINER_VIEWS}"


def _paired(case: Case) -> Iterator[tuple[Line, Visit]]:
    by_name = {visit.name: visit for visit in visits(case)}
    return ((story, by_name[story["name"]]) for story in case.expected if story["name"] in by_name)


# ---------------------------------------------------------------------- telling
def report(case: Case) -> Line:
    """Whether all agrees, what does not, and what the centre holds of each truck."""
    found = findings(case)
    stories = []
    for story, visit in _paired(case):
        rows = [row for row in case.centre if row.crossing and row.crossing in visit.crossings]
        last = [row.data for row in rows if row.type == "crossing.completed"]
        in_journal = sum(row.crossing in visit.crossings for row in case.journal if row.crossing)
        stories.append(
            {"name": story["name"], "completed": last[0] if last else None, "is_stored": len(rows) == in_journal > 0}
        )
    return {"agrees": not found, "findings": found, "stories": stories, "records": len(case.centre)}


def main(arguments: list[str]) -> int:
    """Judge and tell; the exit code."""
    folders = [argument for argument in arguments if argument != "--json"]
    if len(folders) != 1:
        print("usage: check_demo.py FOLDER [--json]", file=sys.stderr)
        return 2
    try:
        told = report(read_case(Path(folders[0])))
    except (OSError, ValueError, KeyError, TypeError, sqlite3.Error) as error:
        print(f"{folders[0]}: cannot be judged: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    if "--json" in arguments:
        print(json.dumps(told, ensure_ascii=False))
    else:
        print("\n".join(told["findings"]) or f"{told['records']} records and {len(told['stories'])} trucks agree")
    return 0 if told["agrees"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
