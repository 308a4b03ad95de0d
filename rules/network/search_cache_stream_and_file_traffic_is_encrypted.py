"""BK506."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.permissions.document import Document
from scanner.permissions.patterns import matches_action
from scanner.permissions.transit import denies_without_tls, requires_tls
from scanner.resources.efs import FileSystem
from scanner.resources.elasticache.caches import CacheCluster, ReplicationGroup, ServerlessCache
from scanner.resources.kafka import Cluster as Stream
from scanner.resources.memorydb import Cluster as Memory
from scanner.resources.opensearch import OLDEST, Domain
from scanner.resources.tls import rank

_DEMANDED = "that all traffic is encrypted"
_MOUNT = "elasticfilesystem:ClientMount"


@rule(
    "BK506",
    severity=Severity.HIGH,
    reads=[
        Domain.traffic_encrypted, Domain.https, Domain.tls_policy,
        ReplicationGroup.traffic_encrypted, ReplicationGroup.traffic_mode,
        CacheCluster.traffic_encrypted, CacheCluster.traffic_mode, ServerlessCache.encrypted,
        Memory.tls, Stream.form, Stream.clients, Stream.brokers, FileSystem.policy,
    ],
    enforces=["6.1-network-encryption"],
    aliases=["elasticsearch-node-to-node-encryption-check", "opensearch-https-required", "msk-in-cluster-node-require-tls"],
)  # fmt: skip
def search_cache_stream_and_file_traffic_is_encrypted(
    store: Domain | ReplicationGroup | CacheCluster | ServerlessCache | Memory | Stream | FileSystem, demand: Objective
) -> Verdict:
    """Search, cache, stream and file traffic is encrypted.

    Between clients and nodes, and from node to node, the data passes as it is unless it is encrypted there as well.
    Where encryption is preferred and not required, a client decides. A file system without a policy can be mounted by
    anyone who reaches it, without TLS; clients that IAM knows always come by TLS.

    Fix: demand HTTPS and node-to-node encryption of the domain, with the newest TLS policy; transit encryption mode
    `required` of the cache; TLS alone of the MSK cluster; deny clients without aws:SecureTransport in the file
    system's policy.
    """
    if isinstance(store, Domain):
        return _search(store, demand)
    if isinstance(store, (ReplicationGroup, CacheCluster)):
        return _cache(store)
    if isinstance(store, ServerlessCache):
        # A serverless cache has no such setting (ElastiCache user guide, "In-transit encryption").
        return Verdict.when(store.encrypted, "a serverless cache encrypts all its traffic")
    if isinstance(store, Memory):
        return Verdict.when(store.tls, "accepts TLS only" if store.tls else "accepts no TLS", _DEMANDED)
    if isinstance(store, Stream):
        return _stream(store)
    return _files(store.policy)


def _search(domain: Domain, demand: Objective) -> Verdict:
    if not domain.https:
        return Verdict.failed("answers plain HTTP", _DEMANDED)
    if not domain.traffic_encrypted:
        return Verdict.failed("traffic between its nodes is not encrypted", _DEMANDED)
    policy = domain.tls_policy
    if policy not in OLDEST:
        raise CouldNotCheck(Unknown(Reason.UNSUPPORTED, f"what the TLS policy {policy} allows is not known"))
    # No policy refuses TLS 1.2: the strictest there is must do.
    wanted = min(demand.tls, max(OLDEST.values(), key=rank), key=rank)
    told = f"{policy} accepts TLS {OLDEST[policy]}"
    if rank(OLDEST[policy]) < rank(wanted):
        return Verdict.failed(told, f"TLS {demand.tls}, of which {wanted} can be had")
    return Verdict.passed(f"HTTPS only, between nodes as well; {told}")


def _cache(cache: ReplicationGroup | CacheCluster) -> Verdict:
    if not cache.traffic_encrypted:
        return Verdict.failed("its traffic is not encrypted", _DEMANDED)
    # Caches from before there were modes have none, and take TLS alone.
    if cache.traffic_mode == "preferred":
        return Verdict.failed("encryption of its traffic is preferred, not required", _DEMANDED)
    return Verdict.passed("accepts TLS only")


def _stream(stream: Stream) -> Verdict:
    if stream.form == "SERVERLESS":
        return Verdict.passed("a serverless cluster encrypts all its traffic")
    clients, brokers = stream.clients, stream.brokers
    if clients is not None and clients != "TLS":
        spoken = {"TLS_PLAINTEXT": "plaintext as well as TLS", "PLAINTEXT": "plaintext only"}.get(clients, clients)
        return Verdict.failed(f"clients may speak {spoken} with it", _DEMANDED).by(Stream.clients)
    if brokers is False:
        return Verdict.failed("traffic between its brokers is not encrypted", _DEMANDED)
    if clients is None or brokers is None:
        raise CouldNotCheck(Unknown(Reason.MISSING, "MSK does not say how traffic is encrypted"))
    return Verdict.passed("accepts TLS only, and brokers speak it among themselves")


def _files(policy: Document | None) -> Verdict:
    if policy is None:
        return Verdict.failed("has no policy, so it can be mounted without TLS", _DEMANDED)
    if any(denies_without_tls(one, _MOUNT) for one in policy.denying()):
        return Verdict.passed("its policy denies clients without TLS")
    # Only a client that names itself by IAM comes by another statement, and that one needs TLS to say its name (EFS
    # user guide, "Mounting with IAM authorization").
    open_to_all = [
        one
        for one in policy.allowing()
        if one.principals is not None
        and one.principals.everyone
        and any(matches_action(pattern, _MOUNT) for pattern in one.actions) is not one.other_actions
        and not requires_tls(one)
    ]
    if open_to_all:
        name = f"statement {open_to_all[0].sid}" if open_to_all[0].sid else "a statement of its policy"
        return Verdict.failed(f"{name} lets everyone mount it, with TLS or without", _DEMANDED)
    return Verdict.passed("its policy lets nobody mount it without TLS")
