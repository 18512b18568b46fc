"""The courier: carries the journal's records to the centre and brings answers back. Its one loop.

Delivered means: the centre has signed that it stored a record whose hash is the one in our chain. A PUBACK frees a
place in the window and says nothing else. Whatever comes in, the loop goes on: refusals are named and reported.
"""

import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from drivers.contract.plain import encode
from drivers.contract.quantities import Millis, Permille, Tick
from station.courier import outbox, talk
from station.courier.belief import Belief
from station.courier.connecting import Connecting
from station.courier.downlink import DownlinkUnacceptable, Judge
from station.courier.file_sending import FileSending
from station.courier.lane_state import lane_state
from station.courier.live import LiveCopies
from station.courier.mqtt_link import Acknowledged, Arrived, Down, LinkEvent, MqttLink, Up
from station.courier.named_files import NamedFiles
from station.courier.offering import Offering
from station.courier.outbox import Outbox
from station.courier.refusals import RefusalLimit, report_of
from station.courier.settings import CourierSettings
from station.courier.store import CourierStore, Cursor
from station.courier.stream import RecordStream
from station.courier.taking import Taking
from station.courier.urgent import Message, Urgent
from station.journal.folder import DataFolder
from station.journal.refusals import Unreadable
from station.messages.envelope import encode_batch
from station.messages.receipts import FileReceipt, FromReceiver, Receipt, ReplayRequest, Witness
from station.messages.states import LaneState
from station.messages.topics import LaneTopics
from station.trust.chain import Trusted
from station.trust.signed import Signed

_BEAT = Millis(500)
_LOOK = Millis(200)
_OFFER = Millis(1_000)
_BATCHES_A_TURN = 20


def utc_now() -> int:
    """UTC in milliseconds."""
    return time.time_ns() // 1_000_000


class Courier:
    """Owns courier.db and the connection. `turn` does what is due and waits at most as long as it is told."""

    def __init__(
        self,
        settings: CourierSettings,
        trusted: Trusted,
        clock: Callable[[], Tick],
        jitter: Callable[[], Permille],
        boot: str,
        lane: talk.LaneWire | None = None,
    ) -> None:
        """`boot` names this start. Without a lane the courier looks into the journal by itself."""
        self._topics = LaneTopics(settings.station, settings.lane)
        self._clock = clock
        self._jitter = jitter
        self._connecting = Connecting(settings.broker.version, jitter, clock())
        self._boot = boot
        self._lane = lane
        self._belief = Belief(settings, trusted)
        self._judge = Judge(self._topics, trusted, settings.watch_key_id, settings.settings_sha256)
        self._limit = RefusalLimit()
        self._urgent = Urgent()
        self._live = LiveCopies()
        self._disk = talk.DiskIs()
        self._next_beat = self._next_look = self._next_offer = clock()
        self.is_stopping = False
        folder, evidence = Path(settings.folder), DataFolder(Path(settings.journal)).evidence
        self._store = CourierStore(folder)
        self._taking = Taking(
            self._store, self._judge, folder, utc_ms=utc_now, refuse=self._refuse, applied=self._on_applied
        )
        self._stream = RecordStream(Path(settings.journal), settings.station, settings.lane)
        self._offering = Offering(self._stream, clock())
        self._link = MqttLink(
            settings.broker,
            f"{settings.station}-{settings.lane}-courier",
            [self._topics.every_downlink],
            (self._topics.state, encode(self._state(online=False))),
        )
        named = NamedFiles(self._stream, self._store.files, evidence)
        self._files = FileSending(named, evidence, self._topics, self._link.publish)
        self._journal_fault = ""
        self._cursor = self._kept_cursor = self._store.cursor()
        self._has_fork = self._store.has_fork()
        self._box = Outbox(receipted=self._cursor.seq, sent=self._cursor.seq, newest=self._cursor.seq)
        self._take_up()

    # ------------------------------------------------------------------ the loop
    def turn(self, patience: Millis) -> None:
        """Wait until something happens or is due, at most `patience`; then do it."""
        self._wait(min(patience, self._time_left()))
        for event in self._link.take():
            self._on_link(event)
        self._keep_cursor()
        self._hear_lane()
        self._tell(self._taking.go_on())
        self._keep_time()
        self._send()
        self._send_file()

    def close(self) -> None:
        """Say goodbye as the last will would, and free everything."""
        if self._box.connected:
            self._link.publish(self._topics.state, encode(self._state(online=False)), retain=True)
        self._link.close()
        self._stream.close()
        self._store.close()
        if self._lane is not None:
            self._lane.close()

    def _wait(self, patience: Millis) -> None:
        poll = select.poll()
        poll.register(self._link.fileno(), select.POLLIN)
        if self._lane is not None:
            poll.register(self._lane.fileno(), select.POLLIN)
        poll.poll(patience)

    def _time_left(self) -> Millis:
        if self._taking.is_busy:
            return Millis(0)
        dues = [self._next_beat, self._next_look, self._connecting.at, outbox.go_back_due(self._box)]
        if not self._has_fork:
            dues.append(outbox.batch_due(self._box))
        earliest = min(due for due in dues if due is not None)
        return Millis(max(0, earliest - self._clock()))

    def _keep_time(self) -> None:
        now = self._clock()
        if now >= self._next_beat:
            self._next_beat = Tick(now + _BEAT)
            if self._lane is not None:
                self._lane.say(talk.CourierBeat(now))
        if now >= self._next_look:
            self._next_look = Tick(now + _LOOK)
            self._look()
        if now >= self._next_offer:
            self._next_offer = Tick(now + _OFFER)
            self._offer(now)
        if self._connecting.is_due(now):
            self._link.connect(self._connecting.version)
        if outbox.is_deaf(self._box, now):
            self._link.drop()
            self._on_down(Down("the broker acknowledges nothing", version_refused=False))
        go_back = outbox.go_back_due(self._box)
        if go_back is not None and now >= go_back:
            self._box = outbox.go_back(self._box, now, self._jitter())

    # ------------------------------------------------------------------ the lane
    def _hear_lane(self) -> None:
        if self._lane is None:
            return
        self._lane.flush()
        for message in self._lane.hear():
            match message:
                case talk.Committed(seq=seq):
                    self._box = outbox.committed(self._box, seq, self._clock())
                case talk.Notify(seq=seq):
                    self._notify(seq)
                case talk.TakeFile():
                    self._tell(self._taking.begin(message))
                case talk.DiskIs():
                    self._disk = message
                    if self._box.connected:
                        self._publish_state()
                case talk.Stop():
                    self.is_stopping = True
        self.is_stopping = self.is_stopping or self._lane.is_closed

    def _look(self) -> None:
        """Is there a record that nobody told us of, or a new epoch? Also how a courier without a lane lives."""
        now = self._clock()
        with self._reading_journal():
            newest, start = self._stream.newest(), self._stream.start(self._cursor)
            if start < self._box.receipted:
                self._box = outbox.begun_again(self._box, start, now)
            self._box = outbox.committed(self._box, newest, now)
            self._journal_fault = ""

    @contextmanager
    def _reading_journal(self) -> Iterator[None]:
        """A journal that cannot be read now is named once; the next look tries again."""
        try:
            yield
        except Unreadable as fault:
            self._box = outbox.nothing_there(self._box)
            if fault.cause != self._journal_fault:
                self._journal_fault = fault.cause
                self._refuse(DownlinkUnacceptable("journal", fault.cause, fault.next_step))

    def _notify(self, seq: int) -> None:
        """Live, before what waits in the stream."""
        with self._reading_journal():
            record = self._stream.one(seq)
            if record is not None:
                self._live.keep(seq, record.encoded, self._clock())

    def _offer(self, now: Tick) -> None:
        """Have the centre witness the newest checkpoint that it can judge; again after a minute without an answer."""
        if not self._box.connected or self._has_fork:
            return
        with self._reading_journal():
            signed = self._offering.due(self._cursor, now)
            if signed is not None:
                self._urgent.add(self._topics.checkpoint, signed)

    # ------------------------------------------------------------------ sending
    def _send(self) -> None:
        now = self._clock()
        if self._box.connected:
            self._urgent.extend(Message(self._topics.notice, encoded) for encoded in self._live.due(now))
        while self._urgent and outbox.may_send(self._box):
            topic, payload, retain = self._urgent.take()
            mid = self._link.publish(topic, payload, retain=retain)
            self._box = outbox.sent_urgent(self._box, mid, now)
        for _ in range(_BATCHES_A_TURN):
            due = outbox.batch_due(self._box)
            if self._has_fork or due is None or now < due:
                return
            with self._reading_journal():
                self._send_batch(now)

    def _send_batch(self, now: Tick) -> None:
        records = self._stream.after(self._box.sent, outbox.BATCH_RECORDS)
        count = outbox.batch_length([len(record.encoded) for record in records])
        if not count:
            self._box = outbox.nothing_there(self._box)
            return
        batch = encode_batch(record.encoded for record in records[:count])
        mid = self._link.publish(self._topics.records, batch)
        self._box = outbox.sent_batch(self._box, mid, records[count - 1].seq, now)

    def _send_file(self) -> None:
        """Last of all."""
        if not (self._urgent or self._live.wait or self._has_fork):
            with self._reading_journal():
                self._box = self._files.turn(self._box, self._cursor, self._clock())

    def _publish_state(self) -> None:
        self._urgent.put_state(self._topics.state, encode(self._state(online=True)))

    def _state(self, *, online: bool) -> LaneState:
        held, full = self._store.held(), self._taking.wants_full_list
        return lane_state(self._topics, held, self._belief, self._disk, online=online, boot=self._boot, full_list=full)

    # ------------------------------------------------------------------ the connection
    def _on_link(self, event: LinkEvent) -> None:
        match event:
            case Up():
                self._on_up(event)
            case Down():
                self._on_down(event)
            case Acknowledged():
                self._on_acknowledged(event)
            case Arrived(topic=self._topics.receipt):
                self._on_receipt(event)
            case Arrived(topic=self._topics.trust) | Arrived(topic=self._topics.officers):
                self._on_trust(event)
            case Arrived(topic=topic, payload=payload, retained=retained):
                self._taking.take(topic, payload, retained=retained)

    def _on_up(self, event: Up) -> None:
        self._connecting.up()
        self._box = outbox.connected(self._box, event.receive_maximum, self._clock())
        self._urgent.clear()
        self._offering.begin_again()
        self._files.begin_again(event.packet_maximum)
        self._live.connected(self._clock())
        self._publish_state()
        self._tell(talk.LinkIs(True))

    def _on_down(self, event: Down) -> None:
        if self._box.connected:
            self._tell(talk.LinkIs(False))
        self._box = outbox.disconnected(self._box)
        for refusal in self._connecting.refusals(event, self._clock()):
            self._refuse(refusal)

    def _on_acknowledged(self, event: Acknowledged) -> None:
        """A place in the window is free. Nothing is delivered by this."""
        self._box = outbox.acknowledged(self._box, event.mid)
        self._files.acknowledged(event.mid, self._clock())
        if event.failure:
            self._refuse(DownlinkUnacceptable("publish", event.failure[:80], "check the broker's rights for this lane"))

    # ------------------------------------------------------------------ receipts
    def _on_receipt(self, event: Arrived) -> None:
        try:
            message, signed = self._judge.read_receipt(event.payload, utc_now(), retained=event.retained)
            self._weigh(message, signed, self._clock())
        except DownlinkUnacceptable as refusal:
            self._refuse(refusal)

    def _weigh(self, message: FromReceiver, signed: Signed, now: Tick) -> None:
        match message:
            case ReplayRequest(after_seq=after_seq):
                self._box = outbox.rewind(self._box, max(after_seq, 0), now)
            case Witness():
                with self._reading_journal():
                    self._tell(self._offering.weigh(message, signed))
            case FileReceipt():
                self._files.weigh(message, now)
            case Receipt(seq=seq):
                self._files.is_wanted = message.takes_files
                is_news = seq > self._box.receipted and not self._has_fork
                self._box = self._box if is_news else outbox.receipted(self._box, 0, now)
                with self._reading_journal():
                    self._weigh_noticed(message)
                    if is_news:
                        self._weigh_receipt(message, now)

    def _weigh_noticed(self, receipt: Receipt) -> None:
        for held in receipt.noticed:
            if self._live.answered(held, self._stream.hash_at):
                self._tell(talk.Noticed(held.epoch, held.seq))
            else:
                self._tell_fork(f"notice {held.seq} of epoch {held.epoch}")

    def _weigh_receipt(self, receipt: Receipt, now: Tick) -> None:
        finding = self._stream.compare(receipt)
        if finding == "ours":
            self._deliver(Cursor(receipt.epoch, receipt.seq, bytes.fromhex(receipt.hash)), now)
        elif finding == "fork":
            ours = Cursor(receipt.epoch, receipt.seq, self._stream.hash_at(receipt.seq))
            self._store.note_fork(ours, bytes.fromhex(receipt.hash), utc_now())
            self._has_fork = True
            self._tell_fork(f"record {receipt.seq} of epoch {receipt.epoch}")

    def _deliver(self, cursor: Cursor, now: Tick) -> None:
        self._cursor = cursor
        self._live.receipted(cursor.seq)
        self._box = outbox.receipted(self._box, cursor.seq, now)

    def _keep_cursor(self) -> None:
        """Of the receipts of a turn the newest is kept, and the lane is told when it is on disk."""
        if self._cursor != self._kept_cursor:
            self._store.move_cursor(self._cursor)
            self._kept_cursor = self._cursor
            self._tell(talk.Receipted(self._cursor.epoch, self._cursor.seq))

    def _tell_fork(self, where: str) -> None:
        self._refuse(DownlinkUnacceptable(f"receipt: {where}", "fork"))

    # ------------------------------------------------------------------ downlinks
    def _on_trust(self, event: Arrived) -> None:
        """What comes behind it is judged by it; the lane sees the file and begins this process anew."""
        try:
            is_new = self._belief.take(event.topic == self._topics.officers, event.payload, utc_now())
        except DownlinkUnacceptable as refusal:
            self._refuse(refusal)
            return
        if is_new:
            self._judge = replace(self._judge, trusted=self._belief.trusted)
            self._taking.believe(self._judge)
            self._publish_state()

    def _on_applied(self) -> None:
        self._publish_state()
        self._tell_untold()

    def _take_up(self) -> None:
        """What the last run left: downlinks not judged, news not told, a fork nobody has looked into."""
        self._taking.take_up()
        self._store.tell_again()
        self._tell_untold()
        if self._has_fork:
            self._tell_fork("found before this start")

    def _tell_untold(self) -> None:
        if self._lane is not None:
            for thing in self._store.untold():
                self._lane.say(thing)
                self._store.told(thing)

    # ------------------------------------------------------------------ saying
    def _tell(self, message: talk.ToLane | None) -> None:
        if self._lane is not None and message is not None:
            self._lane.say(message)

    def _refuse(self, refusal: DownlinkUnacceptable) -> None:
        """To the lane's journal and to the centre; a flood is cut to one word about it."""
        allowed = self._limit.allow(refusal, self._clock())
        if allowed is None:
            return
        self._tell(talk.DownlinkRefused(allowed.thing, allowed.reason, allowed.next_step))
        if self._box.connected:
            self._urgent.add(self._topics.report, encode(report_of(allowed, self._topics, utc_now())))
