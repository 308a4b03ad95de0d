"""Load balancers, distributions, APIs, streams and parameters, where moto answers otherwise than AWS."""

from scanner.emulation import Emulator
from tests.emulation.moving import balancers, fronts, parameters, streams


def test_only_listeners_with_tls_have_a_security_policy(aws: Emulator) -> None:
    balancers(aws)
    elb = aws.client("elbv2")
    balancer = elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    assert "SslPolicy" not in listener
    (policy,) = aws.client("elb").describe_load_balancer_policies(LoadBalancerName="old")["PolicyDescriptions"]
    told = {each["AttributeName"]: each["AttributeValue"] for each in policy["PolicyAttributeDescriptions"]}
    assert (told["Protocol-TLSv1.2"], told["Protocol-TLSv1.1"]) == ("true", "false")


def test_a_distribution_has_the_certificate_it_was_given(aws: Emulator) -> None:
    fronts(aws)
    (one,) = aws.client("cloudfront").list_distributions()["DistributionList"]["Items"]
    assert one["ViewerCertificate"]["CloudFrontDefaultCertificate"] is False
    apis = {each["name"]: each["securityPolicy"] for each in aws.client("apigateway").get_rest_apis()["items"]}
    assert apis == {"api": "SecurityPolicy_TLS13_1_3_2025_09", "old": "TLS_1_0"}


def test_a_stream_says_how_it_encrypts(aws: Emulator) -> None:
    streams(aws)
    events, free = aws.client("kafka").list_clusters_v2()["ClusterInfoList"]
    assert events["Provisioned"]["EncryptionInfo"]["EncryptionInTransit"] == {
        "ClientBroker": "TLS_PLAINTEXT", "InCluster": True,
    }  # fmt: skip
    assert events["CreationTime"].tzinfo is not None
    assert "Provisioned" not in free


def test_parameters_can_be_asked_for_by_name(aws: Emulator) -> None:
    parameters(aws)
    wanted = [{"Name": "parameter-name", "Values": ["rds.force_ssl", "no.such"]}]
    rds = aws.client("rds")
    shown = rds.describe_db_parameters(DBParameterGroupName="default.postgres16", Filters=wanted)["Parameters"]
    assert [(each["ParameterName"], each["ParameterValue"]) for each in shown] == [("rds.force_ssl", "1")]
    assert rds.describe_option_groups()["OptionGroupsList"] == []
    told = aws.client("redshift").describe_cluster_parameters(ParameterGroupName="strict")["Parameters"]
    assert {"ParameterName": "require_ssl", "ParameterValue": "true", "Source": "user"}.items() <= next(
        each for each in told if each["ParameterName"] == "require_ssl"
    ).items()
