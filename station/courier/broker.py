"""Where a broker is: what a lane, a centre and an examiner are told of it."""

from dataclasses import dataclass
from typing import Literal

Version = Literal["5", "3.1.1"]


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and how to speak to it. `version` is tried first; a broker that refuses 5 is asked in 3.1.1.

    TLS is used when `tls_ca` is set; `tls_cert` and `tls_key` are the client's own. `password_file` holds the
    password of `user`; secrets never stand in settings.
    """

    host: str = "127.0.0.1"
    port: int = 1883
    version: Version = "5"
    keepalive_s: int = 15
    tls_ca: str = ""
    tls_cert: str = ""
    tls_key: str = ""
    user: str = ""
    password_file: str = ""
