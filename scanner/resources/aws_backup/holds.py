"""AWS Backup legal holds, and the recovery points they keep from being deleted."""

from __future__ import annotations

from scanner.model.convert import text
from scanner.model.fact import Fact, fact
from scanner.model.origin import Listing, call, item, parent
from scanner.model.resource import Resource


class LegalHold(Resource):
    """A legal hold that is in force."""

    kind = "aws.backup.legal-hold"
    title = "legal hold"
    listed_by = Listing(
        call("backup:ListLegalHolds"), "LegalHolds[]", id="{LegalHoldArn}", name="{Title}",
        where="Status != 'CANCELED'",
    )  # fmt: skip

    status: Fact[str] = fact("Its state: ACTIVE, CREATING or CANCELING.", live=item("Status", text))


class HeldPoint(Resource):
    """A recovery point that a legal hold keeps."""

    kind = "aws.backup.held-point"
    title = "held recovery point"
    child_of = LegalHold
    listed_by = Listing(
        call("backup:ListRecoveryPointsByLegalHold", LegalHoldId=parent("LegalHoldId")), "RecoveryPoints[]",
        id="{parent_id}/{RecoveryPointArn}", name="{RecoveryPointArn}",
    )  # fmt: skip

    point: Fact[str] = fact("The ARN of the recovery point.", live=item("RecoveryPointArn", text))
