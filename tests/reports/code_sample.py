"""One report of code that holds every outcome, a trail, a satellite, two roots, and texts that break careless writers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from reports.report import Report
from reports.repository import Repository
from scanner.engine import judge_all
from scanner.iac.block import Problem
from scanner.model.declaration import Declaration
from scanner.model.estate import Estate, Gap
from scanner.model.reading import Evidence, Known, Reading, Reason, Source, Spot, Unknown
from scanner.model.records import Records
from scanner.model.system import Selector, System
from scanner.model.waiver import Ticket, Waiver
from scanner.resources.dynamodb import Table
from tests.reports.sample import AT, sample

#: An address as `for_each` makes it, with all that steers a terminal, a log, a table or a page.
NASTY = (
    'aws_dynamodb_table.x["%0A::error::100% <script>alert(1)</script> | ` \x1b[31m\n::set-env name=A::1 [a](b) @ops"]'
)
#: A file whose name is no UTF-8, as Python reads it.
ODD_FILE = "caf\udce9/m%in,1:2.tf"


def _table(address: str, pitr: object, spot: Spot, *, root: str = "infra", trail: tuple[Spot, ...] = (), at: Spot | None = None,
           source: Source = Source.TERRAFORM) -> Table:  # fmt: skip
    place = at or replace(spot, line=spot.line + 2, column=3, end_line=spot.line + 2, end_column=30)
    evidence = (Evidence(source, place.said, spot=place, attribute="point_in_time_recovery.enabled"),)
    reading: Reading[object] = replace(pitr, evidence=evidence) if isinstance(pitr, Unknown) else Known(pitr, evidence)
    tags = Known({"System": "orders"}, (Evidence(source, spot.said, spot=spot, attribute="tags"),))
    declaration = Declaration(address, root, "aws_dynamodb_table", source, spot, trail)
    name = address.rpartition(".")[2]
    arn = f"arn:aws:dynamodb:?region:?account:table/{address}"
    return Table(arn, name, "?account", "?region", {"tags": tags, "pitr": reading}, declaration)


def code_sample() -> Report:
    """Two roots: every state, a gap, problems, and what a change did."""
    live = sample()
    open_ = Unknown(Reason.UNRESOLVED, "var.pitr has no value (variables.tf:3)")
    call, inner = Spot("infra/main.tf", 40, 1, 44, 2), Spot("modules/data/main.tf", 7)
    one = (
        _table("aws_dynamodb_table.kept", True, Spot("infra/main.tf", 1, 1, 6, 2)),
        _table("aws_dynamodb_table.broken", False, Spot("infra/main.tf", 10, 1, 16, 2)),
        _table('module.data.aws_dynamodb_table.inner["a"]', False, Spot("modules/data/tables.tf", 3), trail=(call, inner)),
        _table("aws_dynamodb_table.dark", open_, Spot("infra/main.tf", 20, 1, 26, 2)),
        _table("aws_dynamodb_table.accepted", False, Spot("infra/main.tf", 30, 1, 36, 2)),
        _table(NASTY, False, Spot(ODD_FILE, 5, 1, 9, 2), at=Spot("infra/satellite.tf", 2, 5, 2, 20)),
        _table("spare", True, Spot("infra/main.tf", 50)),
    )  # fmt: skip
    two = (
        _table(
            "Orders", False, Spot("stacks/orders.yaml", 4, 3), root="stacks/orders.yaml", source=Source.CLOUDFORMATION
        ),
    )
    hidden = Spot("infra/broken.tf", 3, 9)
    gap = Gap(Table.kind, "", Unknown(Reason.MALFORMED, "an expression was expected (infra/broken.tf:3), so there may be more",
                                      (Evidence(Source.TERRAFORM, hidden.said, spot=hidden),)))  # fmt: skip
    estates = (
        Estate(Source.TERRAFORM, "?account", "", ("?region",), AT, {Table.kind: one}, {}, (gap,), account_name="infra"),
        Estate(Source.CLOUDFORMATION, "?other", "", ("?region",), AT, {Table.kind: two},
               {(Table.kind, ""): Evidence(Source.CLOUDFORMATION, "all code of stacks/orders.yaml")},
               account_name="stacks/orders.yaml"),
    )  # fmt: skip
    records = Records(
        waivers=(
            Waiver("BK992", "*/aws_dynamodb_table.accepted", "migrated in January", "ann", "bea", date(2027, 1, 31), "OPS-7"),
            Waiver("BK994", "*/aws_dynamodb_table.accepted", "was to be gone by then", "ann", "bea", date(2026, 10, 31)),
        ),
        tickets=(Ticket("BK991", "*/aws_dynamodb_table.broken", "OPS-8", date(2026, 11, 2)),),
    )  # fmt: skip
    systems = (System("orders", "gold", (Selector(tags={"System": "orders"}),)),)
    rules = {name: live.rules[name] for name in ("BK991", "BK992", "BK994")}
    found = judge_all(rules.values(), estates, live.policy, at=AT, systems=systems, records=records)
    return Report(
        "backup-scan", "0.0.0", estates, live.policy, rules, found, {Table.kind: "DynamoDB table"},
        problems=(
            Problem("an expression was expected", hidden, "mend the file"),
            Problem("module.net is not on disk: registry module a/b/aws", Spot("infra/main.tf", 60), "run `terraform init`", "module.net"),
        ),
        prefix="deploy",
    )  # fmt: skip


def compared() -> Report:
    """The same, as the work of a change: one failure added, one worsened, one mended, and on a known commit."""
    report = code_sample()
    changes = {}
    for one in report.findings.findings:
        address = one.subject.declaration.address if one.subject.declaration is not None else ""
        if address.endswith("broken"):
            changes[one.fingerprint] = "added"
        elif address == "Orders":
            changes[one.fingerprint] = "worsened"
    mended = tuple(
        one
        for one in report.failures
        if one.subject.declaration and one.subject.declaration.address.endswith("accepted")
    )
    home = "https://example.org/team/repo"
    repository = Repository(home, "0123abcd", "feature/x", f"{home}/blob/0123abcd/")
    return replace(report, changes=changes, mended=mended[:1], repository=repository)
