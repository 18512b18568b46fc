"""The kinds of cameras."""

from drivers.camera.dahua_push import DahuaPushDriver, DahuaPushSettings
from drivers.camera.hikvision_push import HikvisionPushDriver, HikvisionPushSettings
from drivers.camera.picture_folder import PictureFolderDriver, PictureFolderSettings
from drivers.camera.rtsp_driver import RtspCameraDriver, RtspCameraSettings
from drivers.camera.snapshot_driver import HttpSnapshotDriver, HttpSnapshotSettings
from drivers.contract.clips import ClipNotStored, ClipStored
from drivers.contract.orders import KeepClip, TakePicture
from drivers.contract.quantities import Millis
from drivers.contract.readings import BytesRefused, PictureFailed, PictureTaken, PlateSeen
from drivers.contract.spec import DriverSpec

SPECS: tuple[DriverSpec, ...] = (
    DriverSpec(
        kind="rtsp-camera",
        protocol="RTSP stream over TCP",
        wire="rtsp",
        tier=1,
        speaks="asks",
        settings=RtspCameraSettings,
        build=RtspCameraDriver,
        peer="drivers.camera.rtsp_peer:RtspPeer",
        readings=(PictureTaken, PictureFailed, ClipStored, ClipNotStored),
        orders=(TakePicture, KeepClip),
        slowest_answer=Millis(3_500),
    ),
    DriverSpec(
        kind="picture-folder",
        protocol="folder of pictures",
        wire="folder",
        tier=1,
        speaks="never",
        settings=PictureFolderSettings,
        build=PictureFolderDriver,
        peer="",
        readings=(PictureTaken, PictureFailed, ClipStored, ClipNotStored, BytesRefused),
        orders=(TakePicture, KeepClip),
        slowest_answer=Millis(500),
    ),
    DriverSpec(
        kind="http-snapshot",
        protocol="single pictures over HTTP, Digest or Basic",
        wire="http",
        tier=1,
        speaks="asks",
        settings=HttpSnapshotSettings,
        build=HttpSnapshotDriver,
        peer="drivers.camera.snapshot_peer:SnapshotPeer",
        readings=(PictureTaken, PictureFailed, ClipStored, ClipNotStored, BytesRefused),
        orders=(TakePicture, KeepClip),
        slowest_answer=Millis(500),
    ),
    DriverSpec(
        kind="hikvision-push",
        protocol="Hikvision ANPR events pushed over HTTP",
        wire="http",
        tier=1,
        speaks="asks",
        settings=HikvisionPushSettings,
        build=HikvisionPushDriver,
        peer="drivers.camera.hikvision_peer:HikvisionPeer",
        readings=(PlateSeen, BytesRefused),
        orders=(),
        slowest_answer=Millis(1_500),
    ),
    DriverSpec(
        kind="dahua-push",
        protocol="Dahua ITSAPI events pushed over HTTP",
        wire="http",
        tier=2,
        speaks="asks",
        settings=DahuaPushSettings,
        build=DahuaPushDriver,
        peer="drivers.camera.dahua_peer:DahuaPeer",
        readings=(PlateSeen, BytesRefused),
        orders=(),
        slowest_answer=Millis(1_500),
    ),
)
