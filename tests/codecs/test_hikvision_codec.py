"""Hikvision's pushed events, by the sources S41 (plate under the root), S42 (body and names) and S43 (heartbeats)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.hikvision_codec import read_push
from drivers.camera.hikvision_peer import (
    NAMESPACES,
    OTHER_NAMES,
    USUAL_NAMES,
    HikvisionEvent,
    Names,
    event_post,
    heartbeat_post,
)
from drivers.camera.http_codec import HttpCodec, Message
from drivers.camera.push import Pushed, PushedPicture, PushedPlate, SignOfLife, Unusable
from drivers.camera.push_peer import Post
from tests.drivers.pictures import tiny_jpeg

PLATE, SCENE = tiny_jpeg(1), tiny_jpeg(2)
ISAPI = (
    b'<?xml version="1.0" encoding="UTF-8"?><EventNotificationAlert version="2.0" '
    b'xmlns="http://www.isapi.org/ver20/XMLSchema"><channelID>1</channelID>'
    b"<dateTime>2024-05-07T17:48:03.847+07:00</dateTime><activePostCount>80</activePostCount>"
    b"<eventType>ANPR</eventType><eventState>active</eventState><ANPR><country>255</country>"
    b"<licensePlate>12C04567</licensePlate><line>1</line><direction>reverse</direction>"
    b"<confidenceLevel>97</confidenceLevel><plateCharBelieve>99,99,61,99,99,99,99,99</plateCharBelieve>"
    b"<pictureInfoList><pictureInfo><fileName>detectionPicture.jpg</fileName>"
    b"<vehicelRect><X>1</X></vehicelRect></pictureInfo></pictureInfoList>"
    b"<originalLicensePlate>12C04567</originalLicensePlate></ANPR>"
    b"<UUID>8bbea5f1-0000-4000-8000-000000000001</UUID><picNum>1</picNum></EventNotificationAlert>"
)
"""S42: the elements and their order; the plate and the ids are ours."""
FLAT = (
    b'<h:EventNotificationAlert xmlns:h="http://www.hikvision.com/ver20/XMLSchema"><h:eventType>ANPR</h:eventType>'
    b"<h:dateTime>2024-05-07T17:48:03+07:00</h:dateTime><h:licensePlate>12RM00321</h:licensePlate>"
    b"<h:confidenceLevel>100</h:confidenceLevel><h:direction>forward</h:direction></h:EventNotificationAlert>"
)
"""S41: plate elements directly under the root; here with the second namespace, and a prefix."""


def push(content_type: str, body: bytes) -> Pushed:
    return read_push(Message(("POST", "/hikvision", "HTTP/1.1"), {"content-type": content_type}, body))


def sent(post: Post) -> Pushed:
    """What the codec makes of the peer's bytes as they cross the wire."""
    (message,) = HttpCodec("requests", 1_000_000).feed(post.wire("127.0.0.1:8080"))
    assert isinstance(message, Message)
    return read_push(message)


def seen(pushed: Pushed) -> PushedPlate:
    assert isinstance(pushed, PushedPlate), pushed
    return pushed


def test_the_event_of_s42() -> None:
    assert seen(push("application/xml", ISAPI)) == PushedPlate(
        "8bbea5f1-0000-4000-8000-000000000001",
        "12C04567",
        970,  # type: ignore[arg-type]
        "reverse",
        "2024-05-07T17:48:03.847+07:00",
        (),
        ("detectionPicture.jpg: did not come",),
    )


def test_the_flat_event_of_s41_in_the_other_namespace() -> None:
    event = seen(push("text/xml", FLAT))
    assert (event.plate, event.confidence, event.direction, event.lacking) == ("12RM00321", 1000, "forward", ())
    assert len(event.event) == 32
    assert event == push("text/xml", FLAT)  # the id is made of what does not change


@pytest.mark.parametrize("names", [USUAL_NAMES, OTHER_NAMES])
@pytest.mark.parametrize("namespace", NAMESPACES)
def test_pictures_beside_the_event_under_either_names(names: Names, namespace: str) -> None:
    event = seen(sent(event_post(HikvisionEvent(namespace=namespace), [PLATE, SCENE], "/hikvision", names)))
    assert event.plate == "12C04567"
    assert event.pictures == (PushedPicture("plate", PLATE), PushedPicture("overview", SCENE))


def test_a_missing_and_a_cut_picture_are_told_and_the_event_stays() -> None:
    one = seen(sent(event_post(HikvisionEvent(), [PLATE], "/hikvision")))
    assert [picture.purpose for picture in one.pictures] == ["plate"]
    assert one.lacking == ("detectionPicture.jpg: did not come",)
    cut = seen(sent(event_post(HikvisionEvent(), [PLATE, SCENE[:-40]], "/hikvision")))
    assert cut.pictures == (PushedPicture("plate", PLATE),)
    assert cut.lacking == ("detectionPicture.jpg: the JPEG is cut off",)


def test_a_plate_that_was_not_read_and_a_direction_not_known() -> None:
    for said in ("unknown", "UNKNOWN", "noPlate", "无车牌", ""):
        event = HikvisionEvent(plate=said, direction="left", confidence="")
        got = sent(event_post(event, [PLATE, SCENE], "/hikvision"))
        if said:
            assert (seen(got).plate, seen(got).direction, seen(got).confidence) == ("", "unknown", 0)
        else:
            assert got == SignOfLife()


def test_a_confidence_out_of_range_is_none() -> None:
    for said in ("101", "-1", "9.5", "٩٩", "1000"):
        assert seen(sent(event_post(HikvisionEvent(confidence=said), [], "/h"))).confidence == 0


def test_heartbeats_and_other_events_are_signs_of_life() -> None:
    assert sent(heartbeat_post("/hikvision")) == SignOfLife()
    motion = ISAPI.replace(b"<licensePlate>12C04567</licensePlate>", b"").replace(
        b"ANPR</eventType>", b"VMD</eventType>"
    )
    assert push("application/xml", motion) == SignOfLife()


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<EventNotificationAlert><licensePlate>&b;</licensePlate></EventNotificationAlert>"
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    b"<EventNotificationAlert><licensePlate>&a;</licensePlate></EventNotificationAlert>"
)


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        (b"", "no XML"),
        (b"<html></html>", "<html>"),
        (BOMB, "DOCTYPE"),
        (OUTSIDE, "DOCTYPE"),
        (b"<EventNotificationAlert>&a;</EventNotificationAlert>", "no XML"),
        (b"<EventNotificationAlert>" + b"<a>" * 40, "levels"),
        (b"<EventNotificationAlert>" + b"<a/>" * 3000 + b"</EventNotificationAlert>", "elements"),
        (b" " * 300_000, "more than"),
        (b'<?xml version="1.0" encoding="no-such"?><EventNotificationAlert/>', "no XML"),
        (b'<?xml version="1.0" encoding="gb2312"?><EventNotificationAlert>\xb0\xa1</EventNotificationAlert>', "no XML"),
        (ISAPI[:-10], "no XML"),
    ],
)
def test_what_is_no_event_is_refused_with_its_reason(xml: bytes, why: str) -> None:
    refused = push("application/xml", xml)
    assert isinstance(refused, Unusable)
    assert why in refused.seen


def test_a_multipart_without_an_event_is_refused() -> None:
    post = event_post(HikvisionEvent(), [PLATE, SCENE], "/hikvision")
    body = post.body.replace(b"application/xml", b"image/jpeg").replace(b"<?xml", b"?xml")
    assert isinstance(push(post.content_type, body), Unusable)


@given(noise=st.binary(max_size=60), at=st.integers(0, 2000), bit=st.integers(0, 20_000))
def test_nothing_raises(noise: bytes, at: int, bit: int) -> None:
    post = event_post(HikvisionEvent(), [PLATE, SCENE], "/hikvision")
    for content_type, body in ((post.content_type, post.body), ("application/xml", ISAPI)):
        push(content_type, body[:at])
        push(content_type, body[:at] + noise + body[at:])
        spoilt = bytearray(body)
        spoilt[bit // 8 % len(spoilt)] ^= 1 << bit % 8
        push(content_type, bytes(spoilt))
    push("application/xml", noise)
