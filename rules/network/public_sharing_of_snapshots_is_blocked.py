"""BK517."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.ec2.settings import Settings

_OFF = "unblocked"
_ALL = "block-all-sharing"


@rule(
    "BK517",
    severity=Severity.HIGH,
    reads=[Settings.blocks_public, Settings.blocks_public_images, Settings.still_public],
    enforces=["6.1-private-subnet"],
    aliases=["ebs-snapshot-block-public-access"],
)
def public_sharing_of_snapshots_is_blocked(settings: Settings, demand: Objective) -> Verdict:
    """Public sharing of snapshots is blocked.

    The setting holds in each region alone, once for EBS snapshots and once for machine images, which consist of
    snapshots. What blocks new sharing only is enough as long as nothing is public already; for images there is no other
    block. RDS has no such setting: its snapshots are judged one by one (BK513).

    Fix: block all sharing of snapshots and new sharing of images in the region.
    """
    open_to = _state(settings, "snapshots"), _state(settings, "images")
    bad = [what for what, state in zip(("snapshots", "images"), open_to, strict=True) if state == _OFF]
    if bad:
        failed = Verdict.failed(f"sharing {' and '.join(bad)} with everyone is not blocked", "it blocked")
        return failed.by(Settings.blocks_public if "snapshots" in bad else Settings.blocks_public_images)
    snapshots, images = settings.blocks_public, settings.blocks_public_images
    # Blocking all hides the public ones from everyone (EBS user guide, "Block public access for snapshots").
    still = [one for one in settings.still_public.known if not (one.startswith("snap-") and snapshots == _ALL)]
    if still:
        return Verdict.failed(f"new sharing is blocked, but {', '.join(still)} is public already", "none public")
    settings.still_public.whole()
    return Verdict.passed(f"snapshots: {snapshots}, images: {images}")


def _state(settings: Settings, what: str) -> str:
    """Give a state; nothing where it could not be read: the other may tell enough."""
    try:
        return settings.blocks_public if what == "snapshots" else settings.blocks_public_images
    except CouldNotCheck:
        return ""
