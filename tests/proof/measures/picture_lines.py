"""Evidence files to the centre as lines of a proof: kills and power cuts amid a file, and alarms while they flow."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from station.centre.evidence_folder import EvidenceFolder
from tests.courier.bench import Bench
from tests.courier.pictured import at_centre, content, keep, name, sha256
from tests.powercut import stories
from tests.proof.frame import Extent, Line
from tests.proof.measures.picture_site import Alarms, Carried, alarms_meanwhile, carried_over_kills
from tests.services import running_mosquitto

LATEST_MS = 2_000
NARROW = 64_000
"""Bytes a second upwards: 512 kbit/s."""
MOST_AGAIN = 2 * 128 * 1024
"""Bytes that a kill may cost."""
CUT_MUTANTS = {
    "early": "answered before it is written",
    "unsynced": "no sync of a file",
    "nameless": "no sync of a folder",
}
MUTANT = "tests.proof.measures.picture_courier"


@dataclass(frozen=True, slots=True)
class _Form:
    files: int
    kills: int
    alarms: int
    cuts: int
    mutants: tuple[str, ...]


FORMS: dict[Extent, _Form] = {
    "short": _Form(10, 3, 5, 60, ("unsynced",)),
    "full": _Form(160, 30, 200, 1_000, tuple(CUT_MUTANTS)),
}


def pictures(extent: Extent) -> Iterator[Line]:
    """Named by records, sent last, kept as they are."""
    form = FORMS[extent]
    with tempfile.TemporaryDirectory(prefix="station-proof-pictures-") as scratch:
        folder = Path(scratch)
        yield from _of_kills(carried_over_kills(folder / "kills", form.files, form.kills))
        yield from _of_cuts(form.cuts, form.mutants)
        yield _of_alarms(alarms_meanwhile(folder / "alarms", form.alarms, NARROW))
        late = alarms_meanwhile(folder / "hasty", 3, NARROW, MUTANT)
        told = f"slowest {max(late.took_ms)} ms"
        caught = max(late.took_ms) > LATEST_MS
        yield Line("mutant: chunks of 128 KiB on the same way", told, 3, f"over {LATEST_MS} ms", passed=caught)
        yield _of_a_wrong_content(folder / "wrong", is_hashed=True)
        yield _of_a_wrong_content(folder / "unhashed", is_hashed=False)


def _of_kills(done: Carried) -> Iterator[Line]:
    """Courier, broker and both receivers of one folder, each killed amid a file."""
    told = f"lost {done.lost}, altered {done.altered}, {done.left} parts left, {done.size / 1e6:.1f} MB"
    right = (done.lost, done.altered, done.left) == (0, 0, 0)
    yield Line(
        f"files over {done.kills} kills of courier, broker, receivers", told, done.files, "0, 0, 0", passed=right
    )
    limit = done.kills * MOST_AGAIN
    told = f"{done.again / 1024:.0f} KiB in {done.took_s:.0f} s"
    yield Line("sent again", told, done.kills, f"{limit // 1024} KiB", passed=0 <= done.again <= limit)


def _of_cuts(count: int, mutants: Sequence[str]) -> Iterator[Line]:
    cuts = list(stories.evidence().cuts(count, 1))
    found = [cut.found for cut in cuts if cut.found]
    told = f"{len(found)} of {sum(cut.said for cut in cuts)} answers not kept {found[:1]}"
    yield Line("power cuts of the centre amid files", told, count, "0", passed=not found)
    for mutant in mutants:
        cut = stories.evidence(mutant).first_found(200, 1)
        yield Line(
            f"mutant: {CUT_MUTANTS[mutant]}", cut.found if cut else "not caught", 200, "caught", passed=cut is not None
        )


def _of_alarms(done: Alarms) -> Line:
    slowest = max(done.took_ms)
    told = f"slowest {slowest} ms, median {sorted(done.took_ms)[len(done.took_ms) // 2]} ms"
    told += f", pictures at {done.pictures / 1000:.0f} KB/s meanwhile"
    right = slowest <= LATEST_MS and done.pictures > NARROW // 4
    what = f"alarm to the centre's answer over {NARROW // 1000} KB/s full of pictures"
    return Line(what, told, len(done.took_ms), f"{LATEST_MS} ms", passed=right)


def _of_a_wrong_content(folder: Path, *, is_hashed: bool) -> Line:
    """The file changes at the lane between its hashing and the end of its sending: other bytes come under its name."""
    with running_mosquitto(folder / "broker") as broker, Bench(folder / "bench", broker.port) as bench:
        bench.evidence = str(folder / "evidence")
        data, good = content(1, 300_000), content(2, 10_000)
        keep(bench.folder / "lane", data)
        keep(bench.folder / "lane", good)
        newest = name(bench.journal, [sha256(data), sha256(good)])
        path = bench.folder / "lane" / "evidence" / sha256(data)[:2] / f"{sha256(data)}.jpg"
        receiver, courier = bench.start_receiver(), bench.start_courier()
        with mock.patch.object(EvidenceFolder, "_keep", EvidenceFolder._keep if is_hashed else _keep_unhashed):
            bench.pump(lambda: courier._files._offset > 0, "the file is being sent")
            path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
            bench.pump(lambda: courier._store.files.place()[1] == newest, "all is settled")
        assert receiver is bench.receiver
        held = at_centre(bench)
        altered = sum(sha256(found) != named for named, found in held.items())
    told = f"{altered} altered, {len(held)} of 2 kept"
    if is_hashed:
        right = held == {sha256(good): good}
        return Line("a file that changed while it was sent", told, 2, "0 altered, the next one kept", passed=right)
    return Line("mutant: no hash check at the centre", told, 2, "caught", passed=altered == 1)


def _keep_unhashed(self: EvidenceFolder, part: Path, _: int, digest: str, ending: str) -> None:
    target = self.path(digest, ending)
    target.parent.mkdir(parents=True, exist_ok=True)
    part.rename(target)
