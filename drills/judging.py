"""Judging a record: the rules about rehearsals on what one run measured, without any call to AWS.

Each drill is judged for itself, as if it were all that there is: of two drills on one system, the one that went well
must not hide the other. What was measured in earlier runs counts for a scan, and not for the verdict on this run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from drills.results.measurements import measurements_of, rounded
from drills.results.record import MEASURED, NOT_TESTED, Drilled, Record
from scanner.door.exits import Exit
from scanner.model.finding import Finding, Findings
from scanner.model.late_dataclass import dataclass
from scanner.model.verdict import Outcome
from scanner.resources.rehearsals import EVIDENCE_CLASSES

if TYPE_CHECKING:
    from scanner.model.configuration import Configuration
    from scanner.model.policy import Policy

#: About a system that comes back as a whole.
_OF_THE_WHOLE = ("BK901", "BK902", "BK903", "BK905")
#: About whatever leaves something behind, and about kinds of test.
_LEFT, _DONE, _ALERT, _ACCESS = "BK906", "BK904", "BK908", "BK909"
#: BK907 asks AWS Backup for its restore tests; no record says anything of these.
RULES = (*_OF_THE_WHOLE, _LEFT, _DONE, _ALERT, _ACCESS)
#: That nothing counted was done is no failure of the run: it showed too little.
_OF_THE_CALENDAR = ("BK903", "BK904")
RTO, RPO = "BK901", "BK902"
_GRAVITY = ("failed", "unknown", "passed")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the policy, and what was achieved of it."""

    target: timedelta | None
    achieved: timedelta | None
    #: `passed`, `failed`, `unknown`; "" where it was not judged
    outcome: str
    said: str = ""

    @property
    def lost(self) -> bool:
        """Nothing came back: there is no figure, and none is needed."""
        return self.achieved is None and self.outcome == "failed"

    @property
    def margin(self) -> timedelta | None:
        """How much better it is than demanded; less than nothing where it is worse."""
        return None if self.target is None or self.achieved is None else self.target - self.achieved


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one drill stands: the verdict, why, and the figures."""

    drilled: Drilled
    findings: tuple[Finding, ...]
    outcome: str
    because: tuple[str, ...]
    rto: Figure
    rpo: Figure


@dataclass(frozen=True, slots=True)
class SystemStanding:
    """Where a system stands: the gravest of its drills."""

    #: its name, or that of the drill where no system matters
    name: str
    tier: str
    standings: tuple[Standing, ...]

    @property
    def outcome(self) -> str:
        """The gravest verdict."""
        return gravest(one.outcome for one in self.standings)

    @property
    def because(self) -> tuple[str, ...]:
        """Why it is no better."""
        return tuple(
            dict.fromkeys(said for one in self.standings if one.outcome == self.outcome for said in one.because)
        )

    @property
    def rto(self) -> Figure:
        """The worst recovery time."""
        return _worst([one.rto for one in self.standings])

    @property
    def rpo(self) -> Figure:
        """The worst data loss."""
        return _worst([one.rpo for one in self.standings])

    @property
    def evidence(self) -> tuple[str, ...]:
        """The classes of evidence, each once, the least first."""
        return tuple(sorted({one.drilled.evidence for one in self.standings}, key=EVIDENCE_CLASSES.index))

    @property
    def ended_at(self) -> datetime:
        """When its oldest drill ended."""
        return min(one.drilled.ended_at for one in self.standings)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of a record."""

    at: datetime
    policy: str
    policy_digest: str
    least: str
    standings: tuple[Standing, ...]
    tiers: Mapping[str, str] = field(default_factory=dict)
    configuration: str = ""
    configuration_digest: str = ""
    crashes: tuple[str, ...] = ()

    @property
    def findings(self) -> Findings:
        """All findings, in the order of the drills."""
        return Findings(self.at, tuple(one for some in self.standings for one in some.findings), self.crashes)

    @property
    def systems(self) -> tuple[SystemStanding, ...]:
        """The systems, in the order in which they were drilled first."""
        found: dict[str, list[Standing]] = {}
        for one in self.standings:
            found.setdefault(one.drilled.system or one.drilled.name, []).append(one)
        return tuple(SystemStanding(name, self.tiers.get(name, ""), tuple(some)) for name, some in found.items())

    @property
    def outcome(self) -> str:
        """The gravest verdict of all; "" where nothing was drilled."""
        return gravest(one.outcome for one in self.standings) if self.standings else ""


def judge_record(record: Record, policy: Policy, configuration: Configuration, at: datetime | None = None) -> Judgement:
    """Judge what a run measured by the rules about rehearsals, as of a moment; as of its end where none is named."""
    moment = max(at or record.ended_at, record.ended_at)
    tiers = {one.name: one.tier for one in configuration.systems}
    standings, crashes = [], []
    for one in record.measured:
        found = _judged(one, record, policy, configuration, moment)
        crashes += [*found.crashes]
        figures = policy.figures(tiers.get(one.system))
        declared = not one.system or one.system in tiers
        standings.append(_standing(one, found.findings, figures, declared=declared))
    return Judgement(
        moment,
        f"{policy.name} {policy.version}",
        policy.digest,
        _least(policy.figures(None)),
        tuple(standings),
        tiers,
        Path(configuration.file).name,
        configuration.digest,
        tuple(dict.fromkeys(crashes)),
    )


def exit_of(record: Record, judgement: Judgement) -> Exit:
    """Give the exit code of a run: failures before what could not be told; 3 where nothing was tried at all."""
    if judgement.crashes:
        return Exit.INTERNAL
    if judgement.outcome == "failed":
        return Exit.FAILED
    if all(one.state == NOT_TESTED for one in record.measured):
        return Exit.NOTHING
    return Exit.UNKNOWN if judgement.outcome == "unknown" or record.stopped else Exit.PASSED


def gravest(outcomes: Iterator[str] | list[str]) -> str:
    """Give the gravest of some verdicts."""
    return min(outcomes, key=_GRAVITY.index)


def _judged(one: Drilled, record: Record, policy: Policy, configuration: Configuration, at: datetime) -> Findings:
    from rules import catalogue  # noqa: PLC0415  # every kind and every fact
    from scanner.collect.live import collect  # noqa: PLC0415
    from scanner.collect.port import Shut  # noqa: PLC0415
    from scanner.documents.measurements import as_item  # noqa: PLC0415
    from scanner.engine import judge  # noqa: PLC0415
    from scanner.plan import plan  # noqa: PLC0415

    rules = [catalogue().rules[name] for name in sorted(_rules_on(one))]
    if not rules:
        return Findings(at, ())
    document = measurements_of(replace(record, measured=(one,)))
    item = as_item(document["measurements"][0], document, "drill.json")
    estate = collect(
        plan(rules),
        Shut("a record is judged without any call"),
        account=record.account,
        caller="",
        regions=(),
        at=at,
        declared={**configuration.declared, "measurements": (item,)},
        concurrency=1,
    )
    found = judge(
        rules,
        estate,
        policy,
        at=at,
        systems=configuration.systems,
        scope=configuration.scope,
        records=configuration.records,
    )
    return replace(found, findings=tuple(each for each in found.findings if _concerns(each, one)))


def _rules_on(one: Drilled) -> Iterator[str]:
    """Give the rules that ask something of a drill."""
    if one.system:
        yield _LEFT
        if one.of_the_whole:
            yield from _OF_THE_WHOLE
    if one.tests:
        yield _DONE
    if "alert" in one.tests:
        yield _ALERT
    if "access" in one.tests:
        yield _ACCESS


def _concerns(finding: Finding, one: Drilled) -> bool:
    """Tell whether a finding is about this drill: its system, or a kind of test that it is."""
    if finding.outcome is Outcome.EXEMPT:
        return False
    return (
        finding.subject.name == one.system
        if finding.subject.kind == "policy.system"
        else finding.subject.name in one.tests
    )


def _standing(
    one: Drilled, findings: tuple[Finding, ...], figures: Mapping[str, object], *, declared: bool
) -> Standing:
    least = _least(figures)
    counts = one.state == MEASURED and _shows(one, least)
    failed = [each for each in findings if each.outcome is Outcome.FAILED and _by_itself(each, counts=counts)]
    because = [each.verdict.because for each in failed if each.waiver is None]
    # The rules say nothing of what was taken on too little. That it held there shows little; that it did not, enough.
    troubles = one.troubles if not failed else tuple(one.troubles[1:]) if one.came_back is False else ()
    outcome = "failed" if because or troubles else ""
    if not outcome:
        because = list(_untold(one, findings, least, declared=declared))
        outcome = "unknown" if because else "passed"
    # How long it took until nothing was there is no recovery time, and what was lost then is all.
    told = one.state == MEASURED and one.came_back is not False
    return Standing(
        one,
        findings,
        outcome,
        tuple(dict.fromkeys((*because, *troubles))),
        _figure(figures.get("rto"), one.recovery_time if told else None, findings, RTO),
        _figure(figures.get("rpo"), one.data_loss if told else None, findings, RPO),
    )


def _by_itself(finding: Finding, *, counts: bool) -> bool:
    return counts or finding.rule.id not in _OF_THE_CALENDAR


def _untold(one: Drilled, findings: tuple[Finding, ...], least: str, *, declared: bool) -> Iterator[str]:
    """Say what could not be told."""
    if one.state != MEASURED:
        yield f"{one.state}: {one.why}"
        return
    if not declared:
        yield f"the configuration declares no system {one.system}"
    if not _shows(one, least):
        yield f"it held, but was taken on what is {one.evidence}, and the policy wants {least}"
    else:
        for each in findings:
            if each.outcome is Outcome.UNKNOWN:
                yield each.verdict.because
    for check in one.unmade:
        yield f"not checked: {check.name}{f' ({check.detail})' if check.detail else ''}"
    if not one.checks and one.came_back is None and one.alert_after is None:
        yield "nothing of it was checked"


def _least(figures: Mapping[str, object]) -> str:
    return str(figures.get("rehearsal_evidence") or EVIDENCE_CLASSES[0])


def _shows(one: Drilled, least: str) -> bool:
    return EVIDENCE_CLASSES.index(one.evidence) >= EVIDENCE_CLASSES.index(least)


def _figure(target: object, achieved: timedelta | None, findings: tuple[Finding, ...], rule: str) -> Figure:
    finding = next((one for one in findings if one.rule.id == rule), None)
    return Figure(
        target if isinstance(target, timedelta) else None,
        None if achieved is None else rounded(achieved),
        finding.outcome.value if finding is not None else "",
        finding.verdict.because if finding is not None else "",
    )


def _worst(figures: list[Figure]) -> Figure:
    judged = [one for one in figures if one.outcome] or figures
    return min(judged, key=_place)


def _place(one: Figure) -> tuple[int, bool, timedelta]:
    return (
        _GRAVITY.index(one.outcome) if one.outcome else len(_GRAVITY),
        not one.lost,
        -(one.achieved or timedelta()),
    )
