"""The MQTT topics of one lane, and back from a topic to the lane. Prefix `bgs/1`; downlinks are never retained."""

import re
from dataclasses import dataclass

_PREFIX = "bgs/1"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")

EVERY_UPLINK = f"{_PREFIX}/+/+/up/#"
"""What a receiving centre subscribes to; several receivers may share it."""

EVERY_STATE = f"{_PREFIX}/+/+/state"
"""The retained state of every lane."""


@dataclass(frozen=True, slots=True)
class LaneTopics:
    """Topics of one lane. Raises ValueError for names that cannot stand in a topic."""

    station: str
    lane: str

    def __post_init__(self) -> None:
        for name in (self.station, self.lane):
            if not _NAME.fullmatch(name):
                raise ValueError(
                    f"{name!r} cannot name a station or lane in a topic: use letters, digits, '-', '_' and '.'"
                )

    def _topic(self, rest: str) -> str:
        return f"{_PREFIX}/{self.station}/{self.lane}/{rest}"

    @property
    def records(self) -> str:
        """Record batches, application/cloudevents-batch+json."""
        return self._topic("up/records")

    @property
    def notice(self) -> str:
        """Live copies of single records, application/cloudevents+json."""
        return self._topic("up/notice")

    @property
    def checkpoint(self) -> str:
        """Signed `Checkpoint`, sent when a receipt covers it."""
        return self._topic("up/checkpoint")

    @property
    def day(self) -> str:
        """Signed `DayStatement`, sent when a day is over."""
        return self._topic("up/day")

    @property
    def evidence(self) -> str:
        """`FileChunk` or `FileGone`, one at a time, and only to a centre that takes files."""
        return self._topic("up/evidence")

    @property
    def report(self) -> str:
        """What became of a downlink that the lane refused."""
        return self._topic("up/report")

    @property
    def state(self) -> str:
        """Retained `LaneState`; also the last will."""
        return self._topic("state")

    @property
    def receipt(self) -> str:
        """Signed `Receipt`, `ReplayRequest`, `Witness` or `FileReceipt`."""
        return self._topic("down/receipt")

    @property
    def list(self) -> str:
        """Signed `EligibleList` or `ListDelta`."""
        return self._topic("down/list")

    @property
    def suspension(self) -> str:
        """Signed `Suspension`."""
        return self._topic("down/suspension")

    @property
    def watchlist(self) -> str:
        """Signed `Watchlist`."""
        return self._topic("down/watchlist")

    @property
    def rules(self) -> str:
        """Signed `Rules`."""
        return self._topic("down/rules")

    @property
    def decision(self) -> str:
        """Signed `Decision`."""
        return self._topic("down/decision")

    @property
    def proposal(self) -> str:
        """Signed `SettingsProposal`."""
        return self._topic("down/proposal")

    @property
    def trust(self) -> str:
        """The root's newest `KeysInForce`, signed by the root itself."""
        return self._topic("down/trust")

    @property
    def officers(self) -> str:
        """The station's officers' file, signed for the purpose "officers"."""
        return self._topic("down/officers")

    @property
    def every_downlink(self) -> str:
        """What the lane subscribes to."""
        return self._topic("down/#")


def every_receipt(station: str) -> str:
    """What the centre says about the record streams of all lanes of a station. Raises ValueError for a bad name."""
    return LaneTopics(station, "LANE").receipt.replace("/LANE/", "/+/")


def lane_of(topic: str) -> tuple[LaneTopics, str] | None:
    """The lane and the rest ("up/records", "state", ...) of a topic of ours; None for any other."""
    parts = topic.split("/")
    if len(parts) < 5 or "/".join(parts[:2]) != _PREFIX:
        return None
    try:
        return LaneTopics(parts[2], parts[3]), "/".join(parts[4:])
    except ValueError:
        return None
