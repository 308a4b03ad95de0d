"""What looks for trouble: threats, weaknesses, and settings that drift."""

from scanner.emulation.company.site import HOME, RECOVERY, Site


def settle(site: Site) -> None:
    """Turn them on in both regions."""
    for region in (HOME, RECOVERY):
        site.client("guardduty", region).create_detector(Enable=True)
        site.client("inspector2", region).enable(accountIds=[site.account], resourceTypes=["EC2", "ECR", "LAMBDA"])
        site.client("securityhub", region).enable_security_hub()
