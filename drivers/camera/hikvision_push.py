"""A Hikvision plate camera that pushes its events ("HTTP listening", `httpHosts`)."""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.camera.hikvision_codec import read_push
from drivers.camera.push_driver import Auth, Manner, PushDriver, PushSettings
from drivers.contract.quantities import Millis
from drivers.contract.tools import Tools


@dataclass(frozen=True, slots=True)
class HikvisionPushSettings(PushSettings):
    """Where a Hikvision camera sends its ANPR events.

    host: address of this machine on the cameras' network; 0.0.0.0 for all its networks.
    allowed: addresses of the cameras; nobody else is heard.
    port: TCP port to listen on.
    path: what the camera calls the URL on this host; a query after it does not matter.
    auth: how the camera proves itself: "none", "digest", or "basic", which shows the password on the network.
    user: the name that the camera must give.
    password_file: the whole path of the file whose first line is the password; readable by its owner alone.
    heartbeat: longest silence of the camera, ms; 0 if it sends no heartbeat.
    patience: longest time for one request from its first byte to its last, ms.
    largest_body: longest body of a request, bytes.
    """

    kind: Literal["hikvision-push"]
    host: str
    allowed: tuple[str, ...]
    port: Annotated[int, Interval(ge=1, le=65_535)] = 8080
    auth: Auth = "none"
    user: str = ""
    password_file: str = ""
    heartbeat: Annotated[Millis, Interval(ge=0, le=3_600_000)] = Millis(0)
    patience: Annotated[Millis, Interval(ge=1_000, le=60_000)] = Millis(15_000)
    largest_body: Annotated[int, Interval(ge=100_000, le=64_000_000)] = 16_000_000
    path: str = "/hikvision"

    def __post_init__(self) -> None:
        PushSettings.__post_init__(self)
        if not self.path.startswith("/") or "?" in self.path:
            raise ValueError("path: begins with / and has no query")


class HikvisionPushDriver(PushDriver):
    """As PushDriver, in Hikvision's words."""

    def __init__(self, device: str, settings: HikvisionPushSettings, tools: Tools) -> None:
        super().__init__(device, settings, tools, Manner(read_push, (settings.path,), ""))
