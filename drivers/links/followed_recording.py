"""A flight recorder's folder, read while its worker writes it."""

from pathlib import Path

from drivers.links.flight_recorder import SUFFIX, Entry, parse


class FollowedRecording:
    """What is noted in `folder` from now on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = self._newest()
        self._at = self._file.stat().st_size if self._file else 0

    def fresh(self) -> list[Entry]:
        """The entries since the last call. Raises OSError; files that were deleted before they were read are lost."""
        found = self._rest()
        newest = self._newest()
        if newest != self._file:
            found += self._rest()  # what came before the change of files
            self._file, self._at = newest, 0
            found += self._rest()
        return found

    def _rest(self) -> list[Entry]:
        """Whole lines behind what was read of the present file."""
        if self._file is None or not self._file.exists():
            return []
        with self._file.open("rb") as file:
            file.seek(self._at)
            whole, newline, _ = file.read().rpartition(b"\n")
        self._at += len(whole) + len(newline)
        return [entry for line in whole.splitlines() if (entry := parse(line + b"\n")) is not None]

    def _newest(self) -> Path | None:
        return max(self._folder.glob("*" + SUFFIX), default=None)
