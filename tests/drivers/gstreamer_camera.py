"""A real RTSP camera for the tests: GStreamer's server with H.264, run by the system's Python (it has gi).

usage: /usr/bin/python3 gstreamer_camera.py [WIDTH HEIGHT FPS [USER PASSWORD]]     prints its port, ends when stdin ends
Each frame carries CLOCK_MONOTONIC in ms at its making, as 40 black or white cells in the top rows.
"""

import os
import sys
import time
from typing import Any

import gi  # type: ignore[import-not-found, unused-ignore]

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # type: ignore[import-not-found, unused-ignore]  # noqa: E402

WIDTH, HEIGHT, FPS = map(int, sys.argv[1:4] or (1280, 720, 25))
CELL = 32
GRAIN = bytes(80 + value // 32 for value in range(256))  # a grey wall, and the noise of a sensor: eight levels
PIPELINE = (
    "( appsrc name=source is-live=true format=time do-timestamp=true"
    f" caps=video/x-raw,format=I420,width={WIDTH},height={HEIGHT},framerate={FPS}/1"
    f" ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max={FPS} threads=1 ! rtph264pay name=pay0 pt=96 )"
)


def frame() -> bytes:
    """One I420 picture stamped with the time of now."""
    scene = os.urandom(WIDTH * (HEIGHT - CELL)).translate(GRAIN)
    now_ms = time.monotonic_ns() // 1_000_000
    row = b"".join((b"\xff" if now_ms >> bit & 1 else b"\0") * CELL for bit in range(WIDTH // CELL))
    return row * CELL + scene + bytes((128,)) * (WIDTH * HEIGHT // 2)


def on_configure(_factory: Any, media: Any) -> None:  # noqa: ANN401 - gi publishes no types
    source = media.get_element().get_by_name_recurse_up("source")
    GLib.timeout_add(1000 // FPS, push, source)


def push(source: Any) -> bool:  # noqa: ANN401 - gi publishes no types
    return bool(source.emit("push-buffer", Gst.Buffer.new_wrapped(frame())) == Gst.FlowReturn.OK)


def lock(server: Any, factory: Any, user: str, password: str) -> None:  # noqa: ANN401 - gi publishes no types
    """Only `user` may look, proven by Digest."""
    auth, token = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", user)
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    auth.add_digest(user, password, token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_role(user)
    permissions.add_permission_for_role(user, "media.factory.access", True)
    permissions.add_permission_for_role(user, "media.factory.construct", True)
    factory.set_permissions(permissions)


def main() -> None:
    Gst.init(None)
    loop = GLib.MainLoop()
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(PIPELINE)
    factory.set_shared(True)
    factory.connect("media-configure", on_configure)
    if len(sys.argv) > 4:
        lock(server, factory, *sys.argv[4:6])
    server.get_mount_points().add_factory("/lane", factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)
    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, lambda *_: loop.quit())
    loop.run()


if __name__ == "__main__":
    main()
