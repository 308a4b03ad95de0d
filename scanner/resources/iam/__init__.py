"""AWS IAM: who can sign in, and what each identity's policies say.

Where is what:

- `credentials`: `Root`, `User`, `AccessKey`, from the credential report: passwords, second factors, keys, last uses.
- `principals`: `Role`, `UserPolicies`, `Group`, `ManagedPolicy`, all from one `iam:GetAccountAuthorizationDetails`.
  `Holder` (abstract: `inline`, `attached`) is what may hold policies; `Principal` (abstract: also `boundary`, `tags`,
  `uses`) is a holder that can act: `Role` and `UserPolicies`. A user's groups are names: join them by
  `look.where(Group, Group.called, name)`. Attached policies are ARNs: join them by `look.one(ManagedPolicy, arn)`,
  which also finds the policies of AWS that are attached anywhere in the account.
- `documents`: `NamedPolicy`, a document with its name. `trust`: whom a trust policy lets in (`Role.entrants`).
- `last_accessed`: what AWS remembers of the last use of each service and action by an identity.
- `scanner.resources.organizations`: `Membership.control_policies` and `.resource_control_policies` are the ceilings
  over this account, per level from the root down; an unknown fact where the account may not see them.
"""
