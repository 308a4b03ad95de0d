"""Where emulated stores stand, and what is blocked for all of an account."""

from __future__ import annotations

from typing import Any

from scanner.emulation import Emulator

ADMIN: dict[str, Any] = {"MasterUsername": "admin", "MasterUserPassword": "Not-a-secret1"}
ACCOUNT = "123456789012"


def default_subnets(aws: Emulator) -> set[str]:
    return {each["SubnetId"] for each in aws.client("ec2").describe_subnets()["Subnets"]}


def test_who_says_nothing_stands_in_the_default_vpc(aws: Emulator) -> None:
    rds, within = aws.client("rds"), default_subnets(aws)
    rds.create_db_cluster(DBClusterIdentifier="c", Engine="aurora-postgresql", **ADMIN)
    rds.create_db_instance(
        DBInstanceIdentifier="m", DBClusterIdentifier="c", Engine="aurora-postgresql", DBInstanceClass="db.r7g.large"
    )
    (member,) = rds.describe_db_instances()["DBInstances"]
    assert {each["SubnetIdentifier"] for each in member["DBSubnetGroup"]["Subnets"]} == within
    assert member["VpcSecurityGroups"]
    assert rds.describe_db_clusters()["DBClusters"][0]["DBSubnetGroup"] == "default"
    (group,) = rds.describe_db_subnet_groups(DBSubnetGroupName="default")["DBSubnetGroups"]
    assert {each["SubnetIdentifier"] for each in group["Subnets"]} == within
    redshift = aws.client("redshift")
    redshift.create_cluster(ClusterIdentifier="w", NodeType="ra3.xlplus", **ADMIN)
    assert redshift.describe_clusters()["Clusters"][0]["VpcId"] == group["VpcId"]
    assert [each["ClusterSubnetGroupName"] for each in redshift.describe_cluster_subnet_groups()["ClusterSubnetGroups"]]


def test_members_stand_where_their_cluster_does(aws: Emulator) -> None:
    ec2, rds, cache = aws.client("ec2"), aws.client("rds"), aws.client("elasticache")
    two = sorted(default_subnets(aws))[:2]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    rds.create_db_subnet_group(DBSubnetGroupName="two", DBSubnetGroupDescription="two", SubnetIds=two)
    rds.create_db_cluster(DBClusterIdentifier="c", Engine="neptune", DBSubnetGroupName="two", **ADMIN)
    rds.create_db_instance(
        DBInstanceIdentifier="m", DBClusterIdentifier="c", Engine="neptune", DBInstanceClass="db.r7g.large"
    )
    (member,) = rds.describe_db_instances()["DBInstances"]
    assert sorted(each["SubnetIdentifier"] for each in member["DBSubnetGroup"]["Subnets"]) == two
    cache.create_cache_subnet_group(CacheSubnetGroupName="two", CacheSubnetGroupDescription="two", SubnetIds=two)
    cache.create_replication_group(
        ReplicationGroupId="g", ReplicationGroupDescription="g", CacheSubnetGroupName="two", SecurityGroupIds=[group]
    )
    (node,) = cache.describe_cache_clusters(ShowCacheNodeInfo=True)["CacheClusters"]
    assert (node["ReplicationGroupId"], node["CacheSubnetGroupName"]) == ("g", "two")
    assert node["CacheNodes"][0]["Endpoint"]["Port"] == 6379
    assert "CacheNodes" not in cache.describe_cache_clusters()["CacheClusters"][0]


def test_a_search_domain_names_its_vpc(aws: Emulator) -> None:
    (subnet, *_), search = aws.client("ec2").describe_subnets()["Subnets"], aws.client("opensearch")
    search.create_domain(DomainName="logs", VPCOptions={"SubnetIds": [subnet["SubnetId"]]})
    assert search.describe_domain(DomainName="logs")["DomainStatus"]["VPCOptions"]["VPCId"] == subnet["VpcId"]


def test_an_account_blocks_public_buckets_and_images(aws: Emulator) -> None:
    control, ec2 = aws.client("s3control"), aws.client("ec2")
    control.put_public_access_block(
        AccountId=ACCOUNT, PublicAccessBlockConfiguration={"BlockPublicAcls": True, "RestrictPublicBuckets": True}
    )
    told = control.get_public_access_block(AccountId=ACCOUNT)["PublicAccessBlockConfiguration"]
    assert (told["BlockPublicAcls"], told["BlockPublicPolicy"]) == (True, False)
    assert ec2.get_image_block_public_access_state()["ImageBlockPublicAccessState"] == "unblocked"
    ec2.enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
    assert ec2.get_image_block_public_access_state()["ImageBlockPublicAccessState"] == "block-new-sharing"
