"""`station demo`: a yard, a broker, a centre and a lane as real processes; seven trucks; an independent judgement."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from station.simulate import yard
from station.simulate.brokers import DemoBroker, NotABroker, NotInstalled, broker_for
from station.simulate.children import ChildDied, Children
from station.simulate.demo_folder import OFFICE, STATION, DemoFolder, FolderRefused
from station.simulate.demo_keys import OFFICERS
from station.simulate.following import Following, Happening
from station.simulate.stories import NoSuchStory, Story, chosen
from station.simulate.telling import Teller
from station.simulate.words import Words
from station.words.language import language

_USAGE = 2
_LOOK_S = 0.05
_START_S = 90.0
_STORY_S = 180.0
_COMMAND_S = 60.0
_RECEIPT_S = 120.0
_QUIET_S = 1.5
"""For so long nothing new must come before the run is judged."""
_DEVICES = 7

_CHECKER = Path(__file__).resolve().parents[2] / "scripts" / "check_demo.py"


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """`out`: the folder of the run. `alter`: a story that physically goes otherwise than told. `stories`: only these.

    `broker`: "amqtt" (embedded), "mosquitto" (the installed one) or HOST:PORT. `stay` (or STAY=1) keeps all running.
    """

    seed: int = 1
    out: Path = Path("demo-out")
    alter: str = ""
    stories: tuple[str, ...] = ()
    broker: str = "amqtt"
    stay: bool = False
    as_json: bool = False


class DemoFailed(Exception):
    """The demo cannot go on; the text is for a person."""

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.status = status


class _Stopped(Exception):
    """Somebody wants it to end."""


def run_demo(options: DemoOptions) -> int:
    """Run the stories. Exit codes: 0 the checker agrees, 1 it does not or a part failed, 2 wrong use,
    69 something is not installed, 74 the folder cannot be used, 130 or 143 stopped by a signal.
    """
    words = Words(language())
    teller = Teller(words, as_json=options.as_json)
    stopping: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        stopping.append(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        return _run(options, teller, stopping)
    except _Stopped:
        teller.say("stopped")
        return 128 + stopping[0]
    except DemoFailed as error:
        teller.say("failed", error=error)
        return error.status
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(options: DemoOptions, teller: Teller, stopping: list[int]) -> int:
    words = teller.words
    if not _CHECKER.is_file():
        raise DemoFailed(words.say("no-checker", path=_CHECKER), os.EX_UNAVAILABLE)
    try:
        broker = broker_for(options.broker)
        stories = _stories(options, broker, teller)
        folder = DemoFolder(options.out)
        teller.say("preparing", folder=folder.root)
        folder.make(stories)
    except NoSuchStory as error:
        raise DemoFailed(words.no_story(error), _USAGE) from error
    except NotABroker as error:
        raise DemoFailed(words.say("bad-broker", broker=error), _USAGE) from error
    except NotInstalled as error:
        raise DemoFailed(words.say("not-installed", name=error), os.EX_UNAVAILABLE) from error
    except FolderRefused as error:
        raise DemoFailed(words.say(error.key, path=error.path), os.EX_IOERR) from error
    except OSError as error:
        raise DemoFailed(str(error), os.EX_IOERR) from error
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    children = Children(folder.logs, environment)
    following = Following(folder.journal, folder.physical_log)
    try:
        demo = Demo(options, folder, broker, teller, children, following, stopping)
        status = demo.play(stories)
        if options.stay or os.environ.get("STAY") == "1":
            demo.stay()
        return status
    except ChildDied as error:
        last = "\n".join(error.last)
        raise DemoFailed(
            words.say("child-died", name=error.name, status=error.status, log=error.log, last=last)
        ) from error
    finally:
        children.close()
        following.close()
        folder.release()


def _stories(options: DemoOptions, broker: DemoBroker, teller: Teller) -> tuple[Story, ...]:
    """The stories to be played. Raises NoSuchStory."""
    stories = chosen(options.stories)
    if options.alter and options.alter not in [story.name for story in stories]:
        raise NoSuchStory(options.alter, tuple(story.name for story in stories))
    if broker.is_ours or not any(story.is_link_down for story in stories):
        return stories
    teller.say("no-link-story")
    return tuple(story for story in stories if not story.is_link_down)


class Demo:
    """One run. `play` gives the exit code."""

    def __init__(
        self,
        options: DemoOptions,
        folder: DemoFolder,
        broker: DemoBroker,
        teller: Teller,
        children: Children,
        following: Following,
        stopping: list[int],
    ) -> None:
        self._options = options
        self._folder = folder
        self._broker = broker
        self._teller = teller
        self._children = children
        self._following = following
        self._stopping = stopping
        self._fit: set[str] = set()
        self._has_list = False
        self._is_truck_gone = False
        self._has_crossing_ended = False
        self._is_held = False
        self._is_referred = False
        self._commands = 0

    def play(self, stories: tuple[Story, ...]) -> int:
        """All stories, the delivery and the judgement. Raises DemoFailed, ChildDied, _Stopped."""
        self._start()
        for number, story in enumerate(stories, start=1):
            title = self._teller.words.say(story.name)
            self._teller.say("story", number=number, count=len(stories), title=title)
            self._play_one(story, title)
        self._teller.say("delivering")
        self._until_receipted()
        return self._judge()

    def stay(self) -> None:
        """Show what happens until somebody stops it."""
        self._teller.say("stays", settings=self._folder.lane_settings)
        with suppress(_Stopped):
            while True:
                self._look()

    # ------------------------------------------------------------------ start
    def _start(self) -> None:
        folder, broker = self._folder, self._broker
        self._teller.say("starting", broker=broker.name)
        options = yard.SimulateOptions(folder.yard, seed=self._options.seed, alter=self._options.alter)
        self._children.start("yard", yard.command(options))
        self._start_broker()
        ports_file = folder.yard / yard.PORTS_FILE
        self._until(ports_file.exists, _START_S, "wait-ports")
        ports: dict[str, str] = json.loads(ports_file.read_text(encoding="utf-8"))
        folder.write_settings(ports, (broker.host, broker.port), broker.version)
        centre = ("centre", "--settings", str(folder.centre_settings))
        publish = ("publish-list", str(folder.list), "--station", STATION, "--office", OFFICE)
        self._command("publish-list", (*centre, *publish))
        self._children.start("centre", _station(centre))
        self._children.start("lane", _station(("lane", "--settings", str(folder.lane_settings))))
        self._until(lambda: self._has_list and len(self._fit) >= _DEVICES, _START_S, "wait-ready")
        self._teller.say("ready")

    def _start_broker(self) -> None:
        broker = self._broker
        if broker.is_ours:
            self._children.start("broker", broker.command)
        self._until(broker.answers, _START_S, "wait-broker")

    # ------------------------------------------------------------------ one truck
    def _play_one(self, story: Story, title: str) -> None:
        self._is_truck_gone = self._has_crossing_ended = self._is_held = self._is_referred = False
        if story.is_link_down:
            self._children.stop("broker")
            self._teller.say("broker-off")
        self._children.tell("yard", f"send {story.name}")
        if story.expected.basis == "ACTS":
            self._until(lambda: self._is_held or self._is_truck_gone, _STORY_S, "wait-story", title=title)
            for actor in OFFICERS if self._is_held else ():
                self._release(actor)
        if story.behaviour == "bay":
            self._until(lambda: self._is_referred or self._is_truck_gone, _STORY_S, "wait-story", title=title)
            self._children.tell("yard", "wave")
        self._until(lambda: self._is_truck_gone and self._has_crossing_ended, _STORY_S, "wait-story", title=title)
        if story.is_link_down:
            self._start_broker()
            self._teller.say("broker-on")

    def _release(self, actor: str) -> None:
        """An officer's act, by the command that an officer would use."""
        folder = self._folder
        outcome = self._command(
            f"act-{actor}",
            (
                *("act", "release", "--settings", str(folder.lane_settings), "--yes", "--json"),
                *("--key", str(folder.keys / f"{actor}.key"), "--password-file", str(folder.password)),
                *("--actor", actor, "--reason", "CHECKED", "--text", "demo"),
            ),
        )
        said = json.loads(outcome)["outcome"]["outcome"]
        self._teller.say("act", actor=actor, outcome=self._teller.words.code(said))

    # ------------------------------------------------------------------ end
    def _until_receipted(self) -> None:
        quiet_since = time.monotonic()

        def is_delivered() -> bool:
            nonlocal quiet_since
            if not self._following.is_receipted():
                quiet_since = time.monotonic()
            return time.monotonic() - quiet_since >= _QUIET_S

        self._until(is_delivered, _RECEIPT_S, "wait-receipt")

    def _judge(self) -> int:
        """The checker's word, as a process that knows nothing of us; the exit code."""
        folder, teller = self._folder, self._teller
        teller.say("judging")
        name = "checker"
        self._children.start(name, (sys.executable, "-I", str(_CHECKER), str(folder.root), "--json"), ends=True)
        self._until(lambda: self._children.status(name) is not None, _COMMAND_S, "wait-command", title=name)
        status = self._children.status(name)
        said = self._children.forget(name)
        if status not in (0, 1):
            raise DemoFailed(teller.words.say("unjudged", error=said.strip()))
        report: dict[str, Any] = json.loads(said)
        folder.report.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
        teller.report(report)
        self._show_evidence()
        if status == 0:
            teller.say("agrees", records=report["records"], seconds=teller.seconds)
        else:
            teller.say("disagrees", seconds=teller.seconds)
        return status or 0

    def _show_evidence(self) -> None:
        folder = self._folder
        places = {
            "physical": folder.physical_log,
            "centre": folder.centre / "centre.db",
            "journal": folder.journal,
            "report": folder.report,
            "logs": folder.logs,
        }
        self._teller.text(self._teller.words.say("evidence"))
        for name, path in places.items():
            self._teller.text(f"  {path}  ({self._teller.words.say(f'evidence-{name}')})")

    # ------------------------------------------------------------------ waiting
    def _command(self, name: str, arguments: tuple[str, ...]) -> str:
        """Run a `station` command to its end; what it said. Raises DemoFailed if it failed."""
        self._commands += 1
        child = f"{self._commands}-{name}"
        self._children.start(child, _station(arguments), ends=True)
        self._until(lambda: self._children.status(child) is not None, _COMMAND_S, "wait-command", title=name)
        status = self._children.status(child)
        said = self._children.forget(child)
        if status != 0:
            command = f"station {' '.join(arguments[:2])}"
            words = self._teller.words
            raise DemoFailed(words.say("command-failed", command=command, status=status, said=said.strip()))
        return said

    def _until(self, condition: Callable[[], bool], patience_s: float, what: str, **parts: object) -> None:
        deadline = time.monotonic() + patience_s
        while not condition():
            self._look()
            if time.monotonic() > deadline:
                words = self._teller.words
                raise DemoFailed(words.say("late", seconds=round(patience_s), what=words.say(what, **parts)))

    def _look(self) -> None:
        """Tell what is new, and see that everything lives."""
        time.sleep(_LOOK_S)
        if self._stopping:
            raise _Stopped
        for happening in self._following.news():
            self._teller.happened(happening)
            self._take(happening)
        self._children.check()

    def _take(self, happening: Happening) -> None:
        body = happening.body
        match happening.what:
            case "device.state" if body["fit"]:
                self._fit.add(body["device"])
            case "device.state":
                self._fit.discard(body["device"])
            case "list.applied":
                self._has_list = True
            case "truck" if body["event"] == "gone":
                self._is_truck_gone = True
            case "crossing.completed":
                self._has_crossing_ended = True
            case "crossing.held":
                self._is_held = True
            case "crossing.decided" if body["verdict"] == "REFER_XRAY":
                self._is_referred = True
            case _:
                return


def _station(arguments: tuple[str, ...]) -> tuple[str, ...]:
    return (sys.executable, "-m", "station", *arguments)
