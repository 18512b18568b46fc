"""What the courier and its lane say to each other over their SOCK_SEQPACKET pair, one canonical JSON per packet."""

import socket
from collections import deque
from dataclasses import dataclass
from typing import cast

from drivers.contract.plain import NotPlain, decode, encode
from drivers.contract.quantities import Tick

MOST_PACKET = 32 * 1024
_MOST_WAITING = 1_000


@dataclass(frozen=True, slots=True)
class LinkIs:
    """Connected to the broker and subscribed, or not."""

    up: bool


@dataclass(frozen=True, slots=True)
class Receipted:
    """The centre has stored everything up to `seq`: signature and hash are right, the cursor is on disk."""

    epoch: int
    seq: int


@dataclass(frozen=True, slots=True)
class Noticed:
    """The centre has stored the live copy of record `seq`: signature and hash are right. Its receipt is to come."""

    epoch: int
    seq: int


@dataclass(frozen=True, slots=True)
class Witnessed:
    """The centre has witnessed the checkpoint at record `seq`; `signed` is its word, verified, as it came."""

    epoch: int
    seq: int
    signed: str


@dataclass(frozen=True, slots=True)
class ListArrived:
    """A newer eligible list is in force in courier.db."""

    number: int
    issued_ms: int
    entries: int


@dataclass(frozen=True, slots=True)
class SuspensionArrived:
    """A declaration is (no longer) suspended; courier.db says so already."""

    declaration: str
    lifted: bool
    number: int


@dataclass(frozen=True, slots=True)
class DecisionArrived:
    """A central officer's act in wire form; whose it is and whether it fits is the lane's to judge."""

    number: int
    act: str


@dataclass(frozen=True, slots=True)
class WatchlistArrived:
    """Another watchlist is in force in courier.db."""

    number: int


@dataclass(frozen=True, slots=True)
class RulesCame:
    """Rules of the centre; told again at each start of the courier."""

    number: int
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ProposalCame:
    """The centre proposes other settings; told again at each start of the courier. Fields as in `ProposalArrived`."""

    number: int
    sha256: str
    settings_sha256: str
    changes: tuple[tuple[str, str], ...]
    reason: str
    valid_until_ms: int


@dataclass(frozen=True, slots=True)
class DownlinkRefused:
    """Something from the centre's side was not accepted; codes and short text, as in the fact InputRefused."""

    thing: str
    reason: str
    next_step: str


@dataclass(frozen=True, slots=True)
class FileTaken:
    """What became of a file of downlinks; fields as in the fact FileImported."""

    act_id: str
    actor: str
    sha256: str
    things: tuple[str, ...]
    repeated: int
    refused: int
    reason: str


@dataclass(frozen=True, slots=True)
class CourierBeat:
    """The courier's loop turns."""

    tick: Tick


@dataclass(frozen=True, slots=True)
class Committed:
    """The journal holds records up to `seq`."""

    seq: int


@dataclass(frozen=True, slots=True)
class Notify:
    """Record `seq` also goes at once, as a notice."""

    seq: int


@dataclass(frozen=True, slots=True)
class TakeFile:
    """An officer has laid a file of signed downlinks into the folder of imports, under its SHA-256 (hex)."""

    act_id: str
    actor: str
    sha256: str


@dataclass(frozen=True, slots=True)
class DiskIs:
    """How full the lane's disk is, for the state that the centre sees; -1 while unknown."""

    level: str = ""
    free_mib: int = -1
    days_left: int = -1


@dataclass(frozen=True, slots=True)
class Stop:
    """Finish and exit."""


News = ListArrived | SuspensionArrived | WatchlistArrived | RulesCame | DecisionArrived | ProposalCame
"""What came down and was accepted since the lane was last told."""

ToLane = LinkIs | Receipted | Noticed | Witnessed | News | DownlinkRefused | FileTaken | CourierBeat
ToCourier = Committed | Notify | TakeFile | DiskIs | Stop


class LaneWire:
    """The courier's end of the pair. Non-blocking; what does not fit waits here, the newest beat and receipt alone."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._waiting: deque[ToLane] = deque()
        self.is_closed = False

    def fileno(self) -> int:
        """Readable when the lane has said something or has gone."""
        return self._sock.fileno()

    def say(self, message: ToLane) -> None:
        """Send, or keep until the lane has room; the oldest are dropped beyond a thousand."""
        if isinstance(message, CourierBeat | Receipted):
            self._waiting = deque(old for old in self._waiting if not isinstance(old, type(message)))
        if len(self._waiting) >= _MOST_WAITING:
            self._waiting.popleft()
        self._waiting.append(message)
        self.flush()

    def flush(self) -> None:
        """Send what waits, as far as there is room."""
        while self._waiting and not self.is_closed:
            try:
                self._sock.send(encode(self._waiting[0]))
            except BlockingIOError:
                return
            except OSError:  # the lane has gone
                self.is_closed = True
                return
            self._waiting.popleft()

    def hear(self) -> list[ToCourier]:
        """Everything the lane has said. The end of the lane, or a packet that is none of ours, closes the wire."""
        heard: list[ToCourier] = []
        while not self.is_closed:
            try:
                packet = self._sock.recv(MOST_PACKET)
            except BlockingIOError:
                break
            except OSError:
                packet = b""
            if not packet:
                self.is_closed = True
                break
            try:
                heard.append(cast(ToCourier, decode(ToCourier, packet)))
            except NotPlain:
                self.is_closed = True
        return heard

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()
