"""Amazon MSK in code: clusters, provisioned and serverless."""

from __future__ import annotations

from typing import Any, Final

from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS
from scanner.iac.form import ARN, Form, always, at
from scanner.model.convert import flag, text
from scanner.resources.kafka import Cluster

_ARN: Final = "arn:{partition}:kafka:{region}:{account}:cluster/{name}/{address}"
_BEYOND: Final = {"created_at": "a cluster is created when the code is applied"}
#: "If no key is specified, an AWS managed KMS ('aws/msk' managed service) key will be used"; its alias is this.
_AWS_KEY: Final = "alias/aws/kafka"
_SEALED: Final = always(True, "MSK encrypts every cluster (developer guide, Amazon MSK encryption at rest)")
_FORMLESS: Final = {
    "encrypted": _SEALED,
    "key": always(None, "a serverless cluster cannot choose a key"),
    "form": always("SERVERLESS", "the type of block says it"),
    "clients": always(None, "MSK Serverless: its traffic is always encrypted"),
    "brokers": always(None, "MSK Serverless: its traffic is always encrypted"),
}


def _provisioned(key: str, clients: str, brokers: str, page: str) -> dict[str, Any]:
    return {
        "encrypted": _SEALED,
        "key": at(key, text, absent=_AWS_KEY, docs=f"{page}: without a key, the AWS managed key of MSK"),
        "form": always("PROVISIONED", "the type of block says it"),
        "clients": at(clients, text, absent="TLS", write=str, docs=f"{page}: the default value is TLS"),
        "brokers": at(brokers, flag, absent=True, write=bool, docs=f"{page}: default value true"),
    }


FORMS = (
    Form(
        Cluster, "aws_msk_cluster", arn=_ARN, name="cluster_name", gives={"arn": ARN, "id": ARN},
        facts={
            "tags": TERRAFORM_TAGS,
            **_provisioned(
                "encryption_info.encryption_at_rest_kms_key_arn",
                "encryption_info.encryption_in_transit.client_broker",
                "encryption_info.encryption_in_transit.in_cluster", "r/msk_cluster",
            ),
        },
        beyond=_BEYOND,
    ),
    Form(
        Cluster, "AWS::MSK::Cluster", arn=_ARN, name="ClusterName", gives={"Ref": ARN, "Arn": ARN},
        facts={
            "tags": CLOUDFORMATION_TAGS,
            **_provisioned(
                "EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId", "EncryptionInfo.EncryptionInTransit.ClientBroker",
                "EncryptionInfo.EncryptionInTransit.InCluster", "AWS::MSK::Cluster EncryptionInTransit",
            ),
        },
        beyond=_BEYOND,
    ),
    Form(
        Cluster, "aws_msk_serverless_cluster", arn=_ARN, name="cluster_name", gives={"arn": ARN, "id": ARN},
        facts={"tags": TERRAFORM_TAGS, **_FORMLESS}, beyond=_BEYOND,
    ),
    Form(
        Cluster, "AWS::MSK::ServerlessCluster", arn=_ARN, name="ClusterName", gives={"Ref": ARN, "Arn": ARN},
        facts={"tags": CLOUDFORMATION_TAGS, **_FORMLESS}, beyond=_BEYOND,
    ),
)  # fmt: skip
