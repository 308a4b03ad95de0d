"""BK809."""

from __future__ import annotations

import re

from rules.kit import rule
from scanner.model.arn import OPEN, place_of, same
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.keys import GONE
from scanner.resources.kms import USABLE
from scanner.resources.store import Backup

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")


@rule(
    "BK809",
    severity=Severity.CRITICAL,
    reads=[Backup.source, Backup.copied_from, Backup.key, Backup.key_state],
    enforces=["6.1-key-storage"],
)
def keys_are_where_the_copies_are(backup: Backup, demand: Objective) -> Verdict:
    """The key is there where the copy is.

    A copy in another region or account is worth nothing if the key to it is missing there, disabled, or only in the
    region that was lost.

    Fix: copy to the region with a key of that region, and enable that key.
    """
    origin = _origin(backup)
    if not origin:
        return Verdict.exempt("not copied from another region or account")
    key = backup.key
    if key is None:
        return Verdict.exempt(f"copied from {origin}, and encrypted with no KMS key of its own")
    demanded = f"an enabled key in {backup.region}"
    region = place_of(key)[0] if key.startswith("arn:") else backup.region
    if not same(region, backup.region):
        return Verdict.failed(f"copied from {origin}, but its key lies in {region}", demanded)
    state = backup.key_state
    said = "does not exist any more" if state == GONE else f"is {state}"
    return Verdict.when(state in USABLE, f"copied from {origin}, its key {key} {said}", demanded)


def _origin(backup: Backup) -> str:
    """Give the region and account it came from, where that is another; the kinds name it by ARN or by region."""
    doubt: CouldNotCheck | None = None
    for name in (backup.copied_from, backup.source):
        region, account = ("", "") if name is None else place_of(name)
        if name is not None and (_REGION.fullmatch(name) or name.startswith(OPEN)):
            region = name
        try:
            if region and not same(region, backup.region):
                return region
            if account and not same(account, backup.account):
                return f"account {account}"
        except CouldNotCheck as stop:
            doubt = doubt or stop
    if doubt is not None:
        raise doubt
    return ""
