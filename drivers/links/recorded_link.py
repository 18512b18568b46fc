"""A wire whose every byte is noted on its way."""

from typing import NoReturn

from drivers.contract.faults import DeviceFault
from drivers.contract.link import Link
from drivers.contract.quantities import Millis
from drivers.contract.recording import Recorder


class RecordedLink:
    """`link`, noted by `recorder`: what came, what was given to the wire (before it leaves), how the wire failed."""

    def __init__(self, link: Link, recorder: Recorder) -> None:
        self._link = link
        self._recorder = recorder

    def __str__(self) -> str:
        return str(self._link)

    def open(self) -> None:
        try:
            self._link.open()
        except DeviceFault as fault:
            self._failed(fault)
        self._recorder.note("=", str(self._link).encode())

    def read(self, patience: Millis) -> bytes:
        try:
            data = self._link.read(patience)
        except DeviceFault as fault:
            self._failed(fault)
        if data:
            self._recorder.note("<", data)
        return data

    def write(self, data: bytes, patience: Millis) -> None:
        self._recorder.note(">", data)
        try:
            self._link.write(data, patience)
        except DeviceFault as fault:
            self._failed(fault)

    def discard_input(self) -> None:
        try:
            self._link.discard_input()
        except DeviceFault as fault:
            self._failed(fault)

    def close(self) -> None:
        self._link.close()

    def _failed(self, fault: DeviceFault) -> NoReturn:
        self._recorder.note("!", str(fault).encode())
        raise fault


def recorded(link: Link, recorder: Recorder | None) -> Link:
    """`link`, noted by `recorder` if there is one."""
    return link if recorder is None else RecordedLink(link, recorder)
