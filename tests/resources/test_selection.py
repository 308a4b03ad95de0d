"""AWS's rule for what a backup selection picks, as a table: (Resources or ListOfTags) and Conditions and not NotResources.

Sources: AWS Backup developer guide, "Assign resources to a backup plan" and "Assign resources with AWS CLI"; API
reference, BackupSelection, Conditions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from scanner.model.errors import CouldNotCheck
from scanner.model.estate import Estate, Gap
from scanner.model.look import Look
from scanner.model.reading import Evidence, Known, Reading, Reason, Source, Unknown
from scanner.model.resource import Resource
from scanner.resources import kinds
from scanner.resources.aws_backup.plans import Condition, Plan, PlanRule, Selection
from scanner.resources.aws_backup.settings import Settings
from scanner.resources.protection import Recoverable, admitted, covers, explicit, picks

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
ACCOUNT = "111111111111"
REGIONS = ("eu-west-1", "eu-central-1")
TABLE = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/orders"
CLUSTER = f"arn:aws:rds:eu-west-1:{ACCOUNT}:cluster:orders"
#: A Multi-AZ cluster of RDS is no Aurora cluster, though its ARN looks alike.
MULTI_AZ = CLUSTER + "-mysql"
LOST = Unknown(Reason.DENIED, "denied")
PLAN = f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-plan:p"
TESTS = {"=": "equals", "~": "like", "!=": "not-equals", "!~": "not-like"}


def conditions(*written: str) -> tuple[Condition, ...]:
    """Read conditions written `key=value`, `key~value`, `key!=value`, `key!~value`."""
    found = []
    for one in written:
        sign = next(sign for sign in ("!=", "!~", "~", "=") if sign in one)
        key, value = one.split(sign)
        found.append(Condition(TESTS[sign], key, value))
    return tuple(found)


@dataclass(frozen=True)
class Case:
    """A selection, a store, and whether the one picks the other; None where that cannot be known."""

    says: str
    picked: bool | None
    resources: tuple[str, ...] = ()
    any_tags: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    tags: Mapping[str, str] | None = field(default_factory=dict)


CASES = [
    Case("its ARN", True, (TABLE,)),
    Case("another ARN", False, (TABLE + "-2",)),
    Case("a prefix is no pattern", False, (TABLE[:-1],)),
    Case("everything", True, ("*",)),
    Case("its kind", True, ("arn:aws:dynamodb:*:*:table/*",)),
    Case("another kind", False, ("arn:aws:ec2:*:*:volume/*",)),
    Case("its service", True, ("arn:aws:dynamodb:*",)),
    Case("a wildcard in the middle of the name", True, ("arn:aws:dynamodb:*:*:table/o*s",)),
    Case("a question mark is no wildcard", False, ("arn:aws:dynamodb:*:*:table/order?",)),
    Case("a bracket is no class", False, ("arn:aws:dynamodb:*:*:table/order[rst]",)),
    Case("one of two ARNs", True, ("arn:aws:ec2:*:*:volume/*", TABLE)),
    Case("nothing at all", False),
    Case("conditions without resources", False, conditions=("backup=daily",), tags={"backup": "daily"}),
    Case("the tag of the list", True, any_tags=("backup=daily",), tags={"backup": "daily"}),
    Case("another value of the tag", False, any_tags=("backup=daily",), tags={"backup": "none"}),
    Case("values are case-sensitive", False, any_tags=("backup=daily",), tags={"backup": "Daily"}),
    Case("keys are case-sensitive", False, any_tags=("backup=daily",), tags={"Backup": "daily"}),
    Case("one tag of two suffices in the list", True, any_tags=("a=1", "b=2"), tags={"b": "2"}),
    Case("an ARN or a tag: the tag", True, (TABLE + "-2",), ("backup=daily",), tags={"backup": "daily"}),
    Case("an ARN or a tag: the ARN", True, (TABLE,), ("backup=daily",)),
    Case("all conditions hold", True, ("*",), conditions=("a=1", "b~2*"), tags={"a": "1", "b": "23"}),
    Case("one condition of two fails", False, ("*",), conditions=("a=1", "b~2*"), tags={"a": "1", "b": "3"}),
    Case("everything, but tagged: untagged", False, ("*",), conditions=("backup=daily",)),
    Case("like, anywhere", True, ("*",), conditions=("a~*rod*",), tags={"a": "production"}),
    Case("like: a question mark is no wildcard", False, ("*",), conditions=("a~prod?",), tags={"a": "prods"}),
    Case("like without the tag", False, ("*",), conditions=("a~*",)),
    Case("not equal, another value", True, ("*",), conditions=("a!=1",), tags={"a": "2"}),
    Case("not equal, that value", False, ("*",), conditions=("a!=1",), tags={"a": "1"}),
    Case("not equal, no such tag: as in IAM", True, ("*",), conditions=("a!=1",)),
    Case("not like, another value", True, ("*",), conditions=("a!~dev*",), tags={"a": "prod"}),
    Case("not like, that value", False, ("*",), conditions=("a!~dev*",), tags={"a": "dev-2"}),
    Case("not like, no such tag", True, ("*",), conditions=("a!~dev*",)),
    Case("conditions narrow the tags too", False, (), ("a=1",), ("b=2",), tags={"a": "1"}),
    Case("left out by its kind", False, ("*",), not_resources=("arn:aws:dynamodb:*:*:table/*",)),
    Case("left out though its tag asks for it", False, (), ("a=1",), (), (TABLE,), tags={"a": "1"}),
    Case("another is left out", True, ("*",), not_resources=(TABLE + "-2",)),
    Case("tags unknown, and they decide", None, any_tags=("a=1",), tags=None),
    Case("tags unknown, and a condition needs them", None, ("*",), conditions=("a=1",), tags=None),
    Case("tags unknown, but its ARN is named", True, (TABLE,), ("a=1",), tags=None),
    Case("tags unknown, but left out", False, ("*",), ("a=1",), (), (TABLE,), tags=None),
    Case(
        "tags unknown, but another kind is named", False, ("arn:aws:ec2:*:*:volume/*",), conditions=("a=1",), tags=None
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_picks_as_aws_does(case: Case) -> None:
    look = seen(store(TABLE, case.tags), selection(case))
    chosen, table = only(look, Selection), only(look, kinds()["aws.dynamodb.table"])
    assert isinstance(table, Recoverable)
    if case.picked is None:
        with pytest.raises(CouldNotCheck):
            picks(chosen, table)
    else:
        assert picks(chosen, table) is case.picked


@pytest.mark.parametrize(
    ("says", "arn", "resources", "opted_in", "taken"),
    [
        ("on", TABLE, ("*",), {"DynamoDB": True}, True),
        ("off, and everything is named", TABLE, ("*",), {"DynamoDB": False}, False),
        ("off, and only its tag is named", TABLE, (), {"DynamoDB": False}, False),
        ("off, and its service is named", TABLE, ("arn:aws:dynamodb:*",), {"DynamoDB": False}, False),
        ("off, but its kind is named", TABLE, ("arn:aws:dynamodb:*:*:table/*",), {"DynamoDB": False}, True),
        ("off, but its ARN is named", TABLE, (TABLE,), {"DynamoDB": False}, True),
        ("not named in the settings", TABLE, ("*",), {"EFS": False}, True),
        ("Aurora off, though its ARN is named", CLUSTER, (CLUSTER,), {"Aurora": False}, False),
        ("Aurora on", CLUSTER, ("*",), {"Aurora": True}, True),
        ("RDS off, a Multi-AZ cluster", MULTI_AZ, ("*",), {"Aurora": True, "RDS": False}, False),
        ("Aurora off, a Multi-AZ cluster", MULTI_AZ, ("*",), {"Aurora": False, "RDS": True}, True),
        ("RDS off, a Multi-AZ cluster that its ARN names", MULTI_AZ, (MULTI_AZ,), {"RDS": False}, True),
        ("settings unknown", TABLE, ("*",), None, None),
        ("settings unknown, but its ARN is named", TABLE, (TABLE,), None, True),
    ],
)
def test_takes_only_what_the_region_is_opted_in_for(
    says: str, arn: str, resources: tuple[str, ...], opted_in: Mapping[str, bool] | None, taken: bool | None
) -> None:
    look = seen(store(arn, {}), selection(Case(says, True, resources)), settings(opted_in))
    chosen, held = only(look, Selection), only(look, type(store(arn, {})))
    assert isinstance(held, Recoverable)
    if taken is None:
        with pytest.raises(CouldNotCheck):
            admitted(chosen, held, look)
    else:
        assert admitted(chosen, held, look) is taken


def test_the_opt_in_of_another_region_says_nothing() -> None:
    elsewhere = settings({"DynamoDB": False}, region="eu-central-1")
    look = seen(store(TABLE, {}), selection(Case("all", True, ("*",))), settings({"DynamoDB": True}), elsewhere)
    assert admitted(only(look, Selection), found_store(look), look)


def test_naming_a_kind_is_explicit_and_naming_a_service_is_not() -> None:
    look = seen(store(TABLE, {}), selection(Case("mixed", True, ("*", "arn:aws:dynamodb:*"))))
    assert not explicit(only(look, Selection), found_store(look))


def test_covers_names_the_rules_of_the_plans_that_select_it() -> None:
    look = seen(store(TABLE, {}), plan(), selection(Case("all", True, ("*",))), settings({}))
    found = covers(found_store(look), look)
    assert [(cover.plan_name, cover.rule.name) for cover in found.whole()] == [("daily", "d")]


@pytest.mark.parametrize("kind", ["aws.backup.selection", "aws.backup.settings"])
def test_a_gap_keeps_what_is_known_and_says_that_there_may_be_more(kind: str) -> None:
    look = seen(store(TABLE, {}), plan(), selection(Case("by ARN", True, (TABLE,))), gaps=[kind])
    found = covers(found_store(look), look)
    assert [cover.plan_name for cover in found.known] == ["daily"]
    assert (found.missing is not None) is (kind == "aws.backup.selection")


def test_the_selections_of_another_region_do_not_reach_it() -> None:
    look = seen(store(TABLE, {}), plan(), selection(Case("all", True, ("*",)), region="eu-central-1"), settings({}))
    assert covers(found_store(look), look).whole() == ()


def test_one_selection_whose_tags_are_unknown_does_not_hide_another_that_is_certain() -> None:
    tagged = selection(Case("by tag", True, any_tags=("a=1",)), name="t")
    look = seen(store(TABLE, None), plan(), tagged, selection(Case("by ARN", True, (TABLE,))), settings({}))
    found = covers(found_store(look), look)
    assert [cover.plan_name for cover in found.known] == ["daily"]
    assert found.missing is not None


# -- a small estate ------------------------------------------------------------------------------------------


def made(
    kind: type[Resource],
    id: str,  # noqa: A002  # the field's own word
    facts: Mapping[str, Any],
    region: str = "eu-west-1",
) -> Resource:
    readings: dict[str, Reading[Any]] = {
        name: Known(value) if value is not None else LOST for name, value in facts.items()
    }
    return kind(id, "daily", ACCOUNT, region, readings)


def store(arn: str, tags: Mapping[str, str] | None) -> Resource:
    if ":dynamodb:" in arn:
        return made(kinds()["aws.dynamodb.table"], arn, {"tags": tags})
    engine = "mysql" if arn == MULTI_AZ else "aurora-mysql"
    return made(kinds()["aws.rds.cluster"], arn, {"tags": tags, "engine": engine})


def selection(case: Case, name: str = "s", region: str = "eu-west-1") -> Resource:
    facts = {
        "resources": case.resources,
        "not_resources": case.not_resources,
        "any_tags": conditions(*case.any_tags),
        "conditions": conditions(*case.conditions),
        "role": "",
    }
    return made(Selection, f"{PLAN}/selection/{name}", facts, region)


def plan() -> Resource:
    return made(Plan, PLAN, {"rules": (PlanRule("d", "v"),)})


def settings(opted_in: Mapping[str, bool] | None, region: str = "eu-west-1") -> Resource:
    return made(Settings, f"arn:aws:backup:{region}:{ACCOUNT}:region-settings", {"opted_in": opted_in}, region)


def seen(*resources: Resource, gaps: list[str] | None = None) -> Look:
    held: dict[str, tuple[Resource, ...]] = dict.fromkeys(kinds(), ())
    for one in resources:
        held[one.kind] += (one,)
    evidence = Evidence(Source.LIVE, "example", AT)
    return Look(
        Estate(
            Source.LIVE, ACCOUNT, "", REGIONS, AT, held, {(name, ""): evidence for name in held},
            tuple(Gap(kind, "eu-west-1", LOST) for kind in gaps or ()),
        )
    )  # fmt: skip


def only(look: Look, kind: type[Any]) -> Any:
    (one,) = look.found(kind)
    return one


def found_store(look: Look) -> Recoverable:
    table = only(look, kinds()["aws.dynamodb.table"])
    assert isinstance(table, Recoverable)
    return table
