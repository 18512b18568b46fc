"""What a folder holds, and by name whatever is wrong with it."""

from pathlib import Path

import pytest

from station.evaluation.folder import FolderRefused, Frame, Photo, read_folder

PICTURE = b"\xff\xd8\xff\xd9"


def folder(root: Path, index: str, *pictures: str, kind: str = "plates") -> Path:
    (root / kind).mkdir(parents=True, exist_ok=True)
    (root / kind / "index.csv").write_text(index, encoding="utf-8")
    for name in pictures:
        (root / name).write_bytes(PICTURE)
    return root


def faults(root: Path, corrections: Path | None = None) -> list[tuple[str, str]]:
    return [(fault.thing, fault.code) for fault in read_folder(root, corrections).faults]


def test_a_whole_folder(tmp_path: Path) -> None:
    folder(tmp_path, "path,text,lines,set,note\nplates/a.jpg,12c-045.67,2,road,\n", "plates/a.jpg")
    folder(tmp_path, "path,w,h,x1,y1,x2,y2\nframes/f.jpg,9,9,1,2,5,8\n", "frames/f.jpg", kind="frames")
    data = read_folder(tmp_path)
    assert data.photos == (Photo("plates/a.jpg", "12C04567", "12C04567", "2", "road"),)
    assert data.frames == (Frame("frames/f.jpg", (1, 2, 4, 6)),)
    assert data.faults == () and not data.has_corrections


def test_lines_and_set_may_be_absent(tmp_path: Path) -> None:
    data = read_folder(folder(tmp_path, "path,text\nplates/a.jpg,12C04567\n", "plates/a.jpg"))
    assert (data.photos[0].lines, data.photos[0].group) == ("", "plates")


def test_missing_unlisted_and_unknown_are_named(tmp_path: Path) -> None:
    folder(tmp_path, "path,text\nplates/gone.jpg,1\n", "plates/stranger.PNG")
    folder(tmp_path, "path,label\ncargo/s.jpg,full\n", "cargo/s.jpg", kind="cargo")
    assert sorted(faults(tmp_path)) == [
        ("cargo/index.csv", "not-evaluated"),
        ("plates/gone.jpg", "picture-missing"),
        ("plates/stranger.PNG", "unlisted"),
    ]


@pytest.mark.parametrize(
    "row", ["../a.jpg,12C04567,1", ",12C04567,1", "plates/a.jpg,,1", "plates/a.jpg,12C04567,3", "plates/a.jpg"]
)
def test_a_wrong_row_is_named_by_its_line(tmp_path: Path, row: str) -> None:
    root = folder(tmp_path / "data", f"path,text,lines\nplates/b.jpg,1,1\n{row}\n", "plates/a.jpg", "plates/b.jpg")
    (tmp_path / "a.jpg").write_bytes(PICTURE)
    assert ("plates/index.csv:3", "bad-row") in faults(root)


@pytest.mark.parametrize("box", ["1,2,1,8", "1,2,x,8", "-1,2,5,8", "1,2,5"])
def test_a_box_that_is_none_is_named(tmp_path: Path, box: str) -> None:
    root = folder(tmp_path, f"path,x1,y1,x2,y2\nframes/f.jpg,{box}\n", "frames/f.jpg", kind="frames")
    assert faults(root) == [("frames/index.csv:2", "bad-row")]


def test_corrections_stand_beside_the_published_labels(tmp_path: Path) -> None:
    root = folder(tmp_path / "data", "path,text\nplates/a.jpg,12C04567\n", "plates/a.jpg")
    own = tmp_path / "mine.csv"
    own.write_text("path,text\nplates/a.jpg,12C-045.61\nplates/b.jpg,1\n", encoding="utf-8")
    data = read_folder(root, own)
    assert (data.photos[0].label, data.photos[0].corrected) == ("12C04567", "12C04561")
    assert data.has_corrections and faults(root, own) == [("plates/b.jpg", "not-in-data")]


@pytest.mark.parametrize(
    ("index", "cause"),
    [(None, "no-index"), ("path,label\n", "bad-index"), ("", "bad-index"), ("\x00\udcff", "bad-index")],
)
def test_an_index_that_is_none_is_refused(tmp_path: Path, index: str | None, cause: str) -> None:
    if index is not None:
        folder(tmp_path, "")
        (tmp_path / "plates" / "index.csv").write_bytes(index.encode("utf-8", "surrogateescape"))
    with pytest.raises(FolderRefused) as refused:
        read_folder(tmp_path)
    assert refused.value.cause == cause


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderRefused, match="no-data-folder"):
        read_folder(tmp_path / "nowhere")
    root = folder(tmp_path, "path,text\n")
    with pytest.raises(FolderRefused, match="no-corrections"):
        read_folder(root, tmp_path / "nowhere.csv")
