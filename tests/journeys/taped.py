"""What the devices of a lane said at one crossing, kept so that it can be said again at others: days in minutes.

The tape is made at a whole gate with real drivers and the plate reader. Played, the lane's loop, core, journal, ledger,
list and personal data are the product's; only the devices' words come from the tape, with the names of this crossing
(declaration, orders, pictures) in the place of the taped ones. The lane does not know.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from hashlib import sha256
from typing import Any, cast

from drivers.contract.driver import Driver
from drivers.contract.orders import Order
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import PictureTaken
from station.core.facts import Action
from station.core.records import CrossingCompleted, End
from station.hosting.host import BusSpec, HostEvent, WorkerRead, WorkerSpec
from station.hosting.inline_host import InlineHost
from station.journal.reader import JournalReader
from station.lane.act_socket import Outcome
from tests.journeys.gate import STEP, TICK_AT_START, Gate
from tests.journeys.test_readers import ReadersGate

_MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Tape:
    """Offsets are milliseconds since its beginning. `sent`: (device and kind of order, order id, whether it was taken).

    `began` is the tick of the beginning; `turns` are those in which the lane had facts; `acts` what officers did:
    (offset, action, actor).
    """

    name: str
    declaration: str
    began: int
    heard: tuple[tuple[int, HostEvent], ...]
    sent: tuple[tuple[str, str, bool], ...]
    turns: tuple[int, ...]
    acts: tuple[tuple[int, Action, str], ...]
    lasts: Millis
    end: End | None
    facts: int
    records: int

    @property
    def pictures(self) -> int:
        """How many pictures were taken."""
        return sum(isinstance(e, WorkerRead) and isinstance(e.reading, PictureTaken) for _, e in self.heard)


class TapingHost(InlineHost):
    """Keeps what it hands over."""

    def __init__(self, *arguments: Any) -> None:  # noqa: ANN401 - as InlineHost
        super().__init__(*arguments)
        self.heard: list[tuple[int, HostEvent]] = []
        self.sent: list[tuple[str, str, bool]] = []

    def receive(self, patience: Millis) -> list[HostEvent]:
        events = super().receive(patience)
        self.heard += [(self._clock(), event) for event in events]
        return events

    def send(self, device: str, order: Order) -> bool:
        taken = super().send(device, order)
        self.sent.append((_kind(device, order), order.order_id, taken))
        return taken


class TapingGate(ReadersGate):
    """`begin` and `end` delimit a tape."""

    def __post_init__(self) -> None:
        self.host_class = TapingHost
        self._done: list[tuple[int, Action, str]] = []
        self.taped_from, self._first = TICK_AT_START, (1, 1)
        super().__post_init__()

    def begin(self) -> None:
        """From here on."""
        self.taped_from, self._first = self.yard.now, (self.journal.next_fseq, self.journal.next_seq)
        self._taping.heard.clear()
        self._taping.sent.clear()
        self._done.clear()

    def act(self, action: Action, actor: str, *, signer: str = "", **changes: object) -> Outcome:
        self._done.append((self.yard.now - self.taped_from, action, actor))
        return super().act(action, actor, signer=signer, **changes)

    def end(self, name: str, declaration: str) -> Tape:
        """Up to here."""
        with JournalReader(self.data.root) as reader:
            facts = reader.facts(self._first[0] - 1, _MOST_ROWS)
        ends = [completed.end for completed in self.completed()]
        return Tape(
            name,
            declaration,
            self.taped_from,
            tuple((tick - self.taped_from, event) for tick, event in self._taping.heard),
            tuple(self._taping.sent),
            tuple(sorted({row.tick - self.taped_from for row in facts})),
            tuple(self._done),
            Millis(self.yard.now - self.taped_from),
            ends[-1] if declaration and ends else None,
            len(facts),
            self.journal.next_seq - self._first[1],
        )

    @property
    def _taping(self) -> TapingHost:
        return cast(TapingHost, self.host)


class PlayedHost(InlineHost):
    """Says again what is on the tape. `Gate.start` gives it devices to serve: it has their words already."""

    def __init__(self, *arguments: Any) -> None:  # noqa: ANN401 - as InlineHost
        super().__init__(*arguments)
        self._tape: Tape | None = None
        self._names: dict[str, str] = {}
        self._orders: dict[str, list[tuple[str, bool]]] = {}
        self._began = self._at = 0
        self._said: list[HostEvent] = []

    def start(self, spec: WorkerSpec | BusSpec) -> None:
        """Nothing to start."""

    def put_in(self, tape: Tape, began: int, names: Mapping[str, str]) -> None:
        """Play from tick `began` on. `names` says what is called otherwise this time."""
        self._tape, self._began, self._names = tape, began, dict(names)
        self._at, self._orders = 0, {}
        for kind, order_id, taken in tape.sent:
            self._orders.setdefault(kind, []).append((order_id, taken))

    def say(self, event: HostEvent) -> None:
        """Beside the tape."""
        self._said.append(event)

    def send(self, device: str, order: Order) -> bool:
        """The n-th order of a kind gets the answer of the taped n-th one."""
        taped = self._orders.get(_kind(device, order))
        if not taped:
            return False
        was, taken = taped.pop(0)
        self._names[was] = order.order_id
        return taken

    def receive(self, patience: Millis) -> list[HostEvent]:
        events, self._said = self._said, []
        until = self._clock() - self._began
        while self._tape is not None and self._at < len(self._tape.heard) and self._tape.heard[self._at][0] <= until:
            later = self._began - self._tape.began
            events.append(_renamed(self._tape.heard[self._at][1], self._names, later))
            self._at += 1
        return events


@dataclass
class PlayedGate(Gate):
    """A lane that hears tapes. Its yard is only a clock."""

    opening: Tape | None = None
    since: int = TICK_AT_START

    def __post_init__(self) -> None:
        self.host_class = PlayedHost
        super().__post_init__()

    def start(self) -> None:
        """The devices open as they did for the opening tape."""
        self.took_us: list[int] = []
        self._at(self.since)
        super().start()
        self._acts = self.journal.next_seq  # no act has the id of one before this start
        if self.opening is not None:
            self.play(self.opening)

    def _build(self, spec: WorkerSpec) -> Driver:
        raise AssertionError("nothing is built: the devices are on tape")

    def turn(self, elapsed: Millis = STEP) -> None:
        self._at(self.yard.now + elapsed)
        figures = self.loop.figures
        figures.keep_us = 0
        self.loop.turn(Millis(0))
        if figures.keep_us:
            self.took_us.append(figures.decide_us + figures.keep_us)

    def play(self, tape: Tape, declaration: str = "", number: int = 0) -> None:
        """The whole tape, for another declaration; the pictures are those of crossing `number`."""
        began, acts = self.yard.now, list(tape.acts)
        names = {tape.declaration: declaration} if declaration else {}
        self.played.put_in(tape, began, names | _pictures(tape, number))
        for offset in tape.turns:
            while acts and acts[0][0] < offset:
                at, action, actor = acts.pop(0)
                self._at(began + at)
                self.act(action, actor)
            if began + offset > self.yard.now:
                self._at(began + offset - STEP)
                self.turn()
                self.turn()  # what the hands of the lane found out at once is told with the next turn
        self._at(began + tape.lasts)

    def newest_completed(self, count: int) -> list[CrossingCompleted]:
        """The last crossings of a journal that may be long."""
        found: list[CrossingCompleted] = []
        with JournalReader(self.data.root) as reader:
            for row in reader.records(max(0, self.journal.next_seq - _MOST_ROWS), _MOST_ROWS):
                record = reader.as_record(row) if row.type == "crossing.completed" else None
                if isinstance(record, CrossingCompleted):
                    found.append(record)
        return found[-count:]

    @property
    def played(self) -> PlayedHost:
        """The host."""
        return cast(PlayedHost, self.host)

    def _at(self, tick: int) -> None:
        self.yard.now = max(self.yard.now, tick)  # type: ignore[assignment]


def _kind(device: str, order: Order) -> str:
    return f"{device} {type(order).__name__}"


def _pictures(tape: Tape, number: int) -> dict[str, str]:
    """No camera that sees gives the same file twice: each picture has another hash in each crossing."""
    names: dict[str, str] = {}
    for _, event in tape.heard:
        if isinstance(event, WorkerRead) and isinstance(event.reading, PictureTaken):
            was = event.reading.sha256
            now = sha256(f"{number} {was}".encode()).hexdigest()
            names[was] = now
            names[event.reading.path] = event.reading.path.replace(f"{was[:2]}/{was}", f"{now[:2]}/{now}")
    return names


def _renamed(value: Any, names: Mapping[str, str], later: int) -> Any:  # noqa: ANN401 - any message
    """The same with other names and `later` ticks, at any depth."""
    if isinstance(value, str):
        return names.get(value, value)
    if is_dataclass(value) and not isinstance(value, type):
        changed: dict[str, Any] = {}
        for field in fields(value):
            old = getattr(value, field.name)
            new = old + later if field.type is Tick else _renamed(old, names, later)
            if new is not old:
                changed[field.name] = new
        return replace(value, **changed) if changed else value
    return value
