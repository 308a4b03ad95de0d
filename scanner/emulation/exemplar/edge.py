"""Where the world connects: a load balancer, a distribution and an API domain, none of which takes an old TLS."""

from scanner.emulation.company.site import HOME, Site, tags
from scanner.emulation.company.transit import TLS13, TO_HTTPS

API_POLICY = "SecurityPolicy_TLS13_1_3_2025_09"


def settle(site: Site) -> None:
    """Make them."""
    certificate = site.client("acm").request_certificate(DomainName="shop.example.com")["CertificateArn"]
    _balancer(site, certificate)
    _distribution(site)
    site.client("apigateway").create_domain_name(
        domainName="api.example.com",
        regionalCertificateArn=certificate,
        endpointConfiguration={"types": ["REGIONAL"]},
        securityPolicy=API_POLICY,
        tags={"System": "orders"},
    )


def _balancer(site: Site, certificate: str) -> None:
    """Within the private subnets; the distribution has a way in by a VPC origin."""
    elb, network = site.client("elbv2"), site.network[HOME]
    balancer = elb.create_load_balancer(
        Name="shop",
        Type="application",
        Scheme="internal",
        Subnets=list(network.subnets),
        SecurityGroups=[network.group],
        Tags=tags("orders"),
    )["LoadBalancers"][0]["LoadBalancerArn"]
    target = elb.create_target_group(Name="web", Protocol="HTTPS", Port=443, VpcId=network.vpc)["TargetGroups"][0]
    elb.create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTPS",
        Port=443,
        SslPolicy=TLS13,
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": target["TargetGroupArn"]}],
    )
    elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[TO_HTTPS])


def _distribution(site: Site) -> None:
    site.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": "shop",
            "Comment": "shop",
            "Enabled": True,
            "Origins": {
                "Quantity": 1,
                "Items": [
                    {
                        "Id": "shop",
                        "DomainName": "origin.example.com",
                        "CustomOriginConfig": {
                            "HTTPPort": 80,
                            "HTTPSPort": 443,
                            "OriginProtocolPolicy": "https-only",
                            "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
                        },
                    }
                ],
            },
            "DefaultCacheBehavior": {
                "TargetOriginId": "shop",
                "ViewerProtocolPolicy": "redirect-to-https",
                "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
                "MinTTL": 0,
            },
            "ViewerCertificate": {
                "ACMCertificateArn": f"arn:aws:acm:us-east-1:{site.account}:certificate/shop",
                "SSLSupportMethod": "sni-only",
                "MinimumProtocolVersion": "TLSv1.3_2025",
            },
        }
    )
