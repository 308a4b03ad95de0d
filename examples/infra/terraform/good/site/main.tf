# What a region needs for backups: a key, a vault that refuses to forget, and events that reach people.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "account" {
  type = string
}

variable "region" {
  type = string
}

variable "operators" {
  type        = string
  description = "Who is told when a backup fails."
}

locals {
  administrator = "arn:aws:iam::${var.account}:role/backup-administrator"
  events = {
    failed-backups = {
      source      = ["aws.backup"]
      detail-type = ["Backup Job State Change"]
      detail      = { state = ["FAILED", "ABORTED", "EXPIRED"] }
    }
    failed-copies = {
      source      = ["aws.backup"]
      detail-type = ["Copy Job State Change"]
      detail      = { state = ["FAILED"] }
    }
    failed-restores = {
      source      = ["aws.backup"]
      detail-type = ["Restore Job State Change"]
      detail      = { status = ["FAILED", "ABORTED"] } # of restore jobs it is `status`, not `state`
    }
    keys-in-danger = {
      source      = ["aws.kms"]
      detail-type = ["AWS API Call via CloudTrail"]
      detail = {
        eventSource = ["kms.amazonaws.com"]
        eventName   = ["DisableKey", "ScheduleKeyDeletion", "DeleteImportedKeyMaterial"]
      }
    }
  }
}

resource "aws_kms_key" "data" {
  description             = "Data and backups"
  enable_key_rotation     = true
  rotation_period_in_days = 90
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json
  tags                    = { System = "delivery" }
}

resource "aws_kms_alias" "data" {
  name          = "alias/data"
  target_key_id = aws_kms_key.data.key_id
}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "NotLockedOut"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.account}:root"]
    }
  }
  statement {
    sid = "Administer"
    actions = [
      "kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Revoke*",
      "kms:Disable*", "kms:Get*", "kms:Delete*", "kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion",
      "kms:CancelKeyDeletion", "kms:RotateKeyOnDemand",
    ]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.account}:role/key-administrator"]
    }
  }
  statement {
    sid       = "Use"
    actions   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey", "kms:CreateGrant"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.account}:role/backup", "arn:aws:iam::${var.account}:role/orders"]
    }
  }
  statement {
    sid       = "Write"
    actions   = ["kms:GenerateDataKey*", "kms:Decrypt", "kms:Encrypt", "kms:DescribeKey"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = [
        "backup.amazonaws.com", "cloudtrail.amazonaws.com", "cloudwatch.amazonaws.com", "config.amazonaws.com",
        "events.rds.amazonaws.com", "sns.amazonaws.com",
      ]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account]
    }
  }
  statement {
    sid       = "Tell" # EventBridge names no account when it uses a key
    actions   = ["kms:GenerateDataKey*", "kms:Decrypt"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
  }
}

resource "aws_backup_vault" "nightly" {
  name        = "nightly"
  kms_key_arn = aws_kms_key.data.arn
  tags        = { System = "delivery" }
}

resource "aws_backup_vault_lock_configuration" "nightly" {
  backup_vault_name   = aws_backup_vault.nightly.name
  changeable_for_days = 3
  min_retention_days  = 30
  max_retention_days  = 400
}

resource "aws_backup_vault_policy" "nightly" {
  backup_vault_name = aws_backup_vault.nightly.name
  policy            = data.aws_iam_policy_document.vault.json
}

data "aws_iam_policy_document" "vault" {
  statement {
    sid    = "OnlyTheAdministratorForgets"
    effect = "Deny"
    actions = [
      "backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "backup:PutBackupVaultAccessPolicy",
      "backup:DeleteBackupVaultAccessPolicy", "backup:DeleteBackupVaultLockConfiguration",
      "backup:PutBackupVaultLockConfiguration", "backup:DeleteBackupVault", "backup:DisassociateRecoveryPoint",
    ]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "ArnNotEquals"
      variable = "aws:PrincipalArn"
      values   = [local.administrator]
    }
  }
}

resource "aws_backup_vault_notifications" "nightly" {
  backup_vault_name   = aws_backup_vault.nightly.name
  sns_topic_arn       = aws_sns_topic.alerts.arn
  backup_vault_events = ["BACKUP_JOB_FAILED", "BACKUP_JOB_EXPIRED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED"]
}

resource "aws_sns_topic" "alerts" {
  name              = "backup-alerts"
  kms_master_key_id = aws_kms_key.data.arn
  tags              = { System = "watch" }
}

resource "aws_sns_topic_policy" "alerts" {
  arn    = aws_sns_topic.alerts.arn
  policy = data.aws_iam_policy_document.topic.json
}

data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "Publish"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alerts.arn]
    principals {
      type        = "Service"
      identifiers = ["backup.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com", "events.rds.amazonaws.com"]
    }
  }
}

resource "aws_sns_topic_subscription" "operators" {
  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "email"
  endpoint  = var.operators
}

resource "aws_cloudwatch_event_rule" "trouble" {
  for_each      = local.events
  name          = each.key
  event_pattern = jsonencode(each.value)
  state         = "ENABLED"
}

resource "aws_cloudwatch_event_target" "trouble" {
  for_each = local.events
  rule     = aws_cloudwatch_event_rule.trouble[each.key].name
  arn      = aws_sns_topic.alerts.arn
}

resource "aws_ebs_encryption_by_default" "all" {
  enabled = true
}

resource "aws_ebs_default_kms_key" "all" {
  key_arn = aws_kms_key.data.arn
}

output "key_arn" {
  value = aws_kms_key.data.arn
}

output "vault_name" {
  value = aws_backup_vault.nightly.name
}

output "vault_arn" {
  value = aws_backup_vault.nightly.arn
}

output "topic_arn" {
  value = aws_sns_topic.alerts.arn
}
