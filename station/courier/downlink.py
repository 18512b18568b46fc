"""Judges a downlink: signed by a key with the right scope, for this station, newer, in time, and not retained."""

import re
from dataclasses import dataclass
from typing import get_args

from drivers.contract.plain import NotPlain, from_plain
from station.core.ruling import fault_of
from station.courier.store import Held, digest
from station.messages.downlinks import (
    KINDS,
    Decision,
    Downlink,
    EligibleList,
    ListDelta,
    Rules,
    SettingsProposal,
    Watchlist,
)
from station.messages.newer import read_known
from station.messages.receipts import FromReceiver, Receipt
from station.messages.topics import LaneTopics
from station.settings import proposable
from station.trust.chain import Trusted
from station.trust.refusal import Reason, Untrusted
from station.trust.signed import Purpose, Signed

MOST_BYTES = 4 * 1024 * 1024
MOST_MARKS = 50_000
_MOST_NUMBER = 2**63 - 1
_LONGEST_OPEN_MS = (proposable.MOST_DAYS + 1) * 86_400_000
_MARK = re.compile(r"[0-9a-f]{64}")

_NEXT_STEPS = {
    "oversize": "send a smaller one; a list of that size belongs on several stations",
    "retained": "have it published without the retain flag, and clear the retained message at the broker",
    "unknown-type": "compare the software versions of centre and station",
    "malformed": "compare the software versions of centre and station",
    "wrong-station": "send it to the station it names",
    "expired": "have the centre sign and send it again; check the clocks of both",
    "outdated": "send the newest one",
    "repeated": "",
    "fork": "keep the journal, compare it with the centre's records; nothing is delivered or deleted until then",
    "not-kept": "free space on the disk that holds it",
    "link-refused": "check host, certificates and their dates on both sides, and this lane's rights at the broker",
    "other-base": "nothing; the lane asks for the whole list",
    "other-result": "nothing; the lane asks for the whole list. Compare the centre's list with its own delta",
    "other-watch-key": "provision the station with the watch key of the centre, or the other way round",
    "limit-not-listed": "leave the limit out; a centre may narrow only those that are listed",
    "out-of-bounds": "correct the value and its unit",
    "key-not-proposable": "leave the setting out; whoever wants it otherwise has it changed at the station, by hand",
    "value-not-proposable": "write a whole number, true, false or a list of whole numbers",
    "other-settings": "look at the lane's settings again, and propose on those that it runs now",
    "open-too-long": "sign it with an end within 90 days; check the clocks of both",
    "file-missing": "import the file again with the station's own command",
    "file-changed": "import the file again; compare the stick with the one that was signed for",
    "file-in-hand": "wait until the last file has been taken in, then import this one again",
}
REASONS = frozenset((*_NEXT_STEPS, *get_args(Reason), "too-many"))
"""Every code with which a lane refuses what comes from the centre; beside them only what a broker or a disk says."""


class DownlinkUnacceptable(Exception):
    """A refusal: `thing` names the downlink, `reason` is a code, `next_step` says what a person does now.

    `unfit` is the downlink itself where all else is right with it: newer than what is held, and still unfit here.
    """

    unfit: Downlink | None = None

    def __init__(self, thing: str, reason: str, next_step: str = "") -> None:
        self.thing = thing
        self.reason = reason
        self.next_step = next_step or _NEXT_STEPS.get(reason, "")
        super().__init__(f"{thing}: {reason}; next: {self.next_step}")


@dataclass(frozen=True, slots=True)
class Judge:
    """Knows whom to believe and who we are, and by its hash which settings run here."""

    topics: LaneTopics
    trusted: Trusted
    watch_key_id: str = ""
    settings_sha256: str = ""

    def refuse_unread(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """What is refused without being kept. Raises DownlinkUnacceptable."""
        kind = self._kind(topic)
        if retained:
            raise DownlinkUnacceptable(kind, "retained")
        if len(payload) > MOST_BYTES:
            raise DownlinkUnacceptable(f"{kind} of {len(payload)} bytes", "oversize")

    def judge(self, topic: str, payload: bytes, held: Held, utc_ms: int) -> Downlink:
        """The downlink, to be applied. Raises DownlinkUnacceptable, and nothing else, for any input."""
        thing = self._verified(self._kind(topic), payload, utc_ms)
        name = f"{topic.rpartition('/')[2]} {thing.number}"
        if thing.station != self.topics.station:
            raise DownlinkUnacceptable(f"{name} for {thing.station[:40]}", "wrong-station")
        if utc_ms > thing.valid_until_ms:
            raise DownlinkUnacceptable(name, "expired")
        if isinstance(thing, Decision | SettingsProposal) and thing.lane != self.topics.lane:
            raise DownlinkUnacceptable(f"{name} for {thing.lane[:40]}", "wrong-station")
        if isinstance(thing, SettingsProposal) and thing.valid_until_ms > utc_ms + _LONGEST_OPEN_MS:
            raise DownlinkUnacceptable(name, "open-too-long")
        self._refuse_old(thing, name, held)
        try:
            self._refuse_unfit(thing, name, held)
        except DownlinkUnacceptable as refusal:
            refusal.unfit = thing
            raise
        return thing

    def read_receipt(self, payload: bytes, utc_ms: int, *, retained: bool) -> tuple[FromReceiver, Signed]:
        """What the centre says about the record stream, and as it was signed. Raises DownlinkUnacceptable."""
        if retained:
            raise DownlinkUnacceptable("receipt", "retained")
        try:
            signed = Signed.from_wire(payload)
            message: FromReceiver = read_known(FromReceiver, self.trusted.verify(signed, "receipt", utc_ms))
        except Untrusted as error:
            raise DownlinkUnacceptable("receipt", error.reason, error.next_step) from error
        except NotPlain as error:
            raise DownlinkUnacceptable("receipt", "malformed") from error
        if (message.station, message.lane) != (self.topics.station, self.topics.lane):
            raise DownlinkUnacceptable("receipt", "wrong-station")
        if isinstance(message, Receipt) and not message.is_sound:
            raise DownlinkUnacceptable("receipt", "malformed")
        return message, signed

    def _kind(self, topic: str) -> Purpose:
        kinds: dict[str, Purpose] = {getattr(self.topics, kind): kind for kind in KINDS.values()}
        if topic not in kinds:
            raise DownlinkUnacceptable(topic[:80], "unknown-type")
        return kinds[topic]

    def _verified(self, kind: Purpose, payload: bytes, utc_ms: int) -> Downlink:
        try:
            body = self.trusted.verify(Signed.from_wire(payload), kind, utc_ms)
            thing: Downlink = from_plain(Downlink, body)
        except Untrusted as error:
            raise DownlinkUnacceptable(kind, error.reason, error.next_step) from error
        except NotPlain as error:
            reason = "unknown-type" if "unknown kind" in str(error) else "malformed"
            raise DownlinkUnacceptable(f"{kind}: {str(error)[:120]}", reason) from error
        if KINDS[type(thing)] != kind:
            raise DownlinkUnacceptable(f"{type(thing).__name__} signed as {kind}", "unknown-type")
        numbers = (thing.number, thing.issued_ms, thing.valid_until_ms)
        if not all(0 < number <= _MOST_NUMBER for number in numbers) or _is_ambiguous(thing):
            raise DownlinkUnacceptable(f"{kind} {str(thing.number)[:20]}", "malformed")
        return thing

    def _refuse_old(self, thing: Downlink, name: str, held: Held) -> None:
        """A list replaces the older ones; of the suspensions each counts, in whatever order they come.

        Decisions and proposals come one behind the other: an older one was for a moment that has passed.
        """
        number, known = held.of(KINDS[type(thing)])
        if known.get(thing.number) == digest(thing):
            raise DownlinkUnacceptable(name, "repeated")
        if thing.number <= number or thing.number in known:
            raise DownlinkUnacceptable(f"{name}, in force is {number}", "outdated")

    def _refuse_unfit(self, thing: Downlink, name: str, held: Held) -> None:
        """What is newer and still cannot be applied here."""
        match thing:
            case ListDelta(base_number=base, base_sha256=sha256) if (base, sha256) != held.base:
                raise DownlinkUnacceptable(f"{name} on list {base}, in force is {held.list_number}", "other-base")
            case Watchlist(key_id=key_id) if key_id != self.watch_key_id:
                raise DownlinkUnacceptable(name, "other-watch-key")
            case Rules(values=values) if fault := fault_of(values):
                raise DownlinkUnacceptable(name, fault)
            case SettingsProposal(changes=changes) if found := proposable.fault_of(changes):
                raise DownlinkUnacceptable(f"{name}: {found.key}", found.code)
            case SettingsProposal(settings_sha256=sha256) if sha256 != self.settings_sha256:
                raise DownlinkUnacceptable(name, "other-settings")


def _is_ambiguous(thing: Downlink) -> bool:
    """What stands twice has no one meaning."""
    match thing:
        case EligibleList():
            names = [entry.declaration for entry in thing.entries]
        case ListDelta():
            names = [*(entry.declaration for entry in thing.put), *thing.removed]
        case Watchlist():
            return not all(_MARK.fullmatch(mark) for mark in thing.marks) or len(thing.marks) > MOST_MARKS
        case Rules():
            names = [name for name, _ in thing.values]
        case SettingsProposal():
            return proposable.is_malformed(thing.changes, thing.reason)
        case _:
            return False
    return len(set(names)) < len(names)
