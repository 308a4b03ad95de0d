"""A scan against a bare loop that makes the same calls with the same concurrency and throws the answers away.

Both go through the same port, and both start with no client made, so that what botocore costs is in both.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rules import catalogue
from scanner.collect.aws import Boto
from scanner.collect.live import collect
from scanner.collect.port import CallFailed, Page, Port
from scanner.collect.session import connect
from scanner.documents.construct import load_configuration, load_policy
from scanner.engine import judge
from scanner.model.configuration import Configuration
from scanner.plan import plan
from tools.bench.account import CONFIG

CONCURRENCY = 16
PAIRS = {1: 5}
FEWER_PAIRS = 3
Called = tuple[str, str, str, Mapping[str, Any]]


@dataclass
class Counting:
    """A port that notes the calls and the pages that were made through it."""

    port: Port
    calls: list[Called] = field(default_factory=list)
    pages_read: int = 0

    def pages(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Iterator[Page]:
        """Pass the call on and note it."""
        self.calls.append((service, operation, region, dict(parameters)))
        self.pages_read += 1
        for number, page in enumerate(self.port.pages(service, operation, region, parameters)):
            self.pages_read += number > 0
            yield page


@contextmanager
def account(size: int) -> Iterator[tuple[Configuration, subprocess.Popen[str]]]:
    """Serve an emulated account from a process of its own."""
    command = [sys.executable, "-m", "tools.bench.account", "--size", str(size)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        endpoint = server.stdout.readline().strip()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "bench.yaml"
            file.write_text(CONFIG.format(endpoint=endpoint), encoding="utf-8")
            configuration = load_configuration(file, load_policy())
        try:
            yield configuration, server
        finally:
            server.kill()


def tell(server: subprocess.Popen[str], words: str) -> str:
    """Say a line to the account's process and take its answer."""
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(f"{words}\n")
    server.stdin.flush()
    return server.stdout.readline().strip()


def scan(configuration: Configuration, port: Port, caller: str) -> tuple[float, int, int]:
    """Scan and judge; give the wall time in seconds, the resources and the findings."""
    place, policy, rules = configuration.accounts["bench"], load_policy(), list(catalogue().rules.values())
    begun = time.perf_counter()
    estate = collect(
        plan(rules), port, account=place.id, caller=caller, regions=place.regions, at=datetime.now(UTC),
        declared=configuration.declared, concurrency=CONCURRENCY,
    )  # fmt: skip
    found = judge(rules, estate, policy, at=estate.taken_at, systems=configuration.systems)
    return time.perf_counter() - begun, estate.count(), len(found.findings)


def bare(port: Boto, calls: list[Called]) -> float:
    """Make the calls and throw the answers away; give the wall time in seconds."""

    def one(call: Called) -> None:
        try:
            for _ in port.pages(*call):
                pass
        except CallFailed:
            pass

    begun = time.perf_counter()
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        list(pool.map(one, calls))
    return time.perf_counter() - begun


def fresh(configuration: Configuration) -> Boto:
    """Open the account anew: no client is made yet but the one that asks who is calling."""
    return connect(configuration.accounts["bench"], concurrency=CONCURRENCY)[0]


def measure(size: int, latencies: tuple[float, ...]) -> None:
    """Print the ratios of one size."""
    with account(size) as (configuration, server):
        port, who = connect(configuration.accounts["bench"], concurrency=CONCURRENCY)
        counting = Counting(port)
        heard = int(tell(server, "calls"))
        _, resources, findings = scan(configuration, counting, who.arn)
        heard = int(tell(server, "calls")) - heard
        distinct = len({(*call[:3], repr(sorted(call[3].items()))) for call in counting.calls})
        least = distinct + counting.pages_read - len(counting.calls)
        print(f"size {size:>3}x: {resources} resources, {findings} findings")
        print(f"  API calls heard {heard}, least {least} (distinct calls and their pages): {heard / least:.3f}x")
        for latency in latencies:
            tell(server, f"latency {latency}")
            pairs = [
                (scan(configuration, fresh(configuration), who.arn)[0], bare(fresh(configuration), counting.calls))
                for _ in range(PAIRS.get(size, FEWER_PAIRS))
            ]
            ratio = statistics.median(ours / theirs for ours, theirs in pairs)
            ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
            print(
                f"  latency {latency * 1000:>3.0f} ms: scan {ours:.2f} s, bare loop {theirs:.2f} s, ratio {ratio:.2f}x"
            )
