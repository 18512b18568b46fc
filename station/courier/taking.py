"""Takes downlinks in, over the link or from a file: kept first, then judged, then applied or refused by name.

A file comes where the link is down for days. Each of its lines is what would have travelled, and is judged as such.
"""

import hashlib
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from station.courier.downlink import DownlinkUnacceptable, Judge
from station.courier.in_force import OtherResult
from station.courier.store import CourierStore, InboxRow
from station.courier.talk import FileTaken, TakeFile
from station.journal.folder import make_folder
from station.messages.downlinks import KINDS, EligibleList, ListDelta, SettingsProposal
from station.trust.refusal import Untrusted
from station.trust.signed import Signed

IMPORTS = "import"
"""The folder beside courier.db into which a file is laid, under its SHA-256."""

MOST_FILE = 16 * 1024 * 1024
MOST_LINES = 2_000
_LINES_A_TURN = 10
"""Each costs a few commits: records and receipts go on in between."""

_MOST_THINGS = 12
_LOST_BASE = frozenset({"other-base", "other-result"})
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(slots=True)
class _File:
    """A file that is being taken in."""

    order: TakeFile
    lines: deque[bytes]
    things: list[str]
    repeated: int = 0
    refused: int = 0
    reason: str = ""


class Taking:
    """The way in for downlinks. `refuse` tells lane and centre of a refusal, `applied` that the lane has changed."""

    def __init__(
        self,
        store: CourierStore,
        judge: Judge,
        folder: Path,
        *,
        utc_ms: Callable[[], int],
        refuse: Callable[[DownlinkUnacceptable], None],
        applied: Callable[[], None],
    ) -> None:
        self._store = store
        self._judge = judge
        self._utc_ms = utc_ms
        self._refuse = refuse
        self._applied = applied
        self._folder = folder / IMPORTS
        self._file: _File | None = None
        self._lost_base = False
        make_folder(self._folder)
        for left in self._folder.iterdir():  # its officer was told of no result, and brings it again
            left.unlink(missing_ok=True)

    @property
    def is_busy(self) -> bool:
        """Lines of a file wait."""
        return self._file is not None

    @property
    def wants_full_list(self) -> bool:
        """A delta has come to nothing, or there is no list to put one on."""
        return self._lost_base or not self._store.held().list_content

    def believe(self, judge: Judge) -> None:
        """From now on this one judges."""
        self._judge = judge

    def take(self, topic: str, payload: bytes, *, retained: bool = False) -> tuple[str, str]:
        """(what it is, "") once it is in force, or ("", the code of the refusal)."""
        try:
            self._judge.refuse_unread(topic, payload, retained=retained)
        except DownlinkUnacceptable as refusal:
            self._refuse(refusal)
            return "", refusal.reason
        return self._judged(self._store.receive(topic, payload, self._utc_ms()))

    def take_up(self) -> None:
        """What the last run left unjudged."""
        for row in self._store.unjudged():
            self._judged(row)

    def begin(self, order: TakeFile) -> FileTaken | None:
        """Open a file; its lines follow in `go_on`. The answer, if there is nothing to go on with."""
        try:
            if self._file is not None:
                raise DownlinkUnacceptable("file", "file-in-hand")
            self._file = _File(order, deque(self._lines(order.sha256)), [])
        except DownlinkUnacceptable as refusal:
            self._refuse(refusal)
            return FileTaken(order.act_id, order.actor, order.sha256[:64], (), 0, 1, refusal.reason)
        return None

    def go_on(self) -> FileTaken | None:
        """Some more lines; the answer after the last one."""
        file = self._file
        if file is None:
            return None
        for _ in range(min(_LINES_A_TURN, len(file.lines))):
            self._line(file, file.lines.popleft())
        if file.lines:
            return None
        self._file = None
        (self._folder / file.order.sha256).unlink(missing_ok=True)
        things = tuple(file.things[-_MOST_THINGS:])
        order = file.order
        return FileTaken(order.act_id, order.actor, order.sha256, things, file.repeated, file.refused, file.reason)

    def _line(self, file: _File, line: bytes) -> None:
        thing, reason = self.take(self._topic(line), line)
        if not reason:
            file.things.append(thing)
        elif reason == "repeated":
            file.repeated += 1
        else:
            file.refused += 1
            file.reason = file.reason or reason

    def _topic(self, line: bytes) -> str:
        """The topic on which the line would have come; one that says nothing of itself is judged as a list."""
        topics = self._judge.topics
        try:
            purpose = Signed.from_wire(line).purpose
        except (Untrusted, RecursionError):
            return topics.list
        topic: str = getattr(topics, purpose) if purpose in KINDS.values() else topics.list
        return topic

    def _lines(self, sha256: str) -> list[bytes]:
        """Raises DownlinkUnacceptable: no such file, not the one that was signed for, or too large."""
        if not _HASH.fullmatch(sha256):
            raise DownlinkUnacceptable("file", "file-missing")
        name = f"file {sha256[:16]}"
        try:
            with (self._folder / sha256).open("rb") as opened:
                data = opened.read(MOST_FILE + 1)
        except OSError as error:
            raise DownlinkUnacceptable(f"{name}: {error.strerror}", "file-missing") from error
        if len(data) > MOST_FILE:
            raise DownlinkUnacceptable(name, "oversize")
        if hashlib.sha256(data).hexdigest() != sha256:
            raise DownlinkUnacceptable(name, "file-changed")
        lines = [line for line in data.splitlines() if line.strip()]
        if not 0 < len(lines) <= MOST_LINES:
            raise DownlinkUnacceptable(f"{name}: {len(lines)} lines", "malformed" if not lines else "oversize")
        return lines

    def _judged(self, row: InboxRow) -> tuple[str, str]:
        try:
            thing = self._judge.judge(row.topic, row.payload, self._store.held(), self._utc_ms())
            name = f"{row.topic.rpartition('/')[2]} {thing.number}"
            try:
                self._store.apply(row, thing)
            except OtherResult as error:
                raise DownlinkUnacceptable(name, "other-result") from error
        except DownlinkUnacceptable as refusal:
            self._store.refuse(row, refusal.reason)
            if isinstance(refusal.unfit, SettingsProposal):
                self._store.pass_over(refusal.unfit)
                self._applied()
            if refusal.reason != "repeated":
                self._refuse(refusal)
            if refusal.reason in _LOST_BASE:
                self._lost_base = True
                self._applied()
            return "", refusal.reason
        if isinstance(thing, EligibleList | ListDelta):
            self._lost_base = False
        self._applied()
        return name, ""
