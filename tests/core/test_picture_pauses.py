"""Pictures that come to nothing: the next one is of another instant, and the tries last longer than one glitch."""

import pytest

from drivers.contract.orders import ReadPlate, TakePicture
from drivers.contract.quantities import Millis, Permille, Tick
from drivers.contract.readings import PictureFailed, PictureRefused, PlateRead, Reading
from station.core.deadlines import due
from station.core.effects import Send
from station.core.facts import OrderAnswered
from station.core.records import PlateIdentified
from tests.core.script import Script

_PAUSE = Script().parameters.patience.picture_pause
_TRIES = Script().parameters.limits.plate_frames * Script().parameters.limits.plate_rounds


def _standing(mute: type) -> Script:
    script = Script(mute={mute})
    script.drive_on()
    return script


def _asked(script: Script, kind: type[TakePicture | ReadPlate]) -> list[str]:
    orders = [effect.order for effect in script.effects if isinstance(effect, Send)]
    return [order.order_id for order in orders if isinstance(order, kind)]


def _answer(script: Script, device: str, order_id: str, reading: Reading) -> None:
    script.tell(OrderAnswered(Tick(script.now), order_id, "accepted", ""))
    script.read(device, reading)


def _fail(script: Script) -> None:
    order_id = _asked(script, TakePicture)[-1]
    _answer(script, "camera", order_id, PictureFailed(order_id, "undecodable"))


def test_a_picture_that_failed_is_taken_again_after_a_pause() -> None:
    script = _standing(TakePicture)
    assert len(_asked(script, TakePicture)) == 1
    _fail(script)
    script.wait(_PAUSE - 1)
    assert len(_asked(script, TakePicture)) == 1
    assert due(script.state) == script.now + 1
    script.wait(1)


def test_the_tries_outlast_a_stream_that_waits_for_its_key_frame() -> None:
    script = _standing(TakePicture)
    began = script.now
    while not script.of(PlateIdentified):
        _fail(script)
        script.wait(_PAUSE)
        assert script.now < began + 60_000
    assert len(_asked(script, TakePicture)) == _TRIES
    assert script.now - began >= 3_000


@pytest.mark.parametrize("outcome", ["refused", "unreadable"])
def test_a_round_that_read_nothing_is_followed_by_a_pause(outcome: str) -> None:
    script = _standing(ReadPlate)
    read = 0
    while len(_asked(script, ReadPlate)) > read and not script.of(PlateIdentified):
        order_id = _asked(script, ReadPlate)[read]
        read += 1
        nothing = PlateRead(order_id, "sha", "", "", Permille(0), (), "m", Millis(4))
        refused = PictureRefused(order_id, "sha", "undecodable")
        _answer(script, "reader", order_id, refused if outcome == "refused" else nothing)
    assert not script.of(PlateIdentified)
    assert read == (2 if outcome == "refused" else script.parameters.limits.plate_frames)  # one was already on its way
    asked = len(_asked(script, TakePicture))
    assert asked == read
    script.wait(_PAUSE)
    assert len(_asked(script, TakePicture)) > asked


def test_a_plate_that_is_read_at_once_waits_for_nothing() -> None:
    script = Script()
    script.drive_on()
    assert [record.frames for record in script.of(PlateIdentified) if isinstance(record, PlateIdentified)] == [2]
