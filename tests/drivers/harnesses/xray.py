"""Cargo X-ray scanners."""

from pathlib import Path

from drivers.xray.scan_folder import XrayFolderSettings
from tests.drivers.harnesses.base import Harness


class XrayFolderHarness(Harness):
    """A drop folder with one whole scan."""

    kind = "xray-folder"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._drop = folder / "drop"
        self._drop.mkdir()
        (self._drop / "S1.jpg").write_bytes(b"a scan")
        self.settings = XrayFolderSettings("xray-folder", str(self._drop))

    def acts(self) -> int:
        """Files of the drop folder, which nobody but the scanner may make or take."""
        return sum(1 for _ in self._drop.iterdir())

    def unplug(self) -> None:
        self._drop.rename(self.folder / "elsewhere")

    def plug_in(self) -> None:
        (self.folder / "elsewhere").rename(self._drop)

    def spoil(self) -> None:
        (self._drop / "S2.jpg").write_bytes(b"")
        (self._drop / "S1.jpg").write_bytes(b"another scan")

    def close(self) -> None:
        """A folder needs no closing."""


HARNESSES: tuple[type[Harness], ...] = (XrayFolderHarness,)
