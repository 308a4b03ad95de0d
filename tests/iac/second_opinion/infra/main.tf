resource "aws_db_instance" "short" {
  allocated_storage       = 10
  engine                  = "postgres"
  instance_class          = "db.t3.micro"
  backup_retention_period = 7
  storage_encrypted       = true
}

resource "aws_db_instance" "off" {
  allocated_storage = 10
  engine            = "postgres"
  instance_class    = "db.t3.micro"
}

resource "aws_dynamodb_table" "orders" {
  name     = "orders"
  hash_key = "id"
  attribute {
    name = "id"
    type = "S"
  }
  point_in_time_recovery {
    enabled = false
  }
}

resource "aws_dynamodb_table" "kept" {
  for_each = toset(["a", "b"])
  name     = each.key
  hash_key = "id"
  attribute {
    name = "id"
    type = "S"
  }
  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_docdb_cluster" "crash" {
  backup_retention_period = var.unset
}

variable "unset" {}

resource "aws_kms_key" "k" {
  enable_key_rotation = true # checkov:skip=CKV_AWS_7:rotated by hand
}

resource "aws_lb_listener" "old" {
  load_balancer_arn = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/x/1"
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-0-2021-06"
}
module "inner" {
  source = "./inner"
}
