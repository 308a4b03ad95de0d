"""Where the company is, and the nights it looks back on."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from scanner.emulation.ground import ACCOUNT
from scanner.emulation.seeding import add_backup_job, add_copy_job, add_recovery_point
from scanner.emulation.server import Emulator
from scanner.emulation.wire import Document

HOME, RECOVERY, FORBIDDEN = "eu-west-1", "eu-central-1", "us-east-1"
BUNKER = "210987654321"
STRANGER = "999999999999"
GIB = 1 << 30


@dataclass(frozen=True)
class Network:
    """Where the data stores of a region stand: subnets in two zones, and the security group in front of them."""

    vpc: str
    subnets: tuple[str, ...]
    group: str


@dataclass
class Site:
    """One company being seeded."""

    emulator: Emulator
    at: datetime
    keys: dict[str, str] = field(default_factory=dict)
    plans: dict[str, Document] = field(default_factory=dict)
    network: dict[str, Network] = field(default_factory=dict)

    @property
    def account(self) -> str:
        """The account that the company lives in."""
        return self.emulator.world.account

    def role(self, name: str = "service-role/AWSBackupDefaultServiceRole") -> str:
        """The ARN of a role; without a name, that with which AWS Backup works."""
        return f"arn:aws:iam::{self.account}:role/{name}"

    def arn(self, service: str, name: str, region: str = HOME) -> str:
        """The ARN of something of the company."""
        return f"arn:aws:{service}:{region}:{self.account}:{name}"

    def client(self, service: str, region: str = HOME) -> Any:
        """A boto3 client; what it makes is as old as the emulator's clock says."""
        return self.emulator.client(service, region)

    @contextmanager
    def since(self, age: timedelta) -> Iterator[None]:
        """Make things this long before now."""
        before = self.emulator.world.clock
        self.emulator.set_clock(lambda: self.at - age)
        try:
            yield
        finally:
            self.emulator.set_clock(before)

    def nights(self, days: int, hour: int = 2, minute: int = 4) -> list[datetime]:
        """A time on each of the last days, the newest first and already over for two hours."""
        newest = self.at.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if newest + timedelta(hours=2) > self.at:
            newest -= timedelta(days=1)
        return [newest - timedelta(days=day) for day in range(days)]

    def history(
        self,
        vault: str,
        resource: str,
        *,
        kept: int = 35,
        days: int = 35,
        plan: str = "orders-daily",
        copies: Mapping[str, int] | None = None,
        lost: Collection[int] = (),
        failed: Mapping[int, str] | None = None,
        slow: Mapping[int, float] | None = None,
        small: Mapping[int, float] | None = None,
        kind: str | None = None,
        gib: float = 40.0,
        tagged: bool = True,
        name: str | None = None,
        region: str = HOME,
        cold_after: int | None = None,
        encrypted: bool = True,
        hour: int = 2,
        copied: int = 10,
    ) -> list[Document]:
        """A recovery point and its job for each night, and copies in other vaults; returns the points, newest first.

        Nights are counted back from the last: those lost have neither point nor job, those failed a job only. Those
        older than `copied` nights have no copies.
        """
        points, by = [], self.plans[plan]
        lifecycle = {"DeleteAfterDays": kept} | ({"MoveToColdStorageAfterDays": cold_after} if cold_after else {})
        with self.emulator.on_stage() as world:
            for night, at in enumerate(self.nights(days, hour)):
                if night in lost:
                    continue
                if failed and night in failed:
                    add_backup_job(
                        world,
                        vault,
                        resource,
                        at,
                        region=region,
                        account=self.account,
                        state="FAILED",
                        message=failed[night],
                        created_by=by,
                        kind=kind,
                    )
                    continue
                took = timedelta(minutes=(12 + night % 3) * (slow or {}).get(night, 1.0))
                size = int(gib * GIB * (1 - night * 0.002) * (small or {}).get(night, 1.0))
                tags = (
                    {"System": resource.rsplit(":", 1)[-1].rsplit("/", maxsplit=1)[-1], "Plan": plan}
                    if tagged
                    else None
                )
                point = add_recovery_point(
                    world,
                    vault,
                    resource,
                    at,
                    region=region,
                    account=self.account,
                    lifecycle=lifecycle,
                    created_by=by,
                    role=self.role(),
                    size=size,
                    took=took,
                    kind=kind,
                    tags=tags,
                    name=name,
                    encrypted=encrypted,
                )
                add_backup_job(
                    world,
                    vault,
                    resource,
                    at,
                    region=region,
                    account=self.account,
                    took=took,
                    point=point,
                    created_by=by,
                    size=size,
                    role=self.role(),
                    kind=kind,
                )
                for destination, kept_there in (copies or {}).items():
                    if night < copied:
                        add_copy_job(
                            world,
                            point,
                            destination,
                            at + took,
                            region=region,
                            account=self.account,
                            lifecycle={"DeleteAfterDays": kept_there},
                            role=self.role(),
                        )
                points.append(point)
        return points


# What the company's code marks all its resources by.
BY_CODE = {"ManagedBy": "terraform"}


def tags(system: str | None, **more: str) -> list[dict[str, str]]:
    """Tags in the form most services want."""
    named = ({"System": system, **BY_CODE} if system else {}) | more
    return [{"Key": key, "Value": value} for key, value in named.items()]


def vault_arn(name: str, region: str = HOME, account: str = ACCOUNT) -> str:
    """The ARN of a backup vault."""
    return f"arn:aws:backup:{region}:{account}:backup-vault:{name}"
