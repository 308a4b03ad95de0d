"""Who and where: the account, the endpoint, and the roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from drills.stage.guards.guard import Broken, Guard
from scanner.collect.aws import is_loopback

if TYPE_CHECKING:
    from drills.stage.guards.situation import Situation

#: Account ids of documentation and of emulators.
DUMMIES = frozenset({"123456789012", "012345678901", "210987654321"})
#: What no drill may do to what it has not made: none of these may be allowed on a resource without its tags.
DESTROYING = (
    "backup:DeleteBackupVault",
    "backup:DeleteRecoveryPoint",
    "dynamodb:DeleteBackup",
    "ec2:DeleteSnapshot",
    "kms:ScheduleKeyDeletion",
    "rds:DeleteDBClusterSnapshot",
    "rds:DeleteDBSnapshot",
    "s3:DeleteObjectVersion",
)


def is_dummy(account: str) -> bool:
    """Tell whether an account id belongs to nobody: that of an example, or of an emulator."""
    return account in DUMMIES or len(set(account)) == 1


def caller(now: Situation) -> tuple[str, str]:
    """Ask who is calling: account and ARN."""
    region = now.regions[0] if now.regions else "us-east-1"
    told = now.calls(region).one("sts:GetCallerIdentity")
    return str(told.get("Account", "")), str(told.get("Arn", ""))


class RightAccount(Guard):
    """The credentials belong to the one account that the plan allows, and to none that it forbids.

    Whatever else goes wrong, it goes wrong where nothing is lost. The list of forbidden accounts must not be empty, and
    the account's alias must exist, be the plan's and not contain "prod": a number alone is easily mistaken.
    """

    number: ClassVar[str] = "G1"
    name: ClassVar[str] = "right account"
    asks: ClassVar[bool] = True
    always: ClassVar[bool] = True

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Ask AWS who this is, and what it is called."""
        wrong = tuple(self.again(now))
        yield from wrong
        if wrong:
            return  # nothing more is asked of an account that is not the one
        wanted = now.settings.get("alias", "")
        found = now.calls("us-east-1").every("iam:ListAccountAliases", "AccountAliases")
        alias = str(found[0]) if found else ""
        if not alias:
            yield Broken("the account has no alias", "give the sandbox account an alias, and name it in the plan")
        elif alias != wanted:
            yield Broken(f"the account is called {alias!r}, the plan says {wanted!r}", "check account and plan")
        if "prod" in alias.lower() or "prod" in str(wanted).lower():
            yield Broken(f"an alias with 'prod' in it: {alias or wanted!r}", "drill in an account for nothing else")

    def again(self, now: Situation) -> Iterator[Broken]:
        """Ask AWS who this is."""
        allowed, never = now.settings.get("account", ""), now.settings.get("never", ())
        account, _ = caller(now)
        if not never:
            yield Broken("the plan forbids no account", "list production's accounts under targets.sandbox.never")
        if account in never:
            yield Broken(f"{account} is an account that is never touched", "use the credentials of the sandbox")
        if not account or account != allowed or account != now.target.account:
            yield Broken(
                f"the credentials belong to account {account or 'unknown'}, the plan allows {allowed or 'none'}",
                "use the credentials of the sandbox",
            )


class RightEndpoint(Guard):
    """An emulation is on this machine, and a real account is nowhere but at AWS.

    A forgotten AWS_ENDPOINT_URL would let a run against an emulator pass for evidence of a real account, or, missing,
    send what was meant for an emulator to AWS.
    """

    number: ClassVar[str] = "G13"
    name: ClassVar[str] = "right endpoint"
    real_only: ClassVar[bool] = False
    always: ClassVar[bool] = True

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Look at the endpoint, the environment and the account id."""
        endpoint = now.target.endpoint
        if not now.target.real:
            if not is_loopback(endpoint):
                yield Broken(
                    f"the {now.target.name} is at {endpoint!r}, which is not on this machine",
                    "give an endpoint on loopback, such as http://localhost:4566",
                )
            return
        if endpoint:
            yield Broken(f"a real account at the endpoint {endpoint}", "leave the endpoint out")
        for name in sorted(now.environment):
            if name.startswith("AWS_ENDPOINT_URL") and now.environment[name]:
                yield Broken(f"the environment variable {name} is set", f"unset {name}")
        for account in dict.fromkeys((now.target.account, now.settings.get("account", ""))):
            if is_dummy(account):
                yield Broken(f"{account} is an account id of examples and emulators", "name the sandbox account")


class SeparateRoles(Guard):
    """Drill, sweeper and source have a role each, and the drill's may not destroy what it has not made.

    One role that may restore, delete and read production is the very thing that a mistake, or a thief, needs. The
    drill's role is held by a permissions boundary, and AWS itself is asked whether it could delete backups.
    """

    number: ClassVar[str] = "G3"
    name: ClassVar[str] = "separate roles"
    asks: ClassVar[bool] = True

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Compare the roles of the plan, and ask IAM about the drill's."""
        named = {name: now.settings.get(name, "") for name in ("role", "sweeper_role", "source_role")}
        for name in ("role", "sweeper_role"):
            if not named[name]:
                yield Broken(f"the plan names no {name}", f"name it under targets.{now.target.name}")
        given = [one for one in named.values() if one]
        if len(set(given)) < len(given):
            yield Broken("two of drill, sweeper and source have the same role", "give each its own")
        role = str(named["role"])
        if not role:
            return
        _, arn = caller(now)
        name = role.rpartition("/")[2]
        if f":assumed-role/{name}/" not in arn:
            yield Broken(f"the caller is {arn}, not the drill's role", f"let the profile take on {role}")
        calls = now.calls("us-east-1")
        told: Any = calls.one("iam:GetRole", RoleName=name).get("Role", {})
        if not told.get("PermissionsBoundary"):
            yield Broken(f"role {name} has no permissions boundary", "attach the one of examples/drill")
        could = [
            one["EvalActionName"]
            for one in calls.every(
                "iam:SimulatePrincipalPolicy", "EvaluationResults", PolicySourceArn=role, ActionNames=list(DESTROYING)
            )
            if one["EvalDecision"] == "allowed"
        ]
        if could:
            yield Broken(
                f"the drill's role may do {', '.join(could)} to anything", "allow it on the drill's own tags alone"
            )
