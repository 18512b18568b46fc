"""Whatever is handed in as a bundle is refused by name, soon, and without its size being believed."""

import io
import os
import resource
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from drivers.contract.plain import canonical, parse
from station.evidence.manifest import MANIFEST
from station.evidence.plain_zip import LARGEST_HELD, MOST_MEMBERS, PlainZip
from station.evidence.verify import verify_bundle
from tests.commands.premises import ROOT
from tests.evidence.mutations import members_of, packed

pytestmark = pytest.mark.timeout(180)  # the lane is driven once, within the first test's time

SOON_S = 20
Made = Callable[[Path, Path], object]


def _bomb(file: Path, good: Path) -> None:
    with ZipFile(file, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr("files/bomb", bytes(50 << 20))


def _named(name: str) -> Made:
    """One member of that name, in a zip as other programs write it; with our own head otherwise."""

    def make(file: Path, good: Path) -> None:
        head = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0x21, 0, 0, 0, len(name.encode()), 0)
        file.write_bytes(head + name.encode())

    return make


def _twice(file: Path, good: Path) -> None:
    whole = packed({MANIFEST: b"{}"})
    end = whole.index(b"PK\x01\x02")
    file.write_bytes(whole[:end] + whole[:end] + whole[end:])


def _other_program(file: Path, good: Path) -> None:
    with ZipFile(file, "w") as zipped:
        for name, data in members_of(good).items():
            zipped.writestr(name, data)


def _huge(file: Path, good: Path) -> None:
    with file.open("wb") as stream:
        stream.truncate(1 << 40)  # a hole: no byte on the disk


def _many(file: Path, good: Path) -> None:
    stream = io.BytesIO()
    zipped = PlainZip(stream)
    for number in range(MOST_MEMBERS):
        zipped.add(f"files/{number:05}", b"")
    file.write_bytes(stream.getvalue() + packed({"files/99999": b""}))


def _claims(size: int) -> Made:
    def make(file: Path, good: Path) -> None:
        head = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0x21, 0, size, size, len(MANIFEST), 0)
        file.write_bytes(head + MANIFEST.encode() + b"{}")

    return make


def _with_manifest(data: bytes) -> Made:
    return lambda file, good: file.write_bytes(packed({**members_of(good), MANIFEST: data}))


def _stranger(file: Path, good: Path) -> None:
    members = members_of(good)
    manifest = parse(members[MANIFEST]) | {"comment": "x"}
    file.write_bytes(packed({**members, MANIFEST: canonical(manifest)}))


BAD: dict[str, tuple[Made, str]] = {
    "empty": (lambda file, _: file.write_bytes(b""), "not-a-zip"),
    "a text": (lambda file, _: file.write_bytes(b"evidence"), "not-a-zip"),
    "a folder": (lambda file, _: file.mkdir(), "not-a-file"),
    "a pipe": (lambda file, _: os.mkfifo(file), "not-a-file"),
    "an empty zip": (lambda file, _: file.write_bytes(b"PK\x05\x06" + bytes(18)), "not-a-zip"),
    "cut off in a picture": (lambda file, good: file.write_bytes(good.read_bytes()[:5_000]), "cut-off"),
    "cut off in a head": (lambda file, good: file.write_bytes(good.read_bytes()[:20]), "cut-off"),
    "cut off in the directory": (lambda file, good: file.write_bytes(good.read_bytes()[:-30]), "bad-directory"),
    "something behind it": (lambda file, good: file.write_bytes(good.read_bytes() + b"x"), "bad-directory"),
    "something before it": (lambda file, good: file.write_bytes(b"x" + good.read_bytes()), "not-a-zip"),
    "a bomb": (_bomb, "other-zip-form"),
    "a name that climbs": (_named("../../etc/passwd"), "bad-name"),
    "an absolute name": (_named("/etc/passwd"), "bad-name"),
    "a name of another system": (_named("files\\x"), "bad-name"),
    "a name in other letters": (_named("ảnh"), "bad-name"),
    "a long name": (_named("f" * 5_000), "bad-name"),
    "a member twice": (_twice, "members-out-of-order"),
    "another program's zip": (_other_program, "other-zip-form"),
    "a terabyte": (_huge, "too-big"),
    "too many members": (_many, "too-many-members"),
    "a manifest that claims 4 GB": (_claims(0xFFFFFFF0), "too-big"),
    "a manifest that claims 60 MB": (_claims(60_000_000), "too-big"),
    "a manifest that is cut off": (_claims(5_000), "cut-off"),
    "no manifest": (lambda file, _: file.write_bytes(packed({"files/x": b"x"})), "member-gone"),
    "a manifest that is no JSON": (_with_manifest(b"\xff{"), "malformed"),
    "a manifest that is a list": (_with_manifest(b"[]"), "malformed"),
    "a manifest of another release": (
        _with_manifest(b'{"form":"border-gate-evidence/9","is":"Manifest"}'),
        "malformed",
    ),
    "a deep manifest": (_with_manifest(b"[" * 1_000_000), "malformed"),
    "a manifest with a float": (_with_manifest(b'{"is":"Manifest","form":1.5}'), "malformed"),
    "a manifest with a doubled key": (_with_manifest(b'{"is":"Manifest","is":"Manifest"}'), "malformed"),
    "a manifest with a stranger's field": (_stranger, "malformed"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_by_name(what: str, held_bundle: Path, tmp_path: Path) -> None:
    make, code = BAD[what]
    file = tmp_path / "bad.zip"
    make(file, held_bundle)
    began = time.monotonic()
    report = verify_bundle(file)
    assert time.monotonic() - began < SOON_S
    assert not report.is_sound
    assert code in [item.code for item in report.items if item.verdict == "fails"]


@pytest.mark.parametrize("filler", [b"[],", b'{"is":"FactRun","previous":"","rows":[]},'])
def test_the_worst_manifest_stays_within_memory(filler: bytes, held_bundle: Path, tmp_path: Path) -> None:
    """As large as is read, and made of what costs most: 1 GiB of address space is enough."""
    many = (LARGEST_HELD - 200) // len(filler)
    manifest = b'{"crossing":"x","epochs":[],"facts":[' + (filler * many)[:-1] + b'],"is":"Manifest"}'
    file = tmp_path / "worst.zip"
    file.write_bytes(packed({**members_of(held_bundle), MANIFEST: manifest}))
    run = subprocess.run(
        [sys.executable, "-m", "station", "evidence", "verify", str(file)],
        cwd=ROOT,
        env={**os.environ, "LANG": "C", "LC_ALL": "C"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)),
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert run.returncode == 1 and "FAILS  manifest" in run.stdout, run.stderr


def test_a_file_that_is_not_there_is_an_error_of_reading(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        verify_bundle(tmp_path / "none.zip")


def test_the_writer_writes_nothing_that_a_reader_would_refuse() -> None:
    zipped = PlainZip(io.BytesIO())
    zipped.add("files/a", b"x")
    for name in ("files/a", "a", "../x", "files/ả", "files/" + "x" * 200, ""):
        with pytest.raises(ValueError, match="member"):
            zipped.add(name, b"x")
