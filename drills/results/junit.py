"""JUnit XML of a run: a suite per system, a case per drill and per check.

What failed is a failure; what is inconclusive or was not tested is an error, and a check that could not be made a failure
of its own type: no build is green by what nobody looked at.
"""

from __future__ import annotations

from typing import Any

from junit_xml import TestCase, TestSuite, to_xml_report_string

from drills.judging import Figure, Judgement, Standing, SystemStanding
from drills.results.record import MEASURED, NOT_TESTED, Drilled, Record
from drills.results.words import canaries_of, measured, verdict_of
from scanner.door.text import flat, printable, stamp
from scanner.model.duration import speak
from scanner.resources.rehearsals import Check


def render(record: Record, judgement: Judgement) -> str:
    """Write a run as JUnit XML."""
    suites = [_suite(one, record, judgement) for one in judgement.systems]
    if record.stopped:
        suites.append(_stopped(record))
    return str(to_xml_report_string(suites, prettyprint=True))


def _suite(system: SystemStanding, record: Record, judgement: Judgement) -> Any:
    cases = [case for one in system.standings for case in (_drill(one), *_checks(one.drilled))]
    return TestSuite(
        flat(system.name),
        cases,
        package="backup-drill",
        timestamp=record.began_at.isoformat(timespec="seconds"),
        properties={
            "verdict": system.outcome,
            **({"tier": flat(system.tier)} if system.tier else {}),
            **_figure("rto", system.rto),
            **_figure("rpo", system.rpo),
            "evidence": " ".join(system.evidence),
            "ended": stamp(system.ended_at),
            "judged": stamp(judgement.at),
            "run": flat(record.run),
            "target": flat(record.target),
            "plan": f"{flat(record.plan)} {record.digest}",
            "policy": flat(judgement.policy),
        },
    )


def _figure(name: str, figure: Figure) -> dict[str, str]:
    return {
        f"{name}.target": "none set" if figure.target is None else speak(figure.target),
        f"{name}.achieved": "did not come back"
        if figure.lost
        else "not measured"
        if figure.achieved is None
        else speak(figure.achieved),
        f"{name}.margin": "none" if figure.margin is None else speak(figure.margin),
        f"{name}.verdict": figure.outcome or "not judged",
    }


def _drill(standing: Standing) -> Any:
    one = standing.drilled
    case = TestCase(
        flat(one.name),
        classname=flat(f"{one.system or 'no system'}.{one.drill}"),
        elapsed_sec=one.recovery_time.total_seconds() if one.recovery_time is not None else None,
        stdout="\n".join(_lines(one)),
    )
    because = printable("; ".join(standing.because))
    if standing.outcome == "failed":
        case.add_failure_info(because, failure_type="failed")
    elif standing.outcome == "unknown":
        case.add_error_info(because, error_type=verdict_of(standing).replace(" ", "-"))
    return case


def _checks(one: Drilled) -> list[Any]:
    return [_check(one, check) for check in one.checks]


def _check(one: Drilled, check: Check) -> Any:
    case = TestCase(
        flat(f"{one.name}: {check.name}"), classname=flat(f"{one.system or 'no system'}.{one.drill}.{check.about}")
    )
    detail = printable(check.detail) or "no detail"
    if check.held is False:
        case.add_failure_info(detail, failure_type=check.about)
    elif check.held is None:
        case.add_failure_info(f"not checked: {detail}", failure_type=NOT_TESTED)
    elif one.state != MEASURED:
        # It held on what nobody can say anything about.
        case.add_skipped_info(f"the drill is {one.state}")
    return case


def _stopped(record: Record) -> Any:
    case = TestCase("the run went to its end", classname="backup-drill.run")
    case.add_error_info(printable(record.stopped), error_type="stopped")
    return TestSuite("the run", [case], package="backup-drill", timestamp=record.began_at.isoformat(timespec="seconds"))


def _lines(one: Drilled) -> list[str]:
    marks = [f"{mark.mark.value} {mark.mark.says}: {stamp(mark.at)} (+{measured(mark.after)})" for mark in one.marks]
    figures = [
        f"recovery time {measured(one.recovery_time)}, of it the service's job {measured(one.job_time)}",
        f"data loss {measured(one.data_loss)}; canaries: {canaries_of(one)}",
        f"evidence: {one.evidence}",
    ]
    return [printable(line) for line in (*marks, *figures)]
