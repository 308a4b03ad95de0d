"""Records as resources: the statement that decides each clause, and what the findings of a run show of the others."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from scanner.model.arn import place_of
from scanner.model.attestation import Attestation, Proof, current
from scanner.model.estate import Estate
from scanner.model.finding import Finding
from scanner.model.late_dataclass import dataclass
from scanner.model.policy import Policy
from scanner.model.reading import Evidence, Known, Reading, Reason, Source, Unknown
from scanner.model.records import Records
from scanner.model.verdict import Outcome
from scanner.model.waiver import Waiver, is_glob
from scanner.resources.records import ClauseAttestation, RuleFailures, WrittenWaiver

_GLOBS = frozenset("*?[")
#: How the address of a block of code begins, after its root or alone; nothing in an account is called so.
_ADDRESS = re.compile(r"(?:[^:]*:)?(?:module\.[\w-]+[.\[]|aws_\w+\.[\w-])|[^:]+\.(?:ya?ml|json|template):")


def attestations(policy: Policy, records: Records, account: str, at: datetime) -> tuple[ClauseAttestation, ...]:
    """Give every clause that people attest with the statement that decides it for an account."""
    of_clause: dict[str, list[Attestation]] = {}
    for one in records.attestations:
        of_clause.setdefault(one.clause, []).append(one)
    found = []
    for clause in policy.clauses.values():
        if "attest" not in clause.established_by:
            continue
        every = clause.attested_every
        stated = current(of_clause.get(clause.id, ()), account, at.date(), every)
        evidence = _stands(stated.where if stated else "attestations")
        values: dict[str, Any] = {"clause": clause.id, "every": every, "by": None, "stated_on": None, "until": None,
                                  "evidence": "", "altered": False}  # fmt: skip
        if stated is not None:
            by = f"{stated.by} ({stated.role})" if stated.role else stated.by
            values.update(by=by, stated_on=stated.on, until=stated.until, evidence=stated.evidence,
                          altered=stated.proof is Proof.ALTERED)  # fmt: skip
        readings: dict[str, Reading[Any]] = {name: Known(value, evidence) for name, value in values.items()}
        if stated is not None and stated.proof is Proof.ABSENT:
            detail = f"{stated.evidence} is not there, so it cannot be told whether it is what it was"
            readings["altered"] = Unknown(Reason.MISSING, detail, evidence)
        found.append(ClauseAttestation(f"policy:attestation/{clause.id}", clause.id, account, "", readings))
    return tuple(found)


def _stands(where: str) -> tuple[Evidence, ...]:
    return (Evidence(Source.DECLARED, where or "records"),)


@dataclass(frozen=True)
class Run:
    """What was judged in one run: the estates, the rules that were asked for, and their findings by rule."""

    estates: Sequence[Estate]
    rules: Collection[str]
    findings: Mapping[str, Sequence[Finding]]

    @property
    def account(self) -> str:
        """The account that it is all about, if it is one."""
        accounts = {estate.account for estate in self.estates}
        return accounts.pop() if len(accounts) == 1 else ""

    @cached_property
    def _by_subject(self) -> Mapping[str, Mapping[str, Sequence[Finding]]]:
        """The findings of each rule by the resource that they are about; those about gaps are under ""."""
        found: dict[str, dict[str, list[Finding]]] = {}
        for rule, findings in self.findings.items():
            own = found[rule] = {}
            for one in findings:
                own.setdefault("" if one.subject.gap else one.subject.id, []).append(one)
        return found

    def near(self, waiver: Waiver) -> Sequence[Finding]:
        """Give the findings that a waiver may be about."""
        if is_glob(waiver.resource):
            return self.findings.get(waiver.rule, ())
        own = self._by_subject.get(waiver.rule, {})
        return (*own.get(waiver.resource, ()), *own.get("", ()))

    def _is_of_code(self, waiver: Waiver) -> bool:
        """Say whether a waiver names a block of code, which a scan of accounts does not judge."""
        return all(one.source is Source.LIVE for one in self.estates) and _ADDRESS.match(waiver.resource) is not None

    def doubt(self, waiver: Waiver, findings: Iterable[Finding]) -> Unknown | None:
        """Say why a waiver may be needed all the same, if so."""
        return None if self._is_of_code(waiver) else _doubt(waiver, findings)

    def beyond(self, waiver: Waiver, records: Records) -> str:
        """Say what a waiver may be about that this run was not asked to judge; "" where there is nothing."""
        if waiver.rule not in self.rules:
            return f"rule {waiver.rule}"
        if self._is_of_code(waiver):
            return "the code"
        seen = {(estate.account, region) for estate in self.estates for region in estate.regions}
        accounts = {account for account, _ in seen}
        _, named = place_of(waiver.resource)
        if named and not _GLOBS & set(named):
            if named not in accounts:
                return f"account {named}"
        elif records.organization and accounts <= {account for account, _ in records.places}:
            return "the rest of the organisation"
        for account, region in records.places:
            if (account, region) not in seen and _may_be_in(waiver.resource, account, region):
                return f"region {region}" if account in accounts else f"account {account}"
        return ""


def waivers(records: Records, run: Run) -> tuple[WrittenWaiver, ...]:
    """Give every waiver with what this run needs it for."""
    found: list[WrittenWaiver] = []
    times: dict[str, int] = {}
    for one in records.waivers:
        findings = run.near(one)
        evidence = _stands(one.where)
        failures = sum(
            finding.outcome is Outcome.FAILED and one.concerns(one.rule, finding.subject.id) for finding in findings
        )
        seen = failures > 0 or _seen(one, findings)
        readings: dict[str, Reading[Any]] = {
            "owner": Known(one.owner, evidence),
            "approved_by": Known(one.approved_by, evidence),
            "expires": Known(one.expires, evidence),
            "failures": (None if seen else run.doubt(one, findings)) or Known(failures, evidence),
            "beyond": Known("" if seen else run.beyond(one, records), evidence),
        }
        identity = f"policy:waiver/{one.rule}/{one.resource}"
        times[identity] = times.get(identity, 0) + 1
        if times[identity] > 1:
            identity += f"#{times[identity]}"
        found.append(WrittenWaiver(identity, f"{one.rule} on {one.resource}", run.account, "", readings))
    return tuple(found)


def _seen(waiver: Waiver, findings: Iterable[Finding]) -> bool:
    """Say whether the one resource that a waiver names outright was judged: then nothing else can need it."""
    return not is_glob(waiver.resource) and any(
        one.subject.id == waiver.resource and one.outcome is not Outcome.UNKNOWN for one in findings
    )


def _doubt(waiver: Waiver, findings: Iterable[Finding]) -> Unknown | None:
    """Say why a waiver may be needed all the same, if so: something that it is about could not be judged."""
    for finding in findings:
        subject = finding.subject
        if finding.outcome is not Outcome.UNKNOWN:
            continue
        if subject.gap:
            about = _may_be_in(waiver.resource, subject.account, subject.region)
        else:
            about = waiver.concerns(waiver.rule, subject.id)
        if about:
            return _unjudged(finding)
    return None


def _unjudged(finding: Finding) -> Unknown:
    where = finding.subject.name
    return Unknown(Reason.BEYOND, f"{finding.rule.id} could not be judged of {where}: {finding.verdict.observed}")


def _may_be_in(pattern: str, account: str, region: str) -> bool:
    """Say whether a pattern of ARNs may fit something in an account and a region; only what it names outright counts."""
    head = pattern.split(":", 3)[:3]
    if _GLOBS & set("".join(head)):
        return True  # a star reaches over colons, so what follows it may stand anywhere
    named_region, named_account = place_of(pattern)
    if named_region and region and not _GLOBS & set(named_region) and named_region != region:
        return False
    return not (named_account and account and not _GLOBS & set(named_account) and named_account != account)


def failures(run: Run) -> tuple[RuleFailures, ...]:
    """Give every rule that found anything, with its failures and who sees to them."""
    found = []
    for rule, findings in sorted(run.findings.items()):
        failed = [one for one in findings if one.outcome is Outcome.FAILED]
        waived = sum(one.waiver is not None for one in failed)
        ticketed = sum(one.waiver is None and one.ticket is not None for one in failed)
        bare = tuple(one.subject.name for one in failed if one.waiver is None and one.ticket is None)
        doubt = next(
            (one for one in findings
             if one.outcome is Outcome.UNKNOWN and one.waiver is None and one.ticket is None), None
        )  # fmt: skip
        evidence = _stands(f"{len(findings)} findings of {rule}")
        readings: dict[str, Reading[Any]] = {
            "bare": Known(bare, evidence),
            "waived": Known(waived, evidence),
            "ticketed": Known(ticketed, evidence),
            "failures": Known(len(failed), evidence) if doubt is None else _unjudged(doubt),
        }
        found.append(RuleFailures(f"policy:failures/{rule}", f"failures of {rule}", run.account, "", readings))
    return tuple(found)
