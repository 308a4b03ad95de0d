"""One call at least of every operation about encryption in transit that the emulator answers itself."""

from typing import Any

from scanner.emulation import Emulator

PLAINLY: dict[str, Any] = {"ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}}, "MinTTL": 0}


def moving(aws: Emulator) -> None:
    balancers(aws)
    fronts(aws)
    streams(aws)
    parameters(aws)


def balancers(aws: Emulator) -> None:
    ground = [each["SubnetId"] for each in aws.client("ec2").describe_subnets()["Subnets"]][:2]
    elb, classic = aws.client("elbv2"), aws.client("elb")
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    balancer = elb.create_load_balancer(Name="front", Subnets=ground)["LoadBalancers"][0]["LoadBalancerArn"]
    elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[answer])
    elb.describe_listeners(LoadBalancerArn=balancer)
    classic.create_load_balancer(
        LoadBalancerName="old",
        Listeners=[{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}],
        Subnets=ground[:1],
    )
    classic.create_load_balancer_policy(
        LoadBalancerName="old",
        PolicyName="tls",
        PolicyTypeName="SSLNegotiationPolicyType",
        PolicyAttributes=[
            {"AttributeName": "Reference-Security-Policy", "AttributeValue": "ELBSecurityPolicy-TLS-1-2-2017-01"}
        ],
    )
    classic.describe_load_balancer_policies(LoadBalancerName="old")


def fronts(aws: Emulator) -> None:
    front, rest = aws.client("cloudfront"), aws.client("apigateway")
    front.create_distribution(
        DistributionConfig={
            "CallerReference": "front",
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [{"Id": "o", "DomainName": "example.com", "CustomOriginConfig": {
                "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}]},
            "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only", **PLAINLY},
            "ViewerCertificate": {"ACMCertificateArn": "arn:aws:acm:us-east-1:1:certificate/x",
                                  "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.3_2025"},
        }
    )  # fmt: skip
    front.list_distributions()
    rest.create_rest_api(name="api", securityPolicy="SecurityPolicy_TLS13_1_3_2025_09")
    rest.create_rest_api(name="old")
    rest.get_rest_apis()


def streams(aws: Emulator) -> None:
    kafka = aws.client("kafka")
    brokers = {"ClientSubnets": ["subnet-1"], "InstanceType": "kafka.m7g.large"}
    kafka.create_cluster_v2(
        ClusterName="events",
        Provisioned={"BrokerNodeGroupInfo": brokers, "KafkaVersion": "3.8.x", "NumberOfBrokerNodes": 1},
    )
    kafka.create_cluster_v2(ClusterName="free", Serverless={"VpcConfigs": [{"SubnetIds": ["subnet-1"]}]})
    kafka.list_clusters_v2()


def parameters(aws: Emulator) -> None:
    redshift = aws.client("redshift")
    redshift.create_cluster_parameter_group(
        ParameterGroupName="strict", ParameterGroupFamily="redshift-1.0", Description="strict"
    )
    redshift.modify_cluster_parameter_group(
        ParameterGroupName="strict", Parameters=[{"ParameterName": "require_ssl", "ParameterValue": "true"}]
    )
    redshift.describe_cluster_parameters(ParameterGroupName="strict")
    aws.client("rds").describe_option_groups()
