"""Amazon FSx in code: file systems of all four types with their network interfaces, and their backups."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS, each
from scanner.iac.form import ARN, NAME, Form, always, at, joined, made
from scanner.iac.forms.vpc.interfaces import vpc_at
from scanner.iac.forms.vpc.places import groups, is_template, short
from scanner.iac.lowering import many, stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import days, text
from scanner.model.unresolved import Unresolved
from scanner.resources.fsx import FileSystem, FSxBackup
from scanner.resources.vpc.interfaces import Interface

_ARN: Final = "arn:{partition}:fsx:{region}:{account}:file-system/{name}"
_BEYOND: Final = {"created_at": "it is created when the code is applied"}
_AWS_KEY: Final = "alias/aws/fsx"
_SCRATCH: Final = frozenset({"SCRATCH_1", "SCRATCH_2"})
_TYPES: Final[Mapping[str, str]] = {
    "aws_fsx_windows_file_system": "WINDOWS", "aws_fsx_lustre_file_system": "LUSTRE",
    "aws_fsx_ontap_file_system": "ONTAP", "aws_fsx_openzfs_file_system": "OPENZFS",
}  # fmt: skip
#: How many days automatic backups are kept where nothing is said. Terraform: windows 7, ontap and openzfs 0 (the
#: provider's schema sets them), lustre what AWS chooses. AWS: 30, of Lustre 0 (AutomaticBackupRetentionDays,
#: API reference and AWS::FSx::FileSystem).
_KEPT: Final = {"WINDOWS": 7, "LUSTRE": 0, "ONTAP": 0, "OPENZFS": 0}
_TEMPLATE_KEPT: Final = {"WINDOWS": 30, "LUSTRE": 0, "ONTAP": 30, "OPENZFS": 30}
_OWN: Final = {
    "WINDOWS": "WindowsConfiguration", "LUSTRE": "LustreConfiguration", "ONTAP": "OntapConfiguration",
    "OPENZFS": "OpenZFSConfiguration",
}  # fmt: skip


def _type(block: Block) -> str:
    return _TYPES[block.type] if block.type in _TYPES else text(stopped(block.find("FileSystemType").value)).upper()


def _in(block: Block, name: str, member: str) -> Any:
    """Give an attribute that templates keep in the configuration of the type; raise where it is open."""
    path = f"{_OWN[_type(block)]}.{member}" if is_template(block.type) else name
    return stopped(block.find(path).value)


def _scratch(block: Block) -> bool:
    """Say whether it is scratch storage: Lustre is unless it says otherwise (DeploymentType, CreateFileSystem)."""
    if _type(block) != "LUSTRE":
        return False
    value = _in(block, "deployment_type", "DeploymentType")
    return value is ABSENT or text(value) in _SCRATCH


def _automatic(block: Block) -> timedelta | None:
    value = _in(block, "automatic_backup_retention_days", "AutomaticBackupRetentionDays")
    if value is not ABSENT:
        return days(value)
    if _scratch(block):
        return None
    return days((_TEMPLATE_KEPT if is_template(block.type) else _KEPT)[_type(block)])


def _starts(block: Block) -> time | None:
    value = _in(block, "daily_automatic_backup_start_time", "DailyAutomaticBackupStartTime")
    if value is not ABSENT:
        return time.fromisoformat(text(value))
    if not _automatic(block):
        return None
    return Unresolved(f"{block.address} does not say when its backups start: AWS chooses the hour").stop()


def _key(block: Block) -> str | None:
    named = stopped(block.find("KmsKeyId" if is_template(block.type) else "kms_key_id").value)
    if named is not ABSENT and named != "":
        return text(named)
    return None if _scratch(block) else _AWS_KEY


def _interface(block: Block) -> str:
    """Give the id of the first network interface of a file system, or what stands in for it and its like."""
    value = block.find("network_interface_ids").value
    first = value[0] if isinstance(value, list) and value else None
    return first if isinstance(first, str) else f"eni-{short(block)}"


def _interfaces(block: Block) -> tuple[str, ...]:
    value = block.find("network_interface_ids").value
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return tuple(value)
    return (_interface(block),)


def _place(block: Block) -> str:
    return f"arn:{block.partition}:ec2:{block.region}:{block.account}:network-interface/{_interface(block)}"


def _subnets(raw: Any) -> tuple[Any, ...]:
    return each(text)(many(raw))


def _facts(tags: Any, subnets: str) -> dict[str, Any]:
    return {
        "tags": tags,
        "encrypted": always(True, "FSx encrypts every file system (user guides, Encryption of data at rest)"),
        "key": made(_key, "kms_key_id", "KmsKeyId"),
        "type": made(_type, "FileSystemType"),
        "subnets": at(subnets, _subnets),
        "interfaces": made(_interfaces, subnets),
        "scratch": made(_scratch, "deployment_type", "LustreConfiguration.DeploymentType"),
        "automatic": made(
            _automatic, "automatic_backup_retention_days",
            *(f"{one}.AutomaticBackupRetentionDays" for one in _OWN.values()),
        ),
        "starts": made(_starts, "daily_automatic_backup_start_time"),
    }  # fmt: skip


def _system(block: Block, around: Surroundings) -> Block | None:
    name = block.find("file_system_id").value
    return around.named(_TYPES, name, block) if isinstance(name, str) else None


def _backup_key(block: Block, around: Surroundings) -> str | None:
    """Give the key of a backup: that of its file system."""
    system = _system(block, around)
    if system is None:
        Unresolved(f"the file system of {block.address} is not in the code that was given").stop()
    assert system is not None
    return _key(system)


def _made_from(block: Block) -> str:
    value = stopped(block.find("file_system_id").value)
    if value is ABSENT:
        Unresolved(f"{block.address} is of a volume: which file system has it shows at run time").stop()
    return text(value)


FORMS = (
    *(
        Form(
            FileSystem, kind, arn=_ARN, gives={"arn": ARN, "id": NAME}, facts=_facts(TERRAFORM_TAGS, "subnet_ids"),
            beyond=_BEYOND,
        )
        for kind in _TYPES
    ),
    Form(
        FileSystem, "AWS::FSx::FileSystem", arn=_ARN, gives={"Ref": NAME, "ResourceARN": ARN},
        facts=_facts(CLOUDFORMATION_TAGS, "SubnetIds"), beyond=_BEYOND,
    ),
    *(
        Form(
            Interface, kind, arn=_place,
            facts={
                "short": made(_interface),
                "vpc": joined(vpc_at(subnets), subnets),
                "groups": joined(groups(group, subnets), group, subnets),
            },
        )
        for kind, group, subnets in (
            *((kind, "security_group_ids", "subnet_ids") for kind in _TYPES),
            ("AWS::FSx::FileSystem", "SecurityGroupIds", "SubnetIds"),
        )
    ),
    Form(
        FSxBackup, "aws_fsx_backup", arn="arn:{partition}:fsx:{region}:{account}:backup/{name}",
        gives={"arn": ARN, "id": NAME},
        facts={
            "made_from": made(_made_from, "file_system_id", "volume_id"),
            "volume": at("volume_id", text, absent=""
                         , docs="r/fsx_backup: volume_id is for backups of single volumes"),
            "tags": TERRAFORM_TAGS,
            "type": always("USER_INITIATED", "r/fsx_backup: it is made by hand"),
            "encrypted": always(True, "FSx encrypts every backup (user guides, Encryption of data at rest)"),
            "key": joined(_backup_key, "file_system_id"),
            "copied_from": always(None, "r/fsx_backup: it is made of a file system, not of a backup"),
        },
        beyond={
            "made_at": "it is made when the code is applied",
            "status": "whether it is complete shows at run time",
            "usable": "whether it is complete shows at run time",
            "size": "how large it is shows at run time",
        },
    ),
)  # fmt: skip
