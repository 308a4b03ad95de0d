"""AWS SAM: what its transform makes of `AWS::Serverless::…` resources, as far as a rule could ask for it.

Properties are passed on as SAM does, with its defaults. Parts that it makes beside them, such as permissions of
events, are blocks whose properties are open; what it makes of policy templates is left open where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from scanner.iac.block import Path, Problem
from scanner.iac.cloudformation.evaluation import Env
from scanner.iac.cloudformation.properties import Field, Fields, written
from scanner.iac.cloudformation.stack import Stack
from scanner.model.late_dataclass import dataclass

_PREFIX: Final = "AWS::Serverless::"
_TYPES: Final = {
    "SimpleTable": "AWS::DynamoDB::Table",
    "Function": "AWS::Lambda::Function",
    "StateMachine": "AWS::StepFunctions::StateMachine",
    "Api": "AWS::ApiGateway::RestApi",
    "HttpApi": "AWS::ApiGatewayV2::Api",
    "LayerVersion": "AWS::Lambda::LayerVersion",
    "Application": "AWS::CloudFormation::Stack",
}
#: a place in the template that is above what stands there, because SAM put that together
ABOVE: Final = "+"


@dataclass(slots=True)
class Part:
    """A resource that SAM makes: its logical id, its type, and how its properties are found."""

    name: str
    kind: str
    make: Callable[[], Fields]


class Sam:
    """One resource of SAM: its properties with those of `Globals`, and the attributes beside them."""

    def __init__(self, stack: Stack, name: str, kind: str, raw: dict[str, Any], at: Path, env: Env) -> None:
        self.stack = stack
        self.name = name
        self.kind = kind
        self.at = at
        self.env = env
        self.fields = written(stack, raw, at, env)
        shared = stack.section("Globals").get(kind)
        if isinstance(shared, dict):
            for key, value in shared.items():
                self._share(key, value, ("Globals", kind, key))

    def _share(self, key: str, value: Any, at: Path) -> None:
        own = self.fields.get(key)
        if own is None:
            self.fields[key] = (value, at, self.env)
            return
        raw, place, env = own
        if isinstance(raw, dict) and isinstance(value, dict) and not _is_function(raw) and not _is_function(value):
            self.fields[key] = (_merged(value, raw), place, env)
        elif isinstance(raw, list) and isinstance(value, list):
            self.fields[key] = ([*value, *raw], (*place, ABOVE), env)

    def raw(self, key: str) -> Any:
        """Give a property as the template has it, None where it is not set."""
        field = self.fields.get(key)
        return None if field is None else field[0]

    def made(self, key: str, value: Any) -> Field:
        """Give what SAM makes of a property."""
        field = self.fields.get(key)
        return (value, (*field[1], ABOVE) if field is not None else (), self.env)

    def passed(self, drop: frozenset[str], rename: dict[str, str]) -> Fields:
        """Give the properties that SAM passes on, some under other names."""
        passed = Fields({rename.get(key, key): field for key, field in self.fields.items() if key not in drop})
        passed.open = self.fields.open
        if "Tags" in passed:
            passed["Tags"] = self.made("Tags", _tags(self.raw("Tags")))
        return passed

    def open(self, why: str) -> Fields:
        """Give properties that only SAM knows."""
        fields = Fields()
        fields.open = self.stack.unresolved(f"{self.name}: {why}", self.at)
        return fields


def expand(stack: Stack, name: str, kind: str, raw: dict[str, Any], at: Path, env: Env) -> Iterator[Part]:
    """Give the resources that SAM makes of one of its own."""
    short = kind[len(_PREFIX) :]
    sam = Sam(stack, name, short, raw, at, env)
    if "Connectors" in raw or short == "Connector":
        message = f"{name}: AWS SAM makes policies of its connectors, which are not read"
        stack.note(Problem(message, stack.document.spot(at), "judge the processed template as well", name))
    made = _TYPES.get(short)
    if made is None:
        if short != "Connector":
            message = f"{name}: what AWS SAM makes of {kind} is not read"
            stack.note(Problem(message, stack.document.spot(at), "judge the processed template as well", name))
        yield Part(name, kind, partial(sam.passed, frozenset(), {}))
    elif short == "SimpleTable":
        yield Part(name, made, partial(_table, sam))
    elif short == "Function":
        from scanner.iac.cloudformation.serverless_functions import expand_function  # noqa: PLC0415

        yield from expand_function(sam)
    elif short == "StateMachine":
        from scanner.iac.cloudformation.serverless_functions import expand_machine  # noqa: PLC0415

        yield from expand_machine(sam)
    elif short in ("Api", "HttpApi"):
        yield from _api(sam, made)
    else:
        yield Part(name, made, partial(sam.passed, frozenset({"Location"}), {}))


def _table(sam: Sam) -> Fields:
    fields = sam.passed(frozenset({"PrimaryKey"}), {})
    key = sam.raw("PrimaryKey")
    name, kind = ("id", "String") if not isinstance(key, dict) else (key.get("Name"), key.get("Type"))
    short = {"String": "S", "Number": "N", "Binary": "B"}.get(kind, kind) if isinstance(kind, str) else kind
    fields["AttributeDefinitions"] = sam.made("PrimaryKey", [{"AttributeName": name, "AttributeType": short}])
    fields["KeySchema"] = sam.made("PrimaryKey", [{"AttributeName": name, "KeyType": "HASH"}])
    if "ProvisionedThroughput" not in fields:
        fields["BillingMode"] = ("PAY_PER_REQUEST", (), sam.env)
    return fields


_STAGE_ONLY: Final = frozenset({"Domain", "StageName", "Auth", "Cors", "Variables", "MethodSettings"})


def api_of(stack: Stack, name: str, kind: str, at: Path, env: Env) -> Fields:
    """Give the properties of the one API that SAM makes of all events which name none: `Globals` says the rest."""
    return _api_itself(Sam(stack, name, kind, {}, at, env))


def _api_itself(sam: Sam) -> Fields:
    fields = sam.passed(_STAGE_ONLY, {"DefinitionBody": "Body", "DefinitionUri": "BodyS3Location"})
    endpoint = sam.raw("EndpointConfiguration")
    if isinstance(endpoint, str) or (isinstance(endpoint, dict) and not _is_function(endpoint)):
        kind, hosts = (
            (endpoint.get("Type"), endpoint.get("VPCEndpointIds")) if isinstance(endpoint, dict) else (endpoint, None)
        )
        types = {} if kind is None else {"Types": [kind]}
        made = types if hosts is None else {**types, "VpcEndpointIds": hosts}
        fields["EndpointConfiguration"] = sam.made("EndpointConfiguration", made)
    return fields


def _api(sam: Sam, made: str) -> Iterator[Part]:
    yield Part(sam.name, made, partial(_api_itself, sam))
    stage = sam.raw("StageName")
    if sam.kind == "Api":
        suffix = f"{stage}Stage" if isinstance(stage, str) else "Stage"
        yield Part(f"{sam.name}{suffix}", "AWS::ApiGateway::Stage", partial(sam.open, "AWS SAM makes this stage"))
    else:
        suffix = f"{stage}Stage" if isinstance(stage, str) else "ApiGatewayDefaultStage"
        yield Part(f"{sam.name}{suffix}", "AWS::ApiGatewayV2::Stage", partial(sam.open, "AWS SAM makes this stage"))
    domain = sam.raw("Domain")
    if domain is not None:
        kind = "AWS::ApiGateway::DomainName" if sam.kind == "Api" else "AWS::ApiGatewayV2::DomainName"
        yield Part(f"{sam.name}DomainName", kind, partial(_domain, sam))


def _domain(sam: Sam) -> Fields:
    domain, at, env = sam.fields["Domain"]
    if not isinstance(domain, dict) or _is_function(domain):
        return sam.open("its domain is not written out")
    fields = Fields()
    inner = {key: (value, (*at, key), env) for key, value in domain.items()}
    if "DomainName" in inner:
        fields["DomainName"] = inner["DomainName"]
    if sam.kind == "Api":
        edge = domain.get("EndpointConfiguration", "REGIONAL") == "EDGE"
        for key, name in (("SecurityPolicy", "SecurityPolicy"), ("MutualTlsAuthentication", "MutualTlsAuthentication")):
            if key in inner:
                fields[name] = inner[key]
        if "CertificateArn" in inner:
            fields["CertificateArn" if edge else "RegionalCertificateArn"] = inner["CertificateArn"]
        endpoint = domain.get("EndpointConfiguration", "REGIONAL")
        fields["EndpointConfiguration"] = ({"Types": [endpoint]}, (*at, ABOVE), env)
        return fields
    settings = {
        "CertificateArn": domain.get("CertificateArn"),
        "EndpointType": domain.get("EndpointConfiguration", "REGIONAL"),
    }
    if "SecurityPolicy" in domain:
        settings["SecurityPolicy"] = domain["SecurityPolicy"]
    fields["DomainNameConfigurations"] = ([settings], (*at, ABOVE), env)
    return fields


def _tags(raw: Any) -> Any:
    """Give SAM's mapping of tags as the list that CloudFormation takes."""
    if isinstance(raw, dict) and not _is_function(raw):
        return [{"Key": key, "Value": value} for key, value in raw.items()]
    return raw


def _is_function(raw: dict[str, Any]) -> bool:
    return any(key.startswith(("Fn::", "!")) or key == "Ref" for key in raw)


def is_function(raw: Any) -> bool:
    """Tell whether a value is worked out by an intrinsic function."""
    return isinstance(raw, dict) and _is_function(raw)


def _merged(shared: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    made = dict(shared)
    for key, value in own.items():
        there = made.get(key)
        both = isinstance(there, dict) and isinstance(value, dict) and not is_function(there) and not is_function(value)
        made[key] = _merged(there, value) if both else value  # type: ignore[arg-type]
    return made
