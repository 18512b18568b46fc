"""Compares a journey with its scenario in expected.toml; every key of a scenario has one check, and is checked."""

import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from station.core.records import TYPES, AlarmRaised, CrossingDecided, PlateIdentified, WeightRecorded
from tests.journeys.gate import Gate

SCENARIOS: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "expected.toml").read_text(encoding="utf-8")
)


def differences(name: str, gate: Gate) -> list[str]:
    """What differs from scenario `name`, in words; [] when everything is as expected."""
    found = []
    for key, wanted in SCENARIOS[name].items():
        seen = CHECKS[key](gate, wanted)
        if seen is not None:
            found.append(f"{name} {key}: expected {wanted!r}, seen {seen!r}")
    return found


Check = Callable[[Gate, Any], object]
"""None if it is as wanted, else what was seen."""


def _field(name: str) -> Check:
    def check(gate: Gate, wanted: object) -> object:
        seen = getattr(gate.completed()[-1], name)
        return None if seen == wanted else seen

    return check


def _kilograms(which: int) -> Check:
    def check(gate: Gate, wanted: int) -> object:
        seen = gate.completed()[which].gross
        return None if seen == wanted * 1000 else seen

    return check


def _types(gate: Gate) -> list[str]:
    return [TYPES[type(record)] for record in gate.records()]


def _in_order(wanted: Sequence[str], seen: Sequence[str]) -> object:
    rest = iter(seen)
    return None if all(word in rest for word in wanted) else list(seen)


def _is(wanted: object, seen: object) -> object:
    return None if wanted == seen else repr(seen)


def _decided_to_raise(gate: Gate, limit: int) -> object:
    decided = next(row.tick for row in reversed(gate.rows()) if row.type == "crossing.decided")
    raised = next(tick for tick, what in reversed(gate.yard.motions) if what == "raise")
    return None if 0 <= raised - decided <= limit else raised - decided


def _left_to_completed(gate: Gate, limit: int) -> object:
    completed = next(row.tick for row in reversed(gate.rows()) if row.type == "crossing.completed")
    left = next(tick for tick, loop, on in reversed(gate.yard.edges) if loop == "exit" and not on)
    return None if completed - left <= limit else completed - left


def _lights(gate: Gate, wanted: list[str]) -> object:
    """Dark is a lamp without power, not a message."""
    shown = [light for _, light in gate.yard.lights if light != "dark"]
    changes = [light for n, light in enumerate(shown) if n == 0 or light != shown[n - 1]]
    return _is(wanted, changes)


def _numbers(gate: Gate, wanted: list[str]) -> object:
    decided = [record for record in gate.records() if isinstance(record, CrossingDecided)][-1]
    text = " ".join(f"{rule.expected} {rule.measured}" for rule in decided.rules)
    return None if all(number in text for number in wanted) else text


CHECKS: dict[str, Check] = {
    "situation": lambda _gate, _wanted: None,  # for people
    "end": _field("end"),
    "reason": _field("reason"),
    "verdict": _field("verdict"),
    "released_by": _field("released_by"),
    "touchless": _field("touchless"),
    "plate": _field("plate"),
    "gross_kg": _kilograms(-1),
    "first_gross_kg": _kilograms(0),
    "first_end": lambda gate, wanted: _is(wanted, gate.completed()[0].end),
    "departures": lambda gate, wanted: _is(wanted, [c.end for c in gate.completed()].count("DEPARTED")),
    "raw": lambda gate, wanted: _is(
        {wanted}, {raw for record in gate.records() if isinstance(record, PlateIdentified) for raw in record.raw}
    ),
    "weighings": lambda gate, wanted: _is(wanted, sum(isinstance(r, WeightRecorded) for r in gate.records())),
    "motions": lambda gate, wanted: _is(wanted, [what for _, what in gate.yard.motions]),
    "lights": _lights,
    "siren": lambda gate, wanted: _is(wanted, bool(gate.yard.sirens)),
    "alarm": lambda gate, wanted: _is([wanted], [r.code for r in gate.records() if isinstance(r, AlarmRaised)]),
    "records": lambda gate, wanted: _in_order(wanted, _types(gate)),
    "absent": lambda gate, wanted: [word for word in wanted if word in _types(gate)] or None,
    "told": lambda gate, wanted: _in_order(wanted, gate.told),
    "numbers": _numbers,
    "outcomes": lambda gate, wanted: _is(wanted, [outcome.outcome for outcome in gate.outcomes]),
    "refusal": lambda gate, wanted: _is([wanted], [o.refusal for o in gate.outcomes if o.outcome == "refused"]),
    "decided_to_raise": _decided_to_raise,
    "left_to_completed": _left_to_completed,
}
