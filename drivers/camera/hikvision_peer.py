"""A Hikvision plate camera that pushes its events: the body byte for byte, by sources S41 to S43."""

from dataclasses import dataclass
from typing import Literal

from drivers.camera.http_peer import Account
from drivers.camera.push_peer import Post, PushPeer

BOUNDARY = "MIME_boundary"
NAMESPACES = ("http://www.isapi.org/ver20/XMLSchema", "http://www.hikvision.com/ver20/XMLSchema", "")
"""The two in use, and none."""

Names = tuple[str, str, str]
"""How the parts of XML, plate picture and scene are called."""
USUAL_NAMES: Names = ("anpr.xml", "licensePlatePicture.jpg", "detectionPicture.jpg")
OTHER_NAMES: Names = ("xml_file", "plate_image_file", "image_file")


@dataclass(frozen=True, slots=True)
class HikvisionEvent:
    """What the camera says of one vehicle; the fields are the XML's. `said` is its own clock, right or wrong."""

    plate: str = "12C04567"
    uuid: str = "6f1c1c8e-1dd1-11b2-8f0a-02005e100001"
    said: str = "2024-05-07T17:48:03.847+07:00"
    confidence: str = "98"
    direction: str = "forward"
    pictures: int = 2
    namespace: str = NAMESPACES[0]
    shape: Literal["nested", "flat"] = "nested"

    def xml(self) -> bytes:
        """anpr.xml."""
        space = f' xmlns="{self.namespace}"' if self.namespace else ""
        plate = (
            "<country>255</country>"
            f"<licensePlate>{self.plate}</licensePlate><line>1</line><direction>{self.direction}</direction>"
            f"<confidenceLevel>{self.confidence}</confidenceLevel><plateType>unknown</plateType>"
            "<plateColor>white</plateColor><plateCharBelieve>99,99,61,99,99,99,99,99</plateCharBelieve>"
            "<vehicleType>truck</vehicleType><vehicleInfo><index>1</index><color>white</color></vehicleInfo>"
            f"<pictureInfoList>{''.join(self._infos())}</pictureInfoList>"
        )
        inside = f"<ANPR>{plate}</ANPR>" if self.shape == "nested" else plate
        uuid = f"<UUID>{self.uuid}</UUID>" if self.uuid else ""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<EventNotificationAlert version="2.0"{space}>\n'
            "<ipAddress>192.168.1.64</ipAddress><protocol>HTTP</protocol>"
            "<macAddress>02:00:5e:10:00:01</macAddress><channelID>1</channelID>"
            f"<dateTime>{self.said}</dateTime><activePostCount>1</activePostCount>"
            "<eventType>ANPR</eventType><eventState>active</eventState><eventDescription>ANPR</eventDescription>"
            f"{inside}{uuid}<picNum>{self.pictures}</picNum>\n</EventNotificationAlert>\n"
        ).encode()

    def _infos(self) -> list[str]:
        names = USUAL_NAMES[1 : 1 + self.pictures]
        rect = "<X>440</X><Y>380</Y><width>120</width><height>40</height>"
        return [
            f"<pictureInfo><fileName>{name}</fileName><absTime>20240507174803847</absTime>"
            f"<plateRect>{rect}</plateRect><vehicelRect>{rect}</vehicelRect></pictureInfo>"
            for name in names
        ]


class HikvisionPeer(PushPeer):
    """A camera that pushes to `target` at 127.0.0.1:`port`; the rest as PushPeer."""

    def __init__(
        self,
        port: int,
        target: str = "/hikvision",
        beat_ms: int = 0,
        account: Account | None = None,
        resends: int = 0,
        latency_ms: tuple[int, int] = (0, 0),
    ) -> None:
        self._target = target
        super().__init__(
            port,
            heartbeat=lambda: heartbeat_post(target),
            beat_ms=beat_ms,
            account=account,
            resends=resends,
            latency_ms=latency_ms,
        )

    def see(self, event: HikvisionEvent, jpegs: list[bytes], names: Names = USUAL_NAMES) -> None:
        """Push `event` with these pictures."""
        self.push(event_post(event, jpegs, self._target, names))


def event_post(event: HikvisionEvent, jpegs: list[bytes], target: str, names: Names = USUAL_NAMES) -> Post:
    """The multipart request for `event` with the plate picture, the scene, or as many of them as there are."""
    xml_name, *picture_names = names
    parts = [_part(xml_name, "application/xml", event.xml())]
    parts += [_part(name, "image/jpeg", jpeg) for name, jpeg in zip(picture_names, jpegs, strict=False)]
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    return Post(target, f"multipart/form-data; boundary={BOUNDARY}", body)


def heartbeat_post(target: str) -> Post:
    """What the camera sends while nothing happens: no loss of video."""
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<EventNotificationAlert version="2.0" xmlns="{NAMESPACES[1]}"><channelID>1</channelID>'
        "<dateTime>2024-05-07T17:48:00+07:00</dateTime><activePostCount>0</activePostCount>"
        "<eventType>videoloss</eventType><eventState>inactive</eventState></EventNotificationAlert>\n"
    )
    return Post(target, "application/xml", xml.encode())


def _part(name: str, content_type: str, data: bytes) -> bytes:
    head = (
        f"--{BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
        f"Content-Type: {content_type}\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data + b"\r\n"
