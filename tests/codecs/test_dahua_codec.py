"""Dahua's pushed events (ITSAPI), by the source S44."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.dahua_codec import read_push
from drivers.camera.dahua_peer import DEVICE_INFO, KEEP_ALIVE, SIGHTING, DahuaEvent, event_post, heartbeat_post
from drivers.camera.http_codec import Message
from drivers.camera.push import Pushed, PushedPicture, PushedPlate, SignOfLife, Unusable
from tests.drivers.pictures import tiny_jpeg

PLATE, SCENE = tiny_jpeg(1), tiny_jpeg(2)
VECTOR = {
    "Picture": {
        "Plate": {"PlateNumber": "12C04567", "PlateColor": "White", "Confidence": 95, "IsExist": True},
        "SnapInfo": {
            "AccurateTime": "2024-05-07 17:48:03.847",
            "DeviceID": "CAM-I1-01",
            "Direction": "Obverse",
            "SnapTime": "2024-05-07 17:48:03",
            "TriggerSource": "Video",
        },
        "CutoutPic": {"PicName": "cutout.jpg", "Content": base64.b64encode(PLATE).decode()},
        "VehiclePic": {"PicName": "vehicle.jpg", "Content": base64.b64encode(SCENE).decode()},
    }
}
"""S44: the fields; the plate and the ids are ours."""


def push(body: bytes, target: str = SIGHTING) -> Pushed:
    return read_push(Message(("POST", target, "HTTP/1.1"), {"content-type": "application/json"}, body))


def seen(pushed: Pushed) -> PushedPlate:
    assert isinstance(pushed, PushedPlate), pushed
    return pushed


def test_the_event_of_s44() -> None:
    event = seen(push(json.dumps(VECTOR).encode()))
    assert (event.plate, event.confidence, event.direction) == ("12C04567", 950, "forward")
    assert event.said == "2024-05-07 17:48:03.847"
    assert event.pictures == (PushedPicture("plate", PLATE), PushedPicture("overview", SCENE))
    assert event.lacking == ()


def test_the_peers_event_and_the_same_again() -> None:
    post = event_post(DahuaEvent(), SCENE, PLATE)
    event = seen(push(post.body))
    assert event.pictures == (PushedPicture("overview", SCENE), PushedPicture("plate", PLATE))
    assert event == push(post.body)
    later = DahuaEvent(said="2024-05-07 17:49:00.000", name="other.jpg")
    assert seen(push(event_post(later, SCENE, PLATE).body)).event != event.event


def test_no_picture_no_plate_and_broken_base64() -> None:
    bare = seen(push(event_post(DahuaEvent(is_read=False, direction="x"), None, None).body))
    assert (bare.plate, bare.direction, bare.pictures, bare.lacking) == ("", "unknown", (), ("no picture came",))
    body = event_post(DahuaEvent(), SCENE, PLATE).body.replace(base64.b64encode(SCENE), b"%%%")
    assert seen(push(body)).lacking == ("NormalPic: no base64",)


def test_signs_of_life() -> None:
    assert push(heartbeat_post().body, KEEP_ALIVE) == SignOfLife()
    assert push(b"", DEVICE_INFO + "?id=1") == SignOfLife()


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"Picture": 1}', b'{"Picture": {}}', b"[" * 100_000, b"\xff\xfe", b"1" * 5000]
)
def test_what_is_no_event_is_refused(body: bytes) -> None:
    assert isinstance(push(body), Unusable)


@given(
    picture=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.dictionaries(
            st.sampled_from(["Plate", "SnapInfo", "NormalPic", "Content", "PlateNumber", "Confidence", "x"]), inner
        ),
        max_leaves=12,
    ),
    at=st.integers(0, 900),
    noise=st.binary(max_size=20),
)
def test_nothing_raises(picture: object, at: int, noise: bytes) -> None:
    push(json.dumps({"Picture": picture}).encode())
    body = event_post(DahuaEvent(), SCENE, PLATE).body
    push(body[:at] + noise + body[at:])
    push(body[:at])
