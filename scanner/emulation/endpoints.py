"""Endpoints of a demo company: TLS on free ports of loopback, so that `--probe` has something to probe.

One whose name ends in `legacy` speaks TLS 1.2 as well, every other TLS 1.3 alone; each shows a certificate of its own
making.
"""

import contextlib
import ipaddress
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

_PATIENCE = 5.0
# As PostgreSQL: the request for TLS is 8 bytes long, and the answer to it is one letter.
_REQUEST, _YES = b"\x00\x00\x00\x08\x04\xd2\x16\x2f", b"S"


@contextlib.contextmanager
def listening(declared: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], ...]]:
    """Start a server for each endpoint, and give the endpoints with the host and port where they are."""
    with TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        file = _certificate(Path(folder))
        yield tuple({**one, "host": "localhost", "port": stack.enter_context(_server(one, file))} for one in declared)


@contextlib.contextmanager
def _server(endpoint: Mapping[str, Any], file: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    legacy = str(endpoint["name"]).endswith("legacy")
    context.minimum_version = ssl.TLSVersion.TLSv1_2 if legacy else ssl.TLSVersion.TLSv1_3
    door = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                link, _ = door.accept()
            except OSError:
                return
            Thread(target=_answer, args=(link, context, endpoint.get("starttls")), daemon=True).start()

    Thread(target=run, name="endpoint", daemon=True).start()
    try:
        yield door.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)
        door.close()


def _answer(link: socket.socket, context: ssl.SSLContext, starttls: str | None) -> None:
    with link, contextlib.suppress(OSError):
        link.settimeout(_PATIENCE)
        if starttls == "postgres":
            if link.recv(len(_REQUEST)) != _REQUEST:
                return
            link.sendall(_YES)
        with context.wrap_socket(link, server_side=True) as secure:
            secure.recv(1)


def _certificate(folder: Path) -> Path:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    # The demo is shown at whatever time; its certificate is good at any of them.
    now = datetime.now(UTC)
    alternatives = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=3650))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "endpoint.pem"
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file
