"""A serial port. The only file that knows pyserial.

DTR and RTS are set low before the port is opened, because some indicators restart when the lines move (S103);
the kernel may still raise them for an instant while it opens the port. Software flow control is never on.
"""

import errno
import os
import termios
from typing import TYPE_CHECKING, Literal

from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis
from drivers.links.readiness import wait_readable, wait_writable

if TYPE_CHECKING:
    import serial

Parity = Literal["none", "even", "odd"]
DataBits = Literal[7, 8]
StopBits = Literal[1, 2]

_MOST = 4096
_BUSY = {errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK}


class SerialLink:
    """`port` as a Link: taken exclusively, with a time-out on every read and write."""

    def __init__(
        self,
        port: str,
        *,
        baud: int = 9600,
        data_bits: DataBits = 8,
        parity: Parity = "none",
        stop_bits: StopBits = 1,
    ) -> None:
        self._path = port
        self._baud = baud
        self._data_bits = data_bits
        self._parity = parity
        self._stop_bits = stop_bits
        self._port: serial.Serial | None = None

    def __str__(self) -> str:
        return f"{self._path} {self._baud} {self._data_bits}{self._parity[0].upper()}{self._stop_bits}"

    def open(self) -> None:
        import serial

        self.close()
        port = serial.Serial(
            port=None,
            baudrate=self._baud,
            bytesize=self._data_bits,
            parity=self._parity[0].upper(),
            stopbits=self._stop_bits,
            timeout=0,
            write_timeout=1,
            exclusive=True,
        )
        port.port = self._path
        port.dtr = False
        port.rts = False
        try:
            port.open()
        except (OSError, termios.error, ValueError) as error:
            raise self._not_opened(error) from error
        self._port = port

    def read(self, patience: Millis) -> bytes:
        port = self._opened()
        try:
            if not wait_readable(port.fileno(), patience):
                return b""
            # Not by pyserial: its read asks twice more whether there is something, and this is each wake-up's cost.
            data = os.read(port.fileno(), _MOST)
        except BlockingIOError:  # somebody emptied the port meanwhile
            return b""
        except OSError as error:
            raise self._gone(error) from error
        if not data:
            raise self._gone(OSError("it is readable and has nothing: hung up"))
        return data

    def write(self, data: bytes, patience: Millis) -> None:
        import serial

        port = self._opened()
        try:
            if port.write_timeout != patience / 1000:
                port.write_timeout = patience / 1000
            sent = port.write(data)
        except serial.SerialTimeoutException as error:
            raise self._stuck(patience) from error
        except (OSError, termios.error) as error:
            raise self._gone(error) from error
        if sent != len(data):
            raise self._stuck(patience)

    def write_some(self, data: bytes) -> int:
        """Send what the port takes of `data` without waiting; how many bytes that was. Raises DeviceFault."""
        port = self._opened()
        try:
            if not data or not wait_writable(port.fileno(), Millis(0)):
                return 0
            if port.write_timeout != 0:
                port.write_timeout = 0
            return port.write(data) or 0
        except (OSError, termios.error) as error:
            raise self._gone(error) from error

    def discard_input(self) -> None:
        try:
            self._opened().reset_input_buffer()
        except (OSError, termios.error) as error:
            raise self._gone(error) from error

    def close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def _opened(self) -> "serial.Serial":
        if self._port is None:
            raise DeviceFault("port-missing", self._path, "the port is not open", "open the device first")
        return self._port

    def _not_opened(self, error: Exception) -> DeviceFault:
        if isinstance(error, OSError) and error.errno in _BUSY:
            return DeviceFault("port-busy", self._path, str(error), "find who holds the port: fuser " + self._path)
        return DeviceFault(
            "port-missing", self._path, _said(error), "check cable, adapter and the port's name and rights"
        )

    def _gone(self, error: Exception) -> DeviceFault:
        return DeviceFault("port-missing", self._path, f"the port went away: {error}", "check the adapter's plug")

    def _stuck(self, patience: Millis) -> DeviceFault:
        return DeviceFault(
            "silent", self._path, f"the bytes did not leave within {patience} ms", "check the far end and flow control"
        )


def _said(error: Exception) -> str:
    """What the system says, without pyserial's words around it."""
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number).lower() if number else str(error)
