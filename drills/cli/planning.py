"""`backup-drill plan`: the plan and what belongs to it, found, chosen from and shown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import scanner
from drills.cli.lines import wrapped
from drills.cli.targets import SPOKEN
from drills.plan.document import load_plan
from drills.plan.model import DrillPlan, Entry
from drills.plan.preview import preview
from drills.plan.prices import Prices, load_prices
from drills.scene import Demanded
from drills.stage.refusals import DrillRefused
from scanner.documents.construct import load_configuration, load_policy
from scanner.documents.schema import nearest
from scanner.model.late_dataclass import dataclass

if TYPE_CHECKING:
    from scanner.model.configuration import Configuration
    from scanner.model.policy import Policy

QUARTERLY = "quarterly"
# By their places: importing the emulation for a path would cost half a second.
_REHEARSED = Path(scanner.__file__).parent / "emulation" / "rehearsed"
COMPANY = _REHEARSED / "rehearsed.yaml"
DEFAULT_CONFIG = Path("backup-scan.yaml")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says of the plan."""

    plan: str = QUARTERLY
    target: str = "emulator"
    only: tuple[str, ...] = ()
    config: Path | None = None
    policy: Path | None = None
    prices: Path | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A plan, the drills that are chosen of it, and what they are measured against."""

    plan: DrillPlan
    entries: tuple[Entry, ...]
    target: str
    policy: Policy
    configuration: Configuration
    prices: Prices

    @property
    def depends_on(self) -> Mapping[str, tuple[str, ...]]:
        """What each system needs."""
        return {one.name: one.depends_on for one in self.configuration.systems}

    @property
    def demanded(self) -> Mapping[str, Demanded]:
        """What the policy demands of each system."""
        found = {}
        for one in self.configuration.systems:
            figures = self.policy.figures(one.tier)
            found[one.name] = Demanded(figures.get("rto"), figures.get("rpo"))
        return found


def judged_by(config: Path | None, policy: Path | None, target: str) -> tuple[Policy, Configuration]:
    """Read the policy and the configuration; the emulation's company has a configuration of its own."""
    law = load_policy(policy)
    path = config or (COMPANY if target == "emulator" else DEFAULT_CONFIG)
    if not path.exists():
        raise click.UsageError(
            f"{path} does not exist; `backup-scan init` writes one, --config names another: a plan names its systems"
        )
    return law, load_configuration(path, law, datetime.now(UTC))


def load(asked: Asked) -> Loaded:
    """Read all of it; raise `DocumentError` for what is wrong, `DrillRefused` where the plan is not for the target."""
    config = asked.config or (COMPANY if asked.plan == QUARTERLY else None)
    law, configuration = judged_by(config, asked.policy, asked.target)
    path = _REHEARSED / "quarterly.yaml" if asked.plan == QUARTERLY else Path(asked.plan)
    plan = load_plan(path, [one.name for one in configuration.systems])
    if asked.target == "sandbox" and asked.target not in plan.targets:
        raise DrillRefused(
            f"{plan.file} names no sandbox account", hint="name it under `targets`: account, alias, never, role, …"
        )
    return Loaded(plan, choose(plan, asked.only), asked.target, law, configuration, load_prices(asked.prices))


def choose(plan: DrillPlan, only: Sequence[str]) -> tuple[Entry, ...]:
    """Give the drills that are named, by their own names, what they are, what they are on, or whose system that is."""
    names = {entry.name: _names(plan, entry) for entry in plan.entries}
    for word in only:
        if not any(word in known for known in names.values()):
            every = {known for some in names.values() for known in some}
            raise click.BadParameter(f"no drill goes by {word!r}; {nearest(word, every)}", param_hint="--only")
    if not only:
        return plan.entries
    return tuple(entry for entry in plan.entries if not names[entry.name].isdisjoint(only))


def _names(plan: DrillPlan, entry: Entry) -> set[str]:
    return {entry.name, entry.drill, *entry.of, *(subject.system for subject in plan.subjects_of(entry))}


def preview_of(loaded: Loaded) -> dict[str, Any]:
    """Say what would be done, as of today."""
    today = datetime.now(UTC).date()
    return preview(loaded.plan, loaded.entries, loaded.target, loaded.depends_on, loaded.prices, today)


def show_plan(asked: Asked, style: str) -> int:
    """Print what would be done."""
    told = preview_of(load(asked))
    if style == "json":
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        print_preview(told)
    return 0


def print_preview(told: Mapping[str, Any]) -> None:
    """Print a preview for people."""
    for depth, text in _lines(told):
        click.echo(wrapped(text, 3 * depth, 3 if text[:1].isdigit() else 0))


def _lines(told: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    drills = told["drills"]
    count = "1 drill" if len(drills) == 1 else f"{len(drills)} drills"
    yield 0, f"{told['plan']}: {count} on {SPOKEN[told['target']]}, one after the other"
    yield 0, f"digest {told['digest']}"
    for number, drill in enumerate(drills, 1):
        yield 0, ""
        yield 0, f"{number}. {drill['name']}"
        if not drill["name"].startswith(drill["drill"]):
            yield 1, f"{drill['drill']}"
        yield 1, drill["promise"]
        for one in drill["systems"]:
            after = f", after {', '.join(one['after'])}" if one["after"] else ""
            yield 1, f"on {one['system']}: {one['kind']} {one['resource']} in {one['region']}{after}"
        for index, step in enumerate(drill["steps"], 1):
            yield 2, f"{index}. {step}"
        yield 1, f"makes {', '.join(drill['makes']) or 'nothing'}"
        yield 1, _estimated(drill["estimate"], told)
    yield 0, ""
    yield 0, f"In all: {_estimated(told['estimate'], told)}"
    limits = told["limits"]
    cap = "no cost cap" if limits["cost"] is None else f"cost cap {limits['cost']:.2f} USD"
    yield 0, f"Limits: stopped after {limits['longest']}; what is left may be swept after {limits['keeps']}; {cap}"
    if limits["above_cap"]:
        yield 0, f"It would be refused: {limits['above_cap']}"
    yield from _approved(told)


def _approved(told: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    if not told["approvals"]:
        needed = (
            "; a real account is refused without one" if told["target"] == "sandbox" else ", and none is needed here"
        )
        yield 0, f"Approvals: none{needed}"
    for one in told["approvals"]:
        ticket = f" under {one['ticket']}" if one["ticket"] else ""
        state = "holds" if one["holds"] else f"does not hold: it {one['why_void']}"
        yield 0, f"Approval by {one['by']} of {one['on']}{ticket}, until {one['until']}: {state}"


def _estimated(one: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    takes = f"usually takes {one['usually_takes']}" if one["usually_takes"] else "how long it takes is not known"
    if told["target"] != "sandbox":
        return f"{takes}; it costs nothing here"
    if one["usd_at_most"] is None:
        return f"{takes}; what it costs is not known: {'; '.join(one['why_no_cost'])}"
    return f"{takes}; it costs {one['usd_at_most']:.2f} USD at most (prices of {told['prices']['as_of']})"
