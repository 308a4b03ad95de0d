"""Nothing is shared with everyone, and nothing can be."""

from scanner.emulation.company.site import HOME, RECOVERY, Site


def settle(site: Site) -> None:
    """Block public access to buckets for the account, and public images in each region."""
    parts = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    site.client("s3control").put_public_access_block(
        AccountId=site.account, PublicAccessBlockConfiguration=dict.fromkeys(parts, True)
    )
    for region in (HOME, RECOVERY):
        site.client("ec2", region).enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
