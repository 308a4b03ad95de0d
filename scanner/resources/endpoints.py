"""Endpoints that the configuration declares, and what a probe of them measured: real handshakes, on request only."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from scanner.model.convert import text, whole
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.origin import Listing, item
from scanner.model.resource import Resource
from scanner.resources.tls import Version


class Outcome(StrEnum):
    """What became of one attempt at a handshake."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    #: it answers, but not in TLS
    PLAIN = "plain"
    #: it cannot be told: no answer, no way there, or the local OpenSSL does not speak the version
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Handshake:
    """One attempt, by one version of TLS alone; `cipher` where it was accepted, `detail` says more in words."""

    version: Version
    outcome: Outcome
    cipher: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate that was shown. Whether anyone vouches for it is not judged: a private authority may do so."""

    fingerprint: str = ""
    names: tuple[str, ...] = ()
    begins: datetime | None = None
    ends: datetime | None = None
    #: what is wrong with it, in OpenSSL's words; "" where nothing is
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """What a probe measured; no certificate where none could be seen, and `unseen` says why."""

    handshakes: tuple[Handshake, ...] = ()
    certificate: Certificate | None = None
    unseen: str = ""


class Endpoint(Resource):
    """An endpoint that the configuration declares."""

    kind = "net.endpoint"
    title = "endpoint"
    member_of = "system"
    listed_by = Listing(None, declared="endpoints", everywhere=True, id="endpoint/{host}:{port}", name="{name}")

    system: Fact[str] = fact(
        "The system it belongs to; nothing where none is named.", live=item("system", text, absent="")
    )
    host: Fact[str] = fact("Its name or address.", live=item("host", text))
    port: Fact[int] = fact("Its port.", live=item("port", whole))
    starttls: Fact[str] = fact(
        "The protocol in which TLS is begun: postgres or mysql; none where the first byte is TLS.",
        live=item("starttls", text, absent="none"),
    )
    #: A probe needs to know where to go, and puts its reading in the place of this one.
    probe: Fact[Probe | None] = derived(
        "What a probe of it measured; none where it was not probed.",
        needs=lambda kind: [kind.host, kind.port, kind.starttls],
        by=lambda *_: None,
    )
