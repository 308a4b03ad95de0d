"""The demo accounts, each started and read once per worker."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import pytest

from rules import catalogue
from scanner.collect.live import collect
from scanner.collect.port import Port
from scanner.collect.session import connect
from scanner.documents.construct import load_configuration, load_policy
from scanner.emulation import Emulator, company, exemplar
from scanner.emulation.interference import Heard
from scanner.engine import judge
from scanner.model.configuration import Account, Configuration
from scanner.model.estate import Estate
from scanner.model.finding import Findings
from scanner.model.policy import Policy
from scanner.plan import Plan, plan
from tests.demo.replay import AT, Recording


@dataclass(frozen=True)
class Demo:
    """The demo account as a test needs it."""

    emulator: Emulator
    account: Account
    configuration: Configuration
    policy: Policy
    work: Plan
    recording: Recording
    estate: Estate
    findings: Findings
    heard: tuple[Heard, ...] = ()

    def collect(self, port: Port, work: Plan | None = None) -> Estate:
        return collect(
            work or self.work, port, account=self.account.id, caller=f"arn:aws:iam::{self.account.id}:user/demo",
            regions=self.account.regions, at=AT, declared=self.configuration.declared, account_name=self.account.name,
        )  # fmt: skip

    def judge(self, estate: Estate) -> Findings:
        return judge(
            catalogue().rules.values(), estate, self.policy, at=AT, systems=self.configuration.systems,
            scope=self.configuration.scope, records=self.configuration.records,
        )  # fmt: skip


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    yield from read(company)


@pytest.fixture(scope="session")
def clean() -> Iterator[Demo]:
    yield from read(exemplar)


def read(home: ModuleType) -> Iterator[Demo]:
    """Settle a company, collect what is there and judge it."""
    policy = load_policy()
    configuration = load_configuration(Path(home.CONFIGURATION), policy, AT)
    (account,) = configuration.accounts.values()
    with Emulator(account=account.id) as emulator:
        home.settle(emulator, AT)
        account = replace(account, endpoint=emulator.endpoint)
        port, _ = connect(account)
        recording = Recording(port)
        work = plan(catalogue().rules.values())
        made = Demo(emulator, account, configuration, policy, work, recording, None, None)  # type: ignore[arg-type]
        before = len(emulator.interference.calls)
        estate = made.collect(recording)
        heard = tuple(emulator.interference.calls[before:])
        # The emulated account and botocore's models stay; the garbage collector need not look through them every time.
        gc.collect()
        gc.freeze()
        yield replace(made, estate=estate, findings=made.judge(estate), heard=heard)
        gc.unfreeze()
