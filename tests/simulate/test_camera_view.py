from pathlib import Path

from drivers.camera.rtp_jpeg_peer import parse_jpeg
from station.simulate.camera_view import Front, GateView, PhotoView
from station.simulate.scene import gate_picture

FRONT = Front("12C-045.67", 100)


def test_the_gate_changes_with_the_clock_and_with_what_stands_there() -> None:
    there: list[Front | None] = [None]
    view = GateView(lambda: there[0], seed=1, fronts=[FRONT])
    empty, same, later = view.frame(10_000), view.frame(10_100), view.frame(11_100)
    assert empty == same and empty != later
    there[0] = FRONT
    one, other = view.frame(11_100), view.frame(11_400)
    assert len({later, one, other}) == 3
    there[0] = FRONT._replace(is_burnt=True)
    assert view.frame(11_400) != other


def test_photographs_of_any_size_are_carried_and_a_broken_one_is_named_once(tmp_path: Path) -> None:
    small = gate_picture("14C-123.45", seed=3, condition="clear", lines=1, width_px=500, height_px=700)
    (tmp_path / "b.jpg").write_bytes(small)
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    (tmp_path / "c.png").write_bytes(b"")
    refused: list[str] = []
    view = PhotoView(tmp_path, refused.append)
    for now_ms in range(0, 10_000, 100):
        jpeg = parse_jpeg(view.frame(now_ms))
        assert (jpeg.width, jpeg.height) == (1280, 720)
    assert len(refused) == 2 and "a.jpg" in refused[0] + refused[1] and "c.png" in refused[0] + refused[1]


def test_a_folder_of_nothing_but_broken_files_shows_a_dark_gate(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    refused: list[str] = []
    assert parse_jpeg(PhotoView(tmp_path, refused.append).frame(0)).width == 1280
    assert len(refused) == 1
