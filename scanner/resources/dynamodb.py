"""Amazon DynamoDB: tables and their on-demand backups."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import days, flag, instant, is_, text
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Partial
from scanner.model.origin import Listing, call, item, of
from scanner.resources.alerting import lags
from scanner.resources.alerting.watching import watched_by
from scanner.resources.alerting.ways import News
from scanner.resources.protection import Elsewhere, Recoverable, Span
from scanner.resources.store import Backup
from scanner.resources.tags import tags_of_type

_TABLE = call("dynamodb:DescribeTable", TableName=of("@"))
_CONTINUOUS = call("dynamodb:DescribeContinuousBackups", TableName=of("@"))
_PITR = "ContinuousBackupsDescription.PointInTimeRecoveryDescription"


def replica_regions(raw: Any) -> tuple[str, ...]:
    """Read the regions of a global table's replicas; one whose creation failed is none."""
    return tuple(sorted(one["RegionName"] for one in raw if one.get("ReplicaStatus") != "CREATION_FAILED"))


def stale_regions(raw: Any) -> tuple[str, ...]:
    """Read the regions of replicas that are not in use: not complete yet, or not written to any more."""
    live = ("ACTIVE", "UPDATING", None)
    return tuple(sorted(one["RegionName"] for one in raw if one.get("ReplicaStatus") not in live))


class Table(Recoverable):
    """A DynamoDB table."""

    kind = "aws.dynamodb.table"
    title = "DynamoDB table"
    backup_type = "DynamoDB"
    listed_by = Listing(
        call("dynamodb:ListTables"), "TableNames[]",
        id="arn:{partition}:dynamodb:{region}:{account}:table/{item}", name="{item}",
    )  # fmt: skip

    tags: Fact[Mapping[str, str]] = fact(
        "The tags it carries.",
        live=tags_of_type("dynamodb:table"),
    )
    created_at: Fact[datetime] = fact("When it was created.", live=_TABLE.at("Table.CreationDateTime", instant))
    encrypted: Fact[bool] = fact(
        # DynamoDB encrypts every table; only the key differs (developer guide, "Encryption at rest").
        "Its data is encrypted at rest.", live=_TABLE.at("Table.TableName", bool)
    )  # fmt: skip
    key: Fact[str | None] = fact(
        "The KMS key its data is encrypted with; none for the AWS-owned key.",
        live=_TABLE.at("Table.SSEDescription.KMSMasterKeyArn", text, absent=None),
    )
    deletion_protected: Fact[bool] = fact(
        "It refuses deletion.", live=_TABLE.at("Table.DeletionProtectionEnabled", flag, absent=False)
    )
    replicas: Fact[tuple[str, ...]] = fact(
        "The regions that hold a replica.", live=_TABLE.at("Table.Replicas", replica_regions, absent=())
    )
    stale: Fact[tuple[str, ...]] = fact(
        "Those of the regions whose replica is not complete yet or not written to any more.",
        live=_TABLE.at("Table.Replicas", stale_regions, absent=()),
    )
    pitr: Fact[bool] = fact(
        "Point-in-time recovery is on.", live=_CONTINUOUS.at(f"{_PITR}.PointInTimeRecoveryStatus", is_("ENABLED"))
    )
    pitr_reach: Fact[timedelta] = fact(
        # 35 days unless a shorter period was set (PointInTimeRecoveryDescription, API reference).
        "How far back point-in-time recovery reaches once it has run that long.",
        live=_CONTINUOUS.at(f"{_PITR}.RecoveryPeriodInDays", days, absent=timedelta(days=35)),
    )
    earliest: Fact[datetime | None] = fact(
        "The earliest time it can be restored to.",
        live=_CONTINUOUS.at(f"{_PITR}.EarliestRestorableDateTime", instant, absent=None),
    )
    latest: Fact[datetime | None] = fact(
        "The latest time it can be restored to.",
        live=_CONTINUOUS.at(f"{_PITR}.LatestRestorableDateTime", instant, absent=None),
    )
    lag_told: Fact[tuple[News, ...]] = watched_by(
        "Whom it reaches that its replicas lag behind.", lags.of_table, "replicas"
    )
    native: Fact[bool] = derived(
        "It keeps backups of its own, without AWS Backup: point-in-time recovery.",
        needs=lambda kind: [kind.pitr],
        by=lambda table, _: table.pitr,
    )

    native_loss: Fact[timedelta | None] = derived(
        # "typically five minutes before the current time" (developer guide, "Point-in-time recovery").
        "The most data that its own backups can lose, as AWS documents it.",
        needs=lambda kind: [kind.pitr],
        by=lambda table, _: timedelta(minutes=5) if table.pitr else None,
    )
    restorable: Fact[Span | None] = derived(
        "The span to any moment of which point-in-time recovery restores it; none where it is off.",
        needs=lambda kind: [kind.pitr, kind.earliest, kind.latest],
        by=lambda table, _: (
            Span(table.earliest, table.latest) if table.pitr and table.earliest and table.latest else None
        ),
    )
    elsewhere: Fact[Partial[Elsewhere]] = derived(
        "The regions that hold a replica.",
        needs=lambda kind: [kind.replicas, kind.stale],
        by=lambda table, _: Partial(
            tuple(
                Elsewhere(region, table.account, "global table replica", region not in table.stale)
                for region in table.replicas
            )
        ),
    )


class TableBackup(Backup):
    """An on-demand backup of a DynamoDB table."""

    kind = "aws.dynamodb.backup"
    title = "DynamoDB backup"
    made_of = ("aws.dynamodb.table",)
    listed_by = Listing(
        call("dynamodb:ListBackups"),
        "BackupSummaries[?BackupType!='AWS_BACKUP']",
        id="{BackupArn}",
        name="{BackupName}",
    )

    source: Fact[str] = fact("The ARN of the table it was made of.", live=item("TableArn", text))
    made_at: Fact[datetime] = fact("When the data in it was taken.", live=item("BackupCreationDateTime", instant))
    usable: Fact[bool] = fact("It is complete and can be restored.", live=item("BackupStatus", is_("AVAILABLE")))
