"""The legal events of what a vehicle and its driver bring along besides the declaration: tags and documents."""

from dataclasses import dataclass
from typing import Literal


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
