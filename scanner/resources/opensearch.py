"""Amazon OpenSearch Service: domains."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import flag, instant, is_, text, tuple_of
from scanner.model.fact import Fact, derived, fact
from scanner.model.origin import Listing, call, of
from scanner.permissions.document import Document, document
from scanner.resources.alerting import limits
from scanner.resources.alerting.watching import watched_by
from scanner.resources.alerting.ways import News
from scanner.resources.store import DataStore
from scanner.resources.tags import tags_of_type
from scanner.resources.vpc.place import Placed

_DOMAIN = call("opensearch:DescribeDomain", DomainName=of("DomainName"))
#: 336 hourly snapshots, one a day for Elasticsearch before 5.3 (developer guide, "Creating index snapshots").
_HOURLY = timedelta(hours=1)
_KEPT = timedelta(days=14)
#: The oldest version that each TLS policy allows (DomainEndpointOptions, API reference, November 2025).
OLDEST = {
    "Policy-Min-TLS-1-0-2019-07": "1.0",
    "Policy-Min-TLS-1-2-2019-07": "1.2",
    "Policy-Min-TLS-1-2-PFS-2023-10": "1.2",
    "Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08": "1.2",
    "Policy-Min-TLS-1-2-FIPS-PQ-2026-10": "1.2",
}


def access_policy(raw: Any) -> Document | None:
    """Read an access policy; what has none may write it as empty text."""
    return document(raw) if text(raw).strip() else None


class Domain(DataStore, Placed):
    """An OpenSearch or Elasticsearch domain."""

    kind = "aws.opensearch.domain"
    title = "OpenSearch domain"
    listed_by = Listing(
        call("opensearch:ListDomainNames"), "DomainNames[]",
        id="arn:{partition}:es:{region}:{account}:domain/{DomainName}", name="{DomainName}",
    )  # fmt: skip

    tags: Fact[Mapping[str, str]] = fact(
        "The tags it carries.",
        live=tags_of_type("es:domain"),
    )
    created_at: Fact[datetime] = fact(
        "When it was created.",
        live=call("opensearch:DescribeDomainConfig", DomainName=of("DomainName")).at(
            "DomainConfig.EngineVersion.Status.CreationDate", instant
        ),
    )
    encrypted: Fact[bool] = fact(
        # Absent where it was never asked for (CreateDomain, API reference: off unless enabled).
        "Its data is encrypted at rest.",
        live=_DOMAIN.at("DomainStatus.EncryptionAtRestOptions.Enabled", flag, absent=False),
    )  # fmt: skip
    key: Fact[str | None] = fact(
        "The KMS key its data is encrypted with; none for no KMS key.",
        live=_DOMAIN.at("DomainStatus.EncryptionAtRestOptions.KmsKeyId", text, absent=None),
    )
    engine: Fact[str] = fact("Its engine and version.", live=_DOMAIN.at("DomainStatus.EngineVersion", text))
    storage_told: Fact[tuple[News, ...]] = watched_by("Whom it reaches that its storage fills up.", limits.of_domain)
    traffic_encrypted: Fact[bool] = fact(
        "Traffic between its nodes is encrypted.",
        live=_DOMAIN.at("DomainStatus.NodeToNodeEncryptionOptions.Enabled", flag, absent=False),
    )
    https: Fact[bool] = fact(
        "It refuses plain HTTP.",
        live=_DOMAIN.at("DomainStatus.DomainEndpointOptions.EnforceHTTPS", flag, absent=False),
    )
    tls_policy: Fact[str | None] = fact(
        "Its TLS policy.",
        live=_DOMAIN.at("DomainStatus.DomainEndpointOptions.TLSSecurityPolicy", text, absent=None),
    )
    vpc: Fact[str | None] = fact(
        "The VPC it is in; none for a public endpoint.",
        live=_DOMAIN.at("DomainStatus.VPCOptions.VPCId", text, absent=None),
    )
    subnets: Fact[tuple[str, ...]] = fact(
        "The subnets it is in.",
        live=_DOMAIN.at("DomainStatus.VPCOptions.SubnetIds", tuple_of(text), absent=()),
    )
    security_groups: Fact[tuple[str, ...]] = fact(
        "The security groups that guard it; none for a public endpoint.",
        live=_DOMAIN.at("DomainStatus.VPCOptions.SecurityGroupIds", tuple_of(text), absent=()),
    )
    ports: Fact[tuple[int, ...]] = derived(
        # Always (developer guide, "Controlling access to VPC domains": HTTPS).
        "The ports it answers at.", needs=lambda _: (), by=lambda *_: (443,)
    )  # fmt: skip
    policy: Fact[Document | None] = fact(
        # Left out, or empty, where it has none: then only policies of identities let anybody in.
        "Its access policy; none where it has none.",
        live=_DOMAIN.at("DomainStatus.AccessPolicies", access_policy, absent=None),
    )  # fmt: skip
    snapshots_paused: Fact[bool] = fact(
        # Domains whose snapshots were never paused have no such options.
        "Its automated snapshots are paused.",
        live=_DOMAIN.at("DomainStatus.AutomatedSnapshotPauseOptions.State", is_("Active"), absent=False),
    )  # fmt: skip
    native: Fact[bool] = derived(
        "It keeps backups of its own: hourly snapshots, unless they are paused.",
        needs=lambda kind: [kind.snapshots_paused],
        by=lambda domain, _: not domain.snapshots_paused,
    )
    native_loss: Fact[timedelta | None] = derived(
        "The most data that its snapshots can lose; none where they are paused.",
        needs=lambda kind: [kind.snapshots_paused, kind.engine],
        by=lambda domain, _: None if domain.snapshots_paused else _every(domain.engine),
    )
    retention: Fact[timedelta] = derived(
        "How long automated snapshots are kept; no time at all where they are paused.",
        needs=lambda kind: [kind.snapshots_paused],
        by=lambda domain, _: timedelta() if domain.snapshots_paused else _KEPT,
    )


def _every(engine: str) -> timedelta:
    name, _, version = engine.partition("_")
    major, _, minor = version.partition(".")
    early = name == "Elasticsearch" and (int(major or 0), int(minor or 0)) < (5, 3)
    return timedelta(days=1) if early else _HOURLY
