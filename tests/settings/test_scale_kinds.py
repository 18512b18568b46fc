"""Every kind of scale in a settings file: what may be left out, what must be said, and commands by name."""

from pathlib import Path

import pytest

from drivers.weighbridge.kinds import SPECS
from drivers.weighbridge.toledo_commanded import ToledoCommandedSettings
from drivers.weighbridge.yaohua_command import YaohuaCommandSettings
from station.settings.faults import SettingsFaulty
from station.settings.load import load

EXAMPLE = Path("config/lane.example.toml")
SERIAL = [spec.kind for spec in SPECS if spec.wire == "serial"]
MUST_SAY = {"yaohua-xk3190": 'profile = "xor"', "ascii-indicator": 'profile = "st-gs"'}


def _scale(tmp_path: Path, kind: str, *more: str) -> object:
    """The scale of a whole file whose [device.scale] is this."""
    before, _, rest = EXAMPLE.read_text().partition("[device.scale]")
    after = rest[rest.index("\n[") :]
    table = "\n".join(("[device.scale]", f'kind = "{kind}"', 'port = "/dev/ttyS0"', *more))
    path = tmp_path / "lane.toml"
    path.write_text(f"{before}{table}\n{after}")
    return load(path).devices["scale"]


@pytest.mark.parametrize("kind", SERIAL)
def test_a_port_is_enough_but_for_what_is_never_guessed(tmp_path: Path, kind: str) -> None:
    said = [MUST_SAY[kind]] if kind in MUST_SAY else []
    (spec,) = (spec for spec in SPECS if spec.kind == kind)
    assert isinstance(_scale(tmp_path, kind, *said), spec.settings)
    if said:
        with pytest.raises(SettingsFaulty):
            _scale(tmp_path, kind)


def test_commands_are_none_unless_they_are_named(tmp_path: Path) -> None:
    unnamed = ToledoCommandedSettings("toledo-commanded", "/dev/ttyS0", commands=())
    assert _scale(tmp_path, "toledo-commanded") == unnamed
    named = _scale(tmp_path, "toledo-commanded", 'commands = ["zero", "clear-tare"]')
    assert named == ToledoCommandedSettings("toledo-commanded", "/dev/ttyS0", commands=("zero", "clear-tare"))
    keli = _scale(tmp_path, "yaohua-command", 'address = "C"', 'commands = ["zero"]')
    assert keli == YaohuaCommandSettings("yaohua-command", "/dev/ttyS0", "C", commands=("zero",))


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("toledo-commanded", 'commands = ["print"]'),
        ("yaohua-command", 'commands = ["tare"]'),
        ("toledo-continuous", 'commands = ["zero"]'),
        ("mt-sics", 'commands = ["zero"]'),
        ("yaohua-command", 'address = "AB"'),
        ("rinstrum", "address = 32"),
        ("mt-sics", "ask_every = 450"),
    ],
)
def test_what_a_kind_cannot_do_is_refused_in_its_settings(tmp_path: Path, kind: str, line: str) -> None:
    with pytest.raises(SettingsFaulty, match=line.partition(" ")[0]):
        _scale(tmp_path, kind, line)


@pytest.mark.parametrize(
    ("kind", "baud", "enough"), [("yaohua-command", 600, 400), ("mt-sics", 1200, 300), ("sma", 1200, 250)]
)
def test_a_line_too_slow_for_its_questions_is_refused_with_the_time_they_take(
    tmp_path: Path, kind: str, baud: int, enough: int
) -> None:
    with pytest.raises(SettingsFaulty, match=f"at {baud} baud question and answer take"):
        _scale(tmp_path, kind, f"baud = {baud}")
    _scale(tmp_path, kind, f"baud = {baud}", f"ask_every = {enough}")
