"""What the scanner may not see: each must end as unknown, never as passed or failed."""

from scanner.emulation.company.site import HOME, RECOVERY, Site
from scanner.emulation.server import Emulator


def settle(site: Site) -> None:
    """Deny four calls, as a role with too few permissions would meet them."""
    denied = site.emulator.interference
    denied.deny("kms:GetKeyRotationStatus", site.keys["sealed"].rsplit("/", 1)[-1], HOME)
    denied.deny("dynamodb:DescribeContinuousBackups", "auth-tokens", HOME)
    denied.deny("s3:GetBucketVersioning", "fivex-config-exports", HOME)
    denied.deny("memorydb:DescribeClusters", region=RECOVERY)


def seal(emulator: Emulator) -> None:
    """Deny a look into the sealed vault too.

    Nobody can then say what it does not hold, so that much of what had failed becomes unknown. The company does not
    start like this, because half of its failures could not be shown.
    """
    emulator.interference.deny("backup:ListRecoveryPointsByBackupVault", "sealed-vault", RECOVERY)
