"""5X, a company that does not exist, in account 123456789012: eu-west-1 at work, eu-central-1 for the worst day.

    emulator = Emulator().start()
    settle(emulator, at)            # 35 days of backups, good and bad, end at this time; the emulator's clock stands there
    backup-scan --config company/demo.yaml ...

Ten topics, one file each. Every system has what the policy asks for and, beside it, what it forbids:

| file | system | good | bad |
|---|---|---|---|
| keys | | fivex-data, -backup: 90 days | -archive yearly, -legacy never, -analytics being deleted, -imported expiring, -shared open |
| vaults | | orders-vault, recovery-vault: locked, own key | development-vault: AWS's key, no lock; legacy-import: RSA key |
| plans | | orders-daily: 02:00, 35 days, copies | weekly, Berlin time, 7 days, selects nothing, copies to us-east-1 |
| orders | production-database | orders-main, orders-ledger | -legacy 7 days, -gap a lost night, -broken stopped, -stuck, -scratch no backups |
| authentication | authentication | auth-users, pool customers | auth-sessions no PITR, -audit 7 days, -devices lagging, pool partners |
| metadata | customer-metadata | customer-profiles, -documents | -preferences stale backups, -uploads unversioned |
| wal | transaction-log | ledger/ | wal/: one segment lost; fivex-binlog-archive: no lock |
| monitoring | monitoring | observability, logs kept a year | observability-dev unencrypted, logs kept a week |
| reporting | reporting | warehouse | warehouse-sandbox: a day, no copy |
| analytics | analytics | clicks, graph, sessions, features | clicks-old, graph-dev, recommendations, scratch |
| development | development | build volumes by schedule, home | unencrypted, no schedule, stuck and failed snapshots, tmp |
| historical | historical | archive-2019 locked | archive-2020 unlocked, lustre without backups |
| people | | rotated keys and secrets, fresh mirrors | a key of 200 days, secrets that never rotate, stale mirror |
| identities | | alice with MFA, group operators, bunker-copies and deploys; an analyzer in eu-west-1 | root's old key, bob unseen for months, bunker-reads, migration-partner, deploys-old, pool staff |
| watch | | trail fivex-audit, everything in eu-west-1; metadata is restored monthly | eu-central-1 unwatched, a forgotten trail, stream clicks-trial |
| network | | the main VPC: private subnets, an S3 endpoint, all traffic noted | the default VPC, old: rejected only; group for-the-weekend |
| sharing | | images for the bunker | an image for a foreign organisation, a vault for a partner, half a block for buckets |
| transit | | TLS 1.3 alone: balancers shop and gate, distribution shop, api.example.com, orders-main, clicks, events | shop-legacy, back-office, intranet, orders-2018, clicks-old, events-2020 |
| alerts | | failed-backups, backup-alerts with a reader, orders-main-storage | a mistyped pattern, disabled rule, topics unread, locked-out, sealed-alerts, alarms without actions |
| *.yaml | | current statements, a waiver in need, tickets | stale, missing, future and altered statements; waivers that are over or that nothing needs |
| access | | operator with MFA for an hour, bounded-developer, auditor, emil | platform-admin, release-engineer, dora, snapshot-janitor |
| blind | | | four calls that are denied; `seal(emulator)` denies the look into sealed-vault too |

Some things belong to no system: table `orphan-table`, bucket `fivex-orphan`, a volume, all without tags.
"""

from scanner.emulation.company.blind import seal
from scanner.emulation.company.settling import CONFIGURATION, settle

__all__ = ["CONFIGURATION", "seal", "settle"]
