"""The only door to paho-mqtt. One connection at a time, events in a queue with a file descriptor to wait on.

paho's network thread does the waiting; nothing here reconnects by itself: the owner decides when to try again.
A new connection is a clean session: what must survive is sent again by whoever holds it durably.

A way that swallows everything looks like a quiet one. So a broker that has said nothing for a while is pinged, and one
that stays silent is as good as gone, after SILENCE and not after twice the keepalive as paho has it. The keepalive is
what the broker judges us by.
"""

import os
import socket
import ssl
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivers.contract.clock import now
from drivers.contract.quantities import Millis, Tick
from station.courier.broker import Broker, Version

if TYPE_CHECKING:
    from paho.mqtt.client import Client

_CONNECT_TIMEOUT_S = 5.0
_ANSWER_PATIENCE = Millis(4_000)
_TCP_USER_TIMEOUT_MS = 10_000
_MOST_PACKET_BYTES = 8 * 1024 * 1024
_DEFAULT_RECEIVE_MAXIMUM = 65_535
_MOST_WAITING = 10_000
_PING_AFTER = Millis(4_000)

SILENCE = Millis(9_000)
"""A broker that says nothing for so long, though it was pinged, is gone: known within ten seconds."""

_LEAST_KEEPALIVE_S = 10
"""A shorter one would have paho give up before SILENCE is over."""


@dataclass(frozen=True, slots=True)
class Up:
    """Connected and subscribed. `receive_maximum`: how many QoS 1 messages may be unacknowledged; `packet_maximum`:
    bytes of a packet that the broker takes, 0 if it does not say.
    """

    version: Version
    receive_maximum: int
    packet_maximum: int = 0


@dataclass(frozen=True, slots=True)
class Down:
    """The connection ended or never came about. `version_refused`: the broker did not like the MQTT version.

    `is_refused`: somebody answered, and one side would not have the other: its certificate, ours, or our rights.
    """

    reason: str
    version_refused: bool
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message of a subscribed topic."""

    topic: str
    payload: bytes
    retained: bool


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """PUBACK of message `mid`; `failure` names the broker's reason if it refused the message, else ""."""

    mid: int
    failure: str


LinkEvent = Up | Down | Arrived | Acknowledged


class MqttLink:
    """A client of one broker. Not thread-safe towards its owner: one thread calls it."""

    def __init__(
        self, broker: Broker, client_id: str, subscriptions: Sequence[str], will: tuple[str, bytes] | None = None
    ) -> None:
        """`will`: topic and retained payload that the broker publishes when this connection dies."""
        self._broker = broker
        self._client_id = client_id
        self._subscriptions = [(topic, 1) for topic in subscriptions]
        self._will = will
        self._events: deque[LinkEvent] = deque()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._client: Client | None = None
        self._is_down = False
        self._opened: Tick | None = None
        self._is_up = False
        self._pinged = now()

    def fileno(self) -> int:
        """Readable when `take` has something."""
        return self._bell

    def connect(self, version: Version) -> None:
        """Begin to connect; `Up` or `Down` follows. An earlier connection is dropped."""
        self.drop()
        self._is_down = self._is_up = False
        self._opened = None
        try:
            self._client = self._new_client(version)
        except OSError as error:  # a certificate or password file that cannot be read
            self._add(Down(f"{error.strerror}: {error.filename}", version_refused=False))
            return
        keepalive_s = max(self._broker.keepalive_s, _LEAST_KEEPALIVE_S)
        self._client.connect_async(self._broker.host, self._broker.port, keepalive_s, **_clean(version))
        self._client.loop_start()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> int:
        """Hand a QoS 1 message to the connection; its `mid`. The owner keeps to the broker's Receive Maximum."""
        if self._client is None:
            raise RuntimeError("publish without a connection")
        return self._client.publish(topic, payload, qos=1, retain=retain).mid

    def take(self) -> list[LinkEvent]:
        """The events since the last call, in order; does not wait."""
        try:
            os.eventfd_read(self._bell)
        except BlockingIOError:
            return self._down_if_dead()
        return [self._events.popleft() for _ in range(len(self._events))]

    def drop(self) -> None:
        """End the connection, if any, and forget its events. No `Down` follows."""
        if self._client is None:
            return
        client, self._client = self._client, None
        client.disconnect()
        client.loop_stop()
        self._events.clear()

    def close(self) -> None:
        """End the connection and free everything."""
        self.drop()
        if self._bell >= 0:
            os.close(self._bell)
            self._bell = -1

    def _new_client(self, version: Version) -> "Client":
        import paho.mqtt.client as mqtt
        from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

        protocol = MQTTProtocolVersion.MQTTv5 if version == "5" else MQTTProtocolVersion.MQTTv311
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            protocol=protocol,
            reconnect_on_failure=False,
            clean_session=None if version == "5" else True,
        )
        client.connect_timeout = _CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(0)  # the owner has the window
        if self._broker.tls_ca:
            client.tls_set(self._broker.tls_ca, self._broker.tls_cert or None, self._broker.tls_key or None)
        if self._broker.user:
            client.username_pw_set(self._broker.user, _password(self._broker.password_file))
        if self._will is not None:
            client.will_set(self._will[0], self._will[1], qos=1, retain=True)
        _Callbacks(self, client, version)
        return client

    def _down_if_dead(self) -> list[LinkEvent]:
        """A broker that took the connection and never answers it, or a network thread that broke on a packet."""
        client, opened = self._client, self._opened
        if client is None or self._is_down:
            return []
        if opened is not None and now() - opened > _ANSWER_PATIENCE:
            self.drop()
            return [Down("the broker does not answer", version_refused=True)]
        if client._thread is None:  # noqa: SLF001 - paho has no public way
            self._is_down = True
            return [Down("the network thread ended", version_refused=False)]
        return self._down_if_silent(client) if self._is_up else []

    def _down_if_silent(self, client: "Client") -> list[LinkEvent]:
        """Only a connection that is up is pinged; paho has no public way to do it or to say when it heard something."""
        silent = Millis(round(1_000 * (time.monotonic() - client._last_bytes_received)))  # noqa: SLF001
        if silent > SILENCE:
            self.drop()
            return [Down("the broker is silent", version_refused=False)]
        if silent > _PING_AFTER and now() - self._pinged > _PING_AFTER:
            self._pinged = now()
            client._send_pingreq()  # noqa: SLF001
        return []

    def _add(self, event: LinkEvent) -> None:
        """Called from paho's thread. A flood nobody takes is cut off: QoS 1 and go-back bring it again."""
        if len(self._events) < _MOST_WAITING or isinstance(event, Up | Down):
            self._events.append(event)
        self._is_down = self._is_down or isinstance(event, Down)
        os.eventfd_write(self._bell, 1)


class _Callbacks:
    """What paho's thread says, turned into events of one connection."""

    def __init__(self, link: MqttLink, client: "Client", version: Version) -> None:
        self._link = link
        self._version = version
        self._receive_maximum = _DEFAULT_RECEIVE_MAXIMUM
        self._packet_maximum = 0
        self._has_connack = False
        self._is_accepted = False
        self._failure = ""
        client.on_socket_open = self._socket_open
        client.on_connect = self._connect
        client.on_connect_fail = self._connect_fail
        client.on_subscribe = self._subscribe
        client.on_disconnect = self._disconnect
        client.on_message = self._message
        client.on_publish = self._publish

    def _is_current(self, client: "Client") -> bool:
        return self._link._client is client  # noqa: SLF001 - two halves of one idea

    def _say(self, client: "Client", event: LinkEvent) -> None:
        if self._is_current(client):
            self._link._add(event)  # noqa: SLF001 - two halves of one idea

    def _socket_open(self, _client: "Client", _data: object, sock: Any) -> None:  # noqa: ANN401 - socket or TLS socket
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _TCP_USER_TIMEOUT_MS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._link._opened = now()  # noqa: SLF001 - two halves of one idea

    def _connect(self, client: "Client", _data: object, _flags: object, reason: Any, properties: Any) -> None:  # noqa: ANN401 - paho
        self._has_connack = True
        if reason.is_failure:
            self._failure = str(reason)
            return
        self._is_accepted = True
        self._receive_maximum = int(getattr(properties, "ReceiveMaximum", _DEFAULT_RECEIVE_MAXIMUM))
        self._packet_maximum = int(getattr(properties, "MaximumPacketSize", 0))
        client.subscribe(self._link._subscriptions)  # noqa: SLF001 - two halves of one idea

    def _subscribe(self, client: "Client", _data: object, _mid: int, reasons: Any, _properties: object) -> None:  # noqa: ANN401 - paho
        refused = [str(reason) for reason in reasons if reason.is_failure]
        if refused:
            self._failure = f"subscription refused: {refused[0]}"
            client.disconnect()
        elif self._is_current(client):
            self._link._opened, self._link._is_up = None, True  # noqa: SLF001 - two halves of one idea
            self._say(client, Up(self._version, self._receive_maximum, self._packet_maximum))

    def _connect_fail(self, client: "Client", _data: object) -> None:
        error = sys.exc_info()[1]  # paho calls this while it handles what went wrong, and says no more of it
        client.disconnect()  # else paho's thread would try again by itself
        if isinstance(error, ssl.SSLError):
            reason = getattr(error, "verify_message", "") or error.reason or "handshake failed"
            self._say(client, Down(f"TLS: {reason}", version_refused=False, is_refused=True))
        else:
            self._say(client, Down("the broker cannot be reached", version_refused=False))

    def _disconnect(self, client: "Client", _data: object, _flags: object, reason: Any, _properties: object) -> None:  # noqa: ANN401 - paho
        is_refused = not self._is_accepted and (not self._has_connack or "protocol version" in self._failure)
        told = self._failure or ("" if self._is_accepted else "closed before an answer: ") + str(reason)
        self._say(client, Down(told, version_refused=is_refused, is_refused=not self._is_accepted))

    def _message(self, client: "Client", _data: object, message: Any) -> None:  # noqa: ANN401 - paho
        try:
            topic = message.topic
        except UnicodeDecodeError:  # no broker may pass this on; it is no topic of ours
            return
        self._say(client, Arrived(topic, bytes(message.payload), bool(message.retain)))

    def _publish(self, client: "Client", _data: object, mid: int, reason: Any, _properties: object) -> None:  # noqa: ANN401 - paho
        self._say(client, Acknowledged(mid, str(reason) if reason.is_failure else ""))


def next_version(wanted: Version, last: Version, version_refused: bool) -> Version:
    """The MQTT version of the next attempt: the wanted one, or the older one right after it was refused."""
    return "3.1.1" if wanted == "5" and last == "5" and version_refused else wanted


def _clean(version: Version) -> dict[str, Any]:
    """A clean session, and for MQTT 5 the largest packet we read."""
    if version != "5":
        return {}
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.MaximumPacketSize = _MOST_PACKET_BYTES
    return {"clean_start": True, "properties": properties}


def _password(path: str) -> str | None:
    if not path:
        return None
    return Path(path).read_text(encoding="utf-8").strip()
