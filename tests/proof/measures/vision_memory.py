"""The memory of the vision worker over many pictures, each of them through the whole chain.

Every other picture is read in a given region, the others are looked through whole: file, hash, decode, find, cut, read.
Every eighth is also measured for the camera's health, every fiftieth run reads the number of a container.
`python -m tests.proof.measures.vision_memory RUNS` is the long form (200,000 for publication).

What may grow is the process's own memory (anonymous pages), so that is judged. PSS is told beside it: where other
processes map the same libraries it rises when one of them ends, though this one has taken nothing.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from drivers.contract.clock import now
from drivers.contract.orders import ReadContainer, ReadPlate
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import ContainerRead, PlateRead
from drivers.contract.tools import Tools
from station.core.containers import check_digit
from station.simulate.container_scene import View, container_picture
from station.simulate.scene import PLATE_REGION, Condition, gate_picture
from station.vision.upkeep import own_pss_kib
from station.vision.worker import PlateReaderDriver, PlateReaderSettings
from tests.proof.frame import Line
from tests.proof.measures.typed import ROOT

PICTURES = 500
_TRUCKS_PER_CONTAINER = 25
SHORT_RUNS = 2_000
MOST_GROWTH = 0.02
_SAMPLES = 50
_NO_CEILING_MIB = 100_000
MOST_PSS_MIB = 450
"""The ceiling that a lane has if its settings name none."""
_WHOLE = (0, 0, 0, 0)
_VIEW_EVERY, _CONTAINER_EVERY = 8, 50
_LEAST_WARM, _WARM_SHARE = 200, 20
"""A run in so many, beyond those measured, is warm-up: the library's own stores fill, by some 0.2 MiB."""
_CONDITIONS: tuple[Condition, ...] = ("clear", "glare", "blur", "dark")


@dataclass(frozen=True, slots=True)
class Memory:
    """KiB of own memory: the most at the end of `warm_up` readings of every picture, then at even distances;
    `pss_kib` in the same way, the warm one first. `read` counts pictures answered.
    """

    runs: int
    warm_up: int
    warm_kib: int
    later_kib: tuple[int, ...]
    pss_kib: tuple[int, ...]
    read: int

    @property
    def growth(self) -> float:
        """The most that was ever used beyond the warm state, as a share of it."""
        return max(self.later_kib) / self.warm_kib - 1


def lines(runs: int = SHORT_RUNS) -> Iterator[Line]:
    """The promise as lines of a proof."""
    seen = measure(runs)
    low, high = min(seen.later_kib) / 1024, max(seen.later_kib) / 1024
    said = (
        f"own memory {seen.growth:+.2%}, {seen.warm_kib / 1024:.1f} MiB warm, {low:.1f} to {high:.1f} later;"
        f" PSS {seen.pss_kib[0] / 1024:.1f} MiB warm, {seen.pss_kib[-1] / 1024:.1f} last"
    )
    is_flat = seen.growth <= MOST_GROWTH and seen.read == seen.runs
    limit = f"at most {MOST_GROWTH:+.0%}, every picture answered"
    containers = PICTURES // _TRUCKS_PER_CONTAINER
    what = f"memory of the vision worker, {PICTURES} pictures, {containers} of containers, {seen.warm_up} runs before"
    yield Line(what, said, seen.runs, limit, passed=is_flat)


def second_lines(runs: int = 200) -> Iterator[Line]:
    """The memory with the second reader on, which must be installed."""
    seen = measure(runs, pictures=50, with_second=True)
    most = max(seen.pss_kib) / 1024
    passed = most <= MOST_PSS_MIB and seen.read == seen.runs
    yield Line("memory with both readers", f"PSS {most:.0f} MiB", seen.runs, f"<= {MOST_PSS_MIB}", passed=passed)


def measure(runs: int, pictures: int = PICTURES, leak_bytes: int = 0, *, with_second: bool = False) -> Memory:
    """`runs` readings of `pictures` drawn pictures in a process of their own, after each was read once to warm up.

    `leak_bytes` are kept back per run, to see that a leak is seen; `with_second` has the second reader on.
    """
    with tempfile.TemporaryDirectory() as folder:
        for number in range(pictures):
            (Path(folder) / f"truck-{number}.jpg").write_bytes(_picture(number))
        for number in range(max(1, pictures // _TRUCKS_PER_CONTAINER)):
            (Path(folder) / f"container-{number}.jpg").write_bytes(_container(number))
        arguments = [folder, str(runs), str(leak_bytes), "both" if with_second else "own"]
        command = [sys.executable, "-m", "tests.proof.measures.vision_memory", "child", *arguments]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    body = json.loads(told.stdout)
    return Memory(
        body["runs"], body["warm_up"], body["warm_kib"], tuple(body["later_kib"]), tuple(body["pss_kib"]), body["read"]
    )


def _picture(number: int) -> bytes:
    plate = f"{11 + number % 9}C-{number % 1000:03}.{number * 7 % 100:02}"
    condition = _CONDITIONS[number % len(_CONDITIONS)]
    return gate_picture(plate, seed=number, condition=condition, lines=1 + number % 2)


def _container(number: int) -> bytes:
    letters_digits = f"QZXU{number * 54_321 % 1_000_000:06}"
    views = get_args(View)
    text = f"{letters_digits}{check_digit(letters_digits)}"
    return container_picture(text, "45G1", views[number % len(views)], seed=number)


def _child(folder: Path, runs: int, leak_bytes: int, *, with_second: bool) -> None:
    manifest = str(ROOT / "models" / "manifest.toml")
    settings = PlateReaderSettings("plate-reader", manifest, _NO_CEILING_MIB, with_second)
    driver = PlateReaderDriver("reader", settings, Tools(clock=now, evidence=folder))
    driver.open()
    trucks, containers = _stored(folder, "truck-*"), _stored(folder, "container-*")
    warm_up = len(trucks) if with_second else max(_LEAST_WARM, len(trucks), runs // _WARM_SHARE)
    warm = 0
    for run in range(warm_up):
        _read(driver, run, trucks, containers)
        if run >= warm_up - _CONTAINER_EVERY:  # one kind of picture needs more than another: the most of each kind
            warm = max(warm, _own_kib())
    later, pss, read, kept = list[int](), [own_pss_kib()], 0, list[bytes]()
    for run in range(1, runs + 1):
        read += _read(driver, run, trucks, containers)
        if leak_bytes:
            kept.append(bytes(b"x" * leak_bytes))
        if run % max(1, runs // _SAMPLES) == 0:
            later.append(_own_kib())
            pss.append(own_pss_kib())
            print(f"{run} of {runs} runs: {later[-1] / warm - 1:+.2%}", file=sys.stderr, flush=True)
    told = {"warm_up": warm_up, "warm_kib": warm, "later_kib": later, "pss_kib": pss, "read": read}
    print(json.dumps({"runs": runs, **told}))


def _stored(folder: Path, names: str) -> list[tuple[str, str]]:
    return [(str(path), hashlib.sha256(path.read_bytes()).hexdigest()) for path in sorted(folder.glob(names))]


def _own_kib() -> int:
    """The anonymous memory of this process."""
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1])
    raise OSError("/proc/self/smaps_rollup tells no anonymous memory")


def _read(
    driver: PlateReaderDriver, run: int, trucks: list[tuple[str, str]], containers: list[tuple[str, str]]
) -> bool:
    deadline = Tick(now() + 60_000)
    order: ReadPlate | ReadContainer
    if run % _CONTAINER_EVERY == 0:
        order = ReadContainer("o", deadline, *containers[run // _CONTAINER_EVERY % len(containers)])
    else:
        region = PLATE_REGION if run % 2 == run // len(trucks) % 2 else _WHOLE  # in turn for each picture too
        order = ReadPlate("o", deadline, *trucks[run % len(trucks)], region, measure_view=run % _VIEW_EVERY == 0)
    driver.obey(order, Millis(300))
    told = driver.poll(Millis(0))
    driver.poll(Millis(1))  # the pause between two orders, in which the worker looks after itself
    return bool(told) and isinstance(told[-1], PlateRead | ContainerRead)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["child", folder, runs, leak_bytes, readers]:
            _child(Path(folder), int(runs), int(leak_bytes), with_second=readers == "both")
        case [runs]:
            for line in lines(int(runs)):
                print(f"{'PASS' if line.passed else 'FAIL'} {line.what}: {line.measured} (n {line.n}, {line.limit})")
        case _:
            raise SystemExit(__doc__)
