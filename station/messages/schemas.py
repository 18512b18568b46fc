"""JSON Schemas (2020-12) of everything that travels, written from the typed models.

What a receiver reads stays open: it meets fields and types of newer releases and keeps them. What a lane obeys is
closed: a lane refuses a downlink with a field that it does not know.
"""

import inspect
import types
import typing
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, Literal

from drivers.contract.quantities import Grams, Millis, Permille, Tick
from station.core.records import TYPES
from station.messages.checkpoints import Checkpoint
from station.messages.days import DayStatement
from station.messages.downlinks import Decision, EligibleList, ListDelta, Rules, SettingsProposal, Suspension, Watchlist
from station.messages.evidence_files import FileChunk, FileGone
from station.messages.receipts import FileReceipt, Receipt, ReplayRequest, Witness
from station.messages.states import DownlinkReport, LaneState
from station.trust.statements import KeysInForce, OfficersFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

_HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_WHOLE = {"type": "string", "pattern": "^(0|[1-9][0-9]{0,18})$", "description": "Up to 2^63 - 1, in decimal digits."}
_QUANTITIES: dict[object, Schema] = {
    Grams: {"description": "grams"},
    Millis: {"description": "milliseconds"},
    Tick: {"description": "milliseconds of the lane's monotonic clock"},
    Permille: {"minimum": 0, "maximum": 1000, "description": "thousandths"},
}
_OPEN = ("receipt", "checkpoint", "day")
"""What only tells: a newer release may tell more."""
SIGNED: dict[str, tuple[str, tuple[type, ...]]] = {
    "receipt": ("receipt", (Receipt, ReplayRequest, Witness, FileReceipt)),
    "checkpoint": ("checkpoint", (Checkpoint,)),
    "day": ("day", (DayStatement,)),
    "list": ("list", (EligibleList, ListDelta)),
    "suspension": ("suspension", (Suspension,)),
    "watchlist": ("watchlist", (Watchlist,)),
    "rules": ("rules", (Rules,)),
    "decision": ("decision", (Decision,)),
    "proposal": ("proposal", (SettingsProposal,)),
    "trust": ("trust", (KeysInForce,)),
    "officers": ("officers", (OfficersFile,)),
}
"""What is signed, by the centre, by the station (checkpoint, day) or by the root (trust).

Name of the message -> (purpose, what it may say).
"""


def schemas() -> dict[str, Schema]:
    """Every schema by the name of its file; references are relative to the folder."""
    made = {record_file(name): {"title": name, **of_model(cls)} for cls, name in TYPES.items()}
    made["event.json"] = event()
    made["batch.json"] = {
        "title": "batch",
        "description": "Records of one lane; a lane sends up to ten, in order.",
        "type": "array",
        "minItems": 1,
        "items": {"$ref": "event.json"},
    }
    made["state.json"] = {"title": "state", **of_model(LaneState)}
    made["evidence.json"] = {"title": "evidence", "oneOf": [of_model(cls) for cls in (FileChunk, FileGone)]}
    made["report.json"] = {"title": "report", **of_model(DownlinkReport)}
    for name, (purpose, classes) in SIGNED.items():
        made[f"{name}.json"] = {"title": name, **signed(purpose, classes)}
    return {name: {"$schema": DIALECT, **schema} for name, schema in sorted(made.items())}


def record_file(record_type: str, version: int = 1) -> str:
    """The file of a record type's schema."""
    return f"{record_type}.v{version}.json"


def event() -> Schema:
    """A CloudEvent with the attributes of a record; `data` by its type, if the type is known here."""
    attributes: dict[str, Schema] = {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "pattern": "^[^/]+/[^/]+/[1-9][0-9]*/[1-9][0-9]*$"},
        "source": {"type": "string", "pattern": "^urn:border-gate:[^:]+:[^:]+$"},
        "type": {"type": "string", "pattern": "^vn\\.bordergate\\.[a-z0-9-]+(\\.[a-z0-9-]+)*\\.v[1-9][0-9]{0,3}$"},
        "subject": {"type": "string", "description": "the crossing, if the body names one"},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "clockquality": {"type": "string"},
        "recordhash": _HASH,
        "previoushash": _HASH,
        "factshash": {"type": "string", "pattern": "^([0-9a-f]{64})?$"},
        **dict.fromkeys(("sequence", "epoch", "epochbase", "factsto", "tick", "utcms"), _WHOLE),
    }
    bodies: dict[str, Schema] = {
        "data": {"type": "object"},
        "data_base64": {"type": "string", "contentEncoding": "base64", "description": "a body of any other bytes"},
    }
    return {
        "title": "event",
        "description": "A record as a CloudEvent 1.0. Attributes that a receiver does not know are no fault.",
        "type": "object",
        "properties": {**attributes, **bodies},
        "required": list(attributes),
        "oneOf": [{"required": [name]} for name in bodies],
        "allOf": [_data_by_type(name) for name in sorted(TYPES.values())],
    }


def signed(purpose: str, classes: tuple[type, ...]) -> Schema:
    """The four texts of a signed thing; the first is canonical JSON of one of `classes`. Nobody takes a fifth."""
    payloads = [of_model(cls, closed=purpose not in _OPEN) for cls in classes]
    return {
        "description": "Signed (Ed25519) over 'border-gate/<purpose>/v1', a line feed and the payload.",
        "type": "object",
        "properties": {
            "payload": {
                "type": "string",
                "contentMediaType": "application/json",
                "contentSchema": payloads[0] if len(payloads) == 1 else {"oneOf": payloads},
            },
            "key": {"type": "string", "pattern": "^[0-9a-f]{16}$", "description": "first half of the key's SHA-256"},
            "purpose": {"const": purpose},
            "signature": {"type": "string", "contentEncoding": "base64"},
        },
        "required": ["payload", "key", "purpose", "signature"],
        "additionalProperties": False,
    }


def of_model(cls: type, *, closed: bool = False) -> Schema:
    """The schema of a dataclass as `plain.to_plain` writes it: its fields and its class name under "is"."""
    hints = typing.get_type_hints(cls)
    known: list[Field[Any]] = list(fields(cls))
    schema: Schema = {
        "description": inspect.cleandoc(cls.__doc__ or ""),
        "type": "object",
        "properties": {"is": {"const": cls.__name__}, **{f.name: _of(hints[f.name], closed) for f in known}},
        "required": ["is", *(f.name for f in known if f.default is MISSING and f.default_factory is MISSING)],
    }
    return schema | {"additionalProperties": False} if closed else schema


def _data_by_type(name: str) -> Schema:
    is_it = {"properties": {"type": {"const": f"vn.bordergate.{name}.v1"}}, "required": ["type"]}
    return {"if": is_it, "then": {"properties": {"data": {"$ref": record_file(name)}}}}


def _of(hint: Any, closed: bool) -> Schema:  # noqa: ANN401 - mirrors the hint
    if isinstance(hint, typing.NewType):
        return {**_of(hint.__supertype__, closed), **_QUANTITIES[hint]}
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return {"enum": list(parts)}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_of(part, closed) for part in parts]}
    if origin is tuple:
        return _of_tuple(parts, closed)
    if is_dataclass(hint):
        return of_model(typing.cast(type, hint), closed=closed)
    return {"type": {int: "integer", str: "string", bool: "boolean", type(None): "null"}[hint]}


def _of_tuple(parts: tuple[Any, ...], closed: bool) -> Schema:
    if len(parts) == 2 and parts[1] is Ellipsis:
        return {"type": "array", "items": _of(parts[0], closed)}
    places = [_of(part, closed) for part in parts]
    return {"type": "array", "prefixItems": places, "items": False, "minItems": len(places)}
