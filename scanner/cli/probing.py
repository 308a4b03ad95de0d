"""`--probe`: real handshakes with the endpoints that the configuration declares."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

import click

from scanner.cli.accounts import Chosen
from scanner.model.configuration import Configuration
from scanner.model.estate import Estate
from scanner.resources.endpoints import Endpoint


def prepare(found: Chosen, stack: ExitStack) -> Configuration:
    """Say where the endpoints are; those of a demo company are started, and end with the stack."""
    configuration = found.configuration
    declared = configuration.declared.get("endpoints", ())
    if not declared:
        click.echo(f"backup-scan: {configuration.file} declares no endpoints: there is nothing to probe", err=True)
    if not found.emulated or not declared:
        return configuration
    from scanner.emulation.endpoints import listening  # noqa: PLC0415  # of the emulator

    started = stack.enter_context(listening(declared))
    return replace(configuration, declared={**configuration.declared, "endpoints": started})


def measure(estates: tuple[Estate, ...]) -> tuple[Estate, ...]:
    """Probe the endpoints of the estates, if a chosen rule asks for them."""
    if not any(estate.resources.get(Endpoint.kind) for estate in estates):
        return estates
    from scanner.probe.prober import probed  # noqa: PLC0415  # only on request

    return probed(estates)


def announce(configuration: Configuration) -> None:
    """Name the endpoints that would be probed; nothing is connected to."""
    for one in configuration.declared.get("endpoints", ()):
        click.echo(
            f"handshakes with {one['host']}:{one['port']} ({one['name']}), one per version of TLS; none was made"
        )
