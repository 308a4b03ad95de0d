"""Streams, with the encryption that moto forgets and the times it writes without their zone."""

from datetime import UTC
from uuid import NAMESPACE_URL, uuid5

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.descriptions import alter, altered
from scanner.emulation.services.kms import aws_managed_key
from scanner.emulation.wire import Document


@answers("kafka:CreateClusterV2")
def create_cluster(call: Call) -> Document:
    """What is not said about encryption is both ways for clients, encrypted between brokers, and AWS's own key."""
    answer, wanted = call.moto(), call.params.get("Provisioned")
    answer["ClusterArn"] = _named(call, answer["ClusterArn"])
    made: Document = {"State": "ACTIVE", "CreationTime": call.now}
    if wanted:
        told = wanted.get("EncryptionInfo") or {}
        key = (told.get("EncryptionAtRest") or {}).get("DataVolumeKMSKeyId")
        made["Provisioned"] = {
            **wanted,
            "EncryptionInfo": {
                "EncryptionAtRest": {
                    "DataVolumeKMSKeyId": key or aws_managed_key(call.world, call.account, call.region, "kafka")
                },
                "EncryptionInTransit": {
                    "ClientBroker": "TLS_PLAINTEXT",
                    "InCluster": True,
                    **(told.get("EncryptionInTransit") or {}),
                },
            },
        }
        made["Provisioned"]["CurrentBrokerSoftwareInfo"] = {"KafkaVersion": made["Provisioned"].pop("KafkaVersion")}
    alter(call.world, call.account, call.region, "kafka", answer["ClusterArn"], **made)
    return {**answer, "State": "ACTIVE"}


def _named(call: Call, arn: str) -> str:
    """The ARN as AWS makes it, with the name in it; moto's is of chance, and another one every time."""
    kafka = call.backend("kafka")
    cluster = kafka.clusters.pop(arn)
    tags = kafka.list_tags_for_resource(arn)
    name, form = cluster.cluster_name, "s1" if cluster.cluster_type == "SERVERLESS" else "5"
    cluster.arn = f"{arn.rpartition(':')[0]}:cluster/{name}/{uuid5(NAMESPACE_URL, name)}-{form}"
    kafka.clusters[cluster.arn] = cluster
    kafka.tag_resource(cluster.arn, tags)
    return str(cluster.arn)


@answers("kafka:ListClustersV2")
def list_clusters(call: Call) -> Document:
    answer = call.moto()
    return {"ClusterInfoList": [_completed(call, each) for each in answer["ClusterInfoList"]]}


def _completed(call: Call, cluster: Document) -> Document:
    shown = altered(call, cluster, cluster["ClusterArn"])
    for name in ("ActiveOperationArn", "StateInfo"):
        shown.pop(name, None)
    if shown["CreationTime"].tzinfo is None:
        shown["CreationTime"] = shown["CreationTime"].replace(tzinfo=UTC)
    return shown
