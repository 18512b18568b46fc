"""A camera's name and password: the settings hold the name and a file, the file holds the password."""

from dataclasses import dataclass, field
from pathlib import Path

from drivers.contract.faults import DeviceFault

_LONGEST_FILE = 1024


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a camera asks for. The password shows nowhere: not in a fault, not in a log, not in a repr."""

    user: str
    password: str = field(repr=False)


def check_reference(user: str, password_file: str) -> None:
    """Raise ValueError unless both are given, the file by its whole path, or neither."""
    if bool(user) != bool(password_file):
        raise ValueError("user, password_file: give both or neither")
    if password_file and not Path(password_file).is_absolute():
        raise ValueError("password_file: write the whole path, from / on")


def read_credentials(device: str, user: str, password_file: str) -> Credentials | None:
    """The credentials the settings refer to; None if they name none.

    The password is the file's first line. Raises DeviceFault("unfit") if it cannot be read or others may read it.
    """
    if not user:
        return None
    path = Path(password_file)
    try:
        mode = path.stat().st_mode
        with path.open(encoding="utf-8") as file:
            password = file.read(_LONGEST_FILE).partition("\n")[0].rstrip("\r")
    except OSError as error:
        raise _unfit(
            device, f"password file {path}: {error.strerror}", "create it, or correct password_file"
        ) from error
    except UnicodeDecodeError as error:
        raise _unfit(device, f"password file {path}: no UTF-8", "write the password as one line of text") from error
    if mode & 0o077:
        raise _unfit(device, f"password file {path} may be read by others", f"chmod 600 {path}")
    if not password:
        raise _unfit(device, f"password file {path} is empty", "write the password as its first line")
    return Credentials(user, password)


def _unfit(device: str, seen: str, next_step: str) -> DeviceFault:
    return DeviceFault("unfit", device, seen, next_step)
