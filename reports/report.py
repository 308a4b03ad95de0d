"""The report: findings with everything a reader needs to weigh them, counted once for every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from reports.repository import from_root, shown
from scanner.model.estate import Estate, Gap
from scanner.model.finding import Finding, Findings
from scanner.model.late_dataclass import dataclass
from scanner.model.policy import Clause, Policy
from scanner.model.reading import Reason, Source, Spot, Unknown
from scanner.model.rule import Rule
from scanner.model.verdict import Outcome, Severity

if TYPE_CHECKING:
    from reports.repository import Repository
    from scanner.iac.block import Problem
    from scanner.iac.fixes.edit import Edit
    from scanner.iac.second_opinion.opinions import SecondOpinion

_MOST_NAMES = 4
#: The sources that are code.
CODE = (Source.TERRAFORM, Source.CLOUDFORMATION)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many findings have each outcome; a waived failure is counted as waived, not as failed."""

    passed: int = 0
    failed: int = 0
    unknown: int = 0
    exempt: int = 0
    waived: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.passed + self.failed + self.unknown + self.exempt + self.waived

    @property
    def state(self) -> str:
        """The gravest of them, in a word; `empty` where there is none."""
        for name in ("failed", "unknown", "waived", "passed", "exempt"):
            if getattr(self, name):
                return name
        return "empty"


def state_of(finding: Finding) -> str:
    """Give a finding's state as reports count it: its outcome, or `waived` for a failure that a waiver covers."""
    if finding.outcome is Outcome.FAILED and finding.waiver is not None:
        return "waived"
    return finding.outcome.value


def tally(findings: Iterable[Finding]) -> Tally:
    """Count findings by state."""
    return Tally(**Counter(state_of(finding) for finding in findings))


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was read of one kind: how many resources, in which regions, and where there may be more."""

    kind: str
    title: str
    resources: int
    regions: tuple[str, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Report:
    """One judgement, ready to be shown."""

    tool: str
    version: str
    estates: Sequence[Estate]
    policy: Policy
    rules: Mapping[str, Rule]
    findings: Findings
    titles: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)
    configuration: str = ""
    configuration_digest: str = ""
    #: the files of records beside the configuration, by name and digest
    records: Sequence[tuple[str, str]] = ()
    #: accounts of the organisation that were not scanned, and why
    left_out: Sequence[str] = ()
    #: what of the code could not be read or followed
    problems: Sequence[Problem] = ()
    #: the path of what was named on the command line, from the root of its repository
    prefix: str = ""
    repository: Repository | None = None
    #: by fingerprint, what a change did to a finding: `added`, `worsened` or `unchanged`; None where nothing was compared
    changes: Mapping[str, str] | None = None
    #: the failures that a change mended, as they were before it
    mended: Sequence[Finding] = ()
    #: by rule, how many questions no code can answer: a scan of the account does
    left_to_live: Mapping[str, int] = field(default_factory=dict)
    #: by the fingerprint of a failure, the edit of its block that mends it
    fixes: Mapping[str, Edit] = field(default_factory=dict)
    #: what checkov says of the same code, where it was asked
    second_opinion: SecondOpinion | None = None

    @cached_property
    def of_code(self) -> bool:
        """Whether all of it is code: there are no accounts, calls and answers to speak of."""
        return all(estate.source in CODE for estate in self.estates)

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The roots of the code that was read, by name."""
        found = {
            one.declaration.root
            for estate in self.estates
            for some in estate.resources.values()
            for one in some
            if one.declaration is not None
        }
        return tuple(sorted(found))

    def place_of(self, spot: Spot) -> str:
        """Give a place in the code as people read it, from the root of its repository: `infra/main.tf:12`."""
        return f"{shown(self.path_of(spot.file))}:{spot.line}"

    def path_of(self, file: str) -> str:
        """Give a file's path from the root of its repository."""
        return from_root(self.prefix, file)

    def change_of(self, finding: Finding) -> str:
        """Say what a change did to a finding: `added`, `worsened`, `unchanged`; "" where nothing was compared."""
        return "" if self.changes is None else self.changes.get(finding.fingerprint, "unchanged")

    @cached_property
    def title(self) -> str:
        """The accounts, or the roots of the code, by their names."""
        names = [estate.account_name or estate.account for estate in self.estates]
        if self.of_code:
            names = [shown(self.path_of(root)) for root in self.roots] or names
        return (
            ", ".join(names)
            if len(names) <= _MOST_NAMES
            else f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} more"
        )

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """The regions of all accounts."""
        return tuple(dict.fromkeys(region for estate in self.estates for region in estate.regions))

    @cached_property
    def taken_at(self) -> datetime:
        """When the first account was read."""
        return min((estate.taken_at for estate in self.estates), default=self.findings.at)

    @cached_property
    def calls(self) -> Mapping[str, int]:
        """How many answers were read, by operation."""
        found: Counter[str] = Counter()
        for estate in self.estates:
            found.update(estate.calls)
        return dict(sorted(found.items()))

    @cached_property
    def gaps(self) -> tuple[tuple[Estate, Gap], ...]:
        """What could not be listed, with the estate it is missing from.

        That code holds no jobs and no recovery points, and may not be all there is, is no gap of the code.
        """
        return tuple(
            (estate, gap)
            for estate in self.estates
            for gap in estate.gaps
            if gap.unknown.reason not in (Reason.RUNTIME, Reason.OPEN)
        )

    @cached_property
    def by_account(self) -> Sequence[tuple[Estate, Tally]]:
        """The verdicts by account, in the order of the scan; what is declared is of none of them."""
        found: dict[str, list[Finding]] = {}
        for finding in self.findings.findings:
            if not finding.subject.declared:
                found.setdefault(finding.subject.account, []).append(finding)
        return [(estate, tally(found.get(estate.account, ()))) for estate in self.estates]

    @cached_property
    def declared(self) -> Tally:
        """The verdicts on what people declared and wrote, which is no account's."""
        return tally(finding for finding in self.findings.findings if finding.subject.declared)

    @cached_property
    def by_root(self) -> Sequence[tuple[str, Tally]]:
        """The verdicts by root of the code, as paths from the root of the repository; what is in no block under ""."""
        found: dict[str, list[Finding]] = {root: [] for root in self.roots}
        for finding in self.findings.findings:
            if not finding.subject.declared:
                block = finding.subject.declaration
                found.setdefault("" if block is None else block.root, []).append(finding)
        return [(shown(self.path_of(root)) if root else "", tally(some)) for root, some in found.items()]

    def whose(self, finding: Finding) -> str:
        """Name the account of a finding where there are several, of code its root; "" where there is one."""
        block = finding.subject.declaration
        if block is not None:
            return shown(self.path_of(block.root)) if len(self.roots) > 1 or not self.of_code else ""
        if len(self.estates) == 1 or finding.subject.declared or self.of_code:
            return ""
        names = {estate.account: estate.account_name for estate in self.estates}
        return names.get(finding.subject.account) or finding.subject.account

    def place(self, estate: Estate, region: str) -> str:
        """Say where, with the account where there are several."""
        where = region or "all regions"
        if estate.source in CODE:
            return estate.account_name
        return where if len(self.estates) == 1 else f"{estate.account_name or estate.account}, {where}"

    @cached_property
    def tally(self) -> Tally:
        """All findings, counted."""
        return tally(self.findings.findings)

    @cached_property
    def failures(self) -> tuple[Finding, ...]:
        """Failures that no waiver covers, the gravest first."""
        return self._of("failed")

    @cached_property
    def waived(self) -> tuple[Finding, ...]:
        """Failures that a waiver covers."""
        return self._of("waived")

    @cached_property
    def unknowns(self) -> tuple[Finding, ...]:
        """What could not be judged, the gravest first."""
        return self._of("unknown")

    @cached_property
    def exempted(self) -> tuple[Finding, ...]:
        """What the policy does not concern."""
        return self._of("exempt")

    @cached_property
    def passes(self) -> tuple[Finding, ...]:
        """What keeps its promise."""
        return self._of("passed")

    def _of(self, state: str) -> tuple[Finding, ...]:
        some = (finding for finding in self.findings.findings if state_of(finding) == state)
        return tuple(
            sorted(some, key=lambda one: (one.rule.severity.rank, one.rule.id, one.subject.region, one.subject.id))
        )

    @cached_property
    def gravest(self) -> Sequence[tuple[Rule, int]]:
        """The rules that are broken, the gravest first and then the most often broken, with how often."""
        counts = Counter(finding.rule.id for finding in self.failures)
        broken = [(self.rules[rule], count) for rule, count in counts.items()]
        return sorted(broken, key=lambda one: (one[0].severity.rank, -one[1], one[0].id))

    @cached_property
    def by_rule(self) -> Mapping[str, tuple[Finding, ...]]:
        """The findings of each rule."""
        found: dict[str, list[Finding]] = {rule: [] for rule in self.rules}
        for finding in self.findings.findings:
            found[finding.rule.id].append(finding)
        return {rule: tuple(some) for rule, some in found.items()}

    @cached_property
    def by_clause(self) -> Sequence[tuple[Clause, Tally, tuple[Rule, ...]]]:
        """Every clause of the policy with its verdicts and its rules, in the policy's order."""
        bearing: dict[str, list[Finding]] = {}
        for finding in self.findings.findings:
            for name in finding.clauses:
                bearing.setdefault(name, []).append(finding)
        return [
            (
                clause,
                tally(bearing.get(clause.id, ())),
                tuple(rule for rule in self.rules.values() if clause.id in rule.enforces),
            )
            for clause in self.policy.clauses.values()
        ]

    @cached_property
    def by_severity(self) -> Mapping[Severity, Tally]:
        """The verdicts by severity of their rule."""
        return {
            severity: tally(one for one in self.findings.findings if one.rule.severity is severity)
            for severity in Severity
        }

    @cached_property
    def by_tier(self) -> Mapping[str, Tally]:
        """The verdicts by tier, in the policy's order; those of no tier last, under ""."""
        names = [name for name in (*self.policy.tiers, "") if any(one.tier == name for one in self.findings.findings)]
        return {name: tally(one for one in self.findings.findings if one.tier == name) for name in names}

    @cached_property
    def unread(self) -> Mapping[str, tuple[Reason, int]]:
        """What AWS did not answer about resources that were found: each answer once, with how many facts it cost.

        All of them are here, also those that no verdict came to depend on.
        """
        found: Counter[tuple[str, Reason]] = Counter()
        for some in (some for estate in self.estates for some in estate.resources.values()):
            for resource in some:
                for reading in resource.readings.values():
                    if isinstance(reading, Unknown) and reading.reason not in (
                        Reason.BEYOND,
                        Reason.RUNTIME,
                    ):
                        found[reading.detail, reading.reason] += 1
        return {detail: (reason, count) for (detail, reason), count in sorted(found.items())}

    @cached_property
    def coverage(self) -> Sequence[Coverage]:
        """What was read, kind by kind."""
        listed: dict[str, set[str]] = {}
        missing: dict[str, list[Gap]] = {}
        for estate in self.estates:
            for kind, region in estate.listings:
                listed.setdefault(kind, set()).add(region or "global")
            for gap in estate.gaps:
                if estate.source not in CODE or gap.kind in estate.resources:
                    missing.setdefault(gap.kind, []).append(gap)
        return tuple(
            Coverage(
                kind,
                self.titles.get(kind, kind),
                sum(len(estate.resources.get(kind, ())) for estate in self.estates),
                tuple(sorted(listed.get(kind, ()))),
                tuple(missing.get(kind, ())),
            )
            for kind in sorted({kind for estate in self.estates for kind in estate.kinds})
        )
