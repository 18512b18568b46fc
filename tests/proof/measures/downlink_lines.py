"""What may change a lane from outside, as lines of a proof: every kind refused for its reason, files without a link,
the second copy, deltas on their base, and a watchlist of which nothing tells; each with its mutants.
"""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from drivers.contract.quantities import Tick
from station.centre.deltas import delta
from station.core import rules
from station.core.facts import EligibleEntry
from station.core.records import CrossingDecided, FiredRule
from station.courier import in_force
from station.courier.downlink import DownlinkUnacceptable, Judge
from station.courier.eligible import EligibleTable
from station.courier.refusals import RefusalLimit
from station.courier.taking import IMPORTS
from station.courier.talk import FileTaken, TakeFile
from station.lane.second_copy import KEPT, CopySettings, make_copy, read_copy
from station.messages.downlinks import EligibleList, ListDelta, encoded_sha256, entries_sha256
from station.trust.keys import PublicKey, load_key, save_key
from station.trust.refusal import Untrusted
from tests.core.test_instruction import KEY, everything_shown, leaks, passed
from tests.courier import kinds
from tests.courier.bench import FAR_MS, STATION, entry
from tests.courier.kinds import ISSUED, Way
from tests.proof.frame import Extent, Line
from tests.proof.measures import orders_once

_STORIES = {"short": 30, "full": 1_000}
_LISTS = {"short": 10, "full": 200}


def at_most_once(extent: Extent) -> Iterator[Line]:
    """G11: what the centre orders, against doubles, delays, forgeries and kills."""
    yield from orders_once.lines(_STORIES[extent])


def downlinks(extent: Extent) -> Iterator[Line]:
    """Build 6 of the issue."""
    yield from _refused_over_the_link()
    yield from _refused_from_a_file()
    yield from _deltas(_LISTS[extent])
    yield from _copies()
    yield from _told_of_a_watchlist()


class _NoLimit(RefusalLimit):
    """Each refusal is heard, not only twenty a minute."""

    def allow(self, refusal: DownlinkUnacceptable, now: Tick) -> DownlinkUnacceptable | None:
        return refusal


@contextmanager
def way_without_limit() -> Iterator[Way]:
    """A courier without a broker, of which each refusal is heard."""
    with tempfile.TemporaryDirectory() as folder, Way(Path(folder) / "way") as way:
        way.courier._limit = _NoLimit()
        yield way


def _refused_over_the_link() -> Iterator[Line]:
    with way_without_limit() as way:
        cases = list(kinds.wrong(way.signers))
        before = way.courier._store.held()
        right = sum(way.try_case(case) == case.reason for case in cases)
        held = way.courier._store.held()
        unharmed = replace(held, proposal=before.proposal) == before  # its number moves over what never fits
        passed_all = right == len(cases) > 0 and unharmed
        yield Line(
            "wrong downlinks of every kind refused for their own reason, nothing in force changed",
            f"{right} of {len(cases)}, {'unchanged' if unharmed else 'CHANGED'}",
            len(cases),
            "all",
            passed=passed_all,
        )
        foreign = [case for case in cases if case.reason == "out-of-scope"]
        refused = sum(way.try_case(case) == "out-of-scope" for case in foreign)
        yield _all("  of these signed by a key whose scope is another kind", refused, len(foreign))


def _refused_from_a_file() -> Iterator[Line]:
    with way_without_limit() as way:
        cases = [case for case in kinds.wrong(way.signers) if travels_in_a_file(case)]
        right = sum(bring(way, case.payload).reason == case.reason for case in cases)
        yield _all("the same from a file without a link, for the same reason", right, len(cases))
        good = b"\n".join(way.signers.wire(thing) for thing in kinds.NEXT if not isinstance(thing, EligibleList))
        first, again = bring(way, good), bring(way, good)
        told = f"{len(first.things)} applied, then {again.repeated} known before"
        is_right = (len(first.things), again.repeated, first.refused + again.refused) == (6, 6, 0)
        yield Line("a file with one of each kind, brought twice", told, 12, "6, then 6", passed=is_right)


def travels_in_a_file(case: kinds.Case) -> bool:
    """A file knows neither retain flags nor topics, has lines, and does not hold more bytes than a file may."""
    by_the_way = case.retained or case.reason == "wrong-purpose" or "too large" in case.name
    return not by_the_way


def bring(way: Way, data: bytes) -> FileTaken:
    """Have the courier take this file in."""
    sha256 = hashlib.sha256(data).hexdigest()
    (way.bench.folder / "lane" / IMPORTS / sha256).write_bytes(data)
    taken = way.courier._taking.begin(TakeFile("act", "1187", sha256))
    while taken is None:
        taken = way.courier._taking.go_on()
    return taken


def _deltas(lists: int) -> Iterator[Line]:
    """A chain of lists; each delta is also tried on every wrong state that the one before it left."""
    bodies = [tuple(entry(f"D{at}", goods=at + number) for at in range(number, number + 40)) for number in range(lists)]
    made = [_delta(at, bodies) for at in range(1, lists)]
    with way_without_limit() as way:
        assert way.send(EligibleList(STATION, "15BB", 100, ISSUED, FAR_MS, bodies[0])) == ""
        same = early = 0
        for at, one in enumerate(made):
            if at + 1 < len(made):
                early += way.send(made[at + 1]) == "other-base"
            way.send(one)
            same += _content(way) == entries_sha256(bodies[at + 1])
        yield _all("delta applied: content equals the whole list's", same, len(made))
        yield _all("delta that came before its base: refused, the whole list asked for", early, len(made) - 1)
    wrong = made[1]
    for name, is_blind in (
        ("mutant without a base check, the result's hash stands", False),
        ("  and without that", True),
    ):
        with way_without_limit() as way, patch.object(Judge, "_refuse_unfit", lambda *_: None):
            way.send(EligibleList(STATION, "15BB", 100, ISSUED, FAR_MS, bodies[0]))
            with patch.object(in_force, "encoded_sha256", _blind(wrong.sha256) if is_blind else _honest):
                reason = way.send(wrong)
            caught = reason != "other-base" if not is_blind else _content(way) != wrong.sha256
            yield Line(f"{name}: caught", reason or "another list in force", 1, "caught", passed=caught)


def _blind(sha256: str) -> Callable[[Iterable[bytes]], str]:
    return lambda _: sha256


_honest = encoded_sha256


def _delta(at: int, bodies: list[tuple[EligibleEntry, ...]]) -> ListDelta:
    before, after = (EligibleList(STATION, "15BB", 100 + n, ISSUED, 0, bodies[n]) for n in (at - 1, at))
    with patch("station.centre.deltas.LARGEST_PART", 0):
        made = delta(before, after)
    assert made is not None
    return replace(made, valid_until_ms=FAR_MS)


def _content(way: Way) -> str:
    table = EligibleTable(way.bench.folder / "lane")
    try:
        return entries_sha256(table.whole()[2])
    finally:
        table.close()


def _copies() -> Iterator[Line]:
    with way_without_limit() as way, tempfile.TemporaryDirectory() as stick:
        key_file = way.bench.folder / "station.key"
        save_key(way.bench.keys.station, key_file)
        site = CopySettings(STATION, "L1", str(way.bench.folder / "lane"), stick, str(key_file))
        faults = Counter(make_copy(site, ISSUED + at).fault for at in range(3 * KEPT))
        files = sorted(Path(stick).iterdir())
        key = load_key(key_file).public
        good = sum(read_copy(file.read_bytes(), key).entries == kinds.BASE for file in files)
        told = f"{faults['']} written, {len(files)} kept, {good} verify"
        is_right = faults[""] == 3 * KEPT and len(files) == good == KEPT
        yield Line("second copies", told, 3 * KEPT, f"all, {KEPT} kept and verified", passed=is_right)
        spoilt = sum(_betrayed(files[0].read_bytes(), at, key) for at in range(0, 800, 8))
        yield _all("copy with one byte changed, refused", spoilt, 100)
        fault = make_copy(replace(site, folder=f"{stick}/gone"), ISSUED).fault
        yield Line("a place that is gone", fault, 1, "no-folder, no stop", passed=fault == "no-folder")


def _betrayed(data: bytes, at: int, key: PublicKey) -> bool:
    changed = bytearray(data)
    changed[at] ^= 1
    try:
        read_copy(bytes(changed), key)
    except Untrusted:
        return True
    return False


def _told_of_a_watchlist() -> Iterator[Line]:
    script = passed()
    texts = list(everything_shown(script))
    (decided,) = script.of(CrossingDecided)
    met = isinstance(decided, CrossingDecided) and decided.reason == "SYSTEM_INSTRUCTION"
    yield Line("watched plate, referred to physical inspection", "yes" if met else "no", 1, "yes", passed=met)
    found = len(leaks(iter(texts)))
    yield Line("texts shown or kept that tell of the watchlist", str(found), len(texts), "0", passed=found == 0)
    for what, measured in (("its name", "watchlist 5"), ("its mark", KEY.mark("12C04567"))):
        fired = FiredRule("R11", "REFER_PHYSICAL", "SYSTEM_INSTRUCTION", "", measured)

        def telling(evidence: rules.Evidence, fired: FiredRule = fired) -> FiredRule | None:
            return fired if evidence.instructed else None

        table = tuple(telling if rule is rules._instruction else rule for rule in rules.RULES)
        with patch.object(rules, "RULES", table):
            seen = len(leaks(everything_shown(passed())))
        yield Line(f"mutant that tells {what}: texts found", str(seen), len(texts), "> 0", passed=seen > 0)


def _all(what: str, found: int, n: int) -> Line:
    return Line(what, f"{found} of {n}", n, "all", passed=0 < n == found)
