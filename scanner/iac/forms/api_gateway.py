"""Amazon API Gateway in code: APIs, and the domain names they are called by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS
from scanner.iac.form import ARN, NAME, Form, always, at, made
from scanner.iac.forms.vpc.places import is_template
from scanner.iac.lowering import many, stopped, told
from scanner.model.convert import flag, text
from scanner.model.unresolved import Unresolved
from scanner.resources.api_gateway import FIXED, DomainName, HttpApi, PrivateDomainName, RestApi, api_policy

_DOMAIN: Final = "arn:{partition}:apigateway:{region}::/domainnames/{name}"
_PRIVATE_DOMAIN: Final = "arn:{partition}:apigateway:{region}:{account}:/domainnames/{name}+{address}"
_CHOSEN: Final = "API Gateway chooses a security policy"


def _types(block: Block) -> Any:
    """Give the types of endpoint of an API or a domain name; an empty list where it names none."""
    template = is_template(block.type)
    value = block.find("EndpointConfiguration.Types" if template else "endpoint_configuration.types").value
    return [] if value is ABSENT else value


#: What a definition may say of its own (developer guide, "OpenAPI extensions for API Gateway").
_POLICY: Final = "x-amazon-apigateway-security-policy"
_ENDPOINT: Final = "x-amazon-apigateway-endpoint-configuration"


def _is_private(block: Block) -> bool:
    """Say whether a domain name is for private APIs; what is open is taken for one that is not."""
    value = _types(block)
    return isinstance(value, list) and len(value) == 1 and isinstance(value[0], str) and value[0] == "PRIVATE"


def _rest_policy(block: Block) -> str:
    """Read the security policy of a REST API, as its endpoint makes it where none is chosen."""
    chosen = stopped(block.find("SecurityPolicy" if is_template(block.type) else "security_policy").value)
    if chosen is not ABSENT and chosen != "":
        return text(chosen)
    kinds = [text(stopped(one)) for one in many(stopped(_types(block)))]
    said = _defined(block, _POLICY)
    if said is not ABSENT:
        return text(said)
    if not kinds and is_template(block.type):
        imported = stopped(block.find("Parameters.endpointConfigurationTypes").value)
        kinds = [] if imported is ABSENT else [text(imported)]
    if not kinds and _defined(block, _ENDPOINT) is not ABSENT:
        Unresolved(f"{block.address} is imported from a definition, which may say its type of endpoint").stop()
    return api_policy({"endpointConfiguration": {"types": kinds}})


def _defined(block: Block, name: str) -> Any:
    """Give what the definition that an API is imported from says under a name, or `ABSENT`."""
    template = is_template(block.type)
    if template and block.find("BodyS3Location").value is not ABSENT:
        Unresolved(f"{block.address} is imported from a definition that is no part of the template").stop()
    body = told(block.find("Body" if template else "body").value)
    if isinstance(body, Unresolved):
        body.stop()
    if isinstance(body, str):  # JSON or YAML
        if name in body:
            Unresolved(f"{block.address} is imported from a definition, which says its {name}").stop()
        return ABSENT
    return stopped(body.get(name, ABSENT)) if isinstance(body, Mapping) else ABSENT


def _is_public(block: Block) -> bool:
    return not _is_private(block)


def _api_id(block: Block) -> str:
    """Give the id of an API, which AWS makes: its name is another."""
    value = block.find("id").value
    return value if isinstance(value, str) and value else block.address


def _first_policy(block: Block) -> str:
    """Read the security policy of a domain name of HTTP APIs, by the first of its configurations."""
    template = is_template(block.type)
    path = "DomainNameConfigurations.SecurityPolicy" if template else "domain_name_configuration.security_policy"
    value = stopped(block.find(path).value)
    if value is ABSENT:
        Unresolved(f"{block.address} does not set {path}: {_CHOSEN}").stop()
    return text(value)


def _named(kind: str, *, private: bool) -> Form:
    template = is_template(kind)
    return Form(
        PrivateDomainName if private else DomainName, kind, arn=_PRIVATE_DOMAIN if private else _DOMAIN,
        name="DomainName" if template else "domain_name",
        gives={"Ref": NAME} if template else {"arn": ARN, "id": NAME, "domain_name": NAME},
        when=None if kind.endswith("V2") else _is_private if private else _is_public,
        facts={
            "policy": at(
                "SecurityPolicy" if template else "security_policy", text, computed=_CHOSEN,
                write=str,
            ),
            "tags": CLOUDFORMATION_TAGS if template else TERRAFORM_TAGS,
        },
    )  # fmt: skip


FORMS = (
    *(
        _named(kind, private=private)
        for kind in ("aws_api_gateway_domain_name", "AWS::ApiGateway::DomainName")
        for private in (False, True)
    ),
    _named("AWS::ApiGateway::DomainNameV2", private=True),
    Form(
        DomainName, "aws_apigatewayv2_domain_name", arn=_DOMAIN, name="domain_name",
        gives={"arn": ARN, "id": NAME, "domain_name": NAME},
        facts={
            "policy": made(_first_policy, "domain_name_configuration.security_policy"), "tags": TERRAFORM_TAGS,
        },
    ),
    Form(
        DomainName, "AWS::ApiGatewayV2::DomainName", arn=_DOMAIN, name="DomainName", gives={"Ref": NAME},
        facts={
            "policy": made(_first_policy, "DomainNameConfigurations.SecurityPolicy"), "tags": CLOUDFORMATION_TAGS,
        },
    ),
    Form(
        RestApi, "aws_api_gateway_rest_api", name="name",
        arn=lambda block: f"arn:{block.partition}:apigateway:{block.region}::/restapis/{_api_id(block)}",
        gives={"arn": ARN, "id": _api_id},
        facts={
            "policy": made(_rest_policy, "security_policy"), "tags": TERRAFORM_TAGS,
        },
    ),
    Form(
        RestApi, "AWS::ApiGateway::RestApi", name="Name",
        arn=lambda block: f"arn:{block.partition}:apigateway:{block.region}::/restapis/{_api_id(block)}",
        gives={"Ref": _api_id, "RestApiId": _api_id},
        facts={
            "policy": made(_rest_policy, "SecurityPolicy"), "tags": CLOUDFORMATION_TAGS,
        },
    ),
    *(
        Form(
            HttpApi, kind, name="Name" if is_template(kind) else "name",
            arn=lambda block: f"arn:{block.partition}:apigateway:{block.region}::/apis/{_api_id(block)}",
            gives={"Ref": _api_id, "ApiId": _api_id} if is_template(kind) else {"arn": ARN, "id": _api_id},
            facts={
                "policy": always(FIXED, "the only policy of HTTP and WebSocket APIs (developer guide)"),
                "closed": at(closed, flag, absent=False, write=bool, docs="Api, API reference: it may be called"),
                "tags": CLOUDFORMATION_TAGS if is_template(kind) else TERRAFORM_TAGS,
            },
        )
        for kind, closed in (
            ("aws_apigatewayv2_api", "disable_execute_api_endpoint"),
            ("AWS::ApiGatewayV2::Api", "DisableExecuteApiEndpoint"),
        )
    ),
)  # fmt: skip
