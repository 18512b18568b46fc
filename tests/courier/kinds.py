"""One downlink of each kind, and everything that can be wrong with one: shared by tests and proof."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from drivers.contract.plain import canonical, to_plain
from station.centre.keys import issue_centre_key
from station.courier.downlink import MOST_BYTES
from station.messages.downlinks import (
    KINDS,
    Decision,
    Downlink,
    EligibleList,
    ListDelta,
    Rules,
    SettingsProposal,
    Suspension,
    Watchlist,
    entries_sha256,
)
from station.messages.topics import LaneTopics
from station.trust.keys import PrivateKey, load_key
from station.trust.signed import Purpose, sign
from station.trust.statements import Scope
from station.trust.watching import WatchKey
from tests.courier.bench import FAR_MS, LANE, STATION, Bench, entry

TOPICS = LaneTopics(STATION, LANE)
WATCH_KEY = WatchKey(bytes(range(32)))
ISSUED = 1_790_000_000_000
BASE = (entry("D1"), entry("D2"))
AFTER = (entry("D1"), entry("D2", goods=7), entry("D3"))
SETTINGS = "5e" * 32
"""The hash of the settings that the lane runs."""
BEHIND_ALL = 1_000
"""The number of a proposal behind all that are passed over here: each moves the number that is held."""
OPEN_UNTIL = time.time_ns() // 1_000_000 + 14 * 86_400_000
PROPOSAL = SettingsProposal(
    STATION, LANE, 6, SETTINGS, (("lane.limits.weight_refer", "40"),), "scales were compared", ISSUED, OPEN_UNTIL
)

IN_FORCE: tuple[Downlink, ...] = (
    EligibleList(STATION, "15BB", 7, ISSUED, FAR_MS, BASE),
    Suspension(STATION, "D9", False, 1, ISSUED, FAR_MS),
    Watchlist(STATION, 5, WATCH_KEY.key_id, (WATCH_KEY.mark("15C-123.45"),), ISSUED, FAR_MS),
    Rules(STATION, 4, (("weight_refer", 40),), ISSUED, FAR_MS),
    Decision(STATION, LANE, "{}", 3, ISSUED, FAR_MS),
    PROPOSAL,
)
DELTA = ListDelta(STATION, "15BB", 8, 7, entries_sha256(BASE), ISSUED, FAR_MS, AFTER[1:], (), entries_sha256(AFTER))
NEXT: tuple[Downlink, ...] = (
    EligibleList(STATION, "15BB", 8, ISSUED, FAR_MS, AFTER),
    DELTA,
    Suspension(STATION, "D9", True, 2, ISSUED, FAR_MS),
    Watchlist(STATION, 6, WATCH_KEY.key_id, (), ISSUED, FAR_MS),
    Rules(STATION, 5, (("weight_refer", 30),), ISSUED, FAR_MS),
    Decision(STATION, LANE, "another act", 4, ISSUED, FAR_MS),
    replace(PROPOSAL, number=BEHIND_ALL, changes=(("vision.view_epoch", "3"), ("lane.plate_region", "[1, 2, 30, 40]"))),
)
"""One of each kind that may follow what is in force."""


@dataclass(frozen=True)
class Case:
    """A payload on a topic, and the reason for which it must be refused."""

    name: str
    topic: str
    payload: bytes
    reason: str
    retained: bool = False


@dataclass
class Signers:
    """A centre's key for everything, one for each scope alone, and a stranger's."""

    bench: Bench
    alone: dict[Scope, PrivateKey] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Before the courier starts: it reads the statements then."""
        keys = self.bench.keys
        scopes: tuple[Scope, ...] = ("list", "suspension", "watchlist", "rules", "decision", "proposal")
        for scope in scopes:
            file = keys.folder / f"{scope}.key"
            keys.trusted = issue_centre_key(keys.root, keys.trusted, file, FAR_MS, (scope,))
            self.alone[scope] = load_key(file)
        self.centre = load_key(keys.centre_key)
        self.stranger = PrivateKey.make()

    def wire(self, thing: Downlink, key: PrivateKey | None = None) -> bytes:
        return sign(KINDS[type(thing)], thing, key or self.centre).to_wire()


def wrong(signers: Signers) -> Iterator[Case]:
    """Every kind with everything that is wrong with any kind, then what is wrong with one only."""
    for thing in NEXT:
        yield from _of_any_kind(signers, thing)
    for name, thing, reason in (*_of_one_kind(), *_of_proposals()):
        yield Case(name, _topic(thing), signers.wire(thing), reason)


def _of_any_kind(signers: Signers, thing: Downlink) -> Iterator[Case]:
    kind, topic = KINDS[type(thing)], _topic(thing)
    name, good = type(thing).__name__, signers.wire(thing)
    other: Purpose = "rules" if kind == "list" else "list"
    body = to_plain(thing)
    number = {one: two.number for two in IN_FORCE for one in [KINDS[type(two)]]}[kind]
    yield Case(f"{name} unsigned", topic, canonical(body), "unsigned")
    yield Case(f"{name} of a stranger", topic, signers.wire(thing, signers.stranger), "unknown-key")
    yield Case(f"{name} altered", topic, good.replace(STATION.encode(), b"VNHUN9"), "bad-signature")
    for scope, key in signers.alone.items():
        if scope != kind:
            yield Case(f"{name} by a key for {scope}", topic, signers.wire(thing, key), "out-of-scope")
    yield Case(f"{name} signed as {other}", topic, sign(other, thing, signers.centre).to_wire(), "wrong-purpose")
    yield Case(f"{name} on another topic", getattr(TOPICS, other), good, "wrong-purpose")
    yield Case(f"{name} for another station", topic, signers.wire(replace(thing, station="VNX")), "wrong-station")
    yield Case(f"{name} expired", topic, signers.wire(replace(thing, valid_until_ms=ISSUED)), "expired")
    yield Case(f"{name} number 0", topic, signers.wire(replace(thing, number=0)), "malformed")
    yield Case(f"{name} with the number in force", topic, signers.wire(replace(thing, number=number)), "outdated")
    if number > 1:
        yield Case(f"{name} older", topic, signers.wire(replace(thing, number=number - 1)), "outdated")
    more = sign(kind, {**body, "more": 1}, signers.centre).to_wire()
    yield Case(f"{name} with a field too many", topic, more, "malformed")
    strange = sign(kind, {**body, "is": "Menu"}, signers.centre).to_wire()
    yield Case(f"{name} of an unknown kind", topic, strange, "unknown-type")
    yield Case(f"{name} retained", topic, good, "retained", retained=True)
    yield Case(f"{name} too large", topic, good + b" " * MOST_BYTES, "oversize")


def _of_one_kind() -> Iterator[tuple[str, Downlink, str]]:
    mark = WATCH_KEY.mark("A")
    yield "delta on another number", replace(DELTA, base_number=6), "other-base"
    yield "delta on another content", replace(DELTA, base_sha256="0" * 64), "other-base"
    yield "delta with another result", replace(DELTA, sha256="0" * 64), "other-result"
    yield "delta that says too little", replace(DELTA, put=AFTER[2:]), "other-result"
    yield "delta that puts and removes one", replace(DELTA, removed=("D3",)), "malformed"
    yield "delta that puts one twice", replace(DELTA, put=(entry("D3"), entry("D3"))), "malformed"
    yield "list with one twice", EligibleList(STATION, "15BB", 8, ISSUED, FAR_MS, (entry("D1"),) * 2), "malformed"
    watch = Watchlist(STATION, 6, WATCH_KEY.key_id, (mark,), ISSUED, FAR_MS)
    yield "watchlist under another key", replace(watch, key_id="0" * 16), "other-watch-key"
    yield "watchlist with a bare plate", replace(watch, marks=("15C12345",)), "malformed"
    rules = Rules(STATION, 5, (), ISSUED, FAR_MS)
    yield "rule for what is not listed", replace(rules, values=(("presence", 1_000),)), "limit-not-listed"
    yield "rule beyond its bounds", replace(rules, values=(("weight_refer", 4_000),)), "out-of-bounds"
    yield "rule below its bounds", replace(rules, values=(("list_age", -1),)), "out-of-bounds"
    yield "decision for the next lane", Decision(STATION, "I9", "{}", 4, ISSUED, FAR_MS), "wrong-station"
    yield "rule said twice", replace(rules, values=(("weight_refer", 40), ("weight_refer", 50))), "malformed"


def _of_proposals() -> Iterator[tuple[str, Downlink, str]]:
    """What it may never touch, and what it may not say."""
    numbers = count(7)
    good = replace(PROPOSAL, number=7)
    yield "proposal for the next lane", replace(good, lane="I9"), "wrong-station"
    yield (
        "proposal for 100 days",
        replace(good, valid_until_ms=OPEN_UNTIL + 86 * 86_400_000),
        "open-too-long",
    )
    yield "proposal without an end", replace(good, valid_until_ms=2**63 - 1), "open-too-long"
    yield "proposal on other settings", replace(good, number=next(numbers), settings_sha256="0" * 64), "other-settings"
    for key in FORBIDDEN:
        beside = replace(good, number=next(numbers), changes=(*PROPOSAL.changes, (key, "1")))
        yield f"proposal of {key}", beside, "key-not-proposable"
    for value in WRONG_VALUES:
        changes = (("lane.limits.weight_refer", value),)
        odd = replace(good, number=next(numbers), changes=changes)
        yield f"proposal of the value {value[:40]!r}", odd, "value-not-proposable"
    yield "proposal of nothing", replace(good, changes=()), "malformed"
    yield "proposal of one key twice", replace(good, changes=PROPOSAL.changes * 2), "malformed"
    many = tuple((f"lane.limits.x{at}", "1") for at in range(17))
    yield "proposal of too much", replace(good, changes=many), "malformed"
    for reason in ("", "  ", "a" * 301, "two\nlines", "\x1b[2J gone", "\u202e backwards"):
        yield f"proposal for the reason {reason[:12]!r}", replace(good, reason=reason), "malformed"


FORBIDDEN = (
    *("trust.root", "trust.officers", "trust.station_key", "trust.centre", "trust.watch_key"),
    *("link.host", "link.port", "link.ca", "link.user", "link.password_file", "link.key"),
    *("lane.station", "lane.lane", "lane.mode", "lane.clock", "lane.act_socket", "lane.data_folder", "lane.run_folder"),
    *("lane.ledger_file", "lane.copy_folder", "lane.personal_days", "lane.customs_record_days", "lane.video_days"),
    *("lane.parts.barrier", "lane.sensors.boom_beam", "lane.limits.presence", "lane.patience.boom_travel"),
    *("lane.patience.gate_open_lower", "lane.patience.clear", "lane.patience.release", "lane.patience.order"),
    *("lane.patience.answer", "lane.patience.second_person", "lane.clips.on", "lane.clips.cameras", "lane.limits"),
    *("device.barrier.host", "device.barrier.pulse", "device.scale.port", "device.camera.url", "bus.yard.port"),
    *("vision.manifest", "vision.device", "vision.xray_template", "schema", "", ".", "lane", "lane.limits.nonsense"),
    *("LANE.limits.weight_refer", "lane.limits.weight_refer ", "lane.limits.weight_refer\n", "\x1b[2J"),
)
"""Keys that nobody may propose: what widens rights, moves motion safety, or is not there."""

WRONG_VALUES = (
    *("", " ", "40 ", "1.5", "-1", '"40"', "'40'", "40 # why", "40\nmode = 1", "40\r", "{}", "[", "[1,", "1 2", "1, 2"),
    *("inf", "nan", "0x28", "07", "true false", "TRUE", "2026-01-01", "[[[1]", "9" * 101, "4０"),
)


def _topic(thing: Downlink) -> str:
    topic: str = getattr(TOPICS, KINDS[type(thing)])
    return topic


@dataclass
class Way:
    """A courier on a bench without a broker, with what is in force, and its own way in for downlinks."""

    folder: Path

    def __enter__(self) -> "Way":
        self.bench = Bench(self.folder, 1)
        self.bench.watch_key_id = WATCH_KEY.key_id
        self.bench.settings_sha256 = SETTINGS
        self.signers = Signers(self.bench)
        self.courier = self.bench.start_courier()
        self.courier._connecting.at = None
        for thing in IN_FORCE:
            assert self.send(thing) == ""
        return self

    def __exit__(self, *_: object) -> None:
        self.bench.__exit__()

    def send(self, thing: Downlink) -> str:
        """The reason for which it was refused, if it was."""
        return self.courier._taking.take(_topic(thing), self.signers.wire(thing))[1]

    def try_case(self, case: Case) -> str:
        return self.courier._taking.take(case.topic, case.payload, retained=case.retained)[1]
