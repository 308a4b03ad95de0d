"""What moves: load balancers, distributions, APIs, streams, and how databases, buckets and file systems take callers."""

import json
from typing import Any

from scanner.emulation.company.network import subnets
from scanner.emulation.company.site import HOME, Site, tags
from scanner.emulation.seeding import alter

TLS13 = "ELBSecurityPolicy-TLS13-1-3-2021-06"
TO_HTTPS = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
STRICT = {"rds.force_ssl": "1", "ssl_min_protocol_version": "TLSv1.3"}


def settle(site: Site) -> None:
    """Make some of each as the policy wants it, and some as it was done years ago."""
    certificate = site.client("acm").request_certificate(DomainName="shop.example.com")["CertificateArn"]
    _balancers(site, certificate)
    _classic(site, certificate)
    _distributions(site)
    _apis(site, certificate)
    _databases(site)
    _warehouse(site)
    _buckets(site)
    _streams(site)
    _files(site)


def _balancers(site: Site, certificate: str) -> None:
    elb, ground = site.client("elbv2"), subnets(site, "public")
    vpc = site.network[HOME].vpc
    web = _target(elb, "web", "HTTP", 80, vpc)
    database = _target(elb, "database", "TCP", 5432, vpc)
    on = {"Certificates": [{"CertificateArn": certificate}]}

    def balancer(name: str, system: str, form: str = "application") -> str:
        made = elb.create_load_balancer(Name=name, Type=form, Subnets=ground, Tags=tags(system))
        return str(made["LoadBalancers"][0]["LoadBalancerArn"])

    def listen(balancer: str, protocol: str, port: int, action: dict[str, Any], **told: Any) -> str:
        made = elb.create_listener(
            LoadBalancerArn=balancer, Protocol=protocol, Port=port, DefaultActions=[action], **told
        )
        return str(made["Listeners"][0]["ListenerArn"])

    shop = balancer("shop", "orders")
    listen(shop, "HTTPS", 443, web, SslPolicy=TLS13, **on)
    listen(shop, "HTTP", 80, TO_HTTPS)
    # What everybody took who did not choose.
    legacy = balancer("shop-legacy", "orders")
    listen(legacy, "HTTPS", 443, web, SslPolicy="ELBSecurityPolicy-2016-08", **on)
    listen(legacy, "HTTP", 80, web)
    # The console's advice, and one rule that somebody added for a health check.
    back = balancer("back-office", "development")
    listen(back, "HTTPS", 443, web, SslPolicy="ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", **on)
    plain = listen(back, "HTTP", 80, TO_HTTPS)
    elb.create_rule(
        ListenerArn=plain,
        Priority=10,
        Conditions=[{"Field": "path-pattern", "Values": ["/health"]}],
        Actions=[web],
    )
    gate = balancer("gate", "orders", "network")
    listen(gate, "TLS", 443, database, SslPolicy=TLS13, **on)
    listen(gate, "TCP", 5432, database)


def _target(elb: Any, name: str, protocol: str, port: int, vpc: str) -> dict[str, Any]:
    made = elb.create_target_group(Name=name, Protocol=protocol, Port=port, VpcId=vpc)["TargetGroups"][0]
    return {"Type": "forward", "TargetGroupArn": made["TargetGroupArn"]}


def _classic(site: Site, certificate: str) -> None:
    elb = site.client("elb")
    https = {"Protocol": "HTTPS", "LoadBalancerPort": 443, "InstanceProtocol": "HTTP", "InstancePort": 80}
    plain = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstanceProtocol": "HTTP", "InstancePort": 80}
    elb.create_load_balancer(
        LoadBalancerName="intranet",
        Listeners=[{**https, "SSLCertificateId": certificate}, plain],
        Subnets=subnets(site, "public")[:1],
        Tags=tags("development"),
    )
    elb.create_load_balancer_policy(
        LoadBalancerName="intranet",
        PolicyName="tls",
        PolicyTypeName="SSLNegotiationPolicyType",
        PolicyAttributes=[
            {"AttributeName": "Reference-Security-Policy", "AttributeValue": "ELBSecurityPolicy-TLS-1-2-2017-01"}
        ],
    )
    elb.set_load_balancer_policies_of_listener(LoadBalancerName="intranet", LoadBalancerPort=443, PolicyNames=["tls"])


def _distributions(site: Site) -> None:
    front, own = site.client("cloudfront"), f"arn:aws:acm:us-east-1:{site.account}:certificate/shop"
    plainly = {"ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}}, "MinTTL": 0}

    def distribute(
        name: str, minimum: str | None, viewers: str, origin: str = "https-only", *, on: bool = True, **told: Any
    ) -> None:
        certificate = {"ACMCertificateArn": own, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": minimum}
        custom = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": origin}
        front.create_distribution(
            DistributionConfig={
                "CallerReference": name,
                "Comment": name,
                "Enabled": on,
                "Origins": {
                    "Quantity": 1,
                    "Items": [{"Id": name, "DomainName": f"{name}.example.com", "CustomOriginConfig": custom}],
                },
                "DefaultCacheBehavior": {"TargetOriginId": name, "ViewerProtocolPolicy": viewers, **plainly},
                **({"ViewerCertificate": certificate} if minimum else {}),
                **told,
            }
        )

    images = {"PathPattern": "/images/*", "TargetOriginId": "press", "ViewerProtocolPolicy": "allow-all", **plainly}
    distribute("shop", "TLSv1.3_2025", "redirect-to-https")
    distribute("blog", "TLSv1.2_2021", "redirect-to-https")
    # Under the name that CloudFront gave it.
    distribute("downloads", None, "https-only")
    distribute("press", "TLSv1.3_2025", "https-only", CacheBehaviors={"Quantity": 1, "Items": [images]})
    distribute("tracking", "TLSv1.3_2025", "https-only", "http-only")
    distribute("campaign-2019", None, "allow-all", on=False)


def _apis(site: Site, certificate: str) -> None:
    rest, http = site.client("apigateway"), site.client("apigatewayv2")
    regional = {"types": ["REGIONAL"]}
    for name, policy in (("api.example.com", "SecurityPolicy_TLS13_1_3_2025_09"), ("partners.example.com", "TLS_1_2")):
        rest.create_domain_name(
            domainName=name,
            regionalCertificateArn=certificate,
            endpointConfiguration=regional,
            securityPolicy=policy,
            tags={"System": "orders"},
        )
    rest.create_rest_api(
        name="orders",
        endpointConfiguration=regional,
        securityPolicy="SecurityPolicy_TLS13_1_3_2025_09",
        endpointAccessMode="STRICT",
        tags={"System": "orders"},
    )
    rest.create_rest_api(name="orders-2018", endpointConfiguration=regional, tags={"System": "orders"})
    http.create_api(Name="hooks", ProtocolType="HTTP", DisableExecuteApiEndpoint=True, Tags={"System": "orders"})
    http.create_api(Name="reports", ProtocolType="HTTP", Tags={"System": "reporting"})


def _databases(site: Site) -> None:
    """Orders' main database and ledger, and the clicks, take TLS 1.3 alone; what was stuck waits for its reboot."""
    rds = site.client("rds")
    rds.create_db_parameter_group(
        DBParameterGroupName="tls-only", DBParameterGroupFamily="postgres16", Description="TLS 1.3 only"
    )
    rds.modify_db_parameter_group(DBParameterGroupName="tls-only", Parameters=_parameters(STRICT))
    for name, family, wanted in (
        ("tls-only-ledger", "aurora-postgresql16", STRICT),
        ("tls-only-clicks", "docdb5.0", {"tls": "tls1.3+"}),
        ("open-clicks", "docdb5.0", {"tls": "disabled"}),
    ):
        rds.create_db_cluster_parameter_group(
            DBClusterParameterGroupName=name, DBParameterGroupFamily=family, Description=name
        )
        rds.modify_db_cluster_parameter_group(DBClusterParameterGroupName=name, Parameters=_parameters(wanted))
    with site.emulator.on_stage() as world:
        for name, state in (("orders-main", "in-sync"), ("orders-stuck", "pending-reboot")):
            group = {"DBParameterGroupName": "tls-only", "ParameterApplyStatus": state}
            alter(world, site.account, HOME, "rds", site.arn("rds", f"db:{name}"), DBParameterGroups=[group])
        for name, taken in (
            ("orders-ledger", "tls-only-ledger"),
            ("clicks", "tls-only-clicks"),
            ("clicks-old", "open-clicks"),
        ):
            alter(world, site.account, HOME, "rds", site.arn("rds", f"cluster:{name}"), DBClusterParameterGroup=taken)


def _parameters(wanted: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
        for name, value in wanted.items()
    ]


def _warehouse(site: Site) -> None:
    redshift = site.client("redshift")
    redshift.create_cluster_parameter_group(
        ParameterGroupName="tls-only", ParameterGroupFamily="redshift-1.0", Description="TLS only"
    )
    redshift.modify_cluster_parameter_group(
        ParameterGroupName="tls-only", Parameters=[{"ParameterName": "require_ssl", "ParameterValue": "true"}]
    )
    with site.emulator.on_stage() as world:
        group = {"ParameterGroupName": "tls-only", "ParameterApplyStatus": "in-sync"}
        alter(world, site.account, HOME, "redshift", "warehouse", ClusterParameterGroups=[group])


def _buckets(site: Site) -> None:
    """One refuses plain HTTP and lets TLS 1.2 in; the statement of another asks for both at once, and denies nothing."""
    plain, old = {"Bool": {"aws:SecureTransport": "false"}}, {"NumericLessThan": {"s3:TlsVersion": "1.3"}}
    for name, condition in (("fivex-customer-uploads", plain), ("fivex-orphan", plain | old)):
        statement = {
            "Sid": "DenyInsecureTransport",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
            "Condition": condition,
        }
        site.client("s3").put_bucket_policy(
            Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        )


def _streams(site: Site) -> None:
    kafka, network = site.client("kafka"), site.network[HOME]
    placed = {
        "BrokerNodeGroupInfo": {
            "ClientSubnets": list(network.subnets),
            "SecurityGroups": [network.group],
            "InstanceType": "kafka.m7g.large",
        },
        "KafkaVersion": "3.8.x",
        "NumberOfBrokerNodes": 2,
    }
    kafka.create_cluster_v2(
        ClusterName="events",
        Tags={"System": "analytics"},
        Provisioned={
            **placed,
            "EncryptionInfo": {
                "EncryptionAtRest": {"DataVolumeKMSKeyId": site.keys["data"]},
                "EncryptionInTransit": {"ClientBroker": "TLS", "InCluster": True},
            },
        },
    )
    # As it comes when nobody says anything.
    kafka.create_cluster_v2(ClusterName="events-2020", Tags={"System": "analytics"}, Provisioned=placed)


def _files(site: Site) -> None:
    efs = site.client("efs")
    held = {each.get("Name"): each["FileSystemId"] for each in efs.describe_file_systems()["FileSystems"]}
    everyone = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "elasticfilesystem:ClientMount"}
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    refusing = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*", "Condition": plain}
    for name, statements in (("home", [everyone, refusing]), ("shared", [{"Sid": "Mount", **everyone}])):
        efs.put_file_system_policy(
            FileSystemId=held[name], Policy=json.dumps({"Version": "2012-10-17", "Statement": statements})
        )
