"""A device's bytes, readings and faults as lines for a technician, or as JSON for programs."""

import re
import typing
from dataclasses import fields

from drivers.contract.driver import Clock, Identity
from drivers.contract.faults import Fault
from drivers.contract.plain import to_plain
from drivers.contract.quantities import Grams, Millis
from drivers.contract.readings import BytesRefused, CodeScanned, Reading
from drivers.contract.recording import Mark
from drivers.contract.spec import DriverSpec
from drivers.scanner import gs1
from station.commands.output import kilograms, put_json, say
from station.commands.words import phrase
from station.words.language import spoken
from station.words.meanings import coded, next_step
from station.words.readings import PARTS, READINGS

_MOST_SHOWN = 64  # bytes of one line
_PRINTABLE = range(0x20, 0x7F)
_PLAIN_CODE = re.compile(rf"[A-Za-z0-9 ./+(){gs1.GS}-]{{1,64}}")
"""A code that is shown: one without separators of a card's fields, a machine-readable zone's filler, or diacritics."""


class DeviceLines:
    """Says each thing as it comes, with the seconds since the first. A Recorder too, if bytes are to be shown.

    Of what may be a person's document only that something was read is said, and how much: all readings of a kind that
    is personal, the bytes of every reader that a person may show a document to, and a code that is not a plain one.
    """

    def __init__(self, clock: Clock, spec: DriverSpec, *, as_json: bool) -> None:
        self._clock = clock
        self._began = clock()
        self._as_json = as_json
        self._spec = spec

    def note(self, mark: Mark, data: bytes) -> None:
        """What passed on the wire."""
        if mark in ("=", "!", "#"):
            self._say(f"{mark} {data.decode(errors='replace')}", {"mark": mark, "text": data.decode(errors="replace")})
        elif not self._spec.is_recordable:
            self._say(f"{mark} {phrase('devices-hidden-bytes', count=len(data))}", {"mark": mark, "bytes": len(data)})
        else:
            self._say(f"{mark} {as_hex(data)}", {"mark": mark, "hex": data.hex()})

    def identity(self, identity: Identity) -> None:
        """What `open` learned."""
        bounded = phrase("devices-motion-bounded") if identity.motion_bounded else ""
        told = phrase("devices-opened", kind=identity.kind, detail=identity.detail)
        self._say(f"{told}{bounded}", {"opened": to_plain(identity)})

    def reading(self, reading: Reading) -> None:
        """What the driver made of the bytes."""
        name = type(reading).__name__
        is_hidden = self._spec.is_personal or _may_be_personal(reading)
        body: dict[str, object] = {"is": name} if is_hidden else to_plain(reading)
        told = phrase("devices-hidden") if is_hidden else _values(reading)
        hint = hint_for(reading)
        self._say(f"  {spoken(READINGS[name])}: {told}" + (f". {hint}" if hint else ""), {"reading": body})

    def fault(self, fault: Fault) -> None:
        """Why the device cannot go on."""
        told = f"! {fault.thing}: {coded(fault.code)}: {fault.seen}" + phrase(
            "next", step=next_step("", fault.next_step)
        )
        self._say(told, {"fault": to_plain(fault)})

    def remark(self, text: str) -> None:
        """What a technician should know beside it."""
        self._say(f"  {text}", {"remark": text})

    def _say(self, text: str, body: dict[str, object]) -> None:
        elapsed = self._clock() - self._began
        if self._as_json:
            put_json({"ms": elapsed, **body})
        else:
            say(f"{elapsed / 1000:9.3f} {text}")


def as_hex(data: bytes) -> str:
    """Bytes in hex with their text beside them; long data is cut, and its length told."""
    shown = data[:_MOST_SHOWN]
    text = "".join(chr(byte) if byte in _PRINTABLE else "." for byte in shown)
    more = f" ... ({len(data)})" if len(data) > len(shown) else ""
    return f"{shown.hex(' ')}{more}  |{text}|"


def hint_for(reading: Reading) -> str:
    """What a technician should suspect."""
    match reading:
        case BytesRefused(hint="wrong-baud?"):
            return phrase("devices-wrong-baud")
        case BytesRefused(hint="wrong-protocol?"):
            return phrase("devices-wrong-protocol")
        case BytesRefused(hint="wrong-code-page?"):
            return phrase("devices-wrong-code-page")
        case CodeScanned(text=text, symbology=symbology) if symbology in gs1.SYMBOLOGIES:
            return _as_gs1(text)
        case _:
            return ""


def _may_be_personal(reading: Reading) -> bool:
    return isinstance(reading, CodeScanned) and _PLAIN_CODE.fullmatch(reading.text) is None


def _as_gs1(text: str) -> str:
    """The element string of a GS1 code, field by field; or why it is none, without repeating it."""
    try:
        elements = gs1.parse(text)
    except gs1.NotGs1 as error:
        return phrase("devices-not-gs1", seen=error)
    return phrase("devices-gs1", elements=" ".join(f"({element.ai}) {element.value}" for element in elements))


def _values(reading: Reading) -> str:
    hints = typing.get_type_hints(type(reading))
    return ", ".join(
        f"{spoken(PARTS[field.name])} {_value(hints[field.name], getattr(reading, field.name))}"
        for field in fields(reading)
        if not (field.name == "hint" and hint_for(reading))
    )


def _value(hint: object, value: object) -> str:
    if hint is Grams and isinstance(value, int):
        return kilograms(value)
    if hint is Millis:
        return f"{value} ms"
    if isinstance(value, bool):
        return phrase("devices-yes" if value else "devices-no")
    if isinstance(value, tuple):
        return f"[{len(value)}]"
    return str(value) if value != "" else "-"
