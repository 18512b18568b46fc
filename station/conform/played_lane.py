"""A lane played for one clause: it keeps a chain, sends what it is told, and judges each receipt against the chain.

A right receiver can only ever name a record up to which everything of the chain has been sent.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import count

from drivers.contract.clock import now
from drivers.contract.plain import NotPlain, from_plain
from drivers.contract.plain import encode as plain_bytes
from drivers.contract.quantities import Millis
from station.conform.chain import Content, Link, after
from station.conform.corpus import batches
from station.conform.finding import Failed
from station.conform.line import Line
from station.messages.envelope import NO_HASH, RecordEvent, encode_event
from station.messages.receipts import FromReceiver, Receipt, ReplayRequest
from station.messages.states import LaneState
from station.messages.topics import LaneTopics
from station.trust.keys import PublicKey
from station.trust.refusal import Untrusted
from station.trust.signed import Signed, verify

_LACKS_NOTHING = 2**62
"""Stands for the newest list and suspension, so that no receiver sends any."""
_ASK_AGAIN = Millis(500)

Place = tuple[int, int]
"""Epoch and seq."""


class PlayedLane:
    """Use it for one clause. Methods that wait raise Failed with what the receiver did wrong."""

    def __init__(self, line: Line, topics: LaneTopics, key: PublicKey, patience: Millis, long_patience: Millis) -> None:
        self.topics = topics
        self.end = Link(topics.station, topics.lane)
        self.receipts: list[Receipt] = []
        self.replays: list[ReplayRequest] = []
        self._line = line
        self._keys = {key.key_id: key}
        self._patience = patience
        self._long_patience = long_patience
        self._chain: list[RecordEvent] = []
        self._places: dict[Place, int] = {}
        self._sent: set[Place] = set()
        self._boots = count(1)

    # ------------------------------------------------------------------ the chain
    def write(self, contents: Iterable[Content]) -> list[RecordEvent]:
        """The next records of the chain; nothing is sent yet."""
        return self.append(self.end.chain(contents))

    def append(self, events: Sequence[RecordEvent]) -> list[RecordEvent]:
        """These are the next records of the chain."""
        for event in events:
            self._places[event.epoch, event.seq] = len(self._chain)
            self._chain.append(event)
        self.end = after(self._chain[-1])
        return list(events)

    def behind(self, receipt: Receipt) -> list[RecordEvent]:
        """What a lane sends again after this receipt."""
        return self._chain[self._places.get((receipt.epoch, receipt.seq), -1) + 1 :]

    # ------------------------------------------------------------------ sending
    def send(self, events: Sequence[RecordEvent], encode: Callable[[RecordEvent], bytes] = encode_event) -> None:
        """Send records of the chain, in batches."""
        self._sent |= {(event.epoch, event.seq) for event in events}
        self._line.send(self.topics.records, *batches(events, encode))

    def send_foreign(self, *payloads: bytes, topic: str = "") -> None:
        """Send what is not of the chain, or no records at all."""
        self._line.send(topic or self.topics.records, *payloads)

    def state(self, *, online: bool = True) -> LaneState:
        """What the lane says of itself, each time as if it had just begun."""
        boot = f"boot-{next(self._boots)}"
        return LaneState(self.topics.station, self.topics.lane, online, boot, _LACKS_NOTHING, _LACKS_NOTHING)

    # ------------------------------------------------------------------ hearing
    def hear(self) -> None:
        """Judge what has come. Raises Failed."""
        for arrived in self._line.take(self.topics.receipt):
            if arrived.retained:
                raise Failed("RETAINED")
            message = self._read(arrived.payload)
            if isinstance(message, Receipt):
                self._judge(message)
                self.receipts.append(message)
            elif isinstance(message, ReplayRequest):  # a witness answers a checkpoint, which this lane never sends
                self.replays.append(message)

    def go(self) -> None:
        """Say goodbye, so that the receiver expects nothing more; judge what has come to the end."""
        self._line.send(self.topics.state, plain_bytes(self.state(online=False)))
        self.hear()

    def come_up(self) -> Receipt:
        """Say that the lane is there, as often as needed; the first receipt that follows."""
        self.hear()
        before = len(self.receipts)
        begun = now()
        while now() - begun < self._long_patience:
            self._line.send(self.topics.state, plain_bytes(self.state()))
            if self.waits_for(lambda: len(self.receipts) > before, _ASK_AGAIN):
                return self.receipts[before]
        raise Failed("NO_ANSWER", seconds=self._long_patience // 1000)

    def await_receipt(self, event: RecordEvent) -> None:
        """Until a receipt names this record."""
        if not self.waits_for(lambda: self.has_receipt(event), self._patience):
            raise Failed("NO_RECEIPT", seq=event.seq, seconds=self._patience // 1000)

    def has_receipt(self, event: RecordEvent) -> bool:
        """Whether a receipt has named this record."""
        return any((receipt.epoch, receipt.seq) == (event.epoch, event.seq) for receipt in self.receipts)

    def waits_for(self, condition: Callable[[], bool], patience: Millis) -> bool:
        """Whether the condition came true in time, hearing all the while."""

        def heard() -> bool:
            self.hear()
            return condition()

        return self._line.wait(heard, patience)

    def _read(self, payload: bytes) -> FromReceiver:
        try:
            message: FromReceiver = from_plain(FromReceiver, verify(Signed.from_wire(payload), "receipt", self._keys))
        except Untrusted as error:
            raise Failed("NOT_SIGNED", cause=error.reason) from error
        except NotPlain as error:
            raise Failed("NOT_SIGNED", cause="malformed") from error
        if (message.station, message.lane) != (self.topics.station, self.topics.lane):
            raise Failed("NOT_SIGNED", cause="wrong-station")
        return message

    def _judge(self, receipt: Receipt) -> None:
        place = (receipt.epoch, receipt.seq)
        if not receipt.is_sound:
            raise Failed("NOT_SIGNED", cause="malformed")
        if place == (0, 0):
            expected = NO_HASH
        elif place not in self._sent:
            raise Failed("NOT_SENT", seq=receipt.seq)
        else:
            at = self._places[place]
            missing = [one for one in self._chain[:at] if (one.epoch, one.seq) not in self._sent]
            if missing:
                raise Failed("OVER_A_GAP", seq=receipt.seq, missing=missing[0].seq)
            expected = self._chain[at].hash
        if receipt.hash != expected.hex():
            raise Failed("OTHER_HASH", seq=receipt.seq)
