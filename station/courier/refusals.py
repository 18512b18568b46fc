"""A flood of refusals becomes a few rows: each refusal is passed on up to a number a minute, then one that says so."""

from drivers.contract.quantities import Millis, Tick
from station.courier.downlink import DownlinkUnacceptable
from station.courier.mqtt_link import Down
from station.messages.states import DownlinkReport
from station.messages.topics import LaneTopics

MOST_A_MINUTE = 20
_MINUTE = Millis(60_000)


def report_of(refusal: DownlinkUnacceptable, topics: LaneTopics, utc_ms: int) -> DownlinkReport:
    """What the centre is told of a refusal."""
    return DownlinkReport(topics.station, topics.lane, refusal.thing, refusal.reason, refusal.next_step, utc_ms)


class WrongPeers:
    """Since the last connection: each way in which broker and lane would not have each other is told once."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def refusals(self, event: Down, *, is_last: bool) -> list[DownlinkUnacceptable]:
        """The refusal if it is a new one; nothing while another MQTT version is still to be tried."""
        if not event.is_refused or not is_last or event.reason in self._told or len(self._told) >= MOST_A_MINUTE:
            return []
        self._told.add(event.reason)
        return [DownlinkUnacceptable(f"link: {event.reason}"[:200], "link-refused")]


class RefusalLimit:
    """Counts refusals by the minute."""

    def __init__(self) -> None:
        self._since: Tick | None = None
        self._count = 0

    def allow(self, refusal: DownlinkUnacceptable, now: Tick) -> DownlinkUnacceptable | None:
        """The refusal itself, the last word of this minute, or None."""
        if self._since is None or now - self._since >= _MINUTE:
            self._since = now
            self._count = 0
        self._count += 1
        if self._count < MOST_A_MINUTE:
            return refusal
        if self._count == MOST_A_MINUTE:
            next_step = "find out who floods the lane's topics; further refusals of this minute are not listed"
            return DownlinkUnacceptable(refusal.thing, "too-many", next_step)
        return None
