"""Other services, where moto answers otherwise than AWS."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scanner.emulation import Emulator
from scanner.emulation.seeding import (
    add_cache_snapshot,
    add_cluster_snapshot,
    add_db_snapshot,
    add_memory_snapshot,
    add_volume_snapshot,
    add_warehouse_snapshot,
    alter,
    confirm_subscriptions,
    date_access_key,
    date_alarm,
)
from tests.emulation.conftest import AT

HERE, THERE, ACCOUNT = "eu-west-1", "eu-central-1", "123456789012"
ADMIN: dict[str, Any] = {"MasterUsername": "admin", "MasterUserPassword": "not-a-secret"}
AT_HOME: dict[str, Any] = {"region": HERE, "account": ACCOUNT}


def database(aws: Emulator, name: str = "orders", **told: Any) -> Any:
    return aws.client("rds").create_db_instance(
        **{
            "DBInstanceIdentifier": name,
            "DBInstanceClass": "db.m7g.large",
            "Engine": "postgres",
            "EngineVersion": "16.4",
            "AllocatedStorage": 20,
            "BackupRetentionPeriod": 35,
            **ADMIN,
            **told,
        }
    )["DBInstance"]


def test_rotation_periods_are_kept(aws: Emulator) -> None:
    kms = aws.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    status = kms.get_key_rotation_status(KeyId=key)
    assert (status["RotationPeriodInDays"], status["NextRotationDate"]) == (90, AT + timedelta(days=90))
    aws.set_clock(lambda: AT + timedelta(days=100))
    assert kms.get_key_rotation_status(KeyId=key)["NextRotationDate"] == AT + timedelta(days=180)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"


def test_imported_material_expires(aws: Emulator) -> None:
    kms = aws.client("kms")
    key = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]
    assert key["KeyState"] == "PendingImport"
    kms.import_key_material(
        KeyId=key["KeyId"], ImportToken=b"t", EncryptedKeyMaterial=b"m", ValidTo=AT + timedelta(days=9)
    )
    described = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
    assert (described["ExpirationModel"], described["ValidTo"]) == ("KEY_MATERIAL_EXPIRES", AT + timedelta(days=9))


def test_a_database_says_what_awss_does(aws: Emulator) -> None:
    kept, none = database(aws, StorageEncrypted=True), database(aws, "scratch", BackupRetentionPeriod=0)
    assert kept["BackupTarget"] == "region"
    assert kept["PubliclyAccessible"] is False
    assert kept["DbiResourceId"] != none["DbiResourceId"]
    described = {
        each["DBInstanceIdentifier"]: each for each in aws.client("rds").describe_db_instances()["DBInstances"]
    }
    assert described["orders"]["LatestRestorableTime"] == AT - timedelta(minutes=4)
    assert "LatestRestorableTime" not in described["scratch"]
    assert aws.client("kms").describe_key(KeyId=described["orders"]["KmsKeyId"])["KeyMetadata"]["KeyManager"] == "AWS"
    with aws.on_stage() as world:
        alter(world, ACCOUNT, HERE, "rds", kept["DBInstanceArn"], LatestRestorableTime=AT - timedelta(hours=1))
    (one,) = aws.client("rds").describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"]
    assert one["LatestRestorableTime"] == AT - timedelta(hours=1)


def test_automated_backups_outlive_and_travel(aws: Emulator) -> None:
    here, there = aws.client("rds"), aws.client("rds", THERE)
    database(aws)
    there.start_db_instance_automated_backups_replication(
        SourceDBInstanceArn=f"arn:aws:rds:{HERE}:{ACCOUNT}:db:orders", BackupRetentionPeriod=14
    )
    (copy,) = there.describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]
    assert (copy["Region"], copy["BackupRetentionPeriod"], copy["Status"]) == (HERE, 14, "replicating")
    (instance,) = here.describe_db_instances()["DBInstances"]
    assert instance["DBInstanceAutomatedBackupsReplications"] == [
        {"DBInstanceAutomatedBackupsArn": copy["DBInstanceAutomatedBackupsArn"]}
    ]
    here.delete_db_instance(DBInstanceIdentifier="orders", SkipFinalSnapshot=True, DeleteAutomatedBackups=False)
    (kept,) = here.describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]
    assert kept["Status"] == "retained"
    assert kept["RestoreWindow"]["LatestTime"] == AT - timedelta(minutes=4)


def test_snapshots_of_every_age_and_type(aws: Emulator) -> None:
    database(aws)
    with aws.on_stage() as world:
        for day in range(1, 120):
            add_db_snapshot(world, "orders", AT - timedelta(days=day), **AT_HOME)
        add_db_snapshot(
            world, "orders", AT - timedelta(days=400), kind="manual", name="old", tags={"a": "b"}, **AT_HOME
        )
        add_db_snapshot(
            world, "orders", AT, kind="awsbackup", name="awsbackup:job-1", status="creating", progress=7, **AT_HOME
        )
    rds = aws.client("rds")
    everything = [
        each for page in rds.get_paginator("describe_db_snapshots").paginate() for each in page["DBSnapshots"]
    ]
    assert len(everything) == 122  # and the one moto took at creation
    (old,) = rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    assert (old["SnapshotCreateTime"], old["TagList"]) == (AT - timedelta(days=400), [{"Key": "a", "Value": "b"}])
    (ours,) = rds.describe_db_snapshots(SnapshotType="awsbackup")["DBSnapshots"]
    assert (ours["Status"], ours["PercentProgress"]) == ("creating", 7)
    assert rds.describe_db_snapshots(SnapshotType="shared")["DBSnapshots"] == []
    rds.copy_db_snapshot(SourceDBSnapshotIdentifier="old", TargetDBSnapshotIdentifier="copy")
    (copy,) = rds.describe_db_snapshots(DBSnapshotIdentifier="copy")["DBSnapshots"]
    assert copy["SourceDBSnapshotIdentifier"].endswith(":snapshot:old")
    assert copy["OriginalSnapshotCreateTime"] == AT - timedelta(days=400)


def test_a_foreign_snapshot_is_shown_when_asked_for(aws: Emulator) -> None:
    there = aws.client("rds")
    headers: dict[str, str] = {}
    there.meta.events.register("before-send.rds", lambda request, **_: request.headers.update(headers))
    headers["x-moto-account-id"] = "210987654321"
    database(aws)
    there.create_db_snapshot(DBInstanceIdentifier="orders", DBSnapshotIdentifier="lent")
    there.modify_db_snapshot_attribute(DBSnapshotIdentifier="lent", AttributeName="restore", ValuesToAdd=[ACCOUNT])
    headers.clear()
    assert there.describe_db_snapshots()["DBSnapshots"] == []
    (lent,) = there.describe_db_snapshots(IncludeShared=True)["DBSnapshots"]
    assert (lent["SnapshotType"], lent["DBSnapshotIdentifier"]) == (
        "shared",
        f"arn:aws:rds:{HERE}:210987654321:snapshot:lent",
    )


def test_one_api_for_three_kinds_of_clusters(aws: Emulator) -> None:
    for engine in ("aurora-postgresql", "docdb", "neptune"):
        aws.client("rds").create_db_cluster(
            DBClusterIdentifier=engine, Engine=engine, StorageEncrypted=True, BackupRetentionPeriod=7, **ADMIN
        )
        aws.client("rds").create_db_instance(
            DBInstanceIdentifier=f"{engine}-1",
            DBClusterIdentifier=engine,
            Engine=engine,
            DBInstanceClass="db.r7g.large",
        )
    with aws.on_stage() as world:
        add_cluster_snapshot(world, "docdb", AT - timedelta(days=3), **AT_HOME)
    for service in ("rds", "docdb", "neptune"):
        found = aws.client(service).describe_db_clusters()["DBClusters"]
        assert [each["Engine"] for each in found] == ["aurora-postgresql", "docdb", "neptune"]
        assert all(len(each["DBClusterMembers"]) == 1 for each in found)
    narrowed = aws.client("rds").describe_db_clusters(Filters=[{"Name": "engine", "Values": ["docdb"]}])["DBClusters"]
    assert [each["DBClusterIdentifier"] for each in narrowed] == ["docdb"]
    times = [
        each["SnapshotCreateTime"]
        for each in aws.client("docdb").describe_db_cluster_snapshots(DBClusterIdentifier="docdb")["DBClusterSnapshots"]
    ]
    assert AT - timedelta(days=3) in times


def test_parameters_have_defaults_under_changes(aws: Emulator) -> None:
    rds = aws.client("rds")
    rds.create_db_parameter_group(DBParameterGroupName="ours", DBParameterGroupFamily="postgres14", Description="ours")
    before = {
        each["ParameterName"]: each for each in rds.describe_db_parameters(DBParameterGroupName="ours")["Parameters"]
    }
    assert before["rds.force_ssl"]["ParameterValue"] == "0"
    rds.modify_db_parameter_group(
        DBParameterGroupName="ours",
        Parameters=[{"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}],
    )
    after = {
        each["ParameterName"]: each for each in rds.describe_db_parameters(DBParameterGroupName="ours")["Parameters"]
    }
    assert (after["rds.force_ssl"]["ParameterValue"], after["rds.force_ssl"]["Source"]) == ("1", "user")
    with pytest.raises(ClientError, match="DBParameterGroupNotFound"):
        rds.describe_db_parameters(DBParameterGroupName="nowhere")


def test_snapshots_of_volumes_are_paged_dated_and_shared(aws: Emulator) -> None:
    ec2 = aws.client("ec2")
    volume = ec2.create_volume(AvailabilityZone=f"{HERE}a", Size=8, Encrypted=True)["VolumeId"]
    with aws.on_stage() as world:
        made = [
            add_volume_snapshot(world, volume, AT - timedelta(days=day), tags={"a": "b"}, **AT_HOME) for day in range(7)
        ]
    assert len(ec2.describe_snapshots(OwnerIds=["self"], MaxResults=5)["Snapshots"]) == 5
    everything = [
        each
        for page in ec2.get_paginator("describe_snapshots").paginate(
            OwnerIds=["self"], PaginationConfig={"PageSize": 5}
        )
        for each in page["Snapshots"]
    ]
    assert [each["StartTime"] for each in everything] == [AT - timedelta(days=day) for day in range(7)]
    assert all(each["KmsKeyId"].startswith("arn:aws:kms:") and each["StorageTier"] == "standard" for each in everything)
    assert ec2.describe_snapshots(OwnerIds=["self"], RestorableByUserIds=["all"])["Snapshots"] == []
    ec2.modify_snapshot_attribute(
        SnapshotId=made[2], Attribute="createVolumePermission", OperationType="add", GroupNames=["all"]
    )
    assert [
        each["SnapshotId"]
        for each in ec2.describe_snapshots(OwnerIds=["self"], RestorableByUserIds=["all"])["Snapshots"]
    ] == [made[2]]
    for _ in range(3):
        ec2.create_volume(AvailabilityZone=f"{HERE}a", Size=8)
    assert len(list(ec2.get_paginator("describe_volumes").paginate(PaginationConfig={"PageSize": 2}))) == 2


def test_file_systems(aws: Emulator) -> None:
    efs = aws.client("efs")
    system = efs.create_file_system(CreationToken="t", Encrypted=True)["FileSystemId"]
    for call, code in (
        (efs.describe_backup_policy, "PolicyNotFound"),
        (efs.describe_replication_configurations, "ReplicationNotFound"),
    ):
        with pytest.raises(ClientError) as missing:
            call(FileSystemId=system)
        assert missing.value.response["Error"]["Code"] == code
    efs.create_replication_configuration(SourceFileSystemId=system, Destinations=[{"Region": THERE}])
    (replication,) = efs.describe_replication_configurations(FileSystemId=system)["Replications"]
    (copy,) = aws.client("efs", THERE).describe_file_systems()["FileSystems"]
    assert replication["Destinations"][0]["FileSystemId"] == copy["FileSystemId"]
    assert copy["FileSystemProtection"]["ReplicationOverwriteProtection"] == "REPLICATING"
    assert efs.describe_file_systems()["FileSystems"][0]["FileSystemProtection"] == {
        "ReplicationOverwriteProtection": "ENABLED"
    }


def test_a_global_table_is_in_both_regions(aws: Emulator) -> None:
    here = aws.client("dynamodb")
    here.create_table(
        TableName="t",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    key = aws.client("kms", THERE).create_key()["KeyMetadata"]["Arn"]
    here.update_table(TableName="t", ReplicaUpdates=[{"Create": {"RegionName": THERE, "KMSMasterKeyId": key}}])
    here.put_item(TableName="t", Item={"id": {"S": "1"}})
    there = aws.client("dynamodb", THERE)
    assert there.scan(TableName="t")["Count"] == 1
    table = there.describe_table(TableName="t")["Table"]
    assert table["TableArn"].split(":")[3] == THERE
    assert [each["RegionName"] for each in table["Replicas"]] == [HERE]
    assert table["SSEDescription"]["KMSMasterKeyArn"] == key
    here.update_continuous_backups(
        TableName="t", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7}
    )
    aws.set_clock(lambda: AT + timedelta(days=30))
    recovery = here.describe_continuous_backups(TableName="t")["ContinuousBackupsDescription"][
        "PointInTimeRecoveryDescription"
    ]
    assert recovery["LatestRestorableDateTime"] == AT + timedelta(days=30) - timedelta(minutes=5)
    assert recovery["LatestRestorableDateTime"] - recovery["EarliestRestorableDateTime"] == timedelta(days=7)


def test_a_new_bucket_answers_as_awss(aws: Emulator) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": HERE})
    rule = s3.get_bucket_encryption(Bucket="bucket")["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert "BucketRegion" not in s3.list_buckets()["Buckets"][0]
    assert s3.list_buckets(MaxBuckets=5)["Buckets"][0]["BucketRegion"] == HERE
    assert s3.get_bucket_location(Bucket="bucket")["LocationConstraint"] == HERE
    assert "Status" not in s3.get_bucket_versioning(Bucket="bucket")
    for operation, code in {
        "get_object_lock_configuration": "ObjectLockConfigurationNotFoundError",
        "get_bucket_replication": "ReplicationConfigurationNotFoundError",
        "get_bucket_lifecycle_configuration": "NoSuchLifecycleConfiguration",
        "get_public_access_block": "NoSuchPublicAccessBlockConfiguration",
        "get_bucket_tagging": "NoSuchTagSet",
        "get_bucket_policy": "NoSuchBucketPolicy",
    }.items():
        with pytest.raises(ClientError) as missing:
            getattr(s3, operation)(Bucket="bucket")
        assert missing.value.response["Error"]["Code"] == code


def test_the_credential_report_begins_with_root(aws: Emulator) -> None:
    iam = aws.client("iam")
    iam.create_user(UserName="bob")
    key = iam.create_access_key(UserName="bob")["AccessKey"]["AccessKeyId"]
    with aws.on_stage() as world:
        date_access_key(world, ACCOUNT, "bob", key, AT - timedelta(days=200))
    iam.generate_credential_report()
    header, root, bob = iam.get_credential_report()["Content"].decode().strip().split("\n")
    assert root.startswith("<root_account>,")
    assert len(root.split(",")) == len(header.split(",")) == len(bob.split(","))
    assert iam.list_access_keys(UserName="bob")["AccessKeyMetadata"][0]["CreateDate"] == AT - timedelta(days=200)


def test_stores_with_snapshots_of_their_own(aws: Emulator) -> None:
    aws.client("redshift").create_cluster(
        ClusterIdentifier="dw", NodeType="ra3.xlplus", MasterUsername="admin", MasterUserPassword="Not-a-secret1"
    )
    with aws.on_stage() as world:
        for day in range(3):
            add_warehouse_snapshot(world, "dw", AT - timedelta(days=day), **AT_HOME)
            add_cache_snapshot(world, AT - timedelta(days=day), group="carts", **AT_HOME)
            add_memory_snapshot(world, "features", AT - timedelta(days=day), tags={"System": "a"}, **AT_HOME)
    assert (
        len(
            aws.client("redshift").describe_cluster_snapshots(ClusterIdentifier="dw", SnapshotType="automated")[
                "Snapshots"
            ]
        )
        >= 3
    )
    cache = aws.client("elasticache")
    assert len(cache.describe_snapshots(ReplicationGroupId="carts")["Snapshots"]) == 3
    assert cache.describe_snapshots(ReplicationGroupId="carts", SnapshotSource="user")["Snapshots"] == []
    snapshots = aws.client("memorydb").describe_snapshots(ClusterName="features")["Snapshots"]
    assert snapshots[0]["ClusterConfiguration"]["Shards"][0]["SnapshotCreationTime"] == AT
    tagged = aws.client("resourcegroupstaggingapi").get_resources(ResourceTypeFilters=["memorydb:snapshot"])
    assert {each["ResourceARN"] for each in tagged["ResourceTagMappingList"]} == {each["ARN"] for each in snapshots}
    aws.client("redshift").enable_snapshot_copy(ClusterIdentifier="dw", DestinationRegion=THERE, RetentionPeriod=30)
    (warehouse,) = aws.client("redshift").describe_clusters()["Clusters"]
    assert warehouse["ClusterSnapshotCopyStatus"]["DestinationRegion"] == THERE


def test_schedules_are_found_by_their_filters(aws: Emulator) -> None:
    dlm = aws.client("dlm")
    for name, state in (("nightly", "ENABLED"), ("paused", "DISABLED")):
        dlm.create_lifecycle_policy(
            ExecutionRoleArn="arn:aws:iam::1:role/r",
            Description=name,
            State=state,
            PolicyDetails={
                "ResourceTypes": ["VOLUME"],
                "TargetTags": [{"Key": "Snapshots", "Value": name}],
                "Schedules": [
                    {"Name": name, "CreateRule": {"Interval": 24, "IntervalUnit": "HOURS"}, "RetainRule": {"Count": 7}}
                ],
            },
        )
    assert len(dlm.get_lifecycle_policies()["Policies"]) == 2
    assert [each["Description"] for each in dlm.get_lifecycle_policies(State="ENABLED")["Policies"]] == ["nightly"]
    (paused,) = dlm.get_lifecycle_policies(TargetTags=["Snapshots=paused"])["Policies"]
    assert dlm.get_lifecycle_policy(PolicyId=paused["PolicyId"])["Policy"]["PolicyDetails"]["Schedules"][0][
        "RetainRule"
    ] == {"Count": 7}


def test_subscriptions_wait_for_their_confirmation(aws: Emulator) -> None:
    sns = aws.client("sns")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    assert sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")["SubscriptionArn"] == (
        "pending confirmation"
    )
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=f"arn:aws:lambda:{HERE}:{ACCOUNT}:function:page")
    shown = sns.list_subscriptions()["Subscriptions"]
    assert [one["SubscriptionArn"] == "PendingConfirmation" for one in shown] == [True, False]
    counted = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert (counted["SubscriptionsPending"], counted["SubscriptionsConfirmed"]) == ("1", "1")
    with aws.on_stage() as world:
        confirm_subscriptions(world, topic)
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsPending"] == "0"


def test_composite_alarms_are_listed_when_asked_for(aws: Emulator) -> None:
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_composite_alarm(AlarmName="any", AlarmRule="ALARM(full)")
    assert cloudwatch.describe_alarms()["CompositeAlarms"] == []
    found = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert [(one["AlarmName"], one["AlarmRule"]) for one in found] == [("any", "ALARM(full)")]
    with aws.on_stage() as world:
        date_alarm(world, ACCOUNT, HERE, "any", "ALARM", AT)
    assert cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0]["StateValue"] == "ALARM"
