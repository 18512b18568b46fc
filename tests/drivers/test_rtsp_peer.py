"""The camera peer by itself: its conversation, and RFC 2435 read back by a receiver written here."""

import io
import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.rtp_jpeg_peer import FRAGMENT_BYTES, RtpJpeg, packets, parse_jpeg
from drivers.camera.rtsp_peer import RtspSession
from tests.drivers.rtsp_cameras import stamped_jpeg

URL = "rtsp://127.0.0.1:8554/lane"
TCP = "RTP/AVP/TCP;unicast;interleaved=0-1"


def request(method: str, cseq: int, **headers: str) -> bytes:
    lines = [f"{method} {URL} RTSP/1.0", f"CSeq: {cseq}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def status(answer: bytes) -> str:
    return answer.split(b"\r\n", 1)[0].decode()


def playing() -> RtspSession:
    session = RtspSession()
    session.feed(request("SETUP", 1, Transport=TCP) + request("PLAY", 2, Session="1001"))
    assert session.playing
    return session


def test_a_whole_conversation_byte_by_byte() -> None:
    session = RtspSession()
    talk = (
        request("OPTIONS", 1)
        + request("DESCRIBE", 2, Accept="application/sdp")
        + request("SETUP", 3, Transport=TCP)
        + request("PLAY", 4, Session="1001")
        + request("GET_PARAMETER", 5, Session="1001")
    )
    answers = b"".join(session.feed(talk[at : at + 1]) for at in range(len(talk)))
    assert answers.count(b"RTSP/1.0 200 OK\r\n") == 5
    for cseq in range(1, 6):
        assert f"CSeq: {cseq}\r\n".encode() in answers
    assert b"m=video 0 RTP/AVP 26\r\n" in answers
    assert b"interleaved=0-1" in answers
    assert session.playing
    session.feed(request("TEARDOWN", 6, Session="1001"))
    assert session.ended
    assert not session.playing


def test_the_length_of_the_description_is_true() -> None:
    head, _, body = RtspSession().feed(request("DESCRIBE", 1)).partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (request("SETUP", 7, Transport="RTP/AVP;unicast;client_port=5000-5001"), "RTSP/1.0 461 Unsupported Transport"),
        (request("SETUP", 7), "RTSP/1.0 461 Unsupported Transport"),
        (request("SETUP", 7, Transport="RTP/AVP/TCP;interleaved=x"), "RTSP/1.0 400 Bad Request"),
        (request("PLAY", 7), "RTSP/1.0 454 Session Not Found"),
        (request("RECORD", 7), "RTSP/1.0 501 Not Implemented"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "RTSP/1.0 400 Bad Request"),
        (b"\r\n\r\n", "RTSP/1.0 400 Bad Request"),
    ],
)
def test_refusals(sent: bytes, answer: str) -> None:
    session = RtspSession()
    assert status(session.feed(sent)) == answer
    assert not session.playing
    assert not session.ended


def test_receiver_reports_between_requests_are_passed_over() -> None:
    report = b"$\x01\x00\x08" + b"\r\n\r\n\r\n\r\n"
    session = playing()
    assert session.feed(report[:3]) == b""
    assert status(session.feed(report[3:] + request("GET_PARAMETER", 9, Session="1001"))) == "RTSP/1.0 200 OK"


def test_a_request_without_end_ends_the_session() -> None:
    session = RtspSession()
    assert session.feed(b"OPTIONS " * 2000) == b""
    assert session.ended


@given(st.lists(st.binary(max_size=60) | st.sampled_from([b"\r\n\r\n", b"$\0\0\3", b"SETUP a RTSP/1.0\r\nCSeq: 1"])))
def test_no_bytes_upset_the_session(pieces: list[bytes]) -> None:
    session = RtspSession()
    for piece in pieces:
        session.feed(piece)


def unwrap(stream: bytes) -> list[bytes]:
    """The RTP packets of an interleaved stream on channel 0."""
    source, found = io.BytesIO(stream), []
    while head := source.read(4):
        assert head[:2] == b"$\0"
        found.append(source.read(int.from_bytes(head[2:])))
    return found


def test_a_picture_travels_whole_in_small_packets() -> None:
    jpeg = stamped_jpeg(123_456)
    parts = parse_jpeg(jpeg)
    made = unwrap(playing().frame(parts, 123_456, spoil=False))
    scan = b""
    for n, packet in enumerate(made):
        flags, marker, sequence, timestamp, _ = struct.unpack_from(">BBHII", packet)
        assert flags == 0x80
        assert marker == (0x80 if n == len(made) - 1 else 0) | 26
        assert sequence == (0xFFF0 + n) & 0xFFFF
        assert timestamp == 123_456 * 90
        payload = packet[12:]
        assert len(payload) <= FRAGMENT_BYTES
        assert int.from_bytes(payload[:4]) == len(scan)
        assert payload[4:8] == bytes((1, 255, 1280 // 8, 720 // 8))
        if n == 0:
            assert payload[8:12] == b"\0\0\0\x80"
            assert payload[12:76] in jpeg
            assert payload[76:140] in jpeg
        scan += payload[140:] if n == 0 else payload[8:]
    assert jpeg.endswith(scan + b"\xff\xd9")
    assert len(made) > 16  # the sequence number passed its end


def test_garbage_keeps_the_framing() -> None:
    parts = parse_jpeg(stamped_jpeg(1))
    session = playing()
    good, bad = (unwrap(session.frame(parts, 1, spoil=spoil)) for spoil in (False, True))
    assert [len(packet) for packet in bad] == [len(packet) for packet in good]
    assert all(spoiled[12:] != packet[12:] for spoiled, packet in zip(bad, good, strict=True))


def encoded(width: int, height: int, *options: int) -> bytes:
    image = np.random.default_rng(1).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return cv2.imencode(".jpg", image, options)[1].tobytes()


@pytest.mark.parametrize(
    ("jpeg", "word"),
    [
        (encoded(64, 64, cv2.IMWRITE_JPEG_PROGRESSIVE, 1), "baseline"),
        (encoded(64, 64, cv2.IMWRITE_JPEG_OPTIMIZE, 1), "Huffman"),
        (encoded(64, 64, cv2.IMWRITE_JPEG_RST_INTERVAL, 4), "restart"),
        (encoded(64, 64, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444), "4:2:0"),
        (encoded(60, 64), "60x64"),
        (encoded(2048, 8), "2048x8"),
        (encoded(64, 64)[:-2], "cut off"),
        (encoded(64, 64)[:300], "broken"),
        (b"", "not a JPEG"),
        (b"GIF89a", "not a JPEG"),
    ],
)
def test_what_rfc_2435_cannot_carry_is_refused_by_name(jpeg: bytes, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        parse_jpeg(jpeg)


@given(st.binary(max_size=200), st.integers(0, 600))
def test_a_damaged_picture_is_refused_or_carried_but_never_crashes(noise: bytes, at: int) -> None:
    good = encoded(64, 64)
    try:
        parts = parse_jpeg(good[:at] + noise + good[at + len(noise) :])
    except ValueError:
        return
    assert isinstance(parts, RtpJpeg)
    assert packets(parts, 0, 0, 0)
