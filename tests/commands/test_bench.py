"""`station bench` measures what it says, on real parts; a missed aim and an empty measurement are not met."""

import json
import math
import os
from pathlib import Path

import pytest

from station.bench.memory import pss_mib
from station.bench.samples import measured
from station.bench.stream import measure_stream
from station.simulate.brokers import broker_for
from tests.commands.premises import station
from tests.support import fresh_pages, needs

_AIMED = {"bench-turn", "bench-order", "bench-raise", "bench-pss", "bench-pss-lane"}


def test_median_and_p99_are_those_of_the_samples() -> None:
    line = measured("bench-turn", list(range(1, 201)), "ms", 101)
    assert (line.n, line.median, line.p99, line.is_met) == (200, 100.5, 198, True)
    assert not measured("bench-turn", [5.0], "ms", 5.0).is_met
    nothing = measured("bench-turn", [], "ms", 5.0)
    assert nothing.n == 0 and math.isnan(nothing.median) and not nothing.is_met


def test_memory_is_the_kernels_figure() -> None:
    before = pss_mib(os.getpid())
    with fresh_pages(32 << 20):
        assert 28 < pss_mib(os.getpid()) - before < 40


def test_records_reach_the_centre_and_are_counted(tmp_path: Path) -> None:
    needs("mosquitto")
    (line,) = measure_stream(tmp_path / "stream", 2_000, broker_for("mosquitto"))
    assert 1_000 < line.n <= 2_000 and line.median > 50  # what came before the first look is not counted


@pytest.mark.slow
@pytest.mark.timeout(150)
def test_a_whole_bench() -> None:
    """One truck on a busy machine: what is measured is there; whether aims are met is for the proof to say."""
    run = station(
        "bench", "--trucks", "1", "--records", "200", "--samples", "4", "--broker", "amqtt", "--json", patience_s=140
    )
    assert run.returncode in (0, 1), run.stderr
    lines = json.loads(run.stdout)
    assert {line["what"] for line in lines if line["aim"] is not None} == _AIMED
    assert all(line["n"] > 0 and line["median"] > 0 for line in lines), lines
    assert run.returncode == (0 if all(line["is_met"] for line in lines) else 1)
    assert {line["of"] for line in lines if line["what"] == "bench-pss"} >= {"lane", "camera", "reader", "courier"}
