# The three roles of a drill, in the sandbox account; the source's role is made in the account of the source.
# The policies stand beside this file. Read docs/first-sandbox-run.md first.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.0" }
  }
}

variable "runner" {
  description = "ARN of whoever runs drills: a role of people, or that of a pipeline."
  type        = string
}

variable "sweeper" {
  description = "ARN of whoever sweeps on a schedule; not the runner."
  type        = string
}

data "aws_caller_identity" "this" {}

locals {
  policy = {
    for name in ["drill-role", "drill-boundary", "sweeper-role"] :
    name => templatefile("${path.module}/${name}.json", { account = data.aws_caller_identity.this.account_id })
  }
}

data "aws_iam_policy_document" "entered_by" {
  for_each = { drill = var.runner, sweeper = var.sweeper }

  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [each.value]
    }
  }
}

resource "aws_iam_policy" "boundary" {
  name   = "backup-drill-boundary"
  policy = local.policy["drill-boundary"]
}

resource "aws_iam_role" "drill" {
  name                 = "backup-drill"
  assume_role_policy   = data.aws_iam_policy_document.entered_by["drill"].json
  permissions_boundary = aws_iam_policy.boundary.arn
  max_session_duration = 14400
}

resource "aws_iam_role_policy" "drill" {
  name   = "drill"
  role   = aws_iam_role.drill.id
  policy = local.policy["drill-role"]
}

resource "aws_iam_role" "sweeper" {
  name               = "backup-drill-sweeper"
  assume_role_policy = data.aws_iam_policy_document.entered_by["sweeper"].json
}

resource "aws_iam_role_policy" "sweeper" {
  name   = "sweeper"
  role   = aws_iam_role.sweeper.id
  policy = local.policy["sweeper-role"]
}
