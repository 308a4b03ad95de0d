"""AWS CloudFormation: stacks, and whether what they made is still as their templates say."""

from __future__ import annotations

from datetime import datetime

from scanner.model.convert import instant, text
from scanner.model.fact import Fact, fact
from scanner.model.origin import Listing, call, item
from scanner.model.resource import Resource


class Stack(Resource):
    """A CloudFormation stack."""

    kind = "aws.cloudformation.stack"
    title = "CloudFormation stack"
    listed_by = Listing(call("cloudformation:DescribeStacks"), "Stacks[]", id="{StackId}", name="{StackName}")

    status: Fact[str] = fact("What AWS says of it.", live=item("StackStatus", text))
    drift: Fact[str] = fact(
        # A stack that was never compared says NOT_CHECKED (StackDriftInformation, API reference).
        "Whether its resources differ from its template: IN_SYNC, DRIFTED, NOT_CHECKED or UNKNOWN.",
        live=item("DriftInformation.StackDriftStatus", text),
    )
    compared_at: Fact[datetime | None] = fact(
        "When that was last looked at; none for never.",
        live=item("DriftInformation.LastCheckTimestamp", instant, absent=None),
    )
