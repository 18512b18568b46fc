"""A Dahua plate camera that pushes its events (ITSAPI): the body byte for byte, by source S44."""

import base64
import json
from dataclasses import dataclass

from drivers.camera.http_peer import Account
from drivers.camera.push_peer import Post, PushPeer

SIGHTING = "/NotificationInfo/TollgateInfo"
KEEP_ALIVE = "/NotificationInfo/KeepAlive"
DEVICE_INFO = "/NotificationInfo/DeviceInfo"
_DEVICE = "CAM-I1-01"


@dataclass(frozen=True, slots=True)
class DahuaEvent:
    """What the camera says of one vehicle. `box` counts in 1/8192 of the picture."""

    plate: str = "12C04567"
    said: str = "2024-05-07 17:48:03.847"
    confidence: int = 98
    direction: str = "Obverse"
    name: str = "20240507174803_12C04567.jpg"
    box: tuple[int, int, int, int] = (3000, 5200, 3800, 5600)
    is_read: bool = True


class DahuaPeer(PushPeer):
    """A camera that pushes to 127.0.0.1:`port`, with a heartbeat every `beat_ms` (0: none)."""

    def __init__(self, port: int, beat_ms: int = 0, account: Account | None = None, resends: int = 0) -> None:
        super().__init__(port, heartbeat=heartbeat_post, beat_ms=beat_ms, account=account, resends=resends)

    def see(self, event: DahuaEvent, scene: bytes | None, plate: bytes | None) -> None:
        """Push `event` with these pictures."""
        self.push(event_post(event, scene, plate))


def event_post(event: DahuaEvent, scene: bytes | None, plate: bytes | None) -> Post:
    """The request for `event`; None leaves a picture out."""
    picture: dict[str, object] = {
        "Plate": {
            "PlateNumber": event.plate,
            "PlateColor": "White",
            "Confidence": event.confidence,
            "BoundingBox": list(event.box),
            "IsExist": event.is_read,
        },
        "SnapInfo": {
            "AccurateTime": event.said,
            "SnapTime": event.said[:19],
            "DeviceID": _DEVICE,
            "Direction": event.direction,
            "LanNo": 1,
            "TriggerSource": "Video",
        },
        "Vehicle": {"VehicleType": "Truck", "VehicleColor": "White"},
    }
    for name, prefix, jpeg in (("NormalPic", "", scene), ("CutoutPic", "cut_", plate)):
        if jpeg is not None:
            picture[name] = {"PicName": f"{prefix}{event.name}", "Content": base64.b64encode(jpeg).decode()}
    return Post(SIGHTING, "application/json", json.dumps({"Picture": picture}).encode())


def heartbeat_post() -> Post:
    """What the camera sends while nothing happens."""
    return Post(KEEP_ALIVE, "application/json", json.dumps({"Active": "keepAlive", "DeviceID": _DEVICE}).encode())
