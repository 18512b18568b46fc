"""The root's newest statement reaches a station that was away, first of all; and nothing older or foreign counts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from station.courier import courier as courier_module
from station.courier.eligible import EligibleTable
from station.courier.loop import Courier
from station.courier.talk import ListArrived, Receipted
from station.trust.chain import Trusted, next_statement
from station.trust.officers import read_officers
from station.trust.refusal import Untrusted
from tests.courier.away import TOPICS, Away, crippled, forged, forged_with_its_name
from tests.courier.bench import STATION
from tests.services import Mosquitto


@pytest.fixture
def away(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Away]:
    with Away(tmp_path, mosquitto.port) as made:
        yield made


def test_after_sixty_days_two_rotations_and_a_revocation_nothing_is_lost_and_nobody_old_is_believed(
    away: Away,
) -> None:
    newest, stolen = away.go_away(300)
    away.come_back(newest)
    assert away.stored() == (newest, newest), "nothing lost, nothing doubled under the new key"
    assert away.refusals() == [], "the statement came before all that only it makes good"
    assert away.refused(TOPICS.list, stolen) == "key-revoked", "signed before the revocation, come after it"
    assert away.refused(TOPICS.list, away.listed("A", 2_000)) == "key-expired"
    assert away.refused(TOPICS.trust, away.statements[1].to_wire()) == "outdated"
    assert away.refused(TOPICS.trust, away.statements[0].to_wire(), retain=True) == "outdated", "retained or not"
    assert away.refused(TOPICS.trust, forged(away)) == "unknown-key"
    assert away.refused(TOPICS.trust, forged_with_its_name(away)) == "bad-signature"
    eligible = EligibleTable(away.bench.folder / "lane")
    assert eligible.look_up("X").entry is None and eligible.look_up("D2").entry is not None
    eligible.close()
    away.put(TOPICS.trust, b"", retain=True)
    away.bench.pump(lambda: "refused-outdated" in away.alarms(), "the centre is told as well")


def test_what_came_is_still_believed_after_a_restart(away: Away) -> None:
    newest, stolen = away.go_away(20)
    away.come_back(newest)
    away.bench.stop_courier()
    away.start_station()
    courier = away.bench.courier
    assert courier is not None and courier._judge.trusted.serial == 4
    away.bench.pump(lambda: courier._box.connected, "connected")
    assert away.refused(TOPICS.list, stolen) == "key-revoked"


def test_without_a_serial_check_yesterdays_statement_brings_the_thief_back(away: Away) -> None:
    """Mutant: the tests above would see it."""
    newest, stolen = away.go_away(20)
    away.come_back(newest)
    assert not away.thief_returns(stolen)
    with crippled("no serial check"):
        assert away.thief_returns(stolen)


def test_a_list_key_signs_no_decision(away: Away) -> None:
    away.grant("L", 60, ("list",))
    away.start_centre("A")
    away.start_station()
    courier = away.bench.courier
    assert courier is not None
    away.bench.pump(lambda: courier._judge.trusted.serial == 2, "the grant")
    assert away.refused(TOPICS.decision, away.decided("L")) == "out-of-scope"
    with crippled("no scope check"):
        assert away.refused(TOPICS.decision, away.decided("L")) != "out-of-scope"
    assert away.refused(TOPICS.list, away.listed("L", 7)) == ""
    assert [message.number for message in away.heard(ListArrived)] == [7]


def test_the_officers_come_behind_the_statement_that_makes_their_signer_good(away: Away) -> None:
    """Else a revocation from afar would leave a gate without anybody who may act."""
    newest, _ = away.go_away(20)
    away.officers("B", 5)
    away.start_centre("C")
    with pytest.raises(Untrusted, match="key-revoked"):
        away.publish_officers(away.officers("B", 6))
    away.publish_officers(away.officers("C", 7))
    away.start_station()
    arrived = Path(away.bench.courier_settings.arrived_officers)
    away.bench.pump(arrived.exists, "the officers")
    assert read_officers(arrived.read_bytes(), away.trusted, STATION, away.clock()).number == 7
    assert away.refusals() == []
    assert away.refused(TOPICS.officers, away.officers("C", 6)) == "outdated"
    assert away.refused(TOPICS.officers, away.officers("B", 9)) == "key-revoked"
    assert away.refused(TOPICS.officers, away.officers("C", 9, "VN-XX")) == "wrong-station"
    away.bench.pump(lambda: Receipted(1, newest) in away.heard(Receipted), "receipted")


def test_damaged_files_of_trust_leave_the_root_alone_until_its_statement_comes(away: Away) -> None:
    """Else a station whose statement was torn could never be mended from afar."""
    arrived = Path(away.bench.courier_settings.arrived_file)
    arrived.write_bytes(b"torn")
    built = courier_module._build(away.bench.courier_settings, None, Courier)
    assert built._judge.trusted.serial == 0 and built._judge.trusted.keys_for("list", away.clock()) == {}
    away.bench.courier = built
    away.start_centre("A")
    try:
        away.bench.pump(lambda: built._judge.trusted.serial == 1, "the statement")
    finally:
        built.close()
        away.bench.courier = None
    assert Trusted.load(away.bench.keys.root_file, away.bench.keys.statements_file, arrived).serial == 1


def test_the_root_does_not_contradict_itself_unnoticed(away: Away) -> None:
    """A root that works from an old copy signs another statement under a serial that stations have seen."""
    first, root = away.trusted, away.bench.keys.root
    two = first.renewed(next_statement(first, root, 1, revoke=away.keys["A"].key_id))
    other = next_statement(first, root, 2)
    with pytest.raises(Untrusted, match="serial-twice"):
        two.renewed(other)
    with pytest.raises(Untrusted, match="key-revoked"):
        next_statement(two, root, 3, grant=first.keys[0])
    with pytest.raises(Untrusted, match="unknown-key"):
        next_statement(two, root, 3, revoke="0" * 16)
