"""Which accounts are scanned, and by which configuration they are judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rules import catalogue
from scanner.documents.construct import load_configuration
from scanner.documents.errors import DocumentError
from scanner.model.configuration import Account, Configuration
from scanner.model.errors import ScanRefused
from scanner.model.estate import Estate
from scanner.model.late_dataclass import dataclass
from scanner.model.policy import Policy

if TYPE_CHECKING:
    from scanner.collect.organization import Member

DEFAULT_CONFIG = Path("backup-scan.yaml")
ALL = "all"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The accounts to scan, the configuration to judge them by, and what of the organisation is left out, and why."""

    configuration: Configuration
    accounts: tuple[Account, ...]
    emulated: bool = False
    left_out: tuple[str, ...] = ()


def choose(
    names: Sequence[str], regions: tuple[str, ...], config: Path | None, law: Policy, at: datetime | None,
    stack: ExitStack, *, quiet: bool, dry: bool,
) -> Chosen:  # fmt: skip
    """Find the accounts that are named; a demo company is started, and ends with the stack."""
    from scanner.cli.demo import COMPANIES, demo  # noqa: PLC0415

    names = tuple(dict.fromkeys(names))
    emulated = [name for name in names if name in COMPANIES and not _names(config, name)]
    if emulated and len(names) > 1:
        raise click.UsageError(
            f"--account {emulated[0]} is a company with a configuration of its own, and is scanned by itself"
        )
    left_out: tuple[str, ...] = ()
    accounts: tuple[Account, ...]
    if emulated:
        configuration, account = stack.enter_context(demo(names[0], law, at, quiet=quiet))
        accounts = (account,)
    else:
        configuration = load(config, law, at, needed=True)
        if ALL in names and ALL not in configuration.accounts:
            accounts, left_out = _every(configuration, dry=dry)
        else:
            accounts = tuple(_named(configuration, name) for name in names)
    owner = (
        f"account {accounts[0].name}" if len(accounts) == 1 else f"none of {', '.join(one.name for one in accounts)}"
    )
    refuse_regions(regions, tuple(dict.fromkeys(region for one in accounts for region in one.regions)), owner)
    if regions:
        narrowed = (replace(one, regions=tuple(each for each in one.regions if each in regions)) for one in accounts)
        accounts = tuple(one for one in narrowed if one.regions)
    return Chosen(configuration, accounts, bool(emulated), left_out)


def _every(configuration: Configuration, *, dry: bool) -> tuple[tuple[Account, ...], tuple[str, ...]]:
    """Give the accounts of the configuration and the members of its organisation."""
    own = tuple(configuration.accounts.values())
    organization = configuration.organization
    if organization is None:
        return own, ()
    if dry:
        return own, ("the members of the organisation, which a dry run does not list",)
    from scanner.collect.organization import members  # noqa: PLC0415
    from scanner.collect.session import connect  # noqa: PLC0415  # boto3

    lister = configuration.accounts[organization.listed_by]
    port, caller = connect(lister)
    found = members(port, lister.name)
    partition = caller.arn.split(":")[1]
    known = {one.id for one in own}
    taken = tuple(
        Account(
            # A member's name is its owner's to choose; what cannot be told apart or typed goes by its id.
            one.name if one.name not in configuration.accounts and _once(one, found) else one.id,
            one.id,
            organization.regions,
            role=f"arn:{partition}:iam::{one.id}:role/{organization.role}",
            external_id=organization.external_id,
            endpoint=lister.endpoint,
            via=lister,
        )
        for one in found
        if one.active and one.id not in known and one.id not in organization.exclude
    )
    left_out = tuple(
        f"account {one.id} ({one.name}): {'excluded by the configuration' if one.active else one.status.lower()}"
        for one in found
        if one.id not in known and (not one.active or one.id in organization.exclude)
    )
    return (*own, *taken), left_out


def _once(member: Member, members: Sequence[Member]) -> bool:
    return sum(other.name == member.name for other in members) == 1


def load(config: Path | None, law: Policy, at: datetime | None, *, needed: bool) -> Configuration:
    """Read the configuration; an empty one where there is none and none is needed."""
    path = config or DEFAULT_CONFIG
    if not path.exists():
        if config is not None or needed:
            raise click.UsageError(
                f"{path} does not exist; `backup-scan init` writes one, --config names another, "
                "--account demo needs none"
            )
        return Configuration({})
    # A waiver lasts a year at most from today, also where the past is judged.
    now = datetime.now(UTC)
    return load_configuration(path, law, max(at, now) if at else now, rules=catalogue().rules)


def _names(config: Path | None, demo: str) -> bool:
    """Say whether a configuration has its own account `demo`; one that is not finished yet does not stop the demo."""
    from scanner.documents.yaml_file import load_yaml  # noqa: PLC0415  # code is mostly judged without a configuration

    try:
        data = load_yaml(config or DEFAULT_CONFIG).data
        return demo in data["accounts"]
    except (DocumentError, KeyError, TypeError):
        return config is not None


def for_kept(
    estates: Sequence[Estate], kept: Sequence[Path], config: Path | None, law: Policy, at: datetime | None
) -> Configuration:
    """Give the configuration of kept estates; another account's systems and waivers must not judge them."""
    from scanner.cli.demo import COMPANIES, demo_configuration  # noqa: PLC0415

    name = estates[0].account_name
    if config is None and len(estates) == 1 and name in COMPANIES and not _names(None, name):
        demo = demo_configuration(name, law, estates[0].taken_at)
        if demo.accounts[name].id == estates[0].account:
            return demo
    path = config or DEFAULT_CONFIG
    own = load(config, law, at, needed=False)
    if not own.accounts:
        click.echo(
            f"backup-scan: judged without a configuration ({path} does not exist): no systems, tiers or waivers are known",
            err=True,
        )
        return own
    ids = {account.id for account in own.accounts.values()}
    for estate, file in zip(estates, kept, strict=True):
        # The members of an organisation are not named one by one.
        if estate.account not in ids and own.organization is None:
            raise ScanRefused(
                f"{path} has no account {estate.account}, of which {file} is; nothing was judged",
                hint="name the configuration of that account with --config: its systems and waivers decide the verdicts",
            )
    return own


def refuse_regions(wanted: Sequence[str], there: Sequence[str], owner: str) -> None:
    """Refuse regions that are not there to be scanned."""
    for region in wanted:
        if region not in there:
            raise click.BadParameter(
                f"{owner} has region {region!r}; there is {', '.join(there)}"
                if owner.startswith("none")
                else f"{owner} has no region {region!r}; it has {', '.join(there)}",
                param_hint="--region",
            )


def _named(configuration: Configuration, name: str) -> Account:
    if name not in configuration.accounts:
        raise click.BadParameter(
            f"{configuration.file} has no account {name!r}; it has {', '.join(configuration.accounts)}",
            param_hint="--account",
        )
    return configuration.accounts[name]


def repeated(estates: Sequence[Estate]) -> Iterator[str]:
    """Give the accounts of which there are several estates."""
    seen: set[str] = set()
    for estate in estates:
        if estate.account in seen:
            yield estate.account
        seen.add(estate.account)
