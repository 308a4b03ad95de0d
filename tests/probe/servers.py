"""Servers on loopback that speak TLS in good ways and bad ones."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

Serve = Callable[[socket.socket], None]


def certificate(folder: Path, *, begins: int = -1, ends: int = 30, name: str = "localhost", old: bool = False) -> Path:
    """Write a self-signed certificate with its key; begin and end are days from now."""
    # TLS 1.0 knows few ways to sign with elliptic curves.
    key = rsa.generate_private_key(65537, 2048) if old else ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    alternatives: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == "localhost":
        alternatives.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=begins)).not_valid_after(now + timedelta(days=ends))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / f"{name}{begins}{ends}{old}.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def speaking(file: Path, oldest: ssl.TLSVersion, newest: ssl.TLSVersion, *, asks: bool = False) -> ssl.SSLContext:
    """Make a server that speaks these versions; with `asks` it wants a certificate of its clients."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = oldest, newest
    if asks:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(file)
    return context


def tls(context: ssl.SSLContext, before: Serve = lambda _: None) -> Serve:
    """Serve TLS, after what is said before it."""

    def serve(link: socket.socket) -> None:
        before(link)
        with context.wrap_socket(link, server_side=True) as secure:
            secure.recv(1)

    return serve


def postgres(answer: bytes) -> Serve:
    """Answer a request for TLS as PostgreSQL does."""

    def serve(link: socket.socket) -> None:
        assert link.recv(8) == b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
        link.sendall(answer)

    return serve


def mysql(capabilities: int) -> Serve:
    """Greet as MySQL does, then take the request for TLS."""
    payload = b"\x0a8.4.3\0" + b"\x01\0\0\0" + b"challeng" + b"\0" + capabilities.to_bytes(2, "little") + b"\x2d\x02\0"
    payload += b"\0\0\x15" + b"\0" * 10 + b"challengechal\0"

    def serve(link: socket.socket) -> None:
        link.sendall(len(payload).to_bytes(3, "little") + b"\0" + payload)
        if capabilities & 0x0800:
            asked = link.recv(36)
            assert (asked[:4], int.from_bytes(asked[4:8], "little") & 0x0800) == (b"\x20\0\0\x01", 0x0800)

    return serve


def says(text: bytes) -> Serve:
    """Answer everything with the same text."""

    def serve(link: socket.socket) -> None:
        link.recv(4096)
        link.sendall(text)

    return serve


def greets(text: bytes) -> Serve:
    """Say something before being asked."""

    def serve(link: socket.socket) -> None:
        link.sendall(text)

    return serve


def hangs(link: socket.socket) -> None:
    """Answer nothing for a long time."""
    time.sleep(2)


def drips(link: socket.socket) -> None:
    """Answer one byte of a record after the other."""
    for byte in b"\x16\x03\x03\x40\x00" + b"\x02" * 100:
        link.sendall(bytes([byte]))
        time.sleep(0.1)


def closes(link: socket.socket) -> None:
    """End the connection at once."""


@contextlib.contextmanager
def server(serve: Serve) -> Iterator[int]:
    """Run a server on a free port of loopback; each connection has a thread of its own."""
    listening = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def one(link: socket.socket) -> None:
        with link, contextlib.suppress(OSError):
            link.settimeout(3)
            serve(link)

    def run() -> None:
        while True:
            try:
                link, _ = listening.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=one, args=(link,), daemon=True))
            threads[-1].start()

    main = threading.Thread(target=run, daemon=True)
    main.start()
    try:
        yield listening.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        main.join(3)
        for thread in threads:
            thread.join(5)
