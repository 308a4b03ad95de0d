"""Amazon OpenSearch Service in code, with the Elasticsearch domains that came before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS, each
from scanner.iac.form import ARN, NAME, Form, Origin, Satellite, always, at, joined, made
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import flag, is_, text
from scanner.model.unresolved import Unresolved
from scanner.permissions.document import Document, document
from scanner.resources.opensearch import Domain, access_policy

#: The key that the service takes where encryption names none; live AWS names the same key by its ARN.
_AWS_KEY = "alias/aws/es"
_SUBNETS = ("aws_subnet", "aws_default_subnet", "AWS::EC2::Subnet")
_POLICIES = tuple(
    Satellite(type_, "domain_name") for type_ in ("aws_opensearch_domain_policy", "aws_elasticsearch_domain_policy")
)
_LATEST = "the newest version of OpenSearch is taken"
_OFF = "r/opensearch_domain: off where the block is not there"


def _settled(block: Block, path: str) -> Any:
    value = block.find(path).value
    if isinstance(value, Unresolved):
        value.stop()
    return value


def _policy(raw: Any) -> Document | None:
    """Read an access policy: JSON text, or the mapping that a template has."""
    return document(raw) if isinstance(raw, Mapping) else access_policy(raw)


def _version(raw: Any) -> str:
    """Give the version of Elasticsearch as the service says it."""
    return f"Elasticsearch_{raw if isinstance(raw, str) else str(raw)}"


class _Words:
    """What one of the two sources calls the options of a domain."""

    def __init__(self, *, template: bool) -> None:
        self.template = template
        self.encryption = "EncryptionAtRestOptions.Enabled" if template else "encrypt_at_rest.enabled"
        self.key = "EncryptionAtRestOptions.KmsKeyId" if template else "encrypt_at_rest.kms_key_id"
        self.nodes = "NodeToNodeEncryptionOptions.Enabled" if template else "node_to_node_encryption.enabled"
        self.endpoint = "DomainEndpointOptions" if template else "domain_endpoint_options"
        self.https = f"{self.endpoint}.{'EnforceHTTPS' if template else 'enforce_https'}"
        self.tls = f"{self.endpoint}.{'TLSSecurityPolicy' if template else 'tls_security_policy'}"
        self.place = "VPCOptions" if template else "vpc_options"
        self.subnets = f"{self.place}.{'SubnetIds' if template else 'subnet_ids'}"
        self.guards = f"{self.place}.{'SecurityGroupIds' if template else 'security_group_ids'}"
        self.policy = "AccessPolicies" if template else "access_policies"

    def key_of(self, block: Block) -> str | None:
        """Give the key of an encrypted domain; Terraform takes the service's own where none is named."""
        enabled = _settled(block, self.encryption)
        if enabled is ABSENT or not flag(enabled):
            return None
        named = _settled(block, self.key)
        if named is not ABSENT:
            return text(named)
        if self.template:
            Unresolved(f"{block.address} names no key, which the page of its type requires").stop()
        return _AWS_KEY

    def enforces(self, block: Block) -> bool:
        """Say whether plain HTTP is refused: Terraform does where the options are there at all."""
        value = _settled(block, self.https)
        if value is not ABSENT:
            return flag(value)
        return not self.template and _settled(block, self.endpoint) is not ABSENT

    def vpc(self, block: Block, around: Surroundings) -> str | None:
        """Give the VPC of the subnets that a domain is in; a stand-in where only AWS knows which it is."""
        if _settled(block, self.place) is ABSENT:
            return None
        subnets = block.find(self.subnets).value
        if subnets is ABSENT or subnets == []:
            return None
        first = next(iter(subnets), None) if isinstance(subnets, list) else None
        if isinstance(first, str):
            found = around.named(_SUBNETS, first, block)
            vpc = found.find("VpcId" if self.template else "vpc_id").value if found is not None else ABSENT
            if isinstance(vpc, str):
                return vpc
        return f"?the VPC of {block.address}"

    def stands_in(self, block: Block) -> tuple[Any, ...]:
        """Give the subnets; none for a public endpoint."""
        value = _settled(block, self.subnets)
        return () if value is ABSENT else each(text)(value)

    def guarded(self, block: Block) -> tuple[Any, ...]:
        """Give the security groups; none for a public endpoint."""
        value = _settled(block, self.guards)
        if value is not ABSENT and value != []:
            return each(text)(value)
        if _settled(block, self.subnets) not in (ABSENT, []):
            Unresolved(f"{block.address} names no security group: the default group of the VPC guards it").stop()
        return ()


def _facts(*, template: bool) -> dict[str, Origin | tuple[Origin, ...]]:
    words = _Words(template=template)
    return {
        "tags": CLOUDFORMATION_TAGS if template else TERRAFORM_TAGS,
        "encrypted": at(words.encryption, flag, absent=False, write=bool, docs=_OFF),
        "key": made(words.key_of, words.key),
        "traffic_encrypted": at(words.nodes, flag, absent=False, write=bool, docs=_OFF),
        "https": (at(words.https, flag, write=bool), made(words.enforces, words.endpoint)),
        "tls_policy": at(words.tls, text, computed="the service chooses a policy"),
        "vpc": joined(words.vpc, words.subnets, words.place),
        "subnets": made(words.stands_in, words.subnets),
        "security_groups": made(words.guarded, words.guards, words.place),
        "policy": (
            *(() if template else (at("access_policies", _policy, via=one) for one in _POLICIES)),
            at(words.policy, _policy, absent=None, docs="without a policy only identities' own let anybody in"),
        ),
        "snapshots_paused": (
            at(
                "AutomatedSnapshotPauseOptions.State",
                is_("Active"),
                absent=False,
                docs="they are paused on request only",
            )
            if template
            else always(False, "r/opensearch_domain: no argument pauses snapshots")
        ),
    }


_ARN = "arn:{partition}:es:{region}:{account}:domain/{name}"
_CREATED = {"created_at": "a domain is created when the code is applied"}
_GIVES = {"arn": ARN, "id": ARN, "domain_name": NAME}
_GIVES_TEMPLATE = {"Ref": NAME, "Arn": ARN, "DomainArn": ARN}

FORMS = (
    Form(
        Domain, "aws_opensearch_domain", arn=_ARN, name="domain_name", gives=_GIVES, beyond=_CREATED,
        facts={**_facts(template=False), "engine": at("engine_version", text, computed=_LATEST)},
    ),
    Form(
        Domain, "aws_elasticsearch_domain", arn=_ARN, name="domain_name", gives=_GIVES, beyond=_CREATED,
        facts={
            **_facts(template=False),
            "engine": at(
                "elasticsearch_version", _version, absent="Elasticsearch_1.5", docs="r/elasticsearch_domain: defaults to 1.5"
            ),
        },
    ),
    Form(
        Domain, "AWS::OpenSearchService::Domain", arn=_ARN, name="DomainName", gives=_GIVES_TEMPLATE, beyond=_CREATED,
        facts={**_facts(template=True), "engine": at("EngineVersion", text, computed=_LATEST)},
    ),
    Form(
        Domain, "AWS::Elasticsearch::Domain", arn=_ARN, name="DomainName", gives=_GIVES_TEMPLATE, beyond=_CREATED,
        facts={
            **_facts(template=True),
            "engine": at(
                "ElasticsearchVersion", _version, absent="Elasticsearch_1.5",
                docs="AWS::Elasticsearch::Domain: if not specified, 1.5 is used",
            ),
        },
    ),
)  # fmt: skip
