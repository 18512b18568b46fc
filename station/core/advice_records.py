"""The legal events of checks that only advise an officer. None of them ever releases a truck (decision 0031)."""

from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Permille

ScanVerdict = Literal["EMPTY_LIKELY", "NOT_EMPTY", "CANNOT_TELL", "IMPOSSIBLE"]


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


Advice = ScanAssessed

ADVICE: dict[type, str] = {
    ScanAssessed: "scan.assessed",
}
"""Part of `records.TYPES`."""
