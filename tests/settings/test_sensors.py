"""Light barriers in a settings file: each needs a device that reports it; what a lane lacks is said and not refused."""

from pathlib import Path

import pytest

from station.core.parameters import Sensors
from station.settings.load import cautions, load
from tests.settings.test_load import GOOD, faults_of

WIRED = GOOD.replace(
    'host = "127.0.0.1"\n', 'host = "127.0.0.1"\nboom_beam = 5\n', 1
)  # the module's last input; a module with more of them carries the deck's beams too
BOOM = '[lane.sensors]\nboom_beam = "barrier"\n'


def cautioned(text: str, folder: Path) -> list[tuple[str, str]]:
    path = folder / "lane.toml"
    path.write_text(text)
    load(path)
    return [(caution.where, caution.message_code) for caution in cautions(path)]


def test_a_lane_without_light_barriers_is_told_what_it_cannot_promise(tmp_path: Path) -> None:
    told = [("lane.sensors.boom_beam", "no-boom-beam"), ("lane.sensors", "no-deck-beams")]
    assert cautioned(GOOD, tmp_path) == told
    for caution in cautions(tmp_path / "lane.toml"):
        assert "[lane.sensors]" in caution.message_vi and "[lane.sensors]" in caution.message_en
        assert caution.line == 2


def test_a_beam_that_is_fitted_and_named_is_used(tmp_path: Path) -> None:
    assert cautioned(WIRED + BOOM, tmp_path) == [("lane.sensors", "no-deck-beams")]
    assert load(tmp_path / "lane.toml").parameters.sensors == Sensors(boom_beam="barrier")


def test_a_lane_with_every_light_barrier_is_told_nothing(tmp_path: Path) -> None:
    more = '[device.deck]\nkind = "waveshare-relay-8ch"\nhost = "127.0.0.2"\n'
    beams = "deck_entry_beam = 5\ndeck_exit_beam = 6\n"
    sensors = BOOM + 'deck_entry_beam = "deck"\ndeck_exit_beam = "deck"\n'
    assert cautioned(WIRED + more + beams + sensors, tmp_path) == []


def test_a_beam_that_a_device_reports_and_the_lane_ignores_is_named(tmp_path: Path) -> None:
    assert ("device.barrier.boom_beam", "beam-not-used") in cautioned(WIRED, tmp_path)


def test_a_lane_without_a_barrier_needs_none(tmp_path: Path) -> None:
    assert cautioned(GOOD + '[lane.parts]\nbarrier = ""\n', tmp_path) == []


@pytest.mark.parametrize(
    ("sensors", "code"),
    [
        ('boom_beam = "gate"', "no-such-device"),
        ('boom_beam = "scale"', "unfit-device"),
        ('boom_beam = "barrier"', "beam-not-wired"),
        ("boom_beam = true", "wrong-type"),
        ('bom_beam = "barrier"', "unknown-key"),
    ],
)
def test_a_beam_that_nobody_would_report_is_refused(sensors: str, code: str, tmp_path: Path) -> None:
    """The boom would wait for it for ever."""
    (fault,) = faults_of(f"{GOOD}[lane.sensors]\n{sensors}\n", tmp_path)
    assert fault.message_code == code
    assert fault.where.startswith("lane.sensors.")
