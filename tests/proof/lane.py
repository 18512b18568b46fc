"""`python -m tests.proof lane`: issue 2, "A lane works end to end on real wires", what it must show, in its order.

The short form is what CI runs. There a fresh clone would run the tests that run this proof, so `make demo` is
typed in this checkout instead, with two of the seven stories; that `make test` passes is shown by CI itself.
"""

import functools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.journeys import rows
from tests.proof import lane_kills
from tests.proof.frame import Extent, Line, Promise
from tests.proof.measures.bits import flip_bits
from tests.proof.measures.typed import ROOT, Typed, bare_environment, fresh_clone, type_command
from tests.proof.measures.visits import visits

_DEMO_S, _TEST_S = 900, 5400
_BENCH_S = 900
_STANDSTILL_MS = 1_000
_STORIES = "--story green --story reverse"


@functools.cache
def evidence_folder() -> Path:
    """Where this run keeps clones, demo and logs; left for the reader."""
    folder = Path(tempfile.mkdtemp(prefix="station-proof-"))
    print(f"  the evidence lies in {folder}", file=sys.stderr, flush=True)
    return folder


@functools.cache
def _demo(extent: Extent) -> tuple[Typed, Path]:
    """The demo, typed once for the promises that need it, and the folder that it left."""
    if extent == "short":
        out = evidence_folder() / "demo-out"
        environment = {**os.environ, "STAY": "0", "DEMO_ARGS": f"{_STORIES} --out {out}"}
        return type_command("make demo", ROOT, environment, evidence_folder() / "demo.log", _DEMO_S), out
    clone, home = _cloned("demo")
    typed = type_command("make demo", clone, bare_environment(home), evidence_folder() / "demo.log", _DEMO_S)
    return typed, clone / "demo-out"


def _cloned(name: str) -> tuple[Path, Path]:
    """A fresh clone and an empty home of its own."""
    folder = evidence_folder() / name
    home = folder / "home"
    home.mkdir(parents=True)
    return fresh_clone(folder), home


def two_commands(extent: Extent) -> Iterator[Line]:
    """Promise 1."""
    demo, _ = _demo(extent)
    if extent == "short":
        yield _typed("make demo in this checkout, two stories", demo)
        return
    yield _typed("make demo, the only command in a fresh clone with an empty home", demo)
    clone, home = _cloned("test")
    test = type_command("make test", clone, bare_environment(home), evidence_folder() / "test.log", _TEST_S)
    yield _typed("make test, the only command in a fresh clone with an empty home", test)
    yield Line("pytest's closing line", test.last, 1, "no failed, no error", passed=_is_clean(test.last))


def _typed(what: str, typed: Typed) -> Line:
    return Line(what, f"exit {typed.status} in {typed.took_s:.0f} s", 1, "exit 0", passed=typed.status == 0)


def _is_clean(closing: str) -> bool:
    return "passed" in closing and "failed" not in closing and "error" not in closing


def killed_anywhere(extent: Extent) -> Iterator[Line]:
    """Promise 2."""
    for promise in lane_kills.PROMISES.values():
        yield from promise(extent)


def replay_and_chains(extent: Extent) -> Iterator[Line]:
    """Promise 3."""
    _, out = _demo(extent)
    settings = out / "lane" / "lane.toml"
    command = [sys.executable, "-m", "station", "replay", "--settings", str(settings), "--hash-seed-check", "--json"]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    report = json.loads(run.stdout) if run.stdout else {}
    turns = int(report.get("turns") or 0)
    told = f"{report.get('facts')} facts, {report.get('records')} records, difference {report.get('difference')}"
    yield Line(
        "the demo's journal decided again: states, records and effects",
        told,
        turns,
        "identical",
        passed=run.returncode == 0 and bool(report.get("same")) and turns > 0,
    )
    other = report.get("other_hash_seed") or {}
    same = bool(other.get("same"))
    yield Line(f"the same under hash seed {other.get('seed')}", str(same), turns, "identical", passed=same)
    flips = flip_bits(out / "lane" / "data", evidence_folder() / "flipped", 300 if extent == "full" else 40)
    for table in ("fact", "record"):
        mine = [flip for flip in flips if flip.table == table]
        missed = [f"{flip.row} {flip.column}: {flip.found}" for flip in mine if not flip.is_named]
        told = f"{len(mine) - len(missed)} found and the row named {missed[:3] or ''}".strip()
        yield Line(f"a flipped bit in the {table} chain", told, len(mine), "all", passed=bool(mine) and not missed)


def figures(extent: Extent) -> Iterator[Line]:
    """Promise 4; the aims are the bench's own and bound the medians. In the short form a time is of one truck, on any
    machine: it says that nothing stands still.
    """
    many = ("--trucks", "4", "--records", "20000", "--samples", "200")
    few = ("--trucks", "1", "--records", "1000", "--samples", "10")
    command = [sys.executable, "-m", "station", "bench", "--json", *(many if extent == "full" else few)]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False, timeout=_BENCH_S)
    for line in json.loads(run.stdout):
        what = f"{line['what']} {line['of']}".strip()
        measured = f"median {line['median']:.2f} {line['unit']}, p99 {line['p99']:.2f}"
        aim, is_met = line["aim"], line["is_met"]
        if aim is not None and line["unit"] == "ms" and extent == "short":
            aim, is_met = _STANDSTILL_MS, line["median"] < _STANDSTILL_MS
        limit = "measured" if aim is None else f"median < {aim:g} {line['unit']}"
        yield Line(what, measured, line["n"], limit, passed=is_met and line["n"] > 0)


def row_budgets(extent: Extent) -> Iterator[Line]:
    """Promise 5."""
    each = rows.crossings(evidence_folder() / "crossings", 10 if extent == "full" else 2)
    yield _budget("facts of an ordinary crossing", max(crossing.facts for crossing in each), len(each), rows.MOST_FACTS)
    yield _budget("records of it", max(crossing.records for crossing in each), len(each), rows.MOST_RECORDS)
    size = sum(crossing.size for crossing in each) // len(each)
    yield _budget("bytes of it in the journal, without pictures", size, len(each), rows.MOST_BYTES)
    idle = rows.idle_hour(evidence_folder() / "idle")
    yield _budget("rows of an idle hour", idle.facts + idle.records, 1, rows.MOST_IDLE_ROWS)
    yield _budget("commits of an idle hour", idle.commits, 1, rows.MOST_IDLE_COMMITS)
    _, out = _demo(extent)
    seen = visits(out / "lane" / "data")
    yield _budget("facts of a crossing of the demo", max(v.facts for v in seen), len(seen), rows.MOST_FACTS)
    yield _budget("records of a crossing of the demo", max(v.records for v in seen), len(seen), rows.MOST_RECORDS)


def _budget(what: str, measured: int, n: int, limit: int) -> Line:
    return Line(what, str(measured), n, f"<= {limit}", passed=0 < measured <= limit)


PROMISES: dict[str, Promise] = {
    "1. make demo and make test from a fresh clone in an empty home, each as the only command typed": two_commands,
    "2. Killed or stopped at any of ten points, the lane loses, doubles and moves nothing unbidden": killed_anywhere,
    "3. Replay gives identical states, records and effects; a flipped bit in either chain is named": replay_and_chains,
    "4. Bench": figures,
    "5. Rows: a normal crossing and an idle hour within budget": row_budgets,
}
