"""Every description can be made to say more, or something else, than moto knows.

This is how anything is backdated and how what moto lacks is added: `alter` a resource, and each listing and each
description of it says so; `list_also` a resource that moto cannot make. moto ignores page sizes in some services;
those are paged here.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from scanner.emulation.answers import Call, MotoRefused, answers
from scanner.emulation.ground import World
from scanner.emulation.wire import Document


@dataclass(frozen=True)
class Listing:
    """Where an answer keeps its resources, what identifies them, and how it pages when moto does not."""

    path: str
    identity: str
    size: str = ""
    token: str = ""


@dataclass
class Alterations:
    """What descriptions say instead, by resource."""

    members: dict[tuple[str, str], Document] = field(default_factory=dict)
    listed: dict[str, list[Document]] = field(default_factory=dict)


def alter(world: World, account: str, region: str, service: str, identifier: str, **members: Any) -> None:
    """From now on every description of a resource has these members; None takes a member away.

    The identifier is what the service lists the resource by: see LISTINGS.
    """
    world.shelf(Alterations, account, region).members.setdefault((service, identifier), {}).update(members)


def list_also(world: World, account: str, region: str, operation: str, document: Document) -> Document:
    """From now on a listing operation (`elasticache:DescribeSnapshots`) also shows this resource."""
    world.shelf(Alterations, account, region).listed.setdefault(operation, []).append(document)
    return document


LISTINGS = {
    "ec2:DescribeImages": Listing("Images", "ImageId", "MaxResults", "NextToken"),
    "ec2:DescribeInstances": Listing("Reservations.Instances", "InstanceId", "MaxResults", "NextToken"),
    "ec2:DescribeVolumes": Listing("Volumes", "VolumeId", "MaxResults", "NextToken"),
    "memorydb:DescribeClusters": Listing("Clusters", "Name", "MaxResults", "NextToken"),
    "memorydb:DescribeSnapshots": Listing("Snapshots", "Name", "MaxResults", "NextToken"),
    "redshift:DescribeClusters": Listing("Clusters", "ClusterIdentifier", "MaxRecords", "Marker"),
    "opensearch:DescribeDomain": Listing("DomainStatus", "DomainName"),
    "opensearch:DescribeDomains": Listing("DomainStatusList", "DomainName"),
    "cognito-idp:ListUserPools": Listing("UserPools", "Id"),
    "cognito-idp:DescribeUserPool": Listing("UserPool", "Id"),
    "logs:DescribeLogGroups": Listing("logGroups", "logGroupName"),
    "codecommit:GetRepository": Listing("repositoryMetadata", "repositoryName"),
    "iam:ListAccessKeys": Listing("AccessKeyMetadata", "AccessKeyId"),
    "dynamodb:ListBackups": Listing("BackupSummaries", "BackupArn"),
    "cloudtrail:DescribeTrails": Listing("trailList", "Name"),
}

# Described like those above, and mended further by the module of the service.
MENDED = {
    "dynamodb:DescribeBackup": Listing("BackupDescription.BackupDetails", "BackupArn"),
    "elasticache:DescribeCacheClusters": Listing("CacheClusters", "CacheClusterId", "MaxRecords", "Marker"),
    "elasticache:DescribeReplicationGroups": Listing("ReplicationGroups", "ReplicationGroupId", "MaxRecords", "Marker"),
    "elasticache:DescribeSnapshots": Listing("Snapshots", "SnapshotName", "MaxRecords", "Marker"),
    "fsx:DescribeFileSystems": Listing("FileSystems", "FileSystemId", "MaxResults", "NextToken"),
    "fsx:DescribeBackups": Listing("Backups", "BackupId", "MaxResults", "NextToken"),
    "redshift:DescribeClusterSnapshots": Listing("Snapshots", "SnapshotIdentifier", "MaxRecords", "Marker"),
    "secretsmanager:ListSecrets": Listing("SecretList", "ARN", "MaxResults", "NextToken"),
    "secretsmanager:DescribeSecret": Listing("", "ARN"),
    "rds:DescribeDBInstances": Listing("DBInstances", "DBInstanceArn"),
    "rds:DescribeDBClusters": Listing("DBClusters", "DBClusterArn"),
    "rds:DescribeDBSnapshots": Listing("DBSnapshots", "DBSnapshotArn", "MaxRecords", "Marker"),
    "rds:DescribeDBClusterSnapshots": Listing("DBClusterSnapshots", "DBClusterSnapshotArn", "MaxRecords", "Marker"),
    "ec2:DescribeSnapshots": Listing("Snapshots", "SnapshotId", "MaxResults", "NextToken"),
    "efs:DescribeFileSystems": Listing("FileSystems", "FileSystemId"),
    "dynamodb:DescribeTable": Listing("Table", "TableName"),
    "kms:DescribeKey": Listing("KeyMetadata", "KeyId"),
}


# Listings that moto does not have at all: they show what `list_also` put there.
OURS_ALONE = {
    "elasticache:DescribeServerlessCaches": Listing(
        "ServerlessCaches", "ServerlessCacheName", "MaxResults", "NextToken"
    ),
    "elasticache:DescribeServerlessCacheSnapshots": Listing(
        "ServerlessCacheSnapshots", "ServerlessCacheSnapshotName", "MaxResults", "NextToken"
    ),
    "redshift:DescribeSnapshotSchedules": Listing("SnapshotSchedules", "ScheduleIdentifier", "MaxRecords", "Marker"),
}


@answers(*OURS_ALONE)
def listed_only(call: Call) -> Document:
    """What was added to a listing that moto does not have."""
    listing = OURS_ALONE[f"{call.intent.service}:{call.intent.operation}"]
    shown = [
        altered(call, deepcopy(each), each[listing.identity])
        for each in also_listed(call)
        if _asked_for(each, call.params)
    ]
    page, more = call.page(shown, size=listing.size, token=listing.token)
    return {listing.path: page, **more}


@answers(*LISTINGS)
def described(call: Call) -> Document:
    """Moto's description of resources, altered as wished, and the wanted page of it."""
    listing = (LISTINGS | MENDED)[f"{call.intent.service}:{call.intent.operation}"]
    answer = whole(call)
    if not listing.size:
        return answer
    top = listing.path.split(".")[0]
    page, more = call.page(
        answer[top], size=listing.size, token=listing.token, most=100 if listing.token == "Marker" else 1000
    )
    return {**answer, top: page, **more}


def whole(call: Call, **changes: str | None) -> Document:
    """The same, of every page where we page it and moto does not."""
    listing, also = (LISTINGS | MENDED)[f"{call.intent.service}:{call.intent.operation}"], also_listed(call)
    if listing.size:
        top = listing.path.split(".")[0]
        answer = _everything(call, listing, also, changes)
        answer[top] = [*answer[top], *(deepcopy(document) for document in also if _asked_for(document, call.params))]
    else:
        answer = call.moto(**changes)
    for resource in _resources(answer, listing.path):
        altered(call, resource, resource.get(listing.identity, ""))
    return answer


def _everything(call: Call, listing: Listing, also: list[Document], changes: Mapping[str, str | None]) -> Document:
    """Every page; nothing at all when the call names a resource that only we list."""
    try:
        answer = call.everything(listing.path.split(".")[0], size=listing.size, token=listing.token, **changes)
    except MotoRefused:
        if not any(_asked_for(document, call.params) for document in also):
            raise
        answer = {}
    answer.pop(listing.token, None)
    answer.setdefault(listing.path.split(".")[0], [])
    return answer


def also_listed(call: Call) -> list[Document]:
    """The resources added to the listing that is called."""
    return call.shelf(Alterations).listed.get(f"{call.intent.service}:{call.intent.operation}", [])


def _asked_for(document: Document, told: Document) -> bool:
    """Whether a document has the members a call asks for by their own name, such as CacheClusterId.

    Sources and types have other words in a call than in an answer; the service's module knows them.
    """
    return all(
        value == document[name]
        for name, value in told.items()
        if name in document and not name.endswith(("Source", "Type"))
    )


def altered(call: Call, resource: Document, identifier: str) -> Document:
    """A resource's description, changed in place as wished."""
    for member, value in call.shelf(Alterations).members.get((call.intent.service, identifier), {}).items():
        if value is None:
            resource.pop(member, None)
        else:
            resource[member] = value
    return resource


def _resources(answer: Document, path: str) -> Iterator[Document]:
    held: list[Any] = [answer]
    for name in path.split(".") if path else []:
        held = [each for holder in held for each in _each(holder.get(name))]
    yield from held


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []
