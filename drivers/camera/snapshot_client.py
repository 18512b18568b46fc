"""A camera's snapshot address: asks, proves who asks when told to, and says plainly what came instead of a picture."""

import hashlib
import select
from dataclasses import dataclass

from drivers.camera.credentials import Credentials
from drivers.camera.digest_auth import Challenge, Scheme, authorization, best_challenge
from drivers.camera.http_codec import Message
from drivers.camera.picture_file import NoPicture, jpeg_sides
from drivers.camera.snapshot_fetch import Fetch, FetchFault, Place
from drivers.contract.driver import Clock
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.quantities import Millis, Tick

_MOST_PROOFS = 2
_CHECK_PASSWORD = "check user, password_file and auth against the camera's accounts"  # noqa: S105 - advice


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole JPEG. The camera was asked at `asked`, so what it held newest then is no older than `digest` says."""

    jpeg: bytes
    width: int
    height: int
    digest: bytes
    asked: Tick


@dataclass(frozen=True, slots=True)
class NotAPicture:
    """The camera answered 200 with something else; `seen` says what."""

    seen: str


class SnapshotClient:
    """One snapshot at a time: `begin`, then `advance` until it gives something. The challenge is remembered, so that
    later snapshots need one request instead of two.
    """

    def __init__(
        self,
        device: str,
        place: Place,
        who: Credentials | None,
        scheme: Scheme,
        limits: tuple[Millis, int],
        clock: Clock,
    ) -> None:
        """`limits`: longest time for one snapshot with all its requests, and its most bytes."""
        self._device = device
        self._place = place
        self._who = who
        self._scheme = scheme
        self._timeout, self._largest = limits
        self._clock = clock
        self._challenge: Challenge | None = None
        self._uses = 0
        self._fetch: Fetch | None = None
        self._proofs = 0
        self._asked = self._until = clock()

    @property
    def is_busy(self) -> bool:
        return self._fetch is not None

    def begin(self) -> None:
        """Ask for the picture of now."""
        self._asked = self._clock()
        self._until = Tick(self._asked + self._timeout)
        self._proofs = 0
        self._ask()

    def advance(self, patience: Millis) -> Snapshot | NotAPicture | None:
        """Go on for at most `patience`; None while nothing is decided. After a DeviceFault nothing is under way."""
        end = min(self._until, self._clock() + patience)
        while (fetch := self._fetch) is not None:
            poller = select.poll()
            poller.register(fetch, select.POLLOUT if fetch.wants_to_write else select.POLLIN)
            poller.poll(max(0, end - self._clock()))
            answer = fetch.advance()
            if isinstance(answer, FetchFault):
                raise self._end(answer.code, answer.seen, "check the camera's power, network, address and port")
            if answer is not None and (judged := self._judge(answer)) is not None:
                return judged
            if answer is None and self._clock() >= self._until:
                seen = f"no whole picture within {self._timeout} ms"
                raise self._end("silent", seen, "restart the camera; if it is slow, raise `timeout`")
            if self._clock() >= end:
                break
        return None

    def close(self) -> None:
        """Give up what is under way."""
        if self._fetch is not None:
            self._fetch.close()
            self._fetch = None

    def _ask(self) -> None:
        self.close()
        header = ""
        if self._challenge is not None and self._who is not None:
            self._uses += 1
            header = authorization(self._challenge, self._who, "GET", self._place.target, self._uses)
        self._fetch = Fetch(self._place, header, self._largest)

    def _judge(self, answer: Message) -> Snapshot | NotAPicture | None:
        """What an answer means; None if the question was put again. Raises DeviceFault."""
        status = answer.start[1]
        if status == "401":
            self._prove(answer)
            return None
        self.close()
        if status != "200":
            raise self._refused(answer)
        try:
            width, height = jpeg_sides("snapshot", answer.body)
        except NoPicture as refusal:
            kind = answer.headers.get("content-type", "no type")[:40]
            return NotAPicture(f"{kind}: {refusal}")
        digest = hashlib.blake2b(answer.body, digest_size=16).digest()
        return Snapshot(answer.body, width, height, digest, self._asked)

    def _prove(self, answer: Message) -> None:
        """Answer the challenge; once more if the nonce was too old, or our memory of it. Raises DeviceFault."""
        if self._who is None:
            raise self._end("refused", "401: it asks for a name and password", "set user and password_file")
        challenge = best_challenge(answer.headers.get("www-authenticate", ""), self._scheme)
        if challenge is None:
            raise self._end("refused", f"401: it does not offer {self._scheme} authentication", _CHECK_PASSWORD)
        if self._proofs == _MOST_PROOFS or (self._proofs and not challenge.stale):
            raise self._end("refused", "401: it does not accept the name or password", _CHECK_PASSWORD)
        self._proofs += 1
        self._challenge, self._uses = challenge, 0
        self._ask()

    def _refused(self, answer: Message) -> DeviceFault:
        status = answer.start[1]
        if status.startswith("3"):
            return self._end("refused", f"{status}: it points elsewhere", "write the picture's own address as url")
        step = "correct the path in url" if status == "404" else "see the camera's own log"
        return self._end("refused", f"it answers {status}", _CHECK_PASSWORD if status == "403" else step)

    def _end(self, code: FaultCode, seen: str, next_step: str) -> DeviceFault:
        self.close()
        return DeviceFault(code, self._device, seen, next_step)
