"""The clauses that a receiver keeps, each with the way it is tried. What they say in words: `docs/messages.md`.

Each plays lanes of its own, so that a receiver fails the clause that it breaks and no other.
"""

from collections.abc import Callable
from dataclasses import dataclass

from drivers.contract.clock import now
from drivers.contract.plain import canonical as plain_bytes
from drivers.contract.plain import encode, to_plain
from drivers.contract.quantities import Millis
from station.conform import malformed
from station.conform.chain import Content, Link, after
from station.conform.corpus import records
from station.conform.finding import Failed, NotTried
from station.conform.stage import Stage
from station.messages.envelope import RecordEvent, encode_batch, encode_event
from station.messages.states import DownlinkReport

QUIET, MOST_QUIET = Millis(1_500), Millis(4_000)
"""How long nothing may be heard: longer where the receiver needs long to say anything, and no longer than a database
that is held may be waited for.
"""


@dataclass(frozen=True, slots=True)
class Clause:
    """`id` never changes its meaning; a new demand gets a new one."""

    id: str
    play: Callable[[Stage], None]


def answers(stage: Stage) -> None:
    """A lane that comes up hears where it stands, signed: nothing yet, and later its last record."""
    lane = stage.lane()
    first = lane.come_up()
    if (first.epoch, first.seq) != (0, 0):
        raise Failed("NOT_SENT", seq=first.seq)
    events = lane.write(stage.ordinary(3))
    lane.send(events)
    lane.await_receipt(events[-1])
    lane.receipts.clear()
    lane.come_up()
    lane.await_receipt(events[-1])


def keeps_everything(stage: Stage) -> None:
    """One of every record type, in two epochs, is stored and receipted."""
    lane = stage.lane()
    events = lane.append(records(lane.topics.station, lane.topics.lane))
    lane.send(events)
    lane.await_receipt(events[-1])


def commits_first(stage: Stage) -> None:
    """A receipt follows the commit: none while the database takes nothing, and a kill takes none back."""
    if not stage.tester.hold and not stage.tester.restart:
        raise NotTried("--hold --restart")
    for option, given, play in (
        ("--hold", stage.tester.hold, _says_nothing_while_held),
        ("--restart", stage.tester.restart, _takes_nothing_back),
    ):
        if given:
            play(stage)
        else:
            stage.untried.append(option)


def stores_once(stage: Stage) -> None:
    """Doubles change nothing and hold nothing up: within a batch, of a batch, and of batches that overlap."""
    lane = stage.lane()
    events = lane.write(stage.ordinary(30))
    lane.send(events[:10])
    lane.await_receipt(events[9])
    lane.send([*events[:10], events[10]])
    lane.await_receipt(events[10])
    lane.send([events[11], events[11], events[12], events[11]])
    lane.await_receipt(events[12])
    lane.send([*events[5:20], *events[15:]])
    lane.await_receipt(events[-1])


def sees_gaps(stage: Stage) -> None:
    """No receipt covers a record that has not come; the lane is asked for it; batches out of order come together."""
    lane = stage.lane()
    events = lane.write(stage.ordinary(30))
    lane.send(events[:3])
    lane.send(events[6:9])
    if not lane.waits_for(lambda: bool(lane.replays), stage.tester.long_patience):
        raise Failed("NO_REPLAY", seconds=stage.tester.long_patience // 1000)
    if lane.replays[0].after_seq != events[2].seq:
        raise Failed("WRONG_REPLAY", seq=lane.replays[0].after_seq, missing=events[2].seq)
    lane.send(events[3:6])
    lane.await_receipt(events[8])
    for part in (events[19:], events[9:14], events[14:19]):
        lane.send(part)
    lane.await_receipt(events[-1])


def keeps_the_first(stage: Stage) -> None:
    """Another record under a stored number is not stored and not receipted; the chain goes on."""
    lane = stage.lane()
    events = lane.write(stage.ordinary(6))
    lane.send(events[:3])
    lane.await_receipt(events[2])
    (forged,) = Link(lane.topics.station, lane.topics.lane, 1, 2, events[1].hash).chain(stage.ordinary(9)[-1:])
    lane.send_foreign(encode_batch([encode_event(forged)]))
    lane.send(events[3:])
    lane.await_receipt(events[-1])


def follows_the_chain(stage: Stage) -> None:
    """A record that names another one before it is not receipted, and makes room for the true one."""
    lane = stage.lane()
    events = lane.write(stage.ordinary(6))
    lane.send(events[:3])
    lane.await_receipt(events[2])
    broken = Link(lane.topics.station, lane.topics.lane, 1, 3, bytes(31) + b"\x01").chain(stage.ordinary(1))
    lane.send_foreign(encode_batch(map(encode_event, broken)))
    lane.send(events[3:])
    lane.await_receipt(events[-1])


def hashes_what_it_stores(stage: Stage) -> None:
    """A record whose columns do not give its hash is not receipted, whichever column it is; the true one then is."""
    lane = stage.lane()
    events = lane.write(stage.ordinary(8))
    lane.send(events[:3])
    lane.await_receipt(events[2])
    true = events[3]
    for altered in (
        true._replace(body=b'{"altered":1}'),
        true._replace(tick=true.tick + 1),
        true._replace(utc_ms=true.utc_ms - 1),
        true._replace(facts_to=true.facts_to + 1),
        true._replace(facts_hash=bytes(32)),
        true._replace(quality="unsynced"),
        true._replace(type="order.issued"),
        true._replace(version=2),
        true._replace(hash=bytes(32)),
    ):
        lane.send_foreign(encode_batch([encode_event(altered)]))
    lane.send(events[3:])
    lane.await_receipt(events[-1])


def takes_what_it_does_not_know(stage: Stage) -> None:
    """Types, versions and fields of other releases, and any bytes as a body, are stored and receipted."""
    lane = stage.lane()
    strange = [
        Content("wagon.shunted", b'{"is":"WagonShunted","wagon":"31 81 6659 001-5"}'),
        Content("crossing.opened", b'{"crossing":"c1","is":"CrossingOpened","more":[1,{"deep":null}]}'),
        Content("crossing.weighed", b'{"axles":[7100,9200],"is":"WeightRecorded"}', version=2),
        Content("crossing.opened", b'{"is":"CrossingOpened"}'),
        Content("free.text", '{"text":"Cửa khẩu Hữu Nghị, làn số 1"}'.encode()),
        Content("not.sorted", b'{"b": 1, "a": 2}'),
        Content("not.whole", b'{"weight":1.5}'),
        Content("not.an-object", b"[1,2]"),
        Content("not.json", bytes(range(256))),
        Content("empty.body", b""),
        Content("large.body", b'{"text":"' + b"x" * 65_000 + b'"}'),
    ]
    for content in strange:
        (event,) = lane.write([content])
        lane.send([event])
        lane.await_receipt(event)


def survives_malformed(stage: Stage) -> None:
    """What is no message of ours moves nothing and stops nothing."""
    lane = stage.lane()
    events = lane.write(stage.ordinary(6))
    lane.send(events[:3])
    lane.await_receipt(events[2])
    for topic, payload in malformed.messages(lane.topics, events[3]):
        lane.send_foreign(payload, topic=topic)
    lane.send(events[3:])
    lane.await_receipt(events[-1])


def notices_move_nothing(stage: Stage) -> None:
    """A live copy is not receipted; the stream brings the record."""
    lane = stage.lane()
    events = lane.write(stage.ordinary(6))
    lane.send(events[:2])
    lane.await_receipt(events[1])
    lane.send_foreign(*map(encode_event, events[2:]), topic=lane.topics.notice)
    lane.come_up()
    lane.send(events[2:3])
    lane.await_receipt(events[2])
    lane.send(events[3:])
    lane.await_receipt(events[-1])


def follows_epochs(stage: Stage) -> None:
    """A new epoch is followed: one that goes on, and one that numbers again what its lane had lost."""
    lane = stage.lane()
    first = lane.write(stage.ordinary(5))
    lane.end = lane.end.new_epoch()
    second = lane.write(stage.ordinary(5))
    lane.send([*first, *second])
    lane.await_receipt(second[-1])
    third = after(second[2]).new_epoch().chain(stage.ordinary(4))
    lane.append(third)
    lane.send(third)
    lane.await_receipt(third[-1])


def goes_on_after_a_restart(stage: Stage) -> None:
    """Killed amid the stream and started again, it says where it stands and takes what follows."""
    lane = stage.lane()
    events = lane.write(stage.ordinary(200))
    lane.send(events)
    lane.waits_for(lambda: any(receipt.seq for receipt in lane.receipts), stage.tester.patience)
    stage.restart()
    lane.send(lane.behind(lane.come_up()))
    lane.await_receipt(events[-1])


def keeps_lanes_apart(stage: Stage) -> None:
    """An event that names another lane than its topic moves neither; rights at a broker go by topic."""
    lane, other = stage.lane(), stage.lane()
    events, others = lane.write(stage.ordinary(3)), other.write(stage.ordinary(3))
    lane.send_foreign(encode_batch(map(encode_event, others)))
    if (stands := other.come_up().seq) != 0:
        raise Failed("NOT_SENT", seq=stands)
    lane.send(events)
    lane.await_receipt(events[-1])
    other.send(others)
    other.await_receipt(others[-1])


def knows_its_stations(stage: Stage) -> None:
    """Records of a station that is not enrolled are not receipted."""
    if not stage.tester.stranger:
        raise NotTried("--stranger")
    lane, stranger = stage.lane(), stage.lane(stage.tester.stranger)
    events = stranger.write(stage.ordinary(3))
    stranger.send(events)
    stranger.send_foreign(encode(stranger.state()), topic=stranger.topics.state)
    own = lane.write(stage.ordinary(3))
    lane.send(own)
    lane.await_receipt(own[-1])
    if stranger.waits_for(lambda: bool(stranger.receipts), QUIET):
        raise Failed("STRANGER", seq=stranger.receipts[0].seq)


def reads_newer_messages(stage: Stage) -> None:
    """States and reports with fields of a newer release, attributes and topics it does not know hold nothing up."""
    lane = stage.lane()
    topics = lane.topics
    state = plain_bytes({**to_plain(lane.state()), "of_a_newer_release": {"deep": [1]}})
    lane.send_foreign(state, topic=topics.state)
    if not lane.waits_for(lambda: bool(lane.receipts), stage.tester.patience):
        raise Failed("NO_ANSWER", seconds=stage.tester.patience // 1000)
    report = DownlinkReport(topics.station, topics.lane, "list 1", "of-a-newer-release", "", 1)
    lane.send_foreign(plain_bytes({**to_plain(report), "of_a_newer_release": 1}), topic=topics.report)
    lane.send_foreign(b'{"celsius":41}', topic=topics.report.replace("report", "telemetry"))
    events = lane.write(stage.ordinary(4))
    lane.send(events, encode=_with_an_attribute)
    lane.await_receipt(events[-1])


CLAUSES = tuple(
    Clause(f"BGS-R-{number:02}", play)
    for number, play in enumerate(
        (
            answers,
            keeps_everything,
            commits_first,
            stores_once,
            sees_gaps,
            keeps_the_first,
            follows_the_chain,
            hashes_what_it_stores,
            takes_what_it_does_not_know,
            survives_malformed,
            notices_move_nothing,
            follows_epochs,
            goes_on_after_a_restart,
            keeps_lanes_apart,
            knows_its_stations,
            reads_newer_messages,
        ),
        start=1,
    )
)
"""In this order for ever: new ones are added at the end."""


def _says_nothing_while_held(stage: Stage) -> None:
    lane = stage.lane()
    events = lane.write(stage.ordinary(6))
    begun = now()
    lane.send(events[:3])
    lane.await_receipt(events[2])
    quiet = Millis(min(max(QUIET, 5 * (now() - begun)), MOST_QUIET))
    with stage.held():
        lane.send(events[3:])
        if lane.waits_for(lambda: any(lane.has_receipt(event) for event in events[3:]), quiet):
            raise Failed("WHILE_HELD", seq=lane.receipts[-1].seq)
    if not lane.waits_for(lambda: lane.has_receipt(events[-1]), stage.tester.patience):
        lane.send(lane.behind(lane.come_up()))  # it may have ended when its database refused
        lane.await_receipt(events[-1])


def _takes_nothing_back(stage: Stage) -> None:
    lane = stage.lane()
    lane.come_up()
    events = lane.write(stage.ordinary(3))
    lane.send(events)
    lane.await_receipt(events[-1])
    more = lane.write(stage.ordinary(40))
    lane.send(more)
    lane.waits_for(lambda: any(lane.has_receipt(event) for event in more), stage.tester.patience)
    stage.restart()
    lane.hear()
    claimed = max(lane.receipts, key=lambda receipt: receipt.seq)
    lane.receipts.clear()
    lane.come_up()  # the first that comes may be of the receiver that was killed: the broker still held it
    (newest,) = lane.write(stage.ordinary(1))
    lane.send(lane.behind(claimed))
    lane.waits_for(
        lambda: lane.has_receipt(newest) or any(receipt.seq < claimed.seq for receipt in lane.receipts),
        stage.tester.patience,
    )
    stands = min(receipt.seq for receipt in lane.receipts)
    if stands < claimed.seq:
        raise Failed("TAKEN_BACK", seq=stands, claimed=claimed.seq)
    lane.await_receipt(newest)


def _with_an_attribute(event: RecordEvent) -> bytes:
    return encode_event(event)[:-1] + b',"ofanewerrelease":"1"}'
