"""Identities, their documents, and the organisation above them, as AWS writes them and as it might."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scanner.model.errors import CouldNotCheck
from scanner.model.estate import Estate, Gap
from scanner.model.look import Look
from scanner.model.reading import Evidence, Known, Reading, Reason, Source, Unknown
from scanner.permissions.document import document
from scanner.resources.iam.credentials import idle_key, moment, present
from scanner.resources.iam.documents import in_force, named, versions
from scanner.resources.iam.holdings import TAKING_AWAY, left, sway
from scanner.resources.iam.last_accessed import ActionUse, ServiceUse, last_use, may_touch, uses
from scanner.resources.iam.trust import By, Entrant, entrants
from scanner.resources.organizations import ControlPolicy, Level, Membership, ResourceControlPolicy, levels

AT = datetime(2026, 11, 24, tzinfo=UTC)
ALL = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'


def allow(*actions: str, **more: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}]}


# -- the report ----------------------------------------------------------------------------------------------------


def test_what_is_no_instant_is_not_taken_for_never() -> None:
    assert [moment(raw) for raw in (None, "", "N/A", "no_information", "not_supported")] == [None] * 5
    assert moment("2026-11-24T00:00:00+00:00") == AT
    with pytest.raises(ValueError, match="gestern"):
        moment("gestern")


def test_a_key_that_exists_and_is_switched_off_is_idle() -> None:
    row = {f"access_key_{number}_{what}": "N/A" for number in (1, 2) for what in ("active", "last_rotated")}
    off = {"access_key_2_active": "false", "access_key_2_last_rotated": "2020-01-01T00:00:00+00:00"}
    assert not idle_key({**row, "access_key_1_active": "false"})
    assert idle_key({**row, **off})
    assert not idle_key({**row, **off, "access_key_2_active": "true"})


def test_a_count_of_two_root_passwords_is_no_answer() -> None:
    assert [present(raw) for raw in (0, 1)] == [False, True]
    with pytest.raises(ValueError, match="expected 0 or 1"):
        present(2)


# -- documents -----------------------------------------------------------------------------------------------------


def test_one_version_is_in_force() -> None:
    kept = [
        {"VersionId": "v2", "IsDefaultVersion": False, "Document": "%7B%22Statement%22%3A%5B%5D%7D"},
        {"VersionId": "v3", "IsDefaultVersion": True, "Document": ALL},
    ]
    assert in_force(kept).statements[0].actions == ("*",)
    assert [(one.name, one.document.statements) for one in versions(kept)] == [("v2", ())]
    for broken in ([], kept[:1], [kept[1], kept[1]], [{**kept[1], "Document": "{"}]):
        with pytest.raises(ValueError):  # noqa: PT011  # whatever is wrong, it is no document
            in_force(broken)


def test_an_inline_policy_that_cannot_be_read_spoils_all() -> None:
    assert named([{"PolicyName": "x", "PolicyDocument": ALL}])[0].name == "x"
    with pytest.raises(ValueError, match="without Statement"):
        named([{"PolicyName": "x", "PolicyDocument": ALL}, {"PolicyName": "y", "PolicyDocument": {}}])


# -- what is held and used -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "asked"),
    [
        ({"Path": "/"}, False),
        ({"Path": "/", "AttachedManagedPolicies": [{"PolicyArn": "x"}]}, True),
        ({"Path": "/", "GroupList": ["x"]}, True),
        ({"Path": "/aws-service-role/x/", "AttachedManagedPolicies": [{"PolicyArn": "x"}]}, False),
        ({"Path": "/", "RolePolicyList": [{"PolicyDocument": allow("s3:Get*", "logs:*")}]}, False),
        ({"Path": "/", "RolePolicyList": [{"PolicyDocument": allow("BACKUP:List*")}]}, True),
        ({"Path": "/", "UserPolicyList": [{"PolicyDocument": allow("b*:DeleteRecoveryPoint")}]}, True),
        ({"Path": "/", "UserPolicyList": [{"PolicyDocument": allow("*")}]}, True),
        (
            {
                "Path": "/",
                "UserPolicyList": [{"PolicyDocument": {"Statement": {"Effect": "Allow", "NotAction": "s3:*"}}}],
            },
            True,
        ),
        (
            {"Path": "/", "UserPolicyList": [{"PolicyDocument": {"Statement": {"Effect": "Deny", "Action": "*"}}}]},
            False,
        ),
    ],
)
def test_only_those_are_asked_of_whom_it_is_possible(entry: Mapping[str, Any], asked: bool) -> None:
    assert may_touch(entry) is asked


def test_an_entry_that_cannot_be_read_leaves_it_open() -> None:
    with pytest.raises(ValueError, match="is no object"):
        may_touch({"Path": "/", "RolePolicyList": [{"PolicyDocument": {"Statement": "x"}}]})


def test_uses_are_read_of_services_that_keep_backups() -> None:
    found = uses(
        [
            {"ServiceNamespace": "s3", "LastAuthenticated": AT},
            {
                "ServiceNamespace": "backup",
                "LastAuthenticated": AT,
                "TrackedActionsLastAccessed": [
                    {"ActionName": "DeleteRecoveryPoint"},
                    {"ActionName": "ListBackupJobs", "LastAccessedTime": AT},
                ],
            },
            {"ServiceNamespace": "rds", "TrackedActionsLastAccessed": None},
        ]
    )
    assert found == (
        ServiceUse("backup", AT, (ActionUse("DeleteRecoveryPoint"), ActionUse("ListBackupJobs", AT))),
        ServiceUse("rds"),
    )
    by_service = {one.service: one for one in found}
    assert last_use("backup:DeleteRecoveryPoint", by_service) is None
    assert last_use("backup:DeleteBackupVault", by_service) == AT  # not tracked: when the service was used
    assert last_use("fsx:DeleteBackup", by_service) is None


def test_what_is_left_of_policies_is_told_by_their_letter() -> None:
    everything = sway(document(ALL))
    assert left(everything, None) == tuple(sorted(TAKING_AWAY))
    fence = sway(document({"Statement": [{"Effect": "Deny", "Action": "[a-z]*", "Resource": "*"}]}))
    assert left(everything | fence, None) == tuple(sorted(TAKING_AWAY)), "brackets mean themselves"
    no_rds = sway(document({"Statement": {"Effect": "Deny", "Action": "RDS:*", "Resource": ["x", "*"]}}))
    assert not any(one.startswith("rds:") for one in left(everything | no_rds, None))
    some = sway(document({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:backup:*"}}))
    assert left(everything | some, None) == tuple(sorted(TAKING_AWAY)), "a denial of some resources takes nothing away"
    assert left(everything, sway(document(allow("fsx:*")))) == ("fsx:DeleteBackup",)
    assert left(everything, no_rds) == ()  # a boundary that allows nothing


# -- trust ---------------------------------------------------------------------------------------------------------


def test_a_thousand_statements_are_read_in_no_time() -> None:
    many = [
        {
            "Effect": "Allow",
            "Principal": {"AWS": [f"{account:012}" for account in range(start, start + 50)]},
            "Action": "sts:AssumeRole",
            "Condition": {"StringLike": {"sts:ExternalId": ["*" * 500 + "x"]}},
        }
        for start in range(0, 50_000, 50)
    ]
    begun = time.perf_counter()
    found = entrants(document(json.dumps({"Statement": many})))
    assert time.perf_counter() - begun < 5
    assert len(found) == 50_000
    assert found[7] == Entrant(By.ACCOUNT, "000000000007", bound=True)


def test_conditions_that_contradict_each_other_let_nobody_in() -> None:
    trust = {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {"StringEquals": {"aws:PrincipalAccount": "222222222222"}},
        }
    }
    assert entrants(document(trust)) == ()


# -- the organisation ----------------------------------------------------------------------------------------------


def answer(*paths: str) -> dict[str, Any]:
    return {"Account": {"Id": "111111111111", "Paths": list(paths)}}


def test_a_path_is_cut_into_levels() -> None:
    found = list(levels(answer("o-abcdefghij/r-1234/ou-1234-aaaaaaaa/ou-1234-bbbbbbbb/111111111111/")))
    assert [(one["Id"], one["Depth"]) for one in found] == [
        ("r-1234", 0),
        ("ou-1234-aaaaaaaa", 1),
        ("ou-1234-bbbbbbbb", 2),
        ("111111111111", 3),
    ]


@pytest.mark.parametrize("paths", [(), ("o-1/",), ("r-1/111111111111/",), ("o-1/r-1/222222222222/",), ("a", "b")])
def test_what_is_no_path_of_the_account_is_not_read_as_no_level(paths: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="organisation"):
        list(levels(answer(*paths)))
    with pytest.raises(ValueError, match="does not say where"):
        list(levels({"Account": {"Id": "111111111111"}}))


def estate(
    *,
    organisation: str | None = "o-1",
    management: str = "222222222222",
    features: str = "ALL",
    attached: Mapping[str, tuple[str, ...]] | None = None,
    gap: str = "",
) -> Membership:
    def known(**facts: Any) -> dict[str, Reading[Any]]:
        return {name: Known(value) for name, value in facts.items()}

    account = "111111111111"
    member = Membership(
        "m", "m", account, "", known(organisation=organisation, management=management, features=features)
    )
    steps = ("r-1", "ou-1", account) if organisation else ()
    path = [Level(one, one, account, "", known(depth=depth)) for depth, one in enumerate(steps)]
    policies = [
        ControlPolicy(f"{level}/{name}", name, account, "", known(document=document(ALL)))
        for level, names in (attached or {}).items()
        for name in names
    ]
    kinds: dict[str, tuple[Any, ...]] = {
        Membership.kind: (member,), Level.kind: tuple(reversed(path)), ControlPolicy.kind: tuple(policies),
        ResourceControlPolicy.kind: (),
    }  # fmt: skip
    gaps = (Gap(gap, "", Unknown(Reason.DENIED, "AccessDeniedException")),) if gap else ()
    evidence = Evidence(Source.LIVE, "test")
    whole = Estate(
        Source.LIVE, account, "arn:aws:iam::111111111111:role/x", ("eu-west-1",), AT, kinds,
        {(kind, ""): evidence for kind in kinds}, gaps,
    )  # fmt: skip
    (found,) = Look(whole).found(Membership)
    return found


def test_ceilings_come_from_the_root_down() -> None:
    found = estate(attached={"r-1": ("Full",), "ou-1": ("Full", "NoDelete"), "111111111111": ("Full",)})
    assert [[one.name for one in level] for level in found.control_policies] == [
        ["Full"],
        ["Full", "NoDelete"],
        ["Full"],
    ]
    assert found.resource_control_policies == ()


@pytest.mark.parametrize(
    "found",
    [
        estate(organisation=None),
        estate(management="111111111111", attached={"r-1": ("Full",)}),
        estate(features="CONSOLIDATED_BILLING", attached={"r-1": ("Full",)}),
        estate(attached={}),
    ],
    ids=["in none", "its management account", "bills only", "policies are turned off"],
)
def test_where_nothing_bounds_the_account(found: Membership) -> None:
    assert found.control_policies == ()


@pytest.mark.parametrize("kind", [Level.kind, ControlPolicy.kind])
def test_what_a_member_may_not_see_is_unknown(kind: str) -> None:
    with pytest.raises(CouldNotCheck, match="AccessDenied"):
        _ = estate(attached={"r-1": ("Full",), "ou-1": ("Full",), "111111111111": ("Full",)}, gap=kind).control_policies


def test_a_level_without_any_policy_is_malformed() -> None:
    with pytest.raises(CouldNotCheck, match="has no policy"):
        _ = estate(attached={"r-1": ("Full",)}).control_policies


def test_the_tracking_period_is_longer_than_any_usual_figure() -> None:
    from scanner.resources.iam.last_accessed import LOOKS_BACK

    assert timedelta(days=365) < LOOKS_BACK
