"""Hostile MQTT messages at both ends of the link, through the functions that meet them in a running process.

The courier's and the receiver's own handlers take each message as their loops do; nothing of them is replaced. Beside
them the decoders are called alone, because a handler may catch more than a decoder may raise.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from drivers.contract.plain import NotPlain, decode
from drivers.contract.quantities import Millis
from station.centre import queries
from station.centre.receiver import utc_now
from station.courier.downlink import DownlinkUnacceptable
from station.courier.loop import Courier
from station.courier.mqtt_link import Arrived
from station.courier.store import Held
from station.messages.downlinks import EligibleList
from station.messages.envelope import BadEnvelope, decode_batch, decode_event
from station.messages.evidence_files import FileChunk, FileGone
from station.messages.states import DownlinkReport, LaneState
from station.messages.topics import lane_of
from station.trust.keys import load_key
from station.trust.signed import sign
from tests.courier.bench import LANE, STATION, Bench, entry, write_records
from tests.fuzz.messages import TOPICS, downlinks, hostile, uplinks
from tests.messages.chains import chain
from tests.powercut.stories import scratch

SEED = 1
SLOWEST_S = 1.0
MOST_GROWTH_KIB = 64 * 1024
_NO_BROKER = 1
_WARM = 1_000


@dataclass(slots=True)
class Taken:
    """`n` messages at one end: what escaped, the slowest, how much memory grew, how many were taken for good.

    `goes_on`: a good message at the end still does what it should.
    """

    end: str
    n: int = 0
    taken_for_good: int = 0
    escaped: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    grown_kib: int = 0
    goes_on: bool = False

    @property
    def is_well(self) -> bool:
        return not self.escaped and self.slowest_s < SLOWEST_S and self.grown_kib < MOST_GROWTH_KIB and self.goes_on


def at_the_lane(count: int) -> Taken:
    """The courier: its loop, its judge, its file."""
    with scratch() as folder, Bench(folder / "bench", _NO_BROKER) as bench:
        write_records(bench.journal, 5)
        courier, key = bench.start_courier(), load_key(bench.keys.centre_key)
        courier._connecting.at = None
        taken = Taken("courier")

        def take(message: Arrived) -> bool:
            before = courier._store.held()
            courier._link._add(message)
            courier.turn(Millis(0))
            bench.heard()
            return courier._store.held() != before

        _feed(taken, hostile(downlinks(key, utc_now()), count, SEED, key), take, partial(_judge_alone, courier))
        number = courier._store.held().list_number + 1
        good = EligibleList(STATION, "15BB", number, utc_now(), utc_now() + 60_000, (entry("D9"),))
        take(Arrived(TOPICS.list, sign("list", good, key).to_wire(), False))
        taken.goes_on = courier._store.held().list_number == number
        return taken


def at_the_centre(count: int) -> Taken:
    """The receiver: its loop and its database."""
    with scratch() as folder, Bench(folder / "bench", _NO_BROKER) as bench:
        bench.evidence = str(folder / "evidence")
        receiver, taken = bench.start_receiver(), Taken("receiver")
        receiver._connecting.at = None

        def take(message: Arrived) -> bool:
            receiver._link._add(message)
            receiver.turn(Millis(0))
            return False

        _feed(taken, hostile(uplinks(), count, SEED), take, _decode_alone)
        batch = next(good.payload for good in uplinks() if good.topic == TOPICS.records)
        take(Arrived(TOPICS.records, batch, False))
        taken.goes_on = queries.prefixes(receiver.store)[STATION, LANE].seq >= len(chain(4))
        taken.taken_for_good = queries.counts(receiver.store)["record"]
        return taken


def _feed(
    taken: Taken,
    messages: Iterable[Arrived],
    take: Callable[[Arrived], bool],
    alone: Callable[[Arrived], None],
) -> None:
    """Each message to the decoders alone and to the end itself; what escapes is counted, and the next one follows."""
    warm_kib = own_kib()
    for message in messages:
        taken.n += 1
        if taken.n == _WARM:
            warm_kib = own_kib()
        began = time.process_time()
        try:
            alone(message)
            taken.taken_for_good += take(message)
        except Exception as error:  # noqa: BLE001 - any at all is what is looked for
            taken.escaped[f"{type(error).__name__}: {str(error)[:120]}"] += 1
        taken.slowest_s = max(taken.slowest_s, time.process_time() - began)
    taken.grown_kib = own_kib() - warm_kib


def _judge_alone(courier: Courier, message: Arrived) -> None:
    """DownlinkUnacceptable, which names what and why, and nothing else."""
    try:
        courier._judge.refuse_unread(message.topic, message.payload, retained=message.retained)
        courier._judge.judge(message.topic, message.payload, Held(0, "", {}), utc_now())
    except DownlinkUnacceptable as refusal:
        if not refusal.reason or (not refusal.next_step and refusal.reason != "repeated"):
            raise ValueError(f"a refusal without a reason or a next step: {refusal}") from refusal


def _decode_alone(message: Arrived) -> None:
    """BadEnvelope from what reads records, NotPlain from what reads states, and nothing else."""
    lane_of(message.topic)
    for read in (decode_batch, decode_event):
        with suppress(BadEnvelope):
            read(message.payload)
    for kind in (LaneState, DownlinkReport, FileChunk, FileGone):
        with suppress(NotPlain):
            decode(kind, message.payload)


def own_kib() -> int:
    """The anonymous memory of this process."""
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1])
    raise OSError("/proc/self/smaps_rollup tells no anonymous memory")
