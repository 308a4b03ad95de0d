resource "aws_vpc" "main" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "main", System = "delivery" }
}

resource "aws_subnet" "private" {
  for_each                = { a = "10.20.1.0/24", b = "10.20.2.0/24" }
  vpc_id                  = aws_vpc.main.id
  availability_zone       = "${local.home}${each.key}"
  cidr_block              = each.value
  map_public_ip_on_launch = false
  tags                    = { Name = "private-${each.key}" }
}

# No route leads to an internet gateway.
resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route_table_association" "private" {
  for_each       = aws_subnet.private
  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.${local.home}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.private.id]
}

resource "aws_security_group" "clients" {
  name        = "clients"
  description = "What may ask the stores"
  vpc_id      = aws_vpc.main.id
}

resource "aws_security_group" "stores" {
  name        = "stores"
  description = "The stores, for their clients alone"
  vpc_id      = aws_vpc.main.id

  ingress {
    description     = "PostgreSQL"
    protocol        = "tcp"
    from_port       = 5432
    to_port         = 5432
    security_groups = [aws_security_group.clients.id]
  }

  ingress {
    description     = "NFS"
    protocol        = "tcp"
    from_port       = 2049
    to_port         = 2049
    security_groups = [aws_security_group.clients.id]
  }
}

resource "aws_flow_log" "main" {
  vpc_id               = aws_vpc.main.id
  traffic_type         = "ALL"
  log_destination_type = "cloud-watch-logs"
  log_destination      = aws_cloudwatch_log_group.flow.arn
  iam_role_arn         = aws_iam_role.flow.arn
}

resource "aws_cloudwatch_log_group" "flow" {
  name              = "/vpc/main/flow"
  retention_in_days = 365
  tags              = { System = "watch" }
}
