"""A small random world around a lane, for the laws: it answers orders well, badly, late or never, from a seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from drivers.contract.driver import AnswerCode
from drivers.contract.faults import Fault
from drivers.contract.orders import LowerBoom, Order, RaiseBoom, ReadPlate, TakePicture, TakeWeight
from drivers.contract.quantities import Grams, Millis, Permille, Tick, kilograms
from drivers.contract.readings import (
    Beam,
    BeamEdge,
    BoomMoved,
    ButtonEdge,
    BytesRefused,
    CodeScanned,
    ContactEdge,
    DeckSample,
    IdentityRead,
    IdentityRefused,
    LoopEdge,
    OutputsRead,
    PaperState,
    PictureFailed,
    PictureRefused,
    PictureTaken,
    PlateRead,
    PlateSeen,
    Point,
    PortalAlarm,
    PortalPassed,
    PortalTrouble,
    Reading,
    ScanArrived,
    ScanRefused,
    TagSeen,
    WeighingFailed,
    WeighingWindow,
)
from station.core.effects import Effect, LookUp, Send, Spend
from station.core.facts import (
    Action,
    ActReceived,
    Clock,
    DeviceLost,
    DeviceOpened,
    DeviceRead,
    EligibleEntry,
    Fact,
    InputRefused,
    LaneStarted,
    LinkChanged,
    ListChanged,
    LookedUp,
    OfficerAct,
    OrderAnswered,
    OrdersDropped,
    Role,
    SettingsApplied,
    Spent,
    Suspended,
    TimePassed,
    TrustApplied,
)
from station.core.parameters import LaneParameters, Parts, Patience, Sensors
from station.core.shown import evidence_digest
from station.core.state import LaneState
from station.core.step import Step, step
from tests.core.view_world import VIEWS, eyes_answer, plate_behind, view_of, viewed

UTC = 1_790_000_000_000
PLATE, DECLARATION = "12C04567", "107900000010"
PARAMETERS = LaneParameters("VN-HN", "I1", "15BB")
ENTRY = EligibleEntry(
    DECLARATION,
    "15BB",
    PLATE,
    "12RM00321",
    "TCLU4567897",
    kilograms(22_000),
    kilograms(20_000),
    "cleared",
    "green",
    UTC + 10**10,
)
DEVICES = ("barrier", "scale", "scanner", "camera", "reader")
EXTRAS = ("sign", "voice", "printer", "portal", "xray", "tags", "cards", "plates")
FITTED = replace(
    PARAMETERS,
    parts=Parts(sign="sign", voice="voice", printer="printer", portal="portal", xray="xray"),
    triggered=("scanner",),
    tag_readers=("tags",),
)
"""A lane that has everything but cameras of sides and rear; with `EXTRAS` beside its `DEVICES`."""
BEAMED = replace(FITTED, sensors=Sensors("barrier", "barrier", "barrier"))
POINTS: tuple[Point, ...] = ("entry-loop", "under-boom-loop", "exit-loop")
BEAMS: tuple[Beam, ...] = ("boom-beam", "deck-entry-beam", "deck-exit-beam")


def reading(now: int, device: str, what: Reading) -> DeviceRead:
    return DeviceRead(Tick(now), device, what)


def beginning(now: int, parameters: LaneParameters = PARAMETERS) -> list[Fact]:
    return [
        LaneStarted(Tick(now), UTC + now, "synced", "1", 1, "r" * 64, "s" * 64, (("plate-reader", "m" * 64),)),
        SettingsApplied(Tick(now), parameters),
    ]


def beams(now: int, *which: Beam, broken: bool) -> list[DeviceRead]:
    """What the light barriers say; all of them if none is named."""
    return [reading(now, "barrier", BeamEdge(beam, broken)) for beam in which or BEAMS]


def all_open(now: int, devices: tuple[str, ...] = DEVICES) -> list[Fact]:
    opened: list[Fact] = [DeviceOpened(Tick(now), d, d, "", motion_bounded=d == "barrier") for d in devices]
    edges = [reading(now, "barrier", LoopEdge(point, occupied=False)) for point in POINTS]
    edges += beams(now, broken=False)
    deck = DeckSample(Grams(0), moving=False, valid=True)
    return [*opened, *edges, reading(now, "barrier", BoomMoved("down")), reading(now, "scale", deck)]


@dataclass
class Told:
    """One turn as it was told: for the laws to look at."""

    before: LaneState
    facts: tuple[Fact, ...]
    step: Step


@dataclass
class World:
    """Generates facts; `chaos` is the share (0..1) of nonsense. 1 lane of 2 has beams, 1 of 3 container cameras."""

    seed: int
    chaos: float
    state: LaneState = field(default_factory=LaneState)
    now: int = 1_000
    waiting: list[tuple[int, Fact]] = field(default_factory=list)
    rng: random.Random = field(init=False)
    parameters: LaneParameters = field(init=False)
    acts: int = 0

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.parameters = BEAMED if self.seed % 2 else FITTED
        self.devices: tuple[str, ...] = (*DEVICES, *EXTRAS)
        if self.seed % 3 == 0:
            self.parameters, self.devices = viewed(self.parameters, self.seed), (*self.devices, *VIEWS)

    def tell(self, *facts: Fact) -> Told:
        before = self.state
        done = step(before, facts)
        self.state = done.state
        for effect in done.effects:
            self._answer(effect)
        return Told(before, facts, done)

    def run(self, length: int) -> Iterator[Told]:
        """Tell about `length` facts after the beginning."""
        yield self.tell(*beginning(self.now, self.parameters))
        yield self.tell(*all_open(self.now, self.devices))
        told = 0
        while told < length:
            self.now += self.rng.choice((5, 20, 100, 100, 400, 1_500, 6_000))
            facts = [fact for due, fact in self.waiting if due <= self.now]
            self.waiting = [(due, fact) for due, fact in self.waiting if due > self.now]
            facts = [self._stamped(fact) for fact in facts]
            if self.rng.random() < self.chaos:
                nonsense = self._nonsense()
                facts = nonsense if len(nonsense) > 1 else [*facts, *nonsense]  # a start begins a turn of its own
            elif self.rng.random() < 0.75:
                facts += self._truck()
            elif self.rng.random() < 0.2:
                facts.append(self._plausible())
            if not facts:
                facts = [TimePassed(Tick(self.now))]
            told += len(facts)
            yield self.tell(*facts)

    def _stamped(self, fact: Fact) -> Fact:
        return type(fact)(**{**{f: getattr(fact, f) for f in fact.__slots__}, "tick": Tick(self.now)})

    def _later(self, fact: Fact, soon: int = 30) -> None:
        self.waiting.append((self.now + self.rng.choice((soon, soon, soon * 3, 2_500)), fact))

    def _answer(self, effect: Effect) -> None:
        if self.rng.random() < 0.05:
            return  # never answered
        tick = Tick(self.now)
        match effect:
            case LookUp(request_id=request, declaration=declaration):
                entry = ENTRY if self.rng.random() < 0.8 else None
                suspended = self.rng.random() < 0.1
                issued = UTC + self.now - self.rng.choice((1_000, 1_000, 200_000_000))
                self._later(LookedUp(tick, request, declaration, entry, suspended, "", 1, issued))
            case Spend(request_id=request):
                good = self.rng.random() < 0.85
                self._later(Spent(tick, request, good, "" if good else "SUSPENDED", ""))
            case Send(device=device, order=order):
                self._obey(device, order)
            case _:
                return

    def _obey(self, device: str, order: Order) -> None:
        tick = Tick(self.now)
        answers: tuple[AnswerCode, ...] = ("accepted",) * 12 + ("refused", "expired", "unknown")
        answer = self.rng.choice(answers)
        self._later(OrderAnswered(tick, order.order_id, answer, ""), 10)
        if answer in ("refused", "expired"):
            return
        fails = self.rng.random() < 0.1
        match order:
            case RaiseBoom() | LowerBoom():
                self._later(reading(self.now, device, BoomMoved("moving")), 60)
                if not fails:
                    end = BoomMoved("up" if isinstance(order, RaiseBoom) else "down")
                    self.waiting.append((self.now + 2_200, reading(self.now, device, end)))
            case TakeWeight(order_id=order_id):
                mass = kilograms(self.rng.choice((42_140, 42_140, 42_000, 45_000, 300)))
                window = WeighingWindow(order_id, mass, Grams(0), 9, tick, tick, ("02",))
                self._later(reading(self.now, device, WeighingFailed(order_id, "unstable") if fails else window), 900)
            case TakePicture(order_id=order_id):
                taken = PictureTaken(order_id, f"/x/{order_id}", order_id, tick, 1)
                self._later(reading(self.now, device, PictureFailed(order_id, "stale") if fails else taken), 200)
            case ReadPlate(order_id=order_id, sha256=sha256):
                front = self.rng.choice((PLATE, PLATE, PLATE, "12C04568", ""))
                text = plate_behind(self.state, self.seed, order_id, ENTRY.trailer) or front
                sure = Permille(self.rng.choice((980, 950, 400)))
                read = PlateRead(order_id, sha256, text, text, sure, (sure,) * len(text), "m", Millis(5))
                refused = PictureRefused(order_id, sha256, "not-a-picture")
                self._later(reading(self.now, device, refused if fails else read), 20)
                if order.measure_view:  # before the answer, as the worker has it
                    self.waiting.insert(
                        -1, (self.waiting[-1][0], reading(self.now, device, view_of(self.seed, order_id)))
                    )
            case _:
                said = eyes_answer(self.rng, order)
                if said is not None:
                    self._later(reading(self.now, device, said), 20)

    def _truck(self) -> list[Fact]:  # noqa: C901 - one row per phase
        """What an ordinary truck would do next, as far as the lane's phase tells."""
        now, rng, state, crossing = self.now, self.rng, self.state, self.state.crossing
        heavy = DeckSample(kilograms(rng.choice((42_140, 42_140, 42_140, 45_000))), moving=False, valid=True)
        empty = DeckSample(Grams(0), moving=False, valid=True)

        def loop(point: Point, *, occupied: bool) -> DeviceRead:
            return reading(now, "barrier", LoopEdge(point, occupied))

        if state.mode == "CLOSED" and rng.random() < 0.1:
            return [self._act("set-mode")]
        if crossing is None:
            return [loop("entry-loop", occupied=True)]
        if state.phase == "GATHERING" and not crossing.was_whole:
            return [
                reading(now, "scale", heavy),
                loop("entry-loop", occupied=False),
                loop("under-boom-loop", occupied=False),
                *beams(now, broken=False),
            ]
        if state.phase == "GATHERING":
            return [reading(now, "scanner", CodeScanned(DECLARATION, "]C0", ""))] if crossing.declaration == "" else []
        if state.phase == "RELEASING":
            out = beams(now, "boom-beam", "deck-exit-beam", broken=True)
            return [loop("under-boom-loop", occupied=True), *out] if state.light == "green" else []
        if state.phase == "CLEARING" and not crossing.exit_seen:
            return [loop("exit-loop", occupied=True)]
        if state.phase == "CLEARING" and crossing.progress != "gone":
            return [
                reading(now, "scale", empty),
                loop("under-boom-loop", occupied=False),
                loop("exit-loop", occupied=False),
                *beams(now, broken=rng.random() < 0.2),
            ]
        if state.phase == "CLEARING":
            return self._behind()
        if state.phase == "HELD" and rng.random() < 0.4:
            return [self._act()]
        if state.phase == "HELD" and rng.random() < 0.2:
            return [
                loop("entry-loop", occupied=False),
                loop("under-boom-loop", occupied=False),
                reading(now, "scale", empty),
                *beams(now, broken=False),
            ]
        return []

    def _behind(self) -> list[Fact]:
        """Somebody behind the truck that is through comes to the entrance or under the boom; no loop need feel him."""
        now, rng = self.now, self.rng
        point: Point = rng.choice(("entry-loop", "under-boom-loop"))
        beam: Beam = "deck-entry-beam" if point == "entry-loop" else "boom-beam"
        is_there = rng.random() < 0.4
        return [reading(now, "barrier", LoopEdge(point, is_there)), *beams(now, beam, broken=rng.random() < 0.5)]

    def _plausible(self) -> Fact:
        now, rng = self.now, self.rng
        what = rng.randrange(20)
        if what >= 17:
            return beams(now, rng.choice(BEAMS), broken=rng.random() < 0.5)[0]
        if what < 5:
            return reading(now, "barrier", LoopEdge(rng.choice(POINTS), rng.random() < 0.5))
        if what < 8:
            mass = kilograms(rng.choice((0, 0, 20, 42_140, 42_140, 45_000)))
            return reading(now, "scale", DeckSample(mass, rng.random() < 0.3, rng.random() < 0.95))
        if what < 10:
            return reading(now, "scanner", CodeScanned(rng.choice((DECLARATION, DECLARATION, "hello")), "]C0", ""))
        if what == 10:
            return self._act()
        if what == 11:
            return Suspended(Tick(now), rng.choice((DECLARATION, "307900000010")), rng.random() < 0.5, now)
        if what == 12:
            return LinkChanged(Tick(now), rng.random() < 0.5)
        if what > 13:
            return self._around()
        return Clock(Tick(now), UTC + now + rng.choice((0, 0, 0, 5_000)), rng.choice(("synced", "synced", "holdover")))

    def _around(self) -> Fact:
        """What button, cabinet, printer, portal and X-ray say."""
        now, rng = self.now, self.rng
        return rng.choice(
            (
                reading(now, "barrier", ButtonEdge(rng.choice(("help", "ticket")), rng.random() < 0.5)),
                reading(now, "barrier", ContactEdge(rng.choice(("on-battery", "xray-busy")), rng.random() < 0.5)),
                reading(now, "printer", PaperState(rng.choice(("ok", "low", "out")), rng.random() < 0.9)),
                reading(now, "portal", PortalTrouble(rng.choice(("none", "none", "none", "tamper")))),
                reading(now, "portal", PortalAlarm(rng.choice(("gamma", "neutron")), (410, 395, 51, 47))),
                reading(now, "portal", PortalPassed(17, rng.random() < 0.5, False, 9)),
                reading(now, "xray", ScanArrived("S1", (("S1.png", "/x/S1", "a" * 64),))),
                reading(now, "xray", ScanRefused("", "incomplete")),
                reading(now, "tags", TagSeen(rng.choice(("E280AA", "E280BB")), 1, -50)),
                reading(now, "plates", self._sighting()),
                reading(now, "cards", IdentityRead("cccd", (), "sealed:1:2")),
                reading(now, "cards", IdentityRefused("td3", "composite")),
            )
        )

    def _sighting(self) -> PlateSeen:
        """What a plate camera says: this truck, another, or nothing readable."""
        rng = self.rng
        plate, sure = rng.choice((PLATE, PLATE, "14C12345", "12RM00321", "")), Permille(rng.choice((300, 980)))
        return PlateSeen(f"e{rng.randrange(4)}", plate, sure, rng.choice(("forward", "reverse")), "", ())

    def _act(self, wanted: Action | None = None) -> Fact:
        rng, crossing = self.rng, self.state.crossing
        self.acts += 1
        actions: tuple[Action, ...] = ("release", "release", "release", "return", "acknowledge", "set-mode")
        action: Action = wanted if wanted is not None else rng.choice(actions)
        role: Role = rng.choice(("officer", "head-of-unit", "head-of-unit", "technician"))
        act = OfficerAct(
            f"a{self.acts}",
            "VN-HN/I1",
            action,
            crossing.crossing if crossing else "",
            self.state.seq - rng.choice((0, 0, 0, 5)),
            evidence_digest(crossing) if crossing and rng.random() < 0.9 else "0" * 64,
            rng.choice(("1187", "1201", "1202")),
            role,
            "OTHER",
            "",
            UTC + self.now + rng.choice((60_000, 60_000, -1)),
            rng.choice(("AUTOMATIC", "AUTOMATIC", "AUTOMATIC", "ASSISTED", "CLOSED")) if action == "set-mode" else "",
        )
        return ActReceived(Tick(self.now), act, f"key of {act.actor}", "s")

    def _nonsense(self) -> list[Fact]:
        now, rng = Tick(self.now), self.rng
        device = rng.choice((*self.devices, "ghost"))
        order_id = f"m1.1.{rng.randrange(40)}"
        weird: list[Fact] = [
            DeviceLost(now, device, Fault("silent", device, "no answer", "check the cable")),
            DeviceOpened(now, device, "x", "", motion_bounded=rng.random() < 0.5),
            OrderAnswered(now, order_id, rng.choice(("accepted", "unknown", "refused")), ""),
            OrdersDropped(now, tuple(f"m1.1.{n}" for n in range(rng.randrange(30)))),
            LookedUp(now, "q1.1.1", "", None, suspended=False, spent_by="", list_number=0, list_issued_ms=0),
            Spent(now, f"b1.1.{rng.randrange(40)}", accepted=True, reason="", holder=""),
            InputRefused(now, "downlink", "x", "not JSON", "tell the centre"),
            ListChanged(now, rng.randrange(9), UTC, 3),
            TrustApplied(
                now, rng.randrange(4), "0" * 64, (f"{rng.randrange(9):016x}",), (("k" * 16, rng.randrange(4)),)
            ),
            reading(self.now, device, BoomMoved(rng.choice(("down", "up", "moving", "wiring-fault")))),
            reading(self.now, device, BeamEdge(rng.choice(BEAMS), rng.random() < 0.5)),
            reading(self.now, device, OutputsRead(False, False, rng.choice(("red", "green", "dark")), True)),
            reading(self.now, device, BytesRefused(3, "ff", "wrong-baud?")),
            reading(self.now, device, WeighingWindow(order_id, Grams(-5), Grams(0), 1, now, now, ())),
            reading(self.now, device, DeckSample(kilograms(-20), False, True)),
            TimePassed(Tick(self.now - 5_000)),
            SettingsApplied(now, rng.choice((self.parameters, FITTED, PARAMETERS))),
            SettingsApplied(
                now, LaneParameters("VN-HN", "I1", "15BB", "TEST", patience=Patience(gather=Millis(9_000)))
            ),
        ]
        if rng.random() < 0.05:
            return [*beginning(self.now, self.parameters), *all_open(self.now, self.devices)]
        return [rng.choice(weird)]
