"""Evidence files of a lane on the bench: stored as its cameras store them, and named by records of its journal."""

import hashlib
import random
from collections.abc import Sequence
from pathlib import Path

from drivers.camera.picture_store import PictureStore
from drivers.contract.clips import CLIP_ENDING, FORM, ClipIndex
from drivers.contract.plain import encode
from drivers.contract.quantities import Millis, Permille, Tick
from station.centre.evidence_rows import EvidenceRow
from station.core.clip_records import ClipKept
from station.core.facts import TimePassed
from station.core.records import PlateIdentified, Record, Stamped
from station.journal.store import Journal
from tests.courier.bench import LANE, STATION, Bench

UTC_MS = 1_790_000_000_000


def content(seed: int, size: int) -> bytes:
    """Bytes that no other seed gives."""
    return random.Random(seed).randbytes(size)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def keep(data_folder: Path, data: bytes, ending: str = ".jpg") -> str:
    """As a camera's worker does; the hash."""
    return PictureStore(data_folder / "evidence").keep(data, ending).sha256


def write(journal: Journal, record: Record) -> int:
    """One record; its number."""
    seq = journal.next_seq
    journal.append([TimePassed(Tick(seq))], [Stamped(seq, Tick(seq), UTC_MS + seq, "synced", 0, record)], bytes(32))
    return seq


def name(journal: Journal, pictures: Sequence[str], crossing: str = "VNHUN1-L1-E1-000001") -> int:
    """A record that names these pictures; its number."""
    return write(journal, identified(pictures, crossing))


def identified(pictures: Sequence[str], crossing: str = "VNHUN1-L1-E1-000001") -> PlateIdentified:
    """What names them."""
    return PlateIdentified(crossing, "15C12345", "ACCEPTED", Permille(990), 1, (), tuple(pictures))


def keep_clip(bench: Bench, frames: Sequence[bytes], crossing: str = "VNHUN1-L1-E1-000001") -> str:
    """A clip of these frames, kept and named; the hash of its index."""
    lane = bench.folder / "lane"
    named = tuple((at, keep(lane, frame)) for at, frame in enumerate(frames))
    until = Tick(len(frames))
    index = ClipIndex(FORM, "clip1", "front", Tick(0), until, Millis(500), named)
    stored = keep(lane, encode(index), CLIP_ENDING)
    kept = ClipKept(
        "clip1", (), crossing, "front", stored, Tick(0), until, UTC_MS, Tick(0), until, len(frames), Millis(0)
    )
    write(bench.journal, kept)
    return stored


def here(bench: Bench, sha256: str) -> EvidenceRow | None:
    """What the centre knows of the file."""
    assert bench.receiver is not None
    return bench.receiver._files._rows.of(STATION, LANE, sha256)


def are_here(bench: Bench, hashes: Sequence[str]) -> bool:
    """All of them are at the centre."""
    return all((row := here(bench, one)) is not None and row.state == "here" for one in hashes)


def at_centre(bench: Bench) -> dict[str, bytes]:
    """What lies in the centre's folder, by name without its ending."""
    files = [path for path in Path(bench.evidence).glob("??/*") if path.is_file()]
    return {path.name[:64]: path.read_bytes() for path in files}
