"""Amazon VPC in code: networks, route tables, security groups, endpoints, flow logs and network interfaces."""
