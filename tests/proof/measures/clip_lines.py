"""Clips as lines of a proof: their windows, the bytes of the ring, kills of the worker, and a lane without pre-roll."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from drivers.contract.clips import ClipIndex
from drivers.contract.quantities import Millis, Tick
from station.core.clip_records import ClipKept
from station.core.parameters import ClipRules
from station.evidence.bundle import make_bundle
from station.evidence.journal_source import opened
from station.evidence.verify import verify_bundle
from station.hosting.process_host import ProcessHost
from tests.drivers.clip_bench import frames_of, index_of
from tests.drivers.test_clip_keeper import Bench
from tests.evidence.mutations import members_of, packed
from tests.hosting.test_clip_worker import clip_over_a_kill
from tests.journeys.clip_gate import ClipGate, without_pre_roll
from tests.proof.frame import Extent, Line

_AT_THE_ENDS = 1_000
"""ms; two periods."""

_FLOOD = {"short": 5_000, "full": 100_000}
_KILLS = {"short": 2, "full": 20}


def clips(extent: Extent) -> Iterator[Line]:
    """A hand opening, an override, a flood, kills, and a lane that has no pre-roll."""
    with tempfile.TemporaryDirectory(prefix="station-proof-clips-") as name:
        folder = Path(name)
        yield from _windows(folder / "gate")
        yield from _no_pre_roll(folder / "mutant")
        yield _flood(folder / "flood", _FLOOD[extent])
        yield _kills(folder, _KILLS[extent])


def _windows(folder: Path) -> Iterator[Line]:
    with ClipGate(folder) as gate:
        at, opening = gate.hand_opening()
        override = gate.override()
        evidence = gate.data.evidence
        yield _spans("hand opening", opening, index_of(evidence, opening.sha256), evidence, at, at)
        first = override.since + gate.parameters.clips.before
        last = override.until - gate.parameters.clips.after
        yield _spans("hold and its override", override, index_of(evidence, override.sha256), evidence, first, last)
    bundle = folder / "crossing.zip"
    with opened(folder / "data") as reader:
        make_bundle(reader, override.crossing, evidence, gate.station_key, {}, bundle)
    yield from _bundled(bundle, index_of(evidence, override.sha256), gate)


def _spans(what: str, kept: ClipKept, index: ClipIndex, evidence: Path, first: int, last: int) -> Line:
    """From 20 s before the first event, which was at `first`, to 40 s after the last one."""
    ticks = [tick for tick, _ in frames_of(evidence, index)]
    begins, ends = (first - ticks[0]) / 1000, (ticks[-1] - last) / 1000
    told = f"from -{begins:.1f} s to +{ends:.1f} s, {kept.missing} ms missing"
    passed = begins >= 20 - _AT_THE_ENDS / 1000 and ends >= 40 - _AT_THE_ENDS / 1000 and kept.missing == 0
    return Line(f"{what}: frames, each with its hash", told, len(ticks), "-20 s to +40 s, within 1 s", passed=passed)


def _bundled(bundle: Path, index: ClipIndex, gate: ClipGate) -> Iterator[Line]:
    key = gate.station_key.public
    report = verify_bundle(bundle, key)
    (clip,) = [item for item in report.items if item.part == "clip"]
    told = f"{clip.verdict}: {clip.seen}"
    sound = report.is_sound and clip.verdict == "holds"
    yield Line("the crossing's bundle has its clip, verified", told, len(report.items), "holds", passed=sound)
    members, found = members_of(bundle), 0
    for _, sha256 in index.frames:
        bundle.write_bytes(packed({name: data for name, data in members.items() if sha256 not in name}))
        found += not verify_bundle(bundle, key).is_sound
    n = len(index.frames)
    yield Line("a frame taken out of the bundle, found", f"{found} of {n}", n, "all", passed=0 < n == found)


def _no_pre_roll(folder: Path) -> Iterator[Line]:
    rules = ClipRules(("camera",), Millis(5_000), Millis(5_000))
    with without_pre_roll(), ClipGate(folder, rules) as gate:
        at, kept = gate.hand_opening()
    begins = (at - kept.first) / 1000
    told = f"from {-begins:+.1f} s of -5 s, {kept.missing} ms missing"
    yield Line("mutant: no pre-roll, seen", told, kept.frames, "begins late", passed=begins < 4)


def _flood(folder: Path, n: int) -> Line:
    size = 2_000_000
    bench = Bench(folder, size=size)
    most = 0
    for number in range(n):
        bench.ring.put(Tick(bench.now + number), bytes(500 + 7_919 * number % 60_000))
        if number % 100 == 0:
            most = max(most, sum(file.stat().st_size for file in bench.run.glob("*.*")))
    passed = size // 2 < most <= size
    return Line("ring of 2 MB under a flood of frames, most bytes on the disk", f"{most}", n, f"{size}", passed=passed)


def _kills(folder: Path, n: int) -> Line:
    whole, worst = 0, 0
    for number in range(n):
        host = ProcessHost()
        try:
            kill = clip_over_a_kill(host, folder / f"kill-{number}")
        finally:
            host.close()
        whole += kill.goes_on and kill.told.missing >= kill.longest_pause - kill.index.period
        worst = max(worst, kill.longest_pause)
    told = f"{whole} of {n} go on and tell the gap, the longest {worst} ms"
    return Line("camera's worker killed in the middle of a clip", told, n, "all", passed=0 < n == whole)
