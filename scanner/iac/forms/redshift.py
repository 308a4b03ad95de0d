"""Amazon Redshift in code: clusters, their parameter groups and snapshots, and what schedules and copies those."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS, each
from scanner.iac.form import ARN, NAME, Form, Origin, always, at, joined, made
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import days, flag, text, whole
from scanner.model.resource import Resource
from scanner.model.unresolved import Unresolved
from scanner.resources.redshift import Cluster, Parameters, Snapshot, kept_days, require_ssl

Facts = Mapping[str, Origin | tuple[Origin, ...]]

_DEFAULT = "default.redshift-1.0"
#: The key that Redshift takes where encryption names none; live AWS names the same key by its ARN.
_AWS_KEY = "alias/aws/redshift"
_RESTORED = ("snapshot_identifier", "snapshot_arn", "SnapshotIdentifier")
_CLUSTERS = ("aws_redshift_cluster", "AWS::Redshift::Cluster")
_SUBNET_GROUPS = {"aws_redshift_subnet_group": "subnet_ids", "AWS::Redshift::ClusterSubnetGroup": "SubnetIds"}
_RUNTIME: Mapping[str, str] = {
    "created_at": "a cluster is created when the code is applied",
    "vpc": "the VPC is that of its subnet group",
}
_IN_FORCE = always("in-sync", "the group that a new cluster is created with is in force with all its parameters")
_UNDOCUMENTED = "its default has changed from version to version"


def _is_template(block: Block) -> bool:
    return "::" in block.type


def _words(block: Block, terraform: str, template: str) -> Any:
    """Give what a setting is, by its name in either source; raise where the code leaves it open."""
    path = template if _is_template(block) else terraform
    return _settled(block, path) if path else ABSENT


def _settled(block: Block, path: str) -> Any:
    value = block.find(path).value
    if isinstance(value, Unresolved):
        value.stop()
    return value


def _place(block: Block) -> str:
    return f"arn:{block.partition}:redshift:{block.region}:{block.account}"


def _arn(noun: str, *paths: str) -> Callable[[Block], str]:
    """Make the ARN of a thing of Redshift, which keeps names in lower case."""

    def by(block: Block) -> str:
        names = [block.known_name, *(block.find(path).value for path in paths)]
        name = next((one for one in names if isinstance(one, str) and one), block.address)
        return f"{_place(block)}:{noun}:{name.lower()}"

    return by


def _encrypted(block: Block) -> bool:
    """Read whether data are encrypted; what is restored has the encryption of its snapshot unless it says otherwise.

    AWS encrypts every new cluster since 2025 (CreateCluster, API reference: default true), but Terraform used to ask for
    none, and the page of the template's property says false: no default is certain.
    """
    value = _words(block, "encrypted", "Encrypted")
    if value is not ABSENT:
        return flag(value)
    return Unresolved(f"{block.address} does not set whether it is encrypted: {_UNDOCUMENTED}").stop()


def _key(block: Block) -> str | None:
    if not _encrypted(block):
        return None
    named = _words(block, "kms_key_id", "KmsKeyId")
    if named is not ABSENT:
        return text(named)
    if any(_settled(block, path) is not ABSENT for path in _RESTORED):
        Unresolved(f"{block.address} names no key: its snapshot decides").stop()
    if _words(block, "", "HsmConfigurationIdentifier") is not ABSENT:
        return None
    return _AWS_KEY


def _subnets(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Give the subnets of the subnet group that is named."""
    value = _words(block, "cluster_subnet_group_name", "ClusterSubnetGroupName")
    if value is ABSENT:
        Unresolved(f"{block.address} names no subnet group: AWS takes the default one").stop()
    group = around.named(_SUBNET_GROUPS, text(value), block)
    if group is None:
        Unresolved(f"the subnet group {value} of {block.address} is not in the code that was given").stop()
    return each(text)(_settled(group, _SUBNET_GROUPS[group.type]))


def _groups(block: Block) -> tuple[str, ...]:
    """Read the parameter group; without a name it is the default one of the only family that there is."""
    value = _words(block, "cluster_parameter_group_name", "ClusterParameterGroupName")
    if value is ABSENT:
        return Unresolved(f"{block.address} names no parameter group: AWS takes the default one").stop()
    return (text(value).lower(),)


def _takes_default(block: Block) -> bool:
    """Say whether a cluster names a default group, whose settings no block of code declares."""
    path = "ClusterParameterGroupName" if _is_template(block) else "cluster_parameter_group_name"
    name = block.find(path).value
    return isinstance(name, str) and name.lower() == _DEFAULT


def _guards(block: Block) -> tuple[Any, ...]:
    value = _words(block, "vpc_security_group_ids", "VpcSecurityGroupIds")
    if value is ABSENT or value == []:
        Unresolved(f"{block.address} names no security group: AWS takes the default group of the VPC").stop()
    return each(text)(value)


def _schedule(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Give the definitions of the snapshot schedule that is associated; none for Redshift's own."""
    by = {"aws_redshift_snapshot_schedule_association": "cluster_identifier"}
    found, doubt = around.naming({} if _is_template(block) else by, block)
    if doubt is not None:
        doubt.stop()
    if not found:
        return ()
    name = _settled(found[0], "schedule_identifier")
    schedule = around.named(("aws_redshift_snapshot_schedule",), text(name), found[0])
    if schedule is None:
        Unresolved(f"the snapshot schedule {name} is not in the code that was given").stop()
    return each(text)(_settled(schedule, "definitions"))


def _requires_tls(raw: Any) -> bool | None:
    """Read what the parameters say of it, None where nothing; any parameter may be in what is open."""
    found: list[Mapping[str, Any]] = []
    doubt: Unresolved | None = None
    for one in raw:
        name = one if isinstance(one, Unresolved) else one.get("name", one.get("ParameterName"))
        if isinstance(name, Unresolved):
            doubt = name if doubt is None else doubt
            continue
        value = one.get("value", one.get("ParameterValue"))
        if str(name).lower() == "require_ssl":
            if isinstance(value, Unresolved):
                value.stop()
            found.append({"ParameterName": name, "ParameterValue": value})
    if found:
        return require_ssl(found)
    if doubt is not None:
        doubt.stop()
    return None


def _refuses(block: Block) -> bool:
    """Say whether a parameter group refuses connections without TLS; that of redshift-1.0 does not by default.

    "By default, cluster databases accept a connection whether it uses SSL or not" (management guide, "Configuring
    security options for connections"); newer families may have another default.
    """
    told = _words(block, "parameter", "Parameters")
    said = _requires_tls(told) if told is not ABSENT else None
    if said is not None:
        return said
    family = _words(block, "family", "ParameterGroupFamily")
    if family != "redshift-1.0":
        Unresolved(f"{block.address} does not set require_ssl, and the default of {family} is not documented").stop()
    return False


def _says_else(block: Block, terraform: str, template: str, usual: Any) -> Any:
    """Give what holds where a cluster does not say; a restored one of a template has what its snapshot has."""
    if _is_template(block) and _words(block, "", "SnapshotIdentifier") is not ABSENT:
        Unresolved(f"{block.address} does not set {template or terraform}: its snapshot decides").stop()
    return usual


def _facts(*, template: bool) -> Facts:
    """Give the facts of a cluster, which both sources have in the same form."""

    def name(terraform: str, other: str) -> str:
        return other if template else terraform

    kept = name("automated_snapshot_retention_period", "AutomatedSnapshotRetentionPeriod")
    port, group = name("port", "Port"), name("cluster_subnet_group_name", "ClusterSubnetGroupName")
    return {
        "tags": CLOUDFORMATION_TAGS if template else TERRAFORM_TAGS,
        "encrypted": made(_encrypted, "encrypted", "Encrypted"),
        "key": made(_key, "kms_key_id", "KmsKeyId"),
        "public": at(name("publicly_accessible", "PubliclyAccessible"), flag, write=bool, computed=_UNDOCUMENTED),
        "subnet_group": at(group, text, computed="AWS takes the default one"),
        "subnets": joined(_subnets, group),
        "ports": (
            at(port, lambda raw: (whole(raw),)),
            made(lambda block: _says_else(block, "port", "Port", (5439,)), port),  # r/redshift_cluster: 5439
        ),
        "security_groups": made(_guards, "vpc_security_group_ids", "VpcSecurityGroupIds"),
        "parameter_groups": made(_groups, "cluster_parameter_group_name", "ClusterParameterGroupName"),
        "parameters_state": _IN_FORCE,
        "retention": (
            at(kept, days, write=lambda value: value // timedelta(days=1)),
            made(lambda block: _says_else(block, kept, kept, timedelta(days=1)), kept),  # the default of both pages
        ),
        "manual_retention": at(
            name("manual_snapshot_retention_period", "ManualSnapshotRetentionPeriod"), kept_days, absent=None,
            docs="ModifyCluster, API reference: the default is -1, for ever",
        ),
        "schedule": joined(_schedule, name("cluster_identifier", "ClusterIdentifier")),
        "copies_to": joined(_copies_to, name("snapshot_copy", "DestinationRegion"), name("cluster_identifier", "ClusterIdentifier")),
        "copies_kept": joined(_copies_kept, name("snapshot_copy", "SnapshotCopyRetentionPeriod")),
    }  # fmt: skip


_WEEK = timedelta(days=7)


def _copy(block: Block, around: Surroundings) -> tuple[Any, Any]:
    """Give the region that snapshots are copied to, and for how many days they are kept there, as far as it is said."""
    if _is_template(block):
        manual = _words(block, "", "SnapshotCopyManual")
        kept = _words(block, "", "SnapshotCopyRetentionPeriod")
        # The period is that of manual snapshots where this says so; that of automated ones is the usual.
        return _words(block, "", "DestinationRegion"), ABSENT if manual is not ABSENT and flag(manual) else kept
    # `snapshot_copy` was an argument of the cluster until version 6 of the provider.
    inside = _words(block, "snapshot_copy.destination_region", "")
    if inside is not ABSENT:
        return inside, _words(block, "snapshot_copy.retention_period", "")
    found, doubt = around.naming({"aws_redshift_snapshot_copy": "cluster_identifier"}, block)
    for one in found:
        return _words(one, "destination_region", ""), _words(one, "retention_period", "")
    if doubt is not None:
        doubt.stop()
    return ABSENT, ABSENT


def _copies_to(block: Block, around: Surroundings) -> str | None:
    region, _ = _copy(block, around)
    return None if region is ABSENT else text(region)


def _copies_kept(block: Block, around: Surroundings) -> timedelta | None:
    """Read how long copies are kept: a week where it does not say (EnableSnapshotCopy, API reference)."""
    region, kept = _copy(block, around)
    if region is ABSENT:
        return None
    return _WEEK if kept is ABSENT else days(kept)


def _source(block: Block) -> str:
    """Give the ARN of the cluster that a snapshot is taken of."""
    return f"{_place(block)}:cluster:{text(_settled(block, 'cluster_identifier')).lower()}"


def _of_cluster(by: Callable[[Block], Any]) -> Callable[[Block, Surroundings], Any]:
    """Make what a snapshot has of its cluster; raise where that is not in the code."""

    def of(block: Block, around: Surroundings) -> Any:
        name = _settled(block, "cluster_identifier")
        cluster = around.named(_CLUSTERS, text(name), block)
        if cluster is None:
            Unresolved(f"{block.address} is of {name}, which is not in the code that was given").stop()
        return by(cluster)

    return of


def _snapshot_arn(block: Block) -> str:
    """Give the ARN of a snapshot, which names its cluster as well."""
    name = block.known_name or block.find("snapshot_identifier").value
    own = name if isinstance(name, str) and name else block.address
    return f"{_source(block).replace(':cluster:', ':snapshot:')}/{own.lower()}"


FORMS = (
    Form(
        Cluster, "aws_redshift_cluster", arn=_arn("cluster", "cluster_identifier"), name="cluster_identifier",
        gives={"arn": ARN, "id": NAME, "cluster_identifier": NAME}, facts=_facts(template=False), beyond=_RUNTIME,
    ),
    Form(
        Cluster, "AWS::Redshift::Cluster", arn=_arn("cluster", "ClusterIdentifier"), name="ClusterIdentifier",
        gives={"Ref": NAME, "Id": NAME}, facts=_facts(template=True), beyond=_RUNTIME,
    ),
    Form(
        Parameters, "aws_redshift_parameter_group", arn=_arn("parametergroup", "name"), name="name",
        gives={"arn": ARN, "id": NAME, "name": NAME},
        facts={"requires_tls": made(_refuses, "parameter", "family")},
    ),
    Form(
        Parameters, "AWS::Redshift::ClusterParameterGroup", arn=_arn("parametergroup", "ParameterGroupName"),
        name="ParameterGroupName", gives={"Ref": NAME},
        facts={"requires_tls": made(_refuses, "Parameters", "ParameterGroupFamily")},
    ),
    Form(
        Snapshot, "aws_redshift_cluster_snapshot", arn=_snapshot_arn, name="snapshot_identifier",
        gives={"arn": ARN, "id": NAME, "snapshot_identifier": NAME},
        facts={
            "tags": TERRAFORM_TAGS,
            "source": made(_source, "cluster_identifier"),
            "copied_from": always(None, "it is taken, not copied"),
            "automated": always(False, "code asks for it"),
            "encrypted": joined(_of_cluster(_encrypted), "cluster_identifier"),
            "key": joined(_of_cluster(_key), "cluster_identifier"),
            "shared_with": always((), "r/redshift_cluster_snapshot: it shares with nobody"),
            "kept": at(
                "manual_snapshot_retention_period", kept_days, absent=None,
                docs="ManualSnapshotRetentionPeriod of CreateClusterSnapshot, API reference: the default is -1, for ever",
            ),
        },
        beyond={
            "status": "whether it is complete shows at run time",
            "usable": "whether it is complete shows at run time",
            "made_at": "it is taken when the code is applied",
            "size": "how large it is shows at run time",
        },
    ),
    # A default group that is named is in use, and no block of code declares it.
    *(
        Form(
            Parameters, kind, arn=lambda block: f"{_place(block)}:parametergroup:{_DEFAULT}", when=_takes_default,
            facts={"requires_tls": always(False, "the parameters of a default group stand at their defaults")},
        )
        for kind in _CLUSTERS
    ),
    # What a cluster names and is no kind of its own: here are their names alone.
    *(
        Form(
            Resource, kind, arn=_arn(noun, name), name=name,
            gives={"Ref": NAME, "ClusterSubnetGroupName": NAME} if "::" in kind else {"arn": ARN, "id": NAME, name: NAME},
        )
        for kind, noun, name in (
            ("aws_redshift_subnet_group", "subnetgroup", "name"),
            ("AWS::Redshift::ClusterSubnetGroup", "subnetgroup", "ClusterSubnetGroupName"),
            ("aws_redshift_snapshot_schedule", "snapshotschedule", "identifier"),
        )
    ),
)  # fmt: skip
