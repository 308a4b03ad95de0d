"""IAM Access Analyzer: the analyzers, and whether a region has one at all."""

from __future__ import annotations

from scanner.model.convert import text
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look, Partial, gathered
from scanner.model.origin import Listing, call, item
from scanner.model.resource import Resource
from scanner.resources.organizations import Membership

#: The types that look for access from outside, over the account or its whole organisation; the others look for access
#: that is unused, or from inside (AnalyzerSummary, API reference).
EXTERNAL = ("ACCOUNT", "ORGANIZATION")
ACTIVE = "ACTIVE"


class Analyzer(Resource):
    """An analyzer of this account. Those of the organisation live in the account that administers them."""

    kind = "aws.access-analyzer.analyzer"
    title = "access analyzer"
    listed_by = Listing(call("accessanalyzer:ListAnalyzers"), "analyzers[]", id="{arn}", name="{name}")

    type: Fact[str] = fact(
        "What it looks for and where: ACCOUNT, ORGANIZATION, or either with _UNUSED_ACCESS or _INTERNAL_ACCESS.",
        live=item("type", text),
    )
    status: Fact[str] = fact("Its state: ACTIVE, CREATING, DISABLED or FAILED.", live=item("status", text))


def running(analysis: Analysis, look: Look) -> Partial[str]:
    """Name the active analyzers of a region that look for access from outside."""
    return gathered(
        look.every(Analyzer, region=analysis.region),
        lambda one: (one.name,) if one.type in EXTERNAL and one.status == ACTIVE else (),
    )


def idle(analysis: Analysis, look: Look) -> Partial[str]:
    """Say what the other analyzers of a region are."""
    return gathered(
        look.every(Analyzer, region=analysis.region),
        lambda one: (
            () if one.type in EXTERNAL and one.status == ACTIVE else (f"{one.name} ({one.type}, {one.status})",)
        ),
    )


def watching(analysis: Analysis, look: Look) -> str | None:  # noqa: ARG001  # the shape of a derived fact
    """Name the organisation that another account may look after; its management account sees its own analyzers."""
    for one in sorted(look.every(Membership), key=lambda found: found.id):
        if one.organisation is not None and not one.is_management:
            return one.organisation
    return None


class Analysis(Resource):
    """Whether access is analysed in a region."""

    kind = "aws.access-analyzer.analysis"
    title = "access analysis"
    listed_by = Listing(
        None, id="arn:{partition}:access-analyzer:{region}:{account}:analysis", name="access analysis in {region}"
    )

    on: Fact[Partial[str]] = derived(
        "The active analyzers that look for access from outside.",
        needs=lambda _: [Analyzer.type, Analyzer.status],
        by=running,
    )
    off: Fact[Partial[str]] = derived(
        "The other analyzers, each with what it is.",
        needs=lambda _: [Analyzer.type, Analyzer.status],
        by=idle,
    )
    elsewhere: Fact[str | None] = derived(
        "The organisation whose analyzer, in another account, may look at this one too; none for none.",
        needs=lambda _: [Membership.organisation, Membership.is_management],
        by=watching,
    )
