"""BK308."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.protection import Recoverable

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB")
_STEP = 1024


@rule("BK308", severity=Severity.MEDIUM, reads=[Recoverable.sizes], enforces=["5.1-size-timing"])
def backup_size_is_usual(store: Recoverable, demand: Objective) -> Verdict:
    """Backup size stays in its usual range.

    A backup that shrinks to a fraction of itself is what a restore after a silent loss would bring back. The last
    backup in AWS Backup is held against the median of those before it.

    Fix: find out what changed before the good backups expire.
    """
    factor, samples = demand.usual_size_factor, demand.usual_samples
    sizes = store.sizes.whole()
    if len(sizes) <= samples:
        return Verdict.exempt(f"too few backups with a size to know its usual range: {len(sizes)}")
    from statistics import median  # noqa: PLC0415  # slow to import, and code has no backups yet

    usual = median(one.size for one in sizes[:-1])
    last = sizes[-1].size
    if not usual:
        # So it is with clusters, whose backups AWS Backup does not measure.
        return Verdict.exempt("AWS Backup tells no size of its backups: most are said to hold 0 bytes")
    return Verdict.when(
        usual / factor <= last <= usual * factor,
        f"the last backup holds {_said(last)}, usually {_said(usual)}",
        f"between {_said(usual / factor)} and {_said(usual * factor)}",
    )


def _said(size: float) -> str:
    unit = 0
    while size >= _STEP and unit < len(_UNITS) - 1:
        size, unit = size / _STEP, unit + 1
    return f"{round(size, 1):g} {_UNITS[unit]}"
