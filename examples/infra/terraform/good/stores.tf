# The orders: a database that survives its machine, its region and its administrators.
resource "aws_db_instance" "orders" {
  identifier                    = "orders"
  engine                        = "postgres"
  engine_version                = "17.6"
  instance_class                = "db.t4g.medium"
  allocated_storage             = 100
  max_allocated_storage         = 500
  db_name                       = "orders"
  username                      = "orders"
  manage_master_user_password   = true
  master_user_secret_kms_key_id = module.home.key_arn

  multi_az                = true
  publicly_accessible     = false
  db_subnet_group_name    = aws_db_subnet_group.stores.name
  vpc_security_group_ids  = [aws_security_group.stores.id]
  parameter_group_name    = aws_db_parameter_group.orders.name
  storage_encrypted       = true
  kms_key_id              = module.home.key_arn
  backup_retention_period = 35
  backup_window           = "02:00-02:30"
  maintenance_window      = "sun:04:00-sun:05:00"

  deletion_protection       = true
  delete_automated_backups  = false
  copy_tags_to_snapshot     = true
  skip_final_snapshot       = false
  final_snapshot_identifier = "orders-final"

  tags = { System = "orders", Backup = "critical" }
}

resource "aws_db_parameter_group" "orders" {
  name   = "orders"
  family = "postgres17"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  parameter {
    name  = "ssl_min_protocol_version"
    value = "TLSv1.3"
  }
}

resource "aws_db_subnet_group" "stores" {
  name       = "stores"
  subnet_ids = [for one in aws_subnet.private : one.id]
}

resource "aws_db_event_subscription" "databases" {
  name        = "databases"
  sns_topic   = module.home.topic_arn
  source_type = "db-instance"
}

resource "aws_cloudwatch_metric_alarm" "orders_storage" {
  alarm_name          = "orders-storage"
  namespace           = "AWS/RDS"
  metric_name         = "FreeStorageSpace"
  dimensions          = { DBInstanceIdentifier = aws_db_instance.orders.identifier }
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 10 * 1024 * 1024 * 1024
  period              = 300
  evaluation_periods  = 1
  alarm_actions       = [module.home.topic_arn]
}

# The customers: a table that restores to any second, and lives in two regions.
resource "aws_dynamodb_table" "customers" {
  name                        = "customers"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  stream_enabled              = true
  stream_view_type            = "NEW_AND_OLD_IMAGES"
  deletion_protection_enabled = true

  attribute {
    name = "id"
    type = "S"
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = 35
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = module.home.key_arn
  }

  replica {
    region_name            = local.away
    kms_key_arn            = module.away.key_arn
    point_in_time_recovery = true
    propagate_tags         = true
  }

  tags = { System = "customers", Backup = "critical" }
}

resource "aws_cloudwatch_metric_alarm" "customers_lag" {
  alarm_name          = "customers-lag"
  namespace           = "AWS/DynamoDB"
  metric_name         = "ReplicationLatency"
  dimensions          = { TableName = aws_dynamodb_table.customers.name, ReceivingRegion = local.away }
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 60000 # milliseconds
  period              = 60
  evaluation_periods  = 5
  alarm_actions       = [module.home.topic_arn]
}

# The documents: a bucket whose versions nobody can delete, and its replica.
resource "aws_s3_bucket" "documents" {
  bucket              = "acme-documents"
  object_lock_enabled = true
  tags                = { System = "documents", Backup = "standard" }
}

resource "aws_s3_bucket_versioning" "documents" {
  bucket = aws_s3_bucket.documents.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "documents" {
  bucket = aws_s3_bucket.documents.id
  rule {
    default_retention {
      mode = "COMPLIANCE"
      days = 35
    }
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "documents" {
  bucket = aws_s3_bucket.documents.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = module.home.key_arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "documents" {
  bucket                  = aws_s3_bucket.documents.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "documents" {
  bucket = aws_s3_bucket.documents.id
  policy = data.aws_iam_policy_document.documents.json
}

data "aws_iam_policy_document" "documents" {
  statement {
    sid       = "NoPlainHttp"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.documents.arn, "${aws_s3_bucket.documents.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
  statement {
    sid       = "NoOldTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.documents.arn, "${aws_s3_bucket.documents.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "NumericLessThan"
      variable = "s3:TlsVersion"
      values   = ["1.3"]
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "documents" {
  bucket = aws_s3_bucket.documents.id
  rule {
    id     = "old-versions"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days = 90
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

# The files and the disk of the document server.
resource "aws_efs_file_system" "files" {
  creation_token = "documents"
  encrypted      = true
  kms_key_id     = module.home.key_arn
  tags           = { Name = "documents", System = "documents", Backup = "standard" }
}

resource "aws_efs_backup_policy" "files" {
  file_system_id = aws_efs_file_system.files.id
  backup_policy {
    status = "ENABLED"
  }
}

resource "aws_efs_mount_target" "files" {
  for_each        = aws_subnet.private
  file_system_id  = aws_efs_file_system.files.id
  subnet_id       = each.value.id
  security_groups = [aws_security_group.stores.id]
}

resource "aws_efs_file_system_policy" "files" {
  file_system_id = aws_efs_file_system.files.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "NoPlainTraffic"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = "*"
        Resource  = aws_efs_file_system.files.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid       = "Mount"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${local.account}:root" }
        Action    = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
        Resource  = aws_efs_file_system.files.arn
      },
    ]
  })
}

resource "aws_ebs_volume" "index" {
  availability_zone = "${local.home}a"
  size              = 200
  type              = "gp3"
  encrypted         = true
  kms_key_id        = module.home.key_arn
  tags              = { Name = "index", System = "documents", Backup = "standard" }
}
