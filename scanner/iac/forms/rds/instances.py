"""Instances of RDS in code, and the members of clusters of Aurora, DocumentDB and Neptune."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS
from scanner.iac.form import ARN, NAME, Form, Origin, always, at, joined, made
from scanner.iac.forms.rds.engines import engine, port, version
from scanner.iac.forms.rds.parameters import default_arn, default_settings, group_of, takes_default
from scanner.iac.forms.rds.places import network_encryption, security_groups, subnet_group, subnets
from scanner.iac.forms.rds.relations import (
    cluster_of,
    public_by_default,
    replicas_of,
    replicated,
    replicated_by_itself,
    source_of,
)
from scanner.iac.forms.rds.storage import encrypted, kept_by_default, key, whole_days
from scanner.iac.forms.rds.words import WORDS, arn_of
from scanner.iac.forms.rds.zones import standby
from scanner.model.convert import days, flag, text, whole
from scanner.resources.rds.instances import Instance
from scanner.resources.rds.parameters import InstanceParameters
from scanner.resources.rds.window import window

Facts = Mapping[str, Origin | tuple[Origin, ...]]

_RUNTIME: Mapping[str, str] = {
    "created_at": "an instance is created when the code is applied",
    "status": "whether it runs or is stopped shows at run time",
    "latest": "what can be restored depends on the hour",
}
_WINDOW = "AWS picks thirty minutes at random within eight hours of the region"
#: What the code says is to be in force; that a restart is pending for it shows at run time alone.
_IN_FORCE = always("in-sync", "the group that a new database is created with is in force with all its parameters")
_NO_GROUP = "the member has the group that its cluster or AWS chooses"


def up_to(raw: Any) -> int | None:
    """Read how far storage grows; zero turns the growing off (r/db_instance: max_allocated_storage)."""
    return whole(raw) or None


def _joins(kind: str) -> Facts:
    """Give the facts that hang on other blocks, or on several attributes: the same for all types of instance."""
    mine = WORDS[kind]
    return {
        "engine": made(engine, mine.engine),
        "version": joined(version, mine.version),
        "encrypted": joined(encrypted, mine.encrypted, mine.cluster or mine.encrypted),
        "key": joined(key, mine.key, mine.cluster),
        "cluster": made(cluster_of, mine.cluster)
        if mine.cluster
        else always(None, "r/db_instance: no member of a cluster"),
        "subnets": joined(subnets, mine.subnet_group, mine.cluster),
        "security_groups": joined(security_groups, mine.security_groups, mine.cluster),
        "parameters_state": _IN_FORCE,
    }


_ALONE: Facts = {
    **_joins("aws_db_instance"),
    "tags": TERRAFORM_TAGS,
    "window": at("backup_window", window, write=str, computed=_WINDOW),
    "deletion_protected": at(
        "deletion_protection", flag, absent=False, write=bool, docs="r/db_instance: the default is false"
    ),
    "copy_tags": at("copy_tags_to_snapshot", flag, absent=False, write=bool, docs="r/db_instance: default is false"),
    "retention": (
        at("backup_retention_period", days, write=whole_days),
        joined(kept_by_default(0), "backup_retention_period"),  # r/db_instance: default is 0
    ),
    "multi_az": (at("multi_az", flag, write=bool), made(standby, "multi_az", "availability_zone")),
    "zone": at("availability_zone", text, computed="AWS chooses an availability zone"),
    "replicas": joined(replicas_of, "identifier"),
    "replica_of": made(source_of, "replicate_source_db"),
    "replicated": joined(replicated, "identifier"),
    "storage": at("allocated_storage", whole, computed="it has the storage of what it was made from"),
    "storage_most": at(
        "max_allocated_storage", up_to, absent=None, docs="r/db_instance: storage autoscaling where it is configured"
    ),
    "public": at("publicly_accessible", flag, absent=False, write=bool, docs="r/db_instance: default is false"),
    "port": (at("port", whole), joined(port, "port")),
    "subnet_group": joined(subnet_group, "db_subnet_group_name"),
    "parameter_group": made(group_of, "parameter_group_name"),
    "native_encryption": joined(network_encryption, "option_group_name"),
    "backup_target": at("backup_target", text, absent="region", docs="r/db_instance: region (default)"),
}

_TEMPLATE: Facts = {
    **_joins("AWS::RDS::DBInstance"),
    "tags": CLOUDFORMATION_TAGS,
    "window": at("PreferredBackupWindow", window, write=str, computed=_WINDOW),
    "deletion_protected": at(
        "DeletionProtection", flag, absent=False, write=bool, docs="AWS::RDS::DBInstance: by default it is disabled"
    ),
    "copy_tags": at(
        "CopyTagsToSnapshot", flag, absent=False, write=bool, docs="AWS::RDS::DBInstance: by default tags are not copied"
    ),
    "retention": (
        at("BackupRetentionPeriod", days, write=whole_days),
        joined(kept_by_default(1), "BackupRetentionPeriod"),  # AWS::RDS::DBInstance: default is 1
    ),
    "multi_az": (at("MultiAZ", flag, write=bool), made(standby, "MultiAZ", "AvailabilityZone")),
    "zone": at("AvailabilityZone", text, computed="AWS chooses an availability zone"),
    "replicas": joined(replicas_of, "DBInstanceIdentifier"),
    "replica_of": made(source_of, "SourceDBInstanceIdentifier", "SourceDBClusterIdentifier"),
    "replicated": made(replicated_by_itself, "AutomaticBackupReplicationRegion"),
    "storage": at("AllocatedStorage", whole, computed="it has the storage of its cluster, or of what it was made from"),
    "storage_most": at("MaxAllocatedStorage", up_to, absent=None, docs="MaxAllocatedStorage, API reference"),
    "public": (at("PubliclyAccessible", flag, write=bool), made(public_by_default, "PubliclyAccessible", "DBSubnetGroupName")),
    "port": (at("Port", whole), joined(port, "Port", "DBClusterIdentifier")),
    "subnet_group": joined(subnet_group, "DBSubnetGroupName"),
    "parameter_group": made(group_of, "DBParameterGroupName"),
    "native_encryption": joined(network_encryption, "OptionGroupName"),
    "backup_target": at("BackupTarget", text, absent="region", docs="BackupTarget, API reference: default is region"),
}  # fmt: skip

#: The cluster of a member decides most of it.
_NOT_OF_MEMBERS: Mapping[str, str] = {
    **_RUNTIME,
    "multi_az": "the zones of a cluster are those of its members",
    "storage": "the storage is the cluster's",
    "storage_most": "the storage is the cluster's",
    "native_encryption": "no engine of clusters has option groups of Oracle",
    "backup_target": "its backups are the cluster's",
}


def _member(kind: str) -> Facts:
    """Give the facts of a member of a cluster, as its service's types of block keep them."""
    mine = WORDS[kind]
    template = "::" in kind
    protected = "deletion protection is enabled for clusters only (r/rds_cluster_instance)"
    found: dict[str, Origin | tuple[Origin, ...]] = {
        **_joins(kind),
        "tags": CLOUDFORMATION_TAGS if template else TERRAFORM_TAGS,
        "deletion_protected": always(False, protected),
        "retention": joined(kept_by_default(1), mine.cluster),
        "zone": at(mine.zone, text, computed="AWS chooses an availability zone"),
        "replicas": always((), "the replicas of a cluster are the cluster's"),
        "replica_of": always(None, "a cluster replicates, its members do not"),
        "replicated": always((), "the backups are the cluster's"),
        "port": joined(port, mine.cluster),
        "subnet_group": joined(subnet_group, mine.subnet_group or mine.cluster),
        "parameter_group": at(mine.parameters, text, computed=_NO_GROUP) if mine.parameters else made(group_of, mine.cluster),
        "window": at("PreferredBackupWindow" if template else "preferred_backup_window", window, computed="its cluster decides"),
        "copy_tags": at(
            "CopyTagsToSnapshot" if template else "copy_tags_to_snapshot", flag, absent=False,
            docs="r/rds_cluster_instance: default is false",
        ),
    }  # fmt: skip
    if mine.sole == "docdb":
        found["public"] = always(False, "DBInstance, API reference of DocumentDB: the value is always false")
    elif template:
        found["public"] = at("PubliclyAccessible", flag, computed="the default is not documented")
    else:
        found["public"] = at(
            "publicly_accessible", flag, absent=False, write=bool, docs="r/rds_cluster_instance: default is false"
        )
    return found


def _group(kind: str) -> Form:
    """Give the default parameter group of an instance: it is in use, and no block of code declares it."""
    return Form(
        InstanceParameters, kind, arn=default_arn("pg"), when=takes_default, facts={"settings": made(default_settings)}
    )


_GIVES = {"arn": ARN, "id": NAME, "identifier": NAME}
_GIVES_TEMPLATE = {"Ref": NAME, "DBInstanceArn": ARN}

FORMS = (
    Form(Instance, "aws_db_instance", arn=arn_of, name="identifier", gives=_GIVES, facts=_ALONE, beyond=_RUNTIME),
    Form(
        Instance, "AWS::RDS::DBInstance", arn=arn_of, name="DBInstanceIdentifier", gives=_GIVES_TEMPLATE,
        facts=_TEMPLATE, beyond=_RUNTIME,
    ),
    *(
        Form(
            Instance, kind, arn=arn_of, name=WORDS[kind].name, facts=_member(kind), beyond=_NOT_OF_MEMBERS,
            gives=_GIVES_TEMPLATE if "::" in kind else _GIVES,
        )
        for kind in (
            "aws_rds_cluster_instance", "aws_docdb_cluster_instance", "aws_neptune_cluster_instance",
            "AWS::DocDB::DBInstance", "AWS::Neptune::DBInstance",
        )
    ),
    _group("aws_db_instance"),
    _group("AWS::RDS::DBInstance"),
)  # fmt: skip
