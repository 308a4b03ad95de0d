"""What code made, as the code says."""

from scanner.emulation.company.site import Site
from scanner.emulation.company.stacks import stack


def settle(site: Site) -> None:
    """Make a stack that agrees with its template."""
    stack(site, "network", "IN_SYNC")
