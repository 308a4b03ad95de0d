"""What is heard in a region: its event rules, its alarms and its backup plans, sorted once for all who ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, gathered
from scanner.model.origin import Listing
from scanner.model.reading import Unknown
from scanner.model.resource import Resource
from scanner.resources.alerting.alarm_index import Composites, Formulas, composites, formulas
from scanner.resources.alerting.alarms import Alarm, CompositeAlarm
from scanner.resources.alerting.routes import Ears, ears
from scanner.resources.alerting.rules import EventRule
from scanner.resources.aws_backup.plans import Plan


@dataclass(frozen=True, slots=True)
class Fed:
    """The vaults that plans of a region write to, each with whether one copies on, and why there may be more."""

    copies: Mapping[str, bool]
    missing: Unknown | None = None

    def check(self) -> None:
        """Raise where there may be more."""
        if self.missing is not None:
            raise CouldNotCheck(self.missing)


def fed(region: Resource, look: Look) -> Fed:
    """Sort the plans of a region by the vaults that they write to."""
    found: dict[str, bool] = {}

    def sort(plan: Plan) -> Iterable[None]:
        for rule in plan.rules:
            found[rule.vault] = found.get(rule.vault, False) or bool(rule.copies)
        return ()

    return Fed(found, gathered(look.every(Plan, region=region.region), sort).missing)


class Region(Resource):
    """The event rules, alarms and backup plans of a region."""

    kind = "aws.events.region"
    title = "alerting"
    listed_by = Listing(None, id="arn:{partition}:events:{region}:{account}:alerting", name="alerting in {region}")

    ears: Fact[Ears] = derived(
        "Its event rules, by what they may match.", needs=lambda _: [EventRule.bus, EventRule.pattern], by=ears
    )
    formulas: Fact[Formulas] = derived(
        "Its alarms on formulas, by metric.", needs=lambda _: [Alarm.watches, Alarm.parts], by=formulas
    )
    composites: Fact[Composites] = derived(
        "Its composite alarms, by the alarms they name.", needs=lambda _: [CompositeAlarm.children], by=composites
    )
    fed: Fact[Fed] = derived("The vaults its plans write to.", needs=lambda _: [Plan.rules], by=fed)
