"""The checker must be able to fail: a run that agrees, and one damaged run for each thing that it looks at."""

import ast
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.simulate.demo_case import CHECKER, EXPECTED, START, Line, bodies, checker, physical, rows, write_run

check_demo = checker()
RowDamage = Callable[[list[Any], list[Any]], None]
"""Changes the rows at the centre and those of the journal."""


@dataclass
class Run:
    """A run to be damaged: `said` are the records before they are chained, `centre` and `journal` the rows after."""

    expected: list[Line] = field(default_factory=lambda: json.loads(json.dumps(EXPECTED)))
    physical: list[Line] = field(default_factory=physical)
    said: list[tuple[str, int, Line]] = field(default_factory=bodies)
    trouble: list[str] = field(default_factory=list)

    def case(self, rows_damage: RowDamage | None = None) -> Any:  # noqa: ANN401 - a class of the script
        centre = [check_demo.Row(*row) for row in rows(self.said)]
        journal = [check_demo.Row(*row[:10]) for row in rows(self.said)]
        if rows_damage is not None:
            rows_damage(centre, journal)
        return check_demo.Case(self.expected, self.physical, centre, journal, self.trouble)

    def body(self, kind: str, crossing: str) -> Line:
        return next(body for found, _, body in self.said if found == kind and body.get("crossing") == crossing)

    def line(self, after: str, what: str, **seen: object) -> Line:
        """The first such line of the physical log from the truck `after` on."""
        lines = (line for line in self.physical if line["tick"] >= START[after] and line["what"] == what)
        return next(line for line in lines if seen.items() <= line.items())


def test_a_run_in_order_agrees() -> None:
    assert check_demo.findings(Run().case()) == []
    told = check_demo.report(Run().case())
    assert told["agrees"] and [story["is_stored"] for story in told["stories"]] == [True] * 4


def _said(kind: str, crossing: str, **more: object) -> Callable[[Run], None]:
    return lambda run: run.body(kind, crossing).update(more)


def _seen(after: str, what: str, changes: Line, **seen: object) -> Callable[[Run], None]:
    return lambda run: run.line(after, what, **seen).update(changes)


def _add(**line: object) -> Callable[[Run], None]:
    def damage(run: Run) -> None:
        run.physical.append(dict(line))
        run.physical.sort(key=lambda found: found["tick"])

    return damage


def _drop(kind: str, crossing: str) -> Callable[[Run], None]:
    def damage(run: Run) -> None:
        run.said = [entry for entry in run.said if not (entry[0] == kind and entry[2].get("crossing") == crossing)]

    return damage


def _remove(after: str, what: str, **seen: object) -> Callable[[Run], None]:
    return lambda run: run.physical.remove(run.line(after, what, **seen))


def _late_release(run: Run) -> None:
    place = next(n for n, entry in enumerate(run.said) if entry[0] == "crossing.released")
    kind, _, body = run.said[place]
    run.said[place] = (kind, START["green"] + 10_001, body)


def _no_link_loss(run: Run) -> None:
    run.said = [entry for entry in run.said if entry[2] != {"up": False}]


def _link_never_back(run: Run) -> None:
    run.said.pop()


def _one_officer(run: Run) -> None:
    for kind, _, body in run.said:
        if kind == "act.recorded":
            body["actor"] = "one"


def _trouble(run: Run) -> None:
    run.trouble.append("alarm fork: x")


MUTANTS: dict[str, tuple[Callable[[Run], None], str]] = {
    "centre alarm": (_trouble, "alarm fork"),
    "other end": (_said("crossing.completed", "C2", end="RETURNED"), "bay: end is 'RETURNED'"),
    "other reason": (_said("crossing.completed", "C3", reason=""), "held: reason is ''"),
    "other verdict": (_said("crossing.completed", "C1", verdict="PASS_FLAG"), "green: verdict is"),
    "other plate": (_said("crossing.completed", "C1", plate="98K7716"), "green: plate is '98K7716'"),
    "other container": (
        _said("crossing.completed", "C1", container="TEMU1234565"),
        "green: container is 'TEMU",
    ),
    "container not painted": (_said("crossing.container", "C2", container="TEMU1234565"), "bay: container read as 'TE"),
    "container in one view": (_said("crossing.container", "C1", views=1), "green: the container was read in 1 views"),
    "other declaration": (_said("crossing.completed", "C1", declaration=""), "green: declaration"),
    "other basis": (_said("crossing.completed", "C3", released_by="RULES"), "held: released_by"),
    "recorded weight": (_said("crossing.completed", "C1", gross=42_020_001), "42000000 g stood on the deck"),
    "told weight": (lambda run: run.expected[0].update(gross=41_979_999), "expected 41979999 g"),
    "load on the deck": (_seen("green", "deck", {"mass": 46_000_000}), "46000000 g stood"),
    "nothing weighed": (_seen("green", "deck", {"mass": None}), "nothing ever stood still"),
    "no closing record": (_drop("crossing.completed", "C2"), "bay: 0 closing records"),
    "crossing of nobody": (lambda run: run.said.append(("crossing.opened", 1, {"crossing": "C9"})), "5 crossings"),
    "truck of no story": (_add(tick=500_000, what="truck", truck="green", event="arrives"), "trucks came as"),
    "boom without release": (_drop("crossing.released", "C1"), "green: boom orders ['raise', 'lower'] for 0"),
    "released after the boom": (_late_release, "before its release"),
    "never raised": (_remove("green", "frame", text="FC16 raise pulses=1"), "boom orders ['lower'] for 1"),
    "raised twice": (
        _add(tick=START["green"] + 10_900, what="frame", text="FC5 raise=1"),
        "boom orders ['raise', 'raise', 'lower']",
    ),
    "raised for a truck that stays": (
        _add(tick=START["bay"] + 9_000, what="frame", text="FC15 raise=1 lower=0"),
        "bay: boom orders ['raise'] for 0",
    ),
    "moved for a truck that stays": (
        _add(tick=START["bay"] + 9_000, what="boom", phase="rising"),
        "bay: the boom went ['rising'] for 0",
    ),
    "moved before any truck": (_add(tick=95_000, what="frame", text="FC16 raise pulses=1"), "before any truck"),
    "rose by itself": (_add(tick=95_000, what="boom", phase="rising"), "rose at 95000 without an order"),
    "reversed on something": (
        _add(tick=START["green"] + 21_500, what="boom", phase="rising"),
        "green: the boom went ['rising', 'up', 'lowering', 'rising'",
    ),
    "lowered on a truck": (
        _seen("green", "loop", {"tick": START["green"] + 20_700}, name="under-boom", occupied=False),
        "something is under the boom",
    ),
    "truck under a boom that is down": (
        _add(tick=START["bay"] + 9_000, what="loop", name="under-boom", occupied=True),
        "while it is down",
    ),
    "green before the boom is up": (
        _add(tick=START["green"] + 11_000, what="output", name="green", on=True, held_ms=0),
        "while the boom is rising",
    ),
    "red and green": (_remove("green", "output", name="red", on=False), "red and green together"),
    "output stuck": (_seen("green", "output", {"held_ms": 1_501}, name="raise", on=False), "on for 1501 ms"),
    "link never lost": (_no_link_loss, "released while the link was up"),
    "link never back": (_link_never_back, "the link never came back"),
    "one officer alone": (_one_officer, "acts of ['one'], expected 2"),
    "an act where none belongs": (
        lambda run: run.said.insert(
            -1, ("act.recorded", 1, {"crossing": "C1", "actor": "one", "outcome": "effective"})
        ),
        "green: acts of ['one'], expected 0",
    ),
    "first picture was read": (
        _said("crossing.identified", "C1", raw=["12C04567", "12C04567"]),
        "expected a failure first",
    ),
    "no picture was read": (_said("crossing.identified", "C1", raw=["", ""]), "expected a failure first"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_damaged_run_is_found(name: str) -> None:
    damage, words = MUTANTS[name]
    run = Run()
    damage(run)
    found = check_demo.findings(run.case())
    assert any(words in finding for finding in found), found


def _at_centre(**changes: object) -> RowDamage:
    def damage(centre: list[Any], journal: list[Any]) -> None:
        row = centre[3]
        centre[3] = check_demo.Row(**{**{name: getattr(row, name) for name in row.__dataclass_fields__}, **changes})

    return damage


def _journal_short(_: list[Any], journal: list[Any]) -> None:
    journal.pop()


def _centre_rows(damage: Callable[[list[Any]], object]) -> RowDamage:
    def apply(centre: list[Any], _: list[Any]) -> None:
        damage(centre)

    return apply


ROW_MUTANTS: dict[str, tuple[RowDamage, str]] = {
    "lost": (_centre_rows(lambda found: found.pop(5)), "of the journal is not at the centre"),
    "last one lost": (_centre_rows(lambda found: found.pop()), "of the journal is not at the centre"),
    "gap": (_centre_rows(lambda found: found.pop(5)), "follows 5"),
    "all lost": (_centre_rows(lambda found: found.clear()), "the centre has no records"),
    "doubled": (_centre_rows(lambda found: found.append(found[-1])), "twice"),
    "invented": (_journal_short, "is not in the journal"),
    "body changed": (_at_centre(body=b'{"crossing":"C1","raw":["","12C04567"]}'), "is not what was hashed"),
    "body differs": (_at_centre(body=b'{"crossing":"C1","raw":["","12C04567"]}'), "differs from the journal's"),
    "tick changed": (_at_centre(tick=1), "is not what was hashed"),
    "hash changed": (_at_centre(hash=b"h" * 32), "is not what was hashed"),
    "chain cut": (_at_centre(previous=b"p" * 32), "does not name the hash before it"),
}


@pytest.mark.parametrize("name", ROW_MUTANTS)
def test_damaged_rows_are_found(name: str) -> None:
    damage, words = ROW_MUTANTS[name]
    found = check_demo.findings(Run().case(damage))
    assert any(words in finding for finding in found), found


def test_records_that_arrive_while_the_link_is_down_are_found() -> None:
    def damage(centre: list[Any], journal: list[Any]) -> None:
        for place, row in enumerate(centre):
            fields = {name: getattr(row, name) for name in row.__dataclass_fields__}
            centre[place] = check_demo.Row(**{**fields, "received_ms": row.utc_ms + 20})

    assert any("arrived before the link was back" in finding for finding in check_demo.findings(Run().case(damage)))


def judge(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-I", str(CHECKER), str(folder), "--json"]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_the_command_judges_files(tmp_path: Path) -> None:
    write_run(tmp_path / "a run")
    good = judge(tmp_path / "a run")
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)["agrees"]
    with closing(sqlite3.connect(tmp_path / "a run" / "centre" / "centre.db")) as centre, centre:
        centre.execute("UPDATE record SET tick = tick + 1 WHERE seq = 7")
    bad = judge(tmp_path / "a run")
    assert bad.returncode == 1 and json.loads(bad.stdout)["findings"]


def test_files_that_cannot_be_read_are_neither_good_nor_bad(tmp_path: Path) -> None:
    assert judge(tmp_path).returncode == 2
    write_run(tmp_path / "run")
    (tmp_path / "run" / "centre" / "centre.db").write_bytes(b"no database" * 100)
    broken = judge(tmp_path / "run")
    assert broken.returncode == 2 and "cannot be judged" in broken.stderr


def test_the_checker_imports_nothing_of_ours() -> None:
    tree = ast.parse(CHECKER.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names)
