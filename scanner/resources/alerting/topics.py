"""Amazon SNS: topics, who may publish to them, and who listens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scanner.model.arn import Somewhere, tentative
from scanner.model.convert import flag, text, whole
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial, gathered, legible
from scanner.model.origin import Listing, call, item, of
from scanner.model.reading import Known, Reason, Unknown
from scanner.model.resource import Resource
from scanner.permissions.document import Document, document
from scanner.permissions.truth import Doubt, Truth, any_true
from scanner.resources.alerting.patterns import matches_pattern, read_pattern
from scanner.resources.alerting.senders import Sender, lets
from scanner.resources.keys import resolve
from scanner.resources.kms import AWS, USABLE, Alias, Key, named

#: Protocols by which a message is only stored: nobody reads it there.
_STORES = frozenset({"firehose"})

_ATTRIBUTES = call("sns:GetTopicAttributes", TopicArn=of("TopicArn"))
_SUBSCRIPTION = call("sns:GetSubscriptionAttributes", SubscriptionArn=of("SubscriptionArn"))


@dataclass(frozen=True, slots=True)
class Listener:
    """A confirmed subscription: how it is reached, and which messages it wants; all of them where it has no filter."""

    protocol: str
    filter: str | None = None
    of_body: bool = False

    def hears(self, sender: Sender) -> Truth:
        """Say whether it gets what a service sends."""
        # "{}" is how a filter is taken away (SNS developer guide, "Removing a subscription filter policy").
        if self.filter is None or self.filter.strip() == "{}":
            return True
        with legible("a subscription's filter policy"):
            return matches_pattern(read_pattern(self.filter), sender.body if self.of_body else sender.attributes)


def listeners(topic: Topic, look: Look) -> Partial[Listener]:
    """Give the confirmed subscriptions of a topic that this account owns, and why there may be more."""

    def heard_by(one: Subscription) -> Iterable[Listener]:
        yield Listener(one.protocol, one.filter, one.scope == "MessageBody")

    # A subscription of code lies where its topic does, whatever the region of its stack.
    region = topic.region if topic.declaration is None else None
    found = gathered(look.where(Subscription, Subscription.topic, topic.id, region=region), heard_by)
    if found.missing is None and isinstance(tentative(topic.id, topic), Somewhere):
        return Partial(found.known, _perhaps(topic, look))
    return found


def _perhaps(topic: Topic, look: Look) -> Unknown | None:
    """Say which subscription may be to a topic of which code leaves the name, or the place, open."""
    own = topic.id.rpartition(":")[2]
    named = topic.name != getattr(topic.declaration, "address", "")
    for one in look.found(Subscription):
        said = look.reading(one, Subscription.topic)
        if not isinstance(said, Known) or look.found_as(Topic, said.value) is not None:
            continue
        if not named or said.value.rpartition(":")[2] == own:
            why = f"{one.id.rpartition(':')[2]} subscribes to {said.value}, which may be {topic.id}"
            return Unknown(Reason.UNRESOLVED, why, said.evidence)
    return None


class Subscription(Resource):
    """A confirmed subscription to a topic. Those that wait for their confirmation have no ARN yet."""

    kind = "aws.sns.subscription"
    title = "topic subscription"
    # An address stands for a person: it is neither the id nor the name.
    listed_by = Listing(
        call("sns:ListSubscriptions"), "Subscriptions[]", id="{SubscriptionArn}", name="{Protocol}",
        where="starts_with(SubscriptionArn, 'arn:')",
    )  # fmt: skip

    topic: Fact[str] = fact("The topic it listens to.", live=item("TopicArn", text))
    protocol: Fact[str] = fact("How it is reached: email, sms, https, lambda, sqs, ...", live=item("Protocol", text))
    filter: Fact[str | None] = fact(
        "Which messages it wants, as JSON text; all of them where it has no filter.",
        live=_SUBSCRIPTION.at("Attributes.FilterPolicy", text, absent=None),
    )
    scope: Fact[str] = fact(
        # The default (SetSubscriptionAttributes, API reference).
        "What its filter is about: MessageAttributes or MessageBody.",
        live=_SUBSCRIPTION.at("Attributes.FilterPolicyScope", text, absent="MessageAttributes"),
    )


class Topic(Resource):
    """A topic of SNS."""

    kind = "aws.sns.topic"
    title = "topic"
    listed_by = Listing(call("sns:ListTopics"), "Topics[]", id="{TopicArn}", name="{TopicArn}")

    policy: Fact[Document] = fact("Who may publish to it.", live=_ATTRIBUTES.at("Attributes.Policy", document))
    encrypted_with: Fact[str | None] = fact(
        # Left out where the topic is not encrypted (GetTopicAttributes, API reference).
        "The KMS key it is encrypted with, as SNS names it; none where it is not encrypted.",
        live=_ATTRIBUTES.at("Attributes.KmsMasterKeyId", text, absent=None),
    )
    confirmed: Fact[int] = fact(
        "How many confirmed subscriptions it has, of whatever account.",
        live=_ATTRIBUTES.at("Attributes.SubscriptionsConfirmed", whole),
    )
    pending: Fact[int] = fact(
        "How many subscriptions wait for their confirmation.",
        live=_ATTRIBUTES.at("Attributes.SubscriptionsPending", whole),
    )
    ordered: Fact[bool] = fact("It is a FIFO topic.", live=_ATTRIBUTES.at("Attributes.FifoTopic", flag, absent=False))
    listeners: Fact[Partial[Listener]] = derived(
        "Its confirmed subscriptions that this account owns.",
        needs=lambda _: [Subscription.topic, Subscription.protocol, Subscription.filter, Subscription.scope],
        by=listeners,
    )


def topic_needs() -> list[Fact[Any]]:
    """Name the facts that `obstacle` reads."""
    return [
        Topic.policy, Topic.encrypted_with, Topic.confirmed, Topic.pending, Topic.ordered, Topic.listeners,
        Alias.target, Key.manager, Key.state, Key.policy,
    ]  # fmt: skip


def obstacle(arn: str, sender: Sender, look: Look) -> str:
    """Say which link between a service and the listeners of a topic is broken, as a clause about it; "" where none is.

    A link that is certainly broken counts though another may be out of sight; raise where none is, and one may be.
    """
    topic = look.one(Topic, arn)
    name = f"topic {arn.rpartition(':')[2]}"
    if topic is None and look.estate.of_code:
        raise CouldNotCheck(Unknown(Reason.OPEN, f"{name} is not in the code"))
    if topic is None:
        return "which does not exist"
    doubt: CouldNotCheck | None = None
    for link in (_ordered, _admission, _key, _audience):
        try:
            broken = link(topic, sender, look)
        except CouldNotCheck as stop:
            doubt = doubt or CouldNotCheck(
                Unknown(stop.unknown.reason, f"{name}: {stop.unknown.detail}", stop.unknown.evidence)
            )
        else:
            if broken:
                return f"which {broken}"
    if doubt is not None:
        raise doubt
    return ""


def _ordered(topic: Topic, sender: Sender, look: Look) -> str:  # noqa: ARG001  # one of the links
    return f"is FIFO, which {sender.service} cannot publish to" if not sender.ordered and topic.ordered else ""


def _admission(topic: Topic, sender: Sender, look: Look) -> str:  # noqa: ARG001
    return _settled(
        lets(topic.policy, sender, "sns:Publish", tentative(topic.id, topic)),
        f"has a policy that lets no {sender.service} publish",
    )


def _settled(answer: Truth, broken: str) -> str:
    if isinstance(answer, Doubt):
        raise CouldNotCheck(Unknown(Reason.BEYOND, answer.why))
    return "" if answer else broken


def _key(topic: Topic, sender: Sender, look: Look) -> str:
    reference = topic.encrypted_with
    if not reference:
        return ""
    with legible():
        name = named(reference, topic)
    # The policy of a key that AWS manages cannot be changed, and lets no other service in (SNS developer guide,
    # "Managing Amazon SNS encryption keys and costs").
    managed = f"is encrypted with a key that AWS manages, which {sender.service} may not use"
    if name.alias.startswith("alias/aws/"):
        return managed
    key = resolve(name, look)
    if key is None and topic.declaration is not None:
        raise CouldNotCheck(Unknown(Reason.OPEN, f"the key {reference} is not in the code"))
    if key is None:
        return "is encrypted with a key that does not exist"
    if key.manager == AWS:
        return managed
    if key.state not in USABLE:
        return f"is encrypted with a key that is {key.state}"
    policy = key.policy
    with legible("the key's policy"):
        said = document(policy) if policy is not None else Document()
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        broken = _settled(
            lets(said, sender, action, tentative(key.id, key)),
            f"is encrypted with a key whose policy lets no {sender.service} use it",
        )
        if broken:
            return broken
    return ""


def _audience(topic: Topic, sender: Sender, look: Look) -> str:  # noqa: ARG001
    heard = topic.listeners
    readers = [one for one in heard.known if one.protocol not in _STORES]
    answer = any_true(_heard(one, sender) for one in readers)
    if answer is True:
        return ""
    if isinstance(answer, Doubt):
        raise CouldNotCheck(Unknown(Reason.BEYOND, f"who hears it depends on a filter: {answer.why}"))
    if topic.declaration is not None:
        # How many there are in all no code tells; those that are written are all there is, if the code is.
        heard.whole()
    elif (unseen := topic.confirmed - len(heard.known)) > 0:
        if heard.missing is not None:
            raise CouldNotCheck(heard.missing)
        # Subscriptions belong to who made them: those of other accounts are counted, but not listed here.
        raise CouldNotCheck(Unknown(Reason.BEYOND, f"{unseen} confirmed subscriptions of other accounts"))
    if readers:
        return "has only subscriptions whose filters leave it out"
    if heard.known:
        return "only stores what it gets"
    waiting = topic.pending if topic.declaration is None else 0
    return f"has no confirmed subscription, {waiting} pending" if waiting else "has no subscription"


def _heard(one: Listener, sender: Sender) -> Truth:
    try:
        return one.hears(sender)
    except CouldNotCheck as stop:
        return Doubt(stop.unknown.detail)
