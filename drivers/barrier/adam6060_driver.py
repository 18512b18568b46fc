"""One lane's boom, loops, light and siren behind an Advantech ADAM-6060 on Modbus TCP."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from annotated_types import Interval

from drivers.barrier.adam6060_map import (
    HIGH_WIDTHS_AT,
    INPUTS_AT,
    LOW_WIDTHS_AT,
    OUTPUTS_AT,
    POINTS,
    PULSE_COUNTS_AT,
    boom_position,
    light_colour,
    register,
    width_units,
)
from drivers.barrier.bounce import SteadyContact
from drivers.contract.clock import now
from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import DropMotion, LowerBoom, Order, RaiseBoom, ShowLight, SoundSiren
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BeamEdge, BoomMoved, LightColour, LoopEdge, OutputsRead, Point, Reading
from drivers.contract.tools import Tools
from drivers.links.modbus_link import ModbusLink, from_low_word_first, low_word_first
from drivers.links.tcp_link import TcpLink

Contact = Annotated[int, Interval(ge=0, le=POINTS - 1)]

_LOOP_HOLD = Millis(20)
_DEAF_POLLS = 3
_PAUSE_BETWEEN_PULSES = Millis(100)
_PASSING = {"silent", "garbled", "refused", "port-missing"}
"""Faults of one exchange that the next poll may find gone."""


@dataclass(frozen=True, slots=True)
class Adam6060Settings:
    """The module and what is wired to it.

    `host`, `port`, `unit`: its address on the network and its Modbus unit id.
    `pulse`: how long the module itself holds a raise or lower output, in ms.
    `poll_period`: the shortest time between two readings of inputs and outputs, in ms.
    `slowest_answer`: the longest time that the module takes to answer or to accept a connection, in ms.
    `entry_loop`, `under_boom_loop`, `exit_loop`, `boom_up`, `boom_down`: the digital input (0-5) of each.
    `boom_beam`: the digital input of the light barrier under the boom, if there is one.
    `normally_closed`: the inputs whose contact opens when its loop is occupied or its end is reached.
    `normally_open`: the beam's input, if its contact closes when the beam is broken; it is taken to open, so that a
    broken wire reads as a broken beam.
    `raise_output`, `lower_output`, `red_output`, `green_output`, `siren_output`: the digital output (0-5) of each;
    raise and lower must be neighbours, and red and green, so that one write changes both.
    """

    kind: Literal["adam-6060"]
    host: str
    port: Annotated[int, Interval(ge=1, le=65535)] = 502
    unit: Annotated[int, Interval(ge=1, le=247)] = 1
    pulse: Annotated[Millis, Interval(ge=100, le=2000)] = Millis(500)
    poll_period: Annotated[Millis, Interval(ge=20, le=1000)] = Millis(40)
    slowest_answer: Annotated[Millis, Interval(ge=20, le=140)] = Millis(100)
    entry_loop: Contact = 0
    under_boom_loop: Contact = 1
    exit_loop: Contact = 2
    boom_up: Contact = 3
    boom_down: Contact = 4
    boom_beam: Contact | None = None
    normally_closed: tuple[Contact, ...] = ()
    normally_open: tuple[Contact, ...] = ()
    raise_output: Contact = 0
    lower_output: Contact = 1
    red_output: Contact = 2
    green_output: Contact = 3
    siren_output: Contact = 4

    def __post_init__(self) -> None:
        loops_and_limits = (self.entry_loop, self.under_boom_loop, self.exit_loop, self.boom_up, self.boom_down)
        beams = () if self.boom_beam is None else (self.boom_beam,)
        inputs = loops_and_limits + beams
        outputs = (self.raise_output, self.lower_output, self.red_output, self.green_output, self.siren_output)
        if len(set(inputs)) < len(inputs):
            raise ValueError(f"two inputs share a number: {inputs}; give each its own")
        if not set(self.normally_closed) <= set(loops_and_limits):
            raise ValueError(f"normally_closed {self.normally_closed} names what is no loop and no limit switch")
        if not set(self.normally_open) <= set(beams):
            raise ValueError(f"normally_open {self.normally_open} names an input that is no beam")
        if len(set(outputs)) < len(outputs):
            raise ValueError(f"two outputs share a number: {outputs}; give each its own")
        for one, other in (("raise", "lower"), ("red", "green")):
            if abs(getattr(self, f"{one}_output") - getattr(self, f"{other}_output")) != 1:
                raise ValueError(f"{one}_output and {other}_output must be neighbours; rewire or renumber them")


class Adam6060Driver:
    """See drivers.contract.driver.Driver. Gives LoopEdge, BeamEdge, BoomMoved, OutputsRead.

    Obeys RaiseBoom, LowerBoom, ShowLight, SoundSiren, DropMotion. Motion is a pulse that the module times; the widths
    are written and read back on every connection, and a motion order is refused until that has been done.
    """

    def __init__(self, device: str, settings: Adam6060Settings, tools: Tools) -> None:
        self._device = device
        self._settings = settings
        self._clock = tools.clock
        wire = tools.link or TcpLink(settings.host, settings.port, deadline=settings.slowest_answer)
        self._link = ModbusLink(wire, settings.unit, settings.slowest_answer, tools.clock)
        self._loops = _steady_loops()
        self._beam = SteadyContact(_LOOP_HOLD)
        self._boom: BoomMoved | None = None
        self._outputs: OutputsRead | None = None
        self._news: list[Reading] = []
        self._is_occupied_below = False
        self._next_poll = Tick(0)
        self._failed_polls = 0
        self._bounded = False
        self._proven_connection = 0
        self._pulse_ends: dict[int, Tick] = {}

    def open(self) -> Identity:
        self._forget()
        try:
            self._link.open()
            _drop_motion(self._link, self._settings, self._settings.slowest_answer)
            self._bounded = self._bound_motion()
        except DeviceFault:
            self._link.close()
            raise
        self._proven_connection = self._link.connections
        s = self._settings
        return Identity(s.kind, f"{s.host}:{s.port} unit {s.unit}, pulse {s.pulse} ms", self._bounded)

    def poll(self, patience: Millis) -> Sequence[Reading]:
        """Read inputs and outputs once; [] at once if the last time was less than `poll_period` ago.

        `patience` is spent only on a second look at a loop that seems to change. Each exchange may take
        `slowest_answer`; one that fails is let pass until more than three polls in a row have failed.
        """
        if not self._is_due():
            return []
        self._next_poll = Tick(self._clock() + self._settings.poll_period)
        try:
            self._look()
            settling = self._settling_time()
            if settling is not None and settling <= patience:
                self._link.pause(settling)
                self._look()
            self._failed_polls = 0
        except DeviceFault as fault:
            if fault.fault.code not in _PASSING or self._failed_polls >= _DEAF_POLLS:
                raise
            self._failed_polls += 1
        news, self._news = self._news, []
        return news

    def obey(self, order: Order, patience: Millis) -> Answer:
        deadline = Tick(self._clock() + patience)
        s = self._settings
        match order:
            case RaiseBoom():
                return self._move(order, s.raise_output, s.lower_output, deadline)
            case LowerBoom():
                return self._move(order, s.lower_output, s.raise_output, deadline)
            case DropMotion():
                return self._carry_out(
                    order,
                    deadline,
                    lambda left: _drop_motion(self._link, s, left),
                    lambda outputs: not (outputs[s.raise_output] or outputs[s.lower_output]),
                )
            case ShowLight(colour=colour):
                return self._carry_out(
                    order,
                    deadline,
                    lambda left: _show(self._link, s, colour, left),
                    lambda outputs: light_colour(red=outputs[s.red_output], green=outputs[s.green_output]) == colour,
                )
            case SoundSiren(on=on):
                return self._carry_out(
                    order,
                    deadline,
                    lambda left: self._link.write_coil(OUTPUTS_AT + s.siren_output, on, left),
                    lambda outputs: outputs[s.siren_output] == on,
                )
            case _:
                return Answer("refused", f"{self._device} is a barrier and cannot obey {type(order).__name__}")

    def close(self) -> None:
        if self._link.is_connected:
            with suppress(DeviceFault):  # the wire is dead: the module's own pulse timer ends a motion output
                _drop_motion(self._link, self._settings, self._settings.slowest_answer)
        self._link.close()

    def _forget(self) -> None:
        """What was reported before is void: everything is reported anew."""
        self._loops = _steady_loops()
        self._beam = SteadyContact(_LOOP_HOLD)
        self._boom = None
        self._outputs = None
        self._news = []
        self._is_occupied_below = False
        self._next_poll = Tick(0)
        self._failed_polls = 0
        self._pulse_ends.clear()

    # ------------------------------------------------------------------ reading

    def _is_due(self) -> bool:
        settling = self._settling_time()
        return self._clock() >= self._next_poll or (settling is not None and settling <= 0)

    def _settling_time(self) -> Millis | None:
        """How long until a second look can settle a loop's change; None if none is changing."""
        looks = [at for contact in (*self._loops.values(), self._beam) if (at := contact.look_again_at) is not None]
        return Millis(min(looks) - self._clock()) if looks else None

    def _look(self) -> None:
        """One reading of inputs and one of outputs; what changed joins the news only if both came."""
        s = self._settings
        self._link.ready(s.slowest_answer)
        if self._link.connections != self._proven_connection:
            self._prove_again()
        inputs = self._link.read_coils(INPUTS_AT, POINTS, s.slowest_answer)
        seen = self._clock()
        outputs = self._link.read_coils(OUTPUTS_AT, POINTS, s.slowest_answer)
        levels = tuple(on != self._is_inverted(n) for n, on in enumerate(inputs))
        self._is_occupied_below = levels[s.under_boom_loop] or (s.boom_beam is not None and levels[s.boom_beam])
        self._news += [
            *self._outputs_changed(outputs),
            *self._boom_moved(levels),
            *self._loop_edges(levels, seen),
            *self._beam_edges(levels, seen),
        ]

    def _is_inverted(self, number: int) -> bool:
        """Whether input `number` is off when its loop is occupied, its end reached or its beam broken."""
        s = self._settings
        return number not in s.normally_open if number == s.boom_beam else number in s.normally_closed

    def _prove_again(self) -> None:
        """After a lost connection the module may have been restarted and have forgotten its pulse widths."""
        if self._bound_motion() != self._bounded:
            raise DeviceFault(
                "unfit", self._device, "the pulse widths differ from those at open()", "open the device again"
            )
        self._proven_connection = self._link.connections

    def _loop_edges(self, levels: tuple[bool, ...], seen: Tick) -> list[LoopEdge]:
        s = self._settings
        numbers: dict[Point, int] = {
            "entry-loop": s.entry_loop,
            "under-boom-loop": s.under_boom_loop,
            "exit-loop": s.exit_loop,
        }
        edges = []
        for point, contact in self._loops.items():
            occupied = contact.look(seen, levels[numbers[point]])
            if occupied is not None:
                edges.append(LoopEdge(point, occupied))
        return edges

    def _beam_edges(self, levels: tuple[bool, ...], seen: Tick) -> list[BeamEdge]:
        number = self._settings.boom_beam
        broken = None if number is None else self._beam.look(seen, levels[number])
        return [] if broken is None else [BeamEdge("boom-beam", broken)]

    def _boom_moved(self, levels: tuple[bool, ...]) -> list[BoomMoved]:
        boom = BoomMoved(boom_position(up=levels[self._settings.boom_up], down=levels[self._settings.boom_down]))
        changed, self._boom = boom != self._boom, boom
        return [boom] if changed else []

    def _outputs_changed(self, levels: tuple[bool, ...]) -> list[OutputsRead]:
        s = self._settings
        light = light_colour(red=levels[s.red_output], green=levels[s.green_output])
        if light is None:
            raise DeviceFault("wiring", self._device, "red and green are both on", "find who else writes the module")
        outputs = OutputsRead(levels[s.raise_output], levels[s.lower_output], light, levels[s.siren_output])
        changed, self._outputs = outputs != self._outputs, outputs
        return [outputs] if changed else []

    # ------------------------------------------------------------------ obeying

    def _move(self, order: RaiseBoom | LowerBoom, output: int, opposite: int, deadline: Tick) -> Answer:
        """One pulse on `output`, unless `opposite` is or may be on, or the widths of this connection are unproven.

        A lowering may have been decided before the lane heard what the last look saw under the boom.
        """
        if self._link.connections != self._proven_connection or not self._link.is_connected:
            return Answer("refused", "nothing was sent: the pulse widths are not proven on this connection")
        if isinstance(order, LowerBoom) and self._is_occupied_below:
            return Answer("refused", "nothing was sent: something stands under the boom")
        if self._may_be_on(opposite):
            return Answer("refused", "nothing was sent: the opposite motion output may still be on")

        def pulse(left: Millis) -> None:
            # Without an answer the pulse may have begun at any time until now + left.
            self._pulse_ends[output] = Tick(self._clock() + left + self._settings.pulse)
            self._link.write_registers(register(PULSE_COUNTS_AT, output), low_word_first(1), left)
            self._pulse_ends[output] = Tick(self._clock() + self._settings.pulse)

        return self._carry_out(order, deadline, pulse, lambda outputs: outputs[output])

    def _may_be_on(self, output: int) -> bool:
        if self._clock() < self._pulse_ends.get(output, Tick(0)):
            return True
        if self._outputs is None:
            return False
        is_raise = output == self._settings.raise_output
        return self._outputs.raise_pulse if is_raise else self._outputs.lower_pulse

    def _carry_out(
        self,
        order: RaiseBoom | LowerBoom | DropMotion | ShowLight | SoundSiren,
        deadline: Tick,
        write: Callable[[Millis], None],
        is_done: Callable[[tuple[bool, ...]], bool],
    ) -> Answer:
        """One exchange and one read-back. The answer is awaited until `deadline` and never past `not_after`."""
        try:
            self._link.ready(self._left(deadline))
        except DeviceFault as fault:
            return Answer("refused", f"nothing was sent: {fault}")
        tick = self._clock()
        if tick >= order.not_after:
            return Answer("expired", f"{tick - order.not_after} ms too late")
        if tick >= deadline:
            return Answer("refused", "nothing was sent: no time is left for the exchange")
        try:
            write(Millis(min(deadline, order.not_after) - tick))
        except DeviceFault as fault:
            return Answer("refused" if fault.fault.code == "refused" else "unknown", str(fault))
        try:
            outputs = self._link.read_coils(OUTPUTS_AT, POINTS, self._left(deadline))
        except DeviceFault as fault:
            return Answer("unknown", f"not read back: {fault}")
        return Answer("accepted") if is_done(outputs) else Answer("unknown", "the outputs read back differ")

    def _bound_motion(self) -> bool:
        """Write the pulse widths of both motion outputs and say whether they read back."""
        s = self._settings
        first = min(s.raise_output, s.lower_output)
        for block, width in ((LOW_WIDTHS_AT, _PAUSE_BETWEEN_PULSES), (HIGH_WIDTHS_AT, s.pulse)):
            at, wanted = register(block, first), (width_units(width),) * 2
            try:
                self._link.write_registers(at, low_word_first(wanted[0]) + low_word_first(wanted[1]), s.slowest_answer)
                found = from_low_word_first(self._link.read_registers(at, 4, s.slowest_answer))
            except DeviceFault as fault:
                if fault.fault.code == "refused":
                    return False
                raise
            if found != wanted:
                return False
        return True

    def _left(self, deadline: Tick) -> Millis:
        return Millis(max(1, deadline - self._clock()))


def drop_outputs(settings: Adam6060Settings) -> list[str]:
    """Motion outputs off, then red, over a connection of its own; a boom that is up stays up. Never raises DeviceFault.

    For the end of a lane that can no longer speak. Returns one line per step: what was done, or why it failed.
    """
    wire = TcpLink(settings.host, settings.port, deadline=settings.slowest_answer)
    link = ModbusLink(wire, settings.unit, settings.slowest_answer, now)
    steps: tuple[tuple[str, Callable[[Millis], None]], ...] = (
        ("motion outputs off", lambda patience: _drop_motion(link, settings, patience)),
        ("red on", lambda patience: _show(link, settings, "red", patience)),
    )
    report = []
    try:
        link.open()
    except DeviceFault as fault:
        return [f"{name}: failed: {fault}" for name, _ in steps]
    for name, step in steps:
        try:
            link.ready(settings.slowest_answer)
            step(settings.slowest_answer)
            report.append(f"{name}: done")
        except DeviceFault as fault:
            report.append(f"{name}: failed: {fault}")
    link.close()
    return report


def _steady_loops() -> dict[Point, SteadyContact]:
    return {point: SteadyContact(_LOOP_HOLD) for point in get_args(Point)}


def _drop_motion(link: ModbusLink, settings: Adam6060Settings, patience: Millis) -> None:
    """Both motion outputs off in one write; also ends a running pulse."""
    link.write_coils(OUTPUTS_AT + min(settings.raise_output, settings.lower_output), (False, False), patience)


def _show(link: ModbusLink, settings: Adam6060Settings, colour: LightColour, patience: Millis) -> None:
    """Red and green in one write, so that they are never on together."""
    lamps = {settings.red_output: colour == "red", settings.green_output: colour == "green"}
    link.write_coils(OUTPUTS_AT + min(lamps), tuple(lamps[n] for n in sorted(lamps)), patience)
