"""The index of the forms: what each module declares, so that only those are imported whose types occur in the code.

A house test holds it against the modules.
"""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """What one module declares: kinds, types of block, and types that only settle something of another block."""

    kinds: tuple[str, ...]
    types: tuple[str, ...]
    satellites: tuple[str, ...] = ()


MODULES: dict[str, Entry] = {
    "dynamodb": Entry(
        kinds=("aws.dynamodb.table",),
        types=("aws_dynamodb_table", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"),
    ),
    "kms": Entry(
        kinds=("aws.kms.key", "aws.kms.alias"),
        types=(
            "aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key", "aws_kms_alias", "AWS::KMS::Key",
            "AWS::KMS::ReplicaKey", "AWS::KMS::Alias",
        ),
        satellites=("aws_kms_key_policy",),
    ),
    "rds.instances": Entry(
        kinds=("aws.rds.instance", "aws.rds.instance-parameters"),
        types=(
            "aws_db_instance", "aws_rds_cluster_instance", "aws_docdb_cluster_instance", "aws_neptune_cluster_instance",
            "AWS::RDS::DBInstance", "AWS::DocDB::DBInstance", "AWS::Neptune::DBInstance",
        ),
        satellites=("aws_db_instance_automated_backups_replication",),
    ),
    "rds.clusters": Entry(
        kinds=("aws.rds.cluster", "aws.docdb.cluster", "aws.neptune.cluster", "aws.rds.cluster-parameters"),
        types=(
            "aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster", "AWS::RDS::DBCluster", "AWS::DocDB::DBCluster",
            "AWS::Neptune::DBCluster", "aws_rds_global_cluster", "aws_docdb_global_cluster", "aws_neptune_global_cluster",
            "AWS::RDS::GlobalCluster", "AWS::DocDB::GlobalCluster", "AWS::Neptune::GlobalCluster",
        ),
    ),
    "rds.groups": Entry(
        kinds=(
            "aws.rds.subnet-group", "aws.rds.parameter-group", "aws.rds.cluster-parameter-group",
            "aws.rds.instance-parameters", "aws.rds.cluster-parameters",
        ),
        types=(
            "aws_db_subnet_group", "aws_docdb_subnet_group", "aws_neptune_subnet_group", "AWS::RDS::DBSubnetGroup",
            "AWS::DocDB::DBSubnetGroup", "AWS::Neptune::DBSubnetGroup", "aws_db_parameter_group",
            "aws_neptune_parameter_group", "aws_rds_cluster_parameter_group", "aws_docdb_cluster_parameter_group",
            "aws_neptune_cluster_parameter_group", "AWS::RDS::DBParameterGroup", "AWS::Neptune::DBParameterGroup",
            "AWS::RDS::DBClusterParameterGroup", "AWS::DocDB::DBClusterParameterGroup",
            "AWS::Neptune::DBClusterParameterGroup", "aws_db_option_group", "AWS::RDS::OptionGroup",
        ),
    ),
    "rds.snapshots": Entry(
        kinds=("aws.rds.snapshot", "aws.rds.cluster-snapshot"),
        types=(
            "aws_db_snapshot", "aws_db_cluster_snapshot", "aws_docdb_cluster_snapshot", "aws_neptune_cluster_snapshot",
            "AWS::RDS::DBSnapshot", "aws_db_snapshot_copy", "aws_rds_cluster_snapshot_copy",
        ),
    ),
    "aws_backup.plans": Entry(
        kinds=("aws.backup.plan", "aws.backup.selection"),
        types=(
            "aws_backup_plan", "AWS::Backup::BackupPlan", "aws_backup_selection", "AWS::Backup::BackupSelection",
        ),
    ),
    "aws_backup.vaults": Entry(
        kinds=("aws.backup.vault", "aws.backup.settings"),
        types=(
            "aws_backup_vault", "aws_backup_logically_air_gapped_vault", "AWS::Backup::BackupVault",
            "AWS::Backup::LogicallyAirGappedBackupVault", "aws_backup_region_settings",
        ),
        satellites=(
            "aws_backup_vault_lock_configuration", "aws_backup_vault_policy", "aws_backup_vault_notifications",
        ),
    ),
    "aws_backup.testing": Entry(
        kinds=("aws.backup.report-plan", "aws.backup.restore-testing-plan", "aws.backup.restore-testing-selection"),
        types=(
            "aws_backup_report_plan", "AWS::Backup::ReportPlan", "aws_backup_restore_testing_plan",
            "AWS::Backup::RestoreTestingPlan", "aws_backup_restore_testing_selection",
            "AWS::Backup::RestoreTestingSelection",
        ),
    ),
    "cloudwatch": Entry(
        kinds=("aws.cloudwatch.alarm", "aws.cloudwatch.composite-alarm"),
        types=(
            "aws_cloudwatch_metric_alarm", "AWS::CloudWatch::Alarm", "aws_cloudwatch_composite_alarm",
            "AWS::CloudWatch::CompositeAlarm",
        ),
    ),
    "dlm": Entry(kinds=("aws.dlm.policy",), types=("aws_dlm_lifecycle_policy", "AWS::DLM::LifecyclePolicy")),
    "event_subscriptions": Entry(
        kinds=("aws.rds.event-subscription",),
        types=(
            "aws_db_event_subscription", "aws_docdb_event_subscription", "aws_neptune_event_subscription",
            "AWS::RDS::EventSubscription", "AWS::DocDB::EventSubscription", "AWS::Neptune::EventSubscription",
        ),
    ),
    "events": Entry(
        kinds=("aws.events.rule", "aws.events.bus", "aws.events.api-destination"),
        types=(
            "aws_cloudwatch_event_rule", "AWS::Events::Rule", "aws_cloudwatch_event_bus", "AWS::Events::EventBus",
            "aws_cloudwatch_event_api_destination", "AWS::Events::ApiDestination",
        ),
        satellites=("aws_cloudwatch_event_target",),
    ),
    "logs": Entry(
        kinds=("aws.logs.log-group", "aws.logs.metric-filter"),
        types=(
            "aws_cloudwatch_log_group", "AWS::Logs::LogGroup", "aws_cloudwatch_log_metric_filter",
            "AWS::Logs::MetricFilter",
        ),
    ),
    "sns": Entry(
        kinds=("aws.sns.topic", "aws.sns.subscription"),
        types=("aws_sns_topic", "AWS::SNS::Topic", "aws_sns_topic_subscription", "AWS::SNS::Subscription"),
        satellites=("aws_sns_topic_policy", "AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy"),
    ),
    "redshift": Entry(
        kinds=("aws.redshift.cluster", "aws.redshift.parameters", "aws.redshift.snapshot"),
        types=(
            "aws_redshift_cluster", "AWS::Redshift::Cluster", "aws_redshift_parameter_group",
            "AWS::Redshift::ClusterParameterGroup", "aws_redshift_cluster_snapshot", "aws_redshift_subnet_group",
            "AWS::Redshift::ClusterSubnetGroup", "aws_redshift_snapshot_schedule",
        ),
        satellites=("aws_redshift_snapshot_copy", "aws_redshift_snapshot_schedule_association"),
    ),
    "elasticache": Entry(
        kinds=(
            "aws.elasticache.replication-group", "aws.elasticache.cluster", "aws.elasticache.serverless-cache",
            "aws.elasticache.subnet-group",
        ),
        types=(
            "aws_elasticache_replication_group", "AWS::ElastiCache::ReplicationGroup", "aws_elasticache_cluster",
            "AWS::ElastiCache::CacheCluster", "aws_elasticache_serverless_cache", "AWS::ElastiCache::ServerlessCache",
            "aws_elasticache_subnet_group", "AWS::ElastiCache::SubnetGroup",
        ),
    ),
    "memorydb": Entry(
        kinds=("aws.memorydb.cluster", "aws.memorydb.snapshot"),
        types=(
            "aws_memorydb_cluster", "AWS::MemoryDB::Cluster", "aws_memorydb_snapshot", "aws_memorydb_subnet_group",
            "AWS::MemoryDB::SubnetGroup",
        ),
    ),
    "opensearch": Entry(
        kinds=("aws.opensearch.domain",),
        types=(
            "aws_opensearch_domain", "aws_elasticsearch_domain", "AWS::OpenSearchService::Domain",
            "AWS::Elasticsearch::Domain",
        ),
        satellites=("aws_opensearch_domain_policy", "aws_elasticsearch_domain_policy"),
    ),
    "s3.buckets": Entry(
        kinds=("aws.s3.bucket",),
        types=(
            "aws_s3_bucket", "AWS::S3::Bucket", "aws_s3_bucket_versioning",
            "aws_s3_bucket_server_side_encryption_configuration", "aws_s3_bucket_public_access_block",
            "aws_s3_bucket_policy", "aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_replication_configuration",
            "aws_s3_bucket_object_lock_configuration", "aws_s3_bucket_ownership_controls",
        ),
        satellites=("aws_s3_bucket_acl", "AWS::S3::BucketPolicy"),
    ),
    "s3.account": Entry(kinds=("aws.s3.account",), types=("aws_s3_account_public_access_block",)),
    "vpc.networks": Entry(
        kinds=("aws.ec2.vpc", "aws.ec2.subnet", "aws.ec2.route-table"),
        types=(
            "aws_vpc", "aws_default_vpc", "AWS::EC2::VPC", "aws_subnet", "aws_default_subnet", "AWS::EC2::Subnet",
        ),
        satellites=("AWS::EC2::SubnetCidrBlock",),
    ),
    "vpc.tables": Entry(
        kinds=("aws.ec2.route-table",),
        types=("aws_route_table", "aws_default_route_table", "AWS::EC2::RouteTable"),
        satellites=(
            "aws_route", "aws_route_table_association", "aws_main_route_table_association",
            "aws_vpn_gateway_route_propagation", "AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation",
            "AWS::EC2::GatewayRouteTableAssociation", "AWS::EC2::VPNGatewayRoutePropagation",
        ),
    ),
    "vpc.gateways": Entry(
        kinds=(),
        types=(
            "aws_internet_gateway", "AWS::EC2::InternetGateway", "aws_nat_gateway", "AWS::EC2::NatGateway",
            "aws_egress_only_internet_gateway", "AWS::EC2::EgressOnlyInternetGateway", "aws_vpn_gateway",
            "AWS::EC2::VPNGateway", "aws_ec2_transit_gateway", "AWS::EC2::TransitGateway", "aws_ec2_carrier_gateway",
            "AWS::EC2::CarrierGateway", "aws_vpc_peering_connection", "AWS::EC2::VPCPeeringConnection",
        ),
    ),
    "vpc.groups": Entry(
        kinds=("aws.ec2.security-group", "aws.ec2.prefix-list"),
        types=(
            "aws_security_group", "aws_default_security_group", "AWS::EC2::SecurityGroup",
            "aws_ec2_managed_prefix_list", "AWS::EC2::PrefixList",
        ),
        satellites=(
            "aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "AWS::EC2::SecurityGroupIngress",
            "aws_ec2_managed_prefix_list_entry",
        ),
    ),
    "vpc.endpoints": Entry(
        kinds=("aws.ec2.vpc-endpoint", "aws.ec2.flow-log"),
        types=("aws_vpc_endpoint", "AWS::EC2::VPCEndpoint", "aws_flow_log", "AWS::EC2::FlowLog"),
        satellites=("aws_vpc_endpoint_route_table_association",),
    ),
    "vpc.interfaces": Entry(
        kinds=("aws.ec2.network-interface",),
        types=("aws_network_interface", "AWS::EC2::NetworkInterface"),
        satellites=("aws_network_interface_sg_attachment",),
    ),
    "ec2.instances": Entry(
        kinds=("aws.ec2.instance", "aws.ec2.volume", "aws.ec2.network-interface"),
        types=("aws_instance", "AWS::EC2::Instance", "aws_ebs_volume", "AWS::EC2::Volume"),
        satellites=("aws_volume_attachment", "AWS::EC2::VolumeAttachment"),
    ),
    "ec2.snapshots": Entry(
        kinds=("aws.ec2.snapshot", "aws.ec2.image"),
        types=("aws_ebs_snapshot", "aws_ebs_snapshot_copy", "aws_ami", "aws_ami_copy", "aws_ami_from_instance"),
        satellites=("aws_snapshot_create_volume_permission", "aws_ami_launch_permission"),
    ),
    "ec2.settings": Entry(
        kinds=("aws.ec2.settings",),
        types=(
            "aws_ebs_encryption_by_default", "aws_ebs_default_kms_key", "aws_ebs_snapshot_block_public_access",
            "AWS::EC2::SnapshotBlockPublicAccess", "aws_ec2_image_block_public_access",
        ),
    ),
    "load_balancers": Entry(
        kinds=("aws.elb.load-balancer", "aws.elbv2.load-balancer", "aws.elbv2.listener"),
        types=(
            "aws_lb", "aws_alb", "AWS::ElasticLoadBalancingV2::LoadBalancer", "aws_lb_listener", "aws_alb_listener",
            "AWS::ElasticLoadBalancingV2::Listener", "aws_elb", "AWS::ElasticLoadBalancing::LoadBalancer",
        ),
        satellites=(
            "aws_lb_listener_rule", "aws_alb_listener_rule", "AWS::ElasticLoadBalancingV2::ListenerRule",
            "aws_load_balancer_policy", "aws_load_balancer_listener_policy", "aws_lb_ssl_negotiation_policy",
        ),
    ),
    "efs": Entry(
        kinds=("aws.efs.file-system", "aws.ec2.network-interface"),
        types=("aws_efs_file_system", "AWS::EFS::FileSystem", "aws_efs_mount_target", "AWS::EFS::MountTarget"),
        satellites=("aws_efs_backup_policy", "aws_efs_file_system_policy", "aws_efs_replication_configuration"),
    ),
    "fsx": Entry(
        kinds=("aws.fsx.file-system", "aws.fsx.backup", "aws.ec2.network-interface"),
        types=(
            "aws_fsx_windows_file_system", "aws_fsx_lustre_file_system", "aws_fsx_ontap_file_system",
            "aws_fsx_openzfs_file_system", "AWS::FSx::FileSystem", "aws_fsx_backup",
        ),
    ),
    "cloudfront": Entry(
        kinds=("aws.cloudfront.distribution",),
        types=(
            "aws_cloudfront_distribution", "AWS::CloudFront::Distribution", "aws_acm_certificate",
            "AWS::CertificateManager::Certificate",
        ),
    ),
    "api_gateway": Entry(
        kinds=(
            "aws.apigateway.rest-api", "aws.apigateway.http-api", "aws.apigateway.domain-name",
            "aws.apigateway.private-domain-name",
        ),
        types=(
            "aws_api_gateway_domain_name", "AWS::ApiGateway::DomainName", "AWS::ApiGateway::DomainNameV2",
            "aws_apigatewayv2_domain_name", "AWS::ApiGatewayV2::DomainName", "aws_api_gateway_rest_api",
            "AWS::ApiGateway::RestApi", "aws_apigatewayv2_api", "AWS::ApiGatewayV2::Api",
        ),
    ),
    "kafka": Entry(
        kinds=("aws.kafka.cluster",),
        types=(
            "aws_msk_cluster", "aws_msk_serverless_cluster", "AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster",
        ),
    ),
    "iam.roles": Entry(
        kinds=("aws.iam.role", "aws.iam.policy"),
        types=(
            "aws_iam_role", "AWS::IAM::Role", "aws_iam_service_linked_role", "AWS::IAM::ServiceLinkedRole",
        ),
        satellites=(
            "aws_iam_role_policy", "aws_iam_role_policy_attachments_exclusive", "AWS::IAM::Policy",
            "AWS::IAM::RolePolicy",
        ),
    ),
    "iam.people": Entry(
        kinds=("aws.iam.user-policies", "aws.iam.user", "aws.iam.access-key", "aws.iam.group", "aws.iam.policy"),
        types=(
            "aws_iam_user", "AWS::IAM::User", "aws_iam_access_key", "AWS::IAM::AccessKey", "aws_iam_group",
            "AWS::IAM::Group",
        ),
        satellites=(
            "aws_iam_user_policy", "aws_iam_user_policy_attachments_exclusive", "aws_iam_user_group_membership",
            "aws_iam_group_membership", "aws_iam_user_login_profile", "aws_iam_group_policy",
            "aws_iam_group_policy_attachments_exclusive", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy",
            "AWS::IAM::UserToGroupAddition",
        ),
    ),
    "iam.policies": Entry(
        kinds=("aws.iam.policy",),
        types=(
            "aws_iam_policy", "AWS::IAM::ManagedPolicy", "aws_iam_role_policy_attachment",
            "aws_iam_user_policy_attachment", "aws_iam_group_policy_attachment", "aws_iam_policy_attachment",
        ),
    ),
    "secretsmanager": Entry(
        kinds=("aws.secretsmanager.secret",),
        types=("aws_secretsmanager_secret", "AWS::SecretsManager::Secret"),
        satellites=("aws_secretsmanager_secret_rotation", "AWS::SecretsManager::RotationSchedule"),
    ),
    "cloudtrail": Entry(kinds=("aws.cloudtrail.trail",), types=("aws_cloudtrail", "AWS::CloudTrail::Trail")),
    "config_service": Entry(
        kinds=("aws.config.recording",),
        types=(
            "aws_config_configuration_recorder", "aws_config_delivery_channel", "AWS::Config::ConfigurationRecorder",
            "AWS::Config::DeliveryChannel",
        ),
        satellites=("aws_config_configuration_recorder_status",),
    ),
    "guardduty": Entry(
        kinds=("aws.guardduty.detector",), types=("aws_guardduty_detector", "AWS::GuardDuty::Detector")
    ),
    "scanning": Entry(
        kinds=("aws.security.scanning",),
        types=(
            "aws_securityhub_account", "AWS::SecurityHub::Hub", "aws_securityhub_account_v2", "AWS::SecurityHub::HubV2",
            "aws_inspector2_enabler",
        ),
    ),
    "cognito": Entry(
        kinds=("aws.cognito.user-pool",), types=("aws_cognito_user_pool", "AWS::Cognito::UserPool")
    ),
    "codecommit": Entry(
        kinds=("aws.codecommit.repository",), types=("aws_codecommit_repository", "AWS::CodeCommit::Repository")
    ),
    "access_analyzer": Entry(
        kinds=("aws.access-analyzer.analyzer",),
        types=("aws_accessanalyzer_analyzer", "AWS::AccessAnalyzer::Analyzer"),
    ),
    "organizations": Entry(
        kinds=(
            "aws.organizations.service-control-policy", "aws.organizations.resource-control-policy",
            "aws.organizations.membership", "aws.organizations.account",
        ),
        types=(
            "aws_organizations_policy", "AWS::Organizations::Policy", "aws_organizations_organization",
            "AWS::Organizations::Organization", "aws_organizations_account", "AWS::Organizations::Account",
        ),
    ),
}  # fmt: skip

TYPES = {type_: module for module, entry in MODULES.items() for type_ in entry.types}
SATELLITES = frozenset(type_ for entry in MODULES.values() for type_ in entry.satellites)
KINDS = frozenset(kind for entry in MODULES.values() for kind in entry.kinds)

_MACHINES = (
    "aws_autoscaling_group", "AWS::AutoScaling::AutoScalingGroup", "aws_spot_instance_request", "aws_spot_fleet_request",
    "AWS::EC2::SpotFleet", "aws_ec2_fleet", "AWS::EC2::EC2Fleet", "aws_eks_node_group", "AWS::EKS::Nodegroup",
    "aws_eks_cluster", "AWS::EKS::Cluster", "aws_emr_cluster", "AWS::EMR::Cluster", "aws_batch_compute_environment",
    "AWS::Batch::ComputeEnvironment", "aws_elastic_beanstalk_environment", "AWS::ElasticBeanstalk::Environment",
    "aws_cloud9_environment_ec2", "AWS::Cloud9::EnvironmentEC2",
)  # fmt: skip
#: Kinds of which code declares some and services make more at run time: why, and the types of block that have it done;
#: none where it is done whatever the code holds.
PARTLY: dict[str, tuple[str, tuple[str, ...]]] = {
    "aws.ec2.instance": ("what is in the code launches more of them", _MACHINES),
    "aws.ec2.network-interface": ("services put interfaces of their own into networks", ()),
    "aws.ec2.volume": ("what is in the code launches machines with volumes", _MACHINES),
}  # fmt: skip

#: Kinds that live AWS lists and no code declares, and why.
NOWHERE: dict[str, str] = {
    "aws.backup.backup-job": "jobs run in an account",
    "aws.backup.copy-job": "jobs run in an account",
    "aws.backup.held-point": "recovery points are made by jobs",
    "aws.backup.legal-hold": "holds are placed on recovery points that exist",
    "aws.backup.recovery-point": "recovery points are made by jobs",
    "aws.backup.restore-job": "jobs run in an account",
    "aws.cloudformation.stack": "whether a stack drifted shows in an account",
    "aws.dynamodb.backup": "backups on demand are taken, not declared",
    "aws.elasticache.serverless-snapshot": "snapshots are taken, not declared",
    "aws.elasticache.snapshot": "snapshots are taken, not declared",
    "aws.iam.root": "nobody declares the root user",
    "aws.organizations.level": "where an account stands in its organisation shows in the account",
    "aws.rds.automated-backup": "RDS makes automated backups by itself",
    "aws.rds.cluster-automated-backup": "RDS makes automated backups by itself",
    "aws.unjudged.scope": "what else an account holds shows in the account",
    "aws.unjudged.store": "what else an account holds shows in the account",
}

#: Kinds that stand for a place, which AWS answers for as switched off where nothing was ever set there.
UNSET = frozenset({"aws.config.recording", "aws.s3.account", "aws.security.scanning"})
