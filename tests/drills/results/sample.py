"""One run that holds every state: passed, failed, inconclusive, not tested, simulated, several systems, and hostile text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from drills.judging import Judgement, judge_record
from drills.measuring.clock import Mark
from drills.results.record import INCONCLUSIVE, MEASURED, NOT_TESTED, Canaries, Drilled, Record, Stamped
from drills.stage.spoken import HELD_BACK, Spoken
from scanner.documents.construct import declared_systems, load_policy
from scanner.model.configuration import Account, Configuration
from scanner.model.policy import Policy
from scanner.model.system import Selector, System
from scanner.resources.rehearsals import Check

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
ACCOUNT = "111122223333"
NASTY = '<script>alert("x")</script> & | ` \x1b[31m =1+1 @all'


def seconds(length: float) -> timedelta:
    return timedelta(seconds=length)


def stamped(began: float, **after: float) -> tuple[Stamped, ...]:
    return tuple(
        Stamped(Mark[name], AT + seconds(began + late), seconds(late),
                AT + seconds(began + late - 1) if name == "AVAILABLE" else None)
        for name, late in after.items()
    )  # fmt: skip


def call(after: float, operation: str, times: int = 1, refused: str = "", **parameters: object) -> Spoken:
    until = AT + seconds(after + times) if times > 1 else None
    return Spoken(AT + seconds(after), operation, "eu-west-1", parameters, refused, times, until)


def held(about: str, name: str, detail: str = "", *, yes: bool | None = True) -> Check:
    return Check(about, name, yes, detail)


VERIFIED = (
    held("integrity", "every table came back"),
    held("integrity", "no table came back empty", "20012 rows in 3"),
    held("freshness", "the canaries came back without a gap", "29 of 29 canaries came back"),
    held("configuration", "parameter group is as it was"),
    held("query", "there are accounts", "20000, expected at least 1"),
)


def drilled(name: str, system: str, **said: object) -> Drilled:
    told: dict[str, object] = {
        "entry": name, "drill": "database-point-in-time", "subjects": (f"{system}-db",), "tests": ("database",),
        "evidence": "engine", "state": MEASURED, "why": "", "ended_at": AT + seconds(200), "left_behind": (),
        "rto": timedelta(hours=1), "rpo": timedelta(minutes=5), "resolution": seconds(2),
    }  # fmt: skip
    return Drilled(name, system=system, **{**told, **said})  # type: ignore[arg-type]


def measured() -> tuple[Drilled, ...]:
    users = drilled(
        "users come back to the newest time", "authentication",
        marks=stamped(30, LOST=0, REQUESTED=0.4, AVAILABLE=21.25, REACHABLE=22, VALIDATED=33.875, CLEANED=60),
        recovery_time=seconds(33.875), job_time=seconds(20.85), data_loss=seconds(2.6),
        canaries=Canaries(30, 29, 29, 29, AT + seconds(27.4)), came_back=True, checks=VERIFIED,
        shown={"copy": "bkpdrill-261124-abcdef-users-db", "restored_to": "2026-11-24T12:00:29+00:00"},
        calls=(
            call(1, "rds:DescribeDBInstances", DBInstanceIdentifier="users"),
            call(30.4, "rds:RestoreDBInstanceToPointInTime", SourceDBInstanceIdentifier="users",
                 TargetDBInstanceIdentifier="bkpdrill-261124-abcdef-users-db", RestoreTime="2026-11-24T12:00:29+00:00",
                 MultiAZ=False, Tags=[{"Key": "bkpdrill:run", "Value": "261124-abcdef"}]),
            call(31, "rds:DescribeDBInstances", 20, DBInstanceIdentifier="bkpdrill-261124-abcdef-users-db"),
            call(53, "rds:ModifyDBInstance", DBInstanceIdentifier="bkpdrill-261124-abcdef-users-db",
                 MasterUserPassword=HELD_BACK, ApplyImmediately=True),
            call(60, "rds:DeleteDBInstance", DBInstanceIdentifier="bkpdrill-261124-abcdef-users-db",
                 SkipFinalSnapshot=True),
            call(61, "rds:DescribeDBInstances", refused="DBInstanceNotFound",
                 DBInstanceIdentifier="bkpdrill-261124-abcdef-users-db"),
        ),
    )  # fmt: skip
    orders = drilled(
        "orders come back to the newest time", "orders", rto=timedelta(hours=2),
        marks=stamped(70, LOST=0, REQUESTED=0.5, AVAILABLE=30, REACHABLE=31, VALIDATED=50),
        recovery_time=seconds(50), job_time=seconds(29.5), data_loss=seconds(1322),
        canaries=Canaries(1400, 1400, 65, 65, AT - seconds(1252), (66, 67), 1, (1401,)), came_back=True,
        checks=(
            *VERIFIED[:2],
            held("freshness", "the canaries came back without a gap", "2 missing in between, the first is number 66",
                 yes=False),
            held("configuration", "security groups is as it was", "is sg-0default, expected sg-0orders", yes=False),
            held("integrity", "every index agrees with its table", "amcheck cannot be used", yes=None),
        ),
        left_behind=(f"rds:db bkpdrill-261124-abcdef-orders-db in {ACCOUNT}/eu-west-1: InvalidDBInstanceState",),
        shown={"note": NASTY},
        calls=(call(70.5, "rds:RestoreDBInstanceToPointInTime", SourceDBInstanceIdentifier="orders"),),
        more_calls=7,
    )  # fmt: skip
    gone = drilled(
        "the ledger comes back from its snapshot", "transaction-log", drill="database-snapshot",
        marks=stamped(130, LOST=0, REQUESTED=0.5), came_back=False,
        checks=(held("integrity", "the restore brings something back",
                     "rds:RestoreDBInstanceFromDBSnapshot was refused: KMSKeyNotAccessibleFault: told so", yes=False),),
        calls=(call(130.5, "rds:RestoreDBInstanceFromDBSnapshot", refused="KMSKeyNotAccessibleFault",
                    DBSnapshotIdentifier="rds:ledger-2026-11-24"),),
    )  # fmt: skip
    hanging = drilled(
        "the ledger comes back to the newest time", "transaction-log", state=INCONCLUSIVE,
        why=f"the restore of ledger: not within 10 minutes {NASTY}", marks=stamped(140, LOST=0, REQUESTED=0.5),
    )  # fmt: skip
    table = drilled(
        "profiles come back", "customer-metadata", drill="table-point-in-time", evidence="simulated",
        marks=stamped(150, LOST=0, REQUESTED=0.1, AVAILABLE=3, REACHABLE=3, VALIDATED=4, CLEANED=5),
        recovery_time=seconds(4), job_time=seconds(2.9), data_loss=seconds(0.2), came_back=True,
        canaries=Canaries(10, 10, 10, 10, AT + seconds(149.8)), checks=VERIFIED[:4],
        calls=(call(150, "dynamodb:PutItem", Item=HELD_BACK, TableName="profiles"),),
    )  # fmt: skip
    files = drilled("documents come back", "documents", drill="files-random", evidence="simulated", tests=("file",),
                    came_back=True, checks=(held("integrity", "each file of the sample is as it was", "59 of 59"),))  # fmt: skip
    efs = drilled("the share comes back", "documents", drill="backup-restore", evidence="simulated", tests=("file",),
                  state=NOT_TESTED, why="the emulation has no elasticfilesystem", left_behind=None)  # fmt: skip
    alert = drilled("a failed backup reaches somebody", "", drill="alert", tests=("alert",), evidence="sandbox",
                    alert_after=seconds(8.2), rto=None, rpo=None, marks=stamped(160, LOST=0))  # fmt: skip
    access = drilled(
        "readers only read", "authentication", drill="access", tests=("access",), came_back=True,
        checks=(held("must-deny", "reader may not: delete from account", "42501"),
                held("must-allow", "reader may: count accounts")),
    )  # fmt: skip
    return (users, orders, gone, hanging, table, files, efs, alert, access, *in_order())


def in_order() -> tuple[Drilled, ...]:
    """Three systems, one loss, one after the other."""
    needs = {"orders": ["authentication", "transaction-log"]}
    times = {"authentication": (0.2, 20, 30), "transaction-log": (0.2, 25, 36), "orders": (36.5, 60, 71)}
    return tuple(
        drilled(
            f"all in order: {system}", system, entry="all in order", drill="several-systems",
            tests=("multi-system", "full"),
            marks=stamped(170, LOST=0, REQUESTED=asked, AVAILABLE=up, REACHABLE=up + 0.5, VALIDATED=checked,
                          PERFORMING=checked + 1, CLEANED=90),
            recovery_time=seconds(checked), job_time=seconds(up - asked), data_loss=seconds(1.5), came_back=True,
            canaries=Canaries(50, 50, 50, 50, AT + seconds(168.5)), checks=VERIFIED,
            shown={"critical_path": ["transaction-log", "orders"], "needs": needs.get(system, []),
                   "waited_seconds": asked, "alone_seconds": checked - asked},
            ended_at=AT + seconds(260),
        )
        for system, (asked, up, checked) in times.items()
    )  # fmt: skip


def record() -> Record:
    return Record("261124-abcdef", "quarterly", "d" * 64, "emulator", ACCOUNT, AT, AT + seconds(300), measured(),
                  stopped="the kill switch was thrown", authorised_by="bea", version="0.0.0")  # fmt: skip


@cache
def policy() -> Policy:
    return load_policy()


@cache
def configuration() -> Configuration:
    tiers = {"authentication": "authentication", "orders": "production-database", "transaction-log": "transaction-log",
             "customer-metadata": "customer-metadata", "documents": "historical"}  # fmt: skip
    needs = {"orders": ("authentication", "transaction-log")}
    systems = tuple(System(name, tier, (Selector(name=name),), needs.get(name, ())) for name, tier in tiers.items())
    tests = tuple({"test": one.rehearsed_as, "clause": one.id} for one in policy().clauses.values() if one.rehearsed_as)
    return Configuration(
        {"rehearsed": Account("rehearsed", ACCOUNT, ("eu-west-1",))}, systems, file="backup-scan.yaml", digest="c" * 64,
        declared={**declared_systems(systems, policy()), "tests": tests},
    )  # fmt: skip


@cache
def judgement() -> Judgement:
    return judge_record(record(), policy(), configuration(), AT + timedelta(days=2))
