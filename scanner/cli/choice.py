"""Choosing rules and findings: by rule, clause, severity, tier and region."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import click

from scanner.model.finding import Finding, Findings
from scanner.model.late_dataclass import dataclass
from scanner.model.policy import Policy
from scanner.model.rule import Catalogue, Rule
from scanner.model.verdict import Outcome, Severity


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person asked for; empty means everything."""

    rules: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    severity: Severity | None = None

    def pick(self, catalogue: Catalogue, policy: Policy) -> tuple[Rule, ...]:
        """Give the rules that are chosen; refuse names that nothing answers to."""
        for name in self.rules:
            if not name or not any(matches(name, rule) for rule in catalogue.rules):
                raise click.BadParameter(
                    f"no rule is called {name!r}; `backup-scan rules` lists them{_nearest(name, catalogue.rules)}",
                    param_hint="--rule",
                )
        for clause in self.clauses:
            if not any(_within(clause, one) for one in policy.clauses):
                raise click.BadParameter(
                    f"the policy has no clause {clause!r}{_nearest(clause, policy.clauses)}", param_hint="--clause"
                )
        for tier in self.tiers:
            if tier not in policy.tiers:
                raise click.BadParameter(
                    f"the policy has no tier {tier!r}{_nearest(tier, policy.tiers)}", param_hint="--tier"
                )
        return tuple(rule for rule in catalogue.rules.values() if self._wants(rule))

    def _wants(self, rule: Rule) -> bool:
        if self.rules and not any(matches(name, rule.id) for name in self.rules):
            return False
        if self.severity is not None and rule.severity.rank > self.severity.rank:
            return False
        return not self.clauses or any(_within(clause, one) for clause in self.clauses for one in rule.enforces)

    def keep(self, findings: Findings) -> Findings:
        """Leave out the findings of other tiers and regions.

        A gap, or an unknown of no known tier, is never left out for its tier: it may be of any.
        """
        if not self.tiers and not self.regions:
            return findings
        return replace(
            findings,
            findings=tuple(
                one
                for one in findings.findings
                if (not self.tiers or one.tier in self.tiers or _of_any_tier(one))
                and (not self.regions or one.subject.region in ("", *self.regions))
            ),
        )

    def said(self) -> dict[str, str]:
        """Say it for the report."""
        words = {
            "rule": " ".join(self.rules),
            "clause": " ".join(self.clauses),
            "tier": " ".join(self.tiers),
            "region": " ".join(self.regions),
            "severity": self.severity.value if self.severity else "",
        }
        return {name: value for name, value in words.items() if value}


def matches(name: str, rule_id: str) -> bool:
    """Say whether a name on the command line means this rule: `BK201`, `bk201`, or a group such as `BK2`."""
    return rule_id.upper().startswith(name.upper()) if len(name) < len(rule_id) else rule_id.upper() == name.upper()


def _within(name: str, clause: str) -> bool:
    """Say whether a name on the command line means this clause: `5.1-window`, `5.1` or `5`."""
    return bool(name) and (clause == name or clause.startswith((f"{name}-", f"{name}.")))


def _of_any_tier(finding: Finding) -> bool:
    return finding.subject.gap or (not finding.tier and finding.outcome is Outcome.UNKNOWN)


def _nearest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  # only on a mistake

    found = get_close_matches(name, list(known), 1)
    return f" (did you mean {found[0]}?)" if found else ""
