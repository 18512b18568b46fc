"""A whole lane in one thread: the product's loop, journal, drivers and plate reader on a yard with a fake clock.

Only three things stand in: the host serves its drivers in this thread, the courier is told what it would have
heard, and the camera is a folder. Wires are loopback links to the peers, byte for byte.
"""

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from drivers.barrier.adam60xx import Adam6060Settings
from drivers.barrier.io_barrier import BarrierDriver
from drivers.camera.picture_folder import PictureFolderDriver, PictureFolderSettings
from drivers.contract.driver import Driver
from drivers.contract.plain import decode, encode
from drivers.contract.quantities import Millis, Tick, kilograms
from drivers.contract.tools import Tools
from drivers.links.loopback_link import Damage, LoopbackLink
from drivers.scanner.line_scanner import LineScannerDriver, LineScannerSettings
from drivers.weighbridge.toledo_driver import ToledoDriver, ToledoSettings
from station.core.facts import Action, EligibleEntry, LaneStarted, OfficerAct, Role, SettingsApplied
from station.core.parameters import LaneParameters
from station.core.records import CrossingCompleted, Record
from station.core.state import CORE_VERSION, instruction
from station.core.step import Step, step
from station.courier import talk
from station.courier.eligible import EligibleTable
from station.courier.store import CourierStore
from station.hosting.host import CATALOG_WORKER, WorkerSpec
from station.hosting.inline_host import InlineHost
from station.journal.chain import RecordRow
from station.journal.folder import DataFolder
from station.journal.ledger import Ledger
from station.journal.personal import PersonalData
from station.journal.reader import JournalReader
from station.journal.recovery import rebuild
from station.journal.seal import Signer
from station.journal.store import Journal
from station.lane.act_socket import Act, ActSocket, Ask, Outcome, Reply, View
from station.lane.courier_process import CourierProcess
from station.lane.loop import LaneLoop
from station.lane.perform import Performer
from station.lane.personal_keeping import PersonalKeeping
from station.lane.ticket_stamp import TicketStamp
from station.lane.wall_clock import WallClock, assumed_synced
from station.messages.downlinks import EligibleList, Suspension
from station.simulate.scene import PLATE_REGION
from station.simulate.shapes import ORDINARY, Shape
from station.simulate.truck import Truck
from station.trust.acts import sign_act
from station.trust.keys import PrivateKey
from station.trust.officers import Officers
from station.trust.statements import Officer
from station.vision.worker import PlateReaderDriver, PlateReaderSettings
from tests.journeys.yard import Script, Yard

STATION, LANE, OFFICE = "VN-HN", "I1", "15BB"
PLATE, DECLARATION = "12C04567", "107900000010"
PARAMETERS = LaneParameters(STATION, LANE, OFFICE, plate_region=PLATE_REGION)
UTC_AT_ZERO = 1_790_000_000_000
FAR_MS = 4_000_000_000_000
STEP = Millis(20)
TICK_AT_START = Tick(1_000_000)
MODELS = Path(__file__).resolve().parents[2] / "models" / "manifest.toml"


def entry(declaration: str = DECLARATION, plate: str = PLATE) -> EligibleEntry:
    """The common entry of the acceptance scenarios: expected gross 42,000 kg."""
    goods, tare = kilograms(22_000), kilograms(20_000)
    return EligibleEntry(
        declaration, OFFICE, plate, "12RM00321", "TCLU4567897", goods, tare, "cleared", "green", FAR_MS
    )


class ToldCourier(CourierProcess):
    """A courier without a process: says what it is told to say, and remembers what it heard."""

    def __init__(self) -> None:
        super().__init__(lambda _: [])
        self.said: list[talk.ToLane] = []
        self.heard: list[talk.ToCourier] = []

    def turn(self, now: Tick) -> None:
        """Nothing to start or to judge."""

    def fileno(self) -> int | None:
        return None

    def say(self, message: talk.ToCourier) -> bool:
        self.heard.append(message)
        return True

    def hear(self, now: Tick) -> list[talk.ToLane]:
        said, self.said = self.said, []
        return said

    def close(self) -> None:
        """Nothing to end."""


class PatientLoop(LaneLoop):
    """Time is the yard's: how long this machine's disk took forbids no motion."""

    def permit(self, decided: Step, took_us: int) -> None:
        super().permit(decided, 0)


@dataclass
class Gate:
    """Use as a context. `run` and `until` let time pass; `start` and `power_cut` begin and end the lane's process.

    `reader` replaces the real plate reader. `entries` is the eligible list in force.
    """

    folder: Path
    parameters: LaneParameters = PARAMETERS
    entries: Iterable[EligibleEntry] = field(default_factory=lambda: [entry()])
    reader: Callable[[str, Tools], Driver] | None = None
    loop_class: type[LaneLoop] = PatientLoop
    host_class: type[InlineHost] = InlineHost
    seed: int = 0
    damage: Damage | None = None
    term_days: int = 1_096
    station_key: PrivateKey = field(default_factory=PrivateKey.make)

    def __post_init__(self) -> None:
        self.yard = Yard(TICK_AT_START, self.seed)
        self.pictures = self.folder / "camera"
        self.pictures.mkdir(parents=True, exist_ok=True)
        self.data = DataFolder(self.folder / "data")
        self.data.root.mkdir(exist_ok=True)
        self.told: list[str] = []
        self.outcomes: list[Outcome] = []
        self.keys = {"1187": PrivateKey.make(), "2001": PrivateKey.make(), "stranger": PrivateKey.make()}
        self._downlinks = 0
        self._acts = 0
        self._publish_list()
        self.start()

    # ------------------------------------------------------------------ the lane's life

    def start(self) -> None:
        """The lane's process begins, as `assembly.build` has it."""
        station, lane = self.parameters.station, self.parameters.lane
        signer = Signer(station, lane, self.station_key, self.utc_ms)
        self.journal = Journal.open(self.data.root, signer=signer)
        stamp = TicketStamp(self.journal, station, lane, self.station_key, self.utc_ms)
        self.eligible = EligibleTable(self.data.root)
        self.ledger = Ledger(self.folder / "ledger.db")
        self.personal = PersonalData(self.data.personal)
        keeping = PersonalKeeping(self.personal, self.term_days)
        self.host = self.host_class(self._build, self.clock)
        clock = WallClock(assumed_synced, self.utc_ms)
        self.rebuilt = rebuild(self.journal.recover(), step)
        self.loop = self.loop_class(
            state=self.rebuilt.state,
            journal=self.journal,
            host=self.host,
            performer=Performer(self.host, self.eligible, self.ledger, keeping, self.clock, stamp),
            courier=self._listen(),
            acts=ActSocket(self.folder / "act.sock", self.officers, self.utc_ms),
            clock=clock,
            personal=keeping,
            now=self.clock,
        )
        told = clock.fact(self.clock())
        assert told is not None
        started = LaneStarted(
            told.tick, told.utc_ms, told.quality, CORE_VERSION, self.journal.epoch, "r" * 64, "s" * 64, ()
        )
        self.loop.begin([started, SettingsApplied(told.tick, self.parameters)])
        for device, kind in (
            ("barrier", "adam-6060"),
            ("scale", "toledo-continuous"),
            ("scanner", "line-scanner"),
            ("camera", "picture-folder"),
            ("reader", "plate-reader"),
        ):
            self.host.start(WorkerSpec(device, CATALOG_WORKER, kind, None, self.data.evidence))

    def _listen(self) -> CourierProcess:
        """Who brings the lane its news."""
        self.courier = ToldCourier()
        return self.courier

    def stop(self) -> None:
        """The lane's process is gone; the world stays."""
        self.loop.close()
        for part in (self.eligible, self.ledger, self.personal, self.journal):
            part.close()

    def power_cut(self) -> None:
        """Everything at the gate loses its power: the lane, and the I/O module with its outputs."""
        self.stop()
        self.yard.module.reboot()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ------------------------------------------------------------------ time

    def clock(self) -> Tick:
        return self.yard.now

    def utc_ms(self) -> int:
        return UTC_AT_ZERO + self.yard.now

    def turn(self, elapsed: Millis = STEP) -> None:
        """The world moves on by `elapsed`, then the lane takes one turn."""
        self.yard.advance(elapsed)
        self.loop.turn(Millis(0))
        said = instruction(self.loop.state)
        if not self.told or self.told[-1] != said:
            self.told.append(said)

    def run(self, millis: int, elapsed: Millis = STEP) -> None:
        for _ in range(millis // elapsed):
            self.turn(elapsed)

    def until(self, condition: Callable[[], object], limit_s: int, what: str) -> None:
        """Let time pass until the condition holds; fails after `limit_s` of the fake clock."""
        end = self.yard.now + limit_s * 1000
        while not condition():
            assert self.yard.now < end, f"{limit_s} s in vain: {what}; phase {self.loop.state.phase}, told {self.told}"
            self.turn()

    def ready(self) -> None:
        """The lane waits for a truck: all devices open, boom and deck known."""
        self.until(lambda: len(self.loop.state.devices) == 5 and self.is_idle, 10, "all devices open")
        self.run(1_000)

    @property
    def is_idle(self) -> bool:
        state = self.loop.state
        return state.phase == "IDLE" and state.boom == "down" and state.deck_known and state.light == "red"

    # ------------------------------------------------------------------ trucks

    def show_plate(self, picture: bytes) -> None:
        """What the camera sees from now on."""
        (self.pictures / "now.new").write_bytes(picture)
        (self.pictures / "now.new").replace(self.pictures / "now.jpg")

    def arrive(self, gross_kg: int, script: Callable[[Truck], Script], shape: Shape = ORDINARY) -> Truck:
        truck = self.yard.truck(kilograms(gross_kg), shape)
        self.yard.enter(truck, script(truck))
        return truck

    # ------------------------------------------------------------------ people and the centre

    def officers(self) -> Officers:
        roles: dict[str, Role] = {"1187": "officer", "2001": "head-of-unit"}
        officers = {name: Officer(name, role, self.keys[name].public.text, FAR_MS) for name, role in roles.items()}
        return Officers(1, {self.keys[name].public.key_id: (self.keys[name].public, o) for name, o in officers.items()})

    def ask(self, question: Ask | Act) -> Reply:
        """What the lane's socket answers, over the real socket."""
        return self.send(encode(question))

    def send(self, packet: bytes) -> Reply:
        """What the lane's socket answers to any bytes."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as wire:
            wire.connect(str(self.folder / "act.sock"))
            wire.setblocking(False)
            wire.send(packet)
            replies: list[bytes] = []

            def answered() -> bool:
                try:
                    replies.append(wire.recv(32 * 1024))
                except BlockingIOError:
                    return False
                return True

            self.until(answered, 5, "the act socket answers")
        self.turn()  # the lane sees its caller go
        reply: Reply = decode(Reply, replies[0])
        return reply

    def act(self, action: Action, actor: str, *, signer: str = "", **changes: object) -> Outcome:
        """`actor` is shown the lane and acts on it; `changes` spoil the act after it was made."""
        shown = self.ask(Ask())
        assert isinstance(shown, View)
        self._acts += 1
        role: Role = "head-of-unit" if actor == "2001" else "officer"
        act = OfficerAct(
            f"act-{self._acts}",
            f"{STATION}/{LANE}",
            action,
            shown.crossing,
            shown.seen_seq,
            shown.digest,
            actor,
            role,
            "CHECKED_BY_HAND",
            "hàng tươi sống",
            self.utc_ms() + 60_000,
        )
        signed = sign_act(replace(act, **changes), self.keys[signer or actor])  # type: ignore[arg-type]
        outcome = self.ask(Act(signed.to_wire().decode()))
        assert isinstance(outcome, Outcome)
        self.outcomes.append(outcome)
        return outcome

    def suspend(self, declaration: str = DECLARATION) -> None:
        """The centre's suspension reaches courier.db and the lane."""
        self._downlinks += 1
        number = self._downlinks
        suspension = Suspension(STATION, declaration, False, number, self.utc_ms(), FAR_MS)
        store = CourierStore(self.data.root)
        store.apply_suspension(store.receive("suspension", b"{}", self.utc_ms()), suspension)
        store.close()
        self.courier.said.append(talk.SuspensionArrived(declaration, lifted=False, number=number))

    def _publish_list(self) -> None:
        self._downlinks += 1
        listed = EligibleList(STATION, OFFICE, self._downlinks, self.utc_ms(), FAR_MS, tuple(self.entries))
        store = CourierStore(self.data.root)
        store.apply_list(store.receive("list", b"{}", self.utc_ms()), listed)
        store.close()

    # ------------------------------------------------------------------ what the journal says

    def rows(self) -> list[RecordRow]:
        with JournalReader(self.data.root) as reader:
            return reader.records(0, 100_000)

    def records(self) -> list[Record]:
        with JournalReader(self.data.root) as reader:
            return [reader.as_record(row) for row in reader.records(0, 100_000)]

    def completed(self) -> list[CrossingCompleted]:
        return [record for record in self.records() if isinstance(record, CrossingCompleted)]

    # ------------------------------------------------------------------ devices

    def _build(self, spec: WorkerSpec) -> Driver:
        tools = Tools(self.clock, self.data.evidence)

        def wired(peer: object) -> Tools:
            link = LoopbackLink(peer, self.clock, self.damage, spec.device)  # type: ignore[arg-type]
            return replace(tools, link=link)

        match spec.device:
            case "barrier":
                beam = 5 if self.parameters.sensors.boom_beam else None
                module = Adam6060Settings("adam-6060", "loopback", boom_beam=beam)
                return BarrierDriver("barrier", module, wired(self.yard.voice))
            case "scale":
                return ToledoDriver("scale", ToledoSettings("toledo-continuous", "loopback"), wired(self.yard.scale))
            case "scanner":
                settings = LineScannerSettings("line-scanner", "loopback")
                return LineScannerDriver("scanner", settings, wired(self.yard.scanner))
            case "camera":
                folder = PictureFolderSettings("picture-folder", str(self.pictures))
                return PictureFolderDriver("camera", folder, tools)
            case "reader":
                if self.reader is not None:
                    return self.reader("reader", tools)
                return PlateReaderDriver("reader", PlateReaderSettings("plate-reader", str(MODELS)), tools)
        raise AssertionError(f"no device {spec.device}")
