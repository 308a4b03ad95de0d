"""Amazon GuardDuty: detectors. A region has one at most."""

from __future__ import annotations

from scanner.model.convert import is_
from scanner.model.fact import Fact, fact
from scanner.model.origin import Listing, call, of
from scanner.model.resource import Resource


class Detector(Resource):
    """A GuardDuty detector."""

    kind = "aws.guardduty.detector"
    title = "GuardDuty detector"
    listed_by = Listing(
        call("guardduty:ListDetectors"), "DetectorIds[]",
        id="arn:{partition}:guardduty:{region}:{account}:detector/{item}", name="{item}",
    )  # fmt: skip

    enabled: Fact[bool] = fact(
        "It looks for threats.",
        live=call("guardduty:GetDetector", DetectorId=of("@")).at("Status", is_("ENABLED")),
    )
