"""One gate's boom, loops, beams, lights, siren, buttons and contacts behind an I/O module on Modbus."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from drivers.barrier.io_module import IoModule
from drivers.barrier.io_settings import OUTPUTS, BarrierSettings
from drivers.barrier.io_signals import Signals
from drivers.barrier.motion import Motion
from drivers.barrier.pulses import is_seen_to_end
from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import DropMotion, LowerBoom, Order, RaiseBoom, ShowLight, SoundSiren
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import LightColour, OutputsRead, Reading
from drivers.contract.tools import Tools
from drivers.links.modbus_address import modbus_link, shown_address

_DEAF_POLLS = 3
_FRESH = Millis(1000)
"""How old the last look under the boom may be for a lowering, besides the time between two looks."""
_PASSING = {"silent", "garbled", "refused", "port-missing"}
"""Faults of one exchange that the next poll may find gone."""

_BarrierOrder = RaiseBoom | LowerBoom | DropMotion | ShowLight | SoundSiren
_Levels = tuple[bool, ...]


class BarrierDriver:
    """See drivers.contract.driver.Driver. Gives LoopEdge, BeamEdge, ButtonEdge, ContactEdge, BoomMoved, OutputsRead.

    Obeys RaiseBoom, LowerBoom, ShowLight, SoundSiren, DropMotion. Motion is a pulse that the module ends, by its own
    timer or by its watchdog; that is proven when it is opened, and again wherever a restart could have undone it, and
    until then motion is refused. A module that proves nothing is obeyed, but its motion is not called bounded.
    """

    def __init__(self, device: str, settings: BarrierSettings, tools: Tools) -> None:
        self._device = device
        self._settings = settings
        self._clock = tools.clock
        self._pulse = settings.profile().pulse
        self._link = modbus_link(settings, tools, settings.slowest_answer)
        self._module = IoModule(self._link, settings.profile(), tools.clock)
        self._bounded = False
        self._proven_connection = 0
        self._signals = Signals(settings)
        self._motion = Motion(settings.pulse)
        self._outputs: OutputsRead | None = None
        self._news: list[Reading] = []
        self._is_clear_below: bool | None = None
        self._looked_at = Tick(0)
        self._next_poll = Tick(0)
        self._failed_polls = 0

    def open(self) -> Identity:
        self._forget()
        s = self._settings
        try:
            self._link.open()
            _drop_motion(self._module, s, self._in_time())
            self._module.require_plain_modes(tuple(s.numbers(OUTPUTS).values()), s.slowest_answer)
            self._bounded = self._is_set_up() and self._is_seen_to_end()
        except DeviceFault:
            self._link.close()
            raise
        self._proven_connection = self._link.connections
        return Identity(s.kind, f"{shown_address(s)}, pulse {s.pulse} ms", self._bounded)

    def poll(self, patience: Millis) -> Sequence[Reading]:
        """Read inputs and outputs once; [] at once if the last time was less than `poll_period` ago.

        `patience` is spent only on a second look at an input that seems to change. Each exchange may take
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
            self._is_clear_below = None
            if fault.fault.code not in _PASSING or self._failed_polls >= _DEAF_POLLS:
                raise
            self._failed_polls += 1
        news, self._news = self._news, []
        return news

    def obey(self, order: Order, patience: Millis) -> Answer:
        deadline = Tick(self._clock() + patience)
        s = self._settings
        match order:
            case RaiseBoom() | LowerBoom():
                return self._move(order, deadline)
            case DropMotion():
                return self._carry_out(
                    order,
                    deadline,
                    lambda until: _drop_motion(self._module, s, until),
                    lambda outputs: not any(outputs[n] for n in s.motion_outputs),
                )
            case ShowLight(colour=colour):
                return self._carry_out(
                    order,
                    deadline,
                    lambda until: _show(self._module, s, colour, until),
                    lambda outputs: _colour(s, outputs) == colour,
                )
            case SoundSiren(on=on):
                return self._carry_out(
                    order,
                    deadline,
                    lambda until: self._module.switch({s.siren_output: on}, until),
                    lambda outputs: outputs[s.siren_output] == on,
                )
            case _:
                return Answer("refused", f"{self._device} is a barrier and cannot obey {type(order).__name__}")

    def close(self) -> None:
        if self._link.is_connected:
            with suppress(DeviceFault):  # the wire is dead: the module's own timer or watchdog ends a motion output
                _drop_motion(self._module, self._settings, self._in_time())
        self._link.close()

    def _forget(self) -> None:
        """What was reported before is void: everything is reported anew."""
        self._signals = Signals(self._settings)
        self._motion = Motion(self._settings.pulse)
        self._outputs = None
        self._news = []
        self._is_clear_below = None
        self._next_poll = Tick(0)
        self._failed_polls = 0

    def _in_time(self) -> Tick:
        """Until when one exchange may last."""
        return Tick(self._clock() + self._settings.slowest_answer)

    # ------------------------------------------------------------------ reading

    def _is_due(self) -> bool:
        urgent = (self._signals.look_again_at, self._motion.next_end if self._pulse.is_ended_by_host else None)
        return self._clock() >= min([self._next_poll, *(at for at in urgent if at is not None)])

    def _settling_time(self) -> Millis | None:
        """How long until a second look can settle a change; None if nothing is changing."""
        at = self._signals.look_again_at
        return None if at is None else Millis(at - self._clock())

    def _look(self) -> None:
        """One reading of inputs and one of outputs; what changed joins the news only if both came."""
        s = self._settings
        self._link.ready(s.slowest_answer)
        if not self._is_proven():
            self._set_up_again()
        inputs = self._module.inputs(s.slowest_answer)
        seen = self._clock()
        outputs = self._module.outputs(s.slowest_answer)
        self._is_clear_below, self._looked_at = self._signals.is_clear_below(inputs), seen
        self._news += [*self._outputs_changed(outputs), *self._signals.look(inputs, seen)]
        self._end_what_is_over(outputs, seen)

    def _outputs_changed(self, levels: _Levels) -> list[OutputsRead]:
        s = self._settings
        light = _colour(s, levels)
        if light is None:
            raise DeviceFault("wiring", self._device, "red and green are both on", "find who else writes the module")
        outputs = OutputsRead(levels[s.raise_output], levels[s.lower_output], light, levels[s.siren_output])
        changed, self._outputs = outputs != self._outputs, outputs
        return [outputs] if changed else []

    def _end_what_is_over(self, levels: _Levels, seen: Tick) -> None:
        """Switch off a pulse of ours that lasts too long: our duty, or the module's, which is then not fit for it."""
        on = [n for n in self._settings.motion_outputs if levels[n]]
        by_host = self._pulse.is_ended_by_host
        lasts_too_long = self._motion.is_over(on, seen) if by_host else self._motion.is_overdue(on, seen)
        if lasts_too_long:
            _drop_motion(self._module, self._settings, self._in_time())
        self._motion.forget_what_is_over(seen, but=() if by_host or lasts_too_long else on)
        if lasts_too_long and self._bounded and not by_host:
            seen_on = f"the pulse of {self._settings.pulse} ms did not end by itself"
            raise DeviceFault("unfit", self._device, seen_on, "replace the module, or check who else writes it")

    # ------------------------------------------------------------------ obeying

    def _move(self, order: RaiseBoom | LowerBoom, deadline: Tick) -> Answer:
        """One pulse on the order's output, unless something speaks against it."""
        output, opposite = self._settings.motion_outputs
        if isinstance(order, LowerBoom):
            output, opposite = opposite, output
        against = self._against(order, opposite)
        if self._clock() < order.not_after and against:
            return Answer("refused", f"nothing was sent: {against}")

        def begin(until: Tick) -> None:
            left = Millis(until - self._clock())
            self._motion.may_begin(output, until)
            self._pulse.begin(self._link, output, self._settings.pulse, left)
            self._motion.has_begun(output, self._clock())

        return self._carry_out(order, deadline, begin, lambda outputs: outputs[output])

    def _against(self, order: RaiseBoom | LowerBoom, opposite: int) -> str:
        """What speaks against a movement, "" if nothing does.

        A lowering may have been decided before the lane heard what the last look saw under the boom.
        """
        if not self._is_proven():
            return "the end of a pulse is not proven on this connection"
        if isinstance(order, LowerBoom):
            is_fresh = self._clock() - self._looked_at <= _FRESH + self._settings.poll_period
            if self._is_clear_below is None or not is_fresh:
                return "what is under the boom is not known"
            if not self._is_clear_below:
                return "something stands under the boom"
        if self._motion.may_be_on(opposite, self._clock()) or self._is_read_on(opposite):
            return "the opposite motion output may still be on"
        return ""

    def _is_read_on(self, output: int) -> bool:
        if self._outputs is None:
            return False
        is_raise = output == self._settings.raise_output
        return self._outputs.raise_pulse if is_raise else self._outputs.lower_pulse

    def _carry_out(
        self,
        order: _BarrierOrder,
        deadline: Tick,
        write: Callable[[Tick], None],
        is_done: Callable[[_Levels], bool],
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
            write(Tick(min(deadline, order.not_after)))
        except DeviceFault as fault:
            return Answer("refused" if fault.fault.code == "refused" else "unknown", str(fault))
        try:
            outputs = self._module.outputs(self._left(deadline))
        except DeviceFault as fault:
            return Answer("unknown", f"not read back: {fault}")
        return Answer("accepted") if is_done(outputs) else Answer("unknown", "the outputs read back differ")

    def _is_proven(self) -> bool:
        """Whether what was proven still holds: a module that forgets may have been restarted with its connection."""
        is_same = self._link.is_connected and self._link.connections == self._proven_connection
        return is_same or not self._pulse.is_lost_by_restart

    def _set_up_again(self) -> None:
        """A module that was unbounded may stay so; one that was bounded must be so again."""
        if not self._is_set_up() and self._bounded:
            seen = "the module no longer ends a pulse as it did at open()"
            raise DeviceFault("unfit", self._device, seen, "open the device again")
        self._proven_connection = self._link.connections

    def _is_set_up(self) -> bool:
        s = self._settings
        try:
            return self._pulse.set_up(self._link, s.motion_outputs, s.pulse, s.slowest_answer)
        except DeviceFault as fault:
            if fault.fault.code == "refused":
                return False
            raise

    def _is_seen_to_end(self) -> bool:
        """Whether the module ends a pulse, as its spare output shows; without one, whether it is taken at its word."""
        s, pulse = self._settings, self._pulse
        if s.proof_output is None:
            return pulse.is_believed_unseen
        try:
            if not pulse.set_up(self._link, (s.proof_output,), pulse.proof_width, s.slowest_answer):
                return False
            read_at = s.profile().outputs_read_at
            is_seen = is_seen_to_end(self._link, pulse, s.proof_output, read_at, s.slowest_answer, self._clock)
        except DeviceFault as fault:
            if fault.fault.code == "refused":
                return False
            raise
        if not is_seen:
            self._module.switch({s.proof_output: False}, self._in_time())
        return is_seen

    def _left(self, deadline: Tick) -> Millis:
        return Millis(max(1, deadline - self._clock()))


def drop_outputs(settings: BarrierSettings, tools: Tools) -> list[str]:
    """Motion outputs off, then red, over a connection of its own; a boom that is up stays up. Never raises DeviceFault.

    For the end of a lane that can no longer speak. Returns one line per step: what was done, or why it failed.
    """
    steps: tuple[tuple[str, Callable[[IoModule, Tick], None]], ...] = (
        ("motion outputs off", lambda module, until: _drop_motion(module, settings, until)),
        ("red on", lambda module, until: _show(module, settings, "red", until)),
    )
    try:
        link = modbus_link(settings, tools, settings.slowest_answer)
        link.open()
    except DeviceFault as fault:
        return [f"{name}: failed: {fault}" for name, _ in steps]
    module = IoModule(link, settings.profile(), tools.clock)
    report = []
    for name, step in steps:
        try:
            link.ready(settings.slowest_answer)
            step(module, Tick(tools.clock() + settings.slowest_answer))
            report.append(f"{name}: done")
        except DeviceFault as fault:
            report.append(f"{name}: failed: {fault}")
    link.close()
    return report


def _drop_motion(module: IoModule, settings: BarrierSettings, until: Tick) -> None:
    """Both motion outputs off; also ends a running pulse."""
    module.switch(dict.fromkeys(settings.motion_outputs, False), until)


def _show(module: IoModule, settings: BarrierSettings, colour: LightColour, until: Tick) -> None:
    """Red and green together, so that they are never both on."""
    module.switch({settings.red_output: colour == "red", settings.green_output: colour == "green"}, until)


def _colour(settings: BarrierSettings, outputs: _Levels) -> LightColour | None:
    """What the two lamp outputs say together; None if both are on, which nobody may order."""
    red, green = outputs[settings.red_output], outputs[settings.green_output]
    if red and green:
        return None
    if red:
        return "red"
    return "green" if green else "dark"
