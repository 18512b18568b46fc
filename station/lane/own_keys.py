"""The secrets a lane holds, each in a file of its own. A lane without one works on, says so, and does without."""

from drivers.contract.clock import now
from station.core.facts import Fact, InputRefused
from station.settings.tables import StationSettings
from station.trust.keys import PrivateKey, load_key
from station.trust.refusal import Untrusted
from station.trust.watching import WatchKey


def station_key(settings: StationSettings) -> tuple[PrivateKey | None, list[Fact]]:
    """The key that signs checkpoints and tickets. Without it the lane works on, unsigned, and says so."""
    try:
        return load_key(settings.trust.station_key), []
    except Untrusted as error:
        seen = f"no checkpoints, {error.reason}: {error.seen}"[:300]
        return None, [InputRefused(now(), "trust", str(settings.trust.station_key), seen, error.next_step)]


def watch_key(settings: StationSettings) -> tuple[WatchKey | None, list[Fact]]:
    """The key of the watchlists. Without it the lane takes none, and says so if it should have one."""
    file = settings.trust.watch_key
    if file is None:
        return None, []
    try:
        return WatchKey.load(file), []
    except Untrusted as error:
        seen = f"{error.reason}: {error.seen}"[:300]
        return None, [InputRefused(now(), "trust", str(file), seen, error.next_step)]
