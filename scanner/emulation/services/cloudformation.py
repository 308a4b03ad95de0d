"""Stacks say whether they have drifted; moto never compares them with anything."""

from dataclasses import dataclass, field
from datetime import datetime

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import World
from scanner.emulation.wire import Document


@dataclass
class Comparisons:
    """What the last look at each stack found, and when."""

    found: dict[str, tuple[str, datetime]] = field(default_factory=dict)


def compare_stack(world: World, account: str, region: str, stack: str, found: str, at: datetime) -> None:
    """Have a stack compared with its template at a time: IN_SYNC, DRIFTED or UNKNOWN."""
    world.shelf(Comparisons, account, region).found[stack] = (found, at)


@answers("cloudformation:DescribeStacks")
def describe_stacks(call: Call) -> Document:
    """Add to each stack what the last look found."""
    answer = call.moto()
    compared = call.shelf(Comparisons).found
    for stack in answer.get("Stacks", ()):
        found, at = compared.get(stack["StackName"], ("NOT_CHECKED", None))
        stack["DriftInformation"] = {"StackDriftStatus": found} | ({"LastCheckTimestamp": at} if at else {})
    return answer
