"""A camera that pushes what it saw: store first, thank then, tell once. The same for every maker."""

import ipaddress
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.camera.credentials import check_reference, read_credentials
from drivers.camera.digest_auth import Gate
from drivers.camera.http_codec import Message
from drivers.camera.picture_store import NotStored, PictureStore
from drivers.camera.push import Pushed, PushedPlate, Unusable
from drivers.camera.push_memory import PushMemory
from drivers.camera.push_receiver import Door, PushReceiver, Request
from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import Order
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BytesRefused, PlateSeen, Reading
from drivers.contract.tools import Tools

_TELL_REFUSALS_EVERY = Millis(1_000)
_LONGEST_PAUSE = Millis(60_000)
"""Between two readings of what was turned away, if it goes on: each is a row of the journal, and anybody may knock."""
_MOST_SIGHTINGS = 60
_MINUTE = Millis(60_000)
_LONGEST_REFUSAL = 200

Auth = Literal["none", "basic", "digest"]


@dataclass(frozen=True, slots=True)
class PushSettings:
    """What every push receiver needs; the kinds say it to people."""

    kind: str
    host: str
    allowed: tuple[str, ...]
    port: Annotated[int, Interval(ge=1, le=65_535)]
    auth: Auth
    user: str
    password_file: str
    heartbeat: Annotated[Millis, Interval(ge=0, le=3_600_000)]
    patience: Annotated[Millis, Interval(ge=1_000, le=60_000)]
    largest_body: Annotated[int, Interval(ge=100_000, le=64_000_000)]

    def __post_init__(self) -> None:
        """Raise ValueError naming the field that cannot be used."""
        _check_address("host", self.host)
        if not self.allowed:
            raise ValueError("allowed: name the cameras' addresses; nobody else is heard")
        for address in self.allowed:
            _check_address("allowed", address)
        check_reference(self.user, self.password_file)
        if (self.auth == "none") != (self.user == ""):
            raise ValueError('auth: "basic" and "digest" need user and password_file, "none" takes neither')


def _check_address(field: str, said: str) -> None:
    try:
        ipaddress.ip_address(said)
    except ValueError as error:
        raise ValueError(f"{field}: {said!r} is no IP address") from error


@dataclass(frozen=True, slots=True)
class Manner:
    """What is particular to a maker: `read` makes sense of a request, `paths` are served, `thanks` answers 200."""

    read: Callable[[Message], Pushed]
    paths: tuple[str, ...]
    thanks: str


class PushDriver:
    """Receives pushes. A sighting is answered 200 only when its pictures and itself are safe on the disk.

    The same sighting again is thanked for and not told again, over restarts too. One that was stored when the worker
    died is told by the next one. 503 says that it was not stored: the disk did not take it, or more than 60 came within
    a minute, which no lane has trucks for. 400 says that it makes no sense; what was turned away is told as
    BytesRefused, at most once a second, and once a minute if it goes on. With `heartbeat` a camera that says nothing is
    "silent".
    """

    def __init__(self, device: str, settings: PushSettings, tools: Tools, manner: Manner) -> None:
        self._device = device
        self._settings = settings
        self._manner = manner
        self._clock = tools.clock
        self._store = PictureStore(tools.evidence)
        self._memory = PushMemory(tools.evidence, device)
        self._receiver: PushReceiver | None = None
        self._news: list[Reading] = []
        self._handed: list[PlateSeen] = []
        self._last_heard = self._last_refusal = self._clock()
        self._refusals: list[str] = []
        self._more_refusals = 0
        self._refusal_pause = _TELL_REFUSALS_EVERY
        self._kept: deque[Tick] = deque(maxlen=_MOST_SIGHTINGS)

    def open(self) -> Identity:
        self.close()
        settings = self._settings
        who = read_credentials(self._device, settings.user, settings.password_file)
        gate = Gate(who, settings.auth) if who is not None and settings.auth != "none" else None
        door = Door(settings.host, settings.port, settings.allowed, settings.largest_body, settings.patience)
        receiver = PushReceiver(self._device, door, gate, self._clock)
        receiver.open()
        self._receiver = receiver
        self._handed, self._refusals, self._more_refusals = [], [], 0
        self._news = list(self._memory.load(self._clock()))
        self._last_heard = self._clock()
        self._refusal_pause = _TELL_REFUSALS_EVERY
        self._last_refusal = Tick(self._last_heard - 2 * _TELL_REFUSALS_EVERY)
        return Identity(settings.kind, f"listens on {settings.host}:{settings.port} for {', '.join(settings.allowed)}")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        receiver = self._receiver
        if receiver is None:
            raise DeviceFault("silent", self._device, "it does not listen", "open it first")
        for seen in self._handed:  # whoever asks again has taken what was given before
            self._memory.told(seen)
        end = Tick(self._clock() + patience)
        while not self._news:
            for request in receiver.wait(Millis(end - self._clock())):
                self._last_heard = self._clock()
                receiver.answer(request, *self._take(request))
            self._judge_refusals(receiver)
            self._judge_silence()
            if self._clock() >= end:
                break
        readings, self._news = self._news, []
        self._handed = [reading for reading in readings if isinstance(reading, PlateSeen)]
        return readings

    def obey(self, order: Order, patience: Millis) -> Answer:
        return Answer("refused", "a camera that pushes takes no orders")

    def close(self) -> None:
        if self._receiver is not None:
            self._receiver.close()
            self._receiver = None

    def _take(self, request: Request) -> tuple[int, str]:
        """Status and body of the answer; whatever it says has been done before."""
        method, target, _ = request.message.start
        if target.partition("?")[0] not in self._manner.paths:
            self._refusals.append(f"path {target[:60]}")
            return 404, ""
        if method != "POST":
            return 405, ""
        pushed = self._manner.read(request.message)
        if isinstance(pushed, Unusable):
            self._refusals.append(pushed.seen)
            return 400, ""
        if isinstance(pushed, PushedPlate) and not self._memory.knows(pushed.event, pushed.plate):
            try:
                self._keep(pushed)
            except NotStored as refusal:
                self._refusals.insert(0, f"not stored: {refusal}")  # the one that must be heard among others
                return 503, ""
        return 200, self._manner.thanks

    def _keep(self, pushed: PushedPlate) -> None:
        """Store the pictures, then the sighting; tell it. Raises NotStored."""
        now = self._clock()
        if len(self._kept) == _MOST_SIGHTINGS and now - self._kept[0] < _MINUTE:
            raise NotStored(f"more than {_MOST_SIGHTINGS} sightings in a minute")
        self._kept.append(now)
        stored = [(picture.purpose, self._store.keep(picture.jpeg)) for picture in pushed.pictures]
        pictures = tuple((purpose, str(picture.path), picture.sha256) for purpose, picture in stored)
        seen = PlateSeen(pushed.event, pushed.plate, pushed.confidence, pushed.direction, pushed.said, pictures)
        self._memory.keep(seen, now)
        self._news.append(seen)
        self._refusals += [f"event {pushed.event}: {lack}" for lack in pushed.lacking]

    def _judge_refusals(self, receiver: PushReceiver) -> None:
        self._refusals += receiver.refused
        receiver.refused.clear()
        self._more_refusals += len(self._refusals[1:])
        del self._refusals[1:]
        since = self._clock() - self._last_refusal
        if self._refusals and since >= self._refusal_pause:
            self._news.append(BytesRefused(1 + self._more_refusals, self._refusals[0][:_LONGEST_REFUSAL], ""))
            goes_on = since < 2 * self._refusal_pause
            self._refusal_pause = (
                Millis(min(2 * self._refusal_pause, _LONGEST_PAUSE)) if goes_on else _TELL_REFUSALS_EVERY
            )
            self._last_refusal = self._clock()
            self._refusals, self._more_refusals = [], 0

    def _judge_silence(self) -> None:
        quiet = self._clock() - self._last_heard
        if self._settings.heartbeat and quiet > self._settings.heartbeat and not self._news:
            seen = f"no push and no heartbeat for {quiet} ms"
            raise DeviceFault("silent", self._device, seen, "check the camera's power, network and alarm host settings")
