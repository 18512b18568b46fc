"""Is a seal at a door lock seen where one hangs? The ranking, and what is told for certain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from station.evaluation.figures import Figure, nothing, share
from station.evaluation.folder import DataFolder, Fault, SealPhoto
from station.vision.seal import SealSeen, see_seal
from station.vision.tensors import decode_colour
from station.vision.unfit import PictureUnfit

SECTION = "eval-seals"
_DRAWS = 1_000
_SEED = 27


@dataclass(frozen=True, slots=True)
class Lock:
    """One crop and what was seen in it."""

    photo: SealPhoto
    seen: SealSeen


def seal_figures(data: DataFolder, faults: list[Fault]) -> Iterator[Figure]:
    """The figures of every crop of a lock that the index lists."""
    if not data.seals:
        yield nothing(SECTION, "eval-seal-area", "eval-no-photos")
        return
    yield from figures_of(list(_locks(data.root, data.seals, faults)))


def figures_of(locks: Sequence[Lock]) -> Iterator[Figure]:
    """The area under the curve, its interval by draws of whole containers; and the shares of what is told."""
    sealed = sum(lock.photo.is_sealed for lock in locks)
    if 0 < sealed < len(locks):
        low, high = _spread(locks)
        yield Figure(SECTION, "eval-seal-area", "", "published", len(locks), area(locks), low, high, "")
    else:
        yield nothing(SECTION, "eval-seal-area", "eval-none")
    seen = [lock.photo.is_sealed for lock in locks if lock.seen.seal == "SEEN"]
    bare = [not lock.photo.is_sealed for lock in locks if lock.seen.seal == "NOT_SEEN"]
    yield share(SECTION, "eval-seal-seen", sum(seen), len(seen), labels="published")
    yield share(SECTION, "eval-seal-not-seen", sum(bare), len(bare), labels="published")
    yield share(SECTION, "eval-seal-told", len(seen) + len(bare), len(locks))


def area(locks: Sequence[Lock]) -> float:
    """Chance that a sealed lock ranks above a bare one, ties halved; both kinds must be there."""
    sealed, bare = (
        np.array([lock.seen.distance for lock in locks if lock.photo.is_sealed is kind]) for kind in (True, False)
    )
    return float(np.mean(np.sign(sealed[:, np.newaxis] - bare) + 1) / 2)


def _spread(locks: Sequence[Lock]) -> tuple[float, float]:
    """95 % of the areas of containers drawn again and again; the crops of one container are no independent ones."""
    groups: dict[str, list[Lock]] = {}
    for lock in locks:
        groups.setdefault(lock.photo.container or lock.photo.path, []).append(lock)
    each = list(groups.values())
    rng = np.random.default_rng(_SEED)
    areas = []
    for _ in range(_DRAWS):
        drawn = [lock for at in rng.integers(0, len(each), len(each)) for lock in each[at]]
        if 0 < sum(lock.photo.is_sealed for lock in drawn) < len(drawn):
            areas.append(area(drawn))
    low, high = np.quantile(areas, (0.025, 0.975))
    return float(low), float(high)


def _locks(root: Path, photos: Sequence[SealPhoto], faults: list[Fault]) -> Iterator[Lock]:
    """Each crop looked at; what cannot be judged goes to `faults`."""
    for photo in photos:
        try:
            lock = decode_colour((root / photo.path).read_bytes())
        except PictureUnfit as error:
            faults.append(Fault(photo.path, error.code, error.seen))
            continue
        yield Lock(photo, see_seal(lock))
