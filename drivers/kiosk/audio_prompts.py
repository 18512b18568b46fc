"""Recorded announcements: `<folder>/<prompt>.<language>.wav`, played by a program of the system, never by a shell."""

import re
import shutil
import subprocess
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import Order, PlayPrompt
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading
from drivers.contract.tools import Tools

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LOOK_EVERY = Millis(1_000)
_ENDS_WITHIN_S = 1.0


@dataclass(frozen=True, slots=True)
class AudioPromptsSettings:
    """A loudspeaker at the sound card, and a folder of recordings.

    kind: "audio-prompts".
    folder: holds <prompt>.<language>.wav, such as stop-show-code.vi.wav; prompts are named after the instructions.
    player: the program that plays one file and ends, with its arguments; the file's name is put behind them.
    longest: milliseconds after which a recording is cut off.
    """

    kind: Literal["audio-prompts"]
    folder: str
    player: tuple[str, ...] = ("aplay", "-q")
    longest: Annotated[Millis, Interval(ge=1_000, le=120_000)] = Millis(20_000)

    def __post_init__(self) -> None:
        if not self.player:
            raise ValueError('player must name a program, such as ["aplay", "-q"]')


class AudioPromptsDriver:
    """Obeys PlayPrompt: its languages in turn. A newer prompt cuts the one before it off; none is played twice.

    Gives no readings; a player that fails is a fault of the device.
    """

    def __init__(self, device: str, settings: AudioPromptsSettings, tools: Tools) -> None:
        self._device = device
        self._settings = settings
        self._clock = tools.clock
        self._folder = Path(settings.folder)
        self._waiting: deque[Path] = deque()
        self._playing: subprocess.Popen[bytes] | None = None
        self._cut_off_at = Tick(0)
        self._look_at = Tick(0)
        self._last_order_id = ""

    def open(self) -> Identity:
        self.close()
        program = self._settings.player[0]
        if shutil.which(program) is None:
            raise DeviceFault("unfit", self._device, f"there is no program {program}", "install it or correct `player`")
        count = len(self._recordings())
        self._look_at = self._clock()
        return Identity(self._settings.kind, f"{count} recordings in {self._folder}, played by {program}")

    def poll(self, patience: Millis) -> Sequence[Reading]:  # it has nothing to wait for
        now = self._clock()
        if now >= self._look_at:
            self._look_at = Tick(now + _LOOK_EVERY)
            self._recordings()
        if self._playing is not None:
            self._follow(self._playing, now)
        if self._playing is None and self._waiting:
            self._play(self._waiting.popleft(), now)
        return []

    def obey(self, order: Order, patience: Millis) -> Answer:
        if not isinstance(order, PlayPrompt):
            return Answer("refused", f"{self._device} is a loudspeaker and does not obey {type(order).__name__}")
        if self._clock() > order.not_after:
            return Answer("expired")
        if order.order_id == self._last_order_id:
            return Answer("accepted", "played before")
        if not all(_NAME.fullmatch(part) for part in (order.prompt, *order.languages)):
            return Answer("refused", "a prompt is named by small letters, digits and hyphens")
        files = [self._folder / f"{order.prompt}.{language}.wav" for language in order.languages]
        found = [file for file in files if file.is_file()]
        self._stop()
        self._last_order_id = order.order_id
        if not found:
            return Answer("refused", f"there is no recording {order.prompt}")
        self._waiting.extend(found)
        self._play(self._waiting.popleft(), self._clock())
        return Answer("accepted")

    def close(self) -> None:
        self._stop()

    def _recordings(self) -> list[Path]:
        """Raises DeviceFault if the folder cannot be read."""
        try:
            return [entry for entry in self._folder.iterdir() if entry.suffix == ".wav"]
        except OSError as error:
            seen = f"folder {self._folder}: {error.strerror}"
            raise DeviceFault("port-missing", self._device, seen, "correct `folder` or create it") from error

    def _play(self, file: Path, now: Tick) -> None:
        command = [*self._settings.player, str(file)]
        nothing = subprocess.DEVNULL
        try:
            self._playing = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing)
        except OSError as error:
            raise self._failed(f"{command[0]}: {error.strerror}") from error
        self._cut_off_at = Tick(now + self._settings.longest)

    def _follow(self, player: subprocess.Popen[bytes], now: Tick) -> None:
        status = player.poll()
        if status is None and now < self._cut_off_at:
            return
        if status is None:
            self._end(player)
        self._playing = None
        if status:
            raise self._failed(f"{self._settings.player[0]} ended with status {status}")

    def _stop(self) -> None:
        player, self._playing = self._playing, None
        self._waiting.clear()
        if player is not None:
            self._end(player)

    def _end(self, player: subprocess.Popen[bytes]) -> None:
        player.kill()
        with suppress(subprocess.TimeoutExpired):  # stuck in the sound card's driver: nothing more can be done here
            player.wait(_ENDS_WITHIN_S)

    def _failed(self, seen: str) -> DeviceFault:
        self._waiting.clear()
        return DeviceFault(
            "refused", self._device, seen, "play the recording by hand; check the sound card and `player`"
        )
