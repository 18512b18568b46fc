"""The law tests can fail: each law, broken on purpose, is caught within a few schedules."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from drivers.contract.orders import LowerBoom
from drivers.contract.quantities import Millis, Tick
from station.core import deciding, fitness, instructing, interlock, releasing, step
from station.core.facts import DeviceRead, LaneStarted, Spent
from station.core.state import Device, LaneState
from station.core.turn import Turn
from tests.core.test_laws import hold_the_laws

Break = Callable[[pytest.MonkeyPatch], None]


def lower_onto_whatever_is_there(patch: pytest.MonkeyPatch) -> None:
    def lower(turn: Turn, _: Millis) -> None:
        if turn.state.motion is None and turn.state.boom == "up" and turn.can_order("barrier"):
            turn.send("barrier", LowerBoom(turn.new_id("m"), Tick(turn.now + 1_000)), Millis(1_000))

    patch.setattr(interlock, "lower_boom", lower)


def lower_without_a_look_at_the_beam(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(interlock, "below", lambda state: state.under_boom)


def raise_whatever_the_ledger_says(patch: pytest.MonkeyPatch) -> None:
    def spent(turn: Turn, fact: Spent) -> None:
        if turn.state.crossing is not None and turn.state.phase == "RELEASING":
            turn.set_crossing(released=True, released_at=turn.now, request="")
            interlock.raise_boom(turn)

    patch.setattr(releasing, "spent", spent)


def release_before_an_open_gate(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(interlock, "watch", lambda _: None)


def believe_unfit_devices(patch: pytest.MonkeyPatch) -> None:
    def read(turn: Turn, fact: DeviceRead, honest: Callable[[Turn, DeviceRead], None] = fitness.read) -> None:
        devices = turn.state.devices
        turn.set(devices=(*(d for d in devices if d.name != fact.device), Device(fact.device, True, True)))
        honest(turn, fact)
        turn.set(devices=devices)

    patch.setattr(fitness, "read", read)


def go_on_after_a_restart(patch: pytest.MonkeyPatch) -> None:
    def started(turn: Turn, _: LaneStarted) -> None:
        before: LaneState = turn.state
        turn.set(starts=before.starts + 1, counter=0, orders=())
        if before.parameters is not None and before.crossing is not None:
            interlock.raise_boom(turn)

    patch.setattr(step, "_started", started)


def two_orders_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Turn, "is_busy", lambda *_: False)


def green_before_the_boom_is_up(patch: pytest.MonkeyPatch) -> None:
    def wanted(turn: Turn, honest: Callable[[Turn], str] = interlock.wanted_light) -> str:
        return "green" if turn.state.phase == "RELEASING" else honest(turn)

    patch.setattr(interlock, "wanted_light", wanted)


def orders_that_are_born_expired(patch: pytest.MonkeyPatch) -> None:
    honest = Turn.send

    def send(turn: Turn, device: str, order: LowerBoom, patience: Millis) -> None:
        honest(turn, device, replace(order, not_after=Tick(turn.now - 1)), patience)

    patch.setattr(Turn, "send", send)


def a_sign_that_keeps_its_first_text(patch: pytest.MonkeyPatch) -> None:
    honest = instructing.show
    patch.setattr(instructing, "show", lambda turn: honest(turn) if turn.state.sign == "unknown" else None)


def a_voice_that_says_go_too_early(patch: pytest.MonkeyPatch) -> None:
    honest = instructing.prompt_of
    patch.setattr(instructing, "prompt_of", lambda told: honest("GO" if told == "STAY" else told))


def release_under_a_radiation_alarm(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deciding, "needs_person", lambda _: "")


@pytest.mark.parametrize(
    ("mutant", "law"),
    [
        (lower_onto_whatever_is_there, "L1|without its record"),
        (lower_without_a_look_at_the_beam, "L1: on the beam|L1: goes on"),
        (raise_whatever_the_ledger_says, "L2"),
        (two_orders_at_once, "L6"),
        (believe_unfit_devices, "L7"),
        (go_on_after_a_restart, "L2|L9"),
        (orders_that_are_born_expired, "L10"),
        (release_before_an_open_gate, "L11"),
        (green_before_the_boom_is_up, "L13|L11"),
        (a_sign_that_keeps_its_first_text, "L13: the sign"),
        (a_voice_that_says_go_too_early, "L13: the voice"),
        (release_under_a_radiation_alarm, "L8"),
    ],
)
def test_a_broken_law_is_caught(mutant: Break, law: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant(monkeypatch)
    with pytest.raises(AssertionError, match=law):
        hold_over_many_schedules()


def hold_over_many_schedules() -> None:
    for seed in range(150):
        for chaos in (0.1, 0.35):
            hold_the_laws(seed, chaos)
