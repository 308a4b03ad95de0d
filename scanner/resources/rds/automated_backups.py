"""Automated backups: the stretch of time a database can be restored to, also after it is gone or in another region.

They are no `Backup`: each is a stretch that goes on, not a copy taken once, and would hide a night without snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from scanner.model.convert import days, flag, instant, tag_list, text
from scanner.model.fact import Fact, fact
from scanner.model.origin import Listing, call, item
from scanner.resources.keys import Keyed
from scanner.resources.rds.arns import key_of


class RestoreRange(Keyed):
    """What automated backups keep of one database. Abstract."""

    belongs_to = "source"
    tagged_by = "tags"

    source: Fact[str]
    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("TagList", tag_list))
    status: Fact[str] = fact(
        "What AWS says of it: active, creating, retained of a deleted database, or replicating from another region.",
        live=item("Status", text),
    )
    earliest: Fact[datetime | None] = fact(
        # Absent while the first backup is still to come (status creating).
        "The earliest time it can be restored to; none where it cannot yet.",
        live=item("RestoreWindow.EarliestTime", instant, absent=None),
    )
    latest: Fact[datetime | None] = fact(
        "The latest time it can be restored to; none where it cannot yet.",
        live=item("RestoreWindow.LatestTime", instant, absent=None),
    )
    engine: Fact[str] = fact("The database engine.", live=item("Engine", text))
    retention: Fact[timedelta] = fact("How long it is kept.", live=item("BackupRetentionPeriod", days))
    key: Fact[str | None] = fact(
        "The KMS key it is encrypted with; none where it is not encrypted.", live=item("@", key_of)
    )


class AutomatedBackup(RestoreRange):
    """The automated backups of an RDS instance, in one region."""

    kind = "aws.rds.automated-backup"
    title = "automated backup"
    listed_by = Listing(
        call("rds:DescribeDBInstanceAutomatedBackups"), "DBInstanceAutomatedBackups[]",
        id="{DBInstanceAutomatedBackupsArn}", name="{DBInstanceIdentifier}",
    )  # fmt: skip

    source: Fact[str] = fact("The ARN of the instance, in its own region.", live=item("DBInstanceArn", text))
    encrypted: Fact[bool] = fact("It is encrypted.", live=item("Encrypted", flag))


class ClusterAutomatedBackup(RestoreRange):
    """The automated backups of a cluster."""

    kind = "aws.rds.cluster-automated-backup"
    title = "cluster automated backup"
    listed_by = Listing(
        call("rds:DescribeDBClusterAutomatedBackups"), "DBClusterAutomatedBackups[]",
        id="{DBClusterAutomatedBackupsArn}", name="{DBClusterIdentifier}",
    )  # fmt: skip

    source: Fact[str] = fact("The ARN of the cluster.", live=item("DBClusterArn", text))
    encrypted: Fact[bool] = fact("It is encrypted.", live=item("StorageEncrypted", flag))
