"""What named security policies allow, for where the service itself does not say it."""

from __future__ import annotations

from scanner.resources.tls import Version, since

#: When the names below were last held against the documentation.
DOCUMENTED = "November 2025"
_BY_OLDEST = {
    "1.3": (
        "TLS13-1-3-2021-06", "TLS13-1-3-PQ-2025-09", "TLS13-1-3-FIPS-2023-04", "TLS13-1-3-FIPS-PQ-2025-09",
    ),
    "1.2": (
        "TLS13-1-2-2021-06", "TLS13-1-2-Res-2021-06", "TLS13-1-2-Ext1-2021-06", "TLS13-1-2-Ext2-2021-06",
        "TLS13-1-2-PQ-2025-09", "TLS13-1-2-Res-PQ-2025-09", "TLS13-1-2-Ext1-PQ-2025-09", "TLS13-1-2-Ext2-PQ-2025-09",
        "TLS13-1-2-FIPS-2023-04", "TLS13-1-2-Res-FIPS-2023-04", "TLS13-1-2-Ext0-FIPS-2023-04",
        "TLS13-1-2-Ext1-FIPS-2023-04", "TLS13-1-2-Ext2-FIPS-2023-04", "TLS13-1-2-FIPS-PQ-2025-09",
        "TLS13-1-2-Res-FIPS-PQ-2025-09", "TLS13-1-2-Ext0-FIPS-PQ-2025-09", "TLS13-1-2-Ext1-FIPS-PQ-2025-09",
        "TLS13-1-2-Ext2-FIPS-PQ-2025-09",
    ),
    "1.1": ("TLS13-1-1-2021-06", "TLS13-1-1-FIPS-2023-04"),
    "1.0": ("TLS13-1-0-2021-06", "TLS13-1-0-FIPS-2023-04", "TLS13-1-0-PQ-2025-09", "TLS13-1-0-FIPS-PQ-2025-09"),
}  # fmt: skip
_BEFORE_TLS13 = {
    "1.2": (
        "TLS-1-2-2017-01", "TLS-1-2-Ext-2018-06", "FS-1-2-2019-08", "FS-1-2-Res-2019-08", "FS-1-2-Res-2020-10",
    ),
    "1.1": ("TLS-1-1-2017-01", "FS-1-1-2019-08"),
    "1.0": ("2016-08", "2015-05", "2015-03", "2015-02", "TLS-1-0-2015-04", "FS-2018-06"),
}  # fmt: skip
_UP_TO_12 = since("1.0")[:-1]
#: Versions by policy (user guides of the load balancers, "Security policies" and "Predefined SSL security policies").
#: A policy keeps what it allows for ever: a new set is a new name, with a new date.
KNOWN: dict[str, tuple[Version, ...]] = {
    **{f"ELBSecurityPolicy-{name}": since(oldest) for oldest, names in _BY_OLDEST.items() for name in names},
    **{
        f"ELBSecurityPolicy-{name}": tuple(one for one in _UP_TO_12 if one >= oldest)
        for oldest, names in _BEFORE_TLS13.items()
        for name in names
    },
    "ELBSecurityPolicy-2014-10": _UP_TO_12,
    "ELBSecurityPolicy-2014-01": (Version.SSL3, *_UP_TO_12),
    "ELBSecurityPolicy-2011-08": (Version.SSL3, Version.TLS10),
}
