"""Parts of a multipart body, by RFC 2046 and RFC 7578."""

from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.multipart_codec import Part, parts_of

TYPE = "multipart/form-data; boundary=MIME_boundary"
PICTURE = bytes(range(256)) + b"\r\n--MIME_bound\r\n\n\r\r\n"
BODY = (
    b"--MIME_boundary\r\n"
    b'Content-Disposition: form-data; name="anpr.xml"; filename="anpr.xml"\r\n'
    b"Content-Type: text/xml; charset=UTF-8\r\n\r\n<a/>\r\n"
    b"--MIME_boundary\r\n"
    b"content-disposition: form-data; filename=detectionPicture.jpg; name=picture\r\n"
    b"Content-Type: image/jpeg\r\nContent-Length: 277\r\n\r\n" + PICTURE + b"\r\n"
    b"--MIME_boundary--\r\n"
)
PARTS = (
    Part("anpr.xml", "anpr.xml", "text/xml", b"<a/>"),
    Part("picture", "detectionPicture.jpg", "image/jpeg", PICTURE),
)


def test_parts_are_whole_to_the_byte() -> None:
    assert parts_of(TYPE, BODY) == PARTS


def test_a_preamble_a_quoted_boundary_and_bare_line_feeds() -> None:
    assert parts_of('Multipart/Mixed; Boundary="MIME_boundary"', b"preamble\r\n" + BODY) == PARTS
    assert parts_of(TYPE, b"--MIME_boundary\nContent-Type: text/xml\n\n<a/>\n--MIME_boundary--\n") == (
        Part("", "", "text/xml", b"<a/>"),
    )


def test_a_boundary_that_begins_with_dashes() -> None:
    """As cameras write it: the header's boundary already has dashes, the delimiter two more (S42)."""
    body = BODY.replace(b"--MIME_boundary", b"----MIME_boundary")
    assert parts_of("multipart/form-data; boundary=--MIME_boundary", body) == PARTS


def test_a_part_that_is_cut_off_is_none() -> None:
    end = BODY.index(PICTURE) + 100
    assert parts_of(TYPE, BODY[:end]) == PARTS[:1]
    assert parts_of(TYPE, BODY.removesuffix(b"\r\n--MIME_boundary--\r\n")) == PARTS[:1]


def test_what_is_no_multipart_has_no_parts() -> None:
    assert parts_of("application/xml", BODY) == ()
    assert parts_of("multipart/form-data", BODY) == ()
    assert parts_of(TYPE, b"") == ()


def test_a_flood_of_parts_is_bounded() -> None:
    flood = b"--MIME_boundary\r\n\r\n\r\n\r\n" * 1000 + b"--MIME_boundary--"
    assert len(parts_of(TYPE, flood)) == 16


@given(content_type=st.text(max_size=60), body=st.binary(max_size=300), cut=st.integers(0, len(BODY)))
def test_nothing_raises(content_type: str, body: bytes, cut: int) -> None:
    parts_of(content_type, body)
    parts_of(f"multipart/x; boundary={content_type}", body)
    parts_of(TYPE, BODY[:cut] + body + BODY[cut:])
