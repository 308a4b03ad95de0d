"""Example tables: the facts of a resource and the verdict they must lead to; tests and documentation in one.

A table is `tests/rules/<ID>.yaml`. Facts are written as their types read (`30d`, `2026-11-24T02:00:00Z`); `@-3d` is
three days before the judgement; `{unknown: denied}` is a fact that could not be read. Every kind counts as listed in
both regions, so that "there is none" is certain, unless `gaps` says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from rules import catalogue
from scanner.engine import judge
from scanner.model.codec import decode, type_of
from scanner.model.duration import parse_duration
from scanner.model.estate import Estate, Gap
from scanner.model.finding import Finding
from scanner.model.policy import Policy, Scope, Tier
from scanner.model.reading import Evidence, Known, Reading, Reason, Source, Unknown
from scanner.model.resource import Resource
from scanner.model.rule import Rule
from scanner.model.system import Selector, System
from scanner.resources import kinds

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
REGIONS = ("eu-west-1", "eu-central-1")
ACCOUNT = "111111111111"
TABLES = Path(__file__).parent / "rules"

#: The figures the tables are judged by, unless a row says otherwise; those of the 5X policy.
DEMANDS: Mapping[str, Any] = {
    "retention": timedelta(days=30),
    "snapshot_every": timedelta(hours=24),
    "snapshot_lateness": timedelta(hours=4),
    "window_opens": time(2),
    "window_lasts": timedelta(hours=1),
    "log_capture": timedelta(minutes=5),
    "key_rotation": timedelta(days=90),
    "key_expiry_warning": timedelta(days=30),
    "tls": "1.3",
    "mfa": True,
    "customer_managed_keys": True,
    "catalogue_tags": ("System",),
    "hold_tags": ("legal-hold",),
    "overstay": timedelta(days=2),
    "copies_in_regions": 2,
    "copy_in_another_account": True,
    "real_time_replication": True,
    "archive": True,
    "locked": True,
    "deletion_protection": True,
    "mirror_freshness": timedelta(hours=24),
    "export_freshness": timedelta(hours=24),
    "drift_checked_every": timedelta(days=31),
    "record_freshness": timedelta(hours=48),
    "log_retention": timedelta(days=30),
    "usual_duration_factor": 3.0,
    "usual_size_factor": 3.0,
    "usual_samples": 5,
    "rehearsed_every": timedelta(days=90),
    "rehearsal_evidence": "engine",
    "unused_after": timedelta(days=90),
    "session_lasts": timedelta(hours=1),
    "rto": timedelta(hours=2),
    "rpo": timedelta(minutes=5),
}


@dataclass(frozen=True)
class Example:
    """One row of a table."""

    rule: Rule
    says: str
    kind: type[Resource]
    facts: Mapping[str, Any]
    outcome: str
    because: str = ""
    id: str = ""
    name: str = "one"
    region: str = REGIONS[0]
    demand: Mapping[str, Any] = field(default_factory=dict)
    systems: tuple[Mapping[str, Any], ...] = ()
    scope: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[Mapping[str, Any], ...] = ()
    gaps: tuple[Mapping[str, Any], ...] = ()
    regions: tuple[str, ...] = REGIONS

    def estate(self) -> Estate:
        """Build the estate that the row describes."""
        all_kinds = kinds()
        found: dict[str, list[Resource]] = {name: [] for name in all_kinds}
        subject = {"kind": self.kind.kind, "id": self.subject_id, "name": self.name, "region": self.region,
                   "facts": self.facts}  # fmt: skip
        for one in (subject, *self.others):
            kind = all_kinds[one["kind"]]
            found[kind.kind].append(
                kind(
                    one.get("id")
                    or f"arn:aws:test:{one.get('region', REGIONS[0])}:{ACCOUNT}:{kind.kind}/{one.get('name', 'x')}",
                    one.get("name", "x"),
                    one.get("account", ACCOUNT),
                    one.get("region", REGIONS[0]),
                    dict(_readings(kind, one.get("facts", {}))),
                )
            )
        evidence = Evidence(Source.LIVE, "example", AT)
        return Estate(
            source=Source.LIVE,
            account=ACCOUNT,
            caller=f"arn:aws:iam::{ACCOUNT}:role/example",
            regions=self.regions,
            taken_at=AT,
            resources={name: tuple(some) for name, some in found.items()},
            listings={(name, ""): evidence for name in all_kinds},
            gaps=tuple(
                Gap(gap["kind"], gap.get("region", ""), Unknown(Reason.DENIED, "denied"), gap.get("within", ""))
                for gap in self.gaps
            ),
        )

    @property
    def subject_id(self) -> str:
        """The id of the judged resource."""
        return self.id or f"arn:aws:test:{self.region}:{ACCOUNT}:{self.kind.kind}/{self.name}"

    def judged(self, estate: Estate | None = None) -> Finding:
        """Judge the row's resource and give the one finding on it."""
        figures = {**DEMANDS, **{key: _figure(key, value) for key, value in self.demand.items()}}
        systems = tuple(
            System(one["name"], one.get("tier", "tier"), tuple(Selector(**each) for each in one.get("select", [{}])),
                   tuple(one.get("depends_on", ())), tuple(one.get("covers", ())))
            for one in self.systems
        )  # fmt: skip
        tiers = {system.tier: Tier(system.tier, system.tier, {}) for system in systems}
        policy = Policy("examples", "1", figures, tiers, {})
        scope = Scope(
            frozenset(self.scope.get("allowed_regions", REGIONS)),
            frozenset(self.scope.get("allowed_accounts", (ACCOUNT, "222222222222"))),
            tuple(self.scope.get("backup_roles", ())),
            frozenset(self.scope.get("own_accounts", (ACCOUNT,))),
            code_tags=tuple(self.scope.get("code_tags", ({"ManagedBy": "terraform"},))),
        )
        found = judge([self.rule], estate or self.estate(), policy, at=AT, systems=systems, scope=scope)
        assert not found.crashes, found.crashes
        mine = [
            one for one in found.findings if one.subject.id == self.subject_id and one.subject.kind == self.kind.kind
        ]
        assert len(mine) == 1, f"{len(mine)} findings on {self.subject_id}"
        return mine[0]


def _figure(name: str, value: Any) -> Any:
    like = DEMANDS.get(name)
    if isinstance(like, timedelta) and isinstance(value, str):
        return parse_duration(value)
    if isinstance(like, time) and isinstance(value, str):
        return time.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value


def _readings(kind: type[Resource], facts: Mapping[str, Any]) -> Iterator[tuple[str, Reading[Any]]]:
    for name, raw in facts.items():
        if name not in kind.facts:
            raise KeyError(f"{kind.kind} has no fact {name!r}; it has {', '.join(kind.facts)}")
        evidence = (Evidence(Source.LIVE, f"example: {kind.kind} {name}", AT),)
        if isinstance(raw, Mapping) and set(raw) == {"unknown"}:
            yield name, Unknown(Reason(raw["unknown"]), f"{name}: {raw['unknown']}", evidence)
        else:
            yield name, Known(decode(_instants(raw), type_of(kind.facts[name])), evidence)


def _instants(raw: Any) -> Any:
    if isinstance(raw, str) and re.fullmatch(r"@[-+].+", raw):
        shift = parse_duration(raw[2:])
        return (AT - shift if raw[1] == "-" else AT + shift).isoformat()
    if isinstance(raw, list):
        return [_instants(one) for one in raw]
    if isinstance(raw, dict):
        return {key: _instants(one) for key, one in raw.items()}
    return raw


class _Loader(yaml.SafeLoader):
    """YAML without dates and without sixty-based numbers: `02:00` and `2026-11-24` stay text."""


_Loader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in some if tag != "tag:yaml.org,2002:timestamp"]
    for key, some in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:str", re.compile(r"^\d{1,2}:\d{2}(-\d{1,2}:\d{2})?$"), list("0123456789")
)
for _first in "0123456789":
    _Loader.yaml_implicit_resolvers[_first].sort(key=lambda one: one[0] != "tag:yaml.org,2002:str")


def table(rule_id: str) -> list[Example]:
    """Read the table of a rule; none where it has none."""
    file = TABLES / f"{rule_id}.yaml"
    if not file.exists():
        return []
    rule = catalogue().rules[rule_id]
    document = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # a safe loader
    assert document["rule"] == rule_id, f"{file} is of {document['rule']}"
    rows = []
    for raw in document["examples"]:
        row = dict(raw)
        kind = kinds()[row.pop("kind", document.get("kind", rule.kinds[0].kind))]
        for name in ("others", "gaps", "systems", "regions"):
            if name in row:
                row[name] = tuple(row[name])
        rows.append(Example(rule=rule, kind=kind, **row))
    return rows
