terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.90"
    }
  }
}

locals {
  account = "123456789012"
  bunker  = "210987654321" # the account that nobody works in
  home    = "eu-west-1"
  away    = "eu-central-1"
}

provider "aws" {
  region              = local.home
  allowed_account_ids = [local.account]

  default_tags {
    tags = { ManagedBy = "terraform" }
  }
}

provider "aws" {
  alias               = "away"
  region              = local.away
  allowed_account_ids = [local.account]

  default_tags {
    tags = { ManagedBy = "terraform" }
  }
}

# Each region has a key, a locked vault, somebody who is told, and records of its own.
module "home" {
  source    = "./site"
  account   = local.account
  region    = local.home
  records   = aws_s3_bucket.records.id
  operators = "backup-operations@example.com"
}

module "away" {
  source    = "./site"
  account   = local.account
  region    = local.away
  records   = aws_s3_bucket.records.id
  operators = "backup-operations@example.com"
  providers = { aws = aws.away }
}
