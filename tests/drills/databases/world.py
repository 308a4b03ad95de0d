"""A small company with real PostgreSQL, and drills that are run on it as `backup-drill` runs them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from drills.measuring.clock import MachineClock
from drills.plan.model import DrillPlan, Entry, Limits, Login, Subject
from drills.running import Ran, Running
from drills.scene import Demanded, Measured
from drills.stage.journal import Journal, traces
from drills.stage.run import Run
from drills.targets.emulator import Emulated
from scanner.collect.port import Port
from scanner.emulation import Emulator
from scanner.emulation.engines import Engines

ACCOUNT, REGION, ELSEWHERE = "432109876543", "eu-west-1", "eu-central-1"
PASSWORD = "not-a-secret-1"
TABLES = (
    "create table customer (id bigint primary key, name text not null)",
    "insert into customer select n, 'customer ' || n from generate_series(1, 50) n",
    "create table purchase (id bigint primary key, customer bigint not null references customer, cents bigint not null)",
    "insert into purchase select n, 1 + n % 50, n * 7 from generate_series(1, 500) n",
    "create index on purchase (customer)",
    "create table refund (id bigint primary key)",
)
RTO, RPO = timedelta(hours=1), timedelta(seconds=6)


class QuickClock(MachineClock):
    """The machine's clocks, with a fifth of a second between two looks instead of one."""

    def sleep(self, length: timedelta) -> None:
        super().sleep(length if length > timedelta(seconds=1) else min(length, timedelta(seconds=0.2)))


class Target(Emulated):
    """The emulation, with passwords that stand in the test, and a port that a test can put itself into."""

    def __init__(self, emulator: Emulator, engines: Engines, port: Callable[[Port], Port] = lambda port: port) -> None:
        super().__init__(emulator, engines, ACCOUNT, REGION)
        self._through = port(self._port)

    @property
    def port(self) -> Port:
        return self._through

    def password(self, login: Login) -> str:
        return PASSWORD


def settle(aws: Emulator, *names: str, **told: Any) -> None:
    """Make databases with rows in them, side by side."""
    rds, kms, ec2 = aws.client("rds", REGION), aws.client("kms", REGION), aws.client("ec2", REGION)
    if "key" not in vars(aws):
        vars(aws)["key"] = kms.create_key(Description="backups")["KeyMetadata"]["Arn"]
        rds.create_db_parameter_group(
            DBParameterGroupName="own", DBParameterGroupFamily="postgres18", Description="own"
        )
        vpc = ec2.create_vpc(CidrBlock="10.90.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.90.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]["SubnetId"]
            for number, zone in enumerate("ab")
        ]  # fmt: skip
        rds.create_db_subnet_group(DBSubnetGroupName="own", DBSubnetGroupDescription="own", SubnetIds=subnets)
        vars(aws)["group"] = ec2.create_security_group(GroupName="own", Description="own", VpcId=vpc)["GroupId"]
    for name in names:
        rds.create_db_instance(
            **{
                "DBInstanceIdentifier": name, "Engine": "postgres", "EngineVersion": "18.1", "DBName": "shop",
                "MasterUsername": "keeper", "MasterUserPassword": PASSWORD, "DBInstanceClass": "db.m7g.large",
                "AllocatedStorage": 20, "BackupRetentionPeriod": 7, "StorageEncrypted": True, "MultiAZ": True,
                "KmsKeyId": vars(aws)["key"], "DBParameterGroupName": "own", "DBSubnetGroupName": "own",
                "VpcSecurityGroupIds": [vars(aws)["group"]], **told,
            }
        )  # fmt: skip
    for name in names:
        rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier=name, WaiterConfig={"Delay": 1})
        with login(aws, name) as link:
            for statement in TABLES:
                link.execute(statement)


def login(aws: Emulator, name: str) -> psycopg.Connection[Any]:
    """Log in as the master."""
    endpoint = aws.client("rds", REGION).describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["Endpoint"]
    return psycopg.connect(
        host=endpoint["Address"], port=endpoint["Port"], user="keeper", password=PASSWORD, dbname="shop",
        autocommit=True,
    )  # fmt: skip


def subject(name: str, **told: Any) -> Subject:
    """A database as a plan names it."""
    known: dict[str, Any] = {
        "system": name,
        "kind": "database",
        "resource": name,
        "region": REGION,
        "login": Login("keeper", env="UNUSED"),
        "database": "shop",
        "canaries": timedelta(seconds=0.3),
        "may_be_empty": {"public.refund": "nobody sends anything back"},
        **told,
    }
    return Subject(name, **known)


def drilled(
    target: Emulated,
    drill: str,
    *subjects: Subject,
    demanded: Demanded | None = None,
    depends_on: Mapping[str, Collection[str]] | None = None,
    guard: Callable[[], None] = lambda: None,
    **settings: Any,
) -> Ran:
    """Run one drill on some subjects to its end; its journal is whole, and names nothing that is not told."""
    entry = Entry(drill, drill, tuple(one.name for one in subjects), settings)
    limits = Limits(timedelta(minutes=10))
    plan = DrillPlan("test", {one.name: one for one in subjects}, (entry,), limits, {}, (), "0" * 64)
    clock = QuickClock()
    run = Run.begin(clock.now(), "tests", limits.keeps)
    wanted = demanded or Demanded(RTO, RPO)
    with (
        tempfile.TemporaryDirectory() as folder,
        Journal(Path(folder), run.id, run.began_at, run.expires_at, target.endpoint) as journal,
    ):
        demands = {one.system: wanted for one in subjects}
        ran = Running(plan, target, run, journal, guard, clock, demands, depends_on=depends_on).go()
        left = [made.id for trace in traces(Path(folder)) for made in trace.left]
    told = " ".join(ran.left_behind)
    assert all(name in told for name in left)
    assert PASSWORD not in repr(ran.measured)
    return ran


def measured(target: Emulated, drill: str, one: Subject, **told: Any) -> Measured:
    """Run one drill on one subject, and give what it measured."""
    (found,) = drilled(target, drill, one, **told).measured
    return found


def failed(found: Measured) -> list[str]:
    """The checks that did not hold."""
    return [check.name for check in found.checks if check.held is False]
