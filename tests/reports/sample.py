"""One report that holds every outcome, every severity, a waiver, a gap, and text that would break a careless writer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from reports.report import Report
from rules.kit import rule
from scanner.engine import judge
from scanner.model.estate import Estate, Gap
from scanner.model.policy import Clause, Control, Objective, Policy, Tier
from scanner.model.reading import Evidence, Known, Reason, Source, Unknown
from scanner.model.records import Records
from scanner.model.rule import Rule
from scanner.model.system import Selector, System
from scanner.model.verdict import Severity, Verdict
from scanner.model.waiver import Ticket, Waiver
from scanner.resources.dynamodb import Table

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
ACCOUNT = "111111111111"
NASTY = '<script>alert("x")</script> & | ` \x1b[31m =1+1'


def _rules() -> dict[str, Rule]:
    made = {}
    for number, severity in enumerate(Severity, start=1):

        @rule(f"BK99{number}", severity=severity, reads=[Table.pitr, Table.deletion_protected],
              enforces=["4.2-metadata-snapshots"], aliases=["alias"])  # fmt: skip
        def tables_restore(table: Table, demand: Objective) -> Verdict:
            """Tables restore.

            Because a table that does not restore is lost.

            Fix: turn it on.
            """
            if table.name == "spare":
                return Verdict.exempt("a spare table holds nothing")
            return Verdict.when(table.pitr, f"recovery of {table.name} is {table.pitr}", "it on")

        made[f"BK99{number}"] = tables_restore
    return made


def _table(name: str, pitr: object) -> Table:
    evidence = (Evidence(Source.LIVE, f"dynamodb:DescribeContinuousBackups in eu-west-1 {name}", AT, "req-1"),)
    reading = pitr if isinstance(pitr, Unknown) else Known(pitr, evidence)
    arn = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/{name}"
    return Table(arn, name, ACCOUNT, "eu-west-1", {"pitr": reading, "tags": Known({"System": "orders"}, evidence)})


def sample() -> Report:
    denied = Unknown(Reason.DENIED, "dynamodb:DescribeContinuousBackups in eu-west-1: AccessDenied: no (request r9)",
                     (Evidence(Source.LIVE, "dynamodb:DescribeContinuousBackups in eu-west-1", AT, "r9"),))  # fmt: skip
    tables = (_table("kept", True), _table("broken", False), _table(NASTY, False), _table("accepted", False),
              _table("dark", denied), _table("spare", True))  # fmt: skip
    listed = Evidence(Source.LIVE, "dynamodb:ListTables in eu-west-1", AT, "req-0")
    estate = Estate(
        source=Source.LIVE, account=ACCOUNT, account_name="sample", caller=f"arn:aws:iam::{ACCOUNT}:role/reader",
        regions=("eu-west-1", "eu-central-1"), taken_at=AT, resources={Table.kind: tables},
        listings={(Table.kind, "eu-west-1"): listed},
        gaps=(Gap(Table.kind, "eu-central-1", replace(denied, detail="dynamodb:ListTables in eu-central-1: AccessDenied")),),
        calls={"dynamodb:ListTables": 2, "dynamodb:DescribeContinuousBackups": 6},
    )  # fmt: skip
    controls = (Control("soc2", "A1.2", "Backups"), Control("nist", "CP-9", "System backup"))
    policy = Policy(
        "Sample policy", "2.0", {}, {"gold": Tier("gold", "Gold", {})},
        {"4.2-metadata-snapshots": Clause("4.2-metadata-snapshots", "daily snapshots kept 30 days", ("rule",), ("schedule",)),
         "7.1-rto": Clause("7.1-rto", "recovery within the RTO", ("drill",), ())},
        topics={"schedule": controls}, topic_titles={"schedule": "Schedule"}, controls=controls, digest="0" * 64,
        file="sample.yaml",
    )  # fmt: skip
    rules = _rules()
    records = Records(
        waivers=(
            Waiver("BK992", "*:table/accepted", "migrated in January", "ann", "bea", date(2027, 1, 31), "OPS-7"),
            Waiver("BK994", "*:table/accepted", "was to be gone by then", "ann", "bea", date(2026, 10, 31)),
        ),
        tickets=(Ticket("BK991", "*:table/broken", "OPS-8", date(2026, 11, 2)),),
    )
    systems = (System("orders", "gold", (Selector(tags={"System": "orders"}),)),)
    found = judge(rules.values(), estate, policy, at=AT, systems=systems, records=records)
    return Report("backup-scan", "0.0.0", (estate,), policy, rules, found, {Table.kind: "DynamoDB table"},
                  records=[("waivers.yaml", "1" * 64)])  # fmt: skip
