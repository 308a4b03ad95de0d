"""File systems' backup policies and replication, which moto lacks, and the members it leaves out."""

from dataclasses import dataclass, field

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.descriptions import described
from scanner.emulation.services.kms import aws_managed_key
from scanner.emulation.wire import Document, Refusal


@dataclass
class FileSystems:
    """Backup policies, replications and protection by file system."""

    backed_up: dict[str, str] = field(default_factory=dict)
    replications: dict[str, Document] = field(default_factory=dict)
    protection: dict[str, str] = field(default_factory=dict)


@answers("efs:CreateFileSystem")
def create_file_system(call: Call) -> Document:
    answer = call.moto()
    held = call.backend("efs").file_systems_by_id[answer["FileSystemId"]]
    held.creation_time = call.now.timestamp()
    if held.encrypted and not held.kms_key_id:
        held.kms_key_id = aws_managed_key(call.world, call.account, call.region, "elasticfilesystem")
        answer["KmsKeyId"] = held.kms_key_id
    if call.params.get("Backup") or call.params.get("AvailabilityZoneName"):
        call.shelf(FileSystems).backed_up[answer["FileSystemId"]] = "ENABLED"
    return _completed(call, {**answer, "CreationTime": call.now})


@answers("efs:DescribeFileSystems")
def describe_file_systems(call: Call) -> Document:
    answer = described(call)
    return {**answer, "FileSystems": [_completed(call, system) for system in answer["FileSystems"]]}


def _completed(call: Call, system: Document) -> Document:
    protection = call.shelf(FileSystems).protection.get(system["FileSystemId"], "ENABLED")
    return {**system, "FileSystemProtection": {"ReplicationOverwriteProtection": protection}}


@answers("efs:UpdateFileSystemProtection")
def update_protection(call: Call) -> Document:
    protection = call.params.get("ReplicationOverwriteProtection", "ENABLED")
    call.shelf(FileSystems).protection[_known(call, call.params["FileSystemId"])] = protection
    return {"ReplicationOverwriteProtection": protection}


@answers("efs:PutBackupPolicy")
def put_backup_policy(call: Call) -> Document:
    status = call.params["BackupPolicy"]["Status"]
    call.shelf(FileSystems).backed_up[_known(call, call.params["FileSystemId"])] = status
    return {"BackupPolicy": {"Status": status}}


@answers("efs:DescribeBackupPolicy")
def describe_backup_policy(call: Call) -> Document:
    system = _known(call, call.params["FileSystemId"])
    if system not in call.shelf(FileSystems).backed_up:
        raise Refusal("PolicyNotFound", f"No backup policy for file system {system}.", 404)
    return {"BackupPolicy": {"Status": call.shelf(FileSystems).backed_up[system]}}


@answers("efs:CreateReplicationConfiguration")
def create_replication(call: Call) -> Document:
    """The destination file system is really there, in its region."""
    source = call.params["SourceFileSystemId"]
    system = call.backend("efs").file_systems_by_id[_known(call, source)]
    destinations = []
    for wanted in call.params["Destinations"]:
        region = wanted.get("Region") or call.region
        efs = call.world.backend("efs", call.account, region)
        key = wanted.get("KmsKeyId") or aws_managed_key(call.world, call.account, region, "elasticfilesystem")
        copy = efs.create_file_system(f"replica of {source}", None, True, key, None, None, None, False, [])
        copy.creation_time = call.now.timestamp()
        call.world.shelf(FileSystems, call.account, region).protection[copy.file_system_id] = "REPLICATING"
        destinations.append(
            {
                "Status": "ENABLED",
                "FileSystemId": copy.file_system_id,
                "Region": region,
                "OwnerId": call.account,
                "LastReplicatedTimestamp": call.now,
            }
        )
    replication = {
        "SourceFileSystemId": source,
        "SourceFileSystemRegion": call.region,
        "SourceFileSystemArn": system.file_system_arn,
        "OriginalSourceFileSystemArn": system.file_system_arn,
        "CreationTime": call.now,
        "Destinations": destinations,
        "SourceFileSystemOwnerId": call.account,
    }
    for region in {call.region, *(destination["Region"] for destination in destinations)}:
        call.world.shelf(FileSystems, call.account, region).replications[source] = replication
    return replication


@answers("efs:DescribeReplicationConfigurations")
def describe_replications(call: Call) -> Document:
    """Seen from both ends."""
    wanted, held = call.params.get("FileSystemId"), call.shelf(FileSystems).replications.values()
    found = [
        each
        for each in held
        if wanted in (None, each["SourceFileSystemId"], *(end["FileSystemId"] for end in each["Destinations"]))
    ]
    if wanted and not found:
        raise Refusal("ReplicationNotFound", f"Replication configuration not found for {wanted}", 404)
    page, more = call.page(found)
    return {"Replications": page, **more}


def _known(call: Call, system: str) -> str:
    if system not in call.backend("efs").file_systems_by_id:
        raise Refusal("FileSystemNotFound", f"File system '{system}' does not exist.", 404)
    return system
