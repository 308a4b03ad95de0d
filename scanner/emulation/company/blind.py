"""What the scanner may not see: each must end as unknown, never as passed or failed."""

from scanner.emulation.company.site import HOME, RECOVERY, Site


def settle(site: Site) -> None:
    """Deny four calls, as a role with too few permissions would meet them."""
    denied = site.emulator.interference
    denied.deny("kms:GetKeyRotationStatus", site.keys["sealed"].rsplit("/", 1)[-1], HOME)
    denied.deny("dynamodb:DescribeContinuousBackups", "auth-tokens", HOME)
    denied.deny("backup:ListRecoveryPointsByBackupVault", "sealed-vault", HOME)
    denied.deny("fsx:DescribeFileSystems", region=RECOVERY)
