"""Data stores of kinds that are not judged in depth: found by their tags, and counted by AWS Config.

The table below was made in November 2026 of the kinds of resource that AWS lists as taggable and that AWS Config
records. Left out are what only passes data on (queues, Firehose), what can be had again from elsewhere (DAX, Cloud9
and AppStream, whose disks are EC2's or S3's), and the kinds that have a class of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model.arn import does_fit
from scanner.model.convert import tag_list, text, whole
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial, all_of, gathered
from scanner.model.origin import Listing, call, item
from scanner.model.resource import Resource
from scanner.permissions.patterns import matches
from scanner.resources.config_service import Recording


@dataclass(frozen=True, slots=True)
class Noun:
    """A kind of data store: its name, its service and how its ARN goes on, and its types in AWS Config, if any."""

    title: str
    service: str
    begins: str
    types: tuple[str, ...] = ()


NOUNS = (
    Noun("Amazon MQ broker", "mq", "broker:", ("AWS::AmazonMQ::Broker",)),
    Noun("Aurora DSQL cluster", "dsql", "cluster/"),
    Noun("CodeArtifact repository", "codeartifact", "repository/", ("AWS::CodeArtifact::Repository",)),
    Noun("Customer Profiles domain", "profile", "domains/", ("AWS::CustomerProfiles::Domain",)),
    Noun("Directory Service directory", "ds", "directory/"),
    Noun("DocumentDB elastic cluster", "docdb-elastic", "cluster/"),
    Noun("ECR repository", "ecr", "repository/", ("AWS::ECR::Repository",)),
    Noun("EMR cluster", "elasticmapreduce", "cluster/"),
    Noun("FSx volume", "fsx", "volume/"),
    Noun("Glacier vault", "glacier", "vaults/"),
    Noun("HealthLake data store", "healthlake", "datastore/", ("AWS::HealthLake::FHIRDatastore",)),
    Noun("IAM Identity Center instance", "sso", "instance/"),
    Noun("InfluxDB instance of Timestream", "timestream-influxdb", "db-instance/"),
    Noun("IoT Analytics data store", "iotanalytics", "datastore/", ("AWS::IoTAnalytics::Datastore",)),
    Noun("Kendra index", "kendra", "index/", ("AWS::Kendra::Index",)),
    Noun("Keyspaces keyspace", "cassandra", "/keyspace/", ("AWS::Cassandra::Keyspace",)),
    Noun("Kinesis stream", "kinesis", "stream/", ("AWS::Kinesis::Stream",)),
    Noun("Kinesis video stream", "kinesisvideo", "stream/", ("AWS::KinesisVideo::Stream",)),
    Noun("Lightsail bucket", "lightsail", "Bucket/", ("AWS::Lightsail::Bucket",)),
    Noun("Lightsail database", "lightsail", "RelationalDatabase/"),
    Noun("Lightsail disk", "lightsail", "Disk/", ("AWS::Lightsail::Disk",)),
    Noun("Lightsail instance", "lightsail", "Instance/"),
    Noun("Neptune Analytics graph", "neptune-graph", "graph/"),
    Noun("OpenSearch Serverless collection", "aoss", "collection/", ("AWS::OpenSearchServerless::Collection",)),
    Noun("Outposts bucket", "s3-outposts", "outpost/"),
    Noun("QLDB ledger", "qldb", "ledger/", ("AWS::QLDB::Ledger",)),
    Noun("Redshift Serverless namespace", "redshift-serverless", "namespace/"),
    Noun("S3 directory bucket", "s3express", "bucket/", ("AWS::S3Express::DirectoryBucket",)),
    Noun("S3 table bucket", "s3tables", "bucket/", ("AWS::S3Tables::TableBucket",)),
    Noun("SageMaker feature group", "sagemaker", "feature-group/", ("AWS::SageMaker::FeatureGroup",)),
    Noun("SageMaker notebook", "sagemaker", "notebook-instance/"),
    Noun("Storage Gateway", "storagegateway", "gateway/"),
    Noun("Storage Gateway file share", "storagegateway", "share/"),
    Noun("Storage Gateway tape", "storagegateway", "tape/"),
    Noun("Timestream database", "timestream", "database/"),
    Noun("WorkMail organization", "workmail", "organization/"),
    Noun("WorkSpace", "workspaces", "workspace/", ("AWS::WorkSpaces::Workspace",)),
)
#: Parts of such stores, which have ARNs and tags of their own: by service and what stands in the rest of their ARN. Those
#: that hold data have a name too; none of them is counted as the store itself.
_PARTS: Mapping[str, Mapping[str, str]] = {
    "cassandra": {"/table/": "Keyspaces table"},
    "kendra": {"/": ""},
    "kinesis": {"/": ""},
    "profile": {"/": ""},
    "s3-outposts": {"/accesspoint/": "", "/endpoint/": ""},
    "s3tables": {"/table/": "S3 table"},
    "storagegateway": {"/volume/": "Storage Gateway volume", "/": ""},
    "timestream": {"/": "Timestream table"},
}
_OF_SERVICE: dict[str, list[Noun]] = {}
for _noun in NOUNS:
    _OF_SERVICE.setdefault(_noun.service, []).append(_noun)
_OF_TYPE = {name: noun.title for noun in NOUNS for name in noun.types}


def noun_of(arn: Any) -> str:
    """Name the kind of data store that an ARN is of; nothing for what holds no data or is judged."""
    parts = text(arn).split(":", 5)
    if len(parts) < 6:
        return ""
    for noun in _OF_SERVICE.get(parts[2], ()):
        if parts[5].startswith(noun.begins):
            rest = parts[5].removeprefix(noun.begins)
            return next((title for mark, title in _PARTS.get(parts[2], {}).items() if mark in rest), noun.title)
    return ""


def is_unjudged(entry: Mapping[str, Any]) -> bool:
    """Say whether an entry of `GetResources` is such a data store."""
    return bool(noun_of(entry["ResourceARN"]))


class NotJudged(Resource):
    """What the configuration answers for: data stores that need not be judged, as ARN patterns, and why not."""

    kind = "policy.not-judged"
    title = "declared exception"
    listed_by = Listing(None, declared="not_judged", everywhere=True, id="policy:not-judged/{arn}", name="{arn}")

    arn: Fact[str] = fact("The pattern of ARNs.", live=item("arn", text))
    reason: Fact[str] = fact("Why they need not be judged.", live=item("reason", text))
    owner: Fact[str] = fact("Who answers for it.", live=item("owner", text))


def excuse(store: UnjudgedStore, look: Look) -> str:
    """Give the reason by which the configuration answers for a store; nothing where there is none."""
    found = gathered(look.every(NotJudged), lambda one: _said(one, store))
    return min(found.known) if found.known else "".join(found.whole())


def _said(one: NotJudged, store: UnjudgedStore) -> tuple[str, ...]:
    return (f"{one.reason} ({one.owner})",) if does_fit(one.arn, store.id, matches) else ()


class UnjudgedStore(Resource):
    """A data store of a kind that is not judged in depth. It must not inherit DataStore: few rules fit it."""

    kind = "aws.unjudged.store"
    title = "data store of another kind"
    tagged_by = "tags"
    # Every resource that carries tags, or once did; the tags of all other kinds are read off the same list.
    listed_by = Listing(
        call("resourcegroupstaggingapi:GetResources"), "ResourceTagMappingList[]",
        id="{ResourceARN}", name="{ResourceARN}", picks=is_unjudged,
    )  # fmt: skip

    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("Tags", tag_list, absent={}))
    noun: Fact[str] = fact("What it is.", live=item("ResourceARN", noun_of))
    excuse: Fact[str] = derived(
        "Why it need not be judged, as the configuration says; nothing where it does not.",
        needs=lambda _: [NotJudged.arn, NotJudged.reason, NotJudged.owner],
        by=excuse,
    )


def counts(raw: Any) -> Mapping[str, int]:
    """Read how many data stores of each such kind Config has discovered."""
    found: dict[str, int] = {}
    for one in raw:
        title = _OF_TYPE.get(one["resourceType"])
        if title is not None:
            found[title] = found.get(title, 0) + whole(one["count"])
    return {title: count for title, count in found.items() if count}


def records_all(scope: UnjudgedScope, look: Look) -> bool:
    """Say whether Config records all kinds of the table that it knows."""

    def told(one: Recording) -> bool:
        names = {each.name for each in one.status if each.recording}
        return any(each.name in names and all(each.records(name) for name in _OF_TYPE) for each in one.recorders)

    return all_of(look.every(Recording, region=scope.region), told)


class UnjudgedScope(Resource):
    """What a region holds besides the kinds that are judged."""

    kind = "aws.unjudged.scope"
    title = "scope of judgement"
    listed_by = Listing(
        None, id="arn:{partition}:config:{region}:{account}:discovered", name="other data stores in {region}"
    )

    config_records: Fact[bool] = derived(
        "AWS Config records all those kinds of data store that it knows.",
        needs=lambda _: [Recording.recorders, Recording.status],
        by=records_all,
    )
    counted: Fact[Mapping[str, int]] = fact(
        # With the recorder off, AWS answers an empty list (GetDiscoveredResourceCounts, API reference).
        "How many data stores of other kinds AWS Config counts.",
        live=call("config:GetDiscoveredResourceCounts").at("resourceCounts", counts, absent={}),
    )
    listed: Fact[Partial[str]] = derived(
        "The kinds of those that carry tags, each as often as there are such.",
        needs=lambda _: [UnjudgedStore.noun],
        by=lambda scope, look: gathered(look.every(UnjudgedStore, region=scope.region), lambda one: (one.noun,)),
    )
