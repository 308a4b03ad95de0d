"""The source of a snapshot is exactly the id of what it was made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scanner.model.estate import Estate
from scanner.model.look import Look
from scanner.model.reading import Known, Source, Unknown
from scanner.resources import memorydb, opensearch, redshift
from scanner.resources.elasticache.caches import CacheCluster, effectively_encrypted
from scanner.resources.elasticache.snapshots import Snapshot, cache_arn

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
ESTATE = Estate(Source.LIVE, "111111111111", "", ("eu-west-1",), AT, {}, {})


def read(kind: Any, fact: str, resource_id: str = "id", **facts: Any) -> Any:
    readings = {name: Known(value) for name, value in facts.items()}
    look = Look(ESTATE)
    one = kind(resource_id, "name", "111111111111", "eu-west-1", readings).seen_by(look)
    reading = look.reading(one, kind.facts[fact])
    return reading if isinstance(reading, Unknown) else reading.value


def test_a_redshift_snapshot() -> None:
    arn = "arn:aws:redshift:eu-west-1:111111111111:snapshot:wh/one"
    raw = {"SnapshotArn": arn, "ClusterIdentifier": "wh"}
    assert redshift.cluster_arn(raw) == "arn:aws:redshift:eu-west-1:111111111111:cluster:wh"
    copy = {**raw, "SourceRegion": "eu-central-1"}
    assert redshift.cluster_arn(copy) == "arn:aws:redshift:eu-central-1:111111111111:cluster:wh"


def test_a_memorydb_snapshot() -> None:
    raw = {"ARN": "arn:aws:memorydb:eu-west-1:1:snapshot/one", "ClusterConfiguration": {"Name": "mem"}}
    assert memorydb.cluster_arn(raw) == "arn:aws:memorydb:eu-west-1:1:cluster/mem"


def test_a_serverless_snapshot() -> None:
    raw = {
        "ARN": "arn:aws:elasticache:eu-west-1:1:serverlesscachesnapshot:one",
        "ServerlessCacheConfiguration": {"ServerlessCacheName": "c"},
    }
    assert cache_arn(raw) == "arn:aws:elasticache:eu-west-1:1:serverlesscache:c"


@pytest.mark.parametrize(
    ("group", "cluster", "member_of", "source"),
    [
        ("rg", None, None, "replicationgroup:rg"),
        (None, "rg-002", "rg", "replicationgroup:rg"),
        (None, "single", None, "cluster:single"),
    ],
)
def test_an_elasticache_snapshot(group: str | None, cluster: str | None, member_of: str | None, source: str) -> None:
    arn = "arn:aws:elasticache:eu-west-1:1:snapshot:one"
    found = read(Snapshot, "source", arn, group=group, cluster=cluster, group_of_cluster=member_of)
    assert found == f"arn:aws:elasticache:eu-west-1:1:{source}"


def test_the_encryption_that_is_counts_more_than_the_one_asked_for() -> None:
    assert effectively_encrypted({"AtRestEncryptionEnabled": False, "StorageEncryptionType": "sse-elasticache"})
    assert not effectively_encrypted({"AtRestEncryptionEnabled": True, "StorageEncryptionType": "none"})
    assert effectively_encrypted({"AtRestEncryptionEnabled": True})


@pytest.mark.parametrize(
    ("schedule", "loss"),
    [
        ((), timedelta(hours=8)),
        (("rate(12 hours)",), timedelta(hours=12)),
        (("rate(1 day)", "rate(4 hours)"), timedelta(hours=4)),
    ],
)
def test_what_a_warehouse_can_lose(schedule: tuple[str, ...], loss: timedelta) -> None:
    assert read(redshift.Cluster, "native_loss", retention=timedelta(days=7), schedule=schedule) == loss
    assert read(redshift.Cluster, "native_loss", retention=timedelta(), schedule=schedule) is None


def test_a_schedule_that_cannot_be_read_is_unknown() -> None:
    loss = read(redshift.Cluster, "native_loss", retention=timedelta(days=7), schedule=("every now and then",))
    assert isinstance(loss, Unknown)


def test_what_a_cache_can_lose() -> None:
    assert read(CacheCluster, "native_loss", engine="redis", retention=timedelta(days=1)) == timedelta(days=1)
    assert read(CacheCluster, "native_loss", engine="memcached", retention=timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("engine", "loss"),
    [
        ("OpenSearch_2.11", timedelta(hours=1)),
        ("Elasticsearch_5.3", timedelta(hours=1)),
        ("Elasticsearch_5.1", timedelta(days=1)),
        ("Elasticsearch_1.5", timedelta(days=1)),
    ],
)
def test_what_a_domain_can_lose(engine: str, loss: timedelta) -> None:
    assert read(opensearch.Domain, "native_loss", engine=engine, snapshots_paused=False) == loss
    assert read(opensearch.Domain, "native_loss", engine=engine, snapshots_paused=True) is None
