"""An UHF tag reader, whatever its protocol: reads become stays, silence and complaints become faults."""

from collections.abc import Sequence
from contextlib import suppress

from drivers.contract.driver import Answer, Clock, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.link import Link
from drivers.contract.orders import Order, TriggerScan
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading
from drivers.links.refused_bytes import RefusedBytes
from drivers.links.serial_link import SerialLink
from drivers.links.tcp_link import TcpLink
from drivers.scanner.length_frames import BadBytes
from drivers.scanner.stays import Sighting, StayRule, Stays
from drivers.scanner.tag_voice import Alive, Heard, TagVoice, Trouble

_REPORT_EVERY = Millis(10_000)
_WRITE_WITHIN = Millis(100)
_ANSWER_WITHIN = Millis(1000)
_MANY_BYTES = 16
_TCP = "tcp://"


def link_to(port: str, baud: int) -> Link:
    """A serial port, 8N1, or "tcp://host:port" for a reader in the network. Raises ValueError for half of that."""
    if not port.startswith(_TCP):
        return SerialLink(port, baud=baud)
    host, _, number = port.removeprefix(_TCP).rpartition(":")
    if not host or not number.isdigit() or not 0 < int(number) < 65536:
        raise ValueError(f"{port!r} is no address; a reader in the network is written tcp://192.0.2.7:6000")
    return TcpLink(host, int(number))


class TagReader:
    """A Driver of one reader on `link`. Gives TagSeen and BytesRefused; obeys TriggerScan.

    On: tags that are in the field are told again, as for a new vehicle. Off: the reader rests and no tag is told.
    `silence` is how long no good frame may come before the reader counts as silent or garbled, `answer_within` how long
    at the opening.
    """

    _obeyed: str

    def __init__(
        self,
        device: str,
        kind: str,
        link: Link,
        voice: TagVoice,
        rule: StayRule,
        silence: Millis,
        clock: Clock,
        answer_within: Millis = _ANSWER_WITHIN,
    ) -> None:
        self._device = device
        self._kind = kind
        self._link = link
        self._voice = voice
        self._rule = rule
        self._silence = silence
        self._answer_within = answer_within
        self._clock = clock
        self._refused = RefusedBytes(_REPORT_EVERY)
        self._is_open = False
        self._start_afresh()

    def open(self) -> Identity:
        """Begin to read; the reader must have said something that makes sense."""
        self._link.open()
        self._is_open = True
        self._start_afresh()
        ends = Tick(self._clock() + self._answer_within)
        while (now := self._clock()) < ends and self._exchange(now, ends) and not self._has_answered:
            pass
        if not self._has_answered:
            fault = self._unheard(self._answer_within)
            self.close()
            raise fault
        return Identity(self._kind, f"{self._detail or 'reading'} on {self._link}")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        """Read until there is a tag to tell or `patience` is over."""
        ends = Tick(self._clock() + patience)
        while True:
            is_moving = self._exchange(self._clock(), ends)
            now = self._clock()
            readings = self._readings(now)
            silent_for = Millis(now - self._answered)
            if not readings and silent_for >= self._silence:
                raise self._unheard(silent_for)
            if readings or now >= ends or not is_moving:
                return readings

    def obey(self, order: Order, patience: Millis) -> Answer:
        """Only the wish is kept here; the polls carry it to the reader and see that it obeys."""
        if not isinstance(order, TriggerScan):
            return Answer("refused", f"{self._device} is a tag reader and does not obey {type(order).__name__}")
        now = self._clock()
        if now > order.not_after:
            return Answer("expired", f"{now - order.not_after} ms late")
        if order.order_id != self._obeyed:
            self._obeyed, self._is_on = order.order_id, order.on
            self._stays.forget_told()
        return Answer("accepted")

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            if farewell := self._voice.farewell():
                with suppress(DeviceFault):  # the contract: close never raises; a reader that is gone needs none
                    self._link.write(farewell, _WRITE_WITHIN)
        self._link.close()

    def _start_afresh(self) -> None:
        self._voice.restart()
        self._stays = Stays(self._rule)
        self._refused.forget()
        self._is_on = True
        self._obeyed = ""
        self._detail = ""
        self._has_answered = False
        self._answered = self._clock()
        self._bad_bytes = 0

    def _exchange(self, now: Tick, ends: Tick) -> bool:
        """Say what is due and hear what comes, until `ends` or the next word at most.

        False if nothing came and the clock stands, as a simulated one does: then nothing more will come by waiting.
        """
        if said := self._voice.say(now, is_on=self._is_on):
            self._link.write(said, _WRITE_WITHIN)
        patience = Millis(max(0, min(ends, self._voice.next_word()) - now))
        data = self._link.read(patience)
        heard_at = self._clock()
        for heard in self._voice.hear(data, heard_at):
            self._take(heard, heard_at)
        return bool(said or data) or not patience or heard_at != now

    def _take(self, heard: Heard, now: Tick) -> None:
        if isinstance(heard, BadBytes):
            self._bad_bytes += len(heard.raw)
            self._refused.add(heard.raw)
            return
        self._has_answered, self._answered, self._bad_bytes = True, now, 0
        match heard:
            case Sighting() if self._is_on:
                self._stays.saw(heard, now)
            case Alive(detail=detail):
                self._detail = detail or self._detail
            case Trouble(seen=seen, next_step=next_step):
                raise DeviceFault("refused", self._device, seen, next_step)

    def _readings(self, now: Tick) -> list[Reading]:
        readings: list[Reading] = [*self._stays.tell(now)]
        refused = self._refused.report(now)
        return [*readings, refused] if refused else readings

    def _unheard(self, silent_for: Millis) -> DeviceFault:
        if self._bad_bytes >= _MANY_BYTES:
            seen = f"{self._bad_bytes} bytes but no frame for {silent_for} ms on {self._link}"
            return DeviceFault("garbled", self._device, seen, "compare baud rate and model with the reader")
        seen = f"no answer for {silent_for} ms on {self._link}"
        return DeviceFault("silent", self._device, seen, "check power, cable and address of the reader")
