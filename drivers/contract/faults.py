"""What a device says when it cannot do its work."""

from dataclasses import dataclass
from typing import Literal

FaultCode = Literal[
    "port-missing",  # the path or address does not exist or refuses us
    "port-busy",  # somebody else holds the port
    "silent",  # no answer, or no frame, within the stated time
    "garbled",  # bytes arrive but no frame can be made of them ("wrong baud?")
    "refused",  # the device answered with an error of its own
    "wiring",  # states that exclude each other are both reported
    "frozen",  # answers arrive but carry no new measurement
    "unfit",  # open() found the device unable to guarantee what its settings promise
    "bad-model",  # a model file is missing, altered or fails its known answer
    "renewal",  # nothing is wrong: the worker gives its memory back and begins anew
    "bad-picture",  # a picture cannot be read
]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault as a fact: code, the thing it concerns, what was seen and what a technician does next."""

    code: FaultCode
    thing: str
    seen: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.thing}: {self.code}: {self.seen}; next: {self.next_step}"


class DeviceFault(Exception):
    """Raised by a driver that cannot go on; carries the `Fault`."""

    def __init__(self, code: FaultCode, thing: str, seen: str, next_step: str) -> None:
        self.fault = Fault(code, thing, seen, next_step)
        super().__init__(str(self.fault))
