"""The yard: the only place where the devices meet. Trucks drive through loops, deck, boom and the camera's view.

The ports are real pseudo-terminals and loopback sockets; nothing in the station knows that it is simulated.
"""

import json
import os
import select
import signal
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.barrier.adam60xx_model import Adam6060Model
from drivers.barrier.adam60xx_peer import Adam60xxPeer
from drivers.barrier.boom_model import BoomModel, BoomPhase
from drivers.barrier.io_module_model import OutputName
from drivers.camera.rtsp_peer import RtspPeer
from drivers.camera.snapshot_peer import SnapshotPeer
from drivers.contract.clock import now
from drivers.contract.quantities import Grams, Millis, Tick
from drivers.links.modbus_port_peer import ModbusPortPeer
from drivers.links.pacing import PtyPort
from drivers.scanner.line_scanner_peer import LineScannerPeer
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.toledo_peer import ToledoPeer
from station.simulate.camera_view import Front, GateView, PhotoView
from station.simulate.container_view import CONTAINER_VIEWS, ContainerView
from station.simulate.ground import BOOM, ENTRY_LOOP, EXIT_LOOP, UNDER_BOOM_LOOP, Stretch
from station.simulate.physical_log import PhysicalLog
from station.simulate.stories import ALL_STORIES, STORIES, NoSuchStory, Story, altered, chosen
from station.simulate.truck import Truck
from station.simulate.visit import Surroundings, Visit
from station.simulate.words import Words
from station.words.language import language

BAUD = 9600
PORTS_FILE = "ports.json"
LOG_FILE = "physical.jsonl"
_USAGE = 2
_TURN = Millis(10)
_FRAMES_PER_S = 10
_LOOPS = {"entry": ENTRY_LOOP, "under-boom": UNDER_BOOM_LOOP, "exit": EXIT_LOOP}
_GAP_BETWEEN_TRUCKS = Millis(2_000)


@dataclass(frozen=True, slots=True)
class SimulateOptions:
    """`folder` gets ports, port names and the physical log. `stories` are sent one after another; `alter` names one
    that goes otherwise than told. `pictures`: a folder of photographs for the camera. `is_led`: ends with its input.
    """

    folder: Path
    stories: tuple[str, ...] = ()
    pictures: Path | None = None
    seed: int = 1
    alter: str = ""
    is_led: bool = False
    as_json: bool = False


class Yard:
    """Models, peers and their ports under `folder`. Call `service` every 10 ms or when one of `filenos` is readable."""

    def __init__(
        self, folder: Path, seed: int = 1, stories: Sequence[Story] = (), pictures: Path | None = None
    ) -> None:
        """`stories` are those that may come.

        Raises OSError if a port or file cannot be made, FileNotFoundError for a picture folder without pictures.
        """
        self._seed = seed
        self._visit: Visit | None = None
        self._waiting: deque[Story] = deque()
        self._clear_since = self._now = now()
        self._seen: dict[str, object] = {}
        self._deck_load = Grams(0)
        view = (
            PhotoView(pictures, _complain)
            if pictures is not None
            else GateView(self._in_sight, seed, self._fronts(stories))
        )
        self._log = PhysicalLog(folder / LOG_FILE)
        self._deck = DeckModel(seed)
        self._boom = BoomModel(on_phase=self._boom_turned)
        self._module = Adam6060Model(
            self._boom,
            entry_loop=lambda: self._feels(ENTRY_LOOP),
            under_boom_loop=lambda: self._feels(UNDER_BOOM_LOOP),
            exit_loop=lambda: self._feels(EXIT_LOOP),
            boom_beam=self._breaks_boom_beam,
            on_output=self._output_switched,
        )
        self._reader = LineScannerPeer(seed=seed)
        self._scale_port = PtyPort(folder / "scale", ToledoPeer(self._deck, seed=seed), BAUD)
        self._reader_port = PtyPort(folder / "scanner", self._reader, BAUD)
        self._barrier_port = ModbusPortPeer(Adam60xxPeer(self._module, on_frame=self._framed))
        self._camera = RtspPeer(view.frame, fps=_FRAMES_PER_S)
        painted = {"", *(story.container for story in stories)} if stories else ()
        self._container_cameras = {
            device: SnapshotPeer(ContainerView(self._container_in_sight, view, seed, painted).picture)
            for device, view in CONTAINER_VIEWS.items()
        }
        self._cameras: tuple[RtspPeer | SnapshotPeer, ...] = (self._camera, *self._container_cameras.values())
        for camera in self._cameras:
            camera.open()
        self._now = now()

    @property
    def ports(self) -> dict[str, str]:
        """Where a lane finds the devices: `scale` and `scanner` (port names), `barrier` (TCP port), `camera` and
        those of CONTAINER_VIEWS (URLs).
        """
        return {
            "scale": str(self._scale_port.name),
            "scanner": str(self._reader_port.name),
            "barrier": str(self._barrier_port.port),
            "camera": self._camera.url,
            **{device: camera.url for device, camera in self._container_cameras.items()},
        }

    @property
    def is_quiet(self) -> bool:
        """No truck is here and none waits."""
        return self._visit is None and not self._waiting

    def send(self, story: Story) -> None:
        """Let this truck come as soon as the place is clear: nobody here, the boom down, no green."""
        self._waiting.append(story)

    def wave(self) -> None:
        """Wave the truck that is here to the bay."""
        if self._visit is not None:
            self._visit.is_waved = True

    def filenos(self) -> list[int]:
        """What to wait on, so that a host is answered at once."""
        return [
            *(port.fileno() for port in self._barrier_port.sockets()),
            *(fileno for camera in self._cameras for fileno in camera.filenos()),
        ]

    def service(self, at: Tick) -> None:
        """Let everything live until `at`."""
        elapsed = Millis(max(0, at - self._now))
        self._now = at
        self._admit(at)
        if self._visit is not None:
            self._visit.advance(at)
        self._load_deck()
        self._deck.advance(elapsed)
        self._boom.obstacle = self._feels(UNDER_BOOM_LOOP) or self._breaks_boom_beam()
        for port in (self._barrier_port, self._scale_port, self._reader_port):
            port.service(at)
        for camera in self._cameras:
            camera.service(at)
        self._watch(at)
        if self._visit is not None and self._visit.is_over:
            self._visit = None

    def close(self) -> None:
        """End every port and the log."""
        self._scale_port.close()
        self._reader_port.close()
        self._barrier_port.close()
        for camera in self._cameras:
            camera.close()
        self._log.close()

    # ------------------------------------------------------------------ trucks
    def _admit(self, at: Tick) -> None:
        is_clear = self._visit is None and self._boom.down_limit and not self._is_lit("green")
        if not is_clear:
            self._clear_since = at
        elif self._waiting and at - self._clear_since >= _GAP_BETWEEN_TRUCKS:
            story = self._waiting.popleft()
            around = Surroundings(lambda: self._is_lit("green") and self._boom.up_limit, self._read_code, self._note)
            self._visit = Visit(story, self._front(story), around, at)

    def _front(self, story: Story) -> Front:
        return Front(story.plate, 100 * self._seed + story.number)

    def _fronts(self, stories: Sequence[Story]) -> Iterator[Front]:
        for story in stories:
            yield self._front(story)
            if story.sun:
                yield self._front(story)._replace(is_burnt=True)

    def _vehicles(self) -> list[Truck]:
        return [] if self._visit is None else self._visit.vehicles

    def _covers(self, stretch: Stretch) -> bool:
        return any(vehicle.covers(stretch) for vehicle in self._vehicles())

    def _feels(self, loop: Stretch) -> bool:
        return any(vehicle.is_felt(loop) for vehicle in self._vehicles())

    def _breaks_boom_beam(self) -> bool:
        return any(vehicle.breaks(BOOM) for vehicle in self._vehicles())

    def _in_sight(self) -> Front | None:
        return None if self._visit is None else self._visit.in_sight()

    def _container_in_sight(self) -> str:
        return "" if self._visit is None else self._visit.container_in_sight()

    def _is_lit(self, lamp: OutputName) -> bool:
        return self._module.outputs[("raise", "lower", "red", "green", "siren", "spare").index(lamp)]

    def _read_code(self, code: str) -> None:
        self._reader.scan(code)

    def _load_deck(self) -> None:
        load = Grams(sum(vehicle.on_deck() for vehicle in self._vehicles()))
        if load != self._deck_load:
            self._deck.set_load(load)
            self._deck_load = load

    # ------------------------------------------------------------------ what a bystander notes
    def _note(self, event: str, story: Story, truck: Truck) -> None:
        self._log.write(
            self._now,
            "truck",
            truck=story.name,
            event=event,
            nose_mm=round(truck.nose_m * 1000),
            gross=truck.gross,
            plate=story.plate,
            container=story.container,
        )

    def _boom_turned(self, tick: Tick, phase: BoomPhase) -> None:
        self._log.write(tick, "boom", phase=phase, is_under=self._covers(UNDER_BOOM_LOOP))

    def _framed(self, tick: Tick, text: str) -> None:
        self._log.write(tick, "frame", text=text)

    def _output_switched(self, tick: Tick, name: OutputName, on: bool, held: Millis) -> None:
        self._log.write(tick, "output", name=name, on=on, held_ms=held)

    def _watch(self, at: Tick) -> None:
        """Note loops, beam and limit switches when they change, and what the deck shows when it comes to rest."""
        for name, stretch in _LOOPS.items():
            self._changed(at, "loop", name, occupied=self._feels(stretch))
        self._changed(at, "beam", "boom", broken=self._breaks_boom_beam())
        self._changed(at, "limit", "up", on=self._boom.up_limit)
        self._changed(at, "limit", "down", on=self._boom.down_limit)
        is_still = not self._deck.moving and self._deck.mass == self._rounded(self._deck.load)
        self._changed(at, "deck", "deck", mass=self._deck.mass if is_still else None, load=self._deck.load)

    def _rounded(self, load: Grams) -> Grams:
        return Grams(round(load / self._deck.division) * self._deck.division)

    def _changed(self, at: Tick, what: str, name: str, **seen: object) -> None:
        key = f"{what} {name}"
        if self._seen.get(key) != seen:
            self._seen[key] = seen
            self._log.write(at, what, name=name, **seen)


class _Commands:
    """Lines on the standard input: `send STORY`, `wave`; without blocking."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.has_ended = False
        self._rest = b""

    def take(self) -> list[list[str]]:
        """The words of each whole line that has come. To be called when the input is readable."""
        data = os.read(self.descriptor, 4096)
        self.has_ended = not data
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [words for line in lines if (words := line.decode("utf-8", "replace").split())]


def run_simulate(options: SimulateOptions) -> int:
    """Run a yard until SIGINT or SIGTERM. Prints its ports; stories also come as lines `send NAME`.

    Exit codes: 0 ended as asked, 2 wrong use, 74 a port or file cannot be had.
    """
    words = Words(language())
    try:
        stories = chosen(options.stories, ALL_STORIES) if options.stories else ()
        folder = options.folder.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        played = [_as_played(story, options) for story in (*STORIES, *stories)]
        yard = Yard(folder, options.seed, played, options.pictures)
    except NoSuchStory as error:
        _complain(words.no_story(error))
        return _USAGE
    except OSError as error:
        _complain(words.say("no-yard", error=error))
        return os.EX_IOERR
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda caught, _: stopping.append(caught))
    try:
        _announce(folder, yard, as_json=options.as_json)
        for story in stories:
            yard.send(_as_played(story, options))
        _run(yard, options, stopping)
    finally:
        yard.close()
    return 0


def _run(yard: Yard, options: SimulateOptions, stopping: Sequence[int]) -> None:
    commands = _Commands(sys.stdin.fileno())
    while not stopping and not (options.is_led and commands.has_ended):
        at = now()
        yard.service(at)
        poll = select.poll()
        for fileno in yard.filenos():
            poll.register(fileno, select.POLLIN)
        if not commands.has_ended:
            poll.register(commands.descriptor, select.POLLIN)
        ready = {fileno for fileno, _ in poll.poll(max(0, at + _TURN - now()))}
        if commands.descriptor in ready:
            for words in commands.take():
                _obey(yard, words, options)


def _complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _obey(yard: Yard, words: list[str], options: SimulateOptions) -> None:
    match words:
        case ["wave"]:
            yard.wave()
        case ["send", name]:
            try:
                yard.send(_as_played(chosen((name,), ALL_STORIES)[0], options))
            except NoSuchStory as error:
                _complain(Words(language()).no_story(error))
        case _:
            _complain(Words(language()).say("not-understood", text=" ".join(words)))


def _as_played(story: Story, options: SimulateOptions) -> Story:
    return altered(story) if story.name == options.alter else story


def _announce(folder: Path, yard: Yard, *, as_json: bool) -> None:
    """The ports as lines for a person and, in one step, as a file for whoever started us."""
    text = json.dumps(yard.ports)
    print(text if as_json else "\n".join(f"{device:14} {port}" for device, port in yard.ports.items()), flush=True)
    fresh = folder / f"{PORTS_FILE}.new"
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(folder / PORTS_FILE)


def command(options: SimulateOptions) -> list[str]:
    """The command line that runs such a yard as a process of its own. A led yard has no photographs."""
    told = {"folder": str(options.folder), "seed": options.seed, "alter": options.alter}
    return [sys.executable, "-m", "station.simulate.yard", json.dumps(told)]


def _led_yard(text: str) -> SimulateOptions:
    told = json.loads(text)
    return SimulateOptions(Path(told["folder"]), seed=told["seed"], alter=told["alter"], is_led=True)


if __name__ == "__main__":
    sys.exit(run_simulate(_led_yard(sys.argv[1])))
