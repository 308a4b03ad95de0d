# What is recorded and watched for in each region.
variable "records" {
  type        = string
  description = "The bucket to which the configuration is delivered."
}

resource "aws_config_configuration_recorder" "all" {
  name     = "all"
  role_arn = "arn:aws:iam::${var.account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"

  recording_group {
    all_supported = true
  }
}

resource "aws_config_delivery_channel" "all" {
  name           = "all"
  s3_bucket_name = var.records

  snapshot_delivery_properties {
    delivery_frequency = "TwentyFour_Hours"
  }
}

resource "aws_config_configuration_recorder_status" "all" {
  name       = aws_config_configuration_recorder.all.name
  is_enabled = true
  depends_on = [aws_config_delivery_channel.all]
}

resource "aws_guardduty_detector" "all" {
  enable = true
}

resource "aws_securityhub_account" "all" {}

resource "aws_inspector2_enabler" "all" {
  account_ids    = [var.account]
  resource_types = ["EC2", "ECR", "LAMBDA"]
}

resource "aws_ebs_snapshot_block_public_access" "all" {
  state = "block-all-sharing"
}

resource "aws_ec2_image_block_public_access" "all" {
  state = "block-new-sharing"
}
