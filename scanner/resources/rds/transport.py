"""How databases accept connections: whether they refuse those without TLS, and how old a version of TLS may be.

A parameter without a value stands at its default; the defaults below are those of the user guides of RDS and Aurora
("Securing connections ...", "Requiring SSL/TLS for all connections ...", November 2025) and of the engines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from scanner.model.errors import CouldNotCheck
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look
from scanner.model.reading import Reason, Unknown
from scanner.resources.rds.parameters import ClusterParameters, InstanceParameters, settings_of
from scanner.resources.tls import Version, rank, version, versions

Settings = Mapping[str, str | None]
Release = tuple[int, ...]
#: A version is asked for where it matters only: code may leave it open, and a setting may decide without it.
Number = Callable[[], Release]
_ON = frozenset({"1", "on", "true", "yes", "enabled"})


@dataclass(frozen=True, slots=True)
class Transport:
    """What a database accepts: `oldest` is the oldest version of TLS, none where that cannot be told or set.

    `least` is the newest version that the engine lets one demand, where that is not the newest of all.
    """

    encrypted: bool
    because: str
    oldest: Version | None = None
    least: Version | None = None


def transport(
    engine: str, engine_version: str | Callable[[], str], settings: Settings, encryption: str | None = None
) -> Transport:
    """Say what a database of RDS accepts; `encryption` is what its option group says, of Oracle alone."""

    def number() -> Release:
        return _number(engine_version if isinstance(engine_version, str) else engine_version())

    name = engine.removeprefix("aurora-") if engine.startswith("aurora-") else engine
    for beginning, judge in _ENGINES.items():
        if name.startswith(beginning):
            return judge(engine, number, settings)
    if name.startswith("oracle") and encryption is not None:
        required = encryption == "REQUIRED"
        # The option SSL opens a second port and leaves the first as it is (user guide, "Oracle Secure Sockets Layer").
        said = f"SQLNET.ENCRYPTION_SERVER {encryption}" if encryption else "no option NATIVE_NETWORK_ENCRYPTION"
        return Transport(required, said)
    raise CouldNotCheck(Unknown(Reason.UNSUPPORTED, f"what {engine} accepts is not in its parameter group"))


def _postgres(engine: str, number: Number, settings: Settings) -> Transport:
    # 1 since PostgreSQL 15 of RDS and 17 of Aurora.
    first = 17 if engine.startswith("aurora") else 15
    forced, said = _switch(settings, "rds.force_ssl", default=lambda: _since(number, first))

    def least() -> Version:
        # PostgreSQL documentation, "Connections and Authentication": TLSv1.2 since version 13.
        return version(settings.get("ssl_min_protocol_version") or ("TLSv1.2" if _since(number, 13) else "TLSv1"))

    return Transport(forced, said, _oldest(least, forced=forced))


def _mysql(engine: str, number: Number, settings: Settings) -> Transport:
    if "require_secure_transport" not in settings and not _since(number, 5, 7):
        return Transport(False, "MySQL has no require_secure_transport before 5.7")
    forced, said = _switch(settings, "require_secure_transport", default=lambda: _since(number, 9, 7))
    modern = (8,) if engine.startswith("aurora") else (8, 0, 28)

    def least() -> Version | None:
        return _listed(settings, lambda: Version.TLS12 if _since(number, *modern) else Version.TLS10)

    return Transport(forced, said, _oldest(least, forced=forced))


def _mariadb(_: str, number: Number, settings: Settings) -> Transport:
    if "require_secure_transport" not in settings and not _since(number, 10, 5):
        return Transport(False, "MariaDB has no require_secure_transport before 10.5")
    forced, said = _switch(settings, "require_secure_transport", default=lambda: _since(number, 11, 8))

    def least() -> Version | None:
        return _listed(settings, lambda: Version.TLS12 if _since(number, 11) else Version.TLS11)

    return Transport(forced, said, _oldest(least, forced=forced))


def _oldest(ask: Callable[[], Version | None], *, forced: bool) -> Version | None:
    """Give the oldest version of TLS; where plain connections are accepted it matters no more whether it can be told."""
    try:
        return ask()
    except CouldNotCheck:
        if forced:
            raise
        return None


def _listed(settings: Settings, default: Callable[[], Version]) -> Version | None:
    if "tls_version" not in settings:
        return None
    told = settings["tls_version"]
    return min(versions(re.split(r"[,\s]+", told.strip(", "))), key=rank) if told else default()


#: After these minor versions TLS 1.0 and 1.1 are off by default (user guide, "Configuring SQL Server security protocols").
_QUIET = {16: (0, 4120, 1), 15: (0, 4365, 2), 14: (0, 3465, 1), 13: (0, 6435, 1), 12: (0, 6449, 1)}


def _sqlserver(_: str, number: Number, settings: Settings) -> Transport:
    forced, said = _switch(settings, "rds.force_ssl", default=lambda: False)

    def quiet() -> bool:
        first, *rest = number() or (0,)
        last = _QUIET.get(first, (0,))
        return _told_enough(tuple(rest), last) > last

    def refused(name: str) -> bool:
        told = (settings.get(name) or "default").lower()
        return told == "disabled" or (told == "default" and quiet())

    def least() -> Version:
        if not refused("rds.tls10"):
            return Version.TLS10
        return Version.TLS12 if refused("rds.tls11") else Version.TLS11

    # rds.tls12 cannot be switched off
    return Transport(forced, said, _oldest(least, forced=forced), least=Version.TLS12)


def _db2(_: str, __: Number, settings: Settings) -> Transport:
    # TCPIP is Db2's own default; each protocol that is named has a port (user guide, "Using SSL/TLS with ... Db2").
    told = settings.get("db2comm") or "TCPIP"
    return Transport({one.strip().upper() for one in told.split(",")} == {"SSL"}, f"db2comm {told}")


def _docdb(_: str, __: Number, settings: Settings) -> Transport:
    # Parameter, API reference of DocumentDB: `enabled` is TLS 1.0 to 1.3.
    oldest = {
        "enabled": Version.TLS10,
        "tls1.2+": Version.TLS12,
        "tls1.3+": Version.TLS13,
        "fips-140-3": Version.TLS12,
        "disabled": None,
    }
    told = (_told(settings, "tls") or "enabled").lower()
    if told not in oldest:
        raise CouldNotCheck(Unknown(Reason.UNSUPPORTED, f"the meaning of tls {told} is not known"))
    return Transport(told != "disabled", f"tls {told}", oldest[told])


def _neptune(_: str, number: Number, settings: Settings) -> Transport:
    # "Beginning with engine version 1.0.4.0, Amazon Neptune only allows ... HTTPS", by TLS 1.2 or newer (user guide).
    if _since(number, 1, 0, 4):
        return Transport(True, "Neptune since 1.0.4.0", Version.TLS12, least=Version.TLS12)
    forced, said = _switch(settings, "neptune_enforce_ssl", default=lambda: True)
    return Transport(forced, said, Version.TLS12, least=Version.TLS12)


_ENGINES: Mapping[str, Callable[[str, Number, Settings], Transport]] = {
    "postgres": _postgres,
    "mysql": _mysql,
    "mariadb": _mariadb,
    "sqlserver": _sqlserver,
    "db2": _db2,
    "docdb": _docdb,
    "neptune": _neptune,
}


def _told(settings: Settings, name: str) -> str | None:
    """Give the value of a parameter, none where its default stands; raise where the group does not have it."""
    if name not in settings:
        raise CouldNotCheck(Unknown(Reason.MISSING, f"the parameter group has no {name}"))
    return settings[name]


def _switch(settings: Settings, name: str, *, default: Callable[[], bool]) -> tuple[bool, str]:
    told = _told(settings, name)
    if told is None:
        on = default()
        return on, f"{name} {'on' if on else 'off'} by default"
    return told.lower() in _ON, f"{name} {told}"


def _since(number: Number, *first: int) -> bool:
    """Say whether a version is that one or newer; raise where it is told too shortly: code may write `8.0` of 8.0.36."""
    return _told_enough(number(), first) >= first


def _told_enough(number: Release, other: Release) -> Release:
    """Give a version that is told far enough to be compared with another; raise where it is not."""
    if number and len(number) < len(other) and other[: len(number)] == number:
        told, wanted = (".".join(map(str, one)) for one in (number, other))
        raise CouldNotCheck(Unknown(Reason.UNRESOLVED, f"version {told} may be older or newer than {wanted}"))
    return number


def _number(raw: str) -> Release:
    """Read the version of an engine; what Aurora adds to MySQL's comes after it: `8.0.mysql_aurora.3.08.0`."""
    return tuple(int(one) for one in re.match(r"[\d.]*", raw)[0].strip(".").split(".") if one)  # type: ignore[index]


def instance_transport(instance: Any, look: Look) -> Transport:
    """Say what an instance accepts, by its parameter group, and by its option group where it is Oracle's."""
    if instance.engine.startswith("oracle"):
        return transport(instance.engine, instance.version, {}, instance.native_encryption)
    settings = settings_of(instance, look, InstanceParameters, "pg")
    return transport(instance.engine, lambda: instance.version, settings)


def cluster_transport(cluster: Any, look: Look) -> Transport:
    """Say what a cluster accepts, by its parameter group; a Neptune that is new enough has no choice."""
    if cluster.engine == "neptune":
        with suppress(CouldNotCheck):
            return transport(cluster.engine, cluster.version, {})
    settings = settings_of(cluster, look, ClusterParameters, "cluster-pg")
    return transport(cluster.engine, lambda: cluster.version, settings)


def native_encryption(raw: Any) -> str:
    """Read what an option group makes of Oracle's own encryption; nothing where it has no such option."""
    for option in raw:
        if option["OptionName"] == "NATIVE_NETWORK_ENCRYPTION":
            told = {one["Name"]: one.get("Value") or "" for one in option.get("OptionSettings") or ()}
            # REQUESTED is the default (user guide, "Oracle native network encryption").
            return told.get("SQLNET.ENCRYPTION_SERVER") or "REQUESTED"
    return ""
