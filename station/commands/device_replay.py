"""A recording seen through the driver of its device; also one that a running lane is still making."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from drivers import catalog
from drivers.contract.driver import Driver
from drivers.contract.faults import DeviceFault
from drivers.contract.plain import NotPlain, canonical, decode
from drivers.contract.quantities import Millis
from drivers.contract.recording import Recorder
from drivers.contract.spec import DriverSpec
from drivers.contract.tools import Tools
from drivers.links.flight_recorder import Entry, read_recording
from drivers.links.followed_recording import FollowedRecording
from drivers.links.played_link import PlayedLink
from station.commands import exits
from station.commands.device_lines import DeviceLines
from station.commands.words import phrase

_POLL = Millis(50)
_SETTLING = 6  # polls after the last byte: a pause may complete what it began, and no silence is a fault yet
_LOOK_EVERY_S = 0.1


def entries_of(path: Path) -> list[Entry]:
    """The entries of a recording. Raises Refused if there is none in `path`."""
    entries = list(read_recording(path))
    if not entries:
        raise exits.Refused(exits.IO, "no-recording", str(path))
    return entries


def device_of(entries: Sequence[Entry], path: Path, kind: str, changes: Sequence[str]) -> tuple[DriverSpec, object]:
    """The kind and settings that the recording was made with, or `kind`; `changes` are NAME=VALUE. Raises Refused."""
    body = {} if kind else _recorded_settings(entries)
    named = kind or str(body.get("kind", ""))
    try:
        spec = catalog.find(named)
    except catalog.UnknownKind as error:
        raise exits.Refused(exits.USAGE, "no-such-kind", named or str(path), str(error)) from error
    if kind:
        body = {"kind": kind, "port": path.name}
    for change in changes:
        name, _, value = change.partition("=")
        body[name] = _value(value)
    body["is"] = spec.settings.__name__
    try:
        return spec, decode(spec.settings, canonical(body))
    except (NotPlain, ValueError) as error:
        step = phrase("devices-by-set")
        raise exits.Refused(exits.USAGE, "settings-refused", spec.kind, str(error), next_step=step) from error


def play(spec: DriverSpec, settings: object, link: PlayedLink, lines: DeviceLines, record: Recorder | None) -> bool:
    """Poll the driver until the recording is over, telling everything; whether there was no fault."""
    with _Played(spec.build("played", settings, Tools(link.clock, Path(), link, record)), link, lines) as played:
        while not link.is_over:
            played.poll()
        for _ in range(_SETTLING):
            played.poll()
        return played.is_well


def follow(spec: DriverSpec, settings: object, folder: Path, lines: DeviceLines, seconds: float) -> None:
    """Tell what is noted in `folder` from now on, for `seconds` (0 = until interrupted).

    The bytes of a driver that asks are told without readings: they answer questions that nobody here has asked.
    """
    recording, link = FollowedRecording(folder), PlayedLink()
    if spec.speaks != "never":
        lines.remark(phrase("devices-bytes-only"))
    end = time.monotonic() + seconds if seconds else float("inf")
    with _Played(spec.build("followed", settings, Tools(link.clock, Path(), link)), link, lines) as played:
        while time.monotonic() < end:
            fresh = recording.fresh()
            link.add(fresh)
            for entry in fresh:
                lines.note(entry.mark, entry.data)
            while spec.speaks == "never" and not link.is_over:
                played.poll()
            time.sleep(_LOOK_EVERY_S)


class _Played:
    """A driver on a recording: opened at its first poll and again after a fault. Each poll takes some of its time."""

    def __init__(self, driver: Driver, link: PlayedLink, lines: DeviceLines) -> None:
        self.is_well = True
        self._driver = driver
        self._link = link
        self._lines = lines
        self._is_open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._driver.close()

    def poll(self) -> None:
        began = self._link.clock()
        try:
            if not self._is_open:
                self._lines.identity(self._driver.open())
                self._is_open = True
            for reading in self._driver.poll(_POLL):
                self._lines.reading(reading)
        except DeviceFault as error:
            self._lines.fault(error.fault)
            self._driver.close()
            self._is_open = self.is_well = False
        if self._link.clock() == began:
            self._link.idle(_POLL)


def _recorded_settings(entries: Sequence[Entry]) -> dict[str, Any]:
    for entry in entries:
        if entry.mark == "#":
            try:
                settings = json.loads(entry.data).get("settings")
            except (ValueError, AttributeError):
                return {}
            return settings if isinstance(settings, dict) else {}
    return {}


def _value(text: str) -> object:
    try:
        value: object = json.loads(text)
    except ValueError:
        return text
    return value
