"""A camera that gives single pictures over HTTP: a new one for each order, as durable evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.camera.clip_camera import ClipCamera
from drivers.camera.credentials import check_reference, read_credentials
from drivers.camera.digest_auth import Scheme
from drivers.camera.picture_store import NotStored, PictureStore
from drivers.camera.snapshot_client import NotAPicture, Snapshot, SnapshotClient
from drivers.camera.snapshot_fetch import check_url, place_of
from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import KeepClip, Order, TakePicture
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BytesRefused, PictureFailed, PictureTaken, Reading
from drivers.contract.tools import Tools

_AT_MOST_EVERY = Millis(50)
_MOST_UNUSABLE = 3
_SEE_PATH = "open the url in a browser: it must show a JPEG and nothing else"


@dataclass(frozen=True, slots=True)
class HttpSnapshotSettings:
    """A camera with a snapshot address.

    url: http://HOST:PORT/PATH of one JPEG, without name or password. It is never followed elsewhere.
    user: the camera's account, "" if it asks for none.
    password_file: the whole path of the file whose first line is the password; readable by its owner alone.
    auth: "digest", or "basic", which shows the password on the network.
    timeout: longest time for one picture, all its requests together, ms.
    stale: longest wait for a picture newer than an order, ms.
    look_every: how often it is looked whether the camera is there and its picture still changes, ms.
    frozen: how long the picture may be byte for byte the same before the camera counts as frozen, ms.
    largest_picture: longest JPEG that is taken, bytes.
    """

    kind: Literal["http-snapshot"]
    url: str
    user: str = ""
    password_file: str = ""
    auth: Scheme = "digest"
    timeout: Annotated[Millis, Interval(ge=200, le=10_000)] = Millis(2_000)
    stale: Annotated[Millis, Interval(ge=100, le=10_000)] = Millis(3_000)
    look_every: Annotated[Millis, Interval(ge=500, le=60_000)] = Millis(5_000)
    frozen: Annotated[Millis, Interval(ge=2_000, le=3_600_000)] = Millis(30_000)
    largest_picture: Annotated[int, Interval(ge=10_000, le=32_000_000)] = 16_000_000

    def __post_init__(self) -> None:
        """Raise ValueError naming the field that cannot be used."""
        check_url(self.url)
        check_reference(self.user, self.password_file)


@dataclass(slots=True)
class _Pending:
    """The waiting order; `first` is the first picture that was fetched for it."""

    order_id: str
    ordered: Tick
    first: Snapshot | None = None


class HttpSnapshotDriver:
    """Asks for a picture when ordered, and now and then to see that the camera is there.

    A camera may answer with a picture from before the question. So an order is answered by the first picture that
    differs from one fetched after the order: what came anew since then is newer than the order, whatever the camera
    keeps. `taken` is when that first one was asked for, the earliest that the light can have fallen in.
    One order waits at a time; a newer one replaces it and the older fails as "stale". A lost camera first fails the
    waiting order as "no-stream"; the next `poll` raises the DeviceFault. An answer that is no picture fails the order
    as "undecodable"; three in a row are "garbled". `open` takes at most `timeout`, and looking up the host's name.
    """

    def __init__(self, device: str, settings: HttpSnapshotSettings, tools: Tools) -> None:
        self._device = device
        self._settings = settings
        self._clock = tools.clock
        self._store = PictureStore(tools.evidence)
        self._clips = ClipCamera(device, tools)
        self._client: SnapshotClient | None = None
        self._forget()

    def _forget(self) -> None:
        self._pending: _Pending | None = None
        self._fault: DeviceFault | None = None
        self._failed: list[Reading] = []
        self._last_order_id = ""
        self._last_digest = b""
        self._last_change = self._next_look = self._next_ask = self._clock()
        self._pictures = 0
        self._unusable = 0

    def open(self) -> Identity:
        self.close()
        settings = self._settings
        self._forget()
        who = read_credentials(self._device, settings.user, settings.password_file)
        try:
            place = place_of(settings.url)
        except OSError as error:
            seen = f"{settings.url}: {error.strerror or error}"
            raise DeviceFault("port-missing", self._device, seen, "write the camera's IP address as host") from error
        limits = (settings.timeout, settings.largest_picture)
        client = SnapshotClient(self._device, place, who, settings.auth, limits, self._clock)
        client.begin()
        came = None
        while came is None:
            came = client.advance(settings.timeout)
        if isinstance(came, NotAPicture):
            raise DeviceFault("garbled", self._device, came.seen, _SEE_PATH)
        self._client = client
        self._clips.open()
        self._note(came)
        return Identity(settings.kind, f"JPEG {came.width}x{came.height}")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        client = self._client
        readings, self._failed = self._failed, []
        if self._fault is not None and not readings:
            readings += self._clips.broken_off()
            if not readings:
                raise self._fault
        if client is None and not readings:
            raise DeviceFault("silent", self._device, "the camera is not open", "open it first")
        end = Tick(self._clock() + patience)
        while client is not None and self._fault is None and not readings:
            if not client.is_busy:
                idle_until = self._clips.next_after(self._next_look)
                if self._clock() < (idle_until if self._pending is None else self._next_ask):
                    break
                client.begin()
            readings += self._go_on(client, Millis(end - self._clock()))
            if self._clock() >= end:
                break
        if self._pending is None and not readings:
            readings += self._clips.work()
        return readings

    def obey(self, order: Order, patience: Millis) -> Answer:
        if not isinstance(order, TakePicture | KeepClip):
            return Answer("refused", "a camera only takes pictures")
        now = self._clock()
        if now > order.not_after:
            return Answer("expired")
        if self._client is None or self._fault is not None:
            return Answer("refused", "the camera is not open")
        if isinstance(order, KeepClip):
            return self._clips.obey(order)
        if order.order_id != self._last_order_id:
            self._last_order_id = order.order_id
            self._failed += self._fail_pending("stale")
            self._pending = _Pending(order.order_id, now)
        return Answer("accepted")

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _go_on(self, client: SnapshotClient, patience: Millis) -> list[Reading]:
        try:
            came = client.advance(patience)
        except DeviceFault as fault:
            return self._lose(fault)
        if isinstance(came, NotAPicture):
            return self._refuse(came)
        readings = [] if came is None else self._take_in(came)
        pending = self._pending
        if pending is not None and self._clock() - pending.ordered >= self._settings.stale:
            readings += self._fail_pending("stale")
        return readings

    def _take_in(self, came: Snapshot) -> list[Reading]:
        self._note(came)
        if came.asked - self._last_change >= self._settings.frozen:
            seen = f"the same picture for {came.asked - self._last_change} ms"
            step = "restart the camera; if the scene is still by nature, raise `frozen`"
            return self._lose(DeviceFault("frozen", self._device, seen, step))
        order = self._pending
        if order is None or came.asked < order.ordered:
            return []
        if order.first is None:
            order.first = came
        if came.digest == order.first.digest:
            return []
        self._pending = None
        try:
            stored = self._store.keep(came.jpeg)
        except NotStored:
            return [PictureFailed(order.order_id, "disk")]
        return [PictureTaken(order.order_id, str(stored.path), stored.sha256, order.first.asked, self._pictures)]

    def _note(self, came: Snapshot) -> None:
        """The camera is there; does its picture change?"""
        self._unusable = 0
        self._next_look = Tick(self._clock() + self._settings.look_every)
        self._next_ask = Tick(came.asked + _AT_MOST_EVERY)
        if self._clips.wants(self._clock()):  # a picture that it gave before is no frame
            self._clips.show_jpeg(came.jpeg if came.digest != self._last_digest else b"", came.asked)
        if came.digest != self._last_digest:
            self._last_digest, self._last_change = came.digest, came.asked
            self._pictures += 1

    def _refuse(self, came: NotAPicture) -> list[Reading]:
        self._unusable += 1
        self._next_look = Tick(self._clock() + self._settings.look_every)
        told: list[Reading] = [BytesRefused(1, came.seen, ""), *self._fail_pending("undecodable")]
        if self._unusable >= _MOST_UNUSABLE:
            return told + self._lose(DeviceFault("garbled", self._device, came.seen, _SEE_PATH))
        return told

    def _lose(self, fault: DeviceFault) -> list[Reading]:
        self._fault = fault
        return self._fail_pending("no-stream")

    def _fail_pending(self, reason: Literal["stale", "no-stream", "undecodable"]) -> list[Reading]:
        order, self._pending = self._pending, None
        return [] if order is None else [PictureFailed(order.order_id, reason)]
