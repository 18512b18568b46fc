"""What a settings file may say. One pydantic model for the whole file, made from the dataclasses that use it:
the core's parameters and each driver's settings, so that nothing is written down twice.
"""

import dataclasses
import typing
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal

from annotated_types import Interval, Len
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model, model_validator

from drivers import catalog
from drivers.contract.describing import field_texts
from drivers.contract.quantities import Grams, Millis, Permille
from drivers.links.bus_settings import BUS_KINDS
from station.core.parameters import LaneParameters, Limits, Parts, Patience, Sensors

MOST_CLIP_CAMERAS = 6
_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)

NAME_FORM = r"^[A-Za-z0-9][A-Za-z0-9-]{0,31}$"
"""Identifiers of station, lane, office and device: they become parts of topics and file names."""
Name = Annotated[str, StringConstraints(pattern=NAME_FORM)]
FilePath = Annotated[str, StringConstraints(min_length=1)]
_Port = Annotated[int, Interval(ge=1, le=65535)]

# The lower bounds also catch a mass written in kilograms and a time written in seconds.
_BOUNDS: dict[object, Interval] = {
    Grams: Interval(ge=10_000, le=200_000_000),
    Millis: Interval(ge=100, le=2_592_000_000),
    Permille: Interval(ge=0, le=1000),
    int: Interval(ge=1, le=20),
}
_OWN_BOUNDS: dict[str, Interval | Len] = {
    "gross_maximum": Interval(ge=1_000_000, le=200_000_000),
    "container_cameras": Len(0, 4),  # left, right, rear, front
    "seal_cameras": Len(0, 2),
}


class VisionTable(BaseModel):
    """The plate reader. device: the id it answers to. manifest: the models' manifest.toml. view_epoch: count up after
    the plate camera was moved or changed on purpose, and its view is learned anew. second_reader: PP-OCRv6 reads each
    plate too (the package rapidocr), and what both say is fused. ceiling_mib: the memory (PSS, MiB) above which the
    vision process begins anew between two pictures. xray_template: what `station xray learn` wrote of this site's empty
    containers; each X-ray scan of a truck is then assessed against it, as advice.
    """

    model_config = _STRICT
    device: Name = "reader"
    manifest: FilePath
    view_epoch: Annotated[int, Interval(ge=0, le=1_000_000)] = 0
    second_reader: bool = False
    ceiling_mib: Annotated[int, Interval(ge=250, le=4_000)] = 450
    xray_template: str = ""


class ClipsTable(BaseModel):
    """Clips of events. on: whether any are kept. before, after: how much around the event, ms. period: between two
    frames of a camera's ring, ms. ring_mib: most that the ring of one camera holds under run_folder, MiB. cameras:
    which keep clips; left out: those that play a part and can, six at most.
    """

    model_config = _STRICT
    on: bool = True
    before: Annotated[Millis, Interval(ge=1_000, le=60_000)] = Millis(20_000)
    after: Annotated[Millis, Interval(ge=1_000, le=120_000)] = Millis(40_000)
    period: Annotated[Millis, Interval(ge=250, le=5_000)] = Millis(500)
    ring_mib: Annotated[int, Interval(ge=2, le=256)] = 16
    cameras: Annotated[tuple[Name, ...], Len(0, MOST_CLIP_CAMERAS)] = ()


class LinkTable(BaseModel):
    """The centre's broker. ca switches TLS on; cert and key are this station's; password_file holds the password."""

    model_config = _STRICT
    host: Annotated[str, StringConstraints(min_length=1)]
    port: _Port = 1883
    version: Literal["5", "3.1.1"] = "5"
    keepalive: Annotated[int, Interval(ge=5, le=300)] = 15
    ca: str = ""
    cert: str = ""
    key: str = ""
    user: str = ""
    password_file: str = ""


class TrustTable(BaseModel):
    """Files of keys: the root's public key, the station's private key, the officers' keys, the centre's statements.
    watch_key: the key under which the centre hashes its watchlists; the same file as at the centre.
    """

    model_config = _STRICT
    root: FilePath
    station_key: FilePath
    officers: FilePath
    centre: FilePath
    watch_key: str = ""


@cache
def root_model() -> type[BaseModel]:
    """The model of a whole settings file, with the device kinds of the catalog."""
    device: Any = _one_of({kind: spec.settings for kind, spec in catalog.DRIVERS.items()})
    bus: Any = _one_of(BUS_KINDS)
    fields: dict[str, Any] = {
        "schema_": (Literal[1], Field(alias="schema")),
        "lane": (_lane_model(), ...),
        "bus": (dict[Name, bus], {}),
        "device": (dict[Name, device], {}),
        "vision": (VisionTable | None, None),
        "link": (LinkTable | None, None),
        "trust": (TrustTable, ...),
    }
    return create_model("StationSettings", __config__=_STRICT, **fields)


def json_schema() -> dict[str, Any]:
    """JSON Schema of a settings file, for editors and for the console's forms."""
    schema = root_model().model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def keys_of(path: tuple[str | int, ...], kind: str = "") -> tuple[str, ...]:
    """The keys that the table at `path` knows; for a device or a bus `kind` says which."""
    match path:
        case ():
            return _keys(root_model())
        case ("lane",):
            return _keys(_lane_model())
        case ("lane", "parts" | "sensors" | "limits" | "patience" as name):
            return _names({"parts": Parts, "sensors": Sensors, "limits": Limits, "patience": Patience}[name])
        case ("lane", "clips"):
            return _keys(ClipsTable)
        case ("device", _):
            spec = catalog.DRIVERS.get(kind)
            return ("kind",) if spec is None else _names(spec.settings)
        case ("bus", _):
            return _names(BUS_KINDS[kind]) if kind in BUS_KINDS else ("kind",)
        case ("vision",):
            return _keys(VisionTable)
        case ("link",):
            return _keys(LinkTable)
        case ("trust",):
            return _keys(TrustTable)
        case _:
            return ()


def type_of(path: tuple[str | int, ...], kind: str = "") -> object:
    """The type of the setting at `path` without its bounds; for a device or a bus `kind` says of which. Else None."""
    match path:
        case ("lane", "limits" | "patience" as name, str(key)):
            owner: object = {"limits": Limits, "patience": Patience}[name]
        case ("lane", "clips", str(key)):
            owner = ClipsTable
        case ("device", _, str(key)) if kind in catalog.DRIVERS:
            owner = catalog.DRIVERS[kind].settings
        case ("bus", _, str(key)) if kind in BUS_KINDS:
            owner = BUS_KINDS[kind]
        case _:
            return None
    return typing.get_type_hints(owner).get(key)


def kinds_of(table: str) -> tuple[str, ...]:
    """The kinds that a table `[device.x]` or `[bus.x]` may have."""
    return tuple(sorted(BUS_KINDS if table == "bus" else catalog.DRIVERS))


def _one_of(kinds: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a union made from dataclasses
    models = tuple(_model_of(cls, kind) for kind, cls in kinds.items())
    return Annotated[typing.Union[models], Field(discriminator="kind")]  # noqa: UP007 - made from a tuple


def _names(cls: Any) -> tuple[str, ...]:  # noqa: ANN401 - a dataclass
    return tuple(field.name for field in dataclasses.fields(cls))


def _keys(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in model.model_fields.items())


@cache
def _lane_model() -> type[BaseModel]:
    hints = typing.get_type_hints(LaneParameters)
    default = {field.name: field.default for field in dataclasses.fields(LaneParameters)}
    parts, limits, patience = _model_of(Parts, "Parts"), _model_of(Limits, "Limits"), _model_of(Patience, "Patience")
    sensors = _model_of(Sensors, "Sensors")
    regions: Any = hints["seal_regions"]
    fields: dict[str, Any] = {
        "station": (Name, ...),
        "lane": (Name, ...),
        "office": (Name, ...),
        "mode": (hints["mode"], default["mode"]),
        "plate_region": (hints["plate_region"], default["plate_region"]),
        "seal_regions": (Annotated[regions, Len(0, 2)], default["seal_regions"]),
        "data_folder": (FilePath, ...),
        "run_folder": (FilePath, ...),
        "act_socket": (FilePath, ...),
        "ledger_file": (str, ""),
        "copy_folder": (str, ""),
        "clock": (Literal["kernel", "assumed"], "kernel"),
        "flight_recorder": (bool, True),
        "flight_recorder_size": (Annotated[int, Interval(ge=1_000_000, le=1_000_000_000)], 16_000_000),
        "personal_days": (Annotated[int, Interval(ge=1, le=3_650)], 1_096),
        "customs_record_days": (Annotated[int, Interval(ge=365, le=36_500)], 1_827),
        "video_days": (Annotated[int, Interval(ge=1, le=3_650)], 184),
        "diagnostic_days": (Annotated[int, Interval(ge=1, le=3_650)], 30),
        "reserve_size": (Annotated[int, Interval(ge=1_048_576, le=1_073_741_824)], 16_777_216),
        "parts": (parts, Field(default_factory=parts)),
        "limits": (limits, Field(default_factory=limits)),
        "patience": (patience, Field(default_factory=patience)),
        "sensors": (sensors, Field(default_factory=sensors)),
        "clips": (ClipsTable, Field(default_factory=ClipsTable)),
    }
    return create_model("Lane", __config__=_STRICT, **fields)


def _model_of(cls: Any, name: str) -> type[BaseModel]:  # noqa: ANN401 - a dataclass
    """A strict model with the fields of a dataclass; what the dataclass itself refuses (ValueError) is a fault too."""
    hints = typing.get_type_hints(cls, include_extras=True)
    described = field_texts(cls)
    fields: dict[str, Any] = {}
    for field in dataclasses.fields(cls):
        default = ... if field.default is dataclasses.MISSING else field.default
        hint = _bounded(field.name, hints[field.name])
        fields[field.name] = (hint, Field(default, description=described.get(field.name)))

    def accepted_by_dataclass(model: BaseModel) -> BaseModel:
        cls(**dict(model))
        return model

    check: Any = model_validator(mode="after")(accepted_by_dataclass)
    return create_model(name, __config__=_STRICT, __doc__=cls.__doc__, __validators__={"check": check}, **fields)


def _bounded(name: str, hint: Any) -> Any:  # noqa: ANN401 - types
    """`hint` with the bounds of its quantity, if it brings none of its own."""
    bounds = _OWN_BOUNDS.get(name) or _BOUNDS.get(hint)
    return hint if bounds is None else Annotated[hint, bounds]
