"""One call at least of every operation the emulator answers itself, through boto3, in an order that works."""

from typing import Any

from scanner.emulation import Emulator
from tests.emulation.every_table import tables
from tests.emulation.gatekept import gatekept
from tests.emulation.messaging import messaging
from tests.emulation.moving import moving
from tests.emulation.watched import watched

HERE, THERE, ACCOUNT = "eu-west-1", "eu-central-1", "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/backup"
TAGS = [{"Key": "System", "Value": "orders"}]


def call_everything(aws: Emulator) -> None:
    parts = (
        keys,
        backup,
        more_backup,
        databases,
        disks,
        files,
        tables,
        buckets,
        stores,
        the_rest,
        watched,
        moving,
        messaging,
        alerted,
        gatekept,
    )
    for part in parts:
        part(aws)


def keys(aws: Emulator) -> None:
    kms = aws.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key)
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    kms.get_key_rotation_status(KeyId=key)
    kms.rotate_key_on_demand(KeyId=key)
    kms.list_key_rotations(KeyId=key)
    kms.describe_key(KeyId="alias/mine")
    kms.list_aliases()
    kms.list_keys()
    kms.disable_key(KeyId=key)
    kms.enable_key(KeyId=key)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    kms.cancel_key_deletion(KeyId=key)
    foreign = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    kms.import_key_material(
        KeyId=foreign, ImportToken=b"token", EncryptedKeyMaterial=b"material", ValidTo="2027-01-01T00:00:00Z"
    )


def backup(aws: Emulator) -> None:
    here, there = aws.client("backup"), aws.client("backup", THERE)
    for client, name in ((here, "vault"), (there, "copies"), (here, "gone")):
        client.create_backup_vault(BackupVaultName=name, BackupVaultTags={"System": "orders"})
    here.create_logically_air_gapped_backup_vault(BackupVaultName="gapped", MinRetentionDays=7, MaxRetentionDays=90)
    here.put_backup_vault_lock_configuration(BackupVaultName="gone", MinRetentionDays=30, ChangeableForDays=3)
    here.delete_backup_vault_lock_configuration(BackupVaultName="gone")
    here.put_backup_vault_access_policy(BackupVaultName="gone", Policy="{}")
    here.get_backup_vault_access_policy(BackupVaultName="gone")
    here.delete_backup_vault_access_policy(BackupVaultName="gone")
    here.put_backup_vault_notifications(
        BackupVaultName="gone", SNSTopicArn="arn:aws:sns:eu-west-1:1:t", BackupVaultEvents=["BACKUP_JOB_FAILED"]
    )
    here.get_backup_vault_notifications(BackupVaultName="gone")
    here.delete_backup_vault_notifications(BackupVaultName="gone")
    here.delete_backup_vault(BackupVaultName="gone")
    resource = f"arn:aws:ec2:{HERE}:{ACCOUNT}:volume/vol-1"
    job = here.start_backup_job(
        BackupVaultName="vault", ResourceArn=resource, IamRoleArn=ROLE, Lifecycle={"DeleteAfterDays": 35}
    )
    point = {"BackupVaultName": "vault", "RecoveryPointArn": job["RecoveryPointArn"]}
    here.describe_backup_job(BackupJobId=job["BackupJobId"])
    here.list_backup_jobs()
    copy = here.start_copy_job(
        RecoveryPointArn=job["RecoveryPointArn"],
        SourceBackupVaultName="vault",
        IamRoleArn=ROLE,
        DestinationBackupVaultArn=f"arn:aws:backup:{THERE}:{ACCOUNT}:backup-vault:copies",
    )
    here.describe_copy_job(CopyJobId=copy["CopyJobId"])
    here.list_copy_jobs()
    restore = here.start_restore_job(RecoveryPointArn=job["RecoveryPointArn"], Metadata={}, IamRoleArn=ROLE)
    here.describe_restore_job(RestoreJobId=restore["RestoreJobId"])
    here.list_restore_jobs()
    here.list_recovery_points_by_backup_vault(BackupVaultName="vault")
    here.list_recovery_points_by_resource(ResourceArn=resource)
    here.describe_recovery_point(**point)
    here.get_recovery_point_restore_metadata(**point)
    here.list_protected_resources()
    here.describe_protected_resource(ResourceArn=resource)
    here.describe_backup_vault(BackupVaultName="vault")
    here.list_backup_vaults()
    here.delete_recovery_point(**point)


def more_backup(aws: Emulator) -> None:
    client = aws.client("backup")
    wanted: dict[str, Any] = {
        "BackupPlanName": "plan",
        "Rules": [{"RuleName": "nightly", "TargetBackupVaultName": "vault", "Lifecycle": {"DeleteAfterDays": 35}}],
    }
    plan = client.create_backup_plan(BackupPlan=wanted)
    one = {"BackupPlanId": plan["BackupPlanId"]}
    client.update_backup_plan(**one, BackupPlan=wanted)
    client.get_backup_plan(**one)
    client.list_backup_plans()
    client.list_backup_plan_versions(**one)
    chosen = {
        **one,
        "SelectionId": client.create_backup_selection(
            **one, BackupSelection={"SelectionName": "all", "IamRoleArn": ROLE, "Resources": ["*"]}
        )["SelectionId"],
    }
    client.get_backup_selection(**chosen)
    client.list_backup_selections(**one)
    client.delete_backup_selection(**chosen)
    client.delete_backup_plan(**one)
    client.update_region_settings(ResourceTypeOptInPreference={"S3": False})
    client.describe_region_settings()
    client.update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": "true"})
    client.describe_global_settings()
    client.get_supported_resource_types()
    test = {"RestoreTestingPlanName": "weekly"}
    client.create_restore_testing_plan(
        RestoreTestingPlan={
            **test,
            "ScheduleExpression": "cron(0 6 ? * MON *)",
            "RecoveryPointSelection": {
                "Algorithm": "LATEST_WITHIN_WINDOW",
                "IncludeVaults": ["*"],
                "RecoveryPointTypes": ["SNAPSHOT"],
            },
        }
    )
    client.get_restore_testing_plan(**test)
    client.list_restore_testing_plans()
    client.create_restore_testing_selection(
        **test,
        RestoreTestingSelection={
            "RestoreTestingSelectionName": "db",
            "ProtectedResourceType": "RDS",
            "IamRoleArn": ROLE,
            "ProtectedResourceArns": ["*"],
        },
    )
    client.get_restore_testing_selection(**test, RestoreTestingSelectionName="db")
    client.list_restore_testing_selections(**test)
    client.create_report_plan(
        ReportPlanName="daily",
        ReportSetting={"ReportTemplate": "BACKUP_JOB_REPORT"},
        ReportDeliveryChannel={"S3BucketName": "reports"},
    )
    client.describe_report_plan(ReportPlanName="daily")
    client.list_report_plans()
    client.delete_report_plan(ReportPlanName="daily")
    client.create_framework(
        FrameworkName="ours", FrameworkControls=[{"ControlName": "BACKUP_RECOVERY_POINT_ENCRYPTED"}]
    )
    client.describe_framework(FrameworkName="ours")
    client.list_frameworks()
    hold = client.create_legal_hold(Title="case", Description="a case")
    client.get_legal_hold(LegalHoldId=hold["LegalHoldId"])
    client.list_recovery_points_by_legal_hold(LegalHoldId=hold["LegalHoldId"])
    client.list_legal_holds()
    client.tag_resource(ResourceArn=hold["LegalHoldArn"], Tags={"a": "b"})
    client.list_tags(ResourceArn=hold["LegalHoldArn"])
    client.untag_resource(ResourceArn=hold["LegalHoldArn"], TagKeyList=["a"])


def databases(aws: Emulator) -> None:
    rds, there = aws.client("rds"), aws.client("rds", THERE)
    admin = {"MasterUsername": "admin", "MasterUserPassword": "not-a-secret"}
    rds.create_db_instance(
        DBInstanceIdentifier="one",
        DBInstanceClass="db.m7g.large",
        Engine="postgres",
        EngineVersion="16.4",
        AllocatedStorage=20,
        BackupRetentionPeriod=35,
        StorageEncrypted=True,
        **admin,
    )
    rds.create_db_instance_read_replica(DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="one")
    for engine in ("aurora-postgresql", "docdb", "neptune"):
        rds.create_db_cluster(DBClusterIdentifier=f"of-{engine}", Engine=engine, **admin)
        rds.create_db_instance(
            DBInstanceIdentifier=f"in-{engine}",
            DBClusterIdentifier=f"of-{engine}",
            Engine=engine,
            DBInstanceClass="db.r7g.large",
        )
    source = f"arn:aws:rds:{HERE}:{ACCOUNT}:db:one"
    there.start_db_instance_automated_backups_replication(SourceDBInstanceArn=source)
    rds.describe_db_subnet_groups()
    rds.describe_db_instances()
    rds.describe_db_clusters()
    rds.describe_db_instance_automated_backups()
    rds.describe_db_cluster_automated_backups()
    there.stop_db_instance_automated_backups_replication(SourceDBInstanceArn=source)
    rds.create_db_snapshot(DBInstanceIdentifier="one", DBSnapshotIdentifier="first")
    rds.copy_db_snapshot(SourceDBSnapshotIdentifier="first", TargetDBSnapshotIdentifier="second")
    rds.describe_db_snapshots()
    rds.create_db_cluster_snapshot(DBClusterIdentifier="of-docdb", DBClusterSnapshotIdentifier="first")
    rds.copy_db_cluster_snapshot(SourceDBClusterSnapshotIdentifier="first", TargetDBClusterSnapshotIdentifier="second")
    rds.describe_db_cluster_snapshots()
    rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="of-snapshot", DBSnapshotIdentifier="first")
    rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="one", TargetDBInstanceIdentifier="of-time", UseLatestRestorableTime=True
    )
    rds.delete_db_snapshot(DBSnapshotIdentifier="second")
    rds.modify_db_instance(DBInstanceIdentifier="one", BackupRetentionPeriod=34)
    rds.reboot_db_instance(DBInstanceIdentifier="one")
    rds.stop_db_instance(DBInstanceIdentifier="of-time")
    rds.start_db_instance(DBInstanceIdentifier="of-time")
    rds.create_db_parameter_group(DBParameterGroupName="ours", DBParameterGroupFamily="postgres16", Description="ours")
    rds.modify_db_parameter_group(
        DBParameterGroupName="ours",
        Parameters=[{"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}],
    )
    rds.describe_db_parameters(DBParameterGroupName="default.postgres16")
    rds.describe_db_cluster_parameters(DBClusterParameterGroupName="default.docdb5.0")
    kept = rds.describe_db_instance_automated_backups(DBInstanceIdentifier="one")["DBInstanceAutomatedBackups"]
    rds.delete_db_instance(DBInstanceIdentifier="one", SkipFinalSnapshot=True, DeleteAutomatedBackups=False)
    rds.delete_db_instance_automated_backup(DBInstanceAutomatedBackupsArn=kept[0]["DBInstanceAutomatedBackupsArn"])


def disks(aws: Emulator) -> None:
    ec2 = aws.client("ec2")
    volume = ec2.create_volume(AvailabilityZone=f"{HERE}a", Size=1, Encrypted=True)["VolumeId"]
    ec2.lock_snapshot(
        SnapshotId=ec2.create_snapshot(VolumeId=volume)["SnapshotId"], LockMode="governance", LockDuration=30
    )
    ec2.describe_locked_snapshots()
    machine = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    ec2.create_image(InstanceId=machine, Name="image")
    ec2.describe_volumes()
    ec2.describe_instances()
    ec2.describe_images(Owners=["self"])
    ec2.describe_snapshots(OwnerIds=["self"])
    ec2.modify_ebs_default_kms_key_id(KmsKeyId="alias/mine")
    ec2.get_ebs_default_kms_key_id()
    ec2.reset_ebs_default_kms_key_id()
    ec2.enable_snapshot_block_public_access(State="block-all-sharing")
    ec2.get_snapshot_block_public_access_state()
    ec2.disable_snapshot_block_public_access()
    ec2.enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
    ec2.get_image_block_public_access_state()
    ec2.disable_image_block_public_access()
    dlm = aws.client("dlm")
    policy = dlm.create_lifecycle_policy(
        ExecutionRoleArn=ROLE,
        Description="nightly",
        State="ENABLED",
        PolicyDetails={
            "ResourceTypes": ["VOLUME"],
            "TargetTags": TAGS,
            "Schedules": [
                {
                    "Name": "n",
                    "RetainRule": {"Count": 35},
                    "CreateRule": {"Interval": 24, "IntervalUnit": "HOURS", "Times": ["02:00"]},
                }
            ],
        },
    )["PolicyId"]
    arn = dlm.get_lifecycle_policy(PolicyId=policy)["Policy"]["PolicyArn"]
    dlm.get_lifecycle_policies()
    dlm.update_lifecycle_policy(PolicyId=policy, State="DISABLED")
    dlm.tag_resource(ResourceArn=arn, Tags={"a": "b"})
    dlm.list_tags_for_resource(ResourceArn=arn)
    dlm.delete_lifecycle_policy(PolicyId=policy)


def files(aws: Emulator) -> None:
    efs, fsx = aws.client("efs"), aws.client("fsx")
    system = efs.create_file_system(CreationToken="t", Encrypted=True)["FileSystemId"]
    efs.describe_file_systems()
    efs.update_file_system_protection(FileSystemId=system, ReplicationOverwriteProtection="DISABLED")
    efs.put_backup_policy(FileSystemId=system, BackupPolicy={"Status": "ENABLED"})
    efs.describe_backup_policy(FileSystemId=system)
    efs.create_replication_configuration(SourceFileSystemId=system, Destinations=[{"Region": THERE}])
    efs.describe_replication_configurations()
    server = fsx.create_file_system(
        FileSystemType="WINDOWS",
        StorageCapacity=300,
        SubnetIds=["subnet-12345678"],
        WindowsConfiguration={"ThroughputCapacity": 8},
    )["FileSystem"]["FileSystemId"]
    fsx.describe_file_systems()
    fsx.create_backup(FileSystemId=server)
    fsx.describe_backups()


def buckets(aws: Emulator) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": HERE})
    s3.get_bucket_encryption(Bucket="bucket")
    s3.list_buckets(MaxBuckets=10)


def stores(aws: Emulator) -> None:
    redshift, cache, memory, search = (
        aws.client(each) for each in ("redshift", "elasticache", "memorydb", "opensearch")
    )
    redshift.create_cluster(
        ClusterIdentifier="dw",
        NodeType="ra3.xlplus",
        MasterUsername="admin",
        MasterUserPassword="Not-a-secret1",
        Encrypted=True,
        Tags=TAGS,
    )
    redshift.enable_snapshot_copy(ClusterIdentifier="dw", DestinationRegion=THERE)
    redshift.describe_cluster_subnet_groups()
    redshift.describe_clusters()
    redshift.describe_cluster_snapshots()
    cache.create_replication_group(ReplicationGroupId="group", ReplicationGroupDescription="group", Tags=TAGS)
    cache.create_cache_cluster(
        CacheClusterId="single", Engine="redis", CacheNodeType="cache.t4g.small", NumCacheNodes=1, Tags=TAGS
    )
    cache.create_snapshot(SnapshotName="snap", CacheClusterId="single")
    cache.describe_cache_subnet_groups()
    cache.describe_replication_groups()
    cache.describe_cache_clusters()
    cache.describe_snapshots()
    cache.describe_serverless_caches()
    cache.describe_serverless_cache_snapshots()
    redshift.describe_snapshot_schedules()
    memory.create_cluster(ClusterName="memory", NodeType="db.t4g.small", ACLName="open-access", Tags=TAGS)
    memory.create_snapshot(ClusterName="memory", SnapshotName="snap")
    memory.describe_clusters()
    memory.describe_snapshots()
    search.create_domain(DomainName="logs", TagList=TAGS)
    search.describe_domain(DomainName="logs")
    search.describe_domains(DomainNames=["logs"])


def the_rest(aws: Emulator) -> None:
    secrets, cognito, logs, code, iam = (
        aws.client(each) for each in ("secretsmanager", "cognito-idp", "logs", "codecommit", "iam")
    )
    secrets.create_secret(Name="secret", SecretString="x", Tags=TAGS)
    secrets.rotate_secret(SecretId="secret", RotationRules={"AutomaticallyAfterDays": 30})
    secrets.list_secrets()
    secrets.describe_secret(SecretId="secret")
    pool = cognito.create_user_pool(PoolName="pool", UserPoolTags={"System": "orders"})["UserPool"]["Id"]
    cognito.list_user_pools(MaxResults=10)
    cognito.describe_user_pool(UserPoolId=pool)
    logs.create_log_group(logGroupName="group", tags={"System": "orders"})
    logs.describe_log_groups()
    code.create_repository(repositoryName="code")
    code.list_repositories()
    code.get_repository(repositoryName="code")
    iam.create_user(UserName="user")
    iam.create_access_key(UserName="user")
    iam.list_access_keys(UserName="user")
    iam.generate_credential_report()
    iam.get_credential_report()
    aws.client("cloudtrail").describe_trails()
    aws.client("resourcegroupstaggingapi").get_resources()


def alerted(aws: Emulator) -> None:
    sns = aws.client("sns")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    mail = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com", ReturnSubscriptionArn=True)
    sns.list_subscriptions()
    sns.list_subscriptions_by_topic(TopicArn=topic)
    sns.get_topic_attributes(TopicArn=topic)
    sns.confirm_subscription(TopicArn=topic, Token=mail["SubscriptionArn"].rpartition(":")[2])
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="full", Namespace="AWS/RDS", MetricName="FreeStorageSpace", Threshold=1.0, EvaluationPeriods=1,
        Period=60, Statistic="Minimum", ComparisonOperator="LessThanThreshold",
    )  # fmt: skip
    cloudwatch.put_composite_alarm(AlarmName="any", AlarmRule="ALARM(full)", AlarmActions=[topic])
    cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    cloudwatch.delete_alarms(AlarmNames=["any"])
    cloudwatch.delete_alarms(AlarmNames=["full"])
