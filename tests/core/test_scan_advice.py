"""X-ray scans of the truck in the lane: assessed after the eyes, recorded, and never a reason to let it go."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from drivers.contract.faults import Fault
from drivers.contract.orders import AssessScan, Order, RaiseBoom, ReadPlate
from drivers.contract.quantities import Grams, Millis, Tick
from drivers.contract.readings import PictureRefused, ScanArrived
from station.core import rules
from station.core.advice_records import ScanAssessed, ScanRecorded, ScanVerdict
from station.core.deadlines import due
from station.core.effects import Send
from station.core.facts import DeviceLost, DeviceOpened, OrderAnswered
from station.core.records import CrossingCompleted, CrossingDecided, CrossingHeld, FiredRule
from station.core.scan_advice import MOST_SCANS
from station.core.shown import evidence_digest
from tests.core.container_lane import decided
from tests.core.script import Script
from tests.core.view_world import FINDINGS, scan_said
from tests.core.world import PARAMETERS

EMPTY, FULL = Grams(0), Grams(22_000_000)
LANE = replace(PARAMETERS, parts=replace(PARAMETERS.parts, xray="xray"), assess_scans=True)


def lane(*, assess: bool = True, mute: set[type] | None = None, goods: Grams = EMPTY, **more: object) -> Script:
    parameters = replace(LANE, assess_scans=assess)
    script = Script(parameters, mute=mute or set(), declared_goods=goods, **more)  # type: ignore[arg-type]
    script.tell(DeviceOpened(Tick(script.now), "xray", "xray-folder", "", motion_bounded=False))
    script.stamped.clear()
    script.sent.clear()
    return script


def scan(script: Script, *names: str, called: str = "S1") -> None:
    files = tuple((name, f"/e/{name}", "a" * 64) for name in names or (f"{called}.png",))
    script.read("xray", ScanArrived(called, files))


def finding(verdict: ScanVerdict) -> object:
    if verdict == "IMPOSSIBLE":
        return lambda order: PictureRefused(order.order_id, order.sha256, "picture-broken-off")
    return lambda order: scan_said(order, verdict)


def told(script: Script) -> list[ScanAssessed]:
    return [record for record in script.records if isinstance(record, ScanAssessed)]


def reasons(script: Script) -> list[tuple[str, str]]:
    return [(record.verdict, record.reason) for record in told(script)]


def asked(script: Script, kind: type = AssessScan) -> list[Order]:
    return [e.order for e in script.effects if isinstance(e, Send) and isinstance(e.order, kind)]


def raised(script: Script) -> bool:
    return any(isinstance(order, RaiseBoom) for order in script.sent)


def passage(script: Script) -> Script:
    """A truck stands, its scan comes, it shows its code; time passes until it is let go or held."""
    script.loop("entry-loop", occupied=True)
    scan(script)
    script.drive_on()
    script.scan()
    for _ in range(100):
        if script.state.phase not in ("GATHERING", "DECIDING"):
            break
        script.wait(500)
    return script


def test_a_scan_is_assessed_and_recorded_with_its_figures() -> None:
    script = passage(lane(assess=True, goods=FULL))
    (record,) = told(script)
    (seen,) = script.of(ScanRecorded)
    assert isinstance(seen, ScanRecorded) and record.crossing == seen.crossing and record.kind == "XRAY"
    assert (record.scan, record.sha256, record.verdict, record.reason) == ("S1", "a" * 64, "EMPTY_LIKELY", "")
    assert (record.excess, record.largest, record.strongest, record.template) == (31, 40, 812, "t" * 64)
    assert record.box == (9, 8, 70, 60)


def test_without_a_template_nothing_is_asked() -> None:
    script = passage(lane(assess=False))
    assert asked(script) == [] and told(script) == [] and len(script.of(ScanRecorded)) == 1 and raised(script)


def test_a_scan_without_a_truck_belongs_to_nobody() -> None:
    script = lane()
    scan(script)
    assert asked(script) == [] and told(script) == []


def test_plates_are_read_first_and_a_truck_waits_for_its_scan() -> None:
    script = lane(mute={AssessScan})
    script.loop("entry-loop", occupied=True)
    scan(script)
    assert asked(script) == []
    script.drive_on()
    script.scan()
    order = [e.order for e in script.effects if isinstance(e, Send) and isinstance(e.order, ReadPlate | AssessScan)]
    assert [type(one) for one in order][-1] is AssessScan and len(asked(script)) == 1
    assert script.state.phase == "GATHERING"
    reading = scan_said(order[-1], "EMPTY_LIKELY")  # type: ignore[arg-type]
    script.read("reader", reading)
    assert raised(script)


@pytest.mark.parametrize("verdict", FINDINGS)
@pytest.mark.parametrize("goods", [EMPTY, FULL])
@pytest.mark.parametrize("contained", ["TCLU4567897", ""])
def test_only_a_declared_emptiness_can_be_contradicted(verdict: ScanVerdict, goods: Grams, contained: str) -> None:
    script = lane(goods=goods, assess=True)
    script.assess = finding(verdict)  # type: ignore[assignment]
    script.declared_container = contained
    script.gross = 42_000 if goods else 20_000
    passage(script)
    fired = [rule for rule in decided(script).rules if rule.rule == "R10"]
    if goods or not contained or verdict == "EMPTY_LIKELY":
        assert fired == [] and raised(script)
    elif verdict == "NOT_EMPTY":
        assert [(rule.verdict, rule.reason) for rule in fired] == [("REFER_REMOTE", "EMPTY_NOT_EMPTY")]
        assert not raised(script)
    else:
        assert [(rule.verdict, rule.reason) for rule in fired] == [("PASS_FLAG", "EMPTY_UNPROVEN")]
        assert raised(script)


@pytest.mark.parametrize("verdict", FINDINGS)
def test_no_scan_ever_takes_a_control_away(verdict: ScanVerdict) -> None:
    """Law L8: with whatever is said of a scan, the verdict is as strong as without it, or stronger."""
    for spoilt in ({}, {"suspended": True}, {"listed": False}, {"plate": "12C04568"}, {"plate": "99Z99999"}):
        without, with_scan = lane(assess=False, **spoilt), lane(**spoilt)
        with_scan.assess = finding(verdict)  # type: ignore[assignment]
        strength = [rules.STRENGTH.index(decided(passage(script)).verdict) for script in (without, with_scan)]
        assert strength[1] >= strength[0]
        assert not (raised(with_scan) and not raised(without))


def test_a_lane_that_trusted_a_scan_would_be_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mutant: what looks empty silences the other rules. The test above and `make proof PART=eyes` fail with it."""
    honest = rules.judge

    def trusting(evidence: rules.Evidence) -> tuple[FiredRule, ...]:
        return () if "EMPTY_LIKELY" in evidence.scans else honest(evidence)

    monkeypatch.setattr(rules, "judge", trusting)
    with pytest.raises(AssertionError):
        test_no_scan_ever_takes_a_control_away("EMPTY_LIKELY")


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("S1.tif", "S1.xml"), "scan-no-picture"),
        (("S1-side.png", "S1-top.png"), "scan-several-pictures"),
        (("S1.JPG", "S1.jpeg"), "scan-several-pictures"),
    ],
)
def test_which_picture_it_is_is_never_guessed(names: Sequence[str], reason: str) -> None:
    script = lane()
    script.drive_on()
    scan(script, *names)
    assert reasons(script) == [("IMPOSSIBLE", reason)] and asked(script) == []


def test_of_a_png_and_a_jpeg_the_png_is_assessed() -> None:
    script = lane()
    script.drive_on()
    scan(script, "S1.jpg", "S1.PNG", "S1.xml")
    (order,) = asked(script)
    assert isinstance(order, AssessScan) and order.path == "/e/S1.PNG"


def test_a_picture_that_cannot_be_judged_is_impossible_with_its_reason() -> None:
    script = lane()
    script.assess = finding("IMPOSSIBLE")  # type: ignore[assignment]
    passage(script)
    assert reasons(script) == [("IMPOSSIBLE", "picture-broken-off")]
    assert raised(script)  # with a flag: see above


def test_an_adviser_that_refuses_says_why() -> None:
    script = lane(mute={AssessScan}, goods=FULL)
    passage_until_asked(script)
    (order,) = asked(script)
    script.tell(OrderAnswered(Tick(script.now), order.order_id, "refused", "no-template"))
    assert reasons(script) == [("IMPOSSIBLE", "no-template")] and raised(script)


def test_an_adviser_that_never_answers_holds_nobody_for_long() -> None:
    script = lane(mute={AssessScan}, goods=FULL)
    passage_until_asked(script)
    began = script.now
    while not told(script):
        tick = due(script.state)
        assert tick is not None and tick > script.now, "nothing would wake the lane"
        script.wait(tick - script.now)
    assert script.now - began <= LANE.patience.scan
    assert reasons(script)[0][0] == "IMPOSSIBLE" and raised(script)


def test_a_scan_over_which_the_adviser_is_lost_twice_is_not_given_to_it_again() -> None:
    script = lane(mute={AssessScan}, goods=FULL)
    passage_until_asked(script)
    for _ in range(3):
        fault = Fault("silent", "reader", "no sign of life", "")
        script.tell(DeviceLost(Tick(script.now), "reader", fault))
        script.tell(DeviceOpened(Tick(script.now), "reader", "plate-reader", "", motion_bounded=False))
    assert len(asked(script)) == 2
    assert reasons(script) == [("IMPOSSIBLE", "assessment-unanswered")] and raised(script)


def test_what_is_said_too_late_or_of_another_order_counts_for_nothing() -> None:
    script = lane(mute={AssessScan}, goods=FULL)
    passage_until_asked(script)
    (order,) = asked(script)
    assert isinstance(order, AssessScan)
    script.read("reader", scan_said(replace(order, order_id="x9.9.9"), "NOT_EMPTY"))
    assert told(script) == []
    script.wait(LANE.patience.scan)
    assert reasons(script) == [("IMPOSSIBLE", "assessment-late")]
    script.read("reader", scan_said(order, "NOT_EMPTY"))
    assert len(told(script)) == 1


def test_many_scans_of_one_truck_are_bounded() -> None:
    script = lane(mute={AssessScan})
    script.drive_on()
    for number in range(MOST_SCANS + 3):
        scan(script, called=f"S{number}")
    assert [reason for _, reason in reasons(script)] == ["scan-too-many"] * 3


def test_a_scan_that_comes_while_the_truck_is_held_dates_what_an_officer_must_have_seen() -> None:
    script = lane(goods=FULL, plate="99Z99999")
    script.assess = finding("NOT_EMPTY")  # type: ignore[assignment]
    script.drive_on()
    script.scan()
    assert script.of(CrossingHeld) and script.state.crossing is not None
    seen, digest = script.state.crossing.changed_seq, evidence_digest(script.state.crossing)
    scan(script)
    assert [record.verdict for record in told(script)] == ["NOT_EMPTY"]
    assert script.state.phase == "HELD" and script.state.crossing.changed_seq > seen
    assert evidence_digest(script.state.crossing) != digest
    assert len(script.of(CrossingDecided)) == 1


def test_what_was_not_assessed_when_the_truck_left_is_recorded_before_its_end() -> None:
    script = lane(mute={AssessScan}, goods=FULL)
    script.drive_on()
    script.scan()
    script.loop("under-boom-loop", occupied=True)
    scan(script)
    script.drive_off()
    script.wait(Millis(1_000))
    assert reasons(script)[-1] == ("IMPOSSIBLE", "truck-gone")
    kinds = [type(record) for record in script.records]
    assert kinds.index(ScanAssessed) < kinds.index(CrossingCompleted)
    assert script.state.crossing is None


def test_a_crossing_without_a_scan_has_the_digest_it_always_had() -> None:
    script = lane()
    script.drive_on()
    crossing = script.state.crossing
    assert crossing is not None
    other = replace(crossing, scan_looks=replace(crossing.scan_looks, verdicts=("NOT_EMPTY",)))
    assert evidence_digest(other) != evidence_digest(crossing)


def passage_until_asked(script: Script) -> None:
    script.loop("entry-loop", occupied=True)
    scan(script)
    script.drive_on()
    script.scan()
    assert len(asked(script)) == 1
