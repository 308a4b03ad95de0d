"""One key for data, one for backups and one for what watches them, in each region; all rotate every 90 days."""

import json
from typing import Any

from scanner.emulation.company.keys import named, rotating
from scanner.emulation.company.site import HOME, RECOVERY, Site

# The services that write records and messages under the key of what watches. AWS documents the account of the source
# as a condition for all but EventBridge.
WRITERS = ("backup", "cloudtrail", "cloudwatch", "config", "events.rds", "sns")


def settle(site: Site) -> None:
    """Make the keys."""
    for region in (HOME, RECOVERY):
        for name in ("data", "backup"):
            rotating(site, name, region, policy=named(site))
        rotating(site, "watch", region, policy=_for_services(site))


def _for_services(site: Site) -> str:
    """A policy that lets services write on behalf of this account, beside those that it names anyway."""
    policy: dict[str, Any] = json.loads(named(site))
    own = {"Condition": {"StringEquals": {"aws:SourceAccount": site.account}}}
    for sid, services, condition in (("Write", WRITERS, own), ("Tell", ("events",), {})):
        policy["Statement"].append(
            {
                "Sid": sid,
                "Effect": "Allow",
                "Principal": {"Service": [f"{one}.amazonaws.com" for one in services]},
                "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
                "Resource": "*",
                **condition,
            }
        )
    return json.dumps(policy)
