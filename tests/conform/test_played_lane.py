"""How one receipt is judged, without a broker: each wrong one has its finding."""

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest

from drivers.contract.quantities import Millis
from station.conform.chain import Content
from station.conform.finding import Failed
from station.conform.line import Line
from station.conform.played_lane import PlayedLane
from station.courier.mqtt_link import Arrived
from station.messages.envelope import NO_HASH, RecordEvent, decode_batch
from station.messages.receipts import Receipt, ReplayRequest
from station.messages.topics import LaneTopics
from station.trust.keys import PrivateKey
from station.trust.signed import Purpose, sign

TOPICS = LaneTopics("VNHUN1", "L1")
KEY, OTHER_KEY = PrivateKey.from_raw(bytes(32)), PrivateKey.from_raw(b"1" * 32)


class Scripted:
    """Stands for the line: keeps what is sent, gives what the test says."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.coming: list[Arrived] = []

    def send(self, topic: str, *payloads: bytes) -> None:
        self.sent += [(topic, payload) for payload in payloads]

    def take(self, topic: str) -> list[Arrived]:
        coming, self.coming = self.coming, []
        return coming

    def wait(self, condition: Callable[[], object], patience: Millis) -> bool:
        return bool(condition())


def played() -> tuple[PlayedLane, Scripted, list[RecordEvent]]:
    """A lane of five records, of which the third was not sent."""
    line = Scripted()
    lane = PlayedLane(cast(Line, line), TOPICS, KEY.public, Millis(1_000), Millis(1_000))
    events = lane.write([Content("link.state", b'{"is":"LinkState","up":true}')] * 5)
    lane.send([*events[:2], *events[3:]])
    return lane, line, events


def receipt(event: RecordEvent) -> Receipt:
    return Receipt("VNHUN1", "L1", event.epoch, event.seq, event.hash.hex(), 1)


def tell(line: Scripted, thing: object, key: PrivateKey = KEY, purpose: Purpose = "receipt") -> None:
    line.coming.append(Arrived(TOPICS.receipt, sign(purpose, thing, key).to_wire(), retained=False))


def finding(lane: PlayedLane) -> tuple[str, object]:
    with pytest.raises(Failed) as failed:
        lane.hear()
    return failed.value.code, failed.value.values.get("cause", failed.value.values.get("seq"))


def test_right_receipts_and_requests_are_heard() -> None:
    lane, line, events = played()
    tell(line, Receipt("VNHUN1", "L1", 0, 0, NO_HASH.hex(), 1))
    tell(line, receipt(events[1]))
    tell(line, ReplayRequest("VNHUN1", "L1", 2, 1))
    lane.await_receipt(events[1])
    assert [one.seq for one in lane.receipts] == [0, 2] and lane.replays[0].after_seq == 2
    assert lane.behind(lane.receipts[-1]) == events[2:] and lane.behind(lane.receipts[0]) == events
    (batch,) = [payload for topic, payload in line.sent if topic == TOPICS.records]
    assert decode_batch(batch) == [*events[:2], *events[3:]]


@pytest.mark.parametrize(
    ("change", "code", "seen"),
    [
        (lambda events: receipt(events[3]), "OVER_A_GAP", 4),
        (lambda events: receipt(events[2]), "NOT_SENT", 3),
        (lambda events: replace(receipt(events[1]), hash="00" * 32), "OTHER_HASH", 2),
        (lambda events: replace(receipt(events[1]), epoch=2), "NOT_SENT", 2),
        (lambda events: replace(receipt(events[1]), hash="zz"), "NOT_SIGNED", "malformed"),
        (lambda events: replace(receipt(events[1]), lane="L2"), "NOT_SIGNED", "wrong-station"),
        (lambda _events: {"is": "Menu"}, "NOT_SIGNED", "malformed"),
    ],
)
def test_each_wrong_receipt_has_its_finding(
    change: Callable[[list[RecordEvent]], object], code: str, seen: object
) -> None:
    lane, line, events = played()
    tell(line, change(events))
    assert finding(lane) == (code, seen)


def test_a_receipt_of_another_key_or_purpose_or_out_of_the_brokers_store_is_none() -> None:
    for key, purpose, cause in ((OTHER_KEY, "receipt", "unknown-key"), (KEY, "list", "wrong-purpose")):
        lane, line, events = played()
        tell(line, receipt(events[1]), key, cast(Purpose, purpose))
        assert finding(lane) == ("NOT_SIGNED", cause)
    lane, line, events = played()
    line.coming.append(Arrived(TOPICS.receipt, sign("receipt", receipt(events[0]), KEY).to_wire(), retained=True))
    assert finding(lane)[0] == "RETAINED"


def test_silence_is_a_finding() -> None:
    lane, _, events = played()
    with pytest.raises(Failed, match="NO_RECEIPT"):
        lane.await_receipt(events[1])
