# The isolated VPC: no gateway, no peering, no route but the local one; a runner inside reaches the copies.

variable "region" {
  type    = string
  default = "eu-west-1"
}

resource "aws_vpc" "isolated" {
  cidr_block           = "10.99.0.0/24"
  enable_dns_hostnames = true
  tags                 = { Name = "backup-drill" }
}

resource "aws_subnet" "isolated" {
  for_each          = { a = "10.99.0.0/26", b = "10.99.0.64/26" }
  vpc_id            = aws_vpc.isolated.id
  cidr_block        = each.value
  availability_zone = "${var.region}${each.key}"
}

resource "aws_db_subnet_group" "isolated" {
  name       = "backup-drill"
  subnet_ids = [for one in aws_subnet.isolated : one.id]
}

# Terraform takes away the rule that lets everything out, which AWS puts into every new group.
resource "aws_security_group" "isolated" {
  name   = "backup-drill"
  vpc_id = aws_vpc.isolated.id

  ingress {
    description = "the runner, inside the same VPC"
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = [aws_vpc.isolated.cidr_block]
  }
}
