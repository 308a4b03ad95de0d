"""Elastic Load Balancing in code: load balancers, their listeners with rules, and classic ones with their policies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS
from scanner.iac.form import ARN, NAME, Form, at, joined, made
from scanner.iac.forms.vpc.places import is_template, open_ended
from scanner.iac.lowering import lowered, many, stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import flag, text, whole
from scanner.model.errors import CouldNotCheck
from scanner.model.reading import Reason, Unknown
from scanner.model.unresolved import Unresolved
from scanner.resources.load_balancers.balancers import Listener, LoadBalancer, Route, route
from scanner.resources.load_balancers.classic import (
    ClassicListener,
    ClassicLoadBalancer,
    SecurityPolicy,
    security_policies,
)
from scanner.resources.load_balancers.policies import KNOWN
from scanner.resources.tls import Version

_TYPES: Final = ("aws_lb", "aws_alb", "AWS::ElasticLoadBalancingV2::LoadBalancer")
_TLS: Final = frozenset({"HTTPS", "TLS"})
_RULES: Final = {
    "aws_lb_listener_rule": "listener_arn", "aws_alb_listener_rule": "listener_arn",
    "AWS::ElasticLoadBalancingV2::ListenerRule": "ListenerArn",
}  # fmt: skip
#: The policy of what names none (user guides, "Security policies": listeners made by API, CLI or CloudFormation).
_FIRST_POLICY: Final = "ELBSecurityPolicy-2016-08"
_UNRULED: Final = "what no rule fits"

_action = lowered({"type": "Type", "order": "Order", "redirect": ("RedirectConfig", lowered({"protocol": "Protocol"}))})


def _actions(raw: Any, *, template: bool) -> list[Mapping[str, Any]]:
    """Bring actions into the API's shape; where one has no place in the order, it has that in which it is written."""
    lower = None if template else _action
    found: list[Mapping[str, Any]] = []
    for number, one in enumerate(stopped(many(raw)), 1):
        action = stopped(one if lower is None else lower(stopped(one)))
        found.append({**action, "Order": whole(stopped(action.get("Order") or number))})
    return found


def _ending(what: str, raw: Any, *, template: bool) -> Route:
    """Read the action that answers: the last; what it does not hang on may be open."""
    last = max(_actions(raw, template=template), key=lambda one: int(one["Order"]), default=None)
    if last is None:
        raise ValueError(f"{what}: no action")
    stopped(last.get("Type"))
    redirect = stopped(last.get("RedirectConfig"))
    if redirect is not None:
        redirect = {"Protocol": stopped(redirect.get("Protocol"))}
    return route(what, [{"Type": last.get("Type"), "Order": 1, "RedirectConfig": redirect}])


def _default(block: Block) -> Route:
    template = is_template(block.type)
    value = block.find("DefaultActions" if template else "default_action").value
    if value is ABSENT:
        raise ValueError("it has no default action")
    return _ending(_UNRULED, value, template=template)


def _routes(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Give what becomes of requests by each rule of a listener that speaks plain HTTP; its default is one of them."""
    if _protocol(block, around) != "HTTP":
        return ()
    found, doubt = around.naming(_RULES, block)
    return open_ended((*(_rule(one) for one in found), _open(lambda: _default(block))), doubt, around)


def _rule(block: Block) -> Any:
    template = is_template(block.type)
    order = block.find("Priority" if template else "priority").value
    what = f"what rule {order if isinstance(order, (int, str)) else block.address} fits"
    value = block.find("Actions" if template else "action").value
    return _open(lambda: _ending(what, value, template=template))


def _open(ask: Callable[[], Any]) -> Any:
    """Give what is told, or an open value where the code leaves it open."""
    try:
        return ask()
    except CouldNotCheck as stop:
        return Unresolved(stop.unknown.detail, reason=stop.unknown.reason)


def _protocol(block: Block, around: Surroundings) -> str:
    """Give the protocol of a listener; one of an application load balancer speaks HTTP unless it says otherwise."""
    template = is_template(block.type)
    value = stopped(block.find("Protocol" if template else "protocol").value)
    if value is not ABSENT:
        return text(value).upper()
    name = text(stopped(block.find("LoadBalancerArn" if template else "load_balancer_arn").value))
    balancer = around.named(_TYPES, name, block)
    if balancer is None or template or _form(balancer) != "application":
        Unresolved(f"{block.address} names no protocol: that of its load balancer decides").stop()
    return "HTTP"  # r/lb_listener: for Application Load Balancers, with a default of HTTP


def _policy(block: Block, around: Surroundings) -> str | None:
    template = is_template(block.type)
    value = stopped(block.find("SslPolicy" if template else "ssl_policy").value)
    if value is not ABSENT and value != "":
        return text(value)
    return _FIRST_POLICY if _protocol(block, around) in _TLS else None


def _accepts(block: Block, around: Surroundings) -> tuple[Version, ...]:
    """Give the versions that a security policy allows, as it is documented: a policy keeps them for ever."""
    policy = _policy(block, around)
    if policy is None:
        return ()
    if policy not in KNOWN:
        raise CouldNotCheck(Unknown(Reason.RUNTIME, f"what {policy} allows only the service tells"))
    return KNOWN[policy]


def _form(block: Block) -> str:
    value = stopped(block.find("Type" if is_template(block.type) else "load_balancer_type").value)
    return "application" if value is ABSENT else text(value)  # the same default in both


def _scheme(block: Block) -> str | None:
    if _form(block) == "gateway":
        return None
    if is_template(block.type):
        value = stopped(block.find("Scheme").value)
        return "internet-facing" if value is ABSENT else text(value)
    inner = stopped(block.find("internal").value)
    return "internal" if inner is not ABSENT and flag(inner) else "internet-facing"


def _classic_listeners(block: Block, around: Surroundings) -> tuple[Any, ...]:
    template = is_template(block.type)
    value = block.find("Listeners" if template else "listener").value
    return tuple(_open(partial(_classic, one, block, around)) for one in many(stopped(value)))


def _classic(raw: Any, block: Block, around: Surroundings) -> ClassicListener:
    """Read a listener; one that ends TLS and names no policy has the first of all (user guide, "SSL/TLS security")."""
    one, template = stopped(raw), is_template(block.type)
    protocol = text(stopped(one.get("Protocol" if template else "lb_protocol"))).upper()
    port = whole(stopped(one.get("LoadBalancerPort" if template else "lb_port")))
    names = many(stopped(one.get("PolicyNames") or ())) if template else _named_policies(block, port, around)
    policies = tuple(text(stopped(name)) for name in names)
    if not policies and protocol in ("HTTPS", "SSL"):
        policies = (_FIRST_POLICY,)
    return ClassicListener(protocol, port, policies)


_AT_PORTS: Final = {
    "aws_load_balancer_listener_policy": ("load_balancer_name", "load_balancer_port", "policy_names"),
    "aws_lb_ssl_negotiation_policy": ("load_balancer", "lb_port", "name"),
}


def _named_policies(block: Block, port: int, around: Surroundings) -> Iterator[Any]:
    """Give the policies that blocks of their own set on a port of a load balancer."""
    found, doubt = around.naming({type_: words[0] for type_, words in _AT_PORTS.items()}, block)
    for one in found:
        _, at_port, names = _AT_PORTS[one.type]
        if whole(stopped(one.find(at_port).value)) == port:
            value = stopped(one.find(names).value)
            yield from many(value)
    if doubt is not None:
        doubt.stop()


def _security(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Give the security policies of a load balancer; one that is predefined is told by its reference."""
    first = SecurityPolicy(_FIRST_POLICY, (), _FIRST_POLICY)
    if is_template(block.type):
        value = block.find("Policies").value
        raw = [] if value is ABSENT else many(value)
        return (*(_open(partial(_described, one)) for one in raw), first)
    types = {"aws_load_balancer_policy": "load_balancer_name", "aws_lb_ssl_negotiation_policy": "load_balancer"}
    found, doubt = around.naming(types, block)
    told = tuple(_open(partial(_told, one)) for one in found)
    return (*told, first) if doubt is None else (*told, first, doubt)


def _told(block: Block) -> SecurityPolicy | Unresolved:
    if block.type == "aws_lb_ssl_negotiation_policy":
        values = {"PolicyName": block.find("name").value, "PolicyType": "SSLNegotiationPolicyType"}
        attributes = block.find("attribute").value
    else:
        values = {"PolicyName": block.find("policy_name").value, "PolicyType": block.find("policy_type_name").value}
        attributes = block.find("policy_attribute").value
    pairs = [] if attributes is ABSENT else many(stopped(attributes))
    values["Attributes"] = [
        {"Name": stopped(one).get("name"), "Value": one.get("value")} for one in pairs
    ]  # fmt: skip
    return _described(values)


def _described(raw: Any) -> SecurityPolicy | Unresolved:
    """Read a policy with its attributes; one about something else than TLS is told as one that allows nothing."""
    one = stopped(raw)
    name = text(stopped(one["PolicyName"]))
    told = [
        {"AttributeName": stopped(each["Name"]), "AttributeValue": str(stopped(each["Value"]))}
        for each in (stopped(each) for each in many(stopped(one.get("Attributes") or ())))
    ]
    shape = {"PolicyName": name, "PolicyTypeName": stopped(one["PolicyType"]), "PolicyAttributeDescriptions": told}
    found = security_policies([shape])
    return found[0] if found else SecurityPolicy(name)


def _facts(tags: Any) -> dict[str, Any]:
    return {
        "form": made(_form, "load_balancer_type", "Type"),
        "scheme": made(_scheme, "internal", "Scheme"),
        "tags": tags,
    }


def _listener(balancer: str, port: str) -> dict[str, Any]:
    return {
        "balancer": at(balancer, text),
        "protocol": joined(_protocol, "protocol", "Protocol"),
        "port": at(port, whole, absent=None),
        "policy": joined(_policy, "ssl_policy", "SslPolicy"),
        "accepts": joined(_accepts, "ssl_policy", "SslPolicy"),
        "default": made(_default, "default_action", "DefaultActions"),
        "routes": joined(_routes, "default_action", "DefaultActions"),
    }


_PLACE: Final = "arn:{partition}:elasticloadbalancing:{region}:{account}"

FORMS = (
    *(
        Form(
            LoadBalancer, kind, arn=f"{_PLACE}:loadbalancer/{{address}}", name="name", gives={"arn": ARN, "id": ARN},
            facts=_facts(TERRAFORM_TAGS),
        )
        for kind in ("aws_lb", "aws_alb")
    ),
    Form(
        LoadBalancer, "AWS::ElasticLoadBalancingV2::LoadBalancer", arn=f"{_PLACE}:loadbalancer/{{address}}",
        name="Name", gives={"Ref": ARN, "LoadBalancerArn": ARN}, facts=_facts(CLOUDFORMATION_TAGS),
    ),
    *(
        Form(
            Listener, kind, arn=f"{_PLACE}:listener/{{address}}", gives={"arn": ARN, "id": ARN},
            facts=_listener("load_balancer_arn", "port"),
        )
        for kind in ("aws_lb_listener", "aws_alb_listener")
    ),
    Form(
        Listener, "AWS::ElasticLoadBalancingV2::Listener", arn=f"{_PLACE}:listener/{{address}}",
        gives={"Ref": ARN, "ListenerArn": ARN}, facts=_listener("LoadBalancerArn", "Port"),
    ),
    Form(
        ClassicLoadBalancer, "aws_elb", arn=f"{_PLACE}:loadbalancer/{{name}}", name="name",
        gives={"arn": ARN, "id": NAME, "name": NAME},
        facts={
            "tags": TERRAFORM_TAGS,
            "listeners": joined(_classic_listeners, "listener"),
            "security": joined(_security, "listener"),
        },
    ),
    Form(
        ClassicLoadBalancer, "AWS::ElasticLoadBalancing::LoadBalancer", arn=f"{_PLACE}:loadbalancer/{{name}}",
        name="LoadBalancerName", gives={"Ref": NAME},
        facts={
            "tags": CLOUDFORMATION_TAGS,
            "listeners": joined(_classic_listeners, "Listeners"),
            "security": joined(_security, "Policies", "Listeners"),
        },
    ),
)  # fmt: skip
