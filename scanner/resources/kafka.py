"""Amazon Managed Streaming for Apache Kafka: clusters, provisioned and serverless."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from scanner.model.convert import flag, instant, tag_list, text
from scanner.model.fact import Fact, fact
from scanner.model.origin import Listing, call, item
from scanner.resources.store import DataStore

_TRANSIT = "Provisioned.EncryptionInfo.EncryptionInTransit"


class Cluster(DataStore):
    """An MSK cluster."""

    kind = "aws.kafka.cluster"
    title = "MSK cluster"
    listed_by = Listing(call("kafka:ListClustersV2"), "ClusterInfoList[]", id="{ClusterArn}", name="{ClusterName}")

    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("Tags", tag_list, absent={}))
    created_at: Fact[datetime] = fact("When it was created.", live=item("CreationTime", instant))
    encrypted: Fact[bool] = fact(
        # Always, only the key differs (developer guide, "Amazon MSK encryption at rest").
        "Its data is encrypted at rest.", live=item("ClusterArn", bool)
    )  # fmt: skip
    key: Fact[str | None] = fact(
        # A serverless cluster cannot choose one.
        "The KMS key its data is encrypted with; none for the key of the service.",
        live=item("Provisioned.EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId", text, absent=None),
    )
    form: Fact[str] = fact("Its form: PROVISIONED or SERVERLESS.", live=item("ClusterType", text))
    # A serverless cluster has no such settings: its traffic is always encrypted (developer guide, "MSK Serverless").
    clients: Fact[str | None] = fact(
        "How clients speak with brokers: TLS, TLS_PLAINTEXT or PLAINTEXT; none where only TLS is possible.",
        live=item(f"{_TRANSIT}.ClientBroker", text, absent=None),
    )
    brokers: Fact[bool | None] = fact(
        "Traffic between brokers is encrypted; none where nothing else is possible.",
        live=item(f"{_TRANSIT}.InCluster", flag, absent=None),
    )
