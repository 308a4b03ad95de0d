"""The exemplary company moves in, in the order in which its parts need each other."""

from datetime import datetime
from pathlib import Path

from scanner.emulation.server import Emulator

# Where the world connects, and what watches the company, by moto's names.
EDGE = ("acm", "apigateway", "cloudfront", "elbv2")
WATCHING = ("cloudtrail", "cloudwatch", "config", "events", "guardduty", "inspector2", "securityhub", "sns")

CONFIGURATION = Path(__file__).with_name("exemplar.yaml")


def settle(emulator: Emulator, at: datetime) -> None:
    """Seed the company as it is at a time; afterwards the emulator's clock stands at that time."""
    from scanner.emulation.company.settling import SERVICES, move_in
    from scanner.emulation.exemplar import (
        alarms,
        alerts,
        analysis,
        customers,
        directory,
        documents,
        edge,
        keys,
        log,
        machines,
        mirrors,
        network,
        orders,
        people,
        reviews,
        sharing,
        stacks,
        trail,
        transport,
        vaults,
        watchmen,
    )

    topics = (
        keys,
        people,
        network,
        transport,
        vaults,
        orders,
        directory,
        customers,
        log,
        documents,
        analysis,
        machines,
        mirrors,
        trail,
        alerts,
        alarms,
        watchmen,
        reviews,
        sharing,
        stacks,
        edge,
    )
    move_in(emulator, at, [topic.settle for topic in topics], (*SERVICES, *EDGE, *WATCHING))
