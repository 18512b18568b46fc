"""One of everything that travels between a lane and its centre, as payloads on topics, made from the typed models.

Records make a valid chain of two epochs. What is signed is signed with a key that everybody knows.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from drivers.contract.plain import encode
from station.conform.chain import Content, Link, after
from station.conform.examples import Examples
from station.core.records import NOTICES, TYPES
from station.messages.checkpoints import Checkpoint
from station.messages.days import DayStatement
from station.messages.downlinks import Decision, EligibleList, ListDelta, Rules, SettingsProposal, Suspension, Watchlist
from station.messages.envelope import RecordEvent, encode_batch, encode_event
from station.messages.evidence_files import FileChunk, FileGone
from station.messages.receipts import FileReceipt, Receipt, ReplayRequest, Witness
from station.messages.states import DownlinkReport, LaneState
from station.messages.topics import LaneTopics
from station.trust.keys import PrivateKey
from station.trust.signed import Purpose, sign
from station.trust.statements import KeysInForce, OfficersFile

BATCH_RECORDS = 10
_SIGNED: tuple[tuple[Purpose, type], ...] = (
    ("receipt", Receipt),
    ("receipt", ReplayRequest),
    ("receipt", Witness),
    ("receipt", FileReceipt),
    ("checkpoint", Checkpoint),
    ("day", DayStatement),
    ("list", EligibleList),
    ("list", ListDelta),
    ("suspension", Suspension),
    ("watchlist", Watchlist),
    ("rules", Rules),
    ("decision", Decision),
    ("proposal", SettingsProposal),
    ("trust", KeysInForce),
    ("officers", OfficersFile),
)


@dataclass(frozen=True, slots=True)
class Message:
    """A payload on a topic."""

    topic: str
    payload: bytes


def contents(examples: Examples) -> list[Content]:
    """Every record type, each with all its examples; types in the order of `TYPES`."""
    return [Content(name, encode(record)) for cls, name in TYPES.items() for record in examples.all_of(cls)]


def records(station: str, lane: str, seed: int = 1) -> list[RecordEvent]:
    """`contents` as one chain; its second half is a second epoch."""
    made = contents(Examples(station, lane, seed))
    half = len(made) // 2
    first = Link(station, lane).chain(made[:half])
    return first + after(first[-1]).new_epoch().chain(made[half:])


def batches(
    events: Sequence[RecordEvent], encode_one: Callable[[RecordEvent], bytes] = encode_event
) -> Iterator[bytes]:
    """Payloads of up to ten records, in order."""
    waiting = iter(events)
    while batch := list(islice(waiting, BATCH_RECORDS)):
        yield encode_batch(map(encode_one, batch))


def corpus(station: str, lane: str, seed: int = 1) -> Iterator[Message]:
    """One of everything, in the order in which it may be sent."""
    topics, examples = LaneTopics(station, lane), Examples(station, lane, seed)
    for state in examples.all_of(LaneState):
        yield Message(topics.state, encode(state))
    chain = records(station, lane, seed)
    yield from (Message(topics.records, batch) for batch in batches(chain))
    noticed = {TYPES[cls] for cls in NOTICES}
    yield from (Message(topics.notice, encode_event(event)) for event in chain if event.type in noticed)
    for part in (*examples.all_of(FileChunk), *examples.all_of(FileGone)):
        yield Message(topics.evidence, encode(part))
    for report in examples.all_of(DownlinkReport):
        yield Message(topics.report, encode(report))
    key = public_test_key(seed)
    where = {
        "receipt": topics.receipt,
        "checkpoint": topics.checkpoint,
        "day": topics.day,
        "list": topics.list,
        "suspension": topics.suspension,
        "trust": topics.trust,
        "officers": topics.officers,
        "watchlist": topics.watchlist,
        "rules": topics.rules,
        "proposal": topics.proposal,
    }
    for purpose, cls in _SIGNED:
        for thing in examples.all_of(cls):
            yield Message(where.get(purpose, topics.decision), sign(purpose, thing, key).to_wire())


def public_test_key(seed: int) -> PrivateKey:
    """A key whose secret half stands in this file: it proves nothing, and no root may ever state it."""
    return PrivateKey.from_raw(hashlib.sha256(f"border-gate corpus {seed}".encode()).digest())
