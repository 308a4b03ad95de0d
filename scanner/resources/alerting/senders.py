"""Who sends to a topic: AWS services, each with its own way of showing who it is, and what its messages look like."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import partial
from typing import Any

from scanner.model.arn import Unnamed, fits
from scanner.model.errors import CouldNotCheck
from scanner.model.late_dataclass import dataclass
from scanner.permissions.conditions import all_hold
from scanner.permissions.context import Caller, Context, Values
from scanner.permissions.document import Document, Statement
from scanner.permissions.patterns import matches, matches_action
from scanner.permissions.statements import means
from scanner.permissions.truth import Doubt, Truth, all_true, any_true, opposite
from scanner.resources.alerting.patterns import Open

#: The condition keys by which a service says for whom it calls.
_FOR_WHOM = ("aws:sourceaccount", "aws:sourcearn")


@dataclass(frozen=True, slots=True)
class Sender:
    """A service that publishes on behalf of a resource of an account.

    `owned` where it also sets the old `AWS:SourceOwner`, by which a topic's default policy lets it in; `conditions`
    where its calls carry the account and the resource; `ordered` where it can publish to FIFO topics. `body` is the
    message and `attributes` are its attributes, as far as they are foretold.
    """

    service: str
    account: str
    source: str
    owned: bool = False
    conditions: bool = True
    ordered: bool = False
    body: Any = field(default_factory=Open)
    attributes: Mapping[str, Any] = field(default_factory=Open)

    def context(self) -> Context:
        """Say which condition keys its calls carry."""
        known: dict[str, Values] = {
            "aws:sourceaccount": (self.account,), "aws:sourcearn": (self.source,),
            "aws:sourceowner": (self.account,) if self.owned else None,
            "aws:principalisawsservice": ("true",), "aws:principalservicename": (self.service,),
            "aws:securetransport": ("true",), "aws:principalaccount": None, "aws:principalarn": None,
            "aws:principalorgid": None, "aws:sourcevpce": None, "aws:sourcevpc": None, "aws:username": None,
            "sns:protocol": None, "sns:endpoint": None, "aws:multifactorauthpresent": None,
            "kms:calleraccount": (self.account,),
        }  # fmt: skip
        return Context(known)


def event_bridge(rule: str, account: str, event: Any) -> Sender:
    """EventBridge for a rule; its messages are the events, without attributes."""
    return Sender(
        # "EventBridge does not support Amazon SNS FIFO (first in, first out) topics" (user guide, "Event bus targets").
        # "You can't use Condition blocks in Amazon SNS topic policies for EventBridge" (EventBridge user guide, "Using
        # resource-based policies"); nor aws:SourceAccount and aws:SourceArn in the key's (SNS developer guide, "Managing
        # Amazon SNS encryption keys and costs").
        "events.amazonaws.com", account, rule, conditions=False, body=event, attributes={},
    )  # fmt: skip


def vault_notifications(vault: str, account: str, attributes: Mapping[str, Any]) -> Sender:
    """AWS Backup for a vault: no FIFO topics, and none of other accounts (developer guide, "Notification options")."""
    return Sender("backup.amazonaws.com", account, vault, attributes=attributes)


def alarm_action(alarm: str, account: str) -> Sender:
    """CloudWatch for an alarm: no attributes; a topic's default policy lets it in (user guide, "Notify users")."""
    return Sender("cloudwatch.amazonaws.com", account, alarm, owned=True, ordered=True, attributes={})


def database_events(subscription: str, account: str) -> Sender:
    """RDS for an event subscription: by default a topic lets its own account's in; no FIFO topics (RDS user guide)."""
    return Sender("events.rds.amazonaws.com", account, subscription, owned=True)


def lets(document: Document, sender: Sender, action: str, resource: str) -> Truth:
    """Say whether a resource's policy lets a service act on it: allowed by a statement, denied by none.

    A service has no policies of its own here. A key's policy names `*`, the key itself.
    """
    context = sender.context()

    def applies(one: Statement) -> Truth:
        there = _names(one, action, resource)
        return there if there is False else all_true((there, _told(lambda: _applies(one, sender, context, document))))

    allowed = any_true(applies(one) for one in document.statements if one.allows)
    denied = any_true(applies(one) for one in document.statements if not one.allows)
    return all_true((allowed, opposite(denied)))


def _told(ask: Callable[[], Truth]) -> Truth:
    """Ask what may hang on words that code leaves open."""
    try:
        return ask()
    except CouldNotCheck as stop:
        return Doubt(stop.unknown.detail)


def _names(one: Statement, action: str, resource: str) -> Truth:
    acts = any_true(_told(partial(matches_action, pattern, action)) for pattern in one.actions)
    acts = opposite(acts) if one.other_actions else acts
    if acts is False or not one.resources:
        return acts
    there = any_true(_told(partial(_fits, pattern, resource)) for pattern in one.resources)
    return all_true((acts, opposite(there) if one.other_resources else there))


def _fits(pattern: str, resource: str) -> Truth:
    answer = (matches(pattern, resource) or None) if isinstance(resource, Unnamed) else fits(pattern, resource, matches)
    if answer is None:
        return Doubt(f"the code does not settle {resource!s}, which a statement may be about")
    return answer


def _applies(one: Statement, sender: Sender, context: Context, document: Document) -> Truth:
    ways = means(one, Caller(sender.service))
    if not ways:
        return False
    doubt = ways[0][1]
    holds = all_hold(one.conditions, context, variables=document.variables)
    if holds is True and doubt is not None:
        return doubt
    if holds is True and not sender.conditions and (keys := _of_whom(one)):
        return Doubt(f"a statement asks for {', '.join(keys)}, which AWS documents as not usable for {sender.service}")
    return holds


def _of_whom(one: Statement) -> Iterable[str]:
    return tuple(condition.key for condition in one.conditions if condition.key.lower() in _FOR_WHOM)
