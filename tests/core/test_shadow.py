"""A model on trial is written down and decides nothing."""

from typing import Any

import pytest

from drivers.contract.faults import Fault
from drivers.contract.quantities import Permille, Tick
from drivers.contract.readings import ShadowDisagreed
from station.core.facts import DeviceLost
from station.core.presented_records import ReaderDiffered
from station.core.records import AlarmRaised, CrossingDecided, DeviceState
from tests.core.script import Script

SAID = ShadowDisagreed("sha", "12C04567", Permille(990), "29H12345", Permille(999), "t" * 64, 7, 1)


class Watched(Script):
    """After every fact the trial speaks up."""

    def tell(self, *facts: Any) -> None:  # noqa: ANN401 - facts
        super().tell(*facts)
        if self.facts > 20 and self.facts % 2:
            super().read("reader", SAID)


def told(script: Script) -> list[object]:
    """Every record but the trial's own, without numbers and times."""
    return [stamped.record for stamped in script.stamped if not isinstance(stamped.record, ReaderDiffered)]


def test_the_same_is_decided_and_ordered_with_and_without_a_shadow() -> None:
    alone, watched = Script(), Watched()
    for script in (alone, watched):
        script.green()
        script.green()
    assert len(watched.of(ReaderDiffered)) > 5
    assert len(watched.of(CrossingDecided)) == 2
    assert told(alone) == told(watched)
    assert alone.sent == watched.sent


def test_the_record_says_what_differed_and_in_which_crossing() -> None:
    script = Script()
    script.read("reader", SAID)
    script.drive_on()
    script.read("reader", SAID)
    between, within = script.of(ReaderDiffered)
    assert isinstance(between, ReaderDiffered) and isinstance(within, ReaderDiffered)
    assert (between.crossing, within.crossing) == ("", script.state.crossing and script.state.crossing.crossing)
    assert (within.text, within.shadow_text, within.compared, within.differed) == ("12C04567", "29H12345", 7, 1)


@pytest.mark.parametrize(("code", "alarms"), [("renewal", 0), ("silent", 1)])
def test_a_reader_that_begins_anew_raises_no_alarm(code: Any, alarms: int) -> None:  # noqa: ANN401 - a literal
    script = Script()
    script.tell(DeviceLost(Tick(script.now), "reader", Fault(code, "reader", "451 MiB", "nothing")))
    assert len(script.of(DeviceState)) == 1
    assert len(script.of(AlarmRaised)) == alarms


def test_an_unfit_reader_s_trial_says_nothing() -> None:
    script = Script()
    script.tell(DeviceLost(Tick(script.now), "reader", Fault("silent", "reader", "", "")))
    script.read("reader", SAID)
    assert script.of(ReaderDiffered) == []
