"""`python -m tests.proof drivers`: issue 3, "The driver library", what it must show, in its order.

The short form is what CI runs: fewer passes, windows and seconds; the independent parties are then tests of their own.
"""

import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from tests.codecs.table import CODECS
from tests.codecs.test_vectors import SAID
from tests.codecs.vectors import HEARD, SPOILT
from tests.hosting.bus_bench import UNITS
from tests.proof.frame import Extent, Line, Promise
from tests.proof.measures import (
    bus,
    cameras,
    codec_speed,
    corrupted_scales,
    fuzzing,
    help_button,
    loaded_lane,
    npm_server,
    recorder,
    shapes,
)
from tests.proof.measures.typed import ROOT

PERIOD_MS, PROBE_MS, RECOVERY_MS = 200, 5_000, 10_000
CPU_SHARE, TURN_MS = 0.15, 25.0
STANDSTILL_MS = 1_000
FUZZ_S = 600
WINDOWS, SHORT_WINDOWS = 1_000_000, 1_000
_PASSED = re.compile(r"(\d+) passed")
_BAD = re.compile(r"failed|error|skipped")
_VECTORS = tuple(
    f"tests/codecs/test_{name}.py"
    for name in ("vectors", "io_maps", "modbus_profiles", "hikvision_codec", "dahua_codec", "http_codec", "digest_auth")
)
_SUITE = ("tests/drivers/test_contract.py", "tests/drivers/test_listen_only.py")
_PARTIES: Mapping[str, str] = {
    "mbpoll against ours, and a libmodbus server": "tests/system/test_modbus_third_party.py",
    "curl against the push receivers": "tests/system/test_push_curl.py",
    "GStreamer's RTSP server": "tests/drivers/test_rtsp_driver.py",
    "GStreamer's RTSP server with an account": "tests/drivers/test_rtsp_account.py",
}


@cache
def evidence_folder() -> Path:
    """Where this run keeps what it made; left for the reader."""
    folder = Path(tempfile.mkdtemp(prefix="station-proof-drivers-"))
    print(f"  the evidence lies in {folder}", file=sys.stderr, flush=True)
    return folder


def _tests(extent: Extent, what: str, *paths: str) -> Line:
    """Test files that must all pass, none skipped. The short form only finds them: CI runs them beside it."""
    if extent == "short":
        return _found(what, paths)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    closing = run.stdout.strip().rpartition("\n")[2]
    passed = _PASSED.search(closing)
    is_clean = run.returncode == 0 and not _BAD.search(closing)
    return Line(what, closing, int(passed[1]) if passed else 0, "all pass, none skipped", passed=is_clean)


def _found(what: str, paths: Sequence[str]) -> Line:
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", *paths],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    tests = sum("::" in line for line in run.stdout.splitlines())
    is_there = run.returncode == 0 and all(f"{path}::" in run.stdout for path in paths)
    return Line(what, f"{tests} tests, run by the suite itself", tests, "each file has tests", passed=is_there)


def vectors(extent: Extent) -> Iterator[Line]:
    """Promise 1."""
    unsourced = [vector for vector in (*HEARD, *SPOILT) if not vector.source] + [said for said in SAID if not said[0]]
    n = len(HEARD) + len(SPOILT) + len(SAID)
    yield Line("vectors without a source", f"{len(unsourced)}", n, "0", passed=not unsourced)
    yield _tests(extent, "vectors of the reference, register maps and module frames", *_VECTORS)
    yield _tests(extent, "the contract suite over every kind; who listens only sends no byte", *_SUITE)


def harm(extent: Extent) -> Iterator[Line]:
    """Bad input: any harm to any codec, then fuzzing, then corrupted windows."""
    yield _tests(extent, "every codec: splits, garbage, flips, merged and torn", "tests/codecs/test_every_codec.py")
    full = extent == "full"
    seconds = -(-FUZZ_S // len(CODECS)) if full else 2
    fuzzed = list(fuzzing.fuzz(evidence_folder() / "fuzz", seconds, 2 if full else 1, each=1 if full else 8))
    found = [one for one in fuzzed if one.found or not one.runs]
    told = f"{len(found)} harmed {[one.codec for one in found] or ''}, {sum(one.runs for one in fuzzed)} inputs"
    yield Line(f"coverage-guided fuzzing, {seconds * len(fuzzed)} s in all", told, len(fuzzed), "0", passed=not found)
    for tally in corrupted_scales.tallies(WINDOWS if full else SHORT_WINDOWS):
        told = f"{tally.false} of {tally.weights} weights, {tally.flips} bits flipped"
        is_true = tally.false == 0 < tally.weights
        yield Line(f"false weights, one bit in 1,000 wrong: {tally.voice}", told, tally.windows, "0", passed=is_true)


def parties(extent: Extent) -> Iterator[Line]:
    """Promise 2."""
    for what, path in _PARTIES.items():
        yield _tests(extent, what, path)
    if extent == "full":
        weighed = npm_server.weigh(evidence_folder() / "npm")
        told = f"{weighed.mass // 1000} kg from {weighed.frames} answers"
        is_right = weighed.mass == npm_server.GROSS
        yield Line(f"our scale driver against npm's {weighed.package}", told, weighed.frames, "42140 kg", is_right)


def buses(extent: Extent) -> Iterator[Line]:
    """Promise 3: a barrier and three scales on one line at 9600 baud; then a hung worker and a plug pulled out."""
    place = evidence_folder() / "bus"
    place.mkdir()
    for number in UNITS if extent == "full" else UNITS[-1:]:
        unit = bus.silent_unit(place, number, rests=4 if extent == "full" else 1)
        delay = f"{unit.worst_delay_ms} ms (all answering: {unit.usual_delay_ms} ms)"
        yield _below(
            f"unit {number} silent: worst delay of the others",
            delay,
            unit.worst_delay_ms,
            PERIOD_MS,
            unit.polls,
            extent,
        )
        pause = f"{unit.shortest_probe_ms} ms"
        is_slow = unit.shortest_probe_ms >= PROBE_MS
        yield Line(f"unit {number}: shortest time between probes", pause, unit.probes, f">= {PROBE_MS} ms", is_slow)
        yield _within(f"unit {number}: from its return to its value", [unit.recovery_ms], RECOVERY_MS)
    if extent == "short":
        yield _found("a hung worker and a plug pulled out", ["tests/hosting/test_bus_worker.py"])
        return
    hung = bus.hung(place)
    yield _within("a worker stopped in a call: until all its units were read again", [hung.recovery_ms], RECOVERY_MS)
    yield _within("the scale beside it meanwhile: longest silence", [hung.other_gap_ms], 1_000)
    plugs = list(bus.replugs(place, rounds=3))
    for where, is_elsewhere in (("the same path", False), ("another path", True)):
        times = [plug.recovery_ms for plug in plugs if plug.is_elsewhere is is_elsewhere]
        yield _within(f"replug on {where}", times, RECOVERY_MS)


def _below(what: str, told: str, measured: float, limit_ms: float, n: int, extent: Extent) -> Line:
    """A line for a time that a busy machine lengthens: in CI's short form only a standstill fails it, as it says."""
    limit = limit_ms if extent == "full" else STANDSTILL_MS
    return Line(what, told, n, f"< {limit:.0f} ms", passed=measured < limit)


def _within(what: str, times_ms: list[int], limit_ms: int) -> Line:
    told = f"median {statistics.median(times_ms):.0f} ms, worst {max(times_ms)} ms"
    return Line(what, told, len(times_ms), f"<= {limit_ms} ms", passed=max(times_ms) <= limit_ms)


def loads(extent: Extent) -> Iterator[Line]:
    """Promises 3 (a driver stopped in a system call) and 5."""
    load = loaded_lane.measure(evidence_folder() / "load", 60 if extent == "full" else 8)
    yield Line(
        "drivers stopped in whatever they do: given up and replaced while the lane goes on",
        f"{load.replaced} of {loaded_lane.HUNG}",
        loaded_lane.HUNG,
        f">= {loaded_lane.HUNG}",
        passed=load.replaced >= loaded_lane.HUNG,
    )
    turn = f"{load.turn_ms:.1f} ms"
    yield _below("longest turn of the lane while they hang", turn, load.turn_ms, TURN_MS, 1, extent)
    share = CPU_SHARE if extent == "full" else 3 * CPU_SHARE
    yield Line(
        f"8 serial devices at full speed and 4 modules at 10 Hz, over {load.seconds:.0f} s",
        f"{load.cpu:.1%} of a core, the lane itself {load.lane_cpu:.1%}",
        load.devices,
        f"< {share:.0%}, 12 devices",
        passed=load.cpu < share and load.devices == 12,
    )


def speed(extent: Extent) -> Iterator[Line]:
    """Promise 5: codecs and cameras."""
    for one in codec_speed.speeds():
        told = f"{one.frames:,.0f} frames/s"
        yield Line(f"codec {one.codec}", told, 5, f">= {one.line:,.0f}, a line of 115,200 baud", one.frames >= one.line)
    if extent == "full":
        for cost in cameras.costs(evidence_folder() / "cameras"):
            yield Line(f"camera {cost.camera}", str(cost), len(cost.shares), "stated", passed=True)
        yield Line(
            "flight recorder", str(recorder.cost_of_recording(evidence_folder() / "recorder")), 7, "stated", True
        )


def help_call(extent: Extent) -> Iterator[Line]:
    """The help button of the kiosk."""
    presses = help_button.measure(evidence_folder() / "help", 20 if extent == "full" else 3)
    for where, times in (
        ("the lane's journal", [press.journal_ms for press in presses]),
        ("the centre", [press.centre_ms for press in presses]),
    ):
        limit = help_button.LIMIT_MS if extent == "full" else 5 * help_button.LIMIT_MS  # three presses on any machine
        yield _within(f"help button to the officer's alert in {where}", times, limit)


PROMISES: dict[str, Promise] = {
    "1. Every vector of the reference passes, its source named; the contract suite": vectors,
    "Bad input: no harm to any codec": harm,
    "2. Independent parties": parties,
    "3. A bus with a silent unit; replug": buses,
    "4. Loop shapes": shapes.loop_shapes,
    "3. and 5. A hung driver; what a lane with its hands full costs": loads,
    "5. Frames per second of each codec; each camera's cost": speed,
    "Help within a second": help_call,
}
"""In the issue's order."""
