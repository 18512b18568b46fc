"""An older file of trust brings nobody back: neither a removed officer nor a revoked key, also not after a restart."""

import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.contract.clock import now
from drivers.contract.plain import decode, encode
from drivers.contract.quantities import Tick
from station.core.facts import Fact, InputRefused, TrustApplied
from station.core.records import RefusalRecorded
from station.core.state import LaneState
from station.core.step import step
from station.core.trust_records import TrustInForce
from station.core.trusting import MOST_KEYS
from station.courier import courier as courier_module
from station.courier.broker import Broker
from station.courier.loop import Courier
from station.courier.settings import CourierSettings
from station.courier.talk import DownlinkRefused, LaneWire, Stop
from station.lane.courier_process import CourierProcess
from station.lane.trust_files import TrustFiles, TrustPaths
from station.trust.chain import Trusted, keep_signed, make_root, next_statement, state
from station.trust.keys import PrivateKey
from station.trust.refusal import Untrusted
from station.trust.signed import Signed, sign
from station.trust.statements import CentreKey, Officer, OfficersFile, Revocation
from tests.journeys.gate import FAR_MS, Gate
from tests.support import wait_until

STATION = "VN-HN"
ROOT, CENTRE, SECOND, AN, BINH = (PrivateKey.make() for _ in range(5))
UTC = 1_790_000_000_000


class Files:
    """Root, statements and officers in a folder, and the lane that reads them."""

    def __init__(self, folder: Path) -> None:
        self.root, self.statements, self.officers = (
            folder / name for name in ("root.pub", "centre.signed", "officers")
        )
        self.arrived, self.arrived_officers = folder / "trust.signed", folder / "officers.signed"
        self.root.write_bytes(make_root(ROOT, demo=True).to_wire())
        self.state_keys(self.key(CENTRE), self.key(SECOND))
        self.list_officers(1, AN, BINH)
        self.memory = TrustInForce()
        self.begin()

    def key(self, key: PrivateKey, number: int = 1) -> Signed:
        return state(CentreKey(key.public.text, ("officers", "list"), FAR_MS, number), ROOT)

    def revoke(self, key: PrivateKey) -> Signed:
        return state(Revocation(key.key_id, 1), ROOT)

    def state_keys(self, *statements: Signed) -> None:
        self._write(self.statements, b"".join(each.to_wire() + b"\n" for each in statements))

    def list_officers(self, number: int, *keys: PrivateKey, signer: PrivateKey = CENTRE) -> None:
        listed = tuple(Officer(key.key_id, "officer", key.public.text, FAR_MS) for key in keys)
        self._write(self.officers, sign("officers", OfficersFile(STATION, number, listed), signer).to_wire())

    def begin(self) -> None:
        """The lane's process starts, with what its journal remembers."""
        paths = TrustPaths(self.statements, self.officers, STATION, self.arrived, self.arrived_officers)
        self.trust = TrustFiles(Trusted.load(self.root, self.statements), paths, self.memory, lambda: UTC)

    def look(self) -> list[Fact]:
        """Look, and remember what is told as the core does."""
        told = self.trust.look(Tick(1)) or []
        done = step(LaneState(trust=self.memory), told)
        self.memory = decode(LaneState, encode(done.state)).trust
        assert self.memory == self.trust.memory
        return told

    def may_act(self, key: PrivateKey) -> bool:
        return key.key_id in self.trust.officers().by_key

    def _write(self, path: Path, data: bytes) -> None:
        path.with_suffix(".new").write_bytes(data)
        path.with_suffix(".new").replace(path)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    made = Files(tmp_path)
    made.look()
    return made


def refusals(facts: list[Fact]) -> list[str]:
    refused = [fact for fact in facts if isinstance(fact, InputRefused)]
    assert all(fact.source == "trust" and fact.next_step for fact in refused)
    return [f"{Path(fact.thing).name}: {fact.reason.partition(':')[0]}" for fact in refused]


@pytest.mark.parametrize("restart", [False, True])
def test_an_officer_who_was_removed_does_not_return_with_the_old_file(files: Files, restart: bool) -> None:
    assert files.may_act(BINH)
    files.list_officers(2, AN)
    assert [type(fact) for fact in files.look()] == [TrustApplied]
    assert not files.may_act(BINH)
    files.list_officers(1, AN, BINH)
    if restart:
        files.begin()
    assert refusals(files.look()) == ["officers: outdated"]
    with pytest.raises(Untrusted, match="outdated"):
        files.may_act(AN)
    files.list_officers(3, AN)
    assert refusals(files.look()) == []
    assert files.may_act(AN)


def test_another_file_with_the_same_number_is_refused_and_the_same_one_again_is_not(files: Files) -> None:
    files.list_officers(1, AN)
    assert refusals(files.look()) == ["officers: outdated"]
    files.list_officers(1, AN, BINH, signer=SECOND)
    assert files.look() == [], "the same officers under another key of the centre"
    assert files.may_act(BINH)


@pytest.mark.parametrize("restart", [False, True])
def test_a_revocation_counts_at_once_and_its_line_cannot_be_taken_out_again(files: Files, restart: bool) -> None:
    files.state_keys(files.key(CENTRE), files.key(SECOND), files.revoke(CENTRE))
    told = files.look()
    assert refusals(told) == ["officers: key-revoked"], "the officers' file was signed by that key"
    assert [fact.revoked for fact in told if isinstance(fact, TrustApplied)] == [(CENTRE.key_id,)]
    with pytest.raises(Untrusted, match="key-revoked"):
        files.may_act(AN)
    files.list_officers(2, AN, signer=SECOND)
    files.look()
    assert files.may_act(AN)
    files.state_keys(files.key(CENTRE), files.key(SECOND))
    if restart:
        files.begin()
    assert refusals(files.look()) == ["centre.signed: revocation-missing"]
    with pytest.raises(Untrusted, match="revocation-missing"):
        files.may_act(AN)


def test_an_older_statement_about_a_key_is_refused(files: Files) -> None:
    files.state_keys(files.key(CENTRE, 2), files.key(SECOND))
    files.look()
    files.state_keys(files.key(CENTRE, 1), files.key(SECOND))
    assert refusals(files.look()) == ["centre.signed: outdated"]


@pytest.mark.parametrize("restart", [False, True])
def test_a_statement_that_came_over_the_link_counts_and_an_older_one_does_not(files: Files, restart: bool) -> None:
    """The provisioned files cannot be written by the lane: what comes lies beside them; the higher number counts."""
    bare = Trusted(make_root(ROOT, demo=True))
    granted = [CentreKey(key.public.text, ("officers", "list"), FAR_MS, 1) for key in (CENTRE, SECOND)]
    one = bare.renewed(next_statement(bare, ROOT, 1, grant=granted[0]))
    two = one.renewed(next_statement(one, ROOT, 2, grant=granted[1]))
    three = two.renewed(next_statement(two, ROOT, 3, revoke=CENTRE.key_id))
    assert two.whole is not None and three.whole is not None
    keep_signed(two.whole, files.arrived)
    files.look()
    keep_signed(three.whole, files.arrived)
    told = files.look()
    assert files.memory.serial == 3 and files.memory.revoked == (CENTRE.key_id,)
    assert refusals(told) == ["officers: key-revoked"]
    listed = OfficersFile(STATION, 2, (Officer("1", "officer", AN.public.text, FAR_MS),))
    keep_signed(sign("officers", listed, SECOND), files.arrived_officers)
    assert refusals(files.look()) == [] and files.may_act(AN) and not files.may_act(BINH)
    keep_signed(two.whole, files.arrived)
    if restart:
        files.begin()
    assert "trust.signed" not in "".join(refusals(files.look())) and files.memory.serial == 3
    with pytest.raises(Untrusted, match="outdated"):
        files.may_act(AN)


def test_a_file_that_cannot_be_read_is_refused_by_name(files: Files) -> None:
    files.officers.unlink()
    assert refusals(files.look()) == ["officers: key-file-missing"]
    files.statements.write_bytes(b"garbage\n")
    assert refusals(files.look()) == ["centre.signed: not-json", "officers: key-file-missing"]
    assert files.trust.look(Tick(2)) is None, "told once"


def test_more_keys_than_can_be_remembered_are_refused(files: Files) -> None:
    files.state_keys(files.key(CENTRE), *(state(Revocation(f"{n:016x}", 1), ROOT) for n in range(MOST_KEYS + 1)))
    assert refusals(files.look()) == ["centre.signed: malformed"]


def test_the_memory_only_grows_and_is_written_down_when_it_changes() -> None:
    newer = TrustApplied(Tick(1), 2, "b", ("r1",), (("k", 3),))
    done = step(LaneState(), [newer, newer, TrustApplied(Tick(2), 1, "a", ("r2",), (("k", 2), ("l", 1)))])
    assert [stamped.record for stamped in done.records] == [
        TrustInForce(2, "b", ("r1",), (("k", 3),)),
        TrustInForce(2, "b", ("r1", "r2"), (("k", 3), ("l", 1))),
    ]


def test_a_courier_refuses_statements_older_than_the_lane_remembers(files: Files, tmp_path: Path) -> None:
    folder = str(tmp_path / "courier")
    plain = CourierSettings(STATION, "I1", folder, folder, str(files.root), str(files.statements), Broker())
    knowing = replace(plain, revoked=(CENTRE.key_id,), numbers=files.memory.statements)
    theirs, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    courier = courier_module._build(knowing, LaneWire(theirs), Courier)
    assert courier._judge.trusted.keys_for("list", UTC) == {}, "only the root is left, until its statement comes"
    courier.close()
    with ours:
        told = decode(DownlinkRefused, ours.recv(9999))
    assert (told.reason, bool(told.next_step)) == ("revocation-missing", True)


def test_a_lane_journals_its_trust_refuses_the_old_file_and_renews_its_courier(gate: Gate, tmp_path: Path) -> None:
    folder = tmp_path / "trust"
    folder.mkdir()
    files = Files(folder)
    gate.loop._trust = files.trust
    acts = gate.loop._acts
    assert acts is not None
    acts._officers = files.trust.officers
    gate.run(100)
    files.list_officers(2, AN)
    gate.run(100)
    assert gate.loop.state.trust.officers_number == 2
    files.list_officers(1, AN, BINH)
    gate.run(100)
    refused = [record for record in gate.records() if isinstance(record, RefusalRecorded)]
    assert [(record.source, record.reason.partition(":")[0]) for record in refused] == [("trust", "outdated")]
    outcome = gate.act("acknowledge", "1187")
    assert (outcome.outcome, outcome.refusal.partition(":")[0]) == ("refused", "outdated")
    assert gate.courier.heard.count(Stop()) == 3, "once for each change that it saw"


_QUIET = (
    "import socket, sys; from drivers.contract.plain import encode; from station.courier.talk import LinkIs;"
    "wire = socket.socket(fileno=int(sys.argv[1])); wire.send(encode(LinkIs(up=True))); wire.recv(9999)"
)


def test_a_renewed_courier_ends_and_the_next_one_gets_the_new_command() -> None:
    commands: list[int] = []

    def command(fileno: int) -> list[str]:
        commands.append(fileno)
        return [sys.executable, "-c", _QUIET, str(fileno)]

    process = CourierProcess(command)

    def begun(count: int) -> bool:
        process.turn(now())
        return len(commands) == count and bool(process.hear(now()))

    try:
        wait_until(lambda: begun(1), 20, "the first courier speaks")
        process.renew(now())
        wait_until(lambda: begun(2), 20, "the second courier speaks")
    finally:
        process.close()
