"""A bus in a real worker process, on a real pty at 9600 8N1: four units, one of which goes away and comes back."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.contract.clock import now
from drivers.contract.orders import RaiseBoom, ShowLight
from drivers.contract.quantities import Grams, Tick
from drivers.contract.readings import DeckSample
from drivers.links.bus_schedule import FAILURES_TO_REST
from drivers.links.bus_settings import SerialBusSettings
from station.hosting.host import WorkerAnswered, WorkerLost, WorkerOpened, WorkerSpec
from tests.hosting.bus_bench import UNITS, MeterBench
from tests.hosting.metered_bus import LIGHT_AT, MOTION_AT, MeterSettings
from tests.hosting.scripted_worker import ScriptedSettings
from tests.support import process_exists

FAR = Tick(1 << 60)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[MeterBench]:
    with MeterBench(tmp_path) as made:
        made.start()
        made.until_all_read()
        yield made


def test_one_process_serves_all_units_and_each_is_a_device_of_its_own(bench: MeterBench) -> None:
    pids = bench.host.pids()
    assert set(pids) == {f"meter{unit}" for unit in UNITS}
    assert len(set(pids.values())) == 1
    assert [bench.count(WorkerOpened, unit) for unit in UNITS] == [1, 1, 1, 1]
    for unit in UNITS:
        assert set(bench.read(f"meter{unit}")) == {DeckSample(Grams(1000 * unit), moving=False, valid=True)}
    with pytest.raises(ValueError, match="meter1 is served already"):
        bench.start()
    assert bench.host.send("meter2", ShowLight("o1", FAR, "green"))
    bench.until(lambda: bool(bench.told(WorkerAnswered, "meter2")), 5, "the answer")
    [answered] = bench.told(WorkerAnswered, "meter2")
    assert (answered.order_id, answered.answer.code) == ("o1", "accepted")
    assert [(LIGHT_AT, ord("g")) in bench.meters[unit].written for unit in UNITS] == [False, True, False, False]


def test_a_silent_unit_is_lost_alone_probed_slowly_and_back_within_ten_seconds(bench: MeterBench) -> None:
    bench.silence(3, on=True)
    bench.until(lambda: bench.count(WorkerLost, 3) == 1, 10, "the loss of unit 3")
    lost = now()
    quick = FAILURES_TO_REST - 1
    bench.until(lambda: len(bench.asked(3, lost)) > quick, 15, "a slow probe")
    probes = bench.asked(3, lost)
    assert probes[quick] - probes[quick - 1] > 4_000  # 5 s in truth; the bench may hear the first one late
    assert [bench.count(WorkerLost, unit) for unit in UNITS] == [0, 0, 1, 0]
    assert all(bench.has_read(unit, now() - 3_000) for unit in (1, 2, 4))
    assert not bench.host.send("meter3", ShowLight("gone", FAR, "red"))
    bench.silence(3, on=False)
    bench.until(lambda: bench.count(WorkerOpened, 3) == 2, 10, "the return of unit 3")
    bench.until_all_read()


def test_a_unit_that_cannot_even_be_built_does_not_keep_the_others(tmp_path: Path) -> None:
    with MeterBench(tmp_path) as bench:
        good = WorkerSpec("meter1", "", "meter", MeterSettings("meter", 1), tmp_path)
        bad = WorkerSpec("stranger", "", "meter", SerialBusSettings("modbus-rtu", ""), tmp_path)
        bench.serve([bad, good], "tests.hosting.metered_bus")
        bench.until(lambda: bool(bench.told(WorkerLost, "stranger")) and bool(bench.read("meter1")), 15, "both")
        assert bench.told(WorkerLost, "stranger")[0].fault.code == "unfit"


def test_every_unit_is_left_safe_when_the_lane_goes(bench: MeterBench) -> None:
    assert bench.host.send("meter1", RaiseBoom("up", FAR))
    bench.until(lambda: (MOTION_AT, 1) in bench.meters[1].written, 5, "the motion")
    bench.host.close()
    for unit in UNITS:
        assert bench.meters[unit].written[-2:] == [(MOTION_AT, 0), (LIGHT_AT, ord("r"))]


def test_a_worker_stopped_in_a_system_call_is_replaced_while_the_others_go_on(
    bench: MeterBench, tmp_path: Path
) -> None:
    diary = str(tmp_path / "diary")
    for device, behaviour in (("gate", "calm"), ("hung", "hangs")):
        settings = ScriptedSettings("scripted", behaviour, diary)  # type: ignore[arg-type]
        bench.host.start(WorkerSpec(device, "tests.hosting.scripted_worker", "scripted", settings, tmp_path))
    bench.until(lambda: all(bench.told(WorkerOpened, device) for device in ("gate", "hung")), 15, "both others")
    stopped = bench.host.pids()["meter1"]
    os.kill(stopped, signal.SIGSTOP)
    bench.until(lambda: all(bench.count(WorkerLost, unit) == 1 for unit in UNITS), 10, "the loss of all units")
    assert bench.host.send("gate", ShowLight("meanwhile", FAR, "red"))
    bench.until(lambda: bool(bench.told(WorkerAnswered, "gate")), 5, "the gate's answer")
    bench.until(lambda: all(bench.count(WorkerOpened, unit) == 2 for unit in UNITS), 15, "all units again")
    bench.until_all_read()
    assert not process_exists(stopped)
    bench.until(lambda: len(bench.told(WorkerOpened, "hung")) >= 2, 15, "the hung driver's replacement")
    assert len(bench.told(WorkerOpened, "gate")) == 1


@pytest.mark.parametrize("path", ["the same at once", "another after a while"])
def test_an_adapter_put_back_serves_again_within_ten_seconds(bench: MeterBench, path: str) -> None:
    worker = bench.host.pids()["meter1"]
    bench.unplug()
    bench.until(lambda: all(bench.count(WorkerLost, unit) == 1 for unit in UNITS), 10, "the loss of all units")
    if path == "the same at once":
        bench.plug_in()
    else:
        bench.run(1_500)  # until nobody tries quickly any more
        bench.plug_in_elsewhere()
    bench.until_all_read(10)
    assert bench.host.pids()["meter1"] == worker
