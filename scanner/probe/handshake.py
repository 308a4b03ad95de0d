"""One handshake with one endpoint, by one version of TLS alone."""

from __future__ import annotations

import hashlib
import socket
import ssl
import time
import warnings
from datetime import UTC, datetime
from functools import cache
from typing import Any

from scanner.model.late_dataclass import dataclass
from scanner.probe.preludes import PRELUDES, Declined, Dropped, Strange
from scanner.resources.endpoints import Certificate, Handshake, Outcome
from scanner.resources.tls import Version

#: The versions that are tried, the newest first.
TRIED: dict[Version, ssl.TLSVersion] = {
    Version.TLS13: ssl.TLSVersion.TLSv1_3,
    Version.TLS12: ssl.TLSVersion.TLSv1_2,
    Version.TLS11: ssl.TLSVersion.TLSv1_1,
    Version.TLS10: ssl.TLSVersion.TLSv1,
}
# Words of OpenSSL for: what came is no TLS; the server chose another version than the one it was offered.
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST"})
_OTHER_VERSION = frozenset({"UNSUPPORTED_PROTOCOL", "WRONG_SSL_VERSION"})
# OpenSSL's codes for a certificate that is of another name or address (X509_V_ERR_HOSTNAME_MISMATCH and its kin).
_OTHER_NAME = frozenset({62, 63, 64})


@dataclass(frozen=True, slots=True)
class Target:
    """Where to go: host and port, and the protocol in which TLS is begun."""

    host: str
    port: int
    starttls: str = "none"


class Unspoken(Exception):
    """The local OpenSSL does not speak a version."""


@cache
def context_of(version: Version) -> ssl.SSLContext:
    """Make a client that speaks one version alone, with every cipher there is; raise `Unspoken` where it cannot.

    Distributions of OpenSSL refuse old versions by their security level: it is lowered, and then tried on nobody.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    try:
        context.set_ciphers("ALL:!aNULL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # old versions are what is looked for
            context.minimum_version = context.maximum_version = TRIED[version]
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context.wrap_bio(incoming, outgoing).do_handshake()
    except ssl.SSLWantReadError:
        return context  # it said hello, and waits for an answer that nobody gives
    except (ssl.SSLError, ValueError, OSError) as error:
        raise Unspoken(f"the local OpenSSL does not speak TLS {version}") from error
    raise Unspoken(f"the local OpenSSL does not speak TLS {version}")


#: What is said of an endpoint that ended the connection twice instead of answering.
DROPPED = "ended the connection"


def attempt(target: Target, version: Version, limit: float) -> Handshake:
    """Try one version, within so many seconds; what was dropped is tried once more, for networks drop things too."""
    return (
        _attempt(target, version, limit)
        or _attempt(target, version, limit)
        or Handshake(version, Outcome.UNCLEAR, detail=DROPPED)
    )


def _attempt(target: Target, version: Version, limit: float) -> Handshake | None:
    ends = time.monotonic() + limit
    try:
        context = context_of(version)
        link = _connect(target, ends, limit)
    except Unspoken as error:
        return Handshake(version, Outcome.UNCLEAR, detail=str(error))
    except OSError as error:
        return Handshake(version, Outcome.UNCLEAR, detail=f"cannot be reached: {_words(error, limit)}")
    except UnicodeError:
        return Handshake(version, Outcome.UNCLEAR, detail=f"cannot be reached: {target.host!r} is no name")
    with link:
        try:
            PRELUDES[target.starttls](link)
            return _shake(link, context, target.host, version, ends)
        except Declined as error:
            return Handshake(version, Outcome.PLAIN, detail=str(error))
        except Strange as error:
            return Handshake(version, Outcome.UNCLEAR, detail=str(error))
        except (Dropped, ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
            return None
        except OSError as error:
            return Handshake(version, Outcome.UNCLEAR, detail=_words(error, limit))


def _connect(target: Target, ends: float, limit: float) -> socket.socket:
    link = socket.create_connection((target.host, target.port), timeout=limit)
    link.settimeout(max(0.01, ends - time.monotonic()))
    return link


def _shake(link: socket.socket, context: ssl.SSLContext, host: str, version: Version, ends: float) -> Handshake:
    link.settimeout(max(0.01, ends - time.monotonic()))
    with context.wrap_socket(link, server_hostname=host, do_handshake_on_connect=False) as secure:
        try:
            secure.do_handshake()
        except OSError as error:
            agreed = secure.cipher()
            if agreed is not None:
                # The server has chosen version and cipher, and stumbled later: over a client's certificate, say.
                return Handshake(version, Outcome.ACCEPTED, agreed[0], f"then: {_reason(error)}")
            if isinstance(error, ssl.SSLError) and not isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
                return _refusal(version, error)
            raise
        agreed = secure.cipher()
        return Handshake(version, Outcome.ACCEPTED, agreed[0] if agreed else "")


def _refusal(version: Version, error: ssl.SSLError) -> Handshake:
    reason = error.reason or ""
    if reason in _NO_TLS:
        return Handshake(version, Outcome.PLAIN, detail="answers, but not in TLS")
    if "ALERT" in reason or reason in _OTHER_VERSION:
        return Handshake(version, Outcome.REFUSED, detail=_reason(error))
    return Handshake(version, Outcome.UNCLEAR, detail=_reason(error))


def _reason(error: OSError) -> str:
    reason = error.reason if isinstance(error, ssl.SSLError) else error.strerror
    return (reason or str(error) or type(error).__name__).lower().replace("_", " ")


def _words(error: OSError, limit: float) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {limit:g} s"
    return (error.strerror or str(error) or type(error).__name__).lower()


def certificate(target: Target, version: Version, limit: float) -> Certificate:
    """Look at the certificate; raise OSError where it cannot be seen.

    The standard library reads a certificate only where it trusts it. So it is fetched first, and then trusted by
    itself alone: what is left to be wrong is its time and its name.
    """
    shown = _fetch(target, context_of(version), limit)[0]
    flaw = ""
    try:
        told = _fetch(target, _trusting(version, shown, named=True), limit)[1]
    except ssl.SSLCertVerificationError as error:
        flaw = error.verify_message
        told = {}
        if error.verify_code in _OTHER_NAME:
            told = _fetch(target, _trusting(version, shown, named=False), limit)[1]
    return Certificate(
        fingerprint=hashlib.sha256(shown).hexdigest(),
        names=tuple(str(name) for _, name in told.get("subjectAltName", ())),
        begins=_instant(told.get("notBefore")),
        ends=_instant(told.get("notAfter")),
        flaw=flaw,
    )


def _trusting(version: Version, shown: bytes, *, named: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:!aNULL:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = TRIED[version]
    context.check_hostname = named
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(shown))
    return context


def _fetch(target: Target, context: ssl.SSLContext, limit: float) -> tuple[bytes, dict[str, Any]]:
    ends = time.monotonic() + limit
    try:
        with _connect(target, ends, limit) as link:
            PRELUDES[target.starttls](link)
            link.settimeout(max(0.01, ends - time.monotonic()))
            with context.wrap_socket(link, server_hostname=target.host) as secure:
                return secure.getpeercert(binary_form=True) or b"", secure.getpeercert() or {}
    except (Declined, Dropped, Strange) as error:
        raise OSError(str(error)) from error


def _instant(raw: str | None) -> datetime | None:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(raw), UTC) if raw else None
