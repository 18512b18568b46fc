"""A Modbus server that is none of ours: Debian's libmodbus, run as `libmodbus_server.py tcp` or `... rtu PATH`.

512 of each kind of point, all off. Says "ready PORT" once it serves (port 0 on a serial line), ends when killed.
"""

import ctypes
import os
import select
import socket
import sys

_POINTS = 512
_LONGEST = 260


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL("libmodbus.so.5")
    for name in ("modbus_new_tcp", "modbus_new_rtu", "modbus_mapping_new"):
        getattr(library, name).restype = ctypes.c_void_p
    return library


def serve_tcp(library: ctypes.CDLL) -> None:
    """Any number of connections on a free port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    context = ctypes.c_void_p(library.modbus_new_tcp(b"127.0.0.1", port))
    mapping = ctypes.c_void_p(library.modbus_mapping_new(_POINTS, _POINTS, _POINTS, _POINTS))
    listener = library.modbus_tcp_listen(context, 5)
    _say(f"ready {port}")
    calls = {listener}
    while True:
        for ready in select.select(calls, [], [])[0]:
            if ready == listener:
                calls.add(library.modbus_tcp_accept(context, ctypes.byref(ctypes.c_int(listener))))
            else:
                library.modbus_set_socket(context, ready)
                if not _answer_one(library, context, mapping):
                    calls.remove(ready)
                    os.close(ready)


def serve_rtu(library: ctypes.CDLL, path: str) -> None:
    """Unit 1 of a serial line at 9600 8N1."""
    context = ctypes.c_void_p(library.modbus_new_rtu(path.encode(), 9600, ctypes.c_char(b"N"), 8, 1))
    library.modbus_set_slave(context, 1)
    mapping = ctypes.c_void_p(library.modbus_mapping_new(_POINTS, _POINTS, _POINTS, _POINTS))
    if library.modbus_connect(context) != 0:
        sys.exit(f"libmodbus cannot open {path}")
    _say("ready 0")
    while True:
        _answer_one(library, context, mapping)


def _answer_one(library: ctypes.CDLL, context: ctypes.c_void_p, mapping: ctypes.c_void_p) -> bool:
    """Wait for one request and answer it; False when the connection is over or the frame is none."""
    request = (ctypes.c_uint8 * _LONGEST)()
    size = library.modbus_receive(context, request)
    if size > 0:
        library.modbus_reply(context, request, size, mapping)
    return bool(size >= 0)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1] == "tcp":
        serve_tcp(_library())
    else:
        serve_rtu(_library(), sys.argv[2])
