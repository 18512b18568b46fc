"""A camera that shows the same picture of every truck, with the product's own eyes and journal."""

from pathlib import Path

from station.core.records import AlarmCleared, AlarmRaised, CrossingDecided, CrossingHeld, PlateIdentified
from station.core.step import step
from station.journal.reader import JournalReader
from station.journal.replay import beginning, replay
from station.simulate.scene import gate_picture
from tests.journeys.gate import DECLARATION, Gate


def one_more(gate: Gate) -> None:
    gate.ledger.release_booking(DECLARATION, gate.ledger.holder(DECLARATION) or "none")
    gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))


def test_a_frozen_camera_is_noticed_at_the_fourth_truck(tmp_path: Path) -> None:
    with Gate(tmp_path) as gate:
        gate.show_plate(gate_picture("12C-045.67", seed=3, condition="clear", lines=2))
        gate.ready()
        for _ in range(3):
            one_more(gate)
            gate.until(lambda: gate.yard.is_empty and gate.is_idle, 300, "the truck is through")
        one_more(gate)
        gate.until(lambda: gate.loop.state.phase == "HELD", 300, "the fourth truck is held")
        records = gate.records()
        assert [record.end for record in gate.completed()] == ["DEPARTED"] * 3
    alarms = [record for record in records if isinstance(record, AlarmRaised) and record.code == "CAMERA_VIEW"]
    plates = [record.verdict for record in records if isinstance(record, PlateIdentified)]
    held = [(record.reason, record.owner) for record in records if isinstance(record, CrossingHeld)]
    decided = [record.reason for record in records if isinstance(record, CrossingDecided)]
    assert [(alarm.thing, alarm.detail) for alarm in alarms] == [("camera", "FROZEN 0/10")]
    assert not any(isinstance(record, AlarmCleared) and record.code == "CAMERA_VIEW" for record in records)
    assert plates == ["ACCEPTED", "ACCEPTED", "ACCEPTED", "REVIEW"]
    assert decided[-1] == "CAMERA_VIEW"
    assert held[-1] == ("CAMERA_VIEW", "officer")
    with JournalReader(gate.data.root) as reader:
        assert replay(reader, step, *beginning(reader)).difference is None
