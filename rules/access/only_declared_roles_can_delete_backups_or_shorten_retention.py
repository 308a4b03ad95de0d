"""BK605."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.arn import fits
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.permissions.patterns import matches
from scanner.resources.access.reach import certainly, told
from scanner.resources.iam.principals import Principal, Role


@rule(
    "BK605",
    severity=Severity.CRITICAL,
    reads=[Principal.deeds, Role.service_linked, Role.entry],
    enforces=["4.2-rbac"],
)
def only_declared_roles_can_delete_backups_or_shorten_retention(identity: Principal, demand: Objective) -> Verdict:
    """Only declared roles can delete backups or shorten retention.

    Whoever takes over an identity takes over what it can do. What it can do is worked out from all policies that have
    a say, its own, its groups', its boundary, those of the organisation and those of vaults, buckets and keys, on the
    backups that were found. Roles that only AWS Backup or Data Lifecycle Manager can take are not asked: those services
    must delete what a plan says is over. Roles for other services are, because whoever runs code there acts as them.
    Privileges that could first be gained, by writing a policy or passing a role, are not followed.

    Fix: take the action out of the policy that allows it, deny it in the vault's policy, or declare the role under
    backup_roles.
    """
    if isinstance(identity, Role) and identity.service_linked:
        return Verdict.exempt("a service of AWS made it for itself and alone can take it")
    declared = {fits(pattern, identity.id, matches) for pattern in demand.scope.backup_roles}
    if True in declared:
        return Verdict.passed("the configuration declares it under backup_roles")
    if isinstance(identity, Role) and identity.entry.of_backup:
        services = " and ".join(identity.entry.services)
        return Verdict.exempt(f"only {services} can take it, to make and expire backups")
    found = certainly(identity.deeds)
    if found and None in declared:
        raise CouldNotCheck(
            Unknown(Reason.UNRESOLVED, f"whether backup_roles declares {identity.id}, the code does not settle")
        )
    if found:
        return Verdict.failed(f"it can {told(found)}", "that only declared roles can")
    return Verdict.passed("it can neither delete a backup nor shorten how long one is kept")
