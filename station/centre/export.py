"""What a station should hold as a file of signed lines, for a stick: where the link is down, somebody carries it."""

from dataclasses import replace

from station.centre import publisher
from station.centre.store import CentreStore
from station.messages.downlinks import KINDS, Downlink, SettingsProposal
from station.trust.keys import PrivateKey
from station.trust.signed import sign

MOST_SUSPENSIONS = 1_000
"""The newest; a lane that lacks older ones hears of them when its link is back."""


def signed_lines(
    store: CentreStore, station: str, key: PrivateKey, now_ms: int, valid_ms: int, lane: str = ""
) -> list[bytes]:
    """The newest of each kind, each line as it would travel to a lane, accepted until `now_ms` + `valid_ms`.

    With a `lane` also the settings that are proposed to it, each until its own end.
    """
    newest = publisher.newest_numbers(store).get((station, "suspension"), 0)
    kept = publisher.lacking(store, station, publisher.Holds(0, max(0, newest - MOST_SUSPENSIONS), 0, 0))
    things: list[Downlink] = [replace(item.thing, valid_until_ms=now_ms + valid_ms) for item in kept]
    own = publisher.for_one_lane(store, now_ms).get((station, lane), [])
    things += [one for one in own if isinstance(one, SettingsProposal)]
    return [sign(KINDS[type(thing)], thing, key).to_wire() for thing in things]
