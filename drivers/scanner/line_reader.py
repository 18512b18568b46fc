"""What readers of codes share: the wire, the lines, doubled reads, and switching their light on and off."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from drivers.contract.driver import Answer, Clock, Identity
from drivers.contract.link import Link
from drivers.contract.orders import Order, TriggerScan
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading
from drivers.links.refused_bytes import Hint, RefusedBytes
from drivers.scanner.line_codec import Aim, BadScan, LineDecoder, Scan
from drivers.scanner.trigger import Reply, ReplySieve, Trigger, command

_REPORT_EVERY = Millis(10_000)
_TEXT = frozenset({0x00, 0x09, 0x0A, 0x0D, 0x1D, *range(0x20, 0x7F)})  # NUL: every second byte of UTF-16


@dataclass(frozen=True, slots=True)
class Lines:
    """How a reader sends its codes and how it is triggered; the fields are those of the settings."""

    prefix: str
    suffix: str
    aim: Aim
    quiet: Millis
    repeat: Millis
    trigger: Trigger

    def decoder(self) -> LineDecoder:
        """One that has heard nothing. Raises ValueError for a prefix or suffix that is none."""
        return LineDecoder(self.suffix, self.quiet, prefix=self.prefix, aim=self.aim)


class LineReader(ABC):
    """A Driver of one reader on `link`. A reader that says nothing is no fault: nobody shows it a code.

    Obeys TriggerScan if its settings name a trigger, else nothing, and then never transmits.
    """

    _obeyed: str

    def __init__(
        self, device: str, kind: str, link: Link, lines: Lines, clock: Clock, *, is_personal: bool = False
    ) -> None:
        self._device = device
        self._kind = kind
        self._link = link
        self._lines = lines
        self._clock = clock
        self._refused = RefusedBytes(_REPORT_EVERY, is_personal=is_personal)
        self._start_afresh()

    @abstractmethod
    def _meaning(self, scan: Scan) -> Reading:
        """What a code that was not just read already stands for."""

    def open(self) -> Identity:
        self._link.open()
        self._start_afresh()
        return Identity(self._kind, f"listening on {self._link}, suffix {self._lines.suffix}")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        """Read until a code is complete or `patience` is over."""
        if self._found:
            return self._readings(self._clock())
        ends = Tick(self._clock() + patience)
        while True:
            before = self._clock()
            data = self._link.read(self._wait(before, ends))
            now = self._clock()
            self._hear(data, now)
            readings = self._readings(now)
            if readings or now >= ends or (not data and now == before):
                return readings

    def obey(self, order: Order, patience: Millis) -> Answer:
        """Send the reader's own command. The same order again changes nothing."""
        if not isinstance(order, TriggerScan):
            return Answer("refused", f"{self._device} is a reader and does not obey {type(order).__name__}")
        if not (said := command(self._lines.trigger, on=order.on)):
            return Answer("refused", f"{self._device} triggers itself: its settings name no trigger")
        now = self._clock()
        if now > order.not_after:
            return Answer("expired", f"{now - order.not_after} ms late")
        if order.order_id == self._obeyed:
            return Answer("accepted")
        self._link.write(said, patience)
        if self._lines.trigger == "newland":
            answer = self._confirmation(said, Tick(now + patience))
        else:
            answer = Answer("accepted", "sent; this reader confirms nothing")
        self._obeyed = order.order_id if answer.code == "accepted" else ""
        return answer

    def close(self) -> None:
        self._link.close()

    def _start_afresh(self) -> None:
        self._decoder = self._lines.decoder()
        self._sieve = ReplySieve()
        self._heard = Tick(0)
        self._found: list[Scan | BadScan] = []
        self._last: tuple[bytes, Tick] | None = None
        self._obeyed = ""

    def _hear(self, data: bytes, now: Tick) -> list[Reply]:
        """Keep what codes `data` or, if it is empty, the pause completes."""
        if self._lines.trigger != "newland":
            self._found += self._decoder.feed(data, now) if data else self._decoder.wait(now)
            return []
        replies: list[Reply] = []
        others = b""
        if data:
            self._heard = now
            others, replies = self._sieve.feed(data)
        elif now >= self._heard + self._lines.quiet:
            others = self._sieve.release()
        self._found += self._decoder.feed(others, now) if others else []
        self._found += [] if data else self._decoder.wait(now)
        return replies

    def _confirmation(self, said: bytes, ends: Tick) -> Answer:
        """What the reader answers to the command until `ends`; codes that come meanwhile are kept."""
        while (now := self._clock()) < ends:
            data = self._link.read(Millis(ends - now))
            for reply in self._hear(data, self._clock()):
                if reply.text.encode() in said:
                    return Answer("accepted") if reply.confirmed == "ack" else Answer("refused", reply.confirmed)
            if not data and self._clock() == now:
                break
        return Answer("unknown", "the reader confirmed nothing")

    def _wait(self, now: Tick, ends: Tick) -> Millis:
        due = self._decoder.due()
        until = ends if due is None else min(ends, due)
        if self._sieve.holds:
            until = min(until, Tick(self._heard + self._lines.quiet))
        return Millis(max(0, until - now))

    def _readings(self, now: Tick) -> list[Reading]:
        found, self._found = self._found, []
        readings: list[Reading] = []
        for scan in found:
            if isinstance(scan, BadScan):
                self._refused.add(scan.raw, _suspected(scan))
            elif not self._is_repeated(scan, now):
                readings.append(self._meaning(scan))
        refused = self._refused.report(now)
        return [*readings, refused] if refused else readings

    def _is_repeated(self, scan: Scan, now: Tick) -> bool:
        """Whether a reader that keeps seeing the same code has sent it again."""
        last, self._last = self._last, (scan.raw, now)
        return last is not None and last[0] == scan.raw and now - last[1] < self._lines.repeat


def _suspected(scan: BadScan) -> Hint:
    """Mostly text in a whole line, but no UTF-8: the reader's code page is another."""
    is_text = 2 * sum(byte in _TEXT for byte in scan.raw) >= len(scan.raw)
    return "wrong-code-page?" if scan.why == "not-utf-8" and is_text else ""
