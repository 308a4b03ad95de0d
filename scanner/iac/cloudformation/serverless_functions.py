"""Functions and state machines of AWS SAM: with the role that it makes where none is given, and their events."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from scanner.iac.block import Path, Problem
from scanner.iac.cloudformation.properties import Fields
from scanner.iac.cloudformation.serverless import ABOVE, Part, Sam, api_of, is_function

_FUNCTION_ONLY: Final = frozenset(
    {
        *("CodeUri", "InlineCode", "ImageUri", "Events", "Policies", "AssumeRolePolicyDocument", "RolePath"),
        *("PermissionsBoundary", "AutoPublishAlias", "DeploymentPreference", "EventInvokeConfig", "FunctionUrlConfig"),
        *("ProvisionedConcurrencyConfig", "PropagateTags", "AutoPublishAliasAllProperties", "AutoPublishCodeSha256"),
        *("VersionDescription", "VersionDeletionPolicy", "Tracing", "DeadLetterQueue"),
    }
)
_MACHINE_ONLY: Final = frozenset(
    {
        *("Events", "Policies", "PermissionsBoundary", "RolePath", "DefinitionUri", "Definition", "AutoPublishAlias"),
        *("DeploymentPreference", "PropagateTags", "UseAliasAsEventTarget"),
    }
)
#: parts of a function that no rule asks anything about; they are shown, and open
_PARTS: Final = {
    "AutoPublishAlias": ("Alias", "AWS::Lambda::Alias"),
    "DeploymentPreference": ("DeploymentGroup", "AWS::CodeDeploy::DeploymentGroup"),
    "EventInvokeConfig": ("EventInvokeConfig", "AWS::Lambda::EventInvokeConfig"),
    "FunctionUrlConfig": ("Url", "AWS::Lambda::Url"),
}
_MAPPING: Final = "AWS::Lambda::EventSourceMapping"
_PERMISSION: Final = "AWS::Lambda::Permission"
_EVENTS: Final = {
    **dict.fromkeys(("SQS", "Kinesis", "DynamoDB", "MSK", "MQ", "SelfManagedKafka", "DocumentDB"), _MAPPING),
    **dict.fromkeys(("Api", "HttpApi", "S3", "Cognito", "AlexaSkill"), _PERMISSION),
    "ScheduleV2": "AWS::Scheduler::Schedule",
    "IoTRule": "AWS::IoT::TopicRule",
    "CloudWatchLogs": "AWS::Logs::SubscriptionFilter",
}
_RULES: Final = frozenset({"EventBridgeRule", "CloudWatchEvent", "Schedule"})
_APIS: Final = {
    "Api": ("RestApiId", "ServerlessRestApi", "AWS::ApiGateway::RestApi"),
    "HttpApi": ("ApiId", "ServerlessHttpApi", "AWS::ApiGatewayV2::Api"),
}
_NAMES_A_POLICY: Final = frozenset({"Ref", "Fn::Sub", "Fn::GetAtt", "Fn::Join", "Fn::ImportValue", "Fn::Select"})


def expand_function(sam: Sam) -> Iterator[Part]:
    """Give the function, its role where SAM makes one, and what its events need."""
    yield Part(sam.name, "AWS::Lambda::Function", partial(_function, sam))
    if "Role" not in sam.fields:
        yield Part(f"{sam.name}Role", "AWS::IAM::Role", partial(_role, sam, "lambda.amazonaws.com"))
    for key, (suffix, kind) in _PARTS.items():
        if key in sam.fields:
            yield Part(f"{sam.name}{suffix}", kind, partial(sam.open, "AWS SAM makes it"))
    yield from _events(sam)


def expand_machine(sam: Sam) -> Iterator[Part]:
    """Give the state machine, its role where SAM makes one, and what its events need."""
    yield Part(sam.name, "AWS::StepFunctions::StateMachine", partial(_machine, sam))
    if "Role" not in sam.fields:
        yield Part(f"{sam.name}Role", "AWS::IAM::Role", partial(_role, sam, "states.amazonaws.com"))
    yield from _events(sam)


def _function(sam: Sam) -> Fields:
    fields = sam.passed(_FUNCTION_ONLY, {})
    if "Role" not in fields:
        fields["Role"] = ({"Fn::GetAtt": [f"{sam.name}Role", "Arn"]}, (), sam.env)
    if "Tracing" in sam.fields:
        fields["TracingConfig"] = sam.made("Tracing", {"Mode": sam.raw("Tracing")})
    letters = sam.raw("DeadLetterQueue")
    if letters is not None:
        target = letters.get("TargetArn") if isinstance(letters, dict) else letters
        fields["DeadLetterConfig"] = sam.made("DeadLetterQueue", {"TargetArn": target})
    return fields


def _machine(sam: Sam) -> Fields:
    fields = sam.passed(_MACHINE_ONLY, {"Name": "StateMachineName", "Type": "StateMachineType", "Role": "RoleArn"})
    if "RoleArn" not in fields:
        fields["RoleArn"] = ({"Fn::GetAtt": [f"{sam.name}Role", "Arn"]}, (), sam.env)
    return fields


def _role(sam: Sam, service: str) -> Fields:
    fields = Fields()
    trust: Any = {
        "Version": "2012-10-17",
        "Statement": [{"Action": ["sts:AssumeRole"], "Effect": "Allow", "Principal": {"Service": [service]}}],
    }
    if "AssumeRolePolicyDocument" in sam.fields:
        fields["AssumeRolePolicyDocument"] = sam.fields["AssumeRolePolicyDocument"]
    else:
        fields["AssumeRolePolicyDocument"] = (trust, (), sam.env)
    for key, name in (("PermissionsBoundary", "PermissionsBoundary"), ("RolePath", "Path")):
        if key in sam.fields:
            fields[name] = sam.fields[key]
    managed: list[Any] = []
    if sam.kind == "Function":
        managed.append(_managed(sam, "AWSLambdaBasicExecutionRole"))
        if "VpcConfig" in sam.fields:
            managed.append(_managed(sam, "AWSLambdaVPCAccessExecutionRole"))
    tracing = sam.raw("Tracing")
    if tracing is not None and not (isinstance(tracing, str) and tracing == "Disabled"):
        managed.append(_managed(sam, "AWSXRayDaemonWriteAccess"))
    inline: list[Any] = []
    written = sam.fields.get("Policies")
    if written is not None:
        raw, at, _ = written
        for number, one in enumerate(raw if isinstance(raw, list) else [raw]):
            _sort(sam, one, (*at, number) if isinstance(raw, list) else at, managed, inline)
    fields["ManagedPolicyArns"] = sam.made("Policies", managed)
    if inline:
        policies = [{"PolicyName": f"{sam.name}RolePolicy{n}", "PolicyDocument": one} for n, one in enumerate(inline)]
        fields["Policies"] = sam.made("Policies", policies)
    return fields


def _sort(sam: Sam, one: Any, at: Path, managed: list[Any], inline: list[Any]) -> None:
    """Put one of a function's policies where it belongs: an ARN, a document, or what only SAM knows."""
    if isinstance(one, str):
        managed.append(one if one.startswith("arn:") else _managed(sam, one))
    elif isinstance(one, dict) and "Statement" in one:
        inline.append(one)
    elif isinstance(one, dict) and len(one) == 1 and next(iter(one)) in _NAMES_A_POLICY:
        managed.append(one)
    elif is_function(one):
        why = "whether it is a managed policy or a document, only AWS SAM tells"
        managed.append(sam.stack.unresolved(why, at))
        inline.append(sam.stack.unresolved(why, at))
    elif isinstance(one, dict) and one:
        from scanner.iac.cloudformation.policy_templates import policy  # noqa: PLC0415  # few name one

        name, given = next(iter(one.items()))
        document = policy(name, given) if isinstance(name, str) and len(one) == 1 else None
        why = f"policy template {name} is written out by AWS SAM"
        inline.append(document or sam.stack.unresolved(why, at))
    else:
        inline.append(sam.stack.unresolved("it is no policy", at))


def _managed(sam: Sam, name: str) -> Any:
    if name.startswith("AWSLambda") and name.endswith("Role"):
        name = f"service-role/{name}"
    elif name.endswith("Role"):
        return sam.stack.unresolved(f"the path of managed policy {name} is known to AWS SAM", sam.at)
    return f"arn:{sam.stack.partition}:iam::aws:policy/{name}"


def _events(sam: Sam) -> Iterator[Part]:
    events, at, _ = sam.fields.get("Events") or ({}, (), sam.env)
    if not isinstance(events, dict) or is_function(events):
        _tell(sam, "its events, which are worked out", at)
        return
    for name, event in events.items():
        place = (*at, name)
        kind = event.get("Type") if isinstance(event, dict) else None
        properties = event.get("Properties") if isinstance(event, dict) else None
        properties = properties if isinstance(properties, dict) else {}
        if not isinstance(kind, str):
            _tell(sam, f"its event {name}, which has no type", place)
        elif kind in _RULES:
            yield Part(f"{sam.name}{name}", "AWS::Events::Rule", partial(_rule, sam, name, kind, properties, place))
        elif kind == "SNS":
            make = partial(_subscription, sam, properties, place)
            yield Part(f"{sam.name}{name}", "AWS::SNS::Subscription", make)
        elif kind in _EVENTS:
            yield Part(f"{sam.name}{name}", _EVENTS[kind], partial(sam.open, f"AWS SAM makes it of event {name}"))
        else:
            _tell(sam, f"its event {name} of type {kind}", place)
        if isinstance(kind, str) and kind in _APIS:
            key, api, made = _APIS[kind]
            if key not in properties and api not in sam.stack.blocks:
                yield Part(api, made, partial(api_of, sam.stack, api, kind, place, sam.env))


def _rule(sam: Sam, name: str, kind: str, properties: dict[str, Any], at: Path) -> Fields:
    fields = Fields()
    inner = (*at, "Properties")
    names = {"Pattern": "EventPattern", "Schedule": "ScheduleExpression", "RuleName": "Name", "Name": "Name"}
    for key, value in properties.items():
        if key in names or key in ("EventBusName", "State", "Description"):
            fields[names.get(key, key)] = (value, (*inner, key), sam.env)
        elif key == "Enabled" and kind == "Schedule":
            said = {True: "ENABLED", "true": "ENABLED", False: "DISABLED", "false": "DISABLED"}
            known = said.get(value) if isinstance(value, (bool, str)) else None
            why = "whether it is enabled is worked out"
            fields["State"] = (known or sam.stack.unresolved(why, (*inner, key)), (*inner, key), sam.env)
    target = "Arn" if sam.kind == "Function" else "Ref"
    arn = {"Fn::GetAtt": [sam.name, "Arn"]} if target == "Arn" else {"Ref": sam.name}
    fields["Targets"] = ([{"Arn": arn, "Id": f"{sam.name}{name}LambdaTarget"}], (*at, ABOVE), sam.env)
    return fields


def _subscription(sam: Sam, properties: dict[str, Any], at: Path) -> Fields:
    fields = Fields()
    inner = (*at, "Properties")
    fields["Protocol"] = ("lambda", (*at, ABOVE), sam.env)
    fields["Endpoint"] = ({"Fn::GetAtt": [sam.name, "Arn"]}, (*at, ABOVE), sam.env)
    names = {"Topic": "TopicArn"}
    for key in ("Topic", "FilterPolicy", "FilterPolicyScope", "Region"):
        if key in properties:
            fields[names.get(key, key)] = (properties[key], (*inner, key), sam.env)
    queue = properties.get("SqsSubscription")
    if queue is not None and queue is not False:
        return sam.open("AWS SAM makes a queue between the topic and the function")
    return fields


def _tell(sam: Sam, what: str, at: Path) -> None:
    message = f"{sam.name}: what AWS SAM makes of {what} is not read"
    spot = sam.stack.document.spot(at)
    sam.stack.note(Problem(message, spot, "judge the processed template as well", sam.name))
