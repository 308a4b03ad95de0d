"""What is said in the clear before TLS begins, in protocols that begin so."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Mapping


class Declined(Exception):
    """The server answered that it does not speak TLS."""


class Dropped(Exception):
    """The server ended the connection."""


class Strange(Exception):
    """The server answered something else than its protocol."""


def postgres(link: socket.socket) -> None:
    """Ask for TLS: `SSLRequest` (PostgreSQL documentation, "Message Formats")."""
    link.sendall(struct.pack("!ii", 8, 80877103))
    answer = _exactly(link, 1)
    if answer == b"N":
        raise Declined("answers that it speaks no TLS")
    if answer != b"S":
        raise Strange(f"answered {answer!r} to SSLRequest")


# Capabilities of clients and servers (MySQL documentation, "Capabilities Flags").
_PROTOCOL_41, _SSL, _SECURE = 0x0200, 0x0800, 0x8000


def mysql(link: socket.socket) -> None:
    """Read the greeting and answer it with `SSLRequest` (MySQL documentation, "Protocol::HandshakeV10")."""
    head = _exactly(link, 4)
    length = int.from_bytes(head[:3], "little")
    if not 0 < length < 0x1_0000:
        raise Strange("sent no greeting of MySQL")
    greeting = _exactly(link, length)
    if greeting[0] == 0xFF:
        said = "".join(char for char in greeting[3:203].decode("utf-8", "replace") if char.isprintable())
        raise Strange(f"refused the connection: {said.strip()}")
    version, found, rest = greeting[1:].partition(b"\0")
    if greeting[0] != 10 or not found or len(rest) < 15:
        raise Strange("sent no greeting of MySQL")
    # After the version: the thread in 4 bytes, 8 bytes of challenge, a zero, then what the server can do.
    if not int.from_bytes(rest[13:15], "little") & _SSL:
        raise Declined(f"MySQL {version.decode('ascii', 'replace')} answers that it speaks no TLS")
    wanted = struct.pack("<IIB23x", _PROTOCOL_41 | _SSL | _SECURE, 1 << 24, 45)
    link.sendall(len(wanted).to_bytes(3, "little") + b"\x01" + wanted)


PRELUDES: Mapping[str, Callable[[socket.socket], None]] = {
    "none": lambda _: None,
    "postgres": postgres,
    "mysql": mysql,
}


def _exactly(link: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        more = link.recv(size - len(got))
        if not more:
            raise Dropped("ended the connection before TLS")
        got += more
    return got
