"""Clusters of Aurora, of Multi-AZ RDS, of DocumentDB and of Neptune in code, and the global clusters that join them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS
from scanner.iac.form import ARN, NAME, NOTHING, Form, Origin, always, at, joined, made
from scanner.iac.forms.rds.engines import engine, port, version
from scanner.iac.forms.rds.parameters import default_arn, default_settings, group_of, takes_default
from scanner.iac.forms.rds.places import security_groups, subnet_group, subnets
from scanner.iac.forms.rds.relations import (
    members_of,
    primary_of,
    public_cluster,
    readers_of,
    replicas_of,
    several_zones,
)
from scanner.iac.forms.rds.storage import encrypted, kept_by_default, key, whole_days
from scanner.iac.forms.rds.words import WORDS, arn_of
from scanner.model.convert import days, flag, whole
from scanner.model.resource import Resource
from scanner.resources.rds.clusters import Cluster, DatabaseCluster, DocumentCluster, GraphCluster
from scanner.resources.rds.parameters import ClusterParameters
from scanner.resources.rds.window import window

Facts = Mapping[str, Origin | tuple[Origin, ...]]

_RUNTIME: Mapping[str, str] = {
    "created_at": "a cluster is created when the code is applied",
    "status": "whether it runs or is stopped shows at run time",
    "earliest": "what can be restored depends on the hour",
    "latest": "what can be restored depends on the hour",
    "storage": "the storage of a cluster grows with its data",
}
_WINDOW = "AWS picks thirty minutes at random within eight hours of the region"
_UNDOCUMENTED = "the default is not documented"


def _facts(kind: str, *, protected: Any, copies: Any, ports: str) -> Facts:
    """Give the facts of a type of cluster; `protected` and `copies` hold where the code does not say, `NOTHING` for open."""
    mine = WORDS[kind]
    template = "::" in kind
    days_of, window_of = (
        ("BackupRetentionPeriod", "PreferredBackupWindow")
        if template
        else ("backup_retention_period", "preferred_backup_window")
    )
    protection, tagging = (
        ("DeletionProtection", "CopyTagsToSnapshot") if template else ("deletion_protection", "copy_tags_to_snapshot")
    )
    found: dict[str, Origin | tuple[Origin, ...]] = {
        "tags": CLOUDFORMATION_TAGS if template else TERRAFORM_TAGS,
        "engine": made(engine, mine.engine),
        "version": joined(version, mine.version),
        "encrypted": joined(encrypted, mine.encrypted),
        "key": joined(key, mine.key),
        "window": at(window_of, window, write=str, computed=_WINDOW),
        "deletion_protected": at(
            protection, flag, absent=protected, write=bool, computed=_UNDOCUMENTED, docs=f"{kind}: {protection}"
        ),
        "copy_tags": at(tagging, flag, absent=copies, write=bool, computed=_UNDOCUMENTED, docs=f"{kind}: {tagging}"),
        "retention": (
            at(days_of, days, write=whole_days),
            joined(kept_by_default(1), days_of),  # default 1 (BackupRetentionPeriod, API references)
        ),
        "multi_az": joined(several_zones, mine.name),
        "members": joined(members_of, mine.name),
        "replicas": joined(replicas_of, mine.name),
        "replica_of": joined(primary_of, *mine.source, mine.globally),
        "global_readers": joined(readers_of, mine.globally, mine.name),
        "port": (*(at(one, whole) for one in ports.split()), joined(port, ports.split(maxsplit=1)[0])),
        "subnet_group": joined(subnet_group, mine.subnet_group),
        "subnets": joined(subnets, mine.subnet_group),
        "public": made(public_cluster, "PubliclyAccessible", "db_cluster_instance_class", "DBClusterInstanceClass"),
        "security_groups": joined(security_groups, mine.security_groups),
        "parameter_group": made(group_of, mine.parameters),
        "parameters_state": always(
            "in-sync", "the group that a new cluster is created with is in force with all its parameters"
        ),
    }
    return found


_GIVES = {"arn": ARN, "id": NAME, "cluster_identifier": NAME}
_GIVES_TEMPLATE = {"Ref": NAME, "DBClusterArn": ARN}


def _cluster(kind: str, of: type[DatabaseCluster], facts: Facts) -> tuple[Form, Form]:
    """Give the form of a type of cluster, and that of the default parameter group it may take."""
    gives = _GIVES_TEMPLATE if "::" in kind else _GIVES
    return (
        Form(of, kind, arn=arn_of, name=WORDS[kind].name, gives=gives, facts=facts, beyond=_RUNTIME),
        Form(
            ClusterParameters, kind, arn=default_arn("cluster-pg"), when=takes_default,
            facts={"settings": made(default_settings)},
        ),
    )  # fmt: skip


def _global(kind: str, name: str) -> Form:
    """Give the names of a global cluster, which is no kind of its own: what it joins is told of its clusters."""
    gives = {"Ref": NAME} if "::" in kind else {"arn": ARN, "id": NAME, name: NAME}
    return Form(Resource, kind, arn="arn:{partition}:rds::{account}:global-cluster:{name}", name=name, gives=gives)


FORMS = (
    *_cluster("aws_rds_cluster", Cluster, _facts("aws_rds_cluster", protected=False, copies=False, ports="port")),
    *_cluster(
        "aws_docdb_cluster", DocumentCluster, _facts("aws_docdb_cluster", protected=False, copies=False, ports="port")
    ),
    *_cluster(
        "aws_neptune_cluster", GraphCluster, _facts("aws_neptune_cluster", protected=False, copies=False, ports="port")
    ),
    *_cluster("AWS::RDS::DBCluster", Cluster, _facts("AWS::RDS::DBCluster", protected=False, copies=False, ports="Port")),
    *_cluster(
        "AWS::DocDB::DBCluster", DocumentCluster,
        _facts("AWS::DocDB::DBCluster", protected=NOTHING, copies=NOTHING, ports="Port"),
    ),
    *_cluster(
        "AWS::Neptune::DBCluster", GraphCluster,
        # "If set to true, tags are copied to any snapshot" (page of AWS::Neptune::DBCluster).
        _facts("AWS::Neptune::DBCluster", protected=NOTHING, copies=False, ports="DBPort Port"),
    ),
    _global("aws_rds_global_cluster", "global_cluster_identifier"),
    _global("aws_docdb_global_cluster", "global_cluster_identifier"),
    _global("aws_neptune_global_cluster", "global_cluster_identifier"),
    _global("AWS::RDS::GlobalCluster", "GlobalClusterIdentifier"),
    _global("AWS::DocDB::GlobalCluster", "GlobalClusterIdentifier"),
    _global("AWS::Neptune::GlobalCluster", "GlobalClusterIdentifier"),
)  # fmt: skip
