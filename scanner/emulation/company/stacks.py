"""What code made: stacks that agree with their templates, and one that somebody has changed by hand."""

import json
from datetime import timedelta

from scanner.emulation.company.site import HOME, Site
from scanner.emulation.seeding import compare_stack


def settle(site: Site) -> None:
    """One in sync, one drifted, one that nobody has looked at."""
    for name, found in (("network", "IN_SYNC"), ("legacy-jobs", "DRIFTED"), ("laboratory", "")):
        stack(site, name, found)


def stack(site: Site, name: str, found: str) -> None:
    """Make a stack and, three days ago, a look at it."""
    # A stack must hold something; a parameter is the least.
    held = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": f"/{name}/release", "Type": "String", "Value": "1"}}
    template = json.dumps({"Resources": {"Release": held}})
    site.client("cloudformation").create_stack(StackName=name, TemplateBody=template)
    if found:
        with site.emulator.on_stage() as world:
            compare_stack(world, site.account, HOME, name, found, site.at - timedelta(days=3))
