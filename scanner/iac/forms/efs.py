"""Amazon EFS in code: file systems, with what blocks of their own settle of them, and their mount targets."""

from __future__ import annotations

from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS, each
from scanner.iac.form import ARN, NAME, Form, Satellite, at, joined, made
from scanner.iac.forms.vpc.interfaces import vpc_at
from scanner.iac.forms.vpc.places import groups, is_template, named_by, open_ended, short
from scanner.iac.lowering import many, stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.arn import is_arn, somewhere
from scanner.model.convert import flag, is_, text
from scanner.model.unresolved import Unresolved
from scanner.permissions.document import document
from scanner.resources.efs import FileSystem, Replica
from scanner.resources.vpc.interfaces import Interface

_ARN: Final = "arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{name}"
_BEYOND: Final = {"created_at": "it is created when the code is applied"}
#: "If you don't specify a KMS key, then the default KMS key for Amazon EFS is used" (CreateFileSystem).
_AWS_KEY: Final = "alias/aws/elasticfilesystem"
_FIRST_BACKUPS: Final = Satellite("aws_efs_backup_policy", "file_system_id")
_POLICY: Final = Satellite("aws_efs_file_system_policy", "file_system_id")
_REPLICATION: Final = "aws_efs_replication_configuration"
_OVERWRITES: Final = {
    _REPLICATION: "destination.file_system_id",
    "AWS::EFS::FileSystem": "ReplicationConfiguration.Destinations.FileSystemId",
}
_TARGETS: Final = {"aws_efs_mount_target": "file_system_id", "AWS::EFS::MountTarget": "FileSystemId"}
_SUBNETS: Final = {"aws_efs_mount_target": "subnet_id", "AWS::EFS::MountTarget": "SubnetId"}


def _key(block: Block) -> str | None:
    template = is_template(block.type)
    named = stopped(block.find("KmsKeyId" if template else "kms_key_id").value)
    if named is not ABSENT and named != "":
        return text(named)
    sealed = stopped(block.find("Encrypted" if template else "encrypted").value)
    return _AWS_KEY if sealed is not ABSENT and flag(sealed) else None


def _backed_up(block: Block) -> bool:
    """Say whether automatic backups are on where nothing says it: in a single zone they are (CreateFileSystem)."""
    zone = stopped(block.find("AvailabilityZoneName" if is_template(block.type) else "availability_zone_name").value)
    if zone is not ABSENT and zone != "":
        Unresolved(f"{block.address} says nothing of backups: in a single zone they are on unless it does").stop()
    return False


def _replicas(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Give where a file system is replicated to."""
    if is_template(block.type):
        found = block.find("ReplicationConfiguration.Destinations").value
        return () if found is ABSENT else each(lambda one: _template_replica(one, block))(many(found))
    blocks, doubt = around.naming({_REPLICATION: "source_file_system_id"}, block)
    known = tuple(_terraform_replica(one, block, around) for one in blocks)
    return known if known and doubt is None else open_ended(known, doubt, around)


def _template_replica(raw: Any, block: Block) -> Any:
    region, zone = raw.get("Region"), raw.get("AvailabilityZoneName")
    return _replica(region if region is not None else _of_zone(zone, block), block)


def _terraform_replica(one: Block, block: Block, around: Surroundings) -> Any:
    """Read one replication: to a region, to a zone of one, or over a file system that is there already."""
    region = one.find("destination.region").value
    if region is ABSENT or region == "":
        other = one.find("destination.file_system_id").value
        target = around.named(("aws_efs_file_system",), other, one) if isinstance(other, str) else None
        named = other.split(":")[3] if isinstance(other, str) and is_arn(other) else None
        if isinstance(other, Unresolved):
            region = other
        elif target is not None:
            region = target.region
        elif isinstance(other, str) and other and named is None:
            region = Unresolved(f"which region {other} is in, {one.address} does not say")
        else:
            zone = one.find("destination.availability_zone_name").value
            region = named or _of_zone(None if zone is ABSENT else zone, block)
    return _replica(region, block)


def _of_zone(zone: Any, block: Block) -> Any:
    """Give the region of a zone; what names neither stays in its own region."""
    if zone is None or isinstance(zone, Unresolved):
        return block.region if zone is None else zone
    return text(zone)[:-1]


def _replica(region: Any, block: Block) -> Any:
    if isinstance(region, Unresolved):
        return region
    return Replica(somewhere(text(region)), somewhere(block.account), "ENABLED")


def _is_target(block: Block, around: Surroundings) -> bool:
    """Say whether another file system is replicated over this one."""
    doubt: Unresolved | None = None
    for name in (short(block), around.arn(block)):  # it is in another region than what names it, mostly
        for type_, path in _OVERWRITES.items():
            found, open_ = around.having((type_,), path, name, block)
            if found:
                return True
            doubt = doubt if doubt is not None else open_
    more = doubt if doubt is not None else around.open
    if more is not None:
        more.stop()
    return False


def _subnets(block: Block, around: Surroundings) -> tuple[Any, ...]:
    found, doubt = around.naming(_TARGETS, block)
    return named_by(found, _SUBNETS, doubt, around)


def _interfaces(block: Block, around: Surroundings) -> tuple[Any, ...]:
    found, doubt = around.naming(_TARGETS, block)
    return open_ended(tuple(sorted(_interface(one) for one in found)), doubt, around)


def _interface(target: Block) -> str:
    value = target.find("network_interface_id").value
    return value if isinstance(value, str) and value else f"eni-{short(target)}"


def _place(block: Block) -> str:
    return f"arn:{block.partition}:ec2:{block.region}:{block.account}:network-interface/{_interface(block)}"


_FACTS: Final[dict[str, Any]] = {
    "key": made(_key, "kms_key_id", "KmsKeyId"),
    "replica_target": joined(_is_target, "protection", "FileSystemProtection"),
    "replicas": joined(_replicas, "ReplicationConfiguration"),
    "subnets": joined(_subnets, "availability_zone_name", "AvailabilityZoneName"),
    "interfaces": joined(_interfaces, "availability_zone_name", "AvailabilityZoneName"),
}

FORMS = (
    Form(
        FileSystem, "aws_efs_file_system", arn=_ARN, gives={"arn": ARN, "id": NAME},
        facts={
            "tags": TERRAFORM_TAGS,
            "encrypted": at(
                "encrypted", flag, absent=False, write=bool, docs="CreateFileSystem: encrypted only where it is asked for"
            ),
            "backed_up": (
                at("backup_policy.status", is_("ENABLED", "ENABLING"), via=_FIRST_BACKUPS,
                   write=lambda on: "ENABLED" if on else "DISABLED"),
                made(_backed_up, "availability_zone_name"),
            ),
            "policy": at("policy", document, absent=None, via=_POLICY, docs="r/efs_file_system_policy: a block of its own"),
            **_FACTS,
        },
        beyond=_BEYOND,
    ),
    Form(
        FileSystem, "AWS::EFS::FileSystem", arn=_ARN, gives={"Ref": NAME, "FileSystemId": NAME, "Arn": ARN},
        facts={
            "tags": at(
                "FileSystemTags", CLOUDFORMATION_TAGS.convert, absent={}, docs="no tags of its own where none are written"
            ),
            "encrypted": at(
                "Encrypted", flag, absent=False, write=bool, docs="CreateFileSystem: encrypted only where it is asked for"
            ),
            "backed_up": (
                at("BackupPolicy.Status", is_("ENABLED", "ENABLING"), write=lambda on: "ENABLED" if on else "DISABLED"),
                made(_backed_up, "AvailabilityZoneName"),
            ),
            "policy": at("FileSystemPolicy", document, absent=None, docs="AWS::EFS::FileSystem: not required"),
            **_FACTS,
        },
        beyond=_BEYOND,
    ),
    *(
        Form(
            Interface, kind, arn=_place,
            gives={"network_interface_id": _interface} if not is_template(kind) else {},
            facts={
                "short": made(_interface),
                "vpc": joined(vpc_at(_SUBNETS[kind]), _SUBNETS[kind]),
                "groups": joined(groups(group, _SUBNETS[kind]), group, _SUBNETS[kind]),
            },
        )
        for kind, group in (("aws_efs_mount_target", "security_groups"), ("AWS::EFS::MountTarget", "SecurityGroups"))
    ),
)  # fmt: skip
