"""From checked documents to the policy and the configuration that rules are judged by."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from scanner.documents.policy import FIVEX_POLICY, own_digest, read_policy
from scanner.model.configuration import Account, Configuration, Organization
from scanner.model.duration import parse_duration
from scanner.model.policy import Clause, Control, Policy, Scope, Tier
from scanner.model.system import Selector, System

_FRAMEWORKS = ("soc2", "iso27001", "nist")
_DURATIONS = frozenset({
    "retention", "snapshot_every", "snapshot_lateness", "log_capture", "key_rotation", "key_expiry_warning",
    "overstay", "mirror_freshness", "export_freshness", "record_freshness", "drift_checked_every", "log_retention", "rehearsed_every",
    "unused_after", "session_lasts", "rto", "rpo",
})  # fmt: skip


def load_policy(path: Path | None = None) -> Policy:
    """Read a policy document, the 5X policy where no path is given; raise `DocumentError`."""
    data = read_policy(path)
    file = path or FIVEX_POLICY
    topics = {
        topic["id"]: tuple(
            Control(framework, one, data["controls"][framework][one])
            for framework in _FRAMEWORKS
            for one in topic.get(framework, ())
        )
        for topic in data["topics"]
    }
    return Policy(
        name=data["name"],
        version=data["version"],
        base=figures(data["demands"]),
        tiers={
            name: Tier(
                name,
                tier["title"],
                figures({key: value for key, value in tier.items() if key not in ("title", "critical")}),
                tier.get("critical", False),
            )
            for name, tier in data["tiers"].items()
        },
        clauses={
            one["id"]: Clause(
                one["id"],
                one["demands"],
                tuple(one["established_by"]),
                tuple(one["topics"]),
                one.get("rehearsed_as", ""),
                parse_duration(one["attested_every"]) if one.get("attested_every") else None,
                tuple(one.get("reviews", ())),
            )
            for one in data["clauses"]
        },
        topics=topics,
        topic_titles={topic["id"]: topic["title"] for topic in data["topics"]},
        scope_classes={one["id"]: one["title"] for one in data["scope"]},
        controls=tuple(
            Control(framework, one, title)
            for framework in _FRAMEWORKS
            for one, title in data["controls"][framework].items()
        ),
        digest=own_digest() if path is None else _digest(file),
        file=file.name,
    )


def figures(demands: Mapping[str, Any]) -> dict[str, Any]:
    """Read demands as figures: durations as such, the window and the usual range as figures of their own."""
    found: dict[str, Any] = {}
    for name, value in demands.items():
        if name == "window":
            found["window_opens"] = time.fromisoformat(value["opens"]) if value else None
            found["window_lasts"] = parse_duration(value["lasts"]) if value else None
        elif name == "usual_range":
            found["usual_duration_factor"] = float(value["duration_factor"]) if value else None
            found["usual_size_factor"] = float(value["size_factor"]) if value else None
            found["usual_samples"] = value["samples"] if value else None
        elif name in _DURATIONS:
            found[name] = parse_duration(value) if value is not None else None
        else:
            found[name] = tuple(value) if isinstance(value, list) else value
    return found


def load_configuration(
    path: Path,
    policy: Policy,
    at: datetime | None = None,
    *,
    rules: Collection[str] | None = None,
) -> Configuration:
    """Read a configuration, and the records beside it, and hold them against policy and rules; raise `DocumentError`."""
    from scanner.documents.config import check_config  # noqa: PLC0415  # code is mostly judged without a configuration
    from scanner.documents.measurements import load_measurements  # noqa: PLC0415  # as above
    from scanner.documents.records import load_records  # noqa: PLC0415  # as above
    from scanner.documents.yaml_file import load_yaml  # noqa: PLC0415  # as above

    document = check_config(load_yaml(path), tiers=policy.tiers, scopes=policy.scope_classes, rules=rules, at=at)
    data = document.data
    systems = tuple(
        System(
            one["name"],
            one["tier"],
            tuple(
                Selector(each.get("tag", {}), each.get("arn", ""), each.get("name", ""))
                for each in one.get("select", ())
            ),
            tuple(one.get("depends_on", ())),
            tuple(one.get("covers", ())),
        )
        for one in data.get("systems", ())
    )
    allowed = data.get("allowed", {})
    return Configuration(
        accounts={
            name: Account(
                name,
                one["id"],
                tuple(one["regions"]),
                one.get("profile", ""),
                one.get("role", ""),
                one.get("external_id", ""),
                one.get("endpoint", ""),
            )
            for name, one in data["accounts"].items()
        },
        systems=systems,
        organization=_organization(data.get("organization")),
        records=load_records(document, policy, rules=rules, at=at),
        scope=Scope(
            frozenset(allowed.get("regions", ())),
            frozenset(allowed.get("accounts", ())),
            tuple(data.get("backup_roles", ())),
            frozenset(one["id"] for one in data["accounts"].values()),
            tuple(data.get("code_tags", ())),
        ),
        declared={
            "repositories": tuple(data.get("repositories", ())),
            "exports": tuple(data.get("exports", ())),
            "log_archives": tuple(data.get("log_archives", ())),
            "endpoints": tuple(data.get("endpoints", ())),
            "not_judged": tuple(data.get("not_judged", ())),
            "measurements": load_measurements(
                path, data.get("measurements", ()), {one.name for one in systems}, document.lines
            ),
            "tests": tuple(
                {"test": one.rehearsed_as, "clause": one.id} for one in policy.clauses.values() if one.rehearsed_as
            ),
            **declared_systems(systems, policy),
        },
        file=str(path),
        digest=document.digest,
    )


def _organization(raw: Mapping[str, Any] | None) -> Organization | None:
    if raw is None:
        return None
    return Organization(
        raw["listed_by"],
        raw["role"],
        tuple(raw["regions"]),
        raw.get("external_id", ""),
        frozenset(raw.get("exclude", ())),
    )


def declared_systems(systems: tuple[System, ...], policy: Policy) -> dict[str, tuple[Mapping[str, Any], ...]]:
    """Give the systems and the policy's scope classes as items that can be judged like resources."""

    def rto(tier: str) -> timedelta | None:
        found: timedelta | None = policy.figures(tier).get("rto")
        return found

    return {
        "systems": tuple(
            {
                "name": one.name,
                "tier": one.tier,
                "rto": rto(one.tier),
                "depends_on": list(one.depends_on),
                "covers": list(one.covers),
                "select": [{"tags": each.tags, "arn": each.arn, "name": each.name} for each in one.select],
            }
            for one in systems
        ),
        "scope_classes": tuple(
            {"id": name, "title": title, "systems": [one.name for one in systems if name in one.covers]}
            for name, title in policy.scope_classes.items()
        ),
    }


def _digest(path: Path) -> str:
    import hashlib  # noqa: PLC0415  # slow to import, and our own is known

    return hashlib.sha256(path.read_bytes()).hexdigest()
