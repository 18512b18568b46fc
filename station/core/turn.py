"""The pen of one turn: it collects the new state, the records and the effects while the facts are told one by one."""

from dataclasses import dataclass, field, replace
from typing import Any

from drivers.contract.orders import Order, is_protective
from drivers.contract.quantities import Millis, Tick
from station.core.effects import Effect, Send
from station.core.parameters import LaneParameters
from station.core.records import AlarmCleared, AlarmRaised, Record, Stamped
from station.core.state import Alarm, Crossing, InFlight, LaneState, Phase, has_alarm, is_fit, utc_at

ANSWER_MARGIN = Millis(500)
"""How long after an order's deadline its answer may still be on the way."""


@dataclass(slots=True)
class Turn:
    """Mutable only inside one call of `step`; never escapes it."""

    state: LaneState
    cause: int = 0
    records: list[Stamped] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    @property
    def now(self) -> Tick:
        return self.state.tick

    @property
    def parameters(self) -> LaneParameters:
        """The parameters in force; only called once SettingsApplied has come."""
        parameters = self.state.parameters
        if parameters is None:
            raise LookupError("no settings have been applied yet")
        return parameters

    @property
    def crossing(self) -> Crossing:
        """The open crossing; only called in phases that have one."""
        crossing = self.state.crossing
        if crossing is None:
            raise LookupError(f"phase {self.state.phase} without a crossing")
        return crossing

    def set(self, **changes: Any) -> None:  # noqa: ANN401 - field names of LaneState, checked by replace()
        if any(getattr(self.state, name) != value for name, value in changes.items()):  # a copy costs more than a look
            self.state = replace(self.state, **changes)

    def set_crossing(self, **changes: Any) -> None:  # noqa: ANN401 - field names of Crossing, checked by replace()
        self.set(crossing=replace(self.crossing, **changes))

    def enter(self, phase: Phase) -> None:
        self.set(phase=phase, phase_since=self.now)

    def record(self, record: Record, *, relevant: bool = False) -> int:
        """Write a record; `relevant` ones date what an officer must have seen. Returns its number."""
        state = self.state
        seq = state.seq + 1
        self.records.append(Stamped(seq, state.tick, utc_at(state, state.tick), state.quality, self.cause, record))
        self.set(seq=seq)
        if relevant and self.state.crossing is not None:
            self.set_crossing(changed_seq=seq)
        return seq

    def wish(self, effect: Effect) -> None:
        self.effects.append(effect)

    def new_id(self, letter: str) -> str:
        """An id that no run of this journal has used: the run's number, then a counter."""
        self.set(counter=self.state.counter + 1)
        return f"{letter}{self.state.epoch}.{self.state.starts}.{self.state.counter}"

    def is_busy(self, device: str) -> bool:
        """An order is in flight there (law L6)."""
        return any(order.device == device for order in self.state.orders)

    def can_order(self, device: str) -> bool:
        return is_fit(self.state, device) and not self.is_busy(device)

    def send(self, device: str, order: Order, patience: Millis) -> None:
        """Send an order. Protective ones pre-empt and are not tracked: they are re-asserted, not waited for."""
        self.wish(Send(device, order))
        if not is_protective(order):
            overdue = Tick(max(order.not_after + ANSWER_MARGIN, self.now + patience))
            crossing = self.state.crossing
            name = type(order).__name__
            flying = InFlight(order.order_id, device, name, overdue, crossing.crossing if crossing else "")
            self.set(orders=(*self.state.orders, flying))

    def land(self, order_id: str) -> InFlight | None:
        """Take an order out of flight; None if it is not known (late, foreign or from another run)."""
        for order in self.state.orders:
            if order.order_id == order_id:
                self.set(orders=tuple(o for o in self.state.orders if o is not order))
                return order
        return None

    def land_own(self, order_id: str) -> Crossing | None:
        """Land an order; the open crossing if it was given for this one. An earlier truck's evidence is not ours."""
        flying, crossing = self.land(order_id), self.state.crossing
        is_own = flying is not None and crossing is not None and flying.crossing == crossing.crossing
        return crossing if is_own else None

    def raise_alarm(self, code: str, thing: str, detail: str, *, siren: bool) -> None:
        """Raise it once; a standing alarm is not repeated."""
        if not any(alarm.code == code and alarm.thing == thing for alarm in self.state.alarms):
            self.set(alarms=(*self.state.alarms, Alarm(code, thing, siren)))
            crossing = self.state.crossing
            self.record(AlarmRaised(code, thing, detail, crossing.crossing if crossing else ""))

    def clear_alarm(self, code: str, thing: str = "") -> None:
        """Clear all alarms of that code (of that thing, if given)."""
        if has_alarm(self.state, code):
            gone = [a for a in self.state.alarms if a.code == code and thing in ("", a.thing)]
            self.set(alarms=tuple(a for a in self.state.alarms if a not in gone))
            for alarm in gone:
                self.record(AlarmCleared(alarm.code, alarm.thing))
