"""The lane's word about itself, from what the courier holds."""

from station.courier.belief import Belief
from station.courier.store import Held
from station.courier.talk import DiskIs
from station.messages.states import LaneState
from station.messages.topics import LaneTopics


def lane_state(
    topics: LaneTopics, held: Held, belief: Belief, disk: DiskIs, *, online: bool, boot: str, full_list: bool
) -> LaneState:
    """What is sent, retained, on `state`."""
    return LaneState(
        topics.station,
        topics.lane,
        online,
        boot,
        held.list_number,
        held.suspension_number,
        full_list=full_list,
        watchlist_number=held.watchlist[0],
        rules_number=held.rules[0],
        decision_number=held.decision[0],
        proposal_number=held.proposal[0],
        trust_serial=belief.trusted.serial,
        officers_number=belief.officers,
        disk=disk.level,
        free_mib=disk.free_mib,
        days_left=disk.days_left,
    )
