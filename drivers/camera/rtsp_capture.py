"""One RTSP stream through OpenCV's FFmpeg, made to keep its time limits."""

import os
import select
import socket
import stat
import time
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from drivers.camera.credentials import Credentials
from drivers.camera.rtsp_question import RTSP_PORT, why_refused
from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis

if TYPE_CHECKING:
    from cv2.typing import MatLike

_ASK_AT_LEAST = Millis(300)

# TCP only: over UDP a lost packet is a damaged picture. The rest ends FFmpeg's habit of reading ahead for more than a
# second before the first frame (measured: open 1290 ms, with these 11 ms from the same camera).
_FFMPEG_OPTIONS = "rtsp_transport;tcp|fflags;nobuffer|flags;low_delay|fpsprobesize;0|analyzeduration;500000"
_FFMPEG_FATAL_ONLY = "8"


class RtspCapture:
    """An open stream. `frames` counts what was grabbed. `frames_held` frames lie in the decoder when one comes out:
    0 for MJPEG; 1 for the others, whose end is known only by the start of the next.

    cv2 offers no time limit below its read time-out, and a grab of a stalled stream blocks for all of it. So `wait`
    watches FFmpeg's own socket, and `grab` is called only when bytes are there; FFmpeg's limit then holds only for a
    stream that stops in the middle of a frame.
    """

    def __init__(
        self, device: str, url: str, who: Credentials | None, open_timeout: Millis, read_timeout: Millis
    ) -> None:
        """Connect and read the stream's description. Raises DeviceFault("port-missing" | "refused" | "silent").

        FFmpeg takes name and password in the address only; it is never shown, faults name `url`.
        """
        os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = _FFMPEG_OPTIONS
        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", _FFMPEG_FATAL_ONLY)
        os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")
        import cv2  # before the clock runs: a second that OpenCV takes to load is not the camera's

        began = time.monotonic()
        _knock(device, url, open_timeout)
        cv2.setNumThreads(1)
        known = _sockets()
        left_ms = max(1, open_timeout - round((time.monotonic() - began) * 1000))
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, left_ms, cv2.CAP_PROP_READ_TIMEOUT_MSEC, read_timeout]
        # One decoder thread: more would hold back a frame each.
        self._capture = cv2.VideoCapture(_with(who, url), cv2.CAP_FFMPEG, [*limits, cv2.CAP_PROP_N_THREADS, 1])
        self.width = int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH))
        self.height = int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
        if not self._capture.isOpened() or self.width == 0:
            self._capture.release()
            left_ms = open_timeout - round((time.monotonic() - began) * 1000)
            if left_ms <= 0:
                raise DeviceFault("silent", device, f"{url} connects but sends no picture", "restart the camera")
            raise why_refused(device, url, who, Millis(max(left_ms, _ASK_AT_LEAST)))
        self.frames = 0
        self.codec = int(self._capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little").decode("latin-1")
        self.frames_held = 0 if self.codec == "MJPG" else 1
        self._readable = select.poll()
        try:
            self._readable.register(_socket_of(device, url, _sockets() - known), select.POLLIN)
        except DeviceFault:
            self._capture.release()
            raise

    def wait(self, patience: Millis) -> bool:
        """Whether the stream has something to read (or has ended) within `patience`; negative means now."""
        return bool(self._readable.poll(max(0, patience)))

    def grab(self) -> int | None:
        """Take the next frame, undelivered; its stamp in ms of the stream's own time. None when the stream is gone."""
        import cv2

        if not self._capture.grab():
            return None
        self.frames += 1
        return round(self._capture.get(cv2.CAP_PROP_POS_MSEC))

    def pixels(self) -> "MatLike | None":
        """The grabbed frame as BGR, uint8, (height, width, 3); None if it cannot be decoded."""
        found, image = self._capture.retrieve()
        return image if found else None

    def close(self) -> None:
        self._capture.release()


def as_jpeg(pixels: "MatLike", quality: int) -> bytes:
    """A picture as a JPEG file; `quality` in percent."""
    import cv2

    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def check_url(url: str) -> None:
    """Raise ValueError unless this is rtsp://HOST[:PORT]/... without a name or password."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme == "rtsp" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, is_address = urlsplit(""), False
    if parts.username is not None or parts.password is not None:
        raise ValueError("url: no name or password may stand in it; use user and password_file")
    if parts.scheme == "rtsps":
        raise ValueError("url: rtsps is not supported (the decoder's OpenSSL is old); use rtsp on a closed network")
    if not is_address:  # not repeated here: a password may hide in what we failed to take apart
        raise ValueError("url: this is no camera address; write rtsp://HOST:PORT/PATH")


def _knock(device: str, url: str, patience: Millis) -> None:
    """cv2 only says "not opened"; a plain connection first tells a dead address from a camera that refuses."""
    parts = urlsplit(url)
    address = (parts.hostname or "", parts.port or RTSP_PORT)
    try:
        socket.create_connection(address, timeout=patience / 1000).close()
    except OSError as error:
        seen = f"{address[0]}:{address[1]} does not answer: {error.strerror or error}"
        raise DeviceFault("port-missing", device, seen, "check the camera's power, cable, address and port") from error


def _with(who: Credentials | None, url: str) -> str:
    return url if who is None else url.replace("//", f"//{quote(who.user, safe='')}:{quote(who.password, safe='')}@", 1)


def _sockets() -> set[tuple[int, int]]:
    """The sockets of this process: descriptor and inode, since a number that was closed is given out again."""
    found: set[tuple[int, int]] = set()
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - numbers, not files
        try:
            seen = os.fstat(int(name))
            if stat.S_ISSOCK(seen.st_mode):
                found.add((int(name), seen.st_ino))
        except OSError:  # the descriptor of this very listing
            continue
    return found


def _socket_of(device: str, url: str, candidates: set[tuple[int, int]]) -> int:
    """The descriptor among `candidates` that is connected to the camera."""
    port = urlsplit(url).port or RTSP_PORT
    for descriptor, _ in candidates:
        with socket.socket(fileno=os.dup(descriptor)) as probe:
            try:
                if probe.getpeername()[1] == port:
                    return descriptor
            except OSError:  # not connected: not ours
                continue
    raise DeviceFault("unfit", device, f"{url} sends its pictures from another address", "write that address as url")
