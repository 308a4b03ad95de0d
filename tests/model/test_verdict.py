"""A verdict may name the fact that decided: a finding about code points at the place where that one is written."""

from __future__ import annotations

from typing import Any

import pytest

from rules import catalogue
from scanner.model.declaration import Declaration
from scanner.model.finding import Finding, Subject
from scanner.model.reading import Evidence, Known, Source, Spot
from scanner.model.verdict import Verdict
from scanner.resources.rds.clusters import DatabaseCluster
from scanner.resources.rds.instances import Instance
from tests.examples import ACCOUNT, REGIONS

BLOCK = Declaration("aws_db_instance.a", ".", "aws_db_instance", Source.TERRAFORM, Spot("main.tf", 1))
FAILED = Verdict.failed("off", "on")


def at(line: int, attribute: str, address: str = "aws_db_instance.a") -> Evidence:
    return Evidence(
        Source.TERRAFORM, f"main.tf:{line}", spot=Spot("main.tf", line), attribute=attribute, address=address
    )


def decided(verdict: Verdict, *reads: tuple[Any, *tuple[Evidence, ...]]) -> tuple[int, str]:
    readings: dict[str, Any] = {fact.name: Known(None, tuple(evidence)) for fact, *evidence in reads if fact.by is None}
    one = Instance("i", "a", ACCOUNT, REGIONS[0], readings, BLOCK)
    trace = [(one, fact, Known(None, tuple(evidence))) for fact, *evidence in reads]
    rule = next(iter(catalogue().rules.values()))
    place = Finding(
        rule, Subject(one.kind, "i", "a", ACCOUNT, REGIONS[0], declaration=BLOCK), verdict, reads=trace
    ).decided_at
    assert place is not None
    assert place.spot is not None
    return place.spot.line, place.attribute


@pytest.mark.parametrize(
    ("verdict", "place"),
    [
        (FAILED, (5, "replicate_source_db")),  # the last that was read
        (FAILED.by(Instance.retention), (3, "backup_retention_period")),
        (FAILED.by(Instance.engine), (5, "replicate_source_db")),  # it was not read
    ],
)
def test_the_fact_that_is_named(verdict: Verdict, place: tuple[int, str]) -> None:
    reads = (
        (Instance.retention, at(3, "backup_retention_period")),
        (Instance.backed_up_with, at(9, "plan", "aws_backup_plan.p"), at(5, "replicate_source_db"), at(1, "")),
    )
    assert decided(verdict, *reads) == place


def test_a_fact_that_another_is_made_of() -> None:
    group = at(4, "parameter_group_name")
    made = (Instance.transport, at(2, "engine"), group, at(7, "engine_version"))
    assert decided(FAILED, made) == (7, "engine_version")
    own = (Instance.parameter_group, group)
    assert decided(FAILED.by(Instance.parameter_group), own, made) == (4, "parameter_group_name")


def test_what_decided_may_stand_beside() -> None:
    reads = (DatabaseCluster.public_members, at(2, "cluster_identifier"), at(9, "publicly_accessible", "other.b"))
    assert decided(FAILED.by(DatabaseCluster.public_members), reads) == (2, "cluster_identifier")
    assert decided(FAILED.by(DatabaseCluster.public_members, beside=True), reads) == (9, "publicly_accessible")
