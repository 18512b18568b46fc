"""A lane whose devices all do what they are told, for tests that tell one truck's story step by step."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from drivers.contract.orders import (
    AssessScan,
    AssessSeal,
    LowerBoom,
    Order,
    RaiseBoom,
    ReadContainer,
    ReadPlate,
    TakePicture,
    TakeWeight,
)
from drivers.contract.quantities import Grams, Millis, Permille, Tick, kilograms
from drivers.contract.readings import (
    BoomMoved,
    CodeScanned,
    ContainerRead,
    DeckSample,
    LoopEdge,
    PictureTaken,
    PlateColour,
    PlateRead,
    Point,
    Reading,
    ViewMeasured,
    WeighingWindow,
)
from station.core.effects import Effect, LookUp, Send, Spend
from station.core.facts import (
    Action,
    ActReceived,
    Fact,
    LookedUp,
    OfficerAct,
    OrderAnswered,
    Role,
    Spent,
    TimePassed,
)
from station.core.parameters import LaneParameters
from station.core.records import Record, Stamped
from station.core.shown import evidence_digest
from station.core.state import LaneState
from station.core.step import step
from tests.core.view_world import scan_said, seal_said
from tests.core.world import DECLARATION, ENTRY, PARAMETERS, PLATE, UTC, all_open, beginning

TRAVEL_MS = 2_000


@dataclass
class Script:
    """Tell facts with `tell`; every wish is answered at once and well, except the kinds named in `mute`."""

    parameters: LaneParameters = PARAMETERS
    plate: str = PLATE
    gross: int = 42_140
    zero: int | None = None
    listed: bool = True
    suspended: bool = False
    mute: set[type] = field(default_factory=set)
    state: LaneState = field(default_factory=LaneState)
    now: int = 1_000
    facts: int = 0
    stamped: list[Stamped] = field(default_factory=list)
    sent: list[Order] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    acts: int = 0
    clock_quality: str = "synced"
    view: Callable[[], ViewMeasured] | None = None
    """What each measured picture says of the camera; None has none measured."""
    container: Callable[[str], tuple[str, int]] = lambda _: (ENTRY.container, 970)
    """What a picture of the container camera (by its name) says, and how surely in permille."""
    declared_container: str = ENTRY.container
    declared_goods: Grams = ENTRY.goods
    assess: Callable[[AssessScan], Reading] = lambda order: scan_said(order, "EMPTY_LIKELY")
    """What the adviser says of a scan."""
    seal: Callable[[AssessSeal], Reading] = lambda order: seal_said(order, "SEEN")
    """What the adviser says of a picture of a door lock."""
    colour: PlateColour = "UNSURE"
    """What each picture says of the plate's ground."""
    behind: Callable[[int], str] = lambda _: ENTRY.trailer
    """What the trailer camera's picture says, by its number from 0."""
    beside: str = ""
    """The trailer's plate that stands in each picture of the plate camera."""
    declared_trailer: str = ENTRY.trailer
    rear_pictures: int = 0

    def __post_init__(self) -> None:
        self.tell(*beginning(self.now, self.parameters))
        self.tell(*all_open(self.now))
        self.stamped.clear()
        self.sent.clear()

    @property
    def records(self) -> list[Record]:
        return [stamped.record for stamped in self.stamped]

    def of(self, kind: type) -> list[Record]:
        return [record for record in self.records if isinstance(record, kind)]

    def tell(self, *facts: Fact) -> None:
        queue: list[Fact] = list(facts)
        while queue:
            fact = queue.pop(0)
            done = step(self.state, [fact])
            self.facts += 1
            self.state = done.state
            self.stamped += done.records
            self.effects += done.effects
            for effect in done.effects:
                queue += self._answers(effect)

    def read(self, device: str, reading: Reading) -> None:
        from station.core.facts import DeviceRead

        self.tell(DeviceRead(Tick(self.now), device, reading))

    def loop(self, point: Point, *, occupied: bool) -> None:
        self.read("barrier", LoopEdge(point, occupied))

    def deck(self, mass_kg: int) -> None:
        self.read("scale", DeckSample(kilograms(mass_kg), moving=False, valid=True))

    def scan(self, text: str = DECLARATION) -> None:
        self.read("scanner", CodeScanned(text, "]C0", ""))

    def wait(self, millis: int) -> None:
        self.now += millis
        self.tell(TimePassed(Tick(self.now)))

    def drive_on(self) -> None:
        self.loop("entry-loop", occupied=True)
        self.now += 4_000
        self.deck(self.gross)
        self.loop("entry-loop", occupied=False)
        self.now += 1_000

    def drive_off(self) -> None:
        self.loop("under-boom-loop", occupied=True)
        self.now += 3_000
        self.loop("exit-loop", occupied=True)
        self.deck(0)
        self.now += 2_000
        self.loop("under-boom-loop", occupied=False)
        self.now += 1_000
        self.loop("exit-loop", occupied=False)
        self.wait(600)
        self.now += 1_000

    def green(self) -> None:
        """One ordinary truck, from the entry loop to the boom that is down again."""
        self.drive_on()
        self.scan()
        self.drive_off()

    def act(
        self, action: Action, actor: str, role: Role, key_id: str = "", *, remote: bool = False, **changes: object
    ) -> None:
        """An act as the console would have it signed now; `changes` spoil it."""
        crossing = self.state.crossing
        self.acts += 1
        act = OfficerAct(
            f"act-{self.acts}",
            f"{self.parameters.station}/{self.parameters.lane}",
            action,
            crossing.crossing if crossing else "",
            self.state.seq,
            evidence_digest(crossing) if crossing else "",
            actor,
            role,
            "CHECKED_BY_HAND",
            "",
            UTC + self.now + 60_000,
        )
        key, changed = key_id or f"key of {actor}", replace(act, **changes)  # type: ignore[arg-type]
        self.tell(ActReceived(Tick(self.now), changed, key, "signature", remote))

    def _answers(self, effect: Effect) -> list[Fact]:
        tick = Tick(self.now)
        match effect:
            case LookUp(request_id=request, declaration=declaration):
                entry = replace(
                    ENTRY,
                    container=self.declared_container,
                    goods=self.declared_goods,
                    trailer=self.declared_trailer,
                )
                listed = entry if self.listed else None
                return [LookedUp(tick, request, declaration, listed, self.suspended, "", 1, UTC + self.now - 1_000)]
            case Spend(request_id=request) if Spend not in self.mute:
                return [Spent(tick, request, not self.suspended, "SUSPENDED" if self.suspended else "", "")]
            case Send(device=device, order=order) if type(order) not in self.mute:
                self.sent.append(order)
                return [OrderAnswered(tick, order.order_id, "accepted", ""), *self._reading(device, order)]
            case _:
                return []

    def _reading(self, device: str, order: Order) -> list[Fact]:
        from station.core.facts import DeviceRead

        tick = Tick(self.now)
        readings: tuple[Reading, ...] = ()
        match order:
            case RaiseBoom():
                readings = (BoomMoved("moving"), BoomMoved("up"))
            case LowerBoom():
                readings = (BoomMoved("moving"), BoomMoved("down"))
            case TakeWeight(order_id=order_id):
                zero = None if self.zero is None else kilograms(self.zero)
                readings = (WeighingWindow(order_id, kilograms(self.gross), Grams(0), 9, tick, tick, ("02",), zero),)
            case TakePicture(order_id=order_id):
                readings = (PictureTaken(order_id, f"/x/{device}", f"sha-{order_id}", tick, 1),)
            case ReadContainer(order_id=order_id, sha256=sha256, path=path):
                text, permille = self.container(path.removeprefix("/x/"))
                sure = Permille(permille)
                readings = (
                    ContainerRead(
                        order_id, sha256, text, text, sure, (sure,) * len(text), "22G1", sure, "m", Millis(9)
                    ),
                )
            case AssessScan():
                readings = (self.assess(order),)
            case AssessSeal():
                readings = (self.seal(order),)
            case ReadPlate(order_id=order_id, sha256=sha256, path=path) if path == "/x/rear":
                text, sure = self.behind(self.rear_pictures), Permille(970 if self.behind(self.rear_pictures) else 0)
                self.rear_pictures += 1
                each = (sure,) * len(text)
                readings = (PlateRead(order_id, sha256, text, text, sure, each, "m", Millis(4)),)
            case ReadPlate(order_id=order_id, sha256=sha256, measure_view=is_measured):
                sure = Permille(970)
                readings = (
                    *([replace(self.view(), order_id=order_id)] if is_measured and self.view is not None else []),
                    replace(
                        PlateRead(
                            order_id, sha256, self.plate, self.plate, sure, (sure,) * len(self.plate), "m", Millis(4)
                        ),
                        colour=self.colour,
                        colour_confidence=Permille(950),
                        trailer=self.beside,
                        trailer_confidence=sure if self.beside else Permille(0),
                    ),
                )
            case _:
                pass
        return [DeviceRead(tick, device, reading) for reading in readings]
