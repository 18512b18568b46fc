"""The demo as somebody runs it: real processes, real ports, its exit code, and nothing left behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from station.simulate.stories import NAMES
from tests.support import needs

pytestmark = pytest.mark.slow

Line = dict[str, Any]


@contextmanager
def running_demo(out: Path, *options: str) -> "Iterator[subprocess.Popen[str]]":
    """`station demo --json` in a process of its own; ended by its id if the test fails first."""
    command = [sys.executable, "-m", "station", "demo", "--json", "--out", str(out), *options]
    environment = {**os.environ, "STAY": "0"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as demo:
        try:
            yield demo
        finally:
            if demo.poll() is None:
                demo.terminate()


def run_demo(out: Path, *options: str) -> tuple[int, list[Line]]:
    """Its exit code and all that it said."""
    with running_demo(out, *options) as demo:
        said, _ = demo.communicate()
    return demo.returncode, [json.loads(line) for line in said.splitlines()]


def report_of(said: list[Line]) -> Line:
    reports: list[Line] = [line["report"] for line in said if "report" in line]
    assert len(reports) == 1, said[-5:]
    return reports[0]


@pytest.mark.timeout(420)
def test_the_seven_stories_end_as_told(tmp_path: Path) -> None:
    status, said = run_demo(tmp_path / "out")
    report = report_of(said)
    assert report["findings"] == [] and status == 0
    assert [story["name"] for story in report["stories"]] == list(NAMES)
    assert all(story["is_stored"] for story in report["stories"])


@pytest.mark.timeout(240)
def test_a_truck_with_another_plate_than_told_is_found_out(tmp_path: Path) -> None:
    status, said = run_demo(tmp_path / "out", "--story", "green", "--alter", "green")
    assert status == 1
    assert any("plate is '98K7716', expected '12C04567'" in finding for finding in report_of(said)["findings"])
    assert not any(line.get("yard") == "boom" for line in said), "the boom moved for a truck that was not let go"


@pytest.mark.timeout(240)
def test_the_link_comes_back_over_mosquitto_too(tmp_path: Path) -> None:
    needs("mosquitto")
    status, said = run_demo(tmp_path / "out", "--story", "link-down", "--broker", "mosquitto")
    assert report_of(said)["findings"] == [] and status == 0


@pytest.mark.timeout(180)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    with running_demo(tmp_path / "out", "--story", "green") as demo:
        assert demo.stdout is not None
        for text in demo.stdout:
            if json.loads(text).get("yard") == "truck":
                break
        family = psutil.Process(demo.pid).children(recursive=True)
        assert len(family) >= 9  # yard, broker, centre, lane, its courier and five workers
        demo.send_signal(number)
        assert demo.wait(60) == 128 + number
        demo.stdout.read()
    assert [process for process in family if process.is_running()] == []
    assert not list((tmp_path / "out" / "yard").glob("sc*")), "a port's name is left"


def test_what_cannot_be_run_is_refused_by_name(tmp_path: Path) -> None:
    for options, status, words in (
        (("--story", "grene"), 2, "grene"),
        (("--story", "green", "--alter", "held"), 2, "held"),
        (("--broker", "nobody"), 2, "nobody"),
    ):
        code, said = run_demo(tmp_path / "out", *options)
        assert code == status and words in said[-1]["error"]
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / "letter.txt").write_text("not yours")
    code, said = run_demo(strange)
    assert code == 74 and str(strange) in said[-1]["error"]
    assert (strange / "letter.txt").read_text() == "not yours"
