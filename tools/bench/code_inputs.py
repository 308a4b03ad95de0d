"""Code of any size: the same resources as Terraform configuration and as the JSON of its plan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

#: how many resources a set has
SET = 10
_AWS = "registry.terraform.io/hashicorp/aws"
_SMALL = """resource "aws_db_instance" "orders" {
  identifier              = "orders"
  engine                  = "postgres"
  instance_class          = "db.t3.small"
  allocated_storage       = 20
  backup_retention_period = 7
  storage_encrypted       = true
  tags                    = { tier = "gold" }
}

resource "aws_s3_bucket" "logs" {
  bucket = "orders-logs"
}
"""
#: what else the provider has of a type, as a plan shows it where the code does not set it: null, or told after apply
_UNSET = {
    "aws_kms_key": "bypass_policy_lockout_safety_check custom_key_store_id xks_key_id timeouts",
    "aws_db_instance": "allow_major_version_upgrade blue_green_update character_set_name custom_iam_instance_profile "
    "customer_owned_ip_enabled database_insights_mode dedicated_log_volume delete_automated_backups domain domain_fqdn "
    "domain_iam_role_name domain_ou enabled_cloudwatch_logs_exports final_snapshot_identifier "
    "iam_database_authentication_enabled iops manage_master_user_password max_allocated_storage monitoring_interval "
    "password password_wo_version performance_insights_enabled replicate_source_db restore_to_point_in_time "
    "s3_import skip_final_snapshot snapshot_identifier storage_throughput timeouts upgrade_storage_config",
    "aws_s3_bucket": "timeouts",
    "aws_s3_bucket_versioning": "expected_bucket_owner mfa",
    "aws_dynamodb_table": "global_secondary_index import_table local_secondary_index on_demand_throughput range_key "
    "replica restore_date_time restore_source_name restore_source_table_arn restore_to_latest_time stream_enabled "
    "table_class timeouts ttl",
    "aws_ebs_volume": "final_snapshot multi_attach_enabled outpost_arn timeouts volume_initialization_rate",
    "aws_efs_file_system": "availability_zone_name lifecycle_policy provisioned_throughput_in_mibps throughput_mode",
    "aws_security_group": "revoke_rules_on_delete timeouts",
    "aws_iam_role": "description force_detach_policies max_session_duration path permissions_boundary",
    "aws_sns_topic": "application_failure_feedback_role_arn archive_policy delivery_policy display_name fifo_topic "
    "firehose_failure_feedback_role_arn http_failure_feedback_role_arn lambda_failure_feedback_role_arn "
    "sqs_failure_feedback_role_arn tracing_config",
}
_LATER = {
    "aws_kms_key": "arn id key_id multi_region policy",
    "aws_db_instance": "address arn availability_zone backup_target ca_cert_identifier db_name db_subnet_group_name "
    "endpoint engine_lifecycle_support engine_version_actual hosted_zone_id id identifier_prefix kms_key_id "
    "latest_restorable_time license_model listener_endpoint maintenance_window master_user_secret monitoring_role_arn "
    "nchar_character_set_name network_type option_group_name parameter_group_name performance_insights_kms_key_id port "
    "replica_mode replicas resource_id status storage_type timezone",
    "aws_s3_bucket": "acceleration_status acl arn bucket_domain_name bucket_prefix cors_rule grant hosted_zone_id id "
    "lifecycle_rule logging object_lock_enabled policy region replication_configuration request_payer "
    "server_side_encryption_configuration versioning website website_domain website_endpoint",
    "aws_s3_bucket_versioning": "id",
    "aws_dynamodb_table": "arn id read_capacity stream_arn stream_label stream_view_type write_capacity",
    "aws_ebs_volume": "arn create_time id iops snapshot_id throughput type",
    "aws_efs_file_system": "arn availability_zone_id dns_name id name number_of_mount_targets owner_id performance_mode "
    "protection size_in_bytes",
    "aws_security_group": "arn egress id name_prefix owner_id vpc_id",
    "aws_iam_role": "arn create_date id inline_policy managed_policy_arns name_prefix unique_id",
    "aws_sns_topic": "arn beginning_archive_time id name_prefix owner policy signature_version",
}


class Reference(str):
    """An expression that names an attribute of another resource."""

    __slots__ = ()


def small() -> str:
    """Give one file as a pull request changes it."""
    return _SMALL


def _set(n: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give type, name and attributes of ten resources that a service is made of."""
    tags = {"System": f"orders-{n % 7}", "Team": f"team {n}", "ManagedBy": "terraform"}
    key = Reference(f"aws_kms_key.k{n}.arn")
    yield "aws_kms_key", f"k{n}", {
        "description": f"key {n}", "enable_key_rotation": bool(n % 3), "deletion_window_in_days": 30, "tags": tags,
    }  # fmt: skip
    yield "aws_db_instance", f"d{n}", {
        "identifier": f"d{n}", "engine": "postgres", "engine_version": "16.4", "instance_class": "db.t3.small",
        "allocated_storage": 20, "backup_retention_period": 7 + n % 30, "backup_window": "02:00-03:00",
        "storage_encrypted": True, "kms_key_id": key, "deletion_protection": bool(n % 2), "multi_az": True,
        "copy_tags_to_snapshot": True, "publicly_accessible": False, "username": "orders", "tags": tags,
        "vpc_security_group_ids": [Reference(f"aws_security_group.g{n}.id")],
    }  # fmt: skip
    yield "aws_s3_bucket", f"b{n}", {"bucket": f"orders-{n}", "force_destroy": False, "tags": tags}
    yield "aws_s3_bucket_versioning", f"b{n}", {
        "bucket": Reference(f"aws_s3_bucket.b{n}.id"), "versioning_configuration": [{"status": "Enabled"}],
    }  # fmt: skip
    yield "aws_dynamodb_table", f"t{n}", {
        "name": f"t{n}", "billing_mode": "PAY_PER_REQUEST", "hash_key": "id", "deletion_protection_enabled": True,
        "attribute": [{"name": "id", "type": "S"}], "point_in_time_recovery": [{"enabled": bool(n % 4)}],
        "server_side_encryption": [{"enabled": True, "kms_key_arn": key}], "tags": tags,
    }  # fmt: skip
    yield "aws_ebs_volume", f"v{n}", {
        "availability_zone": "eu-west-1a", "size": 100, "encrypted": True, "kms_key_id": key, "tags": tags,
    }  # fmt: skip
    yield (
        "aws_efs_file_system",
        f"f{n}",
        {"creation_token": f"f{n}", "encrypted": True, "kms_key_id": key, "tags": tags},
    )
    yield "aws_security_group", f"g{n}", {
        "name": f"g{n}", "description": "orders", "tags": tags,
        "ingress": [{"from_port": 5432, "to_port": 5432, "protocol": "tcp", "cidr_blocks": ["10.0.0.0/16"]}],
    }  # fmt: skip
    yield "aws_iam_role", f"r{n}", {
        "name": f"r{n}", "tags": tags,
        "assume_role_policy": json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]}),
    }  # fmt: skip
    yield "aws_sns_topic", f"n{n}", {"name": f"n{n}", "kms_master_key_id": key, "tags": tags}


def configuration(sets: int) -> str:
    """Give Terraform configuration of so many sets."""
    blocks = (one for number in range(sets) for one in _set(number))
    return "\n".join(f'resource "{kind}" "{name}" {{\n{_body(values, "  ")}}}\n' for kind, name, values in blocks)


def _body(values: dict[str, Any], indent: str) -> str:
    lines = []
    for name, value in values.items():
        if isinstance(value, list) and isinstance(value[0], dict):
            lines += [f"{indent}{name} {{\n{_body(one, indent + '  ')}{indent}}}" for one in value]
        elif isinstance(value, dict):
            inner = "".join(f"{indent}  {key} = {_written(one)}\n" for key, one in value.items())
            lines.append(f"{indent}{name} = {{\n{inner}{indent}}}")
        else:
            lines.append(f"{indent}{name} = {_written(value)}")
    return "".join(f"{line}\n" for line in lines)


def _written(value: Any) -> str:
    if isinstance(value, Reference):
        return str(value)
    return f"[{', '.join(map(_written, value))}]" if isinstance(value, list) else json.dumps(value)


def plan(sets: int) -> str:
    """Give what `terraform show -json` says of a plan that makes so many sets."""
    resources = [one for number in range(sets) for one in _set(number)]
    region = {"name": "aws", "full_name": _AWS, "expressions": {"region": {"constant_value": "eu-west-1"}}}
    named = [(_named(kind, name), values) for kind, name, values in resources]
    return json.dumps({
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": [
            {**name, "provider_name": _AWS, "schema_version": 0, "values": _planned(name["type"], values), "sensitive_values": {}}
            for name, values in named
        ]}},
        "resource_changes": [
            {**name, "provider_name": _AWS, "change": {
                "actions": ["create"], "before": None, "after": _planned(name["type"], values), "after_unknown": _unknown(name["type"], values),
                "before_sensitive": False, "after_sensitive": {},
            }}
            for name, values in named
        ],
        "configuration": {
            "provider_config": {"aws": region},
            "root_module": {"resources": [
                {**name, "provider_config_key": "aws", "schema_version": 0, "expressions": _expressions(values)}
                for name, values in named
            ]},
        },
    })  # fmt: skip


def _named(kind: str, name: str) -> dict[str, Any]:
    return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name}


def _open(value: Any) -> bool:
    return isinstance(value, Reference) or (isinstance(value, list) and any(map(_open, value)))


def _planned(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(_UNSET[kind].split()) | _known(values)


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: [_known(one) for one in value] if isinstance(value, list) and isinstance(value[0], dict) else value
        for name, value in values.items()
        if not _open(value)
    } | ({"tags_all": values["tags"]} if "tags" in values else {})


def _unknown(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: True for name, value in values.items() if _open(value)}
    inner = {name: value for name, value in values.items() if isinstance(value, list) and isinstance(value[0], dict)}
    return (
        dict.fromkeys(_LATER[kind].split(), True)
        | found
        | {name: [_unknown_inside(one) for one in value] for name, value in inner.items()}
    )


def _unknown_inside(values: dict[str, Any]) -> dict[str, Any]:
    return {name: True for name, value in values.items() if _open(value)}


def _expressions(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: [_expressions(one) for one in value]
        if isinstance(value, list) and isinstance(value[0], dict)
        else _expression(value)
        for name, value in values.items()
    }


def _expression(value: Any) -> dict[str, Any]:
    if not _open(value):
        return {"constant_value": value}
    names = [str(one) for one in (value if isinstance(value, list) else [value])]
    return {"references": [each for name in names for each in (name, name.rpartition(".")[0])]}
