"""BK510."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.look import legible
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.permissions.outsiders import Whom, doors
from scanner.resources.opensearch import Domain
from scanner.resources.rds.clusters import DatabaseCluster
from scanner.resources.rds.instances import Instance
from scanner.resources.redshift import Cluster as Warehouse

_PRIVATE = "private addresses only"


@rule(
    "BK510",
    severity=Severity.CRITICAL,
    reads=[
        Instance.public, DatabaseCluster.public, DatabaseCluster.members, DatabaseCluster.public_members,
        Warehouse.public, Domain.vpc, Domain.policy,
    ],
    enforces=["6.1-private-subnet"],
    aliases=[
        "rds-instance-public-access-check", "redshift-cluster-public-access-check", "opensearch-in-vpc-only",
    ],
)  # fmt: skip
def data_stores_are_not_publicly_reachable(
    store: Instance | DatabaseCluster | Warehouse | Domain, demand: Objective
) -> Verdict:
    """Data stores are not publicly reachable.

    A public address makes a password the only thing between the internet and the data. A cluster of databases is
    reached through its members, so they decide. The public endpoint of a search domain may stand where its policy
    lets in named accounts, networks or addresses only: it answers nobody else. Security groups are judged by BK512,
    subnets by BK511.

    Fix: turn off public access for the database or warehouse; move the search domain into a VPC, or let its policy
    name who may come in.
    """
    if isinstance(store, Domain):
        return _endpoint(store)
    if isinstance(store, DatabaseCluster):
        return _cluster(store)
    return Verdict.when(
        not store.public, f"it has {'a public address' if store.public else 'no public address'}", _PRIVATE
    )


def _cluster(cluster: DatabaseCluster) -> Verdict:
    members = cluster.public_members
    if members.known:
        failed = Verdict.failed(f"public address of {', '.join(members.known)}", _PRIVATE)
        return failed.by(DatabaseCluster.public_members, beside=True)
    if cluster.public:
        return Verdict.failed("it has a public address", _PRIVATE)
    members.whole()
    said = "none of its members has a public address" if cluster.members else "it has no members that could be reached"
    return Verdict.passed(said)


def _endpoint(domain: Domain) -> Verdict:
    if domain.vpc is not None:
        return Verdict.passed(f"its endpoint is in {domain.vpc}")
    if domain.policy is None:
        return Verdict.passed("its endpoint is public, but it has no policy that lets anybody in")
    with legible(f"access policy of {domain.name}"):
        opened = [one for one in doors(domain.policy) if one.whom is Whom.EVERYONE]
    if opened:
        return Verdict.failed(f"its endpoint is public and {opened[0].sid} of its policy lets everyone in", _PRIVATE)
    return Verdict.passed("its endpoint is public, but its policy says who may come in")
