"""Readers that must be told to read: lit while a code is awaited, tags asked for anew for each vehicle."""

from dataclasses import replace

import pytest

from drivers.contract.faults import Fault
from drivers.contract.orders import TriggerScan
from drivers.contract.quantities import Tick
from station.core.deadlines import due
from station.core.effects import Send
from station.core.facts import DeviceLost, DeviceOpened
from station.core.parameters import LaneParameters
from station.core.triggering import LIGHT_AGAIN_AFTER
from tests.core.script import Script
from tests.core.world import PARAMETERS

FITTED = replace(PARAMETERS, triggered=("scanner",), tag_readers=("tags",))


def ready(parameters: LaneParameters = FITTED) -> Script:
    script = Script(parameters)
    script.tell(DeviceOpened(Tick(script.now), "tags", "tags", "", motion_bounded=False))
    script.effects.clear()
    return script


def switched_on(script: Script) -> list[str]:
    sent = [effect for effect in script.effects if isinstance(effect, Send) and isinstance(effect.order, TriggerScan)]
    assert all(effect.order.on for effect in sent if isinstance(effect.order, TriggerScan))
    return [effect.device for effect in sent]


def test_tags_are_asked_for_once_per_vehicle() -> None:
    script = ready()
    script.green()
    assert switched_on(script).count("tags") == 1
    script.green()
    assert switched_on(script).count("tags") == 2


def test_a_reader_is_lit_when_the_code_is_awaited_and_again_until_it_is_read() -> None:
    script = ready()
    script.loop("entry-loop", occupied=True)
    assert switched_on(script) == ["tags"]
    script.deck(42_140)
    script.loop("entry-loop", occupied=False)
    assert switched_on(script).count("scanner") == 1
    script.wait(LIGHT_AGAIN_AFTER - 1)
    assert switched_on(script).count("scanner") == 1
    next_due = due(script.state)
    assert next_due is not None and next_due <= script.now + 1
    script.wait(1)
    assert switched_on(script).count("scanner") == 2
    script.scan()
    script.wait(3 * LIGHT_AGAIN_AFTER)
    assert switched_on(script).count("scanner") == 2


def test_a_lane_whose_readers_read_by_themselves_orders_none() -> None:
    script = ready(PARAMETERS)
    script.green()
    assert switched_on(script) == []


@pytest.mark.parametrize("lost", ["scanner", "tags"])
def test_a_reader_that_is_not_there_is_not_told(lost: str) -> None:
    script = ready()
    script.tell(DeviceLost(Tick(script.now), lost, Fault("silent", lost, "", "")))
    script.drive_on()
    assert lost not in switched_on(script)
    assert len(switched_on(script)) == 1
