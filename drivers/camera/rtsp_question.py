"""Why a camera gives no stream: one plain question. OpenCV says only "not opened"."""

import re
import socket
from urllib.parse import urlsplit

from drivers.camera.credentials import Credentials
from drivers.camera.digest_auth import authorization, best_challenge
from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis

RTSP_PORT = 554

_LONGEST_REPLY = 8_192
_STATUS = re.compile(rb"RTSP/1\.\d (\d{3})")
_CHALLENGE = re.compile(rb"^WWW-Authenticate:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


def why_refused(device: str, url: str, who: Credentials | None, patience: Millis) -> DeviceFault:
    """The fault that says what a technician does next. Asks for at most `patience` a step."""
    match _ask(url, who, patience):
        case "401" if who is not None:
            return _refused(device, f"{url} does not accept the name or password (401)", "check user and password_file")
        case "401":
            return _refused(device, f"{url} asks for a name and password (401)", "set user and password_file")
        case "404":
            return _refused(device, f"{url} is not known to the camera (404)", "correct the path in url")
        case status:
            seen = f"{url} gives no stream (status {status or 'unknown'})"
            return _refused(device, seen, "check the path, and how many may watch the camera at once")


def _refused(device: str, seen: str, next_step: str) -> DeviceFault:
    return DeviceFault("refused", device, seen, next_step)


def _ask(url: str, who: Credentials | None, patience: Millis) -> str:
    """The status that answers DESCRIBE, proven as far as `who` allows; "" if there is none."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or RTSP_PORT), patience / 1000) as wire:
            status, offered = _describe(wire, url, 1, "")
            challenge = best_challenge(offered, "digest") or best_challenge(offered, "basic")
            if status == "401" and who is not None and challenge is not None:
                status, _ = _describe(wire, url, 2, authorization(challenge, who, "DESCRIBE", url))
    except OSError:  # it went away while we asked: no status is an answer too
        return ""
    return status


def _describe(wire: socket.socket, url: str, number: int, proof: str) -> tuple[str, str]:
    """Status and challenges of the answer to one DESCRIBE."""
    lines = [f"DESCRIBE {url} RTSP/1.0", f"CSeq: {number}", "Accept: application/sdp"]
    if proof:
        lines.append(f"Authorization: {proof}")
    wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    reply = b""
    while b"\r\n\r\n" not in reply and len(reply) < _LONGEST_REPLY and (more := wire.recv(_LONGEST_REPLY)):
        reply += more
    status = _STATUS.match(reply)
    offered = ", ".join(found.decode("latin-1") for found in _CHALLENGE.findall(reply))
    return ("" if status is None else status.group(1).decode()), offered
