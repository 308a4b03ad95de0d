"""What EC2 is set to for all volumes and snapshots of a region."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.model.convert import flag, text
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look, Partial, gathered
from scanner.model.origin import Listing, call
from scanner.resources.ec2 import images
from scanner.resources.ec2 import snapshots as ebs
from scanner.resources.ec2.lineage import short
from scanner.resources.keys import Keyed


def imaged(settings: Settings, look: Look) -> Mapping[str, str]:
    """Map the snapshots of the region's images to their images, once for all of them."""
    return {
        snapshot: short(image)
        for image in look.every(images.Image, region=settings.region)
        for snapshot in image.snapshots
    }


def still_public(settings: Settings, look: Look) -> Partial[str]:
    """Name the region's public snapshots and images."""
    kinds: tuple[type[ebs.Snapshot | images.Image], ...] = (ebs.Snapshot, images.Image)
    found = [
        gathered(look.every(kind, region=settings.region), lambda one: (short(one),) if one.public else ())
        for kind in kinds
    ]
    missing = next((one.missing for one in found if one.missing is not None), None)
    return Partial(tuple(name for one in found for name in one.known), missing)


class Settings(Keyed):
    """What EC2 does with new volumes and shared snapshots, in one region."""

    kind = "aws.ec2.settings"
    title = "EC2 settings"
    listed_by = Listing(None, id="arn:{partition}:ec2:{region}:{account}:settings", name="EC2 in {region}")

    encrypts: Fact[bool] = fact(
        "New volumes are encrypted whether or not it is asked for.",
        live=call("ec2:GetEbsEncryptionByDefault").at("EbsEncryptionByDefault", flag),
    )
    key: Fact[str | None] = fact(
        "The KMS key that new volumes are encrypted with where none is named.",
        live=call("ec2:GetEbsDefaultKmsKeyId").at("KmsKeyId", text),
    )
    blocks_public: Fact[str] = fact(
        "Whether snapshots may be shared with everyone: block-all-sharing, block-new-sharing or unblocked.",
        live=call("ec2:GetSnapshotBlockPublicAccessState").at("State", text),
    )
    blocks_public_images: Fact[str] = fact(
        "Whether images may be shared with everyone: block-new-sharing or unblocked.",
        live=call("ec2:GetImageBlockPublicAccessState").at("ImageBlockPublicAccessState", text),
    )
    still_public: Fact[Partial[str]] = derived(
        "The snapshots and images of the region that are public.",
        needs=lambda _: [ebs.Snapshot.public, images.Image.public],
        by=still_public,
    )
    imaged: Fact[Mapping[str, str]] = derived(
        "The image that each snapshot is part of.",
        needs=lambda _: [images.Image.snapshots],
        by=imaged,
    )
