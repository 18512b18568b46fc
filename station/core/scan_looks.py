"""How far the X-ray scans of one truck are: which wait, which one the adviser has, what was said."""

from dataclasses import dataclass

from drivers.contract.quantities import Tick
from station.core.advice_records import ScanVerdict

_NEVER = Tick(-1)


@dataclass(frozen=True, slots=True)
class ScanPicture:
    """The picture of the scan `scan` that is to be assessed, and how often that was asked."""

    scan: str
    path: str
    sha256: str
    tries: int = 0


@dataclass(frozen=True, slots=True)
class ScanLooks:
    """`waiting` pictures have had their turn since `since`; `order_id` is about the first of them, "" for none.

    `verdicts` are those of the truck's scans so far, in their order.
    """

    since: Tick = _NEVER
    waiting: tuple[ScanPicture, ...] = ()
    order_id: str = ""
    verdicts: tuple[ScanVerdict, ...] = ()
