"""Access: what identities can do to backups, by all policies that have a say.

Where is what:

- `shelves`: what can be harmed, sort by sort, with the policies of vaults, buckets and keys; made once per scan.
- `reach`: what one identity can do to it (`Principal.deeds`, `Principal.key_deeds`).
- `entry`: who can take a role, and whether only with MFA (`Role.entry`).
- `breadth`: for which services a policy gives everything (`breadth` of managed policies and of holders).
- `guards`: to whom a vault's policy denies deletion.
"""
