"""The company moves in, in the order in which its parts need each other."""

from datetime import datetime, timedelta
from pathlib import Path

from scanner.emulation.server import Emulator

CONFIGURATION = Path(__file__).with_name("demo.yaml")

# What the company uses, by moto's names.
SERVICES = (
    "codecommit",
    "cognitoidp",
    "dynamodb",
    "ec2",
    "efs",
    "elasticache",
    "es",
    "fsx",
    "iam",
    "kms",
    "logs",
    "memorydb",
    "rds",
    "redshift",
    "s3",
    "secretsmanager",
    "ssm",
)

# How long ago the company began.
AGE = timedelta(days=400)


def settle(emulator: Emulator, at: datetime) -> None:
    """Seed the company as it is at a time; afterwards the emulator's clock stands at that time."""
    from moto.moto_api._internal import mock_random

    from scanner.emulation.company import (
        analytics,
        authentication,
        blind,
        development,
        historical,
        keys,
        metadata,
        monitoring,
        orders,
        orders_nights,
        people,
        plans,
        reporting,
        shared_files,
        vaults,
        wal,
    )
    from scanner.emulation.company.site import Site
    from scanner.emulation.ground import prepare

    site = Site(emulator, at)
    # Identifiers that moto invents are the same in every company, so that two reports can be compared.
    with emulator.on_stage():
        prepare(*SERVICES)
    mock_random.seed(5)
    emulator.set_clock(lambda: at - AGE)
    for topic in (
        keys,
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
        blind,
    ):
        topic.settle(site)
    emulator.set_clock(lambda: at)
    emulator.interference.calls.clear()
