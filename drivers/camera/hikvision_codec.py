"""Hikvision's ANPR push: an EventNotificationAlert in XML, alone or as one part beside its pictures.

Element names as sent, by sources S41 to S43. Two namespaces are in use, so only local names count. Plate elements
stand under ANPR or directly under the root; the parts' names vary, so the XML is known by its content.
"""

from collections.abc import Mapping
from xml.parsers import expat

from drivers.camera.http_codec import Message
from drivers.camera.multipart_codec import Part, is_multipart, parts_of
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

_LARGEST_XML = 256 * 1024
_MOST_ELEMENTS = 2000
_DEEPEST = 16
_ROOT = "EventNotificationAlert"
_PICTURE_NAMES = "ANPR/pictureInfoList/pictureInfo/fileName"

Elements = Mapping[str, tuple[str, ...]]
"""The texts of an XML file by path below the root, in local names joined by "/"."""


class _Refused(Exception):
    """The XML is not read further; says why."""


def read_push(request: Message) -> Pushed:
    """What one POST means. Any bytes are allowed."""
    content_type = request.headers.get("content-type", "")
    parts = parts_of(content_type, request.body)
    if is_multipart(content_type):
        texts = [part for part in parts if _is_xml(part)]
        if not texts:
            return Unusable(f"a multipart body without an XML part ({len(parts)} whole parts)")
        xml, pictures = texts[0].data, [part for part in parts if part not in texts]
    else:
        xml, pictures = request.body, []
    try:
        elements = read_xml(xml)
    except _Refused as refusal:
        return Unusable(str(refusal))
    return _event(elements, pictures)


def read_xml(xml: bytes) -> Elements:
    """The texts of an EventNotificationAlert. Raises _Refused; never expands an entity, never reads a DOCTYPE."""
    if len(xml) > _LARGEST_XML:
        raise _Refused(f"an XML of more than {_LARGEST_XML} bytes")
    reader = _Reader()
    try:
        reader.read(xml)
    except (expat.ExpatError, LookupError, ValueError) as error:  # the last two: an encoding Python cannot serve
        raise _Refused(f"no XML: {error}") from error
    if reader.root != _ROOT:
        raise _Refused(f"<{reader.root[:40]}> instead of <{_ROOT}>")
    return {path: tuple(texts) for path, texts in reader.found.items()}


class _Reader:
    """Collects the text of each element; bounded in depth and number, so a bomb ends early."""

    def __init__(self) -> None:
        self.root = ""
        self.found: dict[str, list[str]] = {}
        self._path: list[str] = []
        self._texts: list[list[str]] = []
        self._count = 0

    def read(self, xml: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(xml, True)

    def _doctype(self, *_: object) -> None:
        raise _Refused("an XML with a DOCTYPE; no camera sends one")

    def _start(self, name: str, _: object) -> None:
        self._count += 1
        if self._count > _MOST_ELEMENTS or len(self._path) >= _DEEPEST:
            raise _Refused(f"an XML of more than {_MOST_ELEMENTS} elements or {_DEEPEST} levels")
        local = name.rpartition(":")[2]
        if not self._path:
            self.root = local
        self._path.append(local)
        self._texts.append([])

    def _text(self, text: str) -> None:
        self._texts[-1].append(text)

    def _end(self, _: str) -> None:
        text = "".join(self._texts.pop()).strip()
        path = "/".join(self._path[1:])
        self._path.pop()
        if text:
            self.found.setdefault(path, []).append(text)


def _event(elements: Elements, parts: list[Part]) -> Pushed:
    """An event that speaks of a licence plate is a sighting; heartbeats, videoloss and all others are signs of life."""
    if "ANPR/licensePlate" not in elements and "licensePlate" not in elements:
        return SignOfLife()
    plate = plate_text(_first(elements, "licensePlate"))
    said = _first(elements, "dateTime")
    pictures, lacking = judged([(_purpose(part), part.filename or part.name, part.data) for part in parts])
    came = {name for part in parts for name in (part.filename, part.name)}
    announced = [f"{name}: did not come" for name in elements.get(_PICTURE_NAMES, ()) if name not in came]
    if not announced and not lacking and len(parts) < (count := _number(_first(elements, "picNum"))):
        announced = [f"{count - len(parts)} of {count} pictures did not come"]
    return PushedPlate(
        event_id(_first(elements, "UUID"), _first(elements, "macAddress"), _first(elements, "channelID"), said, plate),
        plate,
        per_cent(_first(elements, "confidenceLevel")),
        _direction(_first(elements, "direction")),
        said_time(said),
        pictures,
        (*lacking, *announced),
    )


def _first(elements: Elements, name: str) -> str:
    """The text of ANPR/`name`, else of `name` itself; "" if neither is there."""
    return next(iter(elements.get(f"ANPR/{name}") or elements.get(name, ())), "")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else 0


def _direction(said: str) -> Direction:
    return "forward" if said == "forward" else "reverse" if said == "reverse" else "unknown"


def _is_xml(part: Part) -> bool:
    return part.content_type.endswith("/xml") or part.data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _purpose(part: Part) -> Purpose:
    """licensePlatePicture.jpg is the plate; detectionPicture.jpg and the others show the vehicle."""
    return "plate" if "plate" in (part.filename or part.name).lower() else "overview"
