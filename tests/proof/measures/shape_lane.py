"""A lane for the proof of the shapes: the yard's bodies, models of boom and deck and the pure core, on a fake clock.

No wires: what a worker would do with them is here the two looks at a contact 20 ms apart, the poll between, and the
scale's conditioning. One step is 20 ms.
"""

import random
from collections.abc import Generator
from dataclasses import replace

from drivers.barrier.boom_model import BoomModel
from drivers.barrier.bounce import Steady
from drivers.contract.orders import DropMotion, LowerBoom, Order, RaiseBoom, ReadPlate, TakePicture, TakeWeight
from drivers.contract.quantities import Grams, Millis, Permille, Tick, kilograms
from drivers.contract.readings import (
    BeamEdge,
    BoomMoved,
    BoomPosition,
    CodeScanned,
    LoopEdge,
    PictureTaken,
    PlateRead,
    Reading,
)
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.window import Conditioner, WeighedFrame, WindowJudge
from station.core.deadlines import due
from station.core.effects import Effect, LookUp, Send, Spend
from station.core.facts import DeviceRead, Fact, LookedUp, OrderAnswered, Spent, TimePassed
from station.core.interlock import stands
from station.core.parameters import LaneParameters, Sensors
from station.core.records import AlarmRaised, CrossingCompleted, Record
from station.core.state import LaneState
from station.core.step import step
from station.simulate.ground import (
    BOOM,
    DECK_ENTRY_BEAM,
    DECK_EXIT_BEAM,
    ENTRY_LOOP,
    EXIT_LOOP,
    UNDER_BOOM_LOOP,
    Stretch,
)
from station.simulate.truck import Truck
from tests.core.world import DECLARATION, ENTRY, PLATE, UTC, all_open, beginning

STEP = Millis(20)
HOLD = Millis(20)
PULSE = Millis(500)
FRAME_EVERY = Millis(100)
AT_THE_BOOM = Stretch(BOOM - 0.5, BOOM + 0.5)
"""A boom that is ordered down while anything is here is ordered down on it."""

_ARM = Stretch(BOOM - 0.1, BOOM + 0.1)

Script = Generator[None, None, None]


class ShapeLane:
    """One lane with its gate. `poll` is how often its module is looked at, `reach_m` how high its loops feel iron,
    `beams_m` how high its two beams hang; `expected` is the mass that the list carries for whoever comes.
    """

    def __init__(
        self,
        seed: int,
        sensors: Sensors,
        expected: Grams,
        *,
        poll: Millis = Millis(40),
        reach_m: float = 0.8,
        beams_m: tuple[float, float] = (0.7, 1.1),
    ) -> None:
        self.now = Tick(1_000)
        self.vehicles: list[Truck] = []
        self.records: list[tuple[Tick, Record]] = []
        self.lowered_on = 0
        self.struck = 0
        self.state = LaneState()
        self.boom = BoomModel()
        self._rng = random.Random(seed)
        self._deck = DeckModel(seed)
        self._expected = expected
        self._poll, self._reach_m, self._beams_m = poll, reach_m, beams_m
        self._scripts: list[Script] = []
        self._coming: list[tuple[int, Fact]] = []
        self._readings = self._sensed()
        self._contacts = [Steady[LoopEdge | BeamEdge](HOLD) for _ in self._readings]
        self._was_moving = True
        self._due: Tick | None = None
        self._next_poll = self._look_at = self.now
        self._is_sensed = self._is_at_arm = False
        self._limits: BoomPosition = "down"
        self._pulse_ends = self.now
        self._load = Grams(0)
        self._conditioner = Conditioner()
        self._judge: WindowJudge | None = None
        self._tell(*beginning(self.now, LaneParameters("VN-HN", "I1", "15BB", sensors=sensors)))
        self._tell(*all_open(self.now))

    # ------------------------------------------------------------------ what drivers see and do
    @property
    def may_go(self) -> bool:
        """Green, and the arm all the way up."""
        return self.state.light == "green" and self.boom.up_limit

    @property
    def is_over(self) -> bool:
        """Every driver has done what he came for."""
        return not self._scripts

    def enter(self, vehicle: Truck, script: Script) -> None:
        """A vehicle arrives."""
        self.vehicles.append(vehicle)
        self._scripts.append(script)

    def scan(self) -> None:
        """Somebody holds the declaration's code under the reader."""
        self._hear("scanner", CodeScanned(DECLARATION, "]C0", ""))

    # ------------------------------------------------------------------ what a bystander notes
    def alarms(self, code: str) -> list[Tick]:
        """When alarms of this code were raised."""
        return [tick for tick, record in self.records if isinstance(record, AlarmRaised) and record.code == code]

    def ends(self) -> list[str]:
        """How the crossings ended."""
        return [record.end for _, record in self.records if isinstance(record, CrossingCompleted)]

    def weights(self) -> list[Grams]:
        """What each crossing was decided with."""
        return [record.gross for _, record in self.records if isinstance(record, CrossingCompleted)]

    # ------------------------------------------------------------------ time
    def advance(self) -> None:
        """One step of the world, then what the lane makes of it."""
        self.now = Tick(self.now + STEP)
        self._scripts = [script for script in self._scripts if _goes_on(script)]
        self._drive()
        self._deck.advance(STEP)
        if self.now >= self._pulse_ends:
            self.boom.raise_input = self.boom.lower_input = False
        self.boom.advance(STEP)
        self.struck += self._is_at_arm and self.boom.blocks_way
        if self.now >= self._look_at:
            self._look()
        self._weigh()
        self._turn()

    def _drive(self) -> None:
        """Move what moves; while all stand still, nothing that they touch changes."""
        moving = [vehicle for vehicle in self.vehicles if not vehicle.is_at_goal]
        if not moving and not self._was_moving:
            return
        self._was_moving = bool(moving)
        for vehicle in moving:
            vehicle.advance(STEP)
        load = Grams(sum(vehicle.on_deck() for vehicle in self.vehicles))
        if load != self._load:
            self._load = load
            self._deck.set_load(load)
        self._is_sensed = False
        self._is_at_arm = any(vehicle.covers(_ARM) for vehicle in self.vehicles)
        self.boom.obstacle = self._is_felt(UNDER_BOOM_LOOP) or self._is_broken(BOOM)

    def _turn(self) -> None:
        if not self._coming and (self._due is None or self._due > self.now):
            return
        facts = [fact for at, fact in self._coming if at <= self.now]
        self._coming = [(at, fact) for at, fact in self._coming if at > self.now]
        if not facts and self._due is not None and self._due <= self.now:
            facts = [TimePassed(self.now)]
        if facts:
            self._tell(*(replace(fact, tick=self.now) for fact in facts))

    def _tell(self, *facts: Fact) -> None:
        done = step(self.state, facts)
        self.state = done.state
        self._due = due(done.state)
        self.records += [(stamped.tick, stamped.record) for stamped in done.records]
        for effect in done.effects:
            if stands(done.state, effect):
                self._perform(effect)

    # ------------------------------------------------------------------ sensors
    def _is_felt(self, loop: Stretch) -> bool:
        return any(vehicle.is_felt(loop, self._reach_m) for vehicle in self.vehicles)

    def _is_broken(self, beam_m: float) -> bool:
        return any(vehicle.breaks(beam_m, self._beams_m) for vehicle in self.vehicles)

    def _sensed(self) -> tuple[LoopEdge | BeamEdge, ...]:
        """What every contact says at this instant."""
        return (
            LoopEdge("entry-loop", self._is_felt(ENTRY_LOOP)),
            LoopEdge("under-boom-loop", self._is_felt(UNDER_BOOM_LOOP)),
            LoopEdge("exit-loop", self._is_felt(EXIT_LOOP)),
            BeamEdge("boom-beam", self._is_broken(BOOM)),
            BeamEdge("deck-entry-beam", self._is_broken(DECK_ENTRY_BEAM)),
            BeamEdge("deck-exit-beam", self._is_broken(DECK_EXIT_BEAM)),
        )

    def _look(self) -> None:
        """A poll, or the second look that settles a change."""
        if not self._is_sensed:
            self._readings, self._is_sensed = self._sensed(), True
        if self.now >= self._next_poll:
            self._next_poll = Tick(self.now + self._poll + self._rng.choice((0, 0, 0, 20)))
        for contact, reading in zip(self._contacts, self._readings, strict=True):
            if contact.look(self.now, reading) is not None:
                self._hear("barrier", reading)
        position: BoomPosition = "up" if self.boom.up_limit else "down" if self.boom.down_limit else "moving"
        if position != self._limits:
            self._limits = position
            self._hear("barrier", BoomMoved(position))
        looks = [at for contact in self._contacts if (at := contact.look_again_at) is not None]
        self._look_at = Tick(min([self._next_poll, *looks]))

    def _weigh(self) -> None:
        if self.now % FRAME_EVERY:
            return
        frame = WeighedFrame(self._deck.mass, self._deck.moving, "" if self._deck.in_range else "out-of-range", b"")
        sample = self._conditioner.see(frame, self.now)
        if sample is not None:
            self._hear("scale", sample)
        answer = self._judge and (self._judge.see(frame, self.now) or self._judge.overdue(self.now))
        if answer:
            self._judge = None
            self._hear("scale", answer)

    def _hear(self, device: str, reading: Reading, after: int = 20) -> None:
        self._coming.append((self.now + after, DeviceRead(self.now, device, reading)))

    # ------------------------------------------------------------------ what the core wishes
    def _perform(self, effect: Effect) -> None:
        match effect:
            case LookUp(request_id=request, declaration=declaration):
                goods = max(kilograms(1_000), Grams(self._expected - kilograms(20_000)))
                entry = replace(ENTRY, goods=goods, tare=Grams(self._expected - goods))
                self._soon(LookedUp(self.now, request, declaration, entry, False, "", 1, UTC + self.now))
            case Spend(request_id=request):
                self._soon(Spent(self.now, request, accepted=True, reason="", holder=""))
            case Send(order=order):
                self._soon(OrderAnswered(self.now, order.order_id, "accepted", ""))
                self._obey(order)
            case _:
                return

    def _soon(self, fact: Fact) -> None:
        self._coming.append((self.now + 20, fact))

    def _obey(self, order: Order) -> None:
        match order:
            case RaiseBoom() | LowerBoom():
                is_lowering = isinstance(order, LowerBoom)
                self.lowered_on += is_lowering and any(vehicle.covers(AT_THE_BOOM) for vehicle in self.vehicles)
                self.boom.raise_input, self.boom.lower_input = not is_lowering, is_lowering
                self._pulse_ends = Tick(self.now + PULSE)
            case DropMotion():
                self._pulse_ends = self.now
            case TakeWeight():
                self._judge = WindowJudge(order, self.now)
            case TakePicture(order_id=order_id):
                self._hear("camera", PictureTaken(order_id, f"/x/{order_id}", order_id, self.now, 1), 200)
            case ReadPlate(order_id=order_id, sha256=sha256):
                sure = Permille(970)
                read = PlateRead(order_id, sha256, PLATE, PLATE, sure, (sure,) * len(PLATE), "m", Millis(5))
                self._hear("reader", read, 40)
            case _:
                return


def _goes_on(script: Script) -> bool:
    try:
        next(script)
    except StopIteration:
        return False
    return True
