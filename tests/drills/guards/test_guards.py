"""Every guard holds in a right account, and each one thing that is wrong breaks the guard that watches it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from drills.stage.guards import GUARDS, Consent, Estimate, Guards, Situation, ask_twice, in_place
from drills.stage.guards.limits import STOP_FILE
from drills.stage.journal import Journal, Made
from drills.stage.lock import locked
from drills.stage.refusals import DrillRefused, Stopped
from drills.stage.run import Run
from drills.targets.target import Opened
from scanner.collect.port import Port
from tests.collect.recorded import Recorded, denied
from tests.drills.guards.real_account import (
    ACCOUNT,
    ALIAS,
    GROUP,
    PLAN,
    PRODUCTION,
    REGION,
    VPC,
    answers,
    changed,
    later,
    missing,
    situation,
)
from tests.drills.stand_ins import AT, ToldPort

ROOT = Path(__file__).parents[3]


def refusal(now: Situation) -> str:
    with pytest.raises(DrillRefused) as refused:
        Guards(now).demand()
    return refused.value.message


def test_all_hold_where_all_is_right(tmp_path: Path) -> None:
    guards = Guards(situation(tmp_path))
    assert {(one.guard.name, one.broken) for one in guards.looked()} == {(guard.name, ()) for guard in GUARDS}
    guards.demand()
    guards()


def identity(account: str, role: str = "backup-drill") -> dict[str, Any]:
    told = {"UserId": "x", "Account": account, "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/x"}
    return {"sts:GetCallerIdentity": told}


WAY = {"State": "available", "VpcId": VPC}
GRANTING = {"IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}], "IpPermissions": []}
OPEN = {"SecurityGroups": [{"GroupId": GROUP, "VpcId": VPC, **GRANTING}]}


def could_destroy(_: str, asked: Any) -> Any:
    told = [{"EvalActionName": one, "EvalDecision": "allowed"} for one in asked["ActionNames"]]
    return {"EvaluationResults": told}


#: What is answered otherwise, what the plan says otherwise, what is otherwise; the guard, and what it says.
WRONG: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], str, str]] = [
    (identity(PRODUCTION), {}, {}, "G1", f"{PRODUCTION} is an account that is never touched"),
    (identity("999988887777"), {}, {}, "G1", "belong to account 999988887777, the plan allows 210987123456"),
    ({}, changed("targets.sandbox.account", "999988887777"), {}, "G1", "the plan allows 999988887777"),
    ({"iam:ListAccountAliases": {"AccountAliases": []}}, {}, {}, "G1", "the account has no alias"),
    ({"iam:ListAccountAliases": {"AccountAliases": ["other"]}}, {}, {}, "G1", "called 'other', the plan says"),
    ({"iam:ListAccountAliases": {"AccountAliases": ["Prod-1"]}}, {}, {}, "G1", "an alias with 'prod' in it"),
    ({}, changed("targets.sandbox.never", []), {}, "G1", "the plan forbids no account"),
    ({"iam:SimulatePrincipalPolicy": {"EvaluationResults": [{}]}}, {}, {}, "G3", "it could not be told: KeyError"),
    ({"service-quotas:GetServiceQuota": {}}, {}, {}, "G12", "did not answer the preflight: KeyError"),
    ({"sts:GetCallerIdentity": denied()}, {}, {}, "G1", "it could not be told: AccessDenied"),
    ({}, {}, {"consent": Consent()}, "G2", "this is a dry run"),
    ({}, {}, {"consent": Consent(execute=True, typed=(ALIAS,))}, "G2", "was not typed twice"),
    ({}, {}, {"consent": Consent(execute=True, typed=(ALIAS, "other"))}, "G2", "was not typed twice"),
    ({}, changed("approvals", []), {"consent": Consent(execute=True, unattended=True)}, "G2", "no approval is valid"),
    ({}, changed("approvals", []), {}, "3.2-head", "nobody has authorised this plan"),
    (identity(ACCOUNT, "admin"), {}, {}, "G3", "not the drill's role"),
    ({"iam:GetRole": {"Role": {"RoleName": "backup-drill"}}}, {}, {}, "G3", "no permissions boundary"),
    ({"iam:SimulatePrincipalPolicy": could_destroy}, {}, {}, "G3", "may do backup:DeleteBackupVault"),
    ({}, changed("targets.sandbox.sweeper_role", None), {}, "G3", "the plan names no sweeper_role"),
    ({}, changed("targets.sandbox.sweeper_role", PLAN["targets"]["sandbox"]["role"]), {}, "G3", "the same role"),
    ({}, changed("limits.keeps", "4h"), {}, "G4", "would expire while it still runs"),
    ({}, {}, {"run": Run("261124-abc234", AT, AT + timedelta(days=1), " ")}, "G4", "the run has no owner"),
    ({}, changed("limits.cost", None), {}, "G7", "the plan has no cost cap"),
    ({}, {}, {"estimate": None}, "G7", "nobody has estimated what it costs"),
    ({}, {}, {"estimate": Estimate(0, 0, ("rds:db",))}, "G7", "the price of rds:db is not known"),
    ({}, {}, {"estimate": Estimate(20.5)}, "G7", "estimated at 20.50 dollars, the cap is 20.00"),
    ({}, changed("subjects.orders-db.resource", "bkpdrill-261101-abc-x"), {}, "G8", "a drill's own"),
    ({}, changed("targets.sandbox.vpc", None), {}, "G9", "the plan names no isolated VPC"),
    ({"ec2:DescribeInternetGateways": {"InternetGateways": [{"InternetGatewayId": "igw-1"}]}}, {}, {},
     "G9", "has internet gateway igw-1"),
    ({"ec2:DescribeNatGateways": {"NatGateways": [{"NatGatewayId": "nat-1", **WAY}]}}, {}, {}, "G9", "NAT gateway nat-1"),
    ({"ec2:DescribeVpcPeeringConnections": {"VpcPeeringConnections": [
        {"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"}}]}}, {}, {}, "G9", "has peering pcx-1"),
    ({"ec2:DescribeEgressOnlyInternetGateways": {"EgressOnlyInternetGateways": [
        {"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [{"VpcId": VPC}]}]}}, {}, {}, "G9", "gateway eigw-1"),
    ({"ec2:DescribeSecurityGroups": OPEN}, {}, {}, "G9", f"{GROUP} of orders-db lets everything out to 0.0.0.0/0"),
    ({"ec2:DescribeSecurityGroups": {"SecurityGroups": []}}, {}, {}, "G9", f"is not in VPC {VPC}"),
    ({"ec2:DescribeSecurityGroups": {"SecurityGroups": [{"GroupId": GROUP, "VpcId": "vpc-other"}]}}, {}, {},
     "G9", f"is not in VPC {VPC}"),
    ({"ec2:DescribeVpcs": missing("InvalidVpcID.NotFound")}, {}, {}, "G9", f"there is no VPC {VPC} in {REGION}"),
    ({}, changed("subjects.orders-db.restore_with.security_groups", None), {}, "G9", "groups of its source"),
    ({}, changed("subjects.orders-db.restore_with.subnet_group", None), {}, "G9", "the subnets of its source"),
    ({"ssm:GetParameter": {"Parameter": {"Name": "/bkpdrill/stop", "Value": "now"}}}, {}, {},
     "G11", "the kill switch is thrown: parameter /bkpdrill/stop"),
    ({"ssm:GetParameter": denied()}, {}, {}, "G11", "it could not be told: AccessDenied"),
    ({}, {}, {"environment": {"AWS_ENDPOINT_URL_S3": "http://localhost:4566"}}, "G13", "AWS_ENDPOINT_URL_S3 is set"),
    ({}, changed("targets.sandbox.account", "123456789012"), {}, "G13", "an account id of examples"),
    ({}, changed("subjects.orders-db.canaries", "0s"), {}, "G14", "has canaries every"),
    ({}, changed("limits.freeze", [{"from": "2026-11-20", "until": "2026-11-24", "why": "year end"}]), {},
     "G15", "nothing is drilled from 2026-11-20 to 2026-11-24: year end"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "plan", "other", "number", "says"), WRONG, ids=[f"{w[3]}: {w[4]}" for w in WRONG])
def test_what_is_wrong_breaks_its_guard(
    given: dict[str, Any], plan: dict[str, Any], other: dict[str, Any], number: str, says: str, tmp_path: Path
) -> None:
    message = refusal(situation(tmp_path, given, plan or None, **other))
    assert re.search(rf"^  {re.escape(number)} [a-z ]+: .*{re.escape(says)}", message, re.MULTILINE), message


def test_a_refusal_names_everything_at_once_each_with_what_to_do(tmp_path: Path) -> None:
    now = situation(tmp_path, {"ec2:DescribeSecurityGroups": OPEN}, estimate=None, consent=Consent())
    message = refusal(now)
    lines = message.splitlines()
    assert lines[0] == "nothing was done: 3 guards do not hold"
    assert [line.split()[0] for line in lines[1::2]] == ["G2", "G7", "G9"]
    assert all(line.startswith("      -> ") for line in lines[2::2])


def test_in_the_wrong_account_nothing_else_is_asked(tmp_path: Path) -> None:
    port = Recorded({**answers(), **identity(PRODUCTION)})
    now = situation(tmp_path)
    now.target._port = port  # type: ignore[attr-defined]
    assert "G1" in refusal(now)
    assert set(port.calls) == {"sts:GetCallerIdentity"}
    port.calls.clear()
    assert "G13" in refusal(replace(now, environment={"AWS_ENDPOINT_URL": "http://localhost:4566"}))
    assert not port.calls


APPROVED = {"by": "Ada Berg", "on": "2026-11-20", "until": "2026-11-24", "digest": "0" * 64}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, "is for another plan"),
        ({"by": " "}, "names nobody"),
        ({"on": "2026-11-25"}, "is not valid before that day"),
        ({"on": "2026-10-01", "until": "2026-11-23"}, "ran out on 2026-11-23"),
    ],
)
def test_an_approval_holds_for_its_plan_and_in_its_time(change: dict[str, str], why: str, tmp_path: Path) -> None:
    from drills.plan.document import digest_of

    own = {"digest": digest_of(PLAN)} if change else {}
    message = refusal(situation(tmp_path, plan={**PLAN, "approvals": [{**APPROVED, **own, **change}]}))
    assert why in message
    Guards(situation(tmp_path, plan={**PLAN, "approvals": [{**APPROVED, "digest": digest_of(PLAN)}]})).demand()


def test_a_plan_that_is_changed_after_its_approval_is_not_approved(tmp_path: Path) -> None:
    approvals = [
        {"by": one.by, "on": str(one.on), "until": str(one.until), "digest": one.digest}
        for one in situation(tmp_path).plan.approvals
    ]
    message = refusal(situation(tmp_path, plan={**changed("limits.cost", 21), "approvals": approvals}))
    assert "is for another plan" in message


def test_production_backups_need_a_key_of_the_sandbox_and_no_canaries(tmp_path: Path) -> None:
    plan = changed("targets.sandbox.production_backups", True)
    assert "G14 sparing canaries: orders-db has canaries" in refusal(situation(tmp_path, plan=plan))
    plan["subjects"]["orders-db"].pop("canaries")
    Guards(situation(tmp_path, plan=plan)).demand()
    for key in (None, "alias/aws/rds"):
        plan["subjects"]["orders-db"]["restore_with"]["kms_key"] = key or ""
        assert "G10 own key: orders-db would be restored under" in refusal(situation(tmp_path, plan=plan))


def test_ways_out_that_are_closed_or_of_another_network_are_none(tmp_path: Path) -> None:
    closed = {"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "deleted"}}
    other = {"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [{"VpcId": "vpc-other", "State": "attached"}]}
    given = {
        "ec2:DescribeVpcPeeringConnections": {"VpcPeeringConnections": [closed]},
        "ec2:DescribeNatGateways": {"NatGateways": [{"NatGatewayId": "nat-1", "State": "deleted"}]},
        "ec2:DescribeEgressOnlyInternetGateways": {"EgressOnlyInternetGateways": [other]},
    }
    Guards(situation(tmp_path, given)).demand()


def test_during_a_run_only_what_can_cease_to_hold_is_asked(tmp_path: Path) -> None:
    port = Recorded(answers())
    now = situation(tmp_path)
    now.target._port = port  # type: ignore[attr-defined]
    Guards(now)()
    assert set(port.calls) == {"sts:GetCallerIdentity", "ssm:GetParameter"}


def test_what_expired_elsewhere_is_no_leftover_of_this_account(tmp_path: Path) -> None:
    for number, (account, endpoint) in enumerate([("999988887777", ""), (ACCOUNT, "http://127.0.0.1:9")]):
        made = Made("rds:db", "bkpdrill-261101-zzz999-x", account, REGION)
        with Journal(tmp_path, f"261101-{number}", AT - timedelta(days=9), AT - timedelta(days=8), endpoint) as journal:
            journal.intend(made, AT)
    Guards(situation(tmp_path)).demand()


def test_what_expired_must_be_swept_first(tmp_path: Path) -> None:
    made = Made("rds:db", "bkpdrill-261101-zzz999-x", ACCOUNT, REGION)
    with Journal(tmp_path, "261101-zzz999", AT - timedelta(days=9), AT - timedelta(days=8)) as journal:
        journal.intend(made, AT)
    assert "G6 nothing left: run 261101-zzz999 left 1 things, which expired" in refusal(situation(tmp_path))


def test_a_harmed_journal_breaks_the_guard_that_reads_it(tmp_path: Path) -> None:
    (tmp_path / "x.journal").write_text("}{\n}{\n")
    assert "G6 nothing left: it could not be told" in refusal(situation(tmp_path))


def test_one_drill_at_a_time(tmp_path: Path) -> None:
    now = situation(tmp_path)
    other = Run("261124-def567", AT, AT + timedelta(days=1), "operations")
    with locked(tmp_path, ACCOUNT, [REGION], other):
        assert "G12 one at a time: run 261124-def567" in refusal(now)
    with locked(tmp_path, ACCOUNT, [REGION], now.run):
        Guards(now).demand()


def test_a_state_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "G5 written first: the state folder" in refusal(situation(tmp_path / "file" / "state"))


DURING: list[tuple[str, Callable[[Situation, Path], Situation]]] = [
    ("G11 not stopped: the kill switch", lambda now, folder: (folder / STOP_FILE).touch() or now),  # type: ignore[func-returns-value]
    ("G11 in time: the longest time of 4 hours is over", lambda now, _: later(now, timedelta(hours=4))),
    ("G13 right endpoint", lambda now, _: replace(now, environment={"AWS_ENDPOINT_URL": "http://x"})),
    ("G7 affordable: about 36.00 dollars are spent", lambda now, _: later(
        replace(now, estimate=Estimate(19, 12)), timedelta(hours=3))),
    ("G1 right account", lambda now, _: replace(now, target=situation(Path(), identity(PRODUCTION)).target)),
]  # fmt: skip


@pytest.mark.parametrize(("says", "happens"), DURING, ids=[one[0] for one in DURING])
def test_what_ceases_to_hold_stops_a_run(
    says: str, happens: Callable[[Situation, Path], Situation], tmp_path: Path
) -> None:
    now = situation(tmp_path)
    Guards(now)()
    with pytest.raises(Stopped, match=re.escape(says)):
        Guards(happens(now, tmp_path))()


def test_the_switch_is_as_good_as_none_when_it_is_off(tmp_path: Path) -> None:
    Guards(situation(tmp_path, {"ssm:GetParameter": {"Parameter": {"Name": "x", "Value": " Off"}}})).demand()


class Emulation(Opened):
    """An emulation somewhere."""

    name = "localstack"

    def __init__(self, endpoint: str) -> None:
        self.account, self.endpoint = "000000000000", endpoint

    @property
    def port(self) -> Port:
        return ToldPort()

    def evidence(self, subject: Any) -> str:
        return "simulated"

    def password(self, login: Any) -> str:
        return ""


def test_an_emulation_needs_no_account_but_must_be_on_this_machine(tmp_path: Path) -> None:
    plan = changed("limits.cost", None)
    Guards(situation(tmp_path, plan=plan, target=Emulation("http://localhost:4566"), consent=Consent())).demand()
    for endpoint in (
        "",
        "https://rds.eu-west-1.amazonaws.com",
        "http://10.0.0.7:4566",
        "http://localhost.evil.example",
    ):
        now = situation(tmp_path, target=Emulation(endpoint))
        assert "G13 right endpoint" in refusal(now)
        with pytest.raises(Stopped):
            Guards(now)()


def test_the_alias_is_typed_before_and_after_the_plan_is_shown() -> None:
    heard: list[str] = []

    def says(*typed: str) -> Callable[[str], str]:
        answers = iter(typed)
        return lambda _: heard.append("asked") or next(answers)  # type: ignore[func-returns-value]

    consent = ask_twice(ALIAS, says(ALIAS, f" {ALIAS}\n"), lambda: heard.append("shown"))
    assert (consent.execute, consent.typed, heard) == (True, (ALIAS, ALIAS), ["asked", "shown", "asked"])
    for typed in (("other",), (ALIAS, "other"), ("",)):
        with pytest.raises(DrillRefused, match="not the alias"):
            ask_twice(ALIAS, says(*typed), lambda: None)


def test_every_guard_of_the_list_is_there_says_why_and_stands_in_the_documentation() -> None:
    assert {guard.number for guard in GUARDS} == {*(f"G{number}" for number in range(1, 16)), "3.2-head"}
    page = (ROOT / "docs" / "drill-guards.md").read_text(encoding="utf-8")
    for guard in GUARDS:
        assert guard.demands.endswith(".")
        assert len(guard.why) > 40
        assert f"**{guard.number} {guard.name}**" in page
        assert guard.demands in page


def test_a_sweep_stays_in_its_place_and_no_switch_stops_it(tmp_path: Path) -> None:
    now = situation(tmp_path)
    (tmp_path / STOP_FILE).touch()
    in_place(now.plan, now.target, tmp_path, now.clock)()
    wrong = situation(tmp_path, identity(PRODUCTION)).target
    with pytest.raises(Stopped, match="never touched"):
        in_place(now.plan, wrong, tmp_path, now.clock)()
