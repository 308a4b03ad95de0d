"""Event subscriptions of RDS, DocumentDB and Neptune in code, in Terraform and CloudFormation: one service keeps them."""

from __future__ import annotations

from typing import Any, Final

from scanner.iac.convert import each
from scanner.iac.form import ARN, NAME, NOTHING, Form, at
from scanner.model.convert import flag, text
from scanner.resources.alerting.database_events import EventSubscription

_ARN: Final = "arn:{partition}:rds:{region}:{account}:es:{name}"
_RUNTIME: Final = {"status": "what RDS says of it shows at run time"}
_ALL: Final = "if this is not set, all are included (CreateEventSubscription, API reference)"


def _facts(topic: str, enabled: str, source: str, ids: str, categories: str, on: str) -> dict[str, Any]:
    return {
        "enabled": at(enabled, flag, absent=True if on else NOTHING, write=bool, docs=on),
        "topic": at(topic, text),
        "source_type": at(source, text, absent="", docs=_ALL),
        "sources": at(ids, each(text), absent=(), docs=_ALL),
        "categories": at(categories, each(text), absent=(), docs=_ALL),
    }


def _terraform(type_: str, topic: str) -> Form:
    on = f"r/{type_.removeprefix('aws_')}: enabled defaults to true"
    facts = _facts(topic, "enabled", "source_type", "source_ids", "event_categories", on)
    gives = {"arn": ARN, "id": NAME, "name": NAME}
    return Form(EventSubscription, type_, arn=_ARN, name="name", gives=gives, facts=facts, beyond=_RUNTIME)


def _cloudformation(type_: str, on: str = "") -> Form:
    # Where the schema names no default, the page does not either.
    facts = _facts("SnsTopicArn", "Enabled", "SourceType", "SourceIds", "EventCategories", on)
    return Form(
        EventSubscription, type_, arn=_ARN, name="SubscriptionName", gives={"Ref": NAME}, facts=facts, beyond=_RUNTIME
    )  # fmt: skip


FORMS = (
    _terraform("aws_db_event_subscription", "sns_topic"),
    _terraform("aws_docdb_event_subscription", "sns_topic_arn"),
    _terraform("aws_neptune_event_subscription", "sns_topic_arn"),
    _cloudformation("AWS::RDS::EventSubscription", "AWS::RDS::EventSubscription: the schema has the default true"),
    _cloudformation("AWS::DocDB::EventSubscription"),
    _cloudformation(
        "AWS::Neptune::EventSubscription", "AWS::Neptune::EventSubscription: the schema has the default true"
    ),
)
