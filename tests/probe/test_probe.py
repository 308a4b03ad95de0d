"""Real handshakes with servers on loopback: good ones, old ones, plain ones, and those that answer nothing."""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rules import catalogue
from scanner.engine import judge
from scanner.model.estate import Estate
from scanner.model.finding import Finding
from scanner.model.policy import Policy
from scanner.model.reading import Known, Reason, Source, Unknown
from scanner.probe import handshake
from scanner.probe.handshake import Target, Unspoken
from scanner.probe.prober import probe, probed
from scanner.resources.endpoints import Endpoint, Outcome, Probe
from tests.probe import servers
from tests.probe.servers import server, speaking, tls

V10, V11, V12, V13 = (
    ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3,
)  # fmt: skip


def speaks(version: str) -> bool:
    try:
        handshake.context_of(version)
    except Unspoken:
        return False
    return True


old_openssl = pytest.mark.skipif(not speaks("1.0"), reason="the local OpenSSL does not speak TLS 1.0")


def estate(port: int, starttls: str = "none", host: str = "localhost") -> Estate:
    facts = {"system": "", "host": host, "port": port, "starttls": starttls}
    one = Endpoint("endpoint/e", "e", "1", "eu-west-1", {name: Known(value) for name, value in facts.items()})
    at = datetime.now(UTC)
    return Estate(Source.LIVE, "1", "me", ("eu-west-1",), at, {"net.endpoint": (one,)}, {})


def found(where: Estate, tls_demanded: str = "1.3") -> Finding:
    policy = Policy("p", "1", {"tls": tls_demanded}, {}, {})
    (one,) = judge([catalogue().rules["BK520"]], where, policy, at=datetime.now(UTC)).findings
    return one


def measured(port: int, starttls: str = "none", host: str = "localhost", limit: float = 1.0) -> tuple[Probe, Finding]:
    (after,) = probed([estate(port, starttls, host)], ask=lambda target: probe(target, limit, 6.0))
    reading = after.resources["net.endpoint"][0].readings["probe"]
    assert isinstance(reading, Known)
    assert reading.evidence[0].where == f"TLS handshakes with {host}:{port}"
    return reading.value, found(after)


def outcomes(result: Probe) -> dict[str, str]:
    return {one.version: one.outcome.value for one in result.handshakes}


def test_nothing_is_probed_unless_asked_for() -> None:
    one = found(estate(1))
    assert (one.outcome.value, one.verdict.because) == ("exempt", "not probed: on request only (--probe)")


def test_tls_13_alone_passes(tmp_path: Path) -> None:
    file = servers.certificate(tmp_path)
    with server(tls(speaking(file, V13, V13))) as port:
        result, one = measured(port)
    assert outcomes(result) == {"1.3": "accepted", "1.2": "refused", "1.1": "refused", "1.0": "refused"}
    assert result.handshakes[0].cipher.startswith("TLS_")
    assert result.certificate is not None
    assert result.certificate.names == ("localhost", "127.0.0.1")
    assert result.certificate.ends is not None
    assert len(result.certificate.fingerprint) == 64
    assert one.outcome.value == "passed", one.verdict
    assert "accepts TLS 1.3 (TLS_" in one.verdict.because
    assert f"until {result.certificate.ends:%Y-%m-%d}" in one.verdict.because


def test_an_address_is_held_against_the_certificate_too(tmp_path: Path) -> None:
    with server(tls(speaking(servers.certificate(tmp_path), V13, V13))) as port:
        assert measured(port, host="127.0.0.1")[1].outcome.value == "passed"


def test_tls_12_is_too_old_and_enough_where_it_is_demanded(tmp_path: Path) -> None:
    with server(tls(speaking(servers.certificate(tmp_path), V12, V13))) as port:
        (after,) = probed([estate(port)], ask=lambda target: probe(target, 1.0, 6.0))
    assert found(after).verdict.because == "accepts TLS 1.2 and 1.3, policy demands TLS 1.3 or newer"
    assert found(after, "1.2").outcome.value == "passed"


def test_tls_12_alone_is_not_the_demanded_version(tmp_path: Path) -> None:
    with server(tls(speaking(servers.certificate(tmp_path), V12, V12))) as port:
        result, one = measured(port)
    assert outcomes(result)["1.3"] == "refused"
    assert one.outcome.value == "failed"


@old_openssl
def test_the_oldest_versions_are_found(tmp_path: Path) -> None:
    file = servers.certificate(tmp_path, old=True)
    with server(tls(speaking(file, V10, V11))) as port:
        result, one = measured(port)
    assert outcomes(result) == {"1.3": "refused", "1.2": "refused", "1.1": "accepted", "1.0": "accepted"}
    assert one.verdict.because.startswith("accepts TLS 1.0 and 1.1")


def test_who_asks_for_a_clients_certificate_has_accepted_the_version(tmp_path: Path) -> None:
    with server(tls(speaking(servers.certificate(tmp_path), V12, V12, asks=True))) as port:
        result, one = measured(port)
    assert outcomes(result)["1.2"] == "accepted", result
    assert one.outcome.value == "failed"


def test_a_certificate_that_is_over_fails(tmp_path: Path) -> None:
    file = servers.certificate(tmp_path, begins=-9, ends=-2)
    with server(tls(speaking(file, V13, V13))) as port:
        result, one = measured(port)
    assert result.certificate is not None
    assert "expired" in result.certificate.flaw
    assert (one.outcome.value, "expired" in one.verdict.because) == ("failed", True)


def test_a_certificate_of_another_name_fails(tmp_path: Path) -> None:
    file = servers.certificate(tmp_path, name="shop.example.com")
    with server(tls(speaking(file, V13, V13))) as port:
        result, one = measured(port)
    assert result.certificate is not None
    assert result.certificate.ends is not None
    assert result.certificate.names == ("shop.example.com",)
    assert "mismatch" in one.verdict.because.lower()
    assert one.outcome.value == "failed"


def test_a_certificate_ends_after_it_was_seen(tmp_path: Path) -> None:
    with server(tls(speaking(servers.certificate(tmp_path), V13, V13))) as port:
        (after,) = probed([estate(port)], ask=lambda target: probe(target, 1.0, 6.0))
    policy = Policy("p", "1", {"tls": "1.3"}, {}, {})
    later = datetime.now(UTC) + timedelta(days=60)
    (one,) = judge([catalogue().rules["BK520"]], after, policy, at=later).findings
    assert one.verdict.because.startswith("its certificate does not hold: over since")


def test_plain_http_is_no_tls() -> None:
    with server(servers.says(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
        result, one = measured(port)
    assert set(outcomes(result).values()) == {"plain"}
    assert one.verdict.because == "answers, but not in TLS, policy demands TLS 1.3 or newer"


@pytest.mark.parametrize("serve", [servers.hangs, servers.drips], ids=["hangs", "drips"])
def test_who_answers_nothing_is_unknown_and_holds_nobody_up(serve: servers.Serve) -> None:
    with server(serve) as port:
        begun = time.monotonic()
        result, one = measured(port, limit=0.3)
        assert time.monotonic() - begun < 4
    assert set(outcomes(result).values()) == {"unclear"}
    assert one.outcome.value == "unknown"
    assert "no answer within 0.3 s" in one.verdict.because


def test_a_probe_has_an_end_altogether() -> None:
    with server(servers.hangs) as port:
        begun = time.monotonic()
        result = probe(Target("localhost", port), 0.4, 0.7)
        assert time.monotonic() - begun < 2
    assert result.handshakes[-1].detail == "not tried: 0.7 s are over"


def test_who_ends_every_connection_is_unknown() -> None:
    with server(servers.closes) as port:
        result, one = measured(port)
    assert one.outcome.value == "unknown"
    assert {each.detail for each in result.handshakes} == {"ended the connection"}


def test_who_ends_the_connection_for_old_versions_alone_refuses_them(tmp_path: Path) -> None:
    context = speaking(servers.certificate(tmp_path), V13, V13)

    def serve(link: socket.socket) -> None:
        hello = link.recv(4096, socket.MSG_PEEK)
        if b"\x00\x2b" in hello:  # the extension by which a client says that it speaks TLS 1.3
            tls(context)(link)

    with server(serve) as port:
        result, one = measured(port)
    assert outcomes(result) == {"1.3": "accepted", "1.2": "refused", "1.1": "refused", "1.0": "refused"}
    assert one.outcome.value == "passed"


def test_nobody_there_and_no_such_name() -> None:
    with server(servers.closes) as port:
        pass
    result, one = measured(port)
    assert one.outcome.value == "unknown"
    assert "cannot be reached: connection refused" in result.handshakes[0].detail
    for host in ("no-such-host.invalid", "a..b", "x" * 70 + ".invalid"):
        assert set(outcomes(probe(Target(host, 443), 1.0, 5.0)).values()) == {"unclear"}


def test_a_version_that_cannot_be_spoken_here_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoken = handshake.context_of

    def deaf(version: str) -> ssl.SSLContext:
        if version == "1.0":
            raise Unspoken("the local OpenSSL does not speak TLS 1.0")
        return spoken(version)

    monkeypatch.setattr(handshake, "context_of", deaf)
    with server(tls(speaking(servers.certificate(tmp_path), V13, V13))) as port:
        result, one = measured(port)
    assert outcomes(result)["1.0"] == "unclear"
    assert (one.outcome.value, one.verdict.because) == (
        "unknown", "TLS 1.0: the local OpenSSL does not speak TLS 1.0",
    )  # fmt: skip


def test_postgres_begins_in_the_clear(tmp_path: Path) -> None:
    context = speaking(servers.certificate(tmp_path), V13, V13)
    with server(tls(context, servers.postgres(b"S"))) as port:
        assert measured(port, "postgres")[1].outcome.value == "passed"
    with server(servers.postgres(b"N")) as port:
        assert "answers that it speaks no TLS" in measured(port, "postgres")[1].verdict.because
    with server(servers.postgres(b"E")) as port:
        result, one = measured(port, "postgres")
        assert (one.outcome.value, result.handshakes[0].detail) == ("unknown", "answered b'E' to SSLRequest")


def test_mysql_begins_in_the_clear(tmp_path: Path) -> None:
    context = speaking(servers.certificate(tmp_path), V12, V12)
    with server(tls(context, servers.mysql(0x8A00))) as port:
        result, one = measured(port, "mysql")
        assert outcomes(result)["1.2"] == "accepted"
        assert one.outcome.value == "failed"
    with server(servers.mysql(0x8200)) as port:
        assert "MySQL 8.4.3 answers that it speaks no TLS" in measured(port, "mysql")[1].verdict.because
    blocked = b"\xff\x69\x04#HY000Host is blocked"
    for said in (
        len(blocked).to_bytes(3, "little") + b"\0" + blocked,
        b"\xff\xff\xff\0",
        b"\x05\0\0\0\x0a8.4.",
        b"SSH-2.0\n",
    ):
        with server(servers.greets(said)) as port:
            assert measured(port, "mysql")[1].outcome.value == "unknown"


def test_each_endpoint_is_probed_once_and_nothing_else_is_touched() -> None:
    asked: list[Target] = []

    def ask(target: Target) -> Probe:
        asked.append(target)
        return Probe()

    lost = estate(7)
    (one,) = lost.resources["net.endpoint"]
    lost = replace(lost, resources={"net.endpoint": (
        Endpoint(one.id, one.name, "1", "", {**one.readings, "host": Unknown(Reason.MISSING, "no host")}),
    )})  # fmt: skip
    both = probed([estate(5), estate(5), estate(6), lost, replace(lost, resources={})], ask=ask)
    assert sorted(target.port for target in asked) == [5, 6]
    assert "probe" not in both[3].resources["net.endpoint"][0].readings
    assert both[4].resources == {}
    assert [each.outcome for each in Probe().handshakes] == []
    assert Outcome("plain") is Outcome.PLAIN
