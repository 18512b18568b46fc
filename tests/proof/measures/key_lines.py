"""Whom a station believes, as lines of a proof: sixty days away, forged and old words, two persons, wrong peers."""

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import get_args

from station.centre import queries
from station.courier.talk import DownlinkRefused, Receipted
from station.trust.ceremony import open_provision, write_provision
from station.trust.fingerprints import fingerprint_words, says
from station.trust.keys import PrivateKey
from station.trust.refusal import Untrusted
from station.trust.signed import PURPOSES, Signed, sign
from station.trust.statements import Scope
from tests.courier.away import TOPICS, Away, crippled, forged, forged_with_its_name
from tests.courier.bench import LANE, STATION, write_records
from tests.courier.test_wrong_peers import WRONG, Doors, opened, told, with_centre
from tests.lane.test_provisioned import AN, BINH, NOW, Place
from tests.proof.frame import Extent, Line
from tests.services import running_mosquitto

_BACKLOG = {"short": 300, "full": 20_000}
_FLIPS = {"short": 200, "full": 5_000}
_FORGED = 5
"""Of each kind: a lane tells of twenty refusals a minute."""

_ROUNDS = {"short": 1, "full": 5}


def sixty_days(extent: Extent) -> Iterator[Line]:
    """Two rotations and a revocation while the station is away; what it takes and refuses when it is back."""
    with _away() as away:
        newest, stolen = away.go_away(_BACKLOG[extent])
        away.come_back(newest)
        rows, numbers = away.stored()
        lost, doubled = newest - numbers, rows - numbers
        yield _none("record of the backlog lost or doubled when receipts change their key", lost + doubled, newest)
        early = len(away.refusals())
        yield _none("downlink refused because the root's statement came too late", early, 1)
        tried = [(TOPICS.list, stolen), (TOPICS.list, away.listed("A", 2_000))]
        tried += [(TOPICS.trust, signed.to_wire()) for signed in away.statements[:-1]]
        tried += [(TOPICS.trust, make(away)) for make in (forged, forged_with_its_name) for _ in range(_FORGED)]
        refused = _count(lambda one: away.refused(*one) != "", tried)
        yield _all("revoked, expired, older or forged word refused over the wire", refused, len(tried))
        flips = [_flipped(away.statements[-1].to_wire(), seed) for seed in range(_FLIPS[extent])]
        before = away.trusted.alone().renewed(away.statements[0])
        taken = _count(lambda one: _is_believed(lambda: before.renewed(Signed.from_wire(one))), flips)
        yield _none("statement with one bit flipped believed", taken, len(flips))
        with crippled("no serial check"):
            thief = away.thief_returns(stolen)
        yield Line("mutant without a serial check takes the thief's list", _yes(thief), 1, "yes", passed=thief)


def scopes(_: Extent) -> Iterator[Line]:
    """Each key signs for its own purposes alone."""
    with _away() as away:
        pairs, wrong = 0, 0
        every: tuple[Scope, ...] = get_args(Scope)
        for scope in every:
            away.grant(scope, 60, (scope,))
            for purpose in set(PURPOSES) - {scope}:
                pairs += 1
                signed = sign(purpose, {"is": "Anything"}, away.keys[scope])
                wrong += _is_believed(partial(away.trusted.verify, signed, purpose, NOW))
        yield _none("key of one scope believed for another purpose", wrong, pairs)
        with crippled("no scope check"):
            signed = sign("decision", {"is": "Anything"}, away.keys["list"])
            taken = _is_believed(lambda: away.trusted.verify(signed, "decision", NOW))
        yield Line("mutant without a scope check takes a decision of a list key", _yes(taken), 1, "yes", passed=taken)


def ceremony(extent: Extent) -> Iterator[Line]:
    """Two persons, the letter, and a provisioning file in which anything was changed."""
    with tempfile.TemporaryDirectory() as name:
        place = Place(Path(name), ("a1", AN), ("b2", BINH))
        stranger = PrivateKey.make()
        groups: list[tuple[PrivateKey, ...]] = [(), (AN,), (AN, AN), (BINH, BINH), (AN, stranger), (stranger, stranger)]
        taken = _count(lambda people: _is_believed(lambda: place.compare(*people)), groups)
        yield _none("fewer than two officers, or one credential twice, accepted as two persons", taken, len(groups))
        place.compare(AN, BINH)
        place.start()
        yield Line("two officers accepted, the lane starts and has them in its journal", "yes", 1, "yes", passed=True)
        text = write_provision(place.opened.provision, place.root)
        step = 1 if extent == "full" else 37
        flips = [text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :] for at in range(0, len(text), step)]
        same = [changed for changed in flips if _means_the_same(changed, place)]
        yield _none("provisioning file with one changed character accepted", len(same), len(flips))
        words = list(fingerprint_words(place.root.public))
        other = fingerprint_words(PrivateKey.make().public)
        unseen = _count(
            lambda at: says(place.root.public, " ".join([*words[:at], other[at], *words[at + 1 :]])), range(16)
        )
        yield _none("letter with one other word taken for the same", unseen, 16)


def wrong_peers(extent: Extent) -> Iterator[Line]:
    """G14: every wrong certificate, on either side."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "doors").mkdir()
        with opened(Path(name) / "doors") as doors:
            cases = [case for _ in range(_ROUNDS[extent]) for case in WRONG]
            results = [_at_a_wrong_door(Path(name) / f"{at}", doors, case) for at, case in enumerate(cases)]
        yield _none("record that flowed to a wrong peer", sum(flowed for flowed, _, _ in results), 30 * len(cases))
        yield _all("wrong peer told to the lane, with the next step", sum(heard for _, heard, _ in results), len(cases))
        yield _none(
            "record lost or doubled when the peer is right again", sum(off for *_, off in results), 30 * len(cases)
        )


def _at_a_wrong_door(folder: Path, doors: Doors, case: str) -> tuple[int, bool, int]:
    """(records that flowed, whether the lane was told, records that are off in the end)."""
    with with_centre(folder, doors) as bench:
        newest = write_records(bench.journal, 30)
        bench.broker = doors.at(*WRONG[case])
        bench.start_courier()
        bench.pump(lambda: told(bench, DownlinkRefused), "the lane is told")
        heard = all(one.reason == "link-refused" and one.next_step for one in told(bench, DownlinkRefused))
        assert bench.receiver is not None
        store = bench.receiver.store
        flowed = len(list(queries.records(store, STATION, LANE)))
        bench.stop_courier()
        bench.broker = doors.at()
        bench.start_courier()
        bench.pump(lambda: Receipted(1, newest) in told(bench, Receipted), "all of it, at the right door")
        seqs = [row.seq for row in queries.records(store, STATION, LANE)]
        return flowed, heard, abs(len(seqs) - newest) + len(set(range(1, newest + 1)) - set(seqs))


@contextmanager
def _away() -> Iterator[Away]:
    with tempfile.TemporaryDirectory(prefix="station-proof-keys-") as name:
        folder = Path(name)
        with running_mosquitto(folder / "broker") as broker, Away(folder, broker.port) as away:
            yield away


def _means_the_same(changed: str, place: Place) -> bool:
    """Whether the file is accepted and its root is still ours: then nothing that counts was changed."""
    try:
        return open_provision(changed.encode(), NOW).provision != place.opened.provision
    except Untrusted:
        return False


def _flipped(data: bytes, seed: int) -> bytes:
    chance = random.Random(seed)
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def _is_believed(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except Untrusted:
        return False
    return True


def _count(holds: Callable[..., bool], things: Sequence[object]) -> int:
    return sum(holds(thing) for thing in things)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _all(what: str, found: int, n: int) -> Line:
    return Line(what, f"{found} of {n}", n, "all", passed=0 < n == found)


def _none(what: str, found: int, n: int) -> Line:
    return Line(what, f"{found} of {n}", n, "0", passed=n > 0 and found == 0)


def whom_it_believes(extent: Extent) -> Iterator[Line]:
    """All of it."""
    for part in (sixty_days, scopes, ceremony, wrong_peers):
        yield from part(extent)
