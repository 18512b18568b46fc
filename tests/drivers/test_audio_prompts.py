"""Announcements: which recordings are begun, in which order, and what cuts them off."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.contract.clock import now
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import PlayPrompt, ShowText
from drivers.contract.quantities import Millis, Tick
from drivers.contract.tools import Tools
from drivers.kiosk.audio_prompts import AudioPromptsDriver, AudioPromptsSettings
from tests.drivers.audio_folder import AudioFolder

PATIENCE = Millis(300)
DEADLINE_S = 20.0


class Bench:
    """A folder with a short and a very long prompt, and its driver."""

    def __init__(self, folder: Path, longest: int = 20_000) -> None:
        self.audio = AudioFolder(folder)
        for language in ("vi", "en"):
            self.audio.record(f"go.{language}.wav", 20)
            self.audio.record(f"stay.{language}.wav", 60_000)
        settings = AudioPromptsSettings(
            "audio-prompts", str(self.audio.recordings), self.audio.player, longest=Millis(longest)
        )
        self.driver = AudioPromptsDriver("voice", settings, Tools(now, folder))

    def play(self, order_id: str, prompt: str, *languages: str) -> str:
        order = PlayPrompt(order_id, Tick(now() + 1_000), prompt, languages or ("vi", "en"))
        return self.driver.obey(order, PATIENCE).code

    def until(self, played: list[str]) -> None:
        end = time.monotonic() + DEADLINE_S
        while self.audio.played != played:
            assert time.monotonic() < end, self.audio.played
            self.driver.poll(Millis(0))
            time.sleep(0.01)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    made.driver.open()
    yield made
    made.driver.close()


def test_both_languages_one_after_the_other_and_never_twice(bench: Bench) -> None:
    assert bench.play("v1", "go") == "accepted"
    bench.until(["go.vi.wav", "go.en.wav"])
    assert bench.play("v1", "go") == "accepted"
    assert bench.play("v2", "go", "en") == "accepted"
    bench.until(["go.vi.wav", "go.en.wav", "go.en.wav"])


def test_a_newer_prompt_cuts_the_older_one_off(bench: Bench) -> None:
    bench.play("v1", "stay")
    bench.until(["stay.vi.wav"])
    began = time.monotonic()
    bench.play("v2", "go")
    bench.until(["stay.vi.wav", "go.vi.wav", "go.en.wav"])
    assert time.monotonic() - began < 30  # the older one lasts a minute


def test_a_recording_without_end_is_cut_off(tmp_path: Path) -> None:
    bench = Bench(tmp_path, longest=1_000)
    bench.driver.open()
    bench.play("v1", "stay")
    bench.until(["stay.vi.wav", "stay.en.wav"])
    bench.driver.close()


def test_a_missing_language_is_left_out_and_a_missing_prompt_refused(bench: Bench) -> None:
    assert bench.play("v1", "go", "fr", "en") == "accepted"
    bench.until(["go.en.wav"])
    assert bench.play("v2", "no-such") == "refused"


@pytest.mark.parametrize("prompt", ["../go", "go.vi", "", "/etc/passwd", "go; ls", "-go"])
def test_a_name_that_leads_elsewhere_is_refused(bench: Bench, prompt: str) -> None:
    assert bench.play("v1", prompt) == "refused"
    assert bench.play("v2", "go", prompt) == "refused"
    assert bench.audio.played == []


def test_a_player_that_fails_is_a_named_fault(bench: Bench) -> None:
    (bench.audio.recordings / "go.vi.wav").write_bytes(b"no sound")
    bench.play("v1", "go")

    def fail() -> None:
        end = time.monotonic() + DEADLINE_S
        while time.monotonic() < end:
            bench.driver.poll(Millis(0))
            time.sleep(0.01)

    assert code_of(fail) == "refused"


def test_no_player_and_no_folder_are_named_faults(tmp_path: Path) -> None:
    missing = AudioPromptsSettings("audio-prompts", str(tmp_path), ("no-such-player",))
    assert code_of(AudioPromptsDriver("voice", missing, Tools(now, tmp_path)).open) == "unfit"
    lost = AudioPromptsSettings("audio-prompts", str(tmp_path / "none"), ("true",))
    assert code_of(AudioPromptsDriver("voice", lost, Tools(now, tmp_path)).open) == "port-missing"


def test_a_player_must_be_named() -> None:
    with pytest.raises(ValueError, match="player"):
        AudioPromptsSettings("audio-prompts", "recordings", ())


def test_other_orders_are_refused_and_late_ones_not_played(bench: Bench) -> None:
    assert bench.driver.obey(ShowText("t", Tick(now() + 1_000), ("GO",)), PATIENCE).code == "refused"
    assert bench.driver.obey(PlayPrompt("v", Tick(now() - 1), "go", ("vi",)), PATIENCE).code == "expired"
    assert bench.audio.played == []


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(DeviceFault) as caught:
        call()
    return caught.value.fault.code
