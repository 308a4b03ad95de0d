# Two plans: what is critical is also copied to another account, and kept in cold storage for a year.
resource "aws_backup_plan" "standard" {
  name = "standard"

  rule {
    rule_name                    = "nightly"
    target_vault_name            = module.home.vault_name
    schedule                     = "cron(0 2 * * ? *)"
    schedule_expression_timezone = "Etc/UTC"
    start_window                 = 60
    completion_window            = 240
    recovery_point_tags          = { System = "documents" }

    lifecycle {
      delete_after = 35
    }

    copy_action {
      destination_vault_arn = module.away.vault_arn
      lifecycle {
        delete_after = 35
      }
    }
  }
}

resource "aws_backup_plan" "critical" {
  name = "critical"

  rule {
    rule_name           = "nightly"
    target_vault_name   = module.home.vault_name
    schedule            = "cron(0 2 * * ? *)"
    start_window        = 60
    completion_window   = 240
    recovery_point_tags = { System = "orders" }

    lifecycle {
      delete_after = 35
    }

    dynamic "copy_action" {
      for_each = [module.away.vault_arn, "arn:aws:backup:${local.home}:${local.bunker}:backup-vault:bunker"]
      content {
        destination_vault_arn = copy_action.value
        lifecycle {
          delete_after = 35
        }
      }
    }
  }

  rule {
    rule_name           = "monthly"
    target_vault_name   = module.home.vault_name
    schedule            = "cron(0 2 1 * ? *)"
    start_window        = 60
    completion_window   = 480
    recovery_point_tags = { System = "orders" }

    lifecycle {
      cold_storage_after = 30
      delete_after       = 365
    }
  }
}

resource "aws_backup_selection" "by_tag" {
  for_each     = { standard = aws_backup_plan.standard.id, critical = aws_backup_plan.critical.id }
  name         = each.key
  plan_id      = each.value
  iam_role_arn = aws_iam_role.backup.arn

  selection_tag {
    type  = "STRINGEQUALS"
    key   = "Backup"
    value = each.key
  }
}

resource "aws_backup_region_settings" "home" {
  resource_type_opt_in_preference = {
    "Aurora"          = true
    "DocumentDB"      = true
    "DynamoDB"        = true
    "EBS"             = true
    "EC2"             = true
    "EFS"             = true
    "FSx"             = true
    "Neptune"         = true
    "RDS"             = true
    "Redshift"        = true
    "S3"              = true
    "Storage Gateway" = true
    "VirtualMachine"  = true
  }

  resource_type_management_preference = {
    "DynamoDB" = true
    "EFS"      = true
  }
}
