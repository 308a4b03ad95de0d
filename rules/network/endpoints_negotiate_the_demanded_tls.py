"""BK520."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.endpoints import Certificate, Endpoint, Handshake, Outcome, Probe
from scanner.resources.tls import older, ordered, rank, speak


@rule("BK520", severity=Severity.HIGH, reads=[Endpoint.probe], enforces=["6.1-tls"])
def endpoints_negotiate_the_demanded_tls(endpoint: Endpoint, demand: Objective) -> Verdict:
    """Endpoints negotiate the demanded TLS and refuse older (a real handshake, on request).

    What is declared is one thing, what answers another: a load balancer in front, a proxy, a forgotten listener. With
    `--probe` each declared endpoint is asked for a handshake by each version of TLS in turn, with every cipher that
    the local OpenSSL has; a certificate that is over, or of another name, fails as well. SSL 2 and 3 cannot be tried.

    Fix: let what ends TLS there accept the demanded version and refuse all that is older, and renew its certificate.
    """
    found = endpoint.probe
    if found is None:
        return Verdict.exempt("not probed: on request only (--probe)")
    wanted = f"TLS {demand.tls} or newer"
    accepted = ordered(one.version for one in found.handshakes if one.outcome is Outcome.ACCEPTED)
    if older(accepted, demand.tls):
        return Verdict.failed(f"accepts {speak(accepted)}", wanted)
    if not accepted:
        return _mute(found, wanted)
    new = [one for one in found.handshakes if rank(one.version) >= rank(demand.tls)]
    if all(one.outcome is Outcome.REFUSED for one in new):
        return Verdict.failed(f"refuses TLS {demand.tls}", wanted)
    flaw = _flaw(found.certificate, demand)
    if flaw:
        return Verdict.failed(f"its certificate does not hold: {flaw}", "a valid one")
    for one in found.handshakes:
        if one.outcome not in (Outcome.ACCEPTED, Outcome.REFUSED):
            raise _unclear(one)
    shown = found.certificate
    if shown is None:
        raise CouldNotCheck(Unknown(Reason.FAILED, f"its certificate could not be seen: {found.unseen}"))
    best = max((one for one in new if one.outcome is Outcome.ACCEPTED), key=lambda one: rank(one.version))
    until = f", with a certificate until {shown.ends:%Y-%m-%d}" if shown.ends else ""
    return Verdict.passed(f"accepts TLS {best.version} ({best.cipher}) and refuses older{until}")


def _mute(found: Probe, wanted: str) -> Verdict:
    """Judge an endpoint with which no handshake was completed."""
    plain = [one for one in found.handshakes if one.outcome is Outcome.PLAIN]
    if plain:
        return Verdict.failed(plain[0].detail, wanted)
    for one in found.handshakes:
        if one.outcome is Outcome.UNCLEAR:
            raise _unclear(one)
    return Verdict.failed("refuses every version of TLS that was tried", wanted)


def _unclear(one: Handshake) -> CouldNotCheck:
    return CouldNotCheck(Unknown(Reason.FAILED, f"TLS {one.version}: {one.detail}"))


def _flaw(shown: Certificate | None, demand: Objective) -> str:
    if shown is None:
        return ""
    if shown.flaw:
        return shown.flaw
    return f"over since {shown.ends:%Y-%m-%d}" if shown.ends is not None and shown.ends < demand.at else ""
