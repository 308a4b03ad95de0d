"""Amazon EventBridge in code: buses, rules with their targets, and API destinations, in Terraform and CloudFormation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.form import ARN, NAME, Form, Satellite, always, at, made
from scanner.iac.lowering import many, named_in, stopped, written
from scanner.iac.naming import name_of
from scanner.model.convert import flag, text
from scanner.model.unresolved import Unresolved
from scanner.resources.alerting.rules import DEFAULT, ON, ApiDestination, EventBus, EventRule, Target, heeds

_BUS: Final = "arn:{partition}:events:{region}:{account}:event-bus/{name}"
#: AWS adds an id of its own to the name.
_DESTINATION: Final = "arn:{partition}:events:{region}:{account}:api-destination/{name}/{address}"
_RUNTIME: Final = {"active": "whether its connection is authorised shows at run time"}


def _bus_of(block: Block, path: str) -> str:
    """Give the name of the bus that a rule or a target stands on, named by its name or ARN; the default one by itself."""
    if stopped(block.find(path).value) is ABSENT:
        return DEFAULT
    return named_in(block, path).rpartition(":event-bus/")[2]


def _same_bus(rule: Block, target: Block) -> bool:
    # Rules on two buses may have the same name; a target names both.
    return _bus_of(rule, "event_bus_name") == _bus_of(target, "event_bus_name")


def _rule_arn(bus: str) -> Callable[[Block], str]:
    def arn(block: Block) -> str:
        on = _bus_of(block, bus)
        name = name_of(next(form for form in FORMS if form.type == block.type), block)
        place = f"arn:{block.partition}:events:{block.region}:{block.account}:rule/"
        return f"{place}{name}" if on == DEFAULT else f"{place}{on}/{name}"

    return arn


def _terraform_state(block: Block) -> str:
    """Read whether a rule is on: by `state`, by the older `is_enabled`, and without either it is."""
    said = stopped(block.find("state").value)
    if said is not ABSENT:
        return text(said)
    old = stopped(block.find("is_enabled").value)
    return "ENABLED" if old is ABSENT or flag(old) else "DISABLED"


def _cloudformation_state(block: Block) -> str:
    # "Rules are enabled by default" (PutRule, API reference).
    said = stopped(block.find("State").value)
    return "ENABLED" if said is ABSENT else text(said)


def _heeds(state: Callable[[Block], str], pattern: str) -> Callable[[Block], bool]:
    def read(block: Block) -> bool:
        said = written(block, pattern)
        return said is not None and heeds({"State": state(block), "EventPattern": said})

    return read


def _open_or_text(raw: Any) -> Any:
    return raw if isinstance(raw, Unresolved) else text(raw)


def _targets(arn: str, role: str, *rewording: str) -> Callable[[Any], tuple[Any, ...]]:
    def one(raw: Mapping[str, Any]) -> Target:
        said = [raw.get(name) for name in rewording]
        known = [value for value in said if not isinstance(value, Unresolved)]
        open_ = [value for value in said if isinstance(value, Unresolved)]
        reworded: Any = True if any(known) else open_[0] if open_ else False
        acts_as: Any = raw.get(role)
        if not isinstance(acts_as, Unresolved):
            acts_as = acts_as or ""
        return Target(_open_or_text(raw[arn]), reworded, acts_as)

    return lambda raw: tuple(each if isinstance(each, Unresolved) else one(each) for each in many(raw))


_TARGET: Final = Satellite("aws_cloudwatch_event_target", "rule", when=_same_bus)

FORMS: Final[tuple[Form, ...]] = (
    Form(
        EventRule,
        "aws_cloudwatch_event_rule",
        arn=_rule_arn("event_bus_name"),
        name="name",
        gives={"arn": ARN, "id": NAME, "name": NAME},
        facts={
            "bus": made(lambda block: _bus_of(block, "event_bus_name"), "event_bus_name"),
            "enabled": made(lambda block: _terraform_state(block) in ON, "state", "is_enabled"),
            "pattern": made(lambda block: written(block, "event_pattern"), "event_pattern"),
            "heeds": made(_heeds(_terraform_state, "event_pattern"), "event_pattern"),
            "targets": (
                at("", _targets("arn", "role_arn", "input", "input_path", "input_transformer"), via=_TARGET, every=True),
                always((), "r/cloudwatch_event_target: a rule has no targets by itself"),
            ),
        },
    ),
    Form(
        EventRule,
        "AWS::Events::Rule",
        arn=_rule_arn("EventBusName"),
        name="Name",
        gives={"Ref": NAME, "Arn": ARN},
        facts={
            "bus": made(lambda block: _bus_of(block, "EventBusName"), "EventBusName"),
            "enabled": made(lambda block: _cloudformation_state(block) in ON, "State"),
            "pattern": made(lambda block: written(block, "EventPattern"), "EventPattern"),
            "heeds": made(_heeds(_cloudformation_state, "EventPattern"), "EventPattern"),
            "targets": at(
                "Targets", _targets("Arn", "RoleArn", "Input", "InputPath", "InputTransformer"), absent=(),
                docs="AWS::Events::Rule: Targets is not required",
            ),
        },
    ),
    Form(EventBus, "aws_cloudwatch_event_bus", arn=_BUS, name="name", gives={"arn": ARN, "id": NAME, "name": NAME}),
    Form(EventBus, "AWS::Events::EventBus", arn=_BUS, name="Name", gives={"Ref": NAME, "Name": NAME, "Arn": ARN}),
    Form(
        ApiDestination, "aws_cloudwatch_event_api_destination", arn=_DESTINATION, name="name",
        gives={"arn": ARN, "id": NAME, "name": NAME}, beyond=_RUNTIME,
    ),
    Form(
        ApiDestination, "AWS::Events::ApiDestination", arn=_DESTINATION, name="Name",
        gives={"Ref": NAME, "Arn": ARN}, beyond=_RUNTIME,
    ),
)  # fmt: skip
