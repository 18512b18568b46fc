"""What a lane says about itself on its state topic, from what the courier holds and what the lane has told it."""

from station.courier import talk
from station.courier.store import Held
from station.messages.states import LaneState
from station.messages.topics import LaneTopics


def state_of(topics: LaneTopics, held: Held, disk: talk.DiskIs) -> LaneState:
    """The lists in force and the disk; what only the running courier knows is still to be filled in."""
    return LaneState(
        topics.station,
        topics.lane,
        online=False,
        boot="",
        list_number=held.list_number,
        suspension_number=held.suspension_number,
        watchlist_number=held.watchlist[0],
        rules_number=held.rules[0],
        decision_number=held.decision[0],
        proposal_number=held.proposal[0],
        disk=disk.level,
        free_mib=disk.free_mib,
        days_left=disk.days_left,
    )
