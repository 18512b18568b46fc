"""What the checks say that only advise: an X-ray scan, a seal. Part of `readings.Reading`."""

from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Millis, Permille


@dataclass(frozen=True, slots=True)
class ScanMeasured:
    """The answer to `AssessScan`: what one X-ray picture says against the template `template` (its hex SHA-256).

    `excess`: share of the container's cells that absorb more than is explained; `largest`: cells of their largest
    group, `box` where it stands (x, y, width, height in pixels), `strongest` its most excess attenuation in
    thousandths. `opaque`: share that nothing passes, `blind`: share that already an empty container hides, `noise`: of
    attenuation, in thousandths. `flaws`: codes of what is wrong with the picture.
    """

    order_id: str
    sha256: str
    finding: Literal["EMPTY_LIKELY", "NOT_EMPTY", "CANNOT_TELL"]
    excess: Permille
    largest: int
    strongest: int
    opaque: Permille
    blind: Permille
    noise: int
    flaws: tuple[str, ...]
    template: str
    took: Millis
    box: tuple[int, int, int, int] = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class SealMeasured:
    """The answer to `AssessSeal`. `distance`: of the outstanding colour at the lock from those of lock and door, in
    tenths of a unit of CIE L*a*b*.
    """

    order_id: str
    sha256: str
    seal: Literal["SEEN", "NOT_SEEN", "UNSURE"]
    distance: int
    took: Millis
