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
| blind | | | four calls that are denied; `seal(emulator)` denies the look into sealed-vault too |

Some things belong to no system: table `orphan-table`, bucket `fivex-orphan`, a volume, all without tags.
"""

from scanner.emulation.company.blind import seal
from scanner.emulation.company.settling import CONFIGURATION, settle

__all__ = ["CONFIGURATION", "seal", "settle"]
