"""The legal events of what a vehicle and its driver show besides the declaration: tags, papers, plates, container."""

from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Permille
from station.core.containers import NumberForm


@dataclass(frozen=True, slots=True)
class TagPresented:
    """crossing.tag: an UHF tag in the field of the lane's reader, once per crossing. `rssi` in dBm, 0 = not known."""

    crossing: str
    device: str
    epc: str
    antenna: int
    rssi: int


@dataclass(frozen=True, slots=True)
class DriverIdentified:
    """crossing.driver: an identity document was read; nothing of the person stands here.

    `sealed` says where its fields lie in personal.db, and their HMAC.
    """

    crossing: str
    device: str
    document: Literal["cccd", "td1", "td3"]
    sealed: str


@dataclass(frozen=True, slots=True)
class ReaderDiffered:
    """reader.differed: a model on trial read a picture otherwise; it decides nothing. `crossing` is "" between trucks.

    `compared` and `differed` count since the last such record; `fault` says why the trial ended, if it did.
    """

    crossing: str
    device: str
    sha256: str
    text: str
    confidence: Permille
    shadow_text: str
    shadow_confidence: Permille
    model: str
    compared: int
    differed: int
    fault: str


@dataclass(frozen=True, slots=True)
class PlateSighted:
    """crossing.sighted: a plate camera saw a plate. `event` is the camera's own id, `pictures` are SHA-256."""

    crossing: str
    device: str
    event: str
    plate: str
    confidence: Permille
    direction: Literal["forward", "reverse", "unknown"]
    pictures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContainerIdentified:
    """crossing.container: the number on which the views agree, "" if none could be read; read blind, never repaired.

    `views` have read exactly this number. `against` is another number that a view read surely, or "". `raw` is
    (camera, what its picture said), one for each picture that was read.
    """

    crossing: str
    container: str
    verdict: Literal["ACCEPTED", "REVIEW", "UNREADABLE"]
    form: NumberForm
    confidence: Permille
    views: int
    against: str
    size_type: str
    raw: tuple[tuple[str, str], ...]
    pictures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrailerIdentified:
    """crossing.trailer: the plate at the rear, "" if none could be read; read blind. It is never the vehicle's own.

    It may also be the vehicle's own once more: a truck without a trailer. `raw` is what each picture said.
    """

    crossing: str
    plate: str
    verdict: Literal["ACCEPTED", "REVIEW", "UNREADABLE"]
    confidence: Permille
    frames: int
    raw: tuple[str, ...]
    pictures: tuple[str, ...]


Presented = TagPresented | PlateSighted | DriverIdentified | ReaderDiffered | ContainerIdentified | TrailerIdentified

PRESENTED: dict[type, str] = {
    TagPresented: "crossing.tag",
    PlateSighted: "crossing.sighted",
    ContainerIdentified: "crossing.container",
    TrailerIdentified: "crossing.trailer",
    DriverIdentified: "crossing.driver",
    ReaderDiffered: "reader.differed",
}
"""Part of `records.TYPES`."""
