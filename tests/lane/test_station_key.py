"""A lane without a readable station key works on, unsigned, and says which file and what to do."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from station.core.facts import InputRefused
from station.lane.own_keys import station_key, watch_key
from station.settings.tables import StationSettings
from station.trust.keys import PrivateKey, save_key
from station.trust.watching import make_watch_key


def settings_with(file: Path) -> StationSettings:
    return cast(StationSettings, SimpleNamespace(trust=SimpleNamespace(station_key=file)))


def test_a_key_that_is_not_there_or_open_to_others_is_told(tmp_path: Path) -> None:
    file = tmp_path / "station.key"
    key, (told,) = station_key(settings_with(file))
    assert key is None and isinstance(told, InputRefused)
    assert (told.source, told.thing) == ("trust", str(file))
    assert "no checkpoints" in told.reason and told.next_step == "provision the key file"
    save_key(PrivateKey.make(), file)
    file.chmod(0o640)
    _, (exposed,) = station_key(settings_with(file))
    assert isinstance(exposed, InputRefused) and "key-file-exposed" in exposed.reason
    assert replace(exposed, reason=told.reason, next_step=told.next_step, tick=told.tick) == told
    file.chmod(0o600)
    assert station_key(settings_with(file))[1] == []


def test_a_watch_key_is_read_once_it_is_named(tmp_path: Path) -> None:
    def named(file: Path | None) -> StationSettings:
        return cast(StationSettings, SimpleNamespace(trust=SimpleNamespace(watch_key=file)))

    assert watch_key(named(None)) == (None, [])
    file = tmp_path / "watch.key"
    key, (told,) = watch_key(named(file))
    assert key is None and isinstance(told, InputRefused) and "key-file-missing" in told.reason
    made = make_watch_key(file)
    read, facts = watch_key(named(file))
    assert facts == [] and read is not None and read.key_id == made.key_id and read.mark("A1") == made.mark("a-1")
    file.write_text("no key")
    _, (malformed,) = watch_key(named(file))
    assert isinstance(malformed, InputRefused) and "key-file-malformed" in malformed.reason
