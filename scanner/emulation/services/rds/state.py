"""What moto does not know about databases."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scanner.emulation.answers import Call
from scanner.emulation.wire import Document

# How far the newest restorable time lags when nobody said otherwise; AWS promises five minutes.
LAG = timedelta(minutes=4)


@dataclass
class Databases:
    """Automated backups that outlived or left their database, by the ARN of the automated backup."""

    instance_backups: dict[str, Document] = field(default_factory=dict)
    cluster_backups: dict[str, Document] = field(default_factory=dict)


def lagging(said: datetime, now: datetime) -> datetime:
    """The newest restorable time: moto says now, which AWS never does; what else is said was said on purpose."""
    return now - LAG if abs(now - said) < timedelta(seconds=10) else said


def resource_id(prefix: str, arn: str) -> str:
    """An immutable identifier like `db-ABCDEFGHIJKLMNOPQRSTUVWXYZ`, the same for the same database."""
    return prefix + hashlib.sha256(arn.encode()).hexdigest().upper()[:26]


def automated_backup_arn(call: Call, kind: str, held: str) -> str:
    """The ARN of an automated backup: `...:auto-backup:ab-...`."""
    return f"arn:aws:rds:{call.region}:{call.account}:{kind}:ab-{hashlib.sha256(held.encode()).hexdigest()[:39]}"


def family(engine: str, version: str) -> str:
    """The parameter group family of an engine's version, such as `aurora-postgresql16` or `docdb5.0`."""
    major, *rest = version.split(".")
    if engine in ("postgres", "aurora-postgresql"):
        return f"{engine}{major}"
    return f"{engine}{major}.{rest[0] if rest else '0'}"
