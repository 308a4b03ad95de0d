# The same company before anybody looked. Each comment names the rule that the line below it breaks.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.90"
    }
  }
}

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["123456789012"]
}

variable "retention" {
  description = "How many days database backups are kept."
  type        = number
  default     = 7
}

# BK103, BK212 and BK810: no plan selects it, nothing outlives it, and nothing is archived
# BK306: its snapshots do not carry its tags
resource "aws_db_instance" "orders" {
  identifier        = "orders"
  engine            = "postgres"
  engine_version    = "17.6"
  instance_class    = "db.t4g.medium"
  allocated_storage = 100
  username          = "orders"

  manage_master_user_password = true
  parameter_group_name        = aws_db_parameter_group.orders.name
  db_subnet_group_name        = aws_db_subnet_group.stores.name
  vpc_security_group_ids      = [aws_security_group.stores.id]

  # BK201: kept 7 days, the policy demands 30
  backup_retention_period = var.retention

  # BK205: in the middle of the day
  backup_window = "13:00-13:30"

  # BK401: encrypted by nothing
  storage_encrypted = false

  # BK510: a public address
  publicly_accessible = true

  # BK804: one machine, and no replica
  multi_az = false

  # BK807: one wrong command deletes it
  deletion_protection = false
  skip_final_snapshot = true

  tags = { System = "orders" }
}

# BK104 and BK201: nobody thought of backups, and Terraform's default is none
# BK101: it belongs to no system
resource "aws_db_instance" "scratch" {
  identifier                  = "scratch"
  engine                      = "mysql"
  instance_class              = "db.t4g.micro"
  allocated_storage           = 20
  username                    = "scratch"
  manage_master_user_password = true
  skip_final_snapshot         = true
}

resource "aws_db_parameter_group" "orders" {
  name   = "orders"
  family = "postgres17"

  # BK504: clients may speak in the clear
  parameter {
    name  = "rds.force_ssl"
    value = "0"
  }
}

resource "aws_dynamodb_table" "customers" {
  name         = "customers"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  # BK106: what is overwritten is gone
  point_in_time_recovery {
    enabled = false
  }

  # BK401: no server_side_encryption, so AWS owns the key
  # BK804: no replica

  tags = { System = "customers", Backup = "daily" }
}

# BK505: no policy refuses plain HTTP
resource "aws_s3_bucket" "documents" {
  bucket = "acme-documents"
  tags   = { System = "documents" }
}

resource "aws_s3_bucket_versioning" "documents" {
  bucket = aws_s3_bucket.documents.id
  versioning_configuration {
    # BK111: what is overwritten is gone
    status = "Suspended"
  }
}

resource "aws_s3_bucket_public_access_block" "documents" {
  bucket             = aws_s3_bucket.documents.id
  block_public_acls  = true
  ignore_public_acls = true
  # BK516: a policy may let everyone in
  block_public_policy     = false
  restrict_public_buckets = false
}

resource "aws_kms_key" "backup" {
  description         = "Backups"
  enable_key_rotation = true
  # BK405: the policy demands 90 days
  rotation_period_in_days = 365
  # BK408: no policy, so the account as a whole
}

resource "aws_backup_vault" "nightly" {
  name = "nightly"
  # BK403: no kms_key_arn, so AWS manages the key
  # BK612: no policy keeps anybody from deleting
}

resource "aws_backup_plan" "daily" {
  name = "daily"

  rule {
    rule_name         = "noon"
    target_vault_name = aws_backup_vault.nightly.name

    # BK207: not in the window that opens at 02:00 UTC
    schedule = "cron(0 12 ? * MON-FRI *)" # BK206: not on weekends

    lifecycle {
      # BK202: the policy demands 30 days
      delete_after = 14
    }
  }
}

resource "aws_backup_selection" "daily" {
  name         = "daily"
  plan_id      = aws_backup_plan.daily.id
  iam_role_arn = aws_iam_role.backup.arn

  selection_tag {
    type  = "STRINGEQUALS"
    key   = "Backup"
    value = "daily"
  }
}

resource "aws_iam_role" "backup" {
  name = "backup"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "backup.amazonaws.com" }
    }]
  })
}

resource "aws_iam_policy" "everything" {
  name = "operations"
  # BK606: every action on every backup
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["backup:*", "rds:*", "ec2:*", "dynamodb:*"]
      Resource = "*"
    }]
  })
}

resource "aws_iam_role" "operations" {
  name = "operations"
  # BK608: a session that lasts all day, for everyone in the account
  max_session_duration = 43200
  # BK603: without a second factor
  # BK605: it can delete backups, and is not declared under backup_roles
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "operations" {
  role       = aws_iam_role.operations.name
  policy_arn = aws_iam_policy.everything.arn
}

# BK515: no flow log
resource "aws_vpc" "main" {
  cidr_block = "10.20.0.0/16"
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_subnet" "public" {
  for_each          = { a = "10.20.1.0/24", b = "10.20.2.0/24" }
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1${each.key}"
  cidr_block        = each.value
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  # BK511: the database stands in subnets that lead to the internet
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}

resource "aws_route_table_association" "public" {
  for_each       = aws_subnet.public
  subnet_id      = each.value.id
  route_table_id = aws_route_table.public.id
}

resource "aws_db_subnet_group" "stores" {
  name       = "stores"
  subnet_ids = [aws_subnet.public["a"].id, aws_subnet.public["b"].id]
}

resource "aws_security_group" "stores" {
  name   = "stores"
  vpc_id = aws_vpc.main.id

  ingress {
    protocol  = "tcp"
    from_port = 5432
    to_port   = 5432
    # BK512: the whole world
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_efs_file_system" "files" {
  # BK401: encrypted by nothing
  encrypted = false
  # BK506: no policy asks for TLS
  # BK107: no aws_efs_backup_policy, and no plan selects it
  tags = { System = "documents" }
}

# BK110: no plan and no lifecycle policy takes it
resource "aws_ebs_volume" "index" {
  availability_zone = "eu-west-1a"
  size              = 200
  # BK401: encrypted by nothing
  encrypted = false
  tags      = { System = "documents" }
}

resource "aws_cloudwatch_log_group" "backup" {
  name = "/aws/backup/jobs"
  # BK213: the policy demands 30 days
  retention_in_days = 7
}

resource "aws_cloudwatch_event_rule" "failed" {
  name = "failed-backups"
  # BK701: the rule is there, but switched off
  state = "DISABLED"
  event_pattern = jsonencode({
    source      = ["aws.backup"]
    detail-type = ["Backup Job State Change"]
    detail      = { state = ["FAILED", "EXPIRED"] }
  })
}
