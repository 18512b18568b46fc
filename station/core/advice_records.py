"""The legal events of X-ray scans and of checks that only advise an officer. None of them ever releases a truck
(decision 0031).
"""

from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Permille
from station.core.seals import Seal

ScanVerdict = Literal["EMPTY_LIKELY", "NOT_EMPTY", "CANNOT_TELL", "IMPOSSIBLE"]
SealVerdict = Seal | Literal["IMPOSSIBLE"]


@dataclass(frozen=True, slots=True)
class ScanRecorded:
    """crossing.scanned: a cargo X-ray scan arrived. `crossing` stood in the lane then, "" for none; `files` are
    (name, sha256).
    """

    crossing: str
    scan: str
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ScanAssessed:
    """scan.assessed: what a scan says of its container against the site's template of empty ones.

    `scan` is the scanner's own id, `sha256` the picture that was assessed, `template` (SHA-256) what it was compared
    with. `excess`, `opaque`, `blind` are shares of the container; `largest` counts cells of the largest group of
    excess, `box` is where it stands in the picture; `strongest` and `noise` are attenuations in thousandths. `flaws`
    are codes of what is wrong with the picture. IMPOSSIBLE names its `reason`, and its figures are 0.
    """

    crossing: str
    kind: Literal["XRAY"]
    scan: str
    sha256: str
    verdict: ScanVerdict
    reason: str
    excess: Permille = Permille(0)
    largest: int = 0
    strongest: int = 0
    opaque: Permille = Permille(0)
    blind: Permille = Permille(0)
    noise: int = 0
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    flaws: tuple[str, ...] = ()
    template: str = ""


@dataclass(frozen=True, slots=True)
class SealAssessed:
    """seal.assessed: whether a seal was seen at the door lock, by one camera or two. NOT_SEEN proves no absence.

    `views` have said so. `confidence` is how often such a word was right where it was measured (`core.seals`).
    `said` is, for each camera, its name, what its picture says or the code of why it says nothing, and the distance of
    colour in tenths of a unit of CIE L*a*b*. `pictures` are SHA-256. IMPOSSIBLE: no camera could say anything.
    """

    crossing: str
    verdict: SealVerdict
    confidence: Permille
    views: int
    said: tuple[tuple[str, str, int], ...]
    pictures: tuple[str, ...]


Advice = ScanRecorded | ScanAssessed | SealAssessed

ADVICE: dict[type, str] = {
    ScanRecorded: "crossing.scanned",
    ScanAssessed: "scan.assessed",
    SealAssessed: "seal.assessed",
}
"""Part of `records.TYPES`."""
