"""The files to start from are good, name every kind, and speak both languages; push cameras may share an address."""

import re
from pathlib import Path

import pytest

from drivers.catalog import DRIVERS
from drivers.links.bus_settings import BUS_KINDS
from station.settings.load import cautions, load
from tests.settings.test_load import GOOD, only_fault

CONFIG = Path(__file__).parents[2] / "config"
DEVICES = CONFIG / "devices.example.toml"
VIETNAMESE = re.compile("[ăâđêôơưạảấầẩậắằặẹẻếềểễệỉịọỏốồổộớờợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


def test_every_kind_has_a_table_and_none_twice() -> None:
    settings = load(DEVICES)
    kinds = [str(getattr(device, "kind", "")) for device in settings.devices.values()]
    assert sorted(kinds) == sorted(DRIVERS)
    assert sorted(bus.kind for bus in settings.buses.values()) == sorted(BUS_KINDS)


def test_nothing_in_it_needs_a_caution() -> None:
    """Its ports have lasting names, its beams are named, its buses are used."""
    assert list(map(str, cautions(DEVICES))) == []


@pytest.mark.parametrize("file", sorted(CONFIG.glob("*.toml")), ids=lambda path: path.name)
def test_an_example_loads_and_speaks_both_languages(file: Path) -> None:
    load(file)
    comments = re.findall(r"(?m)^#(.*)|  # ?(.*)$", file.read_text())
    spoken = [bool(VIETNAMESE.search(line + end)) for line, end in comments]
    assert spoken.count(True) > 20 and spoken.count(False) > 10
    assert max(map(len, file.read_text().splitlines())) <= 120


PUSH = '[device.{name}]\nkind = "{kind}"\nhost = "192.0.2.20"\nallowed = ["192.0.2.67"]\n{more}'


def test_two_receivers_share_an_address_but_no_port(tmp_path: Path) -> None:
    text = GOOD + PUSH.format(name="front", kind="hikvision-push", more="")
    (tmp_path / "lane.toml").write_text(text + PUSH.format(name="rear", kind="dahua-push", more=""))
    load(tmp_path / "lane.toml")
    fault = only_fault(text + PUSH.format(name="rear", kind="dahua-push", more="port = 8080\n"), tmp_path)
    assert (fault.where, fault.message_code) == ("device.rear.host", "wire-twice")
    assert "192.0.2.20:8080" in fault.message_en and "unit" not in fault.message_en
