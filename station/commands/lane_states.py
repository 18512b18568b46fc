"""How the lanes stand, as `station centre lanes` tells it: connected or not, stored up to where, room on the disk."""

from typing import TYPE_CHECKING

from station.commands.output import put_json, table, utc
from station.commands.telling import free_space
from station.commands.words import phrase
from station.words.meanings import coded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from station.centre.lane_states import LaneStanding
    from station.messages.states import LaneState


def tell_lanes(found: "Sequence[LaneStanding]", *, as_json: bool) -> None:
    """A line each."""
    if as_json:
        for one in found:
            put_json(_plain(one))
        return
    rows = [
        [
            f"{one.station}/{one.lane}",
            phrase("lane-online" if one.online else "lane-offline"),
            utc(one.changed_ms) if one.changed_ms else "-",
            f"{one.stored.epoch}/{one.stored.seq}",
            _disk(one.state),
        ]
        for one in found
    ]
    headings = [phrase(key) for key in ("lane", "lane-link", "lane-since", "record", "lane-disk")]
    table(phrase("centre-lanes", count=len(rows)), headings, rows)


def _disk(state: "LaneState | None") -> str:
    """Level, room and days left; a lane of an older release says nothing of it."""
    if state is None or not state.disk:
        return phrase("disk-unknown")
    return f"{coded(state.disk)}, {free_space(state.free_mib, state.days_left)}"


def _plain(one: "LaneStanding") -> dict[str, object]:
    state = one.state
    return {
        "station": one.station,
        "lane": one.lane,
        "online": one.online,
        "changed_ms": one.changed_ms,
        "epoch": one.stored.epoch,
        "seq": one.stored.seq,
        "disk": state.disk if state is not None else "",
        "free_mib": state.free_mib if state is not None else -1,
        "days_left": state.days_left if state is not None else -1,
    }
