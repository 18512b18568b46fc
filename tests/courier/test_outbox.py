"""The judgement of what goes next, against an unreliable world."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract.quantities import Permille, Tick
from station.courier import outbox
from station.courier.outbox import Outbox


def ready(receive_maximum: int = 65_535) -> Outbox:
    return outbox.connected(Outbox(), receive_maximum, Tick(0))


def test_ten_records_go_at_once_and_fewer_after_50_ms() -> None:
    assert outbox.batch_due(outbox.committed(ready(), 10, Tick(100))) == 100
    assert outbox.batch_due(outbox.committed(ready(), 9, Tick(100))) == 150


def test_waiting_counts_from_the_first_record_that_waits() -> None:
    box = outbox.committed(outbox.committed(ready(), 1, Tick(100)), 2, Tick(140))
    assert outbox.batch_due(box) == 150


def test_a_batch_ends_before_64_kib_but_is_never_empty() -> None:
    assert outbox.batch_length([]) == 0
    assert outbox.batch_length([100] * 30) == 10
    assert outbox.batch_length([100_000, 10]) == 1
    assert outbox.batch_length([30_000, 30_000, 30_000]) == 2


def test_the_window_is_20_or_what_the_broker_takes_less_two_for_urgent_ones() -> None:
    assert ready().window == 18
    assert ready(10).window == 8
    assert ready(1).window == 1


def test_a_puback_alone_frees_no_place_and_a_receipt_alone_neither() -> None:
    box = replace(outbox.committed(ready(), 100, Tick(0)), window=1)
    box = outbox.sent_batch(box, 1, 10, Tick(0))
    assert outbox.batch_due(box) is None
    assert outbox.batch_due(outbox.acknowledged(box, 1)) is None
    assert outbox.batch_due(outbox.receipted(box, 10, Tick(5))) is None
    assert outbox.batch_due(outbox.receipted(outbox.acknowledged(box, 1), 10, Tick(5))) is not None


def test_going_back_takes_two_seconds_then_twice_as_long() -> None:
    box = outbox.sent_batch(outbox.committed(ready(), 10, Tick(0)), 1, 10, Tick(0))
    assert outbox.go_back_due(box) == 2_000
    box = outbox.go_back(box, Tick(2_000), Permille(0))
    assert (box.sent, box.patience) == (0, 4_000)
    for _ in range(10):
        box = outbox.go_back(box, Tick(2_000), Permille(0))
    assert box.patience == 60_000
    assert outbox.receipted(box, 0, Tick(9_000)).patience == 2_000


def test_a_slow_way_gets_four_round_trips() -> None:
    box = outbox.sent_batch(outbox.committed(ready(), 20, Tick(0)), 1, 10, Tick(0))
    box = outbox.receipted(box, 10, Tick(900))
    assert box.patience == 3_600


def test_urgent_messages_wait_when_the_broker_is_full() -> None:
    box = ready(2)
    box = outbox.sent_urgent(outbox.sent_urgent(box, 1, Tick(0)), 2, Tick(0))
    assert not outbox.may_send(box)
    assert outbox.may_send(outbox.acknowledged(box, 1))


def test_a_broker_that_acknowledges_nothing_is_deaf_after_half_a_minute() -> None:
    box = outbox.sent_urgent(ready(), 1, Tick(0))
    assert not outbox.is_deaf(box, Tick(30_000))
    assert outbox.is_deaf(box, Tick(30_001))
    assert not outbox.is_deaf(outbox.acknowledged(box, 1), Tick(90_000))


def test_back_off_doubles_from_one_second_to_a_minute_and_jitter_only_shortens() -> None:
    assert [outbox.back_off(n, Permille(0)) for n in (1, 2, 3, 7, 50)] == [1_000, 2_000, 4_000, 60_000, 60_000]
    assert outbox.back_off(3, Permille(1000)) == 2_000


_EVENTS = st.sampled_from(["commit", "send", "ack", "deliver", "lose", "receipt", "wait", "drop", "up"])


@settings(max_examples=200)
@given(st.lists(_EVENTS, max_size=120), st.integers(1, 25))
def test_whatever_happens_everything_arrives_once_the_way_is_good(events: list[str], receive_maximum: int) -> None:
    world = _World(receive_maximum)
    for event in events:
        world.happen(event)
        world.check()
    world.heal()
    assert world.stored == world.box.newest == world.box.receipted


class _World:
    """A broker that acknowledges or not, a centre that stores the contiguous part, and a clock."""

    def __init__(self, receive_maximum: int) -> None:
        self.maximum = receive_maximum
        self.box = ready(receive_maximum)
        self.now = Tick(0)
        self.mid = 0
        self.wire: list[tuple[int, int, int]] = []
        self.stored = 0
        self.given = 0

    def happen(self, event: str) -> None:
        self.now = Tick(self.now + 7)
        match event:
            case "commit":
                self.given += 3
                self.box = outbox.committed(self.box, self.given, self.now)
            case "send":
                self._send()
            case "ack" if self.wire:
                self.box = outbox.acknowledged(self.box, self.wire[0][0])
            case "deliver" if self.wire:
                mid, first, last = self.wire.pop(0)
                self.box = outbox.acknowledged(self.box, mid)
                self.stored = last if first <= self.stored + 1 <= last else self.stored
            case "lose" if self.wire:
                self.box = outbox.acknowledged(self.box, self.wire.pop(0)[0])
            case "receipt":
                self.box = outbox.receipted(self.box, self.stored, self.now)
            case "wait":
                self._wait()
            case "drop":
                self.box = outbox.disconnected(self.box)
                self.wire.clear()
            case "up" if not self.box.connected:
                self.box = outbox.connected(self.box, self.maximum, self.now)

    def check(self) -> None:
        box = self.box
        assert box.receipted <= self.stored <= self.given
        assert box.receipted <= box.sent <= box.newest
        assert sum(not sent.acknowledged for sent in box.under_way) <= min(20, self.maximum)
        assert len(box.under_way) <= 20

    def heal(self) -> None:
        for _ in range(self.given * 4 + 50):
            for event in ("up", "send", "deliver", "receipt", "wait"):
                self.happen(event)
            self.check()

    def _send(self) -> None:
        due = outbox.batch_due(self.box)
        if due is None:
            return
        self.now = Tick(max(self.now, due))
        last = self.box.sent + outbox.batch_length([500] * (self.box.newest - self.box.sent))
        self.mid += 1
        self.wire.append((self.mid, self.box.sent + 1, last))
        self.box = outbox.sent_batch(self.box, self.mid, last, self.now)

    def _wait(self) -> None:
        due = outbox.go_back_due(self.box)
        if due is not None and not self.wire:
            self.now = Tick(max(self.now, due))
            self.box = outbox.go_back(self.box, self.now, Permille(500))
