"""BK714."""

from __future__ import annotations

from collections.abc import Callable

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.look import any_of
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.scanning import Scanning


@rule(
    "BK714",
    severity=Severity.MEDIUM,
    reads=[Scanning.threats, Scanning.vulnerabilities, Scanning.hub, Scanning.hub_v2],
    enforces=["6.3-scanning"],
    aliases=["guardduty-enabled-centralized", "securityhub-enabled", "inspector-ec2-scan-enabled"],
)
def security_scanning_is_on(region: Scanning, demand: Objective) -> Verdict:  # the same for all
    """Threat detection, vulnerability scanning and posture management are on.

    Each of them sees one region only. What is scanned within the service, and for which kinds of resource, is for its
    owner to choose: here it counts that each of the three is on.

    Fix: enable GuardDuty, Inspector and Security Hub in the region, or delegate them to the organisation.
    """
    off: list[str] = []
    doubt: CouldNotCheck | None = None
    asked: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("GuardDuty", lambda: region.threats),
        ("Inspector", lambda: bool(region.vulnerabilities)),
        ("Security Hub", lambda: any_of(("hub", "hub_v2"), lambda which: _hub(region, which))),
    )
    for name, ask in asked:
        try:
            if not ask():
                off.append(name)
        except CouldNotCheck as stop:
            doubt = doubt or stop
    if off:
        return Verdict.failed(f"{', '.join(off)} {'is' if len(off) == 1 else 'are'} off", "all three on")
    if doubt is not None:
        raise doubt
    return Verdict.passed(f"GuardDuty, Security Hub and Inspector ({', '.join(region.vulnerabilities)}) are on")


def _hub(region: Scanning, which: str) -> bool:
    return region.hub if which == "hub" else region.hub_v2
