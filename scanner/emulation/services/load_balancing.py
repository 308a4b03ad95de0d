"""Load balancers: listeners without TLS have no security policy, and policies of classic ones say what they allow."""

from scanner.emulation.answers import Call, answers
from scanner.emulation.wire import Document

# What the predefined policies of Classic Load Balancers allow.
PREDEFINED = {
    "ELBSecurityPolicy-TLS-1-2-2017-01": ("TLSv1.2",),
    "ELBSecurityPolicy-TLS-1-1-2017-01": ("TLSv1.1", "TLSv1.2"),
    "ELBSecurityPolicy-2016-08": ("TLSv1", "TLSv1.1", "TLSv1.2"),
}
PROTOCOLS = ("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2")


@answers("elbv2:DescribeListeners")
def describe_listeners(call: Call) -> Document:
    """Moto gives every listener the default policy."""
    answer = call.moto()
    for listener in answer["Listeners"]:
        if listener.get("Protocol") not in ("HTTPS", "TLS"):
            listener.pop("SslPolicy", None)
    return answer


@answers("elb:DescribeLoadBalancerPolicies")
def describe_policies(call: Call) -> Document:
    """A policy that refers to a predefined one is shown with all that it brings."""
    answer = call.moto()
    for policy in answer["PolicyDescriptions"]:
        told = {each["AttributeName"]: each["AttributeValue"] for each in policy["PolicyAttributeDescriptions"]}
        on = PREDEFINED.get(told.get("Reference-Security-Policy", ""))
        if on is not None:
            policy["PolicyAttributeDescriptions"] += [
                {"AttributeName": f"Protocol-{name}", "AttributeValue": str(name in on).lower()} for name in PROTOCOLS
            ]
    return answer
