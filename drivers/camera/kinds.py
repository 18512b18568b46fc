"""The kinds of cameras."""

from drivers.camera.picture_folder import PictureFolderDriver, PictureFolderSettings
from drivers.camera.rtsp_driver import RtspCameraDriver, RtspCameraSettings
from drivers.contract.orders import TakePicture
from drivers.contract.quantities import Millis
from drivers.contract.readings import BytesRefused, PictureFailed, PictureTaken
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
        readings=(PictureTaken, PictureFailed),
        orders=(TakePicture,),
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
        readings=(PictureTaken, PictureFailed, BytesRefused),
        orders=(TakePicture,),
        slowest_answer=Millis(500),
    ),
)
