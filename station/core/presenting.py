"""What is presented by itself while a truck stands in the lane: tags it carries, documents its driver shows.

It is recorded and decides nothing yet. A reader's field reaches further than the entry loop and tells each tag once
per stay: so a tag that was seen shortly before a truck came, or while the one before it was leaving, is this truck's.
"""

from drivers.contract.quantities import Millis
from drivers.contract.readings import IdentityRead, IdentityRefused, TagSeen
from station.core.presented_records import DriverIdentified, TagPresented
from station.core.records import RefusalRecorded
from station.core.state import Crossing, EarlyTag
from station.core.turn import Turn

MOST_TAGS = 5
MOST_DOCUMENTS = 3
MOST_REFUSED_DOCUMENTS = 3
MOST_EARLY_TAGS = 3
"""Per crossing, and before it: what comes after that is not recorded any more."""

BEFORE_ARRIVAL = Millis(60_000)
"""For how long a tag that was seen without a truck may be the next one's."""


def read(turn: Turn, device: str, reading: TagSeen | IdentityRead | IdentityRefused) -> None:
    """Take in a reading of a fit device."""
    match reading:
        case TagSeen():
            _tag(turn, device, reading)
        case IdentityRead():
            _document(turn, device, reading)
        case IdentityRefused():
            _refused(turn, device, reading)


def arrived(turn: Turn) -> None:
    """A crossing was opened: the tags that came shortly before are its own."""
    early, since = turn.state.early_tags, turn.now - BEFORE_ARRIVAL
    turn.set(early_tags=())
    for tag in early:
        if tag.seen >= since:
            _tag(turn, tag.device, TagSeen(tag.epc, tag.antenna, tag.rssi))


def _tag(turn: Turn, device: str, tag: TagSeen) -> None:
    """Record a tag of the truck that stands here, or keep it for the next one."""
    crossing = _waiting(turn)
    if crossing is None:
        others = tuple(early for early in turn.state.early_tags if early.epc != tag.epc)
        early = EarlyTag(device, tag.epc, tag.antenna, tag.rssi, turn.now)
        turn.set(early_tags=(*others, early)[-MOST_EARLY_TAGS:])
    elif tag.epc not in crossing.tags and len(crossing.tags) < MOST_TAGS:
        turn.set_crossing(tags=(*crossing.tags, tag.epc))
        turn.record(TagPresented(crossing.crossing, device, tag.epc, tag.antenna, tag.rssi))


def _document(turn: Turn, device: str, reading: IdentityRead) -> None:
    """Record that a driver showed a document; without a truck nobody is identified."""
    crossing = _waiting(turn)
    if crossing is not None and crossing.documents < MOST_DOCUMENTS:
        turn.set_crossing(documents=crossing.documents + 1)
        turn.record(DriverIdentified(crossing.crossing, device, reading.document, reading.sealed))


def _refused(turn: Turn, device: str, reading: IdentityRefused) -> None:
    """Record which check a document failed."""
    crossing = _waiting(turn)
    if crossing is not None and crossing.refused_documents < MOST_REFUSED_DOCUMENTS:
        turn.set_crossing(refused_documents=crossing.refused_documents + 1)
        next_step = "hold the document still and read it again, or look at it yourself"
        turn.record(RefusalRecorded("device", device, f"document-{reading.check}", next_step))


def _waiting(turn: Turn) -> Crossing | None:
    """The truck in the lane as long as it was not let go."""
    crossing = turn.state.crossing
    return None if crossing is None or crossing.released else crossing
