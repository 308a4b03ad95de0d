"""Everything that happened before: what AWS would have made, and dated, by itself.

Each function takes the world (`with emulator.on_stage() as world:`), a region and an account, and the time (`at`).
What boto3 can make needs none of them: set the emulator's clock back, make it, set the clock forward.
"""

from scanner.emulation.services.backup.jobs import add_backup_job, add_copy_job, add_restore_job
from scanner.emulation.services.backup.points import add_recovery_point
from scanner.emulation.services.cloudformation import compare_stack
from scanner.emulation.services.cloudwatch import date_alarm
from scanner.emulation.services.descriptions import alter, list_also
from scanner.emulation.services.ec2 import add_volume_snapshot
from scanner.emulation.services.elasticache import add_cache_snapshot
from scanner.emulation.services.fsx import add_backup as add_file_system_backup
from scanner.emulation.services.iam import date_access_key, date_user
from scanner.emulation.services.iam_usage import (
    add_aws_policy,
    date_role,
    use_access_key,
    use_password,
    use_role,
    use_service,
)
from scanner.emulation.services.kms import aws_managed_key, date_rotation, import_material
from scanner.emulation.services.memorydb import add_memory_snapshot
from scanner.emulation.services.rds.snapshots import add_cluster_snapshot, add_db_snapshot, drop_automated_snapshots
from scanner.emulation.services.redshift import add_cluster_snapshot as add_warehouse_snapshot
from scanner.emulation.services.redshift import drop_snapshots as drop_warehouse_snapshots
from scanner.emulation.services.s3 import date_bucket, date_object, put_object
from scanner.emulation.services.sns import confirm_subscriptions
from scanner.emulation.services.tagging import mark

__all__ = [
    "add_aws_policy",
    "add_backup_job",
    "add_cache_snapshot",
    "add_cluster_snapshot",
    "add_copy_job",
    "add_db_snapshot",
    "add_file_system_backup",
    "add_memory_snapshot",
    "add_recovery_point",
    "add_restore_job",
    "add_volume_snapshot",
    "add_warehouse_snapshot",
    "alter",
    "aws_managed_key",
    "compare_stack",
    "confirm_subscriptions",
    "date_access_key",
    "date_alarm",
    "date_bucket",
    "date_object",
    "date_role",
    "date_rotation",
    "date_user",
    "drop_automated_snapshots",
    "drop_warehouse_snapshots",
    "import_material",
    "list_also",
    "mark",
    "put_object",
    "use_access_key",
    "use_password",
    "use_role",
    "use_service",
]
