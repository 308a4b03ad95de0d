"""Distributions: one with a certificate of its own does not have that of cloudfront.net."""

from scanner.emulation.answers import Call, answers
from scanner.emulation.wire import Document


@answers("cloudfront:ListDistributions")
def list_distributions(call: Call) -> Document:
    """Moto says of all that they have the default certificate, shows empty members, and forgets what is staged."""
    answer = call.moto()
    for each in answer["DistributionList"].get("Items", []):
        certificate = {name: value for name, value in each["ViewerCertificate"].items() if value != ""}
        own = certificate.get("ACMCertificateArn") or certificate.get("IAMCertificateId")
        if own:
            certificate |= {"CloudFrontDefaultCertificate": False, "CertificateSource": "acm"}
        each |= {"ViewerCertificate": certificate, "Staging": each.get("Staging", False)}
    return answer
