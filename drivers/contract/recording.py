"""What a device's wire carried, for those who keep it or show it."""

from typing import Literal, Protocol

Mark = Literal["#", "=", "<", ">", "!"]
"""What an entry of a recording is.

"#" about the device, before anything else (JSON: device, settings); "=" the wire was opened (its name);
"<" bytes that came from the device; ">" bytes that were given to the wire; "!" the wire failed (the fault, as text).
"""


class Recorder(Protocol):
    """Takes note of what passes on a wire. Never raises and never waits: a recording must not harm its device."""

    def note(self, mark: Mark, data: bytes) -> None:
        """`data` passed just now."""
