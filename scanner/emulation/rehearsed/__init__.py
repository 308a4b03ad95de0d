"""5X as it is drilled, in account 432109876543: few things, and real data in them.

    engines = Engines(timeout(20))
    with Emulator(account=ACCOUNT, engines=engines) as emulator:
        settle(emulator, rows=20_000)       # a minute or so: servers start, rows are written, backups are taken

| file | what is there |
|---|---|
| ground | the key, the network, the parameter group, and the secrets with the passwords |
| databases | PostgreSQL: users (authentication), orders and ledger (transaction log), with rows, indexes and roles |
| tables | DynamoDB: customers (customer metadata), with an index, point-in-time recovery and a backup |
| files | S3: documents in current, overwritten and deleted versions, with a manifest |
| points | AWS Backup: recovery points of the table and of the documents, and the role that restores them |
| *.yaml | the configuration of the systems, and the quarterly plan |

Each topic is a file with `settle(site)`; what one makes the next ones find on the site.
"""

from scanner.emulation.rehearsed.settling import ACCOUNT, CONFIGURATION, HOME, PLAN, settle

__all__ = ["ACCOUNT", "CONFIGURATION", "HOME", "PLAN", "settle"]
