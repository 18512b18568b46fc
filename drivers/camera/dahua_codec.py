"""Dahua's ITSAPI push: JSON with the pictures inside as base64. Names as sent, by source S44.

BoundingBox counts in 1/8192 of the picture's sides and not in pixels; nothing here needs it.
"""

import base64
import binascii
import json
from collections.abc import Mapping

from drivers.camera.http_codec import Message
from drivers.camera.push import (
    Direction,
    Purpose,
    Pushed,
    PushedPlate,
    SignOfLife,
    Unusable,
    event_id,
    judged,
    per_cent,
    plate_text,
    said_time,
)

SIGHTINGS = "/NotificationInfo/TollgateInfo"
SIGNS_OF_LIFE = ("/NotificationInfo/KeepAlive", "/NotificationInfo/DeviceInfo")

_PICTURES: tuple[tuple[str, Purpose], ...] = (
    ("NormalPic", "overview"),
    ("CutoutPic", "plate"),
    ("VehiclePic", "overview"),
)
_DIRECTIONS: Mapping[str, Direction] = {"obverse": "forward", "reverse": "reverse"}

Table = Mapping[str, object]


def read_push(request: Message) -> Pushed:
    """What one POST means. Any bytes are allowed."""
    if request.start[1].partition("?")[0] in SIGNS_OF_LIFE:
        return SignOfLife()
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        return Unusable(f"no JSON: {str(error)[:80]}")
    picture = _table(body, "Picture")
    if not picture:
        return Unusable("no Picture in the JSON")
    return _event(picture)


def _event(picture: Table) -> PushedPlate:
    read, snap = _table(picture, "Plate"), _table(picture, "SnapInfo")
    plate = "" if read.get("IsExist") is False else plate_text(_text(read, "PlateNumber"))
    said = _text(snap, "AccurateTime") or _text(snap, "SnapTime")
    named: list[tuple[Purpose, str, bytes]] = []
    lacking: list[str] = []
    for name, purpose in _PICTURES:
        content = _text(_table(picture, name), "Content")
        data = _decoded(content)
        if data is not None:
            named.append((purpose, name, data))
        elif content:
            lacking.append(f"{name}: no base64")
    pictures, damaged = judged(named)
    if not named and not lacking:
        lacking.append("no picture came")
    names = (_text(_table(picture, name), "PicName") for name, _ in _PICTURES)
    return PushedPlate(
        event_id("", _text(snap, "DeviceID"), said, plate, *names),
        plate,
        per_cent(_text(read, "Confidence")),
        _DIRECTIONS.get(_text(snap, "Direction").lower(), "unknown"),
        said_time(said),
        pictures,
        (*lacking, *damaged),
    )


def _table(body: object, name: str) -> Table:
    inner = body.get(name) if isinstance(body, dict) else None
    return inner if isinstance(inner, dict) else {}


def _text(table: Table, name: str) -> str:
    """A text or an integer as text; anything else counts as absent."""
    value = table.get(name, "")
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _decoded(content: str) -> bytes | None:
    try:
        return base64.b64decode(content.encode("ascii", "replace"), validate=True) or None
    except binascii.Error:
        return None
