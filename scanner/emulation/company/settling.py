"""The company moves in, in the order in which its parts need each other."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.emulation.server import Emulator

if TYPE_CHECKING:
    from scanner.emulation.company.site import Site

CONFIGURATION = Path(__file__).with_name("demo.yaml")

# What the company uses, by moto's names.
SERVICES = (
    "acm",
    "apigateway",
    "apigatewayv2",
    "cloudfront",
    "cloudtrail",
    "cloudformation",
    "codecommit",
    "cloudwatch",
    "cognitoidp",
    "config",
    "dynamodb",
    "ec2",
    "efs",
    "elasticache",
    "elb",
    "elbv2",
    "es",
    "events",
    "fsx",
    "guardduty",
    "iam",
    "inspector2",
    "kafka",
    "kms",
    "logs",
    "memorydb",
    "organizations",
    "rds",
    "redshift",
    "s3",
    "secretsmanager",
    "securityhub",
    "sns",
    "ssm",
)

# How long ago the company began.
AGE = timedelta(days=400)


def settle(emulator: Emulator, at: datetime) -> None:
    """Seed the company as it is at a time; afterwards the emulator's clock stands at that time."""
    from scanner.emulation.company import (
        access,
        alerts,
        analytics,
        authentication,
        blind,
        development,
        historical,
        identities,
        keys,
        metadata,
        monitoring,
        network,
        orders,
        orders_nights,
        people,
        plans,
        reporting,
        shared_files,
        sharing,
        stacks,
        transit,
        vaults,
        wal,
        watch,
    )

    topics = (
        keys,
        network,
        vaults,
        plans,
        orders,
        orders_nights,
        authentication,
        metadata,
        wal,
        monitoring,
        reporting,
        analytics,
        development,
        shared_files,
        historical,
        people,
        access,
        identities,
        watch,
        alerts,
        sharing,
        stacks,
        transit,
        blind,
    )
    move_in(emulator, at, [topic.settle for topic in topics], SERVICES)


def move_in(
    emulator: Emulator, at: datetime, topics: Iterable[Callable[["Site"], None]], services: Iterable[str]
) -> None:
    """Seed one topic after the other, as of the day on which a company began; services are named as moto names them."""
    from moto.moto_api._internal import mock_random

    from scanner.emulation.company.site import Site
    from scanner.emulation.ground import prepare

    site = Site(emulator, at)
    # Identifiers that moto invents are the same in every company, so that two reports can be compared.
    with emulator.on_stage():
        prepare(*services)
    mock_random.seed(5)
    emulator.set_clock(lambda: at - AGE)
    for settle_topic in topics:
        settle_topic(site)
    emulator.set_clock(lambda: at)
    emulator.interference.calls.clear()
