"""The kinds of the catalog and the devices of a settings file, as tables and as a page of the documents."""

import dataclasses
import json
import types
import typing
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from annotated_types import Interval

from drivers import catalog
from drivers.contract.describing import field_texts
from drivers.contract.spec import DriverSpec
from drivers.links.serial_ports import may_move
from station.commands.output import say, table
from station.commands.words import phrase

if TYPE_CHECKING:
    from station.settings.tables import StationSettings

_KIND_HEADS = (
    "devices-kind",
    "devices-protocol",
    "devices-tier",
    "devices-wire",
    "devices-speaks",
    "devices-maturity",
    "devices-recorded",
)
_DEVICE_HEADS = ("devices-device", "devices-kind", "devices-wire", "devices-advice")
_PAGE = """\
# Devices

Every kind of device that the station can drive, made by `station devices list --markdown`; do not edit.

- **tier** 1 is built out; tier 2 is codec, simulated far end and the contract suite.
- **recorded** names the recorded stream of real hardware among the tests; UNVERIFIED means that nobody has brought one:
  what we know of the device then comes from its documents alone.
- **maturity** bronze, silver or gold; only gold may be AUTOMATIC by default.
- **speaks**: "never" transmits nothing, "asks" sends requests only, "acts" moves or changes things.
"""


def tell_kinds() -> None:
    """Every kind in a row."""
    heads = [phrase(head) for head in _KIND_HEADS]
    table(phrase("devices-kinds"), heads, [_row(spec) for spec in catalog.DRIVERS.values()])


def tell_devices(settings: "StationSettings") -> None:
    """The devices of a settings file and their wires."""
    rows = [
        [name, kind_of(device), wire_of(device), _advice(wire_of(device))] for name, device in settings.devices.items()
    ]
    table(phrase("devices-configured"), [phrase(head) for head in _DEVICE_HEADS], rows)


def kinds_as_plain() -> list[dict[str, object]]:
    """Every kind, for programs."""
    return [
        {
            "kind": spec.kind,
            "protocol": spec.protocol,
            "tier": spec.tier,
            "wire": spec.wire,
            "speaks": spec.speaks,
            "maturity": spec.maturity,
            "recorded": spec.fixture or None,
            "personal": spec.is_personal,
            "readings": [reading.__name__ for reading in spec.readings],
            "orders": [order.__name__ for order in spec.orders],
        }
        for spec in catalog.DRIVERS.values()
    ]


def devices_as_plain(settings: "StationSettings") -> list[dict[str, object]]:
    """The devices of a settings file, for programs."""
    return [
        {"device": name, "kind": kind_of(device), "wire": wire_of(device), "may_move": may_move(wire_of(device))}
        for name, device in settings.devices.items()
    ]


def kind_of(device: object) -> str:
    """The kind that a driver's settings name."""
    return str(getattr(device, "kind", ""))


def wire_of(device: object) -> str:
    """Where a driver's settings say that the device is."""
    for field in ("url", "bus", "host", "listen", "folder", "port"):
        value = getattr(device, field, "")
        if value:
            port = getattr(device, "port", "") if field == "host" else ""
            return f"{field} {value}" if field == "bus" else f"{value}:{port}" if port else str(value)
    return "-"


def markdown() -> str:
    """The page of the documents."""
    return "\n".join([_PAGE, *_summary(), *(line for spec in catalog.DRIVERS.values() for line in _chapter(spec))])


def _row(spec: DriverSpec) -> list[str]:
    recorded = spec.fixture or "UNVERIFIED"
    return [spec.kind, spec.protocol, str(spec.tier), spec.wire, spec.speaks, spec.maturity, recorded]


def _advice(wire: str) -> str:
    return phrase("devices-may-move") if may_move(wire) else ""


def _summary() -> Iterator[str]:
    yield "| kind | device and protocol | tier | wire | speaks | maturity | recorded |"
    yield "|---|---|---|---|---|---|---|"
    for spec in catalog.DRIVERS.values():
        kind, *rest = _row(spec)
        yield f"| [`{kind}`](#{kind}) | {' | '.join(rest)} |"


def _chapter(spec: DriverSpec) -> Iterator[str]:
    yield from ("", f"## {spec.kind}", "", f"{spec.protocol}.", "")
    yield f"- reports: {_names(spec.readings)}"
    yield f"- obeys: {_names(spec.orders)}"
    yield f"- one call takes at most {spec.slowest_answer} ms beyond its patience"
    if not spec.is_recordable:
        yield "- what it reads may identify a person: its bytes are never recorded"
    yield from ("", "| setting | value | default | meaning |", "|---|---|---|---|")
    texts = field_texts(spec.settings)
    hints = typing.get_type_hints(spec.settings, include_extras=True)
    for field in dataclasses.fields(spec.settings):
        if field.name != "kind":
            cells = (f"`{field.name}`", _form(hints[field.name]), _default(field), texts.get(field.name, ""))
            yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _names(classes: tuple[type, ...]) -> str:
    return ", ".join(f"`{cls.__name__}`" for cls in classes) or "nothing"


def _form(hint: Any) -> str:  # noqa: ANN401 - a type
    """What values a setting takes."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        bounds = [part for part in hint.__metadata__ if isinstance(part, Interval)]
        ends = "".join(f" {bound.ge} to {bound.le}" for bound in bounds)
        return _form(parts[0]) + ends
    if origin is Literal:
        return ", ".join(json.dumps(part) for part in parts)
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_form(part) for part in parts if part is not type(None))
    if origin is tuple:
        inner = [part for part in parts if part is not Ellipsis]
        return f"list of {_form(inner[0])}" if len(set(inner)) == 1 else "list"
    if isinstance(hint, typing.NewType):
        unit = {"Millis": " (ms)", "Grams": " (g)", "Permille": " (permille)"}.get(hint.__name__, "")
        return _form(hint.__supertype__) + unit
    return {"str": "text", "int": "number", "bool": "true, false"}.get(getattr(hint, "__name__", ""), "table")


def _default(field: "dataclasses.Field[Any]") -> str:
    if field.default is dataclasses.MISSING:
        return "required"
    if field.default is None:
        return "not fitted"
    if isinstance(field.default, str | int | bool):
        return json.dumps(field.default)
    return json.dumps(list(field.default)) if isinstance(field.default, tuple) else "-"


def say_markdown() -> None:
    """The page, to standard output."""
    say(markdown())
