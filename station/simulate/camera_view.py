"""What the plate camera looks at: the drawn gate with or without a truck, or a folder of photographs in turn."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from station.simulate.scene import Condition, camera_frame, gate_picture

_TREMBLE_MS = 300
_MOMENTS = 4
_STAMP_EVERY_MS = 1000
_PHOTO_FOR_MS = 2000
_PHOTOS = {".jpg", ".jpeg", ".png", ".bmp", ".webp"}


class Front(NamedTuple):
    """A truck's front in sight: its plate, a seed for its cab, and whether the sun burns it out."""

    plate: str
    seed: int
    is_burnt: bool = False


class GateView:
    """A frame source for the camera peer. `look` says what stands there now; None is the empty gate.

    `fronts` are drawn beforehand, so that no device waits for a drawing; any other is drawn when first seen.
    """

    def __init__(self, look: Callable[[], Front | None], seed: int, fronts: Iterable[Front] = ()) -> None:
        self._look = look
        self._seed = seed
        self._drawn = {front: self._draw(front) for front in (None, *fronts)}
        self._stamped: tuple[Front | None, int] = (None, -1)
        self._frame = b""

    def frame(self, now_ms: int) -> bytes:
        """The picture of this instant: a truck trembles a little, and the clock moves, so that it is never frozen."""
        front = self._look()
        stamp = (front, now_ms // _TREMBLE_MS)
        if stamp != self._stamped:
            if front not in self._drawn:
                self._drawn[front] = self._draw(front)
            moments = self._drawn[front]
            self._frame = camera_frame(moments[stamp[1] % len(moments)], f"CAM 1  {now_ms // 1000} s")
            self._stamped = stamp
        return self._frame

    def _draw(self, front: Front | None) -> tuple[bytes, ...]:
        if front is None:
            return (gate_picture(None, seed=self._seed, condition="clear", lines=1),)
        condition: Condition = "glare" if front.is_burnt else "clear"
        lines = 1 + front.seed % 2
        return tuple(
            gate_picture(front.plate, seed=front.seed, condition=condition, lines=lines, moment=moment)
            for moment in range(1, _MOMENTS + 1)
        )


class PhotoView:
    """A frame source that shows the photographs of a folder in name order, two seconds each.

    A file that is no picture is passed over from then on and named to `refuse`.
    """

    def __init__(self, folder: Path, refuse: Callable[[str], None]) -> None:
        """Raises FileNotFoundError if there is no picture in `folder`."""
        self._photos = sorted(path for path in folder.iterdir() if path.suffix.lower() in _PHOTOS)
        if not self._photos:
            raise FileNotFoundError(f"{folder} holds no picture ({', '.join(sorted(_PHOTOS))}); choose another folder")
        self._refuse = refuse
        self._shown = (Path(), -1)
        self._frame = camera_frame(gate_picture(None, seed=0, condition="dark", lines=1), "CAM 1")

    def frame(self, now_ms: int) -> bytes:
        """The photograph of this instant, fitted to the camera's size; a dark gate if none is a picture."""
        second = now_ms // _STAMP_EVERY_MS
        while self._photos:
            photo = self._photos[now_ms // _PHOTO_FOR_MS % len(self._photos)]
            if self._shown == (photo, second):
                break
            try:
                self._frame = camera_frame(photo.read_bytes(), f"CAM 1  {second} s")
            except (ValueError, OSError) as error:
                self._photos.remove(photo)
                self._refuse(f"{photo}: {error}")
                continue
            self._shown = (photo, second)
        return self._frame
