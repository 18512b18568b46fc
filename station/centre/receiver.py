"""The centre's process: stores what lanes send, signs receipts after the commit, sends lanes what they lack.

One loop; paho's thread only queues. Messages that wait together are stored in one transaction per lane. While the
database is away, or could lose what it commits, nothing is stored and nothing is receipted: lanes keep their records
and send them again.
"""

import logging
import select
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy.exc import InterfaceError, OperationalError

from drivers.contract.clock import now
from drivers.contract.plain import NotPlain, parse
from drivers.contract.quantities import Millis, Permille, Tick
from station.centre import publisher, queries, trust_offer
from station.centre.alarm_book import AlarmBook
from station.centre.days import Days
from station.centre.enrolled import Enrolled
from station.centre.evidence_taking import EvidenceTaking
from station.centre.joining import Prefix
from station.centre.known_lanes import KnownLanes, Lane
from station.centre.lane_states import keep_state
from station.centre.pushes import Pushes
from station.centre.refusal import DatabaseWeak
from station.centre.settings import CentreSettings
from station.centre.store import CentreStore
from station.centre.trust_offer import TrustOffers
from station.centre.witness import Witnessing
from station.core.records import TYPES
from station.core.trust_records import StationKeyInForce
from station.courier.connecting import Reconnecting
from station.courier.downlink import REASONS
from station.courier.mqtt_link import Arrived, Down, MqttLink, Up
from station.courier.outbox import back_off
from station.messages.downlinks import KINDS, Downlink
from station.messages.envelope import BadEnvelope, RecordEvent, decode_batch, decode_event
from station.messages.newer import read_known
from station.messages.receipts import FileReceipt, Held, Receipt, ReplayRequest
from station.messages.states import DownlinkReport, LaneState
from station.messages.topics import EVERY_STATE, EVERY_UPLINK, LaneTopics, lane_of
from station.trust.keys import load_key
from station.trust.refusal import Untrusted
from station.trust.signed import Purpose, sign

HOLE_PATIENCE = Millis(10_000)
_LOOK = Millis(500)
_pause = partial(back_off, jitter=Permille(1_000), most=Millis(10_000))
"""Before the next attempt to connect, at most 5 s: a centre comes back before its lanes do."""
_MOST_BYTES = 1024 * 1024
"""Of a message: a part of a file has 175 KB, a batch 64, the statement of a day less."""
_BEHIND = ("up/checkpoint", "up/day", "up/evidence")
"""Judged behind the records that came with them."""

log = logging.getLogger("station.centre")


@dataclass(frozen=True, slots=True)
class _Hole:
    """Records wait behind a hole since `since`; `asked`: the lane has been asked to send again."""

    prefix: Prefix
    since: Tick
    asked: bool = False


class Receiver:
    """One receiving process. `turn` waits at most as long as it is told."""

    def __init__(self, settings: CentreSettings) -> None:
        self._key = load_key(Path(settings.key_file))
        self.store = CentreStore(settings.database)
        self._enrolled = Enrolled(self.store, settings.stations, settings.station_keys)
        self._witnessing = Witnessing(self.store, self._enrolled.keys_of, self._key, utc_now)
        self._days = Days(self.store, self._enrolled.keys_of)
        self._behind: list[tuple[Lane, str, bytes]] = []
        self._noticed: dict[Lane, list[Held]] = defaultdict(list)
        shared = f"$share/{settings.share}/{EVERY_UPLINK}" if settings.share else EVERY_UPLINK
        self._link = MqttLink(settings.broker, f"{settings.name}-receiver", [shared, EVERY_STATE])
        self._connecting = Reconnecting(settings.broker.version, _pause, now())
        self._next_look = now()
        self._is_up = False
        self._has_database = True
        self._owes_word = False
        self._lanes = KnownLanes(queries.prefixes(self.store))
        self._states: dict[Lane, LaneState] = {}
        self._holes: dict[Lane, _Hole] = {}
        self._receipted: dict[Lane, Prefix] = {}
        self._pushes = Pushes()
        self._trust = TrustOffers(self.store)
        reserve = settings.evidence_reserve_mib
        self._alarms = AlarmBook(self.store, utc_now)
        self._files = EvidenceTaking(
            self.store, settings.evidence, reserve, utc_now, self._send_file_receipt, self._alarms.add
        )

    def close(self) -> None:
        """Free everything."""
        self._link.close()
        self.store.close()

    def turn(self, patience: Millis) -> None:
        """Wait until something arrives or is due, at most `patience`; then do it."""
        dues = [due for due in (self._connecting.at, self._next_look) if due is not None]
        poll = select.poll()
        poll.register(self._link.fileno(), select.POLLIN)
        poll.poll(0 if self._files.waits else max(0, min(patience, min(dues) - now())))
        records: dict[Lane, list[RecordEvent]] = defaultdict(list)
        for event in self._link.take():
            match event:
                case Up():
                    self._on_up()
                case Down():
                    self._on_down(event)
                case Arrived():
                    with self._database():
                        self._on_message(event, records)
        with self._database():
            self._answer_notices()
        for lane, events in records.items():
            with self._database():
                self._store(lane, events)
        for step in (self._judge_behind, self._files.turn, self._keep_time, self._alarms.write):
            with self._database():
                step()

    @contextmanager
    def _database(self) -> Iterator[None]:
        """What the database cannot take now is not receipted; the lane sends it again, and goes on when we say so."""
        try:
            yield
        except (OperationalError, InterfaceError, DatabaseWeak) as error:
            if self._has_database:
                seen = error if isinstance(error, DatabaseWeak) else error.orig
                log.warning("the database cannot be used, nothing is receipted: %s", seen)
            self._has_database, self._owes_word = False, True

    def _keep_time(self) -> None:
        tick = now()
        if self._connecting.is_due(tick):
            self._link.connect(self._connecting.version)
        if tick >= self._next_look:
            self._next_look = Tick(tick + _LOOK)
            with self._database():
                self._enrolled.look()
                self._say_where_lanes_stand()
                self._look_at_holes(tick)
                self._push(tick)

    # ------------------------------------------------------------------ the connection
    def _on_up(self) -> None:
        self._is_up = self._owes_word = True
        self._connecting.up()
        self._next_look = now()

    def _say_where_lanes_stand(self) -> None:
        """After the broker or the database was away: a courier that waits goes on at once."""
        if not self._owes_word or not self._is_up:
            return
        self._trust.look()
        for lane, prefix in queries.prefixes(self.store).items():
            self._send_trust(lane, self._trust.of(lane[0]))
            self._send_receipt(lane, prefix)
        self._owes_word = False
        if not self._has_database:
            log.warning("the database is back")
            self._has_database = True

    def _on_down(self, event: Down) -> None:
        self._is_up = False
        self._connecting.down(event, now())

    # ------------------------------------------------------------------ what lanes send
    def _spoken(self, topic: str) -> tuple[Lane, str] | None:
        """The lane and the kind of message; None of who has no right to speak here."""
        found = lane_of(topic)
        if found is None:
            return None
        topics, kind = found
        lane = (topics.station, topics.lane)
        if topics.station not in self._enrolled:
            self._alarms.add(lane, "not-enrolled", f"{kind} from a station that is not enrolled here")
            return None
        if not self._lanes.takes(lane):
            self._alarms.add((topics.station, ""), "too-many-lanes", f"{kind} of lane {topics.lane}")
            return None
        return lane, kind

    def _on_message(self, event: Arrived, records: dict[Lane, list[RecordEvent]]) -> None:
        spoken = self._spoken(event.topic)
        if spoken is None:
            return
        lane, kind = spoken
        try:
            _refuse_large(event.payload)
            if kind == "up/records":
                records[lane] += _of_lane(lane, decode_batch(event.payload))
            elif kind == "up/notice":
                for notice in _of_lane(lane, [decode_event(event.payload)]):
                    self._notice(lane, notice)
            elif kind in _BEHIND:
                self._behind.append((lane, kind, event.payload))
            elif kind == "state":
                self._on_state(lane, read_known(LaneState, parse(event.payload)))
            elif kind == "up/report":
                self._on_report(lane, read_known(DownlinkReport, parse(event.payload)))
            else:
                self._alarms.add(lane, "unknown-topic", kind[:100])
        except (BadEnvelope, NotPlain, ValueError, RecursionError) as error:
            self._alarms.add(lane, "malformed", f"{kind}: {str(error)[:200]}")

    def _on_report(self, lane: Lane, report: DownlinkReport) -> None:
        """A reason of a newer release stands in the detail: a lane must not be able to make alarms without end."""
        reason = report.reason if report.reason in REASONS else "other"
        detail = f"{report.thing[:100]}: {report.reason[:40]}; {report.next_step[:150]}"
        self._alarms.add(lane, f"refused-{reason}", detail)

    def _on_state(self, lane: Lane, state: LaneState) -> None:
        if (state.station, state.lane) != lane:
            raise BadEnvelope("the state names another lane than its topic")
        known = self._states.get(lane)
        self._states[lane] = state
        if state.online and (known is None or known.boot != state.boot or not known.online):
            self._pushes.forget(lane)
            self._trust.forget(lane)
            self._send_trust(lane, self._trust.due(lane, state, now()))  # first: it makes good what follows
            self._next_look = now()  # then it is sent what it lacks
            self._send_receipt(lane, queries.prefixes(self.store).get(lane, Prefix()))
        keep_state(self.store, state, utc_now())

    def _store(self, lane: Lane, events: list[RecordEvent]) -> None:
        stored = self.store.store(*lane, events, utc_now())
        for event in events:
            if event.type == TYPES[StationKeyInForce]:
                self._take_key(lane, event)
        if not (stored.added and stored.has_hole and stored.prefix == self._receipted.get(lane)):  # else nothing new
            self._send_receipt(lane, stored.prefix)
        self._watch_hole(lane, stored.prefix, has_hole=stored.has_hole)

    def _take_key(self, lane: Lane, event: RecordEvent) -> None:
        """A station goes on with another key: by the word of the old one, or a person must enrol it."""
        try:
            body = parse(event.body)
            stated = str(body.get("key", "")) if isinstance(body, dict) else ""
            keys = self._enrolled.keys_of(lane[0])
            if not keys or stated in (key.text for key in keys.values()) or not event.has_true_hash:
                return
            self._enrolled.change(lane[0], str(body.get("change", "")), utc_now())
        except (Untrusted, NotPlain, ValueError, RecursionError) as error:
            self._alarms.add(lane, "station-key-unknown", f"record {event.seq}: {str(error)[:200]}")
        else:
            self._alarms.add(lane, "station-key-changed", f"record {event.seq}: key {stated[:16]} is enrolled")

    def _send_receipt(self, lane: Lane, prefix: Prefix) -> None:
        """Only ever called with what a commit has made true."""
        self._receipted[lane] = prefix
        self._send(LaneTopics(*lane).receipt, "receipt", self._receipt(lane, prefix))

    def _send_file_receipt(self, lane: Lane, receipt: FileReceipt) -> None:
        self._send(LaneTopics(*lane).receipt, "receipt", receipt)

    def _receipt(self, lane: Lane, prefix: Prefix) -> Receipt:
        takes = self._files.is_taking
        return Receipt(*lane, prefix.epoch, prefix.seq, prefix.hash.hex(), utc_now(), takes_files=takes)

    # ------------------------------------------------------------------ notices
    def _notice(self, lane: Lane, event: RecordEvent) -> None:
        """Stored on return; answered in this turn, before the records that came with it."""
        self.store.notice(event, utc_now())
        if event.has_true_hash:
            self._noticed[lane].append(Held(event.epoch, event.seq, event.hash.hex()))

    def _answer_notices(self) -> None:
        """The receipt of a notice names it beside the prefix, which it does not move."""
        if not self._noticed:
            return
        noticed, prefixes = dict(self._noticed), queries.prefixes(self.store)
        self._noticed.clear()
        for lane, held in noticed.items():
            receipt = replace(self._receipt(lane, prefixes.get(lane, Prefix())), noticed=tuple(held))
            self._send(LaneTopics(*lane).receipt, "receipt", receipt)

    # ------------------------------------------------------------------ checkpoints and days
    def _judge_behind(self) -> None:
        """What stations have signed; what is not theirs is an alarm. Parts of files wait for their turn."""
        waiting, self._behind = self._behind, []
        for lane, kind, payload in waiting:
            try:
                if kind == "up/evidence":
                    self._files.add(lane, payload)
                elif kind == "up/day":
                    self._days.receive(payload, utc_now(), lane)
                else:
                    self._witness(lane, payload)
            except (Untrusted, RecursionError) as error:
                reason = error.reason if isinstance(error, Untrusted) else "malformed"
                self._alarms.add(lane, f"{kind.removeprefix('up/')}-{reason}", str(error)[:200])

    def _witness(self, lane: Lane, payload: bytes) -> None:
        """Answer what our records confirm; say aloud what they contradict. Raises Untrusted."""
        judged = self._witnessing.judge(lane, payload)
        stated = judged.checkpoint
        if judged.finding == "fork":
            detail = f"the station's key signed another record {stated.seq} of epoch {stated.epoch} than we hold"
            self.store.alarm(*lane, "checkpoint-fork", detail, utc_now(), epoch=stated.epoch, seq=stated.seq)
        elif judged.witness and self._is_up:
            self._link.publish(LaneTopics(*lane).receipt, judged.witness)

    # ------------------------------------------------------------------ holes
    def _watch_hole(self, lane: Lane, prefix: Prefix, *, has_hole: bool) -> None:
        known = self._holes.get(lane)
        if not has_hole:
            self._holes.pop(lane, None)
        elif known is None or known.prefix != prefix:
            self._holes[lane] = _Hole(prefix, now())

    def _look_at_holes(self, tick: Tick) -> None:
        """Ask the lane after ten seconds; after ten more go on with its next epoch, if that is what waits."""
        for lane, hole in list(self._holes.items()):
            if tick - hole.since < HOLE_PATIENCE:
                continue
            stands = self.store.stands(*lane)
            if stands.prefix != hole.prefix or not stands.has_hole:  # another receiver has filled it
                self._watch_hole(lane, stands.prefix, has_hole=stands.has_hole)
                continue
            if hole.asked:
                stored = self.store.accept_loss(*lane, utc_now())
                self._watch_hole(lane, stored.prefix, has_hole=stored.has_hole)
                if stored.prefix != hole.prefix:
                    self._send_receipt(lane, stored.prefix)
                    continue
            seq = hole.prefix.seq
            self._alarms.add(lane, "hole", f"what follows record {seq} has not come; asked the lane to send it again")
            self._send(LaneTopics(*lane).receipt, "receipt", ReplayRequest(*lane, seq, utc_now()))
            self._holes[lane] = replace(hole, since=tick, asked=True)

    # ------------------------------------------------------------------ what lanes lack
    def _send_trust(self, lane: Lane, things: Iterable[tuple[trust_offer.Kind, trust_offer.Kept]]) -> None:
        """Signed by the root, or for good: as it stands in the database."""
        topics = LaneTopics(*lane)
        for kind, kept in things:
            if self._is_up:
                self._link.publish(topics.trust if kind == "trust" else topics.officers, kept.payload)

    def _push(self, tick: Tick) -> None:
        self._trust.look()
        for lane, state in self._states.items():
            self._send_trust(lane, self._trust.due(lane, state, tick))
        newest = publisher.newest_numbers(self.store)
        addressed = publisher.for_one_lane(self.store, utc_now())
        for lane, state in self._states.items():
            holds = publisher.held_by(state)
            own = [one for one in addressed.get(lane, []) if one.number > holds.of(KINDS[type(one)]) >= 0]
            news = {kind: newest.get((lane[0], kind), 0) for kind in publisher.VALID_MS}
            lacks = own or any(number > holds.of(kind) >= 0 for kind, number in news.items())
            numbers = (*news.values(), int(state.full_list), *(one.number for one in own))
            if state.online and lacks and self._pushes.is_due(lane, numbers, tick):
                self._push_to(lane, holds, own)

    def _push_to(self, lane: Lane, holds: publisher.Holds, own: list[publisher.ForOneLane]) -> None:
        things: list[Downlink] = [*own]  # first: somebody waits at the barrier
        things += [
            replace(item.thing, valid_until_ms=utc_now() + publisher.VALID_MS[item.purpose])
            for item in publisher.lacking(self.store, lane[0], holds)
        ]
        for thing in things:
            kind = KINDS[type(thing)]
            topic: str = getattr(LaneTopics(*lane), kind)
            self._send(topic, kind, thing)

    def _send(self, topic: str, purpose: Purpose, thing: Receipt | ReplayRequest | FileReceipt | Downlink) -> None:
        """While the broker is away nothing is sent: everything is sent again on connecting."""
        if self._is_up:
            self._link.publish(topic, sign(purpose, thing, self._key).to_wire())


def utc_now() -> int:
    """UTC in milliseconds."""
    return time.time_ns() // 1_000_000


def _refuse_large(payload: bytes) -> None:
    if len(payload) > _MOST_BYTES:
        raise BadEnvelope(f"{len(payload)} bytes, more than {_MOST_BYTES}")


def _of_lane(lane: Lane, events: list[RecordEvent]) -> list[RecordEvent]:
    """The events, if all belong to the lane of their topic (a broker's rights are by topic). Raises BadEnvelope."""
    if any((event.station, event.lane) != lane for event in events):
        raise BadEnvelope("an event names another lane than its topic")
    return events
