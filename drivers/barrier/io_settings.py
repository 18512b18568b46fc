"""What is wired to an I/O module at a gate, and where the module is: the settings that all kinds of modules share."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.barrier.io_module import IoProfile
from drivers.contract.quantities import Millis
from drivers.links.modbus_address import LAST_UNIT, check_address

LAST_POINT = 31
Contact = Annotated[int, Interval(ge=0, le=LAST_POINT)]

LOOPS_AND_LIMITS = ("entry_loop", "under_boom_loop", "exit_loop", "boom_up", "boom_down")
BEAMS = ("boom_beam", "deck_entry_beam", "deck_exit_beam")
BUTTONS = ("help_button", "ticket_button")
CONTACTS = (
    "cabinet_door_open",
    "on_battery",
    "battery_low",
    "xray_ready",
    "xray_busy",
    "xray_interlock_open",
    "xray_fault",
)
OUTPUTS = ("raise_output", "lower_output", "red_output", "green_output", "siren_output")


@dataclass(frozen=True, slots=True)
class BarrierSettings(ABC):
    """Where the module is and what is wired to it; inputs and outputs are numbered from 0, None is not fitted.

    host: name or address of a module on the network, "" for one on a bus.
    port: its TCP port.
    bus: the id of the serial bus that the module is on, "" for one with a host.
    unit: the Modbus unit id.
    pulse: how long a raise or lower output is on, in ms.
    poll_period: the shortest time between two readings of inputs and outputs, in ms.
    slowest_answer: the longest time that the module takes to answer or to accept a connection, in ms.
    entry_loop: the input of the loop before the boom.
    under_boom_loop: the input of the safety loop under the boom.
    exit_loop: the input of the loop behind the boom.
    boom_up: the input of the upper limit switch.
    boom_down: the input of the lower limit switch.
    boom_beam: the input of the light barrier under the boom.
    deck_entry_beam: the input of the light barrier at the near end of the deck.
    deck_exit_beam: the input of the light barrier at the far end of the deck.
    help_button: the input of the driver's help button.
    ticket_button: the input of the driver's ticket button.
    cabinet_door_open: the input of the cabinet's door contact.
    on_battery: the input of the UPS's contact for running on its battery.
    battery_low: the input of the UPS's contact for a battery that is nearly empty.
    xray_ready: the input of the X-ray machine's ready contact.
    xray_busy: the input of the X-ray machine's busy contact.
    xray_interlock_open: the input of the X-ray machine's safety interlock.
    xray_fault: the input of the X-ray machine's fault contact.
    normally_closed: the inputs, other than beams, whose contact opens when the state of its name is reached.
    normally_open: the beams whose contact closes when broken; others open, so that a broken wire is a broken beam.
    raise_output: the output that raises the boom.
    lower_output: the output that lowers the boom.
    red_output: the output of the red light.
    green_output: the output of the green light.
    siren_output: the output of the siren.
    proof_output: a spare output, wired to nothing, on which open() sees that a pulse ends by itself.
    """

    kind: str
    host: str = ""
    port: Annotated[int, Interval(ge=1, le=65535)] = 502
    bus: str = ""
    unit: Annotated[int, Interval(ge=1, le=LAST_UNIT)] = 1
    pulse: Annotated[Millis, Interval(ge=100, le=2000)] = Millis(500)
    poll_period: Annotated[Millis, Interval(ge=20, le=1000)] = Millis(40)
    slowest_answer: Annotated[Millis, Interval(ge=20, le=140)] = Millis(100)
    entry_loop: Contact = 0
    under_boom_loop: Contact = 1
    exit_loop: Contact = 2
    boom_up: Contact = 3
    boom_down: Contact = 4
    boom_beam: Contact | None = None
    deck_entry_beam: Contact | None = None
    deck_exit_beam: Contact | None = None
    help_button: Contact | None = None
    ticket_button: Contact | None = None
    cabinet_door_open: Contact | None = None
    on_battery: Contact | None = None
    battery_low: Contact | None = None
    xray_ready: Contact | None = None
    xray_busy: Contact | None = None
    xray_interlock_open: Contact | None = None
    xray_fault: Contact | None = None
    normally_closed: tuple[Contact, ...] = ()
    normally_open: tuple[Contact, ...] = ()
    raise_output: Contact = 0
    lower_output: Contact = 1
    red_output: Contact = 2
    green_output: Contact = 3
    siren_output: Contact = 4
    proof_output: Contact | None = None

    def __post_init__(self) -> None:
        check_address(self)
        profile = self.profile()
        beams = self.numbers(BEAMS)
        closing = self.numbers((*LOOPS_AND_LIMITS, *BUTTONS, *CONTACTS))
        _require_own_numbers("input", {**closing, **beams}, profile.inputs)
        _require_own_numbers("output", self.numbers((*OUTPUTS, "proof_output")), profile.outputs)
        _require_named("normally_closed", self.normally_closed, closing, "a beam's contact opens anyway")
        _require_named("normally_open", self.normally_open, beams, "it is for beams only")
        if self.proof_output is not None and profile.pulse.is_ended_by_host:
            raise ValueError("proof_output: there is nothing to see where we end the pulse ourselves; leave it out")
        if profile.writes_blocks:
            self._require_neighbours("raise", "lower")
            self._require_neighbours("red", "green")

    @abstractmethod
    def profile(self) -> IoProfile:
        """The module's own map. Raises ValueError if these settings give it none."""

    def numbers(self, names: tuple[str, ...]) -> dict[str, int]:
        """The number of each point of `names` that is fitted."""
        return {name: number for name in names if (number := getattr(self, name)) is not None}

    @property
    def motion_outputs(self) -> tuple[int, int]:
        """The outputs that move the boom: raise, lower."""
        return (self.raise_output, self.lower_output)

    def _require_neighbours(self, one: str, other: str) -> None:
        if abs(getattr(self, f"{one}_output") - getattr(self, f"{other}_output")) != 1:
            raise ValueError(f"{one}_output and {other}_output must be neighbours; rewire or renumber them")


def _require_own_numbers(what: Literal["input", "output"], numbers: dict[str, int], count: int) -> None:
    used: dict[int, str] = {}
    for name, number in numbers.items():
        if number >= count:
            raise ValueError(f"{name} = {number}: this module has {what}s 0 to {count - 1}")
        if number in used:
            raise ValueError(f"two {what}s share a number: {used[number]} and {name} = {number}; give each its own")
        used[number] = name


def _require_named(setting: str, listed: tuple[int, ...], fitted: dict[str, int], why: str) -> None:
    if strangers := sorted(set(listed) - set(fitted.values())):
        raise ValueError(f"{setting} names {strangers}, which is none of {', '.join(fitted) or 'the fitted'}: {why}")
