"""The second promise of the record as lines of a proof: thirty days without a link, and the link's return."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.rows import MOST_FACTS, MOST_IDLE_COMMITS, MOST_IDLE_ROWS, MOST_RECORDS, idle_hour
from tests.proof.frame import Extent, Line
from tests.proof.measures import outage
from tests.proof.measures.outage import CROSSINGS_A_DAY, DAYS, Grown, Site, Tapes
from tests.proof.measures.outage_drain import LATEST_MS, Drained, drain
from tests.proof.measures.outage_start import Started, start_lane

CROSSING_BUDGET = 48 * 1024
"""Bytes of all databases for a crossing and the idle time around it, without pictures (docs/outage.md)."""
LOG_BUDGET = 64 * 1024 * 1024
MOST_START_S = 10.0
MOST_MEMORY_GROWTH_MIB = 10.0
MOST_SLOWER = 1.5
MUTANT = "tests.proof.measures.outage_courier"


@dataclass(frozen=True, slots=True)
class _Form:
    decided: int
    copies: int
    compared: int
    every_s: float
    limit_s: float


FORMS: dict[Extent, _Form] = {"short": _Form(3, 49, 3, 0.2, 120), "full": _Form(60, 249, 12, 0.25, 1_200)}


def without_a_link(extent: Extent) -> Iterator[Line]:
    """Promise 2: 15,000 crossings, in CI 150."""
    form = FORMS[extent]
    with tempfile.TemporaryDirectory(prefix="outage-", dir=outage.disk_folder()) as name:
        folder = Path(name)
        tapes = outage.make_tapes(folder / "tapes")
        site, fresh, broken = (Site(folder / part) for part in ("grown", "fresh", "mutant"))
        for place in (site, fresh):
            place.furnish_all()
        grown = outage.grow(site, tapes, form.decided, form.copies)
        yield from _of_the_disk(grown, tapes)
        yield from _of_the_chains(site, grown)
        outage.grow(fresh, tapes, 1, 0)
        yield from _of_the_start(start_lane(site), start_lane(fresh))
        yield from _of_the_turns(site, fresh, tapes, grown, form)
        if extent == "short":
            shutil.copytree(site.folder, broken.folder)
        else:
            broken.furnish_all()
            outage.grow(broken, tapes, 3, 49)
        yield from of_the_return(drain(site, tapes, form.every_s, form.limit_s))
        yield _mutant(drain(broken, tapes, 0.2, FORMS["short"].limit_s, MUTANT))
        if extent == "full":
            idle = idle_hour(folder / "idle")
            told = f"{idle.facts + idle.records} rows, {idle.commits} commits"
            within = idle.facts + idle.records <= MOST_IDLE_ROWS and idle.commits <= MOST_IDLE_COMMITS
            yield Line("an idle hour", told, 1, f"{MOST_IDLE_ROWS} rows, {MOST_IDLE_COMMITS} commits", passed=within)


def _of_the_disk(grown: Grown, tapes: Tapes) -> Iterator[Line]:
    each = grown.bytes_a_crossing
    whole = DAYS * CROSSINGS_A_DAY
    files = ", ".join(f"{Path(name).name} {size / grown.crossings / 1024:.1f}" for name, size in grown.sizes.items())
    told = f"{each / 1024:.1f} KiB a crossing ({files}), {each * whole / 1e9:.2f} GB for {whole}"
    limit = f"{CROSSING_BUDGET // 1024} KiB, {CROSSING_BUDGET * whole / 1e9:.2f} GB"
    yield Line("databases without pictures", told, grown.crossings, limit, passed=each <= CROSSING_BUDGET)
    longest = max(grown.logs.values())
    told = f"{longest / 1024:.0f} KiB"
    yield Line("longest write-ahead log", told, grown.decided, "64 MiB", passed=longest <= LOG_BUDGET)
    told = f"{grown.most_facts} facts, {grown.most_records} records, {grown.facts} and {grown.records} in all"
    within = grown.most_facts <= MOST_FACTS and grown.most_records <= MOST_RECORDS
    yield Line("rows of a crossing with its idle time", told, len(tapes.crossings), "400 and 40", passed=within)
    departed = sum(end == "DEPARTED" for end in grown.ends)
    whole_story = departed == grown.decided
    yield Line("decided by the core, ended as on tape", str(departed), grown.decided, "all", passed=whole_story)


def _of_the_chains(site: Site, grown: Grown) -> Iterator[Line]:
    fault, took_s = outage.verify_s(site)
    told = f"{fault or 'whole'}, {took_s:.1f} s of processor time"
    yield Line("both chains, from the first row", told, grown.facts + grown.records, "whole", passed=not fault)


def _of_the_start(grown: Started, fresh: Started) -> Iterator[Line]:
    told = f"{grown.took_s:.2f} s (on a new journal {fresh.took_s:.2f} s)"
    yield Line(
        "the lane's process until it is ready, processor time", told, 1, "< 10 s", passed=grown.took_s < MOST_START_S
    )
    for what, mine, other in (
        ("lane", grown.lane_mib, fresh.lane_mib),
        ("courier", grown.courier_mib, fresh.courier_mib),
    ):
        told = f"{mine:.1f} MiB (on a new journal {other:.1f} MiB)"
        within = mine - other < MOST_MEMORY_GROWTH_MIB
        yield Line(f"memory of the {what}, no link", told, 1, "10 MiB more", passed=within)


def _of_the_turns(site: Site, fresh: Site, tapes: Tapes, grown: Grown, form: _Form) -> Iterator[Line]:
    took, on_fresh = outage.turn_times(site, fresh, tapes, grown.crossings, form.compared)
    ratio = outage.p50_ratio(took, on_fresh)
    told = f"{ratio:.2f} times a new journal's"
    yield Line("median turn, decided and kept", told, len(took), "1.5 times", passed=ratio <= MOST_SLOWER)


def of_the_return(drained: Drained) -> Iterator[Line]:
    """What was measured while the backlog drained."""
    notices = drained.notices
    first = notices[0]
    took = f"{first.took_ms:.0f} ms, {first.waiting} records before it still waiting"
    in_time = first.overtook and first.took_ms < LATEST_MS
    yield Line("the first alarm: stored, its signed answer with the lane", took, 1, "2 s", passed=in_time)
    ahead = sum(notice.overtook for notice in notices)
    p95 = f"p95 {drained.p95_ms:.0f} ms"
    yield Line("live notices during the drain", p95, len(notices), "< 2 s", passed=drained.p95_ms < LATEST_MS)
    told = f"{ahead} answered before their records' turn, {drained.unconfirmed} unconfirmed in the end"
    all_held = ahead == len(notices) and not drained.unconfirmed and drained.stored_notices >= len(notices)
    yield Line("notices", told, len(notices), "all, 0", passed=all_held)
    told = f"{drained.rate:.0f} a second, {drained.took_s:.0f} s"
    yield Line("drain to the receipt after PostgreSQL's commit", told, drained.backlog, "stated", passed=True)
    told = f"lost {drained.lost}, doubled {drained.doubled}"
    whole = drained.lost == drained.doubled == 0
    yield Line("records at the centre", told, drained.backlog, "0 and 0", passed=whole)
    told = f"courier {drained.courier_mib:.1f} MiB, write-ahead log {drained.log_bytes / 1024:.0f} KiB"
    yield Line("after the drain", told, 1, "log 64 MiB", passed=drained.log_bytes <= LOG_BUDGET)


def _mutant(drained: Drained) -> Line:
    first = drained.notices[0]
    caught = not (first.overtook and first.took_ms < LATEST_MS)
    told = "caught" if caught else f"not caught: {first.took_ms:.0f} ms"
    return Line("mutant: notices behind the backlog", told, len(drained.notices), "caught", passed=caught)
