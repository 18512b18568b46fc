"""Seal cameras: a picture each while the truck stands, assessed after the eyes, recorded, and nobody waits for it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from drivers.contract.orders import AssessSeal, Order, RaiseBoom, ReadPlate, TakePicture
from drivers.contract.quantities import Tick
from drivers.contract.readings import PictureFailed, PictureRefused, Reading
from station.core.advice_records import SealAssessed
from station.core.deadlines import due
from station.core.effects import Send
from station.core.facts import DeviceOpened, OrderAnswered
from station.core.parameters import Parts
from station.core.records import CrossingCompleted, CrossingHeld
from station.core.shown import evidence_digest
from tests.core.container_lane import decided
from tests.core.script import Script
from tests.core.view_world import VIEWS, seal_said
from tests.core.world import PARAMETERS

LEFT, REAR = VIEWS
REGIONS = {LEFT: (10, 20, 70, 90), REAR: (30, 40, 60, 80)}
FAULTS = ("region-outside", "picture-broken-off")


def lane(
    *cameras: str, containers: tuple[str, ...] = (), dead: tuple[str, ...] = (), mute: set[type] | None = None
) -> Script:
    parts = Parts(seal_cameras=cameras, container_cameras=containers)
    regions = tuple(REGIONS[camera] for camera in cameras)
    script = Script(replace(PARAMETERS, parts=parts, seal_regions=regions), mute=mute or set())
    for camera in {*cameras, *containers} - {*dead}:
        script.tell(DeviceOpened(Tick(script.now), camera, "camera", "", motion_bounded=False))
    script.stamped.clear()
    script.sent.clear()
    script.effects.clear()
    return script


def says(words: Mapping[str, str]) -> Callable[[AssessSeal], Reading]:
    """What the picture of each camera shows, by its region."""

    def said(order: AssessSeal) -> Reading:
        word = next(words[camera] for camera, region in REGIONS.items() if region == order.region)
        if word in FAULTS:
            return PictureRefused(order.order_id, order.sha256, word)
        return seal_said(order, word)  # type: ignore[arg-type]

    return said


def asked(script: Script, kind: type) -> list[Order]:
    return [e.order for e in script.effects if isinstance(e, Send) and isinstance(e.order, kind)]


def pictures(script: Script) -> list[str]:
    """The cameras that were asked for a picture of a seal."""
    sends = [effect for effect in script.effects if isinstance(effect, Send)]
    return [e.device for e in sends if isinstance(e.order, TakePicture) and e.order.purpose == "seal"]


def raised(script: Script) -> bool:
    return any(isinstance(order, RaiseBoom) for order in script.sent)


def told(script: Script) -> SealAssessed:
    (record,) = (record for record in script.records if isinstance(record, SealAssessed))
    return record


def wait_for_the_record(script: Script) -> None:
    script.wait(1)
    while not script.of(SealAssessed):
        tick = due(script.state)
        assert tick is not None and tick > script.now, "nothing would wake the lane"
        script.wait(tick - script.now)


@pytest.mark.parametrize(
    ("left", "rear", "verdict", "views", "confidence"),
    [
        ("SEEN", "SEEN", "SEEN", 2, 795),
        ("NOT_SEEN", "NOT_SEEN", "NOT_SEEN", 2, 955),
        ("SEEN", "UNSURE", "SEEN", 1, 795),
        ("UNSURE", "NOT_SEEN", "NOT_SEEN", 1, 955),
        ("SEEN", "NOT_SEEN", "UNSURE", 0, 0),
        ("UNSURE", "UNSURE", "UNSURE", 2, 0),
        ("region-outside", "SEEN", "SEEN", 1, 795),
        ("UNSURE", "picture-broken-off", "UNSURE", 1, 0),
        ("region-outside", "picture-broken-off", "IMPOSSIBLE", 0, 0),
    ],
)
def test_what_two_views_say_together_is_recorded(
    left: str, rear: str, verdict: str, views: int, confidence: int
) -> None:
    script = lane(LEFT, REAR)
    script.seal = says({LEFT: left, REAR: rear})
    script.drive_on()
    script.scan()
    record = told(script)
    assert (record.verdict, record.views, record.confidence) == (verdict, views, confidence)
    assert [(camera, said) for camera, said, _ in record.said] == [(LEFT, left), (REAR, rear)]
    assert len(record.pictures) == 2 and raised(script)
    assert decided(script).verdict == "PASS"
    script.drive_off()
    (closing,) = script.of(CrossingCompleted)
    assert isinstance(closing, CrossingCompleted) and set(record.pictures) <= set(closing.pictures)


def test_without_seal_cameras_nothing_is_asked() -> None:
    script = lane()
    script.green()
    assert pictures(script) == [] and asked(script, AssessSeal) == [] and not script.of(SealAssessed)


def test_the_plates_are_read_first_and_the_truck_does_not_wait() -> None:
    script = lane(REAR, mute={AssessSeal})
    script.drive_on()
    script.scan()
    kinds = [type(order) for order in asked(script, ReadPlate | AssessSeal)]  # type: ignore[arg-type]
    assert kinds[-1] is AssessSeal and kinds.count(AssessSeal) == 1
    assert raised(script) and not script.of(SealAssessed)


def test_a_container_camera_looks_for_the_number_first() -> None:
    script = lane(REAR, containers=VIEWS)
    script.drive_on()
    script.scan()
    order = [e.order.purpose for e in script.effects if isinstance(e, Send) and isinstance(e.order, TakePicture)]
    assert order.index("seal") > max(at for at, purpose in enumerate(order) if purpose == "container")
    assert told(script).verdict == "SEEN" and raised(script)
    assert decided(script).verdict == "PASS"


def test_a_dead_camera_is_recorded_as_no_picture_and_delays_nobody() -> None:
    script = lane(LEFT, REAR, dead=(LEFT, REAR))
    script.drive_on()
    script.scan()
    assert raised(script)
    wait_for_the_record(script)
    assert told(script).verdict == "IMPOSSIBLE"
    assert told(script).said == ((LEFT, "no-picture", 0), (REAR, "no-picture", 0))


def test_a_camera_that_fails_is_asked_twice() -> None:
    script = lane(REAR, mute={TakePicture})
    script.drive_on()
    for _ in range(3):
        mine = [order for order in asked(script, TakePicture) if getattr(order, "purpose", "") == "seal"]
        script.read(REAR, PictureFailed(mine[-1].order_id, "stale"))
        script.wait(500)
    assert pictures(script) == [REAR, REAR]
    assert told(script).said == ((REAR, "no-picture", 0),)


def test_an_adviser_that_does_not_know_the_order_is_told_as_it_says() -> None:
    script = lane(REAR, mute={AssessSeal})
    script.drive_on()
    script.scan()
    (order,) = asked(script, AssessSeal)
    script.tell(OrderAnswered(Tick(script.now), order.order_id, "refused", "not open"))
    assert told(script).said == ((REAR, "not open", 0),) and told(script).verdict == "IMPOSSIBLE"


def test_an_adviser_that_never_answers_is_recorded_too() -> None:
    script = lane(REAR, mute={AssessSeal})
    script.drive_on()
    began = script.now
    wait_for_the_record(script)
    assert script.now - began <= PARAMETERS.patience.seal + 1
    assert told(script).said[0][1] in ("assessment-unanswered", "assessment-late")
    assert len(asked(script, AssessSeal)) <= 2


def test_what_is_said_of_an_earlier_truck_counts_for_nothing() -> None:
    script = lane(REAR, mute={AssessSeal})
    script.green()
    order = asked(script, AssessSeal)[0]
    assert isinstance(order, AssessSeal)
    assert told(script).said in (((REAR, "truck-gone", 0),), ((REAR, "assessment-late", 0),))
    kinds = [type(record) for record in script.records]
    assert kinds.index(SealAssessed) < kinds.index(CrossingCompleted)
    script.now += 10_000
    script.drive_on()
    script.read("reader", seal_said(order, "NOT_SEEN"))
    assert len(script.of(SealAssessed)) == 1


def test_the_officer_of_a_held_truck_must_have_seen_it() -> None:
    script = lane(REAR, mute={AssessSeal})
    script.plate = "99Z99999"
    script.drive_on()
    script.scan()
    assert script.of(CrossingHeld) and script.state.crossing is not None
    digest, seen = evidence_digest(script.state.crossing), script.state.crossing.changed_seq
    (order,) = asked(script, AssessSeal)
    assert isinstance(order, AssessSeal)
    script.read("reader", seal_said(order, "NOT_SEEN"))
    assert script.state.crossing.changed_seq > seen and evidence_digest(script.state.crossing) != digest
    assert script.state.phase == "HELD"


@pytest.mark.parametrize("word", ["SEEN", "NOT_SEEN", "UNSURE", "region-outside"])
def test_no_word_changes_what_is_decided(word: str) -> None:
    for spoilt in ("", "99Z99999", "12C04568"):
        scripts = [lane(), lane(REAR)]
        for script in scripts:
            script.seal = says({REAR: word})
            script.plate = spoilt or script.plate
            script.drive_on()
            script.scan()
        without, looked_at = scripts
        assert decided(without).rules == decided(looked_at).rules
        assert raised(without) == raised(looked_at)
