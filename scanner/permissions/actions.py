"""The actions that destroy backups or shorten how long they are kept, by the kind of thing that IAM checks them on.

Names and resource types are those of the service authorization reference; a house test holds them against it.
"""

from __future__ import annotations

from collections.abc import Mapping

from scanner.model.late_dataclass import dataclass
from scanner.permissions.evaluate import Access

#: The services that make and expire backups with a role of the account. Only they can take such a role, and they need to
#: delete what a plan says is over.
BACKUP_SERVICES = frozenset({"backup.amazonaws.com", "dlm.amazonaws.com"})


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of thing that can be harmed: its kind, the actions that harm it, and the type that IAM knows it by.

    `policy` is the fact that holds its own policy; `through` the fact that names the resource of kind `holder` whose
    policy it is, where it is another's. `objects` where the actions are checked on the objects in it; `unversioned`
    where they harm only what keeps no versions.
    """

    kind: str
    actions: tuple[str, ...]
    type: str
    policy: str = ""
    through: str = ""
    holder: str = ""
    access: Access = Access.USUAL
    objects: bool = False
    unversioned: bool = False

    @property
    def service(self) -> str:
        """The service, as actions name it."""
        return self.actions[0].partition(":")[0]


VAULT, POINT, BUCKET, KEY = "aws.backup.vault", "aws.backup.recovery-point", "aws.s3.bucket", "aws.kms.key"

#: What a vault's policy must keep to declared roles: deletion, the shortening of lifecycles, and the policy itself.
GUARDED = (
    "backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "backup:PutBackupVaultAccessPolicy",
    "backup:DeleteBackupVaultAccessPolicy",
)  # fmt: skip
#: What makes the keys of backups useless, or lets somebody do so.
OF_KEYS = ("kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:PutKeyPolicy", "kms:DeleteImportedKeyMaterial")

_OF_DATABASES = ("rds:ModifyDBCluster", "rds:DeleteDBCluster")

#: Backups, and the settings that say how long they are kept.
BACKUPS: tuple[Sort, ...] = (
    Sort(
        POINT,
        ("backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "backup:DisassociateRecoveryPoint"),
        "recoveryPoint", policy="policy", through="vault", holder=VAULT,
    ),
    Sort(
        VAULT,
        (
            "backup:DeleteBackupVault", "backup:DeleteBackupVaultLockConfiguration",
            "backup:PutBackupVaultLockConfiguration", "backup:PutBackupVaultAccessPolicy",
            "backup:DeleteBackupVaultAccessPolicy",
        ),
        "backupVault", policy="policy",
    ),
    Sort(
        "aws.backup.plan", ("backup:DeleteBackupPlan", "backup:UpdateBackupPlan", "backup:DeleteBackupSelection"),
        "backupPlan",
    ),
    Sort("aws.ec2.snapshot", ("ec2:DeleteSnapshot",), "snapshot"),
    Sort("aws.ec2.image", ("ec2:DeregisterImage",), "image"),
    Sort("aws.dlm.policy", ("dlm:DeleteLifecyclePolicy", "dlm:UpdateLifecyclePolicy"), "policy"),
    Sort("aws.rds.snapshot", ("rds:DeleteDBSnapshot",), "snapshot"),
    Sort("aws.rds.cluster-snapshot", ("rds:DeleteDBClusterSnapshot",), "cluster-snapshot"),
    Sort("aws.rds.automated-backup", ("rds:DeleteDBInstanceAutomatedBackup",), "auto-backup"),
    Sort("aws.rds.cluster-automated-backup", ("rds:DeleteDBClusterAutomatedBackup",), "cluster-auto-backup"),
    # Both can end the automated backups: the one by a shorter retention, the other with the database.
    Sort("aws.rds.instance", ("rds:ModifyDBInstance", "rds:DeleteDBInstance"), "db"),
    Sort("aws.rds.cluster", _OF_DATABASES, "cluster"),
    Sort("aws.docdb.cluster", _OF_DATABASES, "cluster"),
    Sort("aws.neptune.cluster", _OF_DATABASES, "cluster"),
    Sort("aws.dynamodb.backup", ("dynamodb:DeleteBackup",), "backup"),
    Sort("aws.dynamodb.table", ("dynamodb:UpdateContinuousBackups",), "table"),
    Sort("aws.fsx.backup", ("fsx:DeleteBackup",), "backup"),
    Sort("aws.redshift.snapshot", ("redshift:DeleteClusterSnapshot", "redshift:ModifyClusterSnapshot"), "snapshot"),
    Sort("aws.redshift.cluster", ("redshift:ModifyCluster",), "cluster"),
    Sort("aws.elasticache.snapshot", ("elasticache:DeleteSnapshot",), "snapshot"),
    Sort(
        "aws.elasticache.serverless-snapshot", ("elasticache:DeleteServerlessCacheSnapshot",), "serverlesscachesnapshot"
    ),
    Sort("aws.memorydb.snapshot", ("memorydb:DeleteSnapshot",), "snapshot"),
    Sort(
        BUCKET,
        (
            "s3:PutLifecycleConfiguration", "s3:PutBucketVersioning", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy",
            "s3:PutBucketObjectLockConfiguration",
        ),
        "bucket", policy="policy",
    ),
    Sort(BUCKET, ("s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"), "object", policy="policy", objects=True),
    Sort(BUCKET, ("s3:DeleteObject",), "object", policy="policy", objects=True, unversioned=True),
)  # fmt: skip

#: The keys that encrypt backups.
KEYS = Sort(KEY, OF_KEYS, "key", policy="lets", access=Access.KEY)

#: The services whose resources are bounded by resource control policies, of those named here (Organizations user guide,
#: "Resource control policies").
BOUNDED = frozenset({"s3", "kms"})

#: Sorts by service: who may do everything with all of a service's may do it with every backup.
SERVICES: Mapping[str, tuple[Sort, ...]] = {
    name: tuple(sort for sort in BACKUPS if sort.service == name) for name in sorted({sort.service for sort in BACKUPS})
}
