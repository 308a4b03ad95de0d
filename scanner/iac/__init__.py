"""Infrastructure as code: Terraform and CloudFormation read into estates, for the same rules that judge live AWS."""
