"""SNS in code: topics, their policies, and subscriptions that somebody must confirm."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.iac.naming import export
from scanner.model.reading import Known, Unknown
from scanner.model.unresolved import Unresolved
from scanner.permissions.document import document
from scanner.resources.alerting.database_events import EventSubscription
from scanner.resources.alerting.topics import Subscription, Topic
from tests.iac.forms.telling import (
    ACCOUNT,
    OPEN,
    REGION,
    cloudformation,
    estate_of,
    leave_open,
    live,
    loses_only_it,
    readings,
    terraform,
    values,
)

ARN = f"arn:aws:sns:{REGION}:{ACCOUNT}:ops"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish", "Resource": ARN}
    ],
}
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
TF_TOPIC = (
    terraform("aws_sns_topic", name="ops", kms_master_key_id=KEY, fifo_topic=False),
    terraform("aws_sns_topic_policy", arn=ARN, policy=json.dumps(POLICY)),
)
CFN_TOPIC = (
    cloudformation("AWS::SNS::Topic", TopicName="ops", KmsMasterKeyId=KEY, FifoTopic=False),
    cloudformation("AWS::SNS::TopicPolicy", "Policy", Topics=[ARN], PolicyDocument=POLICY),
)
LIVE_TOPIC = live(Topic, {}, GetTopicAttributes={"Attributes": {
    "Policy": json.dumps(POLICY), "KmsMasterKeyId": KEY, "SubscriptionsConfirmed": "1", "SubscriptionsPending": "0", "FifoTopic": "false",
}})  # fmt: skip


def test_topics_read_the_same() -> None:
    wanted = {name: value for name, value in LIVE_TOPIC.items() if name not in ("confirmed", "pending")}
    assert values(Topic, *TF_TOPIC) == values(Topic, *CFN_TOPIC) == wanted
    assert values(Topic, terraform("aws_sns_topic", name="ops", policy=json.dumps(POLICY)))["policy"] == document(
        POLICY
    )
    inline = cloudformation("AWS::SNS::TopicInlinePolicy", "Policy", TopicArn=ARN, PolicyDocument=POLICY)
    assert values(Topic, CFN_TOPIC[0], inline)["policy"] == document(POLICY)
    assert readings(Topic, *TF_TOPIC)["confirmed"].__class__ is Unknown


def test_a_topic_without_a_policy_has_the_default_one() -> None:
    # As GetTopicAttributes answers for a new topic.
    answered = {
        "Version": "2008-10-17",
        "Statement": [{
            "Sid": "__default_statement_ID", "Effect": "Allow", "Principal": {"AWS": "*"},
            "Action": ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission", "SNS:DeleteTopic",
                       "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish"],
            "Resource": ARN, "Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}},
        }],
    }  # fmt: skip
    for block in (terraform("aws_sns_topic", name="ops"), cloudformation("AWS::SNS::Topic", TopicName="ops")):
        assert values(Topic, block) == {"policy": document(answered), "encrypted_with": None, "ordered": False}


@pytest.mark.parametrize("blocks", [TF_TOPIC, CFN_TOPIC])
def test_what_a_topic_leaves_open_is_lost_alone(blocks: tuple[Block, ...]) -> None:
    loses_only_it(Topic, *blocks, but=("name", "TopicName", "Version"))


def test_a_policy_of_an_open_topic_may_be_anyones() -> None:
    for topic, policy in (
        (TF_TOPIC[0], leave_open(TF_TOPIC[1], ["arn"])),
        (CFN_TOPIC[0], leave_open(CFN_TOPIC[1], ["Topics"])),
    ):
        assert isinstance(readings(Topic, topic, policy)["policy"], Unknown)


FILTER = {"State": ["FAILED"]}
TF_HEARD = terraform("aws_sns_topic_subscription", topic_arn=ARN, protocol="sqs", endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:q",
                     filter_policy=json.dumps(FILTER), filter_policy_scope="MessageBody")  # fmt: skip
CFN_HEARD = cloudformation("AWS::SNS::Subscription", TopicArn=ARN, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:q",
                           FilterPolicy=FILTER, FilterPolicyScope="MessageBody")  # fmt: skip


def test_subscriptions_read_the_same() -> None:
    wanted = live(
        Subscription, {"TopicArn": ARN, "Protocol": "sqs"},
        GetSubscriptionAttributes={"Attributes": {"FilterPolicy": json.dumps(FILTER), "FilterPolicyScope": "MessageBody"}},
    )  # fmt: skip
    assert values(Subscription, TF_HEARD) == values(Subscription, CFN_HEARD) == wanted
    loses_only_it(Subscription, TF_HEARD, but=("endpoint",))
    loses_only_it(Subscription, CFN_HEARD)


def test_subscriptions_inside_a_topic() -> None:
    topic = cloudformation(
        "AWS::SNS::Topic",
        "Ops",
        Subscription=[{"Protocol": "sms", "Endpoint": "+1"}, {"Protocol": "email", "Endpoint": "a@b"}],
    )
    estate = estate_of(topic)
    ((own,), (sms, mail)) = estate.resources[Topic.kind], estate.resources[Subscription.kind]
    assert own.id == f"arn:aws:sns:{REGION}:{ACCOUNT}:Ops"
    for one in (sms, mail):
        assert one.readings["topic"] == Known(own.id, one.readings["topic"].evidence)
    assert sms.doubt is None
    assert mail.doubt is not None
    assert "a@b" not in repr([sms.id, mail.id, mail.doubt, mail.readings])  # an address stands for a person


@pytest.mark.parametrize(
    ("written", "certain"),
    [
        ({"protocol": "sqs", "endpoint": f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"}, True),
        ({"protocol": "lambda", "endpoint": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"}, True),
        # Applying fails where these are not confirmed.
        ({"protocol": "lambda", "endpoint": f"arn:aws:lambda:{REGION}:999988887777:function:f"}, True),
        ({"protocol": "lambda", "endpoint": OPEN}, True),
        ({"protocol": "sms", "endpoint": "+1"}, True),
        ({"protocol": "email", "endpoint": "a@b"}, False),
        ({"protocol": "email-json", "endpoint": "a@b"}, False),
        ({"protocol": "https", "endpoint": "https://x"}, False),
        ({"protocol": "https", "endpoint": "https://x", "endpoint_auto_confirms": True}, True),
        ({"protocol": "https", "endpoint": "https://x", "endpoint_auto_confirms": OPEN}, False),
        ({"protocol": OPEN, "endpoint": "+1"}, False),
    ],
)
def test_what_somebody_must_confirm_is_not_certain(written: dict[str, Any], certain: bool) -> None:
    (found,) = estate_of(terraform("aws_sns_topic_subscription", topic_arn=ARN, **written)).resources[Subscription.kind]
    assert (found.doubt is None) is certain


@pytest.mark.parametrize(
    ("protocol", "endpoint", "certain"),
    [
        ("sqs", f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", True),
        ("sqs", f"arn:aws:sqs:{REGION}:999988887777:q", False),
        ("sqs", Unresolved("Queue.Arn is known after apply", ("Queue.Arn",)), True),
        ("sqs", OPEN, False),
        ("sms", OPEN, True),
        ("email", "a@b", False),
        ("https", "https://x", False),
        (OPEN, "+1", False),
    ],
)
def test_what_a_stack_subscribes(protocol: Any, endpoint: Any, certain: bool) -> None:
    own = cloudformation("AWS::SNS::Subscription", TopicArn=ARN, Protocol=protocol, Endpoint=endpoint)
    inside = cloudformation(
        "AWS::SNS::Topic", TopicName="ops", Subscription=[{"Protocol": protocol, "Endpoint": endpoint}]
    )
    for block in (own, inside):
        (found,) = estate_of(block).resources[Subscription.kind]
        assert (found.doubt is None) is certain


def test_a_state_tells_what_waits() -> None:
    waiting = terraform(
        "aws_sns_topic_subscription", topic_arn=ARN, protocol="email", endpoint="a@b", pending_confirmation=True
    )
    assert Subscription.kind not in estate_of(waiting).resources


def test_references() -> None:
    assert {export(TF_TOPIC[0], one) for one in ("arn", "id")} == {export(CFN_TOPIC[0], "Ref"), ARN}
    assert export(CFN_TOPIC[0], "TopicName") == "ops"


# -- event subscriptions of databases ------------------------------------------------------------------------------

_WRITTEN: dict[str, Any] = {
    "sns_topic": ARN,
    "source_type": "db-instance",
    "source_ids": ["orders"],
    "event_categories": ["backup", "failure"],
    "enabled": False,
}
_STACKED: dict[str, Any] = {
    "SnsTopicArn": ARN,
    "SourceType": "db-instance",
    "SourceIds": ["orders"],
    "EventCategories": ["backup", "failure"],
    "Enabled": False,
}


@pytest.mark.parametrize("service", ["RDS", "DocDB", "Neptune"])
def test_event_subscriptions_read_the_same(service: str) -> None:
    wanted = live(EventSubscription, {
        "CustSubscriptionId": "s", "Enabled": False, "Status": "active", "SnsTopicArn": ARN, "SourceType": "db-instance",
        "SourceIdsList": ["orders"], "EventCategoriesList": ["backup", "failure"],
    })  # fmt: skip
    del wanted["status"]
    name = "aws_db_event_subscription" if service == "RDS" else f"aws_{service.lower()}_event_subscription"
    written = (
        _WRITTEN
        if service == "RDS"
        else {**{key: value for key, value in _WRITTEN.items() if key != "sns_topic"}, "sns_topic_arn": ARN}
    )
    blocks = (
        terraform(name, name="s", **written),
        cloudformation(f"AWS::{service}::EventSubscription", SubscriptionName="s", **_STACKED),
    )
    for block in blocks:
        assert values(EventSubscription, block) == wanted
        (found,) = estate_of(block).resources[EventSubscription.kind]
        assert found.id == f"arn:aws:rds:{REGION}:{ACCOUNT}:es:s"
        loses_only_it(EventSubscription, block, but=("name", "SubscriptionName"))


def test_defaults_of_event_subscriptions() -> None:
    bare = {"enabled": True, "topic": ARN, "source_type": "", "sources": (), "categories": ()}
    assert values(EventSubscription, terraform("aws_db_event_subscription", name="s", sns_topic=ARN)) == bare
    assert values(EventSubscription, cloudformation("AWS::RDS::EventSubscription", SnsTopicArn=ARN)) == bare
    # Neither the page nor the schema of this one names a default.
    assert isinstance(
        readings(EventSubscription, cloudformation("AWS::DocDB::EventSubscription", SnsTopicArn=ARN))["enabled"],
        Unknown,
    )
