"""A cargo X-ray scanner as its drop folder sees it: files that grow, get their names last, come late or not at all."""

from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal

from drivers.contract.quantities import Millis


class ScanFolderPeer:
    """`scan` queues what the scanner will write; `advance` writes it as time passes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._steps: deque[tuple[int, Callable[[], object]]] = deque()
        self._waited = 0

    def scan(
        self,
        scan: str,
        files: dict[str, bytes],
        manner: Literal["renamed", "marker", "quiet"] = "renamed",
        *,
        pieces: int = 4,
        gap: Millis = Millis(100),
    ) -> None:
        """Write a scan: each file in so many pieces, `gap` apart, finished in the manner that the site has declared.

        "renamed": under a temporary name first. "marker": `<scan>.done` after all. "quiet": simply written.
        """
        for ending, data in files.items():
            final = self._folder / f"{scan}{ending}"
            written = final.with_name(final.name + ".tmp") if manner == "renamed" else final
            size = -(-len(data) // pieces) or 1
            self._later(gap, written.write_bytes, b"")
            for at in range(0, len(data), size):
                self._later(gap, _append, written, data[at : at + size])
            if manner == "renamed":
                self._later(gap, written.rename, final)
        if manner == "marker":
            self._later(gap, (self._folder / f"{scan}.done").touch)

    @property
    def busy(self) -> bool:
        """Whether something is still to be written."""
        return bool(self._steps)

    def advance(self, elapsed: Millis) -> None:
        """Write what is due within the next `elapsed` milliseconds."""
        self._waited += elapsed
        while self._steps and self._steps[0][0] <= self._waited:
            gap, step = self._steps.popleft()
            self._waited -= gap
            step()
        if not self._steps:
            self._waited = 0

    def _later(self, gap: Millis, step: Callable[..., object], *given: object) -> None:
        self._steps.append((gap, partial(step, *given)))


def _append(file: Path, piece: bytes) -> None:
    with file.open("ab") as writing:
        writing.write(piece)
