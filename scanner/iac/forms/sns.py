"""Amazon SNS in code: topics, their policies, and who is subscribed to them, in Terraform and CloudFormation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from scanner.iac.block import Block
from scanner.iac.form import ARN, NAME, Form, Satellite, always, at, made
from scanner.iac.lowering import named_in, stopped, written
from scanner.iac.naming import arn_of
from scanner.model.arn import place_of
from scanner.model.convert import flag, text
from scanner.model.reading import Reason
from scanner.model.unresolved import Unresolved
from scanner.permissions.document import Condition, Document, Principals, Statement, document
from scanner.resources.alerting.topics import Subscription, Topic

_ARN: Final = "arn:{partition}:sns:{region}:{account}:{name}"
_RUNTIME: Final = {
    "confirmed": "how many confirmed subscriptions a topic has, of whatever account, shows at run time",
    "pending": "how many subscriptions wait for their confirmation shows at run time",
}
#: The statement of the policy that SNS gives a topic by default: its own account's, by the owner that the service names
#: (SNS developer guide, "Default policy").
_DEFAULT_ACTIONS: Final = tuple(
    f"SNS:{one}"
    for one in (
        "GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic", "Subscribe",
        "ListSubscriptionsByTopic", "Publish",
    )
)  # fmt: skip
#: Protocols that SNS confirms by itself, where the endpoint is of the topic's own account, and sms, which needs none (SNS
#: developer guide, "Subscribe" and "Mobile text messaging").
_OF_AWS: Final = frozenset({"sqs", "lambda", "firehose"})
_UNASKED: Final = frozenset({"sms", "application"})


def _default_policy(block: Block) -> Document:
    """Give the policy of a topic for which none is written."""
    owner = Condition("StringEquals", "AWS:SourceOwner", (block.account,))
    statement = Statement(
        allows=True, actions=_DEFAULT_ACTIONS, resources=(text(_topic_arn(block)),),
        principals=Principals(aws=("*",)), conditions=(owner,), sid="__default_statement_ID",
    )  # fmt: skip
    return Document((statement,), variables=False)


def _topic_arn(block: Block) -> Any:
    return arn_of(next(form for form in FORMS if form.type == block.type), block)


# -- subscriptions -------------------------------------------------------------------------------------------------


def _subscribed(topic: Callable[[Block], str], protocol: str, certain: Callable[[Block, str, str], bool]) -> Any:
    """Give the function that names a subscription; one that may never be confirmed may not be there at all.

    In live AWS a subscription counts once it is confirmed. What a person must confirm no code can say to be confirmed.
    """

    def arn(block: Block) -> Any:
        place, way = topic(block), named_in(block, protocol)
        return f"{place}:{block.address}" if certain(block, way, place) else _unconfirmed(block, way)

    return arn


def _terraform_waits(block: Block, way: str, topic: str) -> bool:  # noqa: ARG001  # as CloudFormation is asked
    """Say whether applying fails where a subscription is not confirmed: the provider waits for all but these."""
    if "http" in way:
        return stopped(block.find("endpoint_auto_confirms").value) in (True, "true")
    return "email" not in way


def _of_this_account(block: Block, way: str, topic: str) -> bool:
    """Say whether SNS confirms a subscription by itself: an endpoint of AWS in the topic's own account."""
    if way in _UNASKED:
        return True
    if way not in _OF_AWS:
        return False
    endpoint = block.find("Endpoint").value
    # What the stack makes is of its own account.
    if isinstance(endpoint, Unresolved) and len(endpoint.refs) == 1 and endpoint.refs[0].endswith(".Arn"):
        return True
    return place_of(named_in(block, "Endpoint"))[1] == place_of(topic)[1]


def _unconfirmed(block: Block, way: str) -> Unresolved:
    return Unresolved(
        f"{block.address} subscribes by {way}, which somebody must confirm; only a running account tells whether anybody did",
        spot=block.spot,
        reason=Reason.RUNTIME,
    )


def _pending(block: Block) -> bool:
    """Say whether a state tells that it still waits: then it is no subscription yet."""
    return block.find("pending_confirmation").value is not True


def _of_part(block: Block) -> str:
    """Give the ARN of the topic that a subscription is written inside of."""
    name = block.find("^.TopicName").value
    owner = block.address.partition(".Subscription[")[0]
    said = name if isinstance(name, str) and name else owner
    return f"arn:{block.partition}:sns:{block.region}:{block.account}:{said}"


def _policy(satellite: str, by: str, path: str) -> Any:
    return at(path, document, via=Satellite(satellite, by))


FORMS: Final[tuple[Form, ...]] = (
    Form(
        Topic,
        "aws_sns_topic",
        arn=_ARN,
        name="name",
        gives={"arn": ARN, "id": ARN, "name": NAME},
        facts={
            "policy": (
                _policy("aws_sns_topic_policy", "arn", "policy"), at("policy", document), made(_default_policy, "policy")
            ),
            "encrypted_with": at("kms_master_key_id", text, absent=None, docs="r/sns_topic: optional"),
            "ordered": at("fifo_topic", flag, absent=False, docs="r/sns_topic: default is false"),
        },
        beyond=_RUNTIME,
    ),
    Form(
        Topic,
        "AWS::SNS::Topic",
        arn=_ARN,
        name="TopicName",
        gives={"Ref": ARN, "TopicArn": ARN, "TopicName": NAME},
        facts={
            "policy": (
                _policy("AWS::SNS::TopicPolicy", "Topics", "PolicyDocument"),
                _policy("AWS::SNS::TopicInlinePolicy", "TopicArn", "PolicyDocument"),
                made(_default_policy, "TopicName"),
            ),
            "encrypted_with": at("KmsMasterKeyId", text, absent=None, docs="AWS::SNS::Topic: not required"),
            "ordered": at("FifoTopic", flag, absent=False, docs="AWS::SNS::Topic: set to true to create a FIFO topic"),
        },
        beyond=_RUNTIME,
    ),
    Form(
        Subscription,
        "aws_sns_topic_subscription",
        arn=_subscribed(lambda block: named_in(block, "topic_arn"), "protocol", _terraform_waits),
        name="protocol",
        gives={"arn": ARN, "id": ARN},
        facts={
            "topic": at("topic_arn", text),
            "protocol": at("protocol", text),
            "filter": made(lambda block: written(block, "filter_policy"), "filter_policy"),
            "scope": at("filter_policy_scope", text, absent="MessageAttributes", docs="r/sns_topic_subscription: defaults to MessageAttributes"),
        },
        when=_pending,
    ),
    Form(
        Subscription,
        "AWS::SNS::Subscription",
        arn=_subscribed(lambda block: named_in(block, "TopicArn"), "Protocol", _of_this_account),
        name="Protocol",
        gives={"Ref": ARN, "Arn": ARN},
        facts={
            "topic": at("TopicArn", text),
            "protocol": at("Protocol", text),
            "filter": made(lambda block: written(block, "FilterPolicy"), "FilterPolicy"),
            "scope": at("FilterPolicyScope", text, absent="MessageAttributes", docs="AWS::SNS::Subscription: MessageAttributes is the default"),
        },
    ),
    Form(
        Subscription,
        "AWS::SNS::Topic",
        each="Subscription",
        arn=_subscribed(_of_part, "Protocol", _of_this_account),
        name="Protocol",
        facts={
            "topic": made(_of_part, "TopicArn", "Endpoint"),
            "protocol": at("Protocol", text),
            "filter": always(None, "AWS::SNS::Topic Subscription: it has no filter"),
            "scope": always("MessageAttributes", "AWS::SNS::Topic Subscription: it has no filter"),
        },
    ),
)  # fmt: skip
