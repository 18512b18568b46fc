"""The light barriers that a lane says it has: who reports each, and what the lane cannot promise without them."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from drivers import catalog
from drivers.contract.readings import BeamEdge
from station.core.parameters import Parts, Sensors
from station.settings.finding import Finding

_BEAMS = tuple(field.name for field in fields(Sensors))


def sensor_findings(lane: Mapping[str, Any], devices: Mapping[str, Any]) -> Iterator[Finding]:
    """Every fault between `[lane.sensors]` and the devices: a beam that nobody reports would hold the boom for ever."""
    for beam, name in _fitted(lane).items():
        path = ("lane", "sensors", beam)
        table = devices.get(name)
        if not isinstance(table, dict):
            yield Finding(path, "no-such-device", {"name": name, "known": ", ".join(sorted(devices)) or "-"})
            continue
        spec = catalog.DRIVERS.get(str(table.get("kind")))
        if spec is None:
            continue
        wired = {field.name: field.default for field in fields(spec.settings)} | table
        if BeamEdge not in spec.readings:
            fit = sorted(kind for kind, other in catalog.DRIVERS.items() if BeamEdge in other.readings)
            details: dict[str, object] = {"name": name, "kind": spec.kind, "part": beam, "known": ", ".join(fit)}
            yield Finding(path, "unfit-device", details)
        elif beam in wired and wired[beam] is None:
            yield Finding(path, "beam-not-wired", {"name": name, "beam": beam})


def sensor_cautions(lane: Mapping[str, Any], devices: Mapping[str, Any]) -> Iterator[Finding]:
    """What a lane with a barrier cannot promise with the light barriers it has (`tests/proof/measures/shapes.py`)."""
    parts = {field.name: field.default for field in fields(Parts)} | _table(lane, "parts")
    if not parts["barrier"]:
        return
    fitted = _fitted(lane)
    for name, table in devices.items():
        for beam in _BEAMS:
            if isinstance(table, dict) and table.get(beam) is not None and fitted.get(beam) != name:
                yield Finding(("device", name, beam), "beam-not-used", {"name": name, "beam": beam})
    if "boom_beam" not in fitted:
        yield Finding(("lane", "sensors", "boom_beam"), "no-boom-beam", {})
    if not {"deck_entry_beam", "deck_exit_beam"} <= fitted.keys():
        yield Finding(("lane", "sensors"), "no-deck-beams", {})


def _fitted(lane: Mapping[str, Any]) -> dict[str, str]:
    given = _table(lane, "sensors")
    return {beam: given[beam] for beam in _BEAMS if isinstance(given.get(beam), str) and given[beam]}


def _table(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = document.get(name)
    return table if isinstance(table, dict) else {}
