"""What the courier sends next, and when: pure judgement over numbers and ticks.

A message occupies a place in the window until the broker has acknowledged it *and* the centre's receipt covers it;
so neither a slow broker nor a dead centre lets more than a window be under way. Without progress everything after
the receipt is sent again (go-back-N), each time with more patience.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from drivers.contract.quantities import Millis, Permille, Tick

BATCH_RECORDS = 10
BATCH_BYTES = 64 * 1024
BATCH_WAIT = Millis(50)
WINDOW = 20
URGENT_PLACES = 2
"""Places of the broker's Receive Maximum that record batches leave free for notices, reports and the state."""
LEAST_PATIENCE = Millis(2_000)
MOST_PATIENCE = Millis(60_000)
BROKER_PATIENCE = Millis(30_000)
"""A broker that has not acknowledged a message after this long is as good as gone."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One message under way. `last_seq` is 0 for urgent messages and for batches that will be sent again anyway."""

    mid: int
    last_seq: int
    tick: Tick
    acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Outbox:
    """`receipted` <= `sent` <= `newest`, all of them seq. `connected` is False between connections."""

    receipted: int = 0
    sent: int = 0
    newest: int = 0
    waiting_since: Tick = Tick(0)
    connected: bool = False
    window: int = 1
    receive_maximum: int = 1
    under_way: tuple[Sent, ...] = ()
    progress: Tick = Tick(0)
    patience: Millis = LEAST_PATIENCE
    rtt: Millis = Millis(0)


def committed(box: Outbox, seq: int, tick: Tick) -> Outbox:
    """The journal holds records up to `seq`."""
    if seq <= box.newest:
        return box
    waiting_since = tick if box.sent >= box.newest else box.waiting_since
    return replace(box, newest=seq, waiting_since=waiting_since)


def nothing_there(box: Outbox) -> Outbox:
    """The journal gave nothing after `sent` (it cannot be read now, or has been replaced): wait for the next word."""
    return replace(box, newest=box.sent)


def begun_again(box: Outbox, start: int, tick: Tick) -> Outbox:
    """The journal has begun an epoch that numbers again from `start` + 1: what was receipted beyond is gone here."""
    box = replace(box, receipted=min(start, box.receipted), newest=start)
    return rewind(box, start, tick)


def connected(box: Outbox, receive_maximum: int, tick: Tick) -> Outbox:
    """A new connection: nothing is under way, and everything after the receipt is sent (again)."""
    most = max(1, min(WINDOW, receive_maximum))
    return replace(
        box,
        connected=True,
        receive_maximum=most,
        window=max(1, most - URGENT_PLACES),
        under_way=(),
        sent=box.receipted,
        progress=tick,
        patience=_calm(box),
    )


def disconnected(box: Outbox) -> Outbox:
    """The connection is gone."""
    return replace(box, connected=False, under_way=())


def may_send(box: Outbox) -> bool:
    """Whether a notice, report or state message may go now."""
    return box.connected and _unacknowledged(box) < box.receive_maximum


def is_idle(box: Outbox) -> bool:
    """Whether nothing is under way and every record that is known of is receipted."""
    return box.connected and not box.under_way and box.newest <= box.receipted


def batch_due(box: Outbox) -> Tick | None:
    """From when on the next batch may go; None while there is nothing to send or no place in the window."""
    pending = box.newest - box.sent
    if not box.connected or pending <= 0:
        return None
    if len(box.under_way) >= box.window or _unacknowledged(box) >= box.receive_maximum:
        return None
    return box.waiting_since if pending >= BATCH_RECORDS else Tick(box.waiting_since + BATCH_WAIT)


def batch_length(sizes: Sequence[int]) -> int:
    """How many of the next records (encoded sizes in bytes) make one message; at least one if there is any."""
    total = 0
    for count, size in enumerate(sizes[:BATCH_RECORDS]):
        total += size + 1
        if count and total > BATCH_BYTES:
            return count
    return min(len(sizes), BATCH_RECORDS)


def sent_batch(box: Outbox, mid: int, last_seq: int, tick: Tick) -> Outbox:
    """A batch that ends with `last_seq` went out as message `mid`."""
    idle = box.sent == box.receipted
    return replace(
        box,
        sent=last_seq,
        under_way=(*box.under_way, Sent(mid, last_seq, tick)),
        progress=tick if idle else box.progress,
    )


def sent_urgent(box: Outbox, mid: int, tick: Tick) -> Outbox:
    """A notice, report or state went out as message `mid`."""
    return replace(box, under_way=(*box.under_way, Sent(mid, 0, tick)))


def acknowledged(box: Outbox, mid: int) -> Outbox:
    """The broker has message `mid`. This delivers nothing."""
    marked = tuple(replace(sent, acknowledged=True) if sent.mid == mid else sent for sent in box.under_way)
    return replace(box, under_way=_still(marked, box.receipted))


def receipted(box: Outbox, seq: int, tick: Tick) -> Outbox:
    """The centre has stored everything up to `seq` (the caller has checked signature and hash). Never goes back."""
    if seq <= box.receipted:
        return replace(box, patience=_calm(box))
    covered = [sent for sent in box.under_way if 0 < sent.last_seq <= seq]
    rtt = box.rtt
    if covered:
        measured = tick - covered[-1].tick
        rtt = Millis(measured if not rtt else (7 * rtt + measured) // 8)
    box = replace(box, receipted=seq, sent=max(seq, box.sent), newest=max(seq, box.newest), progress=tick, rtt=rtt)
    return replace(box, under_way=_still(box.under_way, seq), patience=_calm(box))


def go_back_due(box: Outbox) -> Tick | None:
    """When everything after the receipt is sent again, if nothing happens before; None with nothing under way."""
    if not box.connected or box.sent <= box.receipted:
        return None
    return Tick(box.progress + box.patience)


def go_back(box: Outbox, tick: Tick, jitter: Permille) -> Outbox:
    """Send again from the receipt on; the next time only after twice the patience, up to a minute, varied by jitter."""
    patience = min(2 * box.patience, MOST_PATIENCE)
    box = rewind(box, box.receipted, tick)
    return replace(box, patience=_varied(patience, jitter))


def rewind(box: Outbox, after_seq: int, tick: Tick) -> Outbox:
    """Send again what follows `after_seq`; what is under way only waits for its acknowledgement."""
    over = tuple(replace(sent, last_seq=0) for sent in box.under_way)
    return replace(box, sent=min(after_seq, box.sent), under_way=_still(over, box.receipted), progress=tick)


def is_deaf(box: Outbox, tick: Tick) -> bool:
    """Whether the broker has kept an acknowledgement back for too long: drop the connection."""
    return any(not sent.acknowledged and tick - sent.tick > BROKER_PATIENCE for sent in box.under_way)


def back_off(failures: int, jitter: Permille, most: Millis = MOST_PATIENCE) -> Millis:
    """How long to wait before the next attempt to connect, after `failures` (>= 1) in a row: 1 s doubling to `most`.

    `jitter` (0..1000) shortens it by up to a half, so that a border post's lanes do not all come back at once.
    """
    return _varied(min(1_000 * 2 ** min(failures - 1, 6), most), jitter)


def _varied(wait: int, jitter: Permille) -> Millis:
    return Millis(wait - wait * jitter // 2_000)


def _calm(box: Outbox) -> Millis:
    return Millis(min(max(LEAST_PATIENCE, 4 * box.rtt), MOST_PATIENCE))


def _unacknowledged(box: Outbox) -> int:
    return sum(not sent.acknowledged for sent in box.under_way)


def _still(under_way: tuple[Sent, ...], receipted_seq: int) -> tuple[Sent, ...]:
    """What still occupies a place: not acknowledged, or a batch that no receipt covers."""
    return tuple(sent for sent in under_way if not sent.acknowledged or sent.last_seq > receipted_seq)
