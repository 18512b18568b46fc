"""What is plugged in: the serial ports, who holds them, and which kinds of devices a stream of bytes could be from."""

import dataclasses
import itertools
import time
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from drivers import catalog
from drivers.contract.clock import now
from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis
from drivers.contract.readings import BytesRefused, IdentityRefused, WeighingFailed
from drivers.contract.spec import DriverSpec
from drivers.contract.tools import Tools
from drivers.links.flight_recorder import Entry
from drivers.links.played_link import PlayedLink
from drivers.links.refused_bytes import hint
from drivers.links.serial_link import SerialLink
from drivers.links.serial_ports import Holder, holders
from station.commands import exits
from station.commands.words import phrase

USUAL_BAUDS = (9600, 4800, 2400, 19200, 1200, 38400, 57600, 115200)
_NOT_TRIED = frozenset({"kind", "port", "baud", "data_bits", "parity", "stop_bits", "trigger"})
_NOTHING = BytesRefused | WeighingFailed | IdentityRefused
_MOST_VARIANTS = 64
_POLL = Millis(50)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came at one speed: how much, its beginning, what is odd about it, and who understands it.

    `sample` is empty where it could be what a person's document says.
    """

    baud: int
    count: int
    sample: bytes
    hint: str
    understood_by: tuple[str, ...]


def busy(port: str) -> exits.Refused:
    """The refusal of a port that somebody else holds, naming the holder as far as it can be known."""
    names = [told_holder(holder) for holder in holders(port)]
    return exits.Refused(exits.TRY_AGAIN, "held", port, ", ".join(names))


def told_holder(holder: Holder) -> str:
    """A process that holds a port; a lane by its settings file."""
    for command in holder.commands:
        _, is_lane, rest = command.partition(" lane ")
        if is_lane:
            return phrase("devices-lane-process", pid=holder.pid, lane=rest)
    return phrase("devices-process", pid=holder.pid, command=holder.commands[0] if holder.commands else "?")


def listen(port: str, bauds: Sequence[int], seconds: float) -> Iterator[Heard]:
    """What comes on `port` at each speed, until a kind understands it. Sends nothing. Raises Refused, DeviceFault."""
    for baud in bauds:
        entries = _gather(port, baud, seconds)
        data = b"".join(entry.data for entry in entries)
        kinds = tuple(understood_by(entries))
        odd = "" if kinds else hint(data[:256])
        yield Heard(baud, len(data), data[:64] if _may_be_shown(kinds, odd) else b"", odd, kinds)
        if kinds:
            return


def understood_by(entries: Sequence[Entry]) -> Iterator[str]:
    """The kinds, with their settings, that make readings of these bytes. A hint for a technician, never a decision."""
    for spec in catalog.DRIVERS.values():
        only_listens = spec.speaks == "never" and spec.is_recordable
        if spec.wire == "serial" and (only_listens or spec.is_personal):
            for variant in _variants(spec):
                if _makes_readings(spec, variant, entries):
                    yield " ".join([spec.kind, *(f"{name}={_spelled(value)}" for name, value in variant.items())])


def _may_be_shown(kinds: Sequence[str], odd: str) -> bool:
    """Bytes of a kind that reads no documents, and bytes that are no text; other text could name a person."""
    if kinds:
        return not any(catalog.find(kind.partition(" ")[0]).is_personal for kind in kinds)
    return odd == "wrong-baud?"


def _spelled(value: object) -> str:
    """A setting's value as a settings file and `--set` have it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _gather(port: str, baud: int, seconds: float) -> list[Entry]:
    link = SerialLink(port, baud=baud)
    try:
        link.open()
    except DeviceFault as error:
        raise (busy(port) if error.fault.code == "port-busy" else error) from error
    entries: list[Entry] = []
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            if data := link.read(_POLL):
                entries.append(Entry(now(), "<", data))
    finally:
        link.close()
    return entries


def _makes_readings(spec: DriverSpec, variant: dict[str, Any], entries: Sequence[Entry]) -> bool:
    link = PlayedLink(entries)
    given = {"kind": spec.kind, "port": "", **variant}
    try:
        driver = spec.build("heard", spec.settings(**given), Tools(link.clock, Path(), link))
        driver.open()
        while not link.is_over:
            if any(not isinstance(reading, _NOTHING) for reading in driver.poll(_POLL)):
                return True
    except (DeviceFault, ValueError):  # not this kind, or not with these settings
        return False
    return False


def _variants(spec: DriverSpec) -> Iterator[dict[str, Any]]:
    """Every combination of the settings that say how the bytes are to be read."""
    hints = typing.get_type_hints(spec.settings)
    choices: dict[str, tuple[Any, ...]] = {}
    for field in dataclasses.fields(spec.settings):
        if field.name in _NOT_TRIED:
            continue
        if typing.get_origin(hints[field.name]) is Literal:
            choices[field.name] = typing.get_args(hints[field.name])
        elif hints[field.name] is bool:
            choices[field.name] = (True, False)
    combinations = itertools.product(*choices.values())
    for combination in itertools.islice(combinations, _MOST_VARIANTS):
        yield dict(zip(choices, combination, strict=True))
